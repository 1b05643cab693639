"""The world of a program that is being written: what the model knows of each name, and where PyTorch is left alone."""

import math
import random
from collections.abc import Callable
from typing import NamedTuple

SHAPES = ((3,), (2, 3), (3, 1), (2, 3, 4), (), (3, 3), (1, 3), (4,), (3, 4), (2, 1))
LETTERS = "abcdefghijklmnopqrtuvwxy"
NAMES = (*LETTERS, *[f"{letter}{number}" for number in (1, 2, 3, 4) for letter in LETTERS])
LARGEST = 60.0  # no value is meant to grow beyond this: sums that cancel would lose the digits that are compared
MIXTURES = (("float32",), ("complex128",), ("float32", "complex64", "complex128"))


class Memory:
    """A piece of storage: how large its values may be, whether a derivative has kept it, and whether it is `normal`.

    Shares of one, and their logarithms, have sums that rounding alone tells apart: which is the largest means nothing.
    """

    __slots__ = ("kept", "limit", "normal")

    def __init__(self, limit):
        self.limit, self.kept, self.normal = limit, False, False


class Family:
    """A base with its views: they share one history."""

    __slots__ = ("leaf", "requires", "views", "writes")

    def __init__(self, requires, leaf):
        self.requires, self.leaf, self.views, self.writes = requires, leaf, 0, 0


class Entry:
    """What the model knows of one name."""

    __slots__ = (
        "dense", "dtype", "family", "fixed", "memory", "name", "origin", "overlapping", "plain", "seen", "shape",
        "view",
    )  # fmt: skip

    def __init__(
        self, name, shape, memory, family, dense=True, view=False, origin="", overlapping=False, dtype="float64"
    ):
        self.name, self.shape, self.memory, self.family, self.dtype = name, shape, memory, family, dtype
        self.dense, self.view, self.origin, self.overlapping = dense, view, origin, overlapping
        self.seen, self.plain, self.fixed = family.writes, not family.requires, False

    @property
    def requires(self):
        return self.family.requires

    @property
    def complex(self):
        return self.dtype.startswith("complex")

    @property
    def usable(self):
        """False for a view made under no_grad, or one of several, whose base was written to: PyTorch refuses it."""
        return not (self.origin and self.family.requires and self.family.writes != self.seen)

    @property
    def protected(self):
        """True for a leaf that requires a gradient, and for its views: writing to them is refused."""
        return self.family.requires and self.family.leaf


class Rule(NamedTuple):
    """A place where PyTorch contradicts itself: `forbids(kind, entry, other)` keeps it out of the programs."""

    name: str
    reason: str
    forbids: Callable


RULES = (
    Rule(
        "no reading from memory that is written to",
        "x.mul_(y), where y sees other elements of x's memory, depends on the order in which elements are visited",
        lambda kind, entry, other: (
            kind == "write" and other is not None and other is not entry and other.memory is entry.memory
        ),
    ),
    Rule(
        "no flag of and no write to a view whose base got its history later",
        "such a view counts as a leaf, and is refused as one, until it is used or somebody looks at its grad_fn",
        lambda kind, entry, other: kind in ("write", "flag") and entry.view and entry.plain and entry.requires,
    ),
    Rule(
        "no requires_grad_() beside a view",
        "after base.requires_grad_() an older view requires grad without any history, until the next write renews it",
        lambda kind, entry, other: kind == "requires_grad_" and (entry.family.views > 0 or entry.view),
    ),
    Rule(
        "no requires_grad_() on a tensor that a derivative has kept, and no other .data",
        "PyTorch keeps the tensor itself, so what it becomes later decides what a derivative reaches or computes with",
        lambda kind, entry, other: kind in ("requires_grad_", "data") and entry.memory.kept,
    ),
    Rule(
        "no requires_grad_(False) beside a view",
        "the view keeps its history until the next write, and then gets an AsStridedBackward0 that leads nowhere",
        lambda kind, entry, other: kind == "requires_grad_(False)" and entry.family.views > 0,
    ),
    Rule(
        "no in-place view of a tensor whose gradient is retained, that was a leaf, or that a derivative has kept",
        "the next write to the first fails an assertion inside PyTorch; of the others a history may know the old shape",
        lambda kind, entry, other: kind == "reshape" and (entry.fixed or entry.memory.kept),
    ),
    Rule(
        "no detach_() beside a view",
        "whether the view still requires grad depends on whether somebody looked at its grad_fn before",
        lambda kind, entry, other: kind == "detach_" and entry.family.views > 0,
    ),
    Rule(
        "no power of more than 8 elements whose exponent is a fraction",
        "PyTorch computes the last ones in another way, so that equal elements differ, and one of them is the largest",
        lambda kind, entry, other: kind == "power" and math.prod(entry.shape) > 8,
    ),
)


class World:
    """A program being written: its lines, its names, and its random numbers."""

    def __init__(self, seed):
        self.draw = random.Random(seed).random  # the only source: its stream is the same in every Python
        self.lines, self.kinds, self.entries, self.used, self.extra, self.grad = [], [], [], 0, 0, True
        self.handles, self.inferred = [], []  # names of handles of hooks; names and shapes of inference tensors
        self.mixture = self.choose(MIXTURES) if self.chance(0.2) else ()  # what dtypes occur beside float64
        self.largest = 6.0 if "float32" in self.mixture else LARGEST

    def chance(self, probability):
        return self.draw() < probability

    def choose(self, items):
        return items[int(self.draw() * len(items))]

    def whole(self, low, high):
        """A whole number, low <= n < high."""
        return low + int(self.draw() * (high - low))

    def number(self):
        return repr(round(0.3 + 1.4 * self.draw(), 2) * (-1 if self.chance(0.3) else 1))

    def name(self):
        self.used += 1
        return NAMES[self.used - 1]

    def gradient(self):
        """The number of the next name that no tensor of the model has."""
        self.extra += 1
        return self.extra

    def pick(self, wanted=lambda entry: True, kind="use", dtypes=("float64",), empty=False):
        """One usable tensor for which `wanted` is true and no rule forbids, the newer ones more often, or None.

        Of which `dtypes`, None for all, and whether it may be `empty`, a statement says that can do with more.
        """
        found = [
            entry
            for entry in self.entries
            if entry.usable
            and (dtypes is None or entry.dtype in dtypes)
            and (empty or 0 not in entry.shape)
            and wanted(entry)
            and self.allows(kind, entry)
        ]
        if not found:
            return None
        return self.choose(found[-4:] if self.chance(0.5) else found)

    def allows(self, kind, entry, other=None):
        return not any(rule.forbids(kind, entry, other) for rule in RULES)

    def result(self, expression, shape, limit, *inputs, keeps=True, dense=True, dtype=None):
        """Names the result of an expression; `keeps`: its derivative may keep what it was computed from."""
        name = self.name()
        requires = self.grad and any(entry.requires for entry in inputs)
        memory = Memory(limit)
        if requires and keeps:
            for entry in inputs:
                entry.memory.kept = True
        dense = dense and all(entry.dense for entry in inputs)
        dtype = promoted(inputs) if dtype is None else dtype
        self.entries.append(Entry(name, shape, memory, Family(requires, False), dense, dtype=dtype))
        return f"{name} = {expression}"

    def view(self, expression, entry, shape, dense=False, origin="", overlapping=False, dtype=None):
        """Names a view of `entry`."""
        name = self.name()
        origin = origin or entry.origin or ("" if self.grad else "no_grad")
        made = Entry(
            name, shape, entry.memory, entry.family, dense, True, origin, overlapping or entry.overlapping,
            dtype or entry.dtype,
        )  # fmt: skip
        made.seen = entry.seen if entry.origin else entry.family.writes
        entry.family.views += 1
        self.entries.append(made)
        return f"{name} = {expression}"

    def wrote(self, entry, limit, other=None):
        """Follows a write into `entry`."""
        entry.memory.limit = max(entry.memory.limit, limit)
        entry.family.writes += 1
        if self.grad and other is not None and other.requires and not entry.family.requires:
            entry.family.requires, entry.family.leaf = True, False


def promoted(entries):
    """The dtype of a result: tensors without dimensions only raise the category."""
    given = [entry.dtype for entry in entries if entry.shape] or [entry.dtype for entry in entries]
    double = any(dtype in ("float64", "complex128") for dtype in given)
    if any(entry.complex for entry in entries):
        return "complex128" if double else "complex64"
    return "float64" if double else "float32"


def broadcast(one, two):
    """The common shape, or None."""
    shape = []
    for place in range(1, max(len(one), len(two)) + 1):
        left = one[-place] if place <= len(one) else 1
        right = two[-place] if place <= len(two) else 1
        if left != right and left != 1 and right != 1:
            return None
        shape.append(left if right == 1 else right)
    return tuple(reversed(shape))


def dimension(world, entry):
    """A dimension of `entry` as it is counted, and as it is written: from the front or from the back."""
    dim = world.whole(0, len(entry.shape))
    return dim, dim - len(entry.shape) if world.chance(0.3) else dim


def written(shape):
    return ", ".join(map(str, shape))


def numbers(world, shape, complex=False):
    """Nested lists of numbers, as text."""
    if shape:
        return "[" + ", ".join(numbers(world, shape[1:], complex) for _ in range(shape[0])) + "]"
    if complex:
        return f"{world.number()} + {world.number()}j"
    return "0.0" if world.chance(0.06) else world.number()  # derivatives at 0 are a choice: relu, abs
