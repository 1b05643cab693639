"""Sample inputs of every operation: a row per name, each sample the arguments of one call.

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
# A table, filled line by line.

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


# Arithmetic
row("add sub", *binary(), s(x(2, 3), x(3), alpha=2), s(x(2), 3, alpha=0.5))
row("rsub", *binary(), s(x(2, 3), x(3), alpha=2))
row("mul", *binary(numbers=(2, 2.5, -1, True)))
row("div true_divide", *binary(least=0.5))
row("pow",
    *binary(low=0.5), s(x(3), 2), s(x(3), 0), s(x(3), 3.0), s(x(3), 1), s(x(3, low=0.5), -1), s(x(3, low=0.5), 0.5),
)
row("floor_divide remainder fmod", *binary(low=0.5), s(x(5), x(5, low=0.5)), s(x(5), -2), smooth="steps")
row("neg abs sign positive square sgn exp sin cos sinh cosh tanh atan asinh erf", *unary())
row("exp2 expm1 sigmoid isnan isinf isfinite isposinf isneginf logical_not signbit relu", *unary())
row("floor ceil round trunc frac", *unary(), smooth="steps")
row("reciprocal log sqrt rsqrt log2 log10 log1p acosh lgamma digamma", *unary(low=1.25, high=4))
row("tan asin acos atanh erfinv", *unary(low=-0.9, high=0.9))
row("logit", *unary(low=0.1, high=0.9))
row("bitwise_not", *unary())
row("eq ne lt le gt ge logical_and logical_or logical_xor", *binary(), s(x(4), x(4)), s(x(4), 0.5))
row("bitwise_and bitwise_or bitwise_xor bitwise_left_shift bitwise_right_shift", *binary(low=0.5, numbers=(2,))[:11])
row("maximum minimum fmax fmin atan2 hypot logaddexp logaddexp2 copysign", *binary(low=0.5))
row("nextafter heaviside", *binary(), smooth="steps")
row("xlogy", *binary(low=0.5))
row("clamp clip",
    s(x(2, 3), -1, 1), s(transposed(3, 2), min=0), s(x(4), max=0.5), s(x(2, 3), x(3, high=-0.5), x(3, low=0.5)),
    s(x(0), -1, 1), s(x(), -0.1, 0.1), s(special, -1, 1), s(x(3)),
)
row("clamp_min clamp_max", s(x(2, 3), 0.5), s(x(2, 3), x(3)), s(special, 1))
row("where",
    s(mask(True, False, True), x(3), x(3)), s(mask(True, False, shape=(2, 1)), x(3), x(2, 3)),
    s(mask(True, False), x(2), 1.5), s(mask(True, shape=()), x(2), x()), s(mask(True, False), 1, 2.5),
)
row("lerp", s(x(2, 3), x(2, 3), 0.25), s(x(3), x(2, 3), x(3)), s(x(2), x(2), 0.75))
row("addcmul addcdiv",
    s(x(2, 3), x(2, 3), x(2, 3, low=0.5)), s(x(3), x(2, 1), x(3, low=0.5), value=2), s(x(), x(2), x(2, low=1)),
)
row("nan_to_num", *unary(), s(special, 1.0, 2.0, 3.0), s(special, posinf=9.0))
row("real imag conj conj_physical angle", *unary())

# Activations
row("sigmoid_backward", *binary(low=0.1, high=0.9, numbers=())[:5])
row("threshold_backward",
    *binary(numbers=())[:5],
    oracle=lambda torch, upstream, result: torch.ops.aten.threshold_backward(upstream, result, 0), smooth="steps",
)

# Reductions
whole = (s(x(2, 3)), s(transposed(3, 2)), s(expanded(2, 3)), s(x()), s(x(4, 1, 2)), s(special))
along = (
    s(x(2, 3), 0), s(x(2, 3), -1, True), s(transposed(3, 2), 1), s(x(2, 3, 2), 1), s(x(), 0), s(x(0, 3), 0),
    s(x(2, 3), 2), s(x(2, 3), dim=1, keepdim=True),
)
several = (s(x(2, 3, 2), (0, 2)), s(x(2, 3, 2), (0, -1), True), s(x(2, 3), (0, 0)), s(x(0, 3)))
row("sum mean nansum nanmean",
    *whole, *along, *several, s(x(2, 2), dtype=Named("float64")), s(x(2, 2), 0, dtype=Named("float64")),
)
row("prod", *whole, *along, s(x(0, 3)), s(at(0, 2, 3, dtype="float64")), s(x(2, 2), 0, dtype=Named("float64")))
row("amax amin", *whole, *along, *several)
row("max min", *whole, *along, s(x(2, 3), x(3)), s(x(0, 3)))
row("argmax argmin", *whole, *along, s(x(0, 3)))
row("any all", *whole, *along, *several)
row("var std var_mean std_mean",
    *[each for each in (*whole, *along, *several) if each.arguments[0].shape], s(x(2, 3), 1, correction=0),
    s(x(3), correction=2), s(x(2, 3), False),
)
row("logsumexp",
    s(x(2, 3), 0), s(x(2, 3), (0, 1)), s(transposed(3, 2), 1, True), s(x(), 0), s(special, 0), s(x(2, 0), 0),
)
row("count_nonzero", s(x(2, 3)), s(x(2, 3), 0), s(x(2, 3), (0, 1)), s(x(0)))
row("aminmax", s(x(2, 3)), s(x(2, 3), dim=0), s(x(2, 3), dim=1, keepdim=True))
row("median nanmedian mode", s(x(5)), s(x(2, 3), 1), s(x(4, 3), 0, True))
row("norm",
    s(x(2, 3)), s(x(2, 3), 1), s(x(2, 3), 2, 1), s(x(2, 3), INF, 0, True), s(x(2, 3), -INF), s(x(4), 0),
    s(x(2, 3), "fro", (0, 1)),
)
row("linalg_vector_norm",
    s(x(2, 3)), s(x(2, 3), 1), s(x(2, 3), 2, 1), s(x(2, 3), INF, 0, True), s(x(2, 3), 3, (0, 1)),
    oracle=lambda torch, *a, **k: torch.linalg.vector_norm(*a, **k),
)
row("cumsum cumprod logcumsumexp",
    s(x(2, 3), 0), s(x(2, 3), 1), s(transposed(3, 2), -1), s(x(), 0), s(x(0, 2), 0), s(x(2, 3), 2), s(special, 0),
)
row("cummax cummin", s(x(2, 3), 0), s(x(2, 3), 1), s(transposed(3, 2), -1), s(x(dtype="float64"), 0), s(x(2, 3), 2))

# Views and shapes
row("view",
    s(x(2, 3), (3, 2)), s(x(2, 3), (-1,)), s(x(), (1, 1)), s(x(0, 3), (3, 0)), s(x(2, 3), (4,)),
    s(transposed(3, 2), (6,)),
)
row("reshape_alias",
    s(x(2, 3), (3, 2)), s(stepped(2, 2), (2, 1, 2)), oracle=lambda torch, input, size: input.view(size),
)
row("unsafe_view",
    s(x(2, 3), (3, 2)), s(x(4), (2, 2)), oracle=lambda torch, input, size: torch.ops.aten._unsafe_view(input, size),
)
row("expand",
    s(x(1, 3), (2, 3)), s(x(3), (2, -1)), s(x(), (2, 2)), s(x(2, 1), (2, 2, 3)), s(x(2, 3), (2, 4)),
    s(transposed(3, 1), (3, 2)),
)
row("transpose swapaxes swapdims",
    s(x(2, 3), 0, 1), s(x(2, 3, 2), -1, 0), s(x(), 0, 0), s(transposed(3, 2), 0, 1), s(x(2), 0, 1),
)
row("t", s(x(2, 3)), s(x(3)), s(x()), s(x(2, 2, 2)))
row("permute", s(x(2, 3), (1, 0)), s(x(2, 3, 2), (2, 0, -2)), s(x(), ()), s(x(2, 3), (0, 0)), s(x(2, 3), (0,)))
row("unsqueeze", s(x(2, 3), 0), s(x(2, 3), -1), s(transposed(3, 2), 1), s(x(), 0), s(x(2), 3))
row("squeeze", s(x(2, 1, 3)), s(x(2, 1, 3), 1), s(x(2, 1, 3), 0), s(x(1, 2, 1), (0, 2)), s(x(), 0), s(x(1), 2))
row("select", s(x(2, 3), 0, 1), s(x(2, 3), -1, -1), s(transposed(3, 2), 1, 0), s(x(2, 3), 0, 2), s(x(), 0, 0))
row("narrow", s(x(2, 3), 1, 1, 2), s(x(4), 0, -3, 2), s(transposed(3, 2), 0, 1, 1), s(x(3), 0, 2, 2), s(x(3), 0, 0, -1))
row("unbind", s(x(2, 3)), s(x(2, 3), 1), s(transposed(3, 2), -1), s(x(), 0))
row("stack",
    s([x(2, 3), x(2, 3)]), s([x(3), x(3)], 1), s([transposed(3, 2), x(3, 2)], -1), s([x(), x()]), s([x(2), x(3)]),
)
row("basic_index",
    s(x(2, 3), (0,)), s(x(2, 3), (slice(None), 1)), s(x(4), (slice(1, None, 2),)), s(x(2, 3), (..., None, 0)),
    s(x(2, 3), (None, slice(0, 1))), oracle=lambda torch, input, key: input[key],
)
row("embed",
    s(x(3), (2, 3), (1,)), s(x(2), (2, 3), (slice(None), 0)), s(x(), (2,), (0,)),
    oracle=lambda torch, input, shape, key: embedded(input, shape, key),
)
plain, turned, row_of = ((2, 3), (3, 1), 0), ((3, 2), (1, 3), 0), ((3,), (1,), 3)
repeated, windows = ((2, 3), (0, 1), 0), ((2, 2), (1, 1), 0)
row("view_of_base",
    *[s(x(2, 3), plain, view) for view in (turned, row_of, repeated, windows)],
    oracle=lambda torch, input, base, view: input.as_strided(*view),
)
row("region",
    *[s(x(2, 3), plain, view) for view in (turned, row_of, windows)],
    oracle=lambda torch, input, base, view: input.as_strided(*view).clone().contiguous(),
)
row("region_scatter",
    s(x(2, 3), x(3), plain, row_of), s(x(2, 3), x(3, 2), plain, turned),
    oracle=lambda torch, input, source, base, view: written(input, source, view),
)
row("region_embed",
    s(x(3, 2), plain, turned), s(x(3), plain, row_of), s(x(2, 3), plain, repeated), s(x(2, 2), plain, windows),
    oracle=lambda torch, input, base, view: gathered_back(torch, input, base, view),
)


def embedded(input, shape, key):
    """Zeros with the input at a key."""
    whole = input.new_zeros(shape)
    whole[key] = input
    return whole


def written(input, source, view):
    """A copy with a region replaced; PyTorch 2.13's as_strided_scatter has a wrong derivative."""
    copy = input.clone()
    copy.as_strided(*view).copy_(source)
    return copy


def gathered_back(torch, input, base, view):
    """The derivative of a view of a base, in PyTorch's own arithmetic."""
    places = torch.arange(base[0][0] * base[0][1]).as_strided(*view).reshape(-1)
    return input.new_zeros(base[0]).reshape(-1).index_add(0, places, input.reshape(-1)).reshape(base[0])


# Copies
row("clone", *unary(), s(x(1, 3, 2)))
row("contiguous_copy", *unary(), oracle=lambda torch, input: input.clone(memory_format=torch.contiguous_format))
row("copy",
    s(x(2, 3), x(2, 3)), s(x(2, 3), x(3)), s(transposed(3, 2), x(3, 2)), s(x(2, 3), x()), s(x(3), x(2, 3)),
    s(x(3), x(3, dtype="int64")), in_place_only=True,
)
row("fill", s(x(2, 3), 1.5), s(x(2, 3), 2), s(x(2), x()), s(x(0), 1), s(x(2), x(2)), in_place_only=True)
row("zero", s(x(2, 3)), s(transposed(3, 2)), s(x()), in_place_only=True)

# Products of matrices
row("mm",
    s(x(2, 3), x(3, 4)), s(transposed(2, 3), x(3, 2)), s(x(2, 3), transposed(3, 2)), s(x(0, 3), x(3, 2)),
    s(x(2, 0), x(0, 3)), s(x(2, 3), x(2, 3)), s(x(2), x(2, 2)), s(stepped(2, 3), expanded(3, 2)),
)
row("bmm",
    s(x(2, 2, 3), x(2, 3, 2)), s(transposed(2, 2, 3), x(2, 3, 1)), s(x(0, 2, 3), x(0, 3, 2)), s(x(2, 2, 3), x(2, 2, 3)),
    s(x(2, 2), x(2, 2)),
)
row("mv", s(x(2, 3), x(3)), s(transposed(2, 3), stepped(3)), s(x(2, 3), x(2)), s(x(2), x(2)), s(x(2, 0), x(0)))
row("dot vdot", s(x(3), x(3)), s(stepped(3), x(3)), s(x(0), x(0)), s(x(2), x(3)), s(x(2, 2), x(2)))
row("addmm",
    s(x(2, 2), x(2, 3), x(3, 2)), s(x(2), x(2, 3), x(3, 2)), s(x(), x(2, 3), transposed(3, 2)),
    s(x(2, 2), x(2, 3), x(3, 2), beta=2, alpha=0.5), s(x(2, 1), x(2, 0), x(0, 3)), s(x(3), x(2, 3), x(3, 2)),
)
row("addmv", s(x(2), x(2, 3), x(3)), s(x(), x(2, 3), x(3), beta=0, alpha=2))
row("addr", s(x(2, 3), x(2), x(3)), s(x(), x(2), x(3), beta=2, alpha=0.5))
row("baddbmm addbmm", s(x(2, 2), x(3, 2, 3), x(3, 3, 2)), s(x(), x(2, 2, 3), x(2, 3, 2), beta=2, alpha=3))
row("outer ger", s(x(2), x(3)), s(stepped(2), x(1)))
row("inner", s(x(3), x(3)), s(x(2, 3), x(4, 3)), s(x(), x(2)), s(x(2), x(3)))
row("kron", s(x(2, 2), x(2, 3)), s(x(2), x(2, 1)))
row("tensordot", s(x(2, 3), x(3, 2), 1), s(x(2, 3, 2), x(3, 2, 2), ([1, 2], [0, 1])))
row("einsum",
    s("ij,jk->ik", x(2, 3), x(3, 2)), s("ij->j", x(2, 3)), s("bij,bjk->bk", x(2, 2, 3), x(2, 3, 2)),
    s("i,j", x(2), x(3)), s("ii->i", x(3, 3)),
)
row("matmul",
    s(x(3), x(3)), s(x(2, 3), x(3)), s(x(3), x(3, 2)), s(x(2, 3), x(3, 2)), s(x(2, 2, 3), x(3, 2)),
    s(x(2, 1, 2, 3), x(2, 3, 2)), s(x(2, 3), x(2, 3)), s(x(), x(2)), s(transposed(2, 2, 3), transposed(2, 3, 2)),
    s(x(2, 2, 3), x(3)), s(x(3), x(2, 3, 2)), s(x(2, 3), x(2, 3, 2)),
)
row("trace", s(x(2, 3)), s(transposed(3, 3)), s(x(2)))
row("chain_matmul", s(x(2, 3), x(3, 2), x(2, 2)))

# More arithmetic and comparison
row("div_rounded",
    s(x(2, 3), x(3, low=0.5), "trunc"), s(x(2, 3), x(3, low=0.5), "floor"), smooth="steps",
    oracle=lambda torch, input, other, mode: torch.div(input, other, rounding_mode=mode),
)
row("isclose",
    s(x(2, 3), x(2, 3)), s(x(3), x(3), rtol=0.5, atol=0.5), s(special, special), s(special, special, equal_nan=True),
)
row("sinc deg2rad rad2deg isreal", *unary())
row("float_power", *binary(low=0.5))
row("dist", s(x(2, 3), x(3)), s(x(3), x(3), 1))
row("view_as_real",
    s(x(2, 3, dtype="complex128")), s(transposed(3, 2, dtype="complex128")), s(x(dtype="complex128")), s(x(2)),
)
row("view_as_complex", s(x(3, 2)), s(x(2, 3, 2)), s(x(2, 3)), s(x()))

row("complex polar", s(x(2, 3), x(2, 3)), s(x(3), x(2, 1)), s(x(), x()), s(x(0), x(0)))
row("view_dtype",
    s(x(2, 3, dtype="float32"), Named("int32")), s(x(2, 4, dtype="float32"), Named("float64")), s(x(3), Named("uint8")),
    program=lambda torch, input, dtype: input.view(dtype),
)

# Reading and writing at indices
row("getitem",
    s(x(2, 3), 0), s(x(2, 3), (slice(None), 1)), s(x(5), slice(1, None, 2)), s(x(2, 3), (..., None)),
    s(x(3), at(0, 2, 0)), s(x(3, 2), mask(True, False, True)), s(x(3, 2), (at(0, 2), at(1, 0))), s(x(3, 2), ([0, 2],)),
    s(x(2, 3, 2), (slice(None), at(2, 0))), s(x(2, 3, 2), (at(1, 0), slice(None), at(0, 1))), s(x(3), at(1, shape=())),
    s(x(2, 3), mask(True, False, True, True, False, False, shape=(2, 3))), s(x(3), 5), s(x(2, 3), (0, 0, 0)),
    s(x(3), at(0, 3)), s(x(3), mask(True, False)), s(x(2, 3), None), s(x(2, 3), True),
    s(x(3, 3), (at(0, -1, shape=(2, 1)), at(1, 2))), program=lambda torch, input, key: input[key],
)
row("setitem",
    s(x(2, 3), x(3), 0), s(x(2, 3), 1.5, (slice(None), 1)), s(x(5), x(2), slice(1, None, 2)), s(x(3), x(2), at(0, 2)),
    s(x(3, 2), 7, mask(True, False, True)), s(x(3, 2), x(2), (at(0, 2), at(1, 0))), s(x(2, 3), x(1, 3), ...),
    s(x(2, 3), x(), 0), s(x(2, 3), x(2), 0), s(x(3), x(2, 2), slice(0, 2)), s(x(2, 3), x(3, dtype="float64"), 0),
    s(x(3), 1.0, 5), s(x(2, 3), x(3), mask(True, False, True, True, False, False, shape=(2, 3))),
    program=lambda torch, input, value, key: assigned(input, value, key),
)
row("gather",
    s(x(2, 3), 1, at(0, 2, 1, 1, shape=(2, 2))), s(x(2, 3), 0, at(1, 0, 1, shape=(1, 3))),
    s(transposed(3, 2), -1, at(0, 1, 0, shape=(3, 1))), s(x(2, 3), 1, at(3, shape=(1, 1))), s(x(3), 0, at(0, 0)),
    s(x(), 0, at(0, shape=())),
)
row("scatter",
    s(x(2, 3), 1, at(0, 2, 1, 0, shape=(2, 2)), x(2, 2)), s(x(2, 3), 0, at(1, 0, 1, shape=(1, 3)), 1.5),
    s(x(3), 0, at(0, 2), x(2)), s(x(2, 3), 1, at(3, shape=(1, 1)), x(1, 1)),
)
row("scatter_add",
    s(x(2, 3), 1, at(0, 2, 1, 0, shape=(2, 2)), x(2, 2)), s(x(3), 0, at(0, 0, 0), x(3)),
    s(x(2, 3), 0, at(1, 1, 0, shape=(1, 3)), x(2, 3)),
)
row("scatter_reduce",
    *[s(x(4), 0, at(0, 2, 0), x(3), reduce) for reduce in ("sum", "mean", "amax", "amin", "prod")],
    s(x(4), 0, at(0, 2, 0), x(3), "sum", include_self=False),
)
row("index_select",
    s(x(2, 3), 1, at(2, 0, 2)), s(x(2, 3), 0, at(1)), s(transposed(3, 2), 0, at(0, 0)), s(x(2, 3), 1, at(3)),
    s(x(3), 0, at(dtype="int64")),
)
row("index_add",
    s(x(3, 2), 0, at(0, 2, 0), x(3, 2)), s(x(2, 3), 1, at(1, 1), x(2, 2), alpha=2), s(x(3), 0, at(5), x(1)),
)
row("index_copy", s(x(3, 2), 0, at(0, 2), x(2, 2)), s(x(2, 3), 1, at(1), x(2, 1)))
row("index_fill", s(x(3, 2), 0, at(0, 2), 1.5), s(x(2, 3), 1, at(1), x()), s(x(2, 3), 1, at(0, 1), 3))
row("index_put",
    s(x(3), [at(0, 2)], x(2)), s(x(3), [at(0, 0)], x(2), True), s(x(3, 2), [at(0, 1), at(1, 0)], x()),
    program=lambda torch, input, indices, values, accumulate=False: input.index_put(tuple(indices), values, accumulate),
)
row("masked_fill",
    s(x(2, 3), mask(True, False, True), 1.5), s(x(2, 3), mask(True, False, shape=(2, 1)), x()),
    s(x(2), mask(True, False), 2), s(transposed(3, 2), mask(True, False), 0.0), s(x(2), x(2), 0.0),
)
row("masked_select",
    s(x(2, 3), mask(True, False, True)), s(x(3), mask(True, False, shape=(2, 1))), s(x(2), mask(False, False)),
    meta="the shape depends on the values",
)
row("masked_scatter", s(x(2, 3), mask(True, False, True), x(4)), s(x(2), mask(True, False), x(1)))
row("take", s(x(2, 3), at(0, 5, -1)), s(transposed(3, 2), at(0, 1, 2, 3, shape=(2, 2))), s(x(3), at(7)))
row("put", s(x(2, 3), at(0, 5), x(2)), s(x(3), at(0, 0), x(2), True))
row("take_along_dim", s(x(2, 3), at(0, 2, shape=(2, 1)), 1), s(x(4), at(3, 0)))
row("nonzero argwhere",
    s(x(2, 3)), s(mask(True, False, True)), s(x()), s(x(0, 2)), meta="the shape depends on the values",
)
row("select_scatter", s(x(2, 3), x(2), 1, 2), s(x(2, 3), x(3), 0, -1))
row("slice_scatter", s(x(4, 2), x(2, 2), 0, 1, 3), s(x(2, 5), x(2, 2), 1, 0, 4, 2))
row("diagonal_scatter", s(x(3, 3), x(3)), s(x(2, 3), x(2), 1))


def assigned(input, value, key):
    """A copy in which what a key selects has another value."""
    copy = input.clone()
    copy[key] = value
    return copy


# Joining, splitting, repeating
row("cat concat concatenate",
    s([x(2, 3), x(1, 3)]), s([x(2, 3), x(2, 1)], 1), s([transposed(3, 2), transposed(3, 2)]), s([x(2), x(0)]),
    s([x(2), x(2, dtype="float64")]), s([x(2, 3), x(2, 2)]), s([x(2), x(2, 2)]), s([x(), x()]), s([]),
)
row("hstack vstack dstack column_stack", s([x(2), x(2)]), s([x(2, 2), x(2, 2)]), s([x(), x()]))
row("split tensor_split chunk", s(x(5, 2), 2), s(x(2, 5), 3, 1), s(x(4), 2))
row("split_with_sizes", s(x(5, 2), [2, 3]), s(x(2, 5), [1, 1, 3], 1), s(x(3), [1, 1]))
row("repeat",
    s(x(2, 3), 2, 1), s(x(3), 2, 2), s(x(), 3), s(x(2, 3), 2),
    program=lambda torch, input, *sizes: input.repeat(*sizes),
)
row("tile", s(x(2, 3), (2, 1)), s(x(2, 3), (2,)), s(x(3), (2, 2)))
row("repeat_interleave",
    s(x(3), 2), s(x(2, 3), 2, 1), s(x(3), at(1, 0, 2)), s(x(2, 2), at(2, 1), 0), meta="the shape depends on the values",
)
row("broadcast_to", s(x(3), (2, 3)), s(x(2, 1), (2, 3)), s(x(2), (3,)))
row("broadcast_tensors", s(x(3), x(2, 1)))
row("meshgrid", s(x(2), x(3), indexing="ij"), s(x(2), x(3), indexing="xy"))
row("atleast_1d atleast_2d atleast_3d", s(x()), s(x(2)), s(x(2, 3)))
row("block_diag", s(x(2, 2), x(1, 3)), s(x(2), x()))
row("cartesian_prod", s(x(2), x(3)))
row("combinations", s(x(3), 2))

# More shapes
row("flatten", s(x(2, 3)), s(x(2, 3, 2), 1), s(x(2, 3, 2), 0, 1), s(x()), s(transposed(3, 2)))
row("unflatten", s(x(2, 6), 1, (2, 3)), s(x(4), 0, (-1, 2)))
row("ravel", s(x(2, 3)), s(transposed(3, 2)), s(x()))
row("reshape",
    s(x(2, 3), (3, 2)), s(transposed(3, 2), (6,)), s(x(2, 3), (-1, 2)), s(x(2, 3), (4,)), s(x(0, 3), (3, 0)),
    s(x(0, 3), (-1, 0)),
)
row("movedim moveaxis", s(x(2, 3, 2), 0, 2), s(x(2, 3, 2), (0, 1), (2, 0)))
row("adjoint", s(x(2, 3)), s(x(2, 2, 3)))
row("flip", s(x(2, 3), (0,)), s(x(2, 3), (0, 1)), s(transposed(3, 2), (1,)))
row("fliplr flipud", s(x(2, 3)), s(transposed(3, 2)))
row("roll", s(x(2, 3), 1), s(x(2, 3), 1, 1), s(x(2, 3), (1, -1), (0, 1)))
row("rot90", s(x(2, 3)), s(x(2, 3), 2, (1, 0)))
row("tril triu", s(x(3, 3)), s(x(2, 3), 1), s(transposed(3, 2), -1), s(x(2, 2, 2)), s(x(3)))
row("diag", s(x(3)), s(x(2, 3)), s(x(2, 3), 1), s(x(2), -1), s(x(2, 2, 2)))
row("diagonal", s(x(3, 3)), s(x(2, 3), 1), s(x(2, 2, 3), 0, 1, 2), s(transposed(3, 2), -1))
row("diag_embed", s(x(2, 3)), s(x(2), 1), s(x(2, 2), 0, 0, 2))
row("diagflat", s(x(3)), s(x(2, 2), 1))
row("unfold",
    s(x(5), 0, 2, 1), s(x(2, 4), 1, 3, 1), s(x(2, 4), -1, 2, 2),
    program=lambda torch, input, dim, size, step: input.unfold(dim, size, step),
)
row("as_strided", s(x(2, 3), (3, 2), (1, 3)), s(x(6), (2, 2), (1, 1), 1), s(x(2, 3), (2, 3), (0, 1)))
row("narrow_copy", s(x(2, 3), 1, 1, 2))
row("tril_indices triu_indices", s(2, 3), s(3, 3, 1), makes=True)

# Sorting
ordered = (s(x(2, 3)), s(x(2, 3), 0), s(transposed(3, 2), 1, True), s(x()), s(special), s(at(3, 1, 3, 2, 1)))
row("sort argsort", *ordered, s(x(2, 3), 0, descending=True), s(x(0, 2), 0))
row("msort", s(x(3, 2)))
row("topk", s(x(5), 2), s(x(2, 4), 2, 0), s(x(2, 4), 3, 1, False), s(x(3), 5))
row("kthvalue", s(x(5), 2), s(x(3, 4), 1, 0, True))
row("unique",
    s(at(3, 1, 3, 2)), s(at(3, 1, 3, 2), True, True, True), s(at(1, 2, 1, 2, 3, 4, shape=(3, 2)), dim=0),
    meta="the shape depends on the values",
)
row("unique_consecutive", s(at(1, 1, 2, 1)), s(at(1, 1, 2, 1), True, True), meta="the shape depends on the values")
row("searchsorted", s(at(1, 3, 5, 7), at(3, 6)), s(at(1, 3, 5, 7), at(3, 6), right=True), s(at(1, 3, 5, 7), 4))
row("bucketize", s(at(3, 6), at(1, 3, 5, 7)), s(x(4), at(-1, 0, 1)))
row("bincount", s(at(0, 2, 2, 1)), s(at(0, 2), x(2)), s(at(1), minlength=4), meta="the shape depends on the values")
row("histc", s(x(5), 4), s(x(5), 3, -1, 1))

# New tensors
row("zeros ones", s(3), s(2, 3), s((2, 0)), s(), s(2, dtype=Named("int64")), s(-1), makes=True)
row("full", s((2, 3), 1.5), s((2,), 3), s((), True), s((2,), 1, dtype=Named("float64")), makes=True)
row("eye", s(2), s(2, 3), s(0), makes=True)
row("arange", s(4), s(1, 4), s(0, 2, 0.5), s(5, 0, -2), s(3.0), s(0, 5, dtype=Named("int32")), s(3, 0), makes=True)
row("linspace", s(0, 1, 5), s(0, 1, 1), s(3, -3, 4), s(0, 10, 3, dtype=Named("int64")), s(0, 1, 0), makes=True)
row("logspace", s(0, 2, 3), s(0, 3, 4, 2), makes=True)
row("zeros_like ones_like",
    s(x(2, 3)), s(transposed(3, 2)), s(expanded(2, 3)), s(x(2, 3), dtype=Named("int64")), s(x()),
)
row("full_like", s(x(2, 3), 2.5), s(transposed(3, 2), 1), s(x(2), 1, dtype=Named("bool")))

# Random numbers: the same seed gives the same numbers
row("rand randn", s(3), s(2, 3), s(20), s((2, 2)), s(0), s(17, dtype=Named("float64")), random=True, makes=True)
row("randint", s(10, (3,)), s(-5, 5, (2, 3)), s(5, 5, (2,)), random=True, makes=True)
row("randperm", s(5), s(1), s(0), s(30), random=True, makes=True)
row("rand_like randn_like", s(x(2, 3)), s(x(20)), random=True)
row("bernoulli", s(x(2, 3, low=0.1, high=0.9)), s(x(20, low=0.1, high=0.9)), random=True)
row("multinomial",
    s(x(4, low=0.1), 2), s(x(2, 3, low=0.1), 2), s(x(3, low=0.1), 5, True), s(x(3, low=0.1), 5), random=True,
)
for name, settings in {
    "uniform": ((), (-1, 2)), "normal": ((), (1, 2)), "random": ((), (10,), (-3, 3)), "bernoulli_": ((), (0.2,)),
    "exponential": ((), (2,)), "geometric": ((0.3,),), "log_normal": ((), (0, 1)), "cauchy": ((), (1, 2)),
}.items():
    form = f"{name.rstrip('_')}_"
    row(name, *[s(x(*shape), *each) for each in settings for shape in ((2, 3), (20,))],
        s(transposed(3, 2), *settings[-1]), random=True, ulps=16,
        program=lambda torch, input, *settings, form=form: getattr(input.clone(), form)(*settings))

row("normal_of",
    s(x(2, 3), 2.0), s(0.5, x(2, 3, low=0.1)), s(x(3), x(2, 1, low=0.1)), s(1.0, 2.0, (20,)), random=True, ulps=16,
    program=lambda torch, *settings: torch.normal(*settings),
)

# Softmax, activations, losses
row("softmax log_softmax",
    s(x(2, 3), 1), s(x(2, 3), 0), s(transposed(3, 2), -1), s(x(), 0), s(x(0, 3, dtype="float32"), 1), s(x(2, 3), 2),
    s(x(2, 3), 1, dtype=Named("float64")), s(special, 0),
)
row("softmax_backward_data",
    s(x(2, 3), x(2, 3, low=0.1, high=0.9), 1), s(x(3), x(3, low=0.1, high=0.9), 0),
    oracle=lambda torch, upstream, result, dim: torch._softmax_backward_data(upstream, result, dim, result.dtype),
)
row("log_softmax_backward_data",
    s(x(2, 3), x(2, 3), 1), s(x(3), x(3), 0),
    oracle=lambda torch, upstream, result, dim: torch._log_softmax_backward_data(upstream, result, dim, result.dtype),
)
row("silu mish softplus elu selu celu gelu leaky_relu relu6 hardtanh hardsigmoid hardswish logsigmoid softsign",
    *unary(),
)
row("tanhshrink", *unary())
row("softshrink hardshrink", *unary())
row("threshold", s(x(2, 3), 0.5, -1.0), s(transposed(3, 2), 0, 7))
row("prelu", s(x(2, 3), x(1)), s(x(2, 3), x(3)))
row("glu", s(x(2, 4)), s(x(4, 3), 0))
row("linear",
    s(x(2, 3), x(4, 3)), s(x(2, 3), x(4, 3), x(4)), s(x(3), x(4, 3), x(4)), s(x(2, 2, 3), x(4, 3), x(4)),
    s(x(2, 3), x(4, 2)), s(transposed(2, 3), x(2, 3), x(2)),
)
row("mse_loss l1_loss smooth_l1_loss huber_loss",
    *[s(x(2, 3), x(2, 3, low=-1, high=1), reduction=each) for each in ("mean", "sum", "none")],
    s(x(2), x(2, low=3, high=4)),
)
row("binary_cross_entropy",
    *[s(x(2, 3, low=0.1, high=0.9), x(2, 3, low=0.1, high=0.9, grad=False), reduction=each)
      for each in ("mean", "sum", "none")],
)
row("binary_cross_entropy_with_logits",
    *[s(x(2, 3), x(2, 3, low=0.1, high=0.9, grad=False), reduction=each) for each in ("mean", "sum", "none")],
)
row("kl_div",
    s(x(2, 3), x(2, 3, low=0.1), reduction="sum"), s(x(2, 3), x(2, 3), reduction="batchmean", log_target=True),
)
row("nll_loss cross_entropy",
    s(x(3, 4), at(0, 3, 1)), s(x(3, 4), at(0, 3, 1), x(4, low=0.1, grad=False)), s(x(3, 4), at(0, -100, 1)),
    s(x(3, 4), at(0, 3, 1), reduction="none"), s(x(3, 4), at(0, 5, 1)), s(x(4), at(2, shape=())),
    s(x(2, 3, 2), at(0, 2, 1, 1, shape=(2, 2)), reduction="sum"),
)

# Parts of other operations
for names, others in {
    "max_all min_all selected placed middle middle_of_all most_frequent extremes": "max, min, median, mode and aminmax",
    "taken_along added_along last_extreme reverse_cumsum": "cummax, cummin and cumsum",
    "distance": "dist",
    "probability_slope": "binary_cross_entropy",
    "log_of_sum": "logsumexp",
    "scatter_at embed_first": "scatter and gather",
    "index index_sum put_at": "getitem, setitem and index_put",
    "nonzero_rows": "nonzero and argwhere",
    "split_view split_sizes_view": "split, chunk and split_with_sizes",
    "places_repeated repeat_by": "repeat_interleave",
    "diagonal_blocks": "block_diag",
    "affine": "linear",
    "nll_loss_backward": "nll_loss and cross_entropy",
    "normal_fill normal_both normal_mean normal_std": "normal and normal_of",
    "bernoulli_fill bernoulli_fill_each bernoulli_of": "bernoulli",
    "complex_of_parts polar_of_parts": "complex and polar",
    "chosen sorted_places": "sort, argsort, topk and kthvalue",
    "distinct distinct_slices": "unique",
    "places_in": "searchsorted and bucketize",
    "diagonal_copy_of": "diag",
    "log_sigmoid": "logsigmoid",
    "prelu_kernel": "prelu",
    "multinomial_of": "multinomial",
    "to_copy": "the in-place forms, which compare with a converted result",
}.items():
    row(names, apart=f"seen through {others}")
