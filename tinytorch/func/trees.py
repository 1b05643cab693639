"""Trees: leaves in nested dictionaries, lists and tuples, as arguments and results of functions come.

Dictionaries (also ordered ones and those with a default), lists, tuples, named tuples and named results are nodes, of
just these classes; everything else, None too, is a leaf.
"""

from collections import OrderedDict, defaultdict

from tinytorch import return_types
from tinytorch.tensor import Size

RESULTS = {each for each in vars(return_types).values() if isinstance(each, type)}
SEQUENCES = {list, tuple, Size} | RESULTS
MAPPINGS = {dict, OrderedDict, defaultdict}


class Structure:
    """A tree without its leaves: the class of its root, the keys of a dictionary, the structures of its parts.

    A leaf has the class None. Two structures are equal if trees of them can be walked side by side; `count` says how
    many leaves there are.
    """

    __slots__ = ("count", "factory", "keys", "kind", "parts")

    def __init__(self, kind=None, keys=None, parts=(), factory=None):
        self.kind, self.keys, self.parts, self.factory = kind, keys, parts, factory
        self.count = 1 if kind is None else sum([each.count for each in parts])

    def __eq__(self, other):
        return type(other) is Structure and self.content() == other.content()

    def __hash__(self):
        return hash(self.content())

    def __repr__(self):
        return self.text(2)

    def text(self, indent):
        """The structure as PyTorch shows it: the parts after the first on lines of their own."""
        if self.kind is None:
            return "*"
        more = None if self.keys is None else list(self.keys)
        name = self.kind.__name__
        if is_named(self.kind):
            name, more = "namedtuple", self.kind
        elif self.kind is defaultdict:
            more = [self.factory, more]
        inside = f",\n{' ' * indent}".join([each.text(indent + 2) for each in self.parts])
        return f"TreeSpec({name}, {more}, [{inside}])"

    def content(self):
        """What makes two structures equal."""
        return self.kind, self.keys, self.parts


LEAF = Structure()


def flatten(tree):
    """The leaves of a tree as a list, from left to right, and its structure."""
    leaves = []
    return leaves, collect(tree, leaves)


def unflatten(leaves, structure):
    """The tree of a structure with these leaves; a ValueError if there are more or fewer than it has places for."""
    leaves = list(leaves)
    if len(leaves) != structure.count:
        raise ValueError(f"a tree of {structure.count} leaves cannot be made of {len(leaves)}")
    return grow(iter(leaves), structure)


def map_tree(function, tree):
    """A tree of the same structure with `function(leaf)` in the place of each leaf."""
    leaves, structure = flatten(tree)
    return unflatten([function(leaf) for leaf in leaves], structure)


def broadcast_prefix(prefix, structure):
    """A list with one leaf of `prefix` for each leaf of a structure, of which `prefix` is the upper part.

    A leaf of it stands for all leaves below its place. None if `prefix` is no upper part of such a tree.
    """
    children = parts_of(prefix)
    if children is None:
        return [prefix] * structure.count
    if type(prefix) is not structure.kind or len(children) != len(structure.parts):
        return None
    if structure.keys is not None:
        if set(prefix) != set(structure.keys):
            return None
        children = [prefix[key] for key in structure.keys]
    found = []
    for child, part in zip(children, structure.parts, strict=True):
        leaves = broadcast_prefix(child, part)
        if leaves is None:
            return None
        found += leaves
    return found


def parts_of(tree):
    """The trees at the root of a tree as a list, or None for a leaf."""
    kind = type(tree)
    if kind in SEQUENCES or is_named(kind):
        return list(tree)
    return list(tree.values()) if kind in MAPPINGS else None


def is_named(kind):
    """Whether a class is one of named tuples, which are made of separate values."""
    return issubclass(kind, tuple) and hasattr(kind, "_fields")


def collect(tree, leaves):
    """The structure of a tree, whose leaves are added to a list."""
    children = parts_of(tree)
    if children is None:
        leaves.append(tree)
        return LEAF
    kind = type(tree)
    keys = tuple(tree) if kind in MAPPINGS else None
    return Structure(
        kind, keys, tuple([collect(each, leaves) for each in children]), getattr(tree, "default_factory", None)
    )


def grow(leaves, structure):
    """The tree of a structure, whose leaves are taken from an iterator."""
    kind = structure.kind
    if kind is None:
        return next(leaves)
    children = [grow(leaves, part) for part in structure.parts]
    if structure.keys is None:
        return kind(*children) if is_named(kind) else kind(children)
    entries = zip(structure.keys, children, strict=True)
    return defaultdict(structure.factory, entries) if kind is defaultdict else kind(entries)
