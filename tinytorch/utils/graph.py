"""How a tensor's history is drawn: a box per operation, with its shape and what it keeps, and a box per named leaf.

Boxes stand in rows, each directly above the first row that uses it; a line that passes a row bends around its boxes:
a small layered layout (Sugiyama, Tagawa and Toda, 1981) that needs no other program.
"""

import html
import itertools

from tinytorch import dtypes
from tinytorch.engine import node_of
from tinytorch.graph import Nowhere, Part, edge_of, named
from tinytorch.tensor import Tensor

SIZE, LINE, MARGIN = 12, 16, 12  # of letters, of lines of text, around everything; in pixels, as all lengths here
BETWEEN, APART = 18, 34  # from box to box in a row, from row to row
LETTER = 0.61 * SIZE  # the width of a letter of a monospaced font
MANY = 6  # kept values in a box; of more only how many they are
LEAF, OPERATION, RESULT = "#d7e8fb", "#f1f1f1", "#d9f0d9"


class Drawing:
    """A picture as SVG text, which Jupyter shows."""

    def __init__(self, svg, operations, leaves):
        self.svg = svg
        self.operations, self.leaves = operations, leaves

    def _repr_svg_(self):
        return self.svg

    def save(self, path):
        """Write the picture to a file."""
        with open(path, "w", encoding="utf-8") as file:
            file.write(self.svg)

    def __repr__(self):
        return f"<Drawing of {self.operations} operations and {self.leaves} leaves>"


def draw(tensor, names=()):
    """The history of `tensor` as a `Drawing`: values flow down from the leaves to it, gradients up.

    Each operation shows PyTorch's name, the shape of its result, and what it keeps for backward. `names` are pairs of a
    name and a tensor, or a dictionary of them: `model.named_parameters()`, or `{"w": w, "loss": loss}`. A RuntimeError
    for a tensor without history.
    """
    root = node_of(edge_of(tensor))
    if root is None:
        raise RuntimeError("element 0 of tensors does not require grad and does not have a grad_fn")
    names = dict(names)
    of_edge = {node_of(edge_of(each)): name for name, each in names.items() if edge_of(each) is not None}
    of_array = {id(each.array): name for name, each in names.items()}
    rows = depths(root)
    parts = {}  # a node with several outputs -> those that were used
    for each in rows:
        for edge in () if isinstance(each, Tensor) else each.edges:
            if type(edge) is Part:
                parts.setdefault(edge.node, []).append(edge)
    boxes = {each: Box(*text(each, of_edge, of_array, parts.get(each))) for each in rows}
    boxes[root].colour = RESULT if not isinstance(root, Tensor) else LEAF
    points, lines = routed(boxes, rows)
    arrange(points, lines)
    leaves = sum(isinstance(each, Tensor) for each in rows)
    return Drawing(svg(points, lines), len(rows) - leaves, leaves)


def sources(each):
    """The nodes and leaves that an operation's gradients go to, each once, in the order of its arguments."""
    edges = () if isinstance(each, Tensor) else each.edges
    found = [node_of(edge) for edge in edges if edge is not None]
    return list(dict.fromkeys([source for source in found if type(source) is not Nowhere]))


def depths(root):
    """Each node and leaf with its row: how many operations the longest way from it to the root has."""
    unseen, order, users = [root], {root: None}, {root: 0}
    while unseen:
        for source in sources(unseen.pop()):
            users[source] = users.get(source, 0) + 1
            if source not in order:
                order[source] = None
                unseen.append(source)
    rows, ready = {root: 0}, [root]
    while ready:
        each = ready.pop()
        for source in sources(each):
            rows[source] = max(rows.get(source, 0), rows[each] + 1)
            users[source] -= 1
            if users[source] == 0:
                ready.append(source)
    return rows


class Box:
    """A place in a row: a box of lines of text, or without text a point that a line passes through."""

    def __init__(self, title="", lines=(), colour=OPERATION, hint=""):
        self.title, self.lines, self.colour, self.hint = title, lines, colour, hint
        self.width = LETTER * max(map(len, (title, *lines))) + 20 if title else 4
        self.height = LINE * (1 + len(lines)) + 12 if title else 0
        self.x = self.y = 0.0


def text(each, of_edge, of_array, parts):
    """What stands in the box of a node or leaf: title, lines, colour, hint."""
    name = of_edge.get(each)
    if isinstance(each, Tensor):
        return name or "leaf", [layout(each.array.shape, each.array.dtype)], LEAF, "a leaf, whose .grad backward fills"
    title = named(each).title
    shape = layout(each.shape, each.dtype)
    if parts:
        shapes = dict.fromkeys(layout(part.shape, part.dtype) for part in parts)
        shape = f"{parts[0].count} outputs: {', '.join(shapes)}"
    return f"{name} = {title}" if name else title, [shape, *kept(each, of_array)], OPERATION, each.name()


def layout(shape, dtype):
    """A shape, and the dtype where it is not the usual one."""
    sizes = " × ".join(map(str, shape)) or "scalar"
    return sizes if dtype is dtypes.float32.numpy else f"{sizes} {dtypes.of_numpy[dtype]}".replace("torch.", "")


def kept(node, of_array):
    """A line for each array that a node keeps for backward."""
    inner = node.args[0] if node.title == "CopySlices" and node.args else node
    if inner.versions is None:
        return []
    if inner.args is None:
        return ["freed"]
    found = {}  # the array itself, of which a node may keep one under two names -> how it is called
    for position, parameter in enumerate(inner.operation.parameters):
        if inner.versions[2 * position] is not None:
            several = position == inner.operation.several
            for array in inner.args[position] if several else [inner.args[position]]:
                name = of_array.get(id(array)) or f"{parameter} {layout(array.shape, array.dtype)}"
                found.setdefault(id(array), f"keeps {name}")
    if inner.result is not None:
        found.setdefault(id(inner.result), "keeps result")
    lines = list(found.values())
    return lines if len(lines) <= MANY else [*lines[: MANY - 1], f"and {len(lines) - MANY + 1} more"]


def routed(boxes, rows):
    """Rows of boxes, from the top, and the lines from row to row; a line that passes a row gets a point in it."""
    last = max(rows.values())
    points = [[] for _ in range(last + 1)]
    for each, row in rows.items():
        points[last - row].append(boxes[each])
    lines = []
    for each, row in rows.items():
        for source in sources(each):
            below = boxes[each]
            for passed in range(row + 1, rows[source]):
                above = Box()
                points[last - passed].append(above)
                lines.append((above, below))
                below = above
            lines.append((boxes[source], below))
    return points, lines


def arrange(points, lines):
    """Give each box its place: rows ordered so that few lines cross, then drawn towards what they are tied to."""
    above, below = {}, {}
    for upper, lower in lines:
        above.setdefault(lower, []).append(upper)
        below.setdefault(upper, []).append(lower)
    for row in points:
        spread(row, [index * 100.0 for index in range(len(row))])
    for _ in range(8):
        for row, ties in [*((row, above) for row in points), *((row, below) for row in reversed(points))]:
            row.sort(key=lambda box, ties=ties: middle(box, ties.get(box, ())))
            spread(row, [middle(box, ties.get(box, ())) for box in row])
    both = {box: [*above.get(box, ()), *below.get(box, ())] for row in points for box in row}
    for row in points * 30:
        spread(row, [middle(box, both[box]) for box in row])
    top = MARGIN
    for row in points:
        height = max(box.height for box in row)
        for box in row:
            box.y = top + height / 2
        top += height + APART
    left = min(box.x - box.width / 2 for row in points for box in row)
    for row in points:
        for box in row:
            box.x += MARGIN - left


def middle(box, ties):
    """The mean place of what a box is tied to; its own if that is nothing."""
    return sum(each.x for each in ties) / len(ties) if ties else box.x


def spread(row, wishes):
    """The places nearest to `wishes`, by least squares, at which the boxes of a row stand in order and apart.

    Less the room that the boxes before take, the places must not fall: neighbours that would are pooled at their mean.
    """
    room, pools = [0.0], []  # a pool: sum of wishes, how many
    for box, following in itertools.pairwise(row):
        room.append(room[-1] + (box.width + following.width) / 2 + BETWEEN)
    for wish, taken in zip(wishes, room, strict=True):
        total, count = wish - taken, 1
        while pools and pools[-1][0] / pools[-1][1] >= total / count:
            before = pools.pop()
            total, count = total + before[0], count + before[1]
        pools.append((total, count))
    places = [total / count for total, count in pools for _ in range(count)]
    for box, place, taken in zip(row, places, room, strict=True):
        box.x = place + taken


def svg(points, lines):
    """The picture as text."""
    boxes = [box for row in points for box in row]
    width = max(box.x + box.width / 2 for box in boxes) + MARGIN
    height = max(box.y + box.height / 2 for box in boxes) + MARGIN
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}" '
        f'viewBox="0 0 {width:.0f} {height:.0f}" font-family="monospace" font-size="{SIZE}">',
        '<defs><marker id="tip" markerWidth="8" markerHeight="8" refX="7" refY="4" orient="auto">'
        '<path d="M0,1 L7,4 L0,7 z" fill="#666"/></marker></defs>',
        f'<rect width="{width:.0f}" height="{height:.0f}" fill="white"/>',
    ]
    parts += [curve(upper, lower) for upper, lower in lines]
    parts += [drawn(box) for box in boxes if box.title]
    return "\n".join([*parts, "</svg>"])


def curve(upper, lower):
    """A line from the foot of one box to the head of another, with a tip where it arrives at a box."""
    start, end = upper.y + upper.height / 2, lower.y - lower.height / 2
    bend = (start + end) / 2
    tip = ' marker-end="url(#tip)"' if lower.title else ""
    return (
        f'<path d="M{upper.x:.1f},{start:.1f} C{upper.x:.1f},{bend:.1f} {lower.x:.1f},{bend:.1f} '
        f'{lower.x:.1f},{end:.1f}" fill="none" stroke="#666"{tip}/>'
    )


def drawn(box):
    """A box with its text; the pointer shows its hint."""
    left, top = box.x - box.width / 2, box.y - box.height / 2
    parts = [
        f"<g><title>{html.escape(box.hint)}</title>",
        f'<rect x="{left:.1f}" y="{top:.1f}" width="{box.width:.1f}" height="{box.height:.1f}" rx="5" '
        f'fill="{box.colour}" stroke="#888"/>',
    ]
    for number, line in enumerate((box.title, *box.lines)):
        look = ' font-weight="bold"' if number == 0 else ' fill="#555"'
        baseline = top + 6 + LINE * number + SIZE
        parts.append(f'<text x="{box.x:.1f}" y="{baseline:.1f}" text-anchor="middle"{look}>{html.escape(line)}</text>')
    return "".join([*parts, "</g>"])
