"""torch.utils._pytree: leaves in nested containers, also in those of classes that programs register."""

from collections import deque
from dataclasses import dataclass

from tinytorch.func.trees import LEAF, Structure, grow, parts_of

PyTree = Context = object
registered = {}  # class -> (flatten, unflatten)


class TreeSpec(Structure):
    """A tree without its leaves, in PyTorch's words."""

    __slots__ = ()

    @property
    def num_leaves(self):
        """How many leaves there are."""
        return self.count

    @property
    def type(self):
        """The class of the root; None for a leaf."""
        return self.kind

    def __eq__(self, other):
        return isinstance(other, Structure) and self.content() == other.content()

    __hash__ = Structure.__hash__

    def text(self, indent):
        """The structure as PyTorch shows it."""
        if self.kind not in registered:
            return super().text(indent)
        inside = f",\n{' ' * indent}".join([each.text(indent + 2) for each in self.parts])
        return f"TreeSpec({self.kind.__name__}, {self.keys}, [{inside}])"

    def is_leaf(self):
        """Whether it is a leaf alone."""
        return self.kind is None


leaf = TreeSpec()
LeafSpec = TreeSpec


def register_pytree_node(
    cls,
    flatten_fn,
    unflatten_fn,
    *,
    serialized_type_name=None,
    to_dumpable_context=None,
    from_dumpable_context=None,
    flatten_with_keys_fn=None,
):
    """Let a class be a node: `flatten_fn(tree)` gives its parts and what else it needs, `unflatten_fn` takes both.

    A ValueError for a class that is one already.
    """
    if cls in registered:
        raise ValueError(f"{cls} is already registered as pytree node.")
    registered[cls] = flatten_fn, unflatten_fn


_register_pytree_node = register_pytree_node
register_pytree_node(deque, lambda tree: (list(tree), tree.maxlen), lambda parts, length: deque(parts, maxlen=length))


@dataclass(frozen=True, slots=True)
class MappingKey:
    """Where a part stands in a dictionary."""

    key: object

    def __str__(self):
        return f"[{self.key!r}]"

    def get(self, mapping):
        """The part."""
        return mapping[self.key]


def _dict_flatten(d):
    """The values of a dictionary, and its keys."""
    return list(d.values()), list(d.keys())


def _dict_flatten_with_keys(d):
    """The values of a dictionary, each with its place, and its keys."""
    return [(MappingKey(key), value) for key, value in d.items()], list(d.keys())


def _dict_unflatten(values, context):
    """The dictionary of these keys and values."""
    return dict(zip(context, values, strict=True))


def tree_flatten(tree, is_leaf=None):
    """The leaves of a tree as a list, from left to right, and its structure."""
    leaves = []
    return leaves, collect(tree, leaves, is_leaf)


def collect(tree, leaves, is_leaf):
    """The structure of a tree, whose leaves are added to a list."""
    kind = type(tree)
    children = None if is_leaf is not None and is_leaf(tree) else parts_of(tree)
    keys = tuple(tree) if isinstance(tree, dict) and children is not None else None
    if children is None and kind in registered and not (is_leaf is not None and is_leaf(tree)):
        children, keys = registered[kind][0](tree)
    if children is None:
        leaves.append(tree)
        return leaf
    parts = tuple([collect(each, leaves, is_leaf) for each in children])
    return TreeSpec(kind, keys, parts, getattr(tree, "default_factory", None))


def tree_unflatten(leaves, treespec):
    """The tree of a structure with these leaves; a ValueError if there are more or fewer than it has places for."""
    leaves = list(leaves)
    if len(leaves) != treespec.count:
        raise ValueError(
            f"treespec.unflatten(leaves): `leaves` has length {len(leaves)} but the spec refers to a pytree that "
            f"holds {treespec.count} items ({treespec})."
        )
    return grown(iter(leaves), treespec)


def grown(leaves, treespec):
    """The tree of a structure, whose leaves are taken from an iterator."""
    if treespec.kind in registered:
        return registered[treespec.kind][1]([grown(leaves, each) for each in treespec.parts], treespec.keys)
    if treespec.kind is None:
        return next(leaves)
    parts = [grown(leaves, each) for each in treespec.parts]
    return grow(iter(parts), Structure(treespec.kind, treespec.keys, (LEAF,) * len(parts), treespec.factory))


def tree_is_leaf(tree, is_leaf=None):
    """Whether a value is no node."""
    return tree_structure(tree, is_leaf).is_leaf()


def tree_leaves(tree, is_leaf=None):
    """The leaves of a tree."""
    return tree_flatten(tree, is_leaf)[0]


tree_iter = tree_leaves


def tree_structure(tree, is_leaf=None):
    """The structure of a tree."""
    return tree_flatten(tree, is_leaf)[1]


def tree_map(func, tree, *rests, is_leaf=None):
    """A tree of what a function gives for the leaves of one tree, or for those of several in the same places."""
    leaves, structure = tree_flatten(tree, is_leaf)
    others = [below(each, structure) for each in rests]
    return tree_unflatten([func(*each) for each in zip(leaves, *others, strict=True)], structure)


def below(tree, structure):
    """What a tree has in the places of the leaves of a structure; a ValueError if it has another structure."""
    if structure.kind is None:
        return [tree]
    kind = type(tree)
    children = registered[kind][0](tree)[0] if kind in registered else parts_of(tree)
    if kind is not structure.kind:
        raise ValueError(f"Node type mismatch; expected {structure.kind!r}, but got {kind!r}.")
    if len(children) != len(structure.parts):
        raise ValueError(f"Node arity mismatch; expected {len(structure.parts)}, but got {len(children)}.")
    if structure.keys is not None and isinstance(tree, dict):
        children = [tree[key] for key in structure.keys]
    return [each for child, part in zip(children, structure.parts, strict=True) for each in below(child, part)]


def tree_map_(func, tree, *rests, is_leaf=None):
    """Call a function for each leaf; the tree is returned as it is."""
    tree_map(func, tree, *rests, is_leaf=is_leaf)
    return tree


def chooses(choice):
    """A function that says whether a leaf is of a class or of one of several, or what the function itself says."""
    if isinstance(choice, (type, tuple)) or hasattr(choice, "__args__"):
        return lambda each: isinstance(each, choice)
    return choice


def tree_map_only(type_or_types_or_pred, /, func, tree, is_leaf=None):
    """A tree in which a function is asked about the leaves of a class alone, or those that another function chooses."""
    chosen = chooses(type_or_types_or_pred)
    return tree_map(lambda each: func(each) if chosen(each) else each, tree, is_leaf=is_leaf)


def tree_map_only_(type_or_types_or_pred, /, func, tree, is_leaf=None):
    """Call a function for each leaf of a class; the tree is returned as it is."""
    tree_map_only(type_or_types_or_pred, func, tree, is_leaf)
    return tree


def tree_all(pred, tree, is_leaf=None):
    """Whether a function says yes to all leaves."""
    return all(map(pred, tree_leaves(tree, is_leaf)))


def tree_any(pred, tree, is_leaf=None):
    """Whether a function says yes to a leaf."""
    return any(map(pred, tree_leaves(tree, is_leaf)))


def tree_all_only(type_or_types, /, pred, tree, is_leaf=None):
    """Whether a function says yes to all leaves of a class."""
    return all(pred(each) for each in tree_leaves(tree, is_leaf) if isinstance(each, type_or_types))


def tree_any_only(type_or_types, /, pred, tree, is_leaf=None):
    """Whether a function says yes to a leaf of a class."""
    return any(pred(each) for each in tree_leaves(tree, is_leaf) if isinstance(each, type_or_types))


def treespec_pprint(treespec):
    """A structure as text."""
    return repr(treespec)
