"""What is shown of a tensor's history: a box per operation, with its shape and what it keeps, and one per leaf."""

import math
import sys

from tinytorch import dtypes
from tinytorch.graph import Nowhere, Part, edge_of, next_function
from tinytorch.nn.modules.module import Module
from tinytorch.paths import node_of
from tinytorch.tensor import Tensor
from tinytorch.utils.drawing import Box, picture

MANY = 6  # kept values in a box; of more only how many they are
NEAR = 3  # rows between users of a leaf that are drawn with one box of it


class Drawing:
    """A picture as SVG text, which Jupyter shows: `str(drawing)`, or `save(path)`."""

    def __init__(self, svg, operations, leaves):
        self.svg = svg
        self.operations, self.leaves = operations, leaves

    def _repr_svg_(self):
        return self.svg

    def __str__(self):
        return self.svg

    def save(self, path):
        """Write the picture to a file."""
        with open(path, "w", encoding="utf-8") as file:
            file.write(self.svg)

    def __repr__(self):
        return f"<Drawing of {self.operations} operations and {self.leaves} leaves>"


def draw(tensor, params=None, *, limit=200):
    """The history of a tensor, or of several, as a `Drawing`: values flow down from the leaves, gradients up.

    Each operation shows PyTorch's name, the shape of its result, and what it keeps for backward, how many bytes, and
    whether that was freed or written to since. A leaf that is used in places far apart is drawn again in each, dashed.

    Args:
        params: names of tensors: a module, a dictionary, or pairs as `named_parameters()` gives them; without it those
            of the variables at the place of the call, and of the parameters of modules among them.
        limit: how many operations are drawn; of the older ones only how many they are.

    A RuntimeError if no tensor has a history.
    """
    names = found_names(sys._getframe(1)) if params is None else given_names(params)
    given = [tensor] if isinstance(tensor, Tensor) else list(tensor)
    roots = list(dict.fromkeys([node_of(edge_of(each)) for each in given if edge_of(each) is not None]))
    if not roots:
        raise RuntimeError("element 0 of tensors does not require grad and does not have a grad_fn")
    rows = depths(roots)
    operations = [each for each in rows if not isinstance(each, Tensor)]
    shown = set(sorted(operations, key=lambda each: -each.number)[:limit])
    graph = Graph(roots, rows, shown, names)
    leaves = len(rows) - len(operations)
    kept = {id(array): size(array) for each in operations for _, array, _ in kept_by(each)}
    caption = f"{counted(len(operations), 'operation')}, {counted(leaves, 'leaf', 'leaves')}, "
    caption += f"{in_bytes(sum(kept.values()))} kept for backward"
    return Drawing(picture(graph.boxes, graph.rows, graph.sources, caption), len(operations), leaves)


def given_names(params):
    """A dictionary of names and tensors: of a module, of pairs, or as it is."""
    return dict(params.named_parameters() if isinstance(params, Module) else params)


def found_names(frame):
    """The tensors that variables name, and the parameters of the modules among them."""
    found = {}
    for name, value in {**frame.f_globals, **frame.f_locals}.items():
        if name.startswith("_"):
            continue
        if isinstance(value, Tensor):
            found[name] = value
        elif isinstance(value, Module):
            found.update({f"{name}.{inner}": each for inner, each in value.named_parameters()})
    return found


def sources(each):
    """The nodes and leaves that an operation's gradients go to, each once, in the order of its arguments."""
    edges = () if isinstance(each, Tensor) else each.edges
    found = [node_of(edge) for edge in edges if edge is not None]
    return list(dict.fromkeys([source for source in found if type(source) is not Nowhere]))


def depths(roots):
    """Each node and leaf with its row: how many operations the longest way from it to a root has."""
    unseen, users = list(roots), dict.fromkeys(roots, 0)
    while unseen:
        for source in sources(unseen.pop()):
            if source not in users:
                users[source] = 0
                unseen.append(source)
            users[source] += 1
    ready = [root for root in roots if users[root] == 0]
    rows = dict.fromkeys(ready, 0)
    while ready:
        each = ready.pop()
        for source in sources(each):
            rows[source] = max(rows.get(source, 0), rows[each] + 1)
            users[source] -= 1
            if users[source] == 0:
                ready.append(source)
    return rows


class Graph:
    """The boxes of a history, their rows, and which lead to which, all by key: a node, a leaf, or one of its copies."""

    def __init__(self, roots, rows, shown, names):
        self.names = {}  # a leaf or node -> the names of its outputs, by their number
        for name, each in names.items():
            if each.requires_grad:
                self.names.setdefault(node_of(edge_of(each)), {}).setdefault(each.output_nr, name)
        self.of_array = {id(each.array): name for name, each in reversed(names.items())}
        self.boxes, self.rows, self.sources = {}, {}, {}
        self.parts = {}  # a node with several outputs -> those that were used
        hidden, users = set(), {}
        for each in [each for each in rows if each in shown or (isinstance(each, Tensor) and each in roots)]:
            self.rows[each] = rows[each]
            self.sources[each] = []
            for source in sources(each):
                users.setdefault(source, []).append(each)
            for edge in () if isinstance(each, Tensor) else each.edges:
                if type(edge) is Part:
                    self.parts.setdefault(edge.node, []).append(edge)
        for source, below in users.items():
            if isinstance(source, Tensor):
                self.add_leaf(source, below)
            elif source in shown:
                for each in below:
                    self.sources[each].append(source)
            else:
                hidden.add(source)
        for each in [each for each in self.rows if not isinstance(each, (Tensor, tuple))]:
            self.boxes[each] = self.operation(each, each in roots)
        for root in roots:
            if isinstance(root, Tensor) and root not in self.boxes:
                self.boxes[root] = self.leaf(root, "leaf")
        if hidden:
            self.add_rest(sum(1 for each in rows if not isinstance(each, Tensor) and each not in shown), users, hidden)

    def add_leaf(self, leaf, below):
        """A box for a leaf above its users, and another one above those that are far from there."""
        groups = []
        for each in sorted(below, key=self.rows.get):
            if groups and self.rows[each] - self.rows[groups[-1][0]] <= NEAR:
                groups[-1].append(each)
            else:
                groups.append([each])
        for number, group in enumerate(reversed(groups)):
            key = (leaf, number) if number else leaf
            self.boxes[key] = self.leaf(leaf, "again" if number else "leaf")
            self.sources[key] = []
            self.rows[key] = max(self.rows.get(key, 0), max(self.rows[each] for each in group) + 1)
            for each in group:
                self.sources[each].append(key)

    def add_rest(self, count, users, hidden):
        """A box for each operation that is used but not drawn; the first says how many there are in all."""
        for number, source in enumerate(sorted(hidden, key=lambda each: -each.number)):
            key = ("more", number)
            below = users[source]
            words = f"… {count} more" if number == 0 else "…"
            self.boxes[key] = Box("more", words, hint=f"{counted(count, 'older operation')}: draw(..., limit=...)")
            self.rows[key] = max(self.rows[each] for each in below) + 1
            self.sources[key] = []
            for each in below:
                self.sources[each].append(key)

    def leaf(self, leaf, kind):
        """The box of a leaf."""
        hint = "AccumulateGrad: a leaf, whose .grad backward fills"
        lines = [("shape", layout(leaf.array.shape, leaf.array.dtype))]
        return Box(kind, self.names.get(leaf, {}).get(0, "leaf"), "", lines, hint)

    def operation(self, node, is_root):
        """The box of an operation: name, shape, and a line for each value that it keeps."""
        shown = next_function(node)[0].name()
        title, backward, rest = shown.rpartition("::")[2].rpartition("Backward")
        title, ending = (title, backward + rest) if backward else (rest, "")
        found, parts = self.names.get(node, {}), self.parts.get(node)
        name = ", ".join(found[number] for number in sorted(found))
        shape = layout(node.shape, node.dtype)
        if parts:
            shapes = dict.fromkeys(layout(part.shape, part.dtype) for part in parts)
            shape = f"{parts[0].count} outputs: {', '.join(shapes)}"
        lines = [("shape", shape), *self.kept(node)]
        return Box("result" if is_root else "operation", f"{name} = {title}" if name else title, ending, lines, shown)

    def kept(self, node):
        """A line for each array that a node keeps for backward, and what it writes into a view."""
        inner = written_by(node)
        lines = [("faint", f"writes {inner.name()}")] if inner is not None and inner is not node else []
        if is_freed(node):
            return [*lines, ("freed", "freed")]
        found = {}  # the array itself, of which a node may keep one under two names -> how it is called
        for label, array, fresh in kept_by(node):
            name = "result" if label == "result" else self.of_array.get(id(array))
            what = f"{name or f'{label} {layout(array.shape, array.dtype)}'}, {in_bytes(size(array))}"
            if not hasattr(array, "flags"):  # no array: hooks on what is kept took it into their hands
                found[id(array)] = "faint", f"hooks keep {what}"
                continue
            words = f"keeps {what}"
            found.setdefault(id(array), ("kept", words) if fresh else ("stale", f"{words}, written to since"))
        kept = list(found.values())
        if len(kept) > MANY:
            kept = [*kept[: MANY - 1], ("kept", f"and {len(kept) - MANY + 1} more")]
        return lines + kept


def written_by(node):
    """The node that keeps values: itself, or the operation that CopySlices did in a part of its base; None if freed."""
    if node.title != "CopySlices":
        return node
    return node.args[0] if node.args else None


def is_freed(node):
    """Whether backward gave back what a node kept."""
    inner = written_by(node)
    return inner is None or saved_tensors(inner) is None or (inner.versions is not None and inner.args is None)


def saved_tensors(node):
    """What a function of the user's own keeps, None if it cannot be read any more; nothing for an operation."""
    shown = next_function(node)[0]
    if not hasattr(type(shown), "saved_tensors"):
        return ()
    try:
        return [each for each in shown.saved_tensors if each is not None]
    except RuntimeError:
        return None


def kept_by(node):
    """The arrays that a node keeps: how each is called there, itself, and whether it is as it was."""
    inner = written_by(node)
    if is_freed(node):
        return
    for tensor in saved_tensors(inner):
        yield "tensor", tensor.array, True
    if inner.versions is None:
        return
    for position, parameter in enumerate(inner.operation.parameters):
        counters, versions = inner.versions[2 * position], inner.versions[2 * position + 1]
        if counters is None:
            continue
        if position == inner.operation.several:
            for number, array in enumerate(inner.args[position]):
                yield f"{parameter}[{number}]", array, counters[number][0] == versions[number]
        else:
            yield parameter, inner.args[position], counters[0] == versions
    if type(inner.result) is tuple:
        for name, array, counter in zip(inner.operation.rule.outputs, inner.result, inner.versions[-2], strict=True):
            if array is not None:
                yield name, array, counter[0] == 0
    elif inner.result is not None:
        yield "result", inner.result, inner.versions[-2][0] == inner.versions[-1]


def layout(shape, dtype):
    """A shape, and the dtype where it is not the default."""
    sizes = " × ".join(map(str, shape)) or "scalar"
    usual = dtype is dtypes.get_default_dtype().numpy
    return sizes if usual else f"{sizes} {dtypes.of_numpy[dtype]}".replace("torch.", "")


def size(array):
    """How many bytes the elements of an array take."""
    return math.prod(array.shape) * array.dtype.itemsize


def in_bytes(count):
    """A number of bytes as text."""
    for unit, factor in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if count >= factor:
            return f"{count / factor:.3g} {unit}"
    return f"{count} B"


def counted(count, one, several=None):
    """A number and what is counted."""
    return f"{count} {one if count == 1 else several or one + 's'}"
