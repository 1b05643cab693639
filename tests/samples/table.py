"""The words of the table of samples: a row per operation, each sample the arguments of one call.

`x(2, 3)` stands for a tensor of that shape in the dtype that is asked for; `at(...)` for one of indices, `mask(...)`
for one of booleans. The same sample is called under tinytorch and under PyTorch.
"""

from typing import Any, NamedTuple


class Input(NamedTuple):
    """A tensor: distinct numbers between low and high in a fixed order, or the values given.

    layout: "", "transposed", "expanded" (along the first dimension) or "stepped" (every second element of a longer one)
    """

    shape: tuple
    low: float = -2.0
    high: float = 2.0
    dtype: str = ""
    layout: str = ""
    values: tuple | None = None
    grad: bool = True


class Named(NamedTuple):
    """What both libraries have under one name, such as a dtype."""

    name: str


class Sample(NamedTuple):
    """The arguments of one call."""

    arguments: tuple
    settings: dict


class Row(NamedTuple):
    """The samples of one operation.

    oracle:        PyTorch's way to it, a function of torch and the arguments, where it has no function of this name
    program:       what to run under both libraries, a function of torch and the arguments, where a name is not enough
    apart:         why an operation has no samples of its own: the rows or tests that run it
    makes:         it makes tensors of no other, and takes a device
    in_place_only: the operation writes its first argument and gives it back
    random:        the generator is seeded before each call
    smooth:        why differences of values say nothing of the derivatives; "" where they do
    ulps:          by how many units in the last place float results may differ from PyTorch's
    meta:          why the meta device cannot run it; "" where it can
    """

    samples: tuple
    oracle: Any = None
    program: Any = None
    apart: str = ""
    makes: bool = False
    in_place_only: bool = False
    random: bool = False
    smooth: str = ""
    ulps: float = 4
    meta: str = ""


rows = {}


def row(names, *samples, **options):
    """The same samples for each of the operations named."""
    for name in names.split():
        assert name not in rows, name
        rows[name] = Row(samples, **options)


def s(*arguments, **settings):
    return Sample(arguments, settings)


def x(*shape, **options):
    return Input(shape, **options)


def at(*values, shape=None, dtype="int64"):
    return Input((len(values),) if shape is None else shape, dtype=dtype, values=values)


def mask(*values, shape=None):
    return at(*values, shape=shape, dtype="bool")


def transposed(*shape, **options):
    return Input(shape, layout="transposed", **options)


def expanded(*shape, **options):
    return Input(shape, layout="expanded", **options)


def stepped(*shape, **options):
    return Input(shape, layout="stepped", **options)


# fmt: off

NAN, INF = float("nan"), float("inf")
special = Input((7,), dtype="float32", values=(NAN, INF, -INF, 0.0, -0.0, 1.5, -3.25), grad=False)


def unary(low=-2.0, high=2.0):
    """One tensor: each layout, no dimensions, no elements, and what is not finite."""
    domain = {"low": low, "high": high}
    return (
        s(x(2, 3, **domain)), s(transposed(3, 2, **domain)), s(expanded(2, 3, **domain)), s(stepped(2, 2, **domain)),
        s(x(**domain)), s(x(0, 3, **domain)), s(special),
    )


def binary(low=-2.0, high=2.0, least=None, numbers=(2, 2.5)):
    """Two tensors: each layout, broadcast both ways, no dimensions, no elements, numbers, shapes that do not fit."""
    first, second = (
        {"low": low, "high": high},
        {"low": (low if least is None else least) + 0.05, "high": high},
    )  # no ties
    return (
        s(x(2, 3, **first), x(2, 3, **second)), s(x(3, **first), x(2, 1, **second)),
        s(x(2, 1, 2, **first), x(3, 1, **second)),
        s(transposed(3, 2, **first), x(3, 2, **second)), s(transposed(3, 2, **first), transposed(3, 2, **second)),
        s(expanded(2, 3, **first), stepped(2, 3, **second)), s(x(2, 2, **first), x(**second)),
        s(x(**first), x(3, **second)), s(x(**first), x(**second)), s(x(0, 3, **first), x(3, **second)),
        *[s(x(3, **first), number) for number in numbers], s(x(2, 3), x(2, 2)), s(special, special),
    )
