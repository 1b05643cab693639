"""What computes with the values of a batch: each kind of the vocabulary's functions with one dimension more in front.

A rule is for calls with a batched array among the arguments; `function.call` is the device's below, on hidden arrays.
"""

import math

import numpy

from tinytorch.devices.batched import DYNAMIC, BatchedArray, rule

LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"  # the module `string` would have to be imported
AXIS_OUT = ("axis", "out", "keepdims")
SETTINGS = {  # of reductions and scans, behind the array
    "sum": ("axis", "dtype", "out", "keepdims"),
    "prod": ("axis", "dtype", "out", "keepdims"),
    "cumsum": ("axis", "dtype", "out"),
    "cumprod": ("axis", "dtype", "out"),
    "count_nonzero": ("axis", "keepdims"),
}


def arrays_among(values):
    """The batched device's arrays among some values."""
    return [each for each in values if type(each) is BatchedArray]


@rule("ufunc")
def elementwise(function, *inputs, out=None, **settings):
    """The examples broadcast, each batch with the others."""
    count = getattr(getattr(numpy, function.name, None), "nin", len(inputs))
    outs = (*inputs[count:], *(out if type(out) is tuple else (out,)))
    outs = [each for each in outs if each is not None]
    inputs = inputs[:count]
    ndim = max([each.ndim for each in arrays_among((*inputs, *outs, *settings.values()))])
    given = [function.front(each, ndim) for each in inputs]
    named = {name: function.front(each, ndim) for name, each in settings.items()}
    if not outs:
        return function.covered(function.call(*given, **named))
    targets = tuple([function.target(each) for each in outs])
    if not any(each.batched for each in arrays_among(inputs)):  # so that the operands alone have the shape of `out`
        place = next(place for place, each in enumerate(inputs) if type(each) is BatchedArray)
        given[place] = function.front(function.covered(function.whole(inputs[place])), ndim)
    function.call(*given, out=targets if len(targets) > 1 else targets[0], **named)
    return tuple(outs) if len(outs) > 1 else outs[0]


@rule("where nan_to_num isclose angle i0 clip round around")
def pointwise(function, *inputs, **settings):
    """The same for functions that are no ufuncs."""
    if function.name == "where" and len(inputs) == 1:
        return depends_on_data(function)
    return elementwise(function, *inputs, **settings)


@rule("sum prod amax amin max min any all argmax argmin count_nonzero")
def reduction(function, a, *given, **settings):
    """One value for each example, or for each line of it along `axis`."""
    settings |= zip(SETTINGS.get(function.name, AXIS_OUT), given, strict=False)
    axis, out, keepdims = [
        settings.pop(name, usual) for name, usual in (("axis", None), ("out", None), ("keepdims", False))
    ]
    settings = {name: value for name, value in settings.items() if value is not None}
    array, ndim, size = a.inner, a.ndim, function.place.size
    if ndim == 0:
        return function.delivered(function.call(array.reshape(size, 1), axis=1, **settings), out)
    if axis is None and function.name in ("argmax", "argmin"):
        found = function.call(array.reshape(size, a.size), axis=1, **settings)
        return function.delivered(found.reshape(size, *[1] * ndim) if keepdims else found, out)
    axes = range(ndim) if axis is None else (axis,) if isinstance(axis, int) else axis
    axes = tuple([each % ndim + 1 for each in axes])
    axes = axes[0] if isinstance(axis, int) else axes
    settings |= {"keepdims": True} if keepdims else {}
    return function.delivered(function.call(array, axis=axes, **settings), out)


@rule("cumsum cumprod")
def scan(function, a, *given, **settings):
    """The values so far of each example, flat without an axis."""
    settings |= zip(SETTINGS[function.name], given, strict=False)
    axis, out = settings.pop("axis", None), settings.pop("out", None)
    if axis is None or a.ndim == 0:
        a, axis = a.reshape(a.size), 0
    return function.delivered(function.call(a.inner, axis=axis % a.ndim + 1, **settings), out)


@rule("sort argsort")
def ordered(function, a, axis=-1, **settings):
    """Each example in order."""
    if axis is None:
        a, axis = a.reshape(a.size), 0
    return function.covered(function.call(a.inner, axis=axis % a.ndim + 1, **settings))


@rule("matmul")
def matmul(function, a, b, out=None):
    """The products of each example's matrices; a matrix for all takes the rows of a batch together."""
    if a.ndim == 1 and not b.batched and b.ndim <= 2:
        found = function.call(a.inner, b.inner)
    elif a.ndim > 1 and not b.batched and b.ndim == 2:
        shape = a.inner.shape[:-1]
        rows = a.inner.reshape(math.prod(shape), a.shape[-1])
        found = function.call(rows, b.inner).reshape(*shape, b.shape[1])
    elif b.ndim == 1 and not a.batched and a.ndim <= 2:
        found = function.call(b.inner, a.inner.T)
    else:
        rows = a[None] if a.ndim == 1 else a
        columns = b[:, None] if b.ndim == 1 else b
        ndim = max(rows.ndim, columns.ndim)
        found = function.call(function.front(rows, ndim), function.front(columns, ndim))
        found = found[..., 0] if b.ndim == 1 else found
        if a.ndim == 1:
            found = found[..., 0] if b.ndim == 1 else found[..., 0, :]
    return function.delivered(found, out)


@rule("einsum")
def einsum(function, subscripts, *operands, out=None, **settings):
    """One letter more for the batch, in front of each operand that has one and of the result."""
    inputs, arrow, output = subscripts.replace(" ", "").partition("->")
    if not arrow:
        letters = inputs.replace("...", "").replace(",", "")
        output = "..." * ("..." in inputs) + "".join(sorted({each for each in letters if letters.count(each) == 1}))
    batch = next(letter for letter in LETTERS if letter not in subscripts)
    names = [batch * each.batched + part for each, part in zip(operands, inputs.split(","), strict=True)]
    found = function.call(f"{','.join(names)}->{batch}{output}", *[each.inner for each in operands], **settings)
    return function.delivered(found, out)


@rule("concatenate stack")
def join(function, arrays, axis=0, out=None, **settings):
    """Each example's arrays one behind the other."""
    if axis is None:
        arrays, axis = [each.reshape(each.size) for each in arrays], 0
    ndim = arrays[0].ndim + (function.name == "stack")
    found = function.call([function.whole(each) for each in arrays], axis % ndim + 1, **settings)
    return function.delivered(found, out)


@rule("searchsorted")
def searched(function, a, v, side="left"):
    """How many elements of each example are smaller than each value, or not larger, by halving all ranges at once."""
    xp = function.place.xp
    low, high = xp.zeros(v.shape, "int64"), xp.full(v.shape, a.size, "int64")
    for _ in range(a.size.bit_length()):  # halvings
        middle = xp.floor_divide(xp.add(low, high), 2)
        found = a[xp.minimum(middle, a.size - 1)]
        behind = xp.logical_not(before(xp, v, found)) if side == "right" else before(xp, found, v)
        behind = xp.logical_and(behind, xp.less(low, high))
        low = xp.where(behind, xp.add(middle, 1), low)
        high = xp.where(behind, high, xp.maximum(low, middle))
    return low


def before(xp, one, other):
    """Whether an element stands before another one in order; nan stands last."""
    smaller = xp.less(one, other)
    return xp.logical_or(smaller, xp.logical_and(xp.not_equal(other, other), xp.equal(one, one)))


@rule("linalg.slogdet linalg.eigvalsh linalg.eigh linalg.svd linalg.qr determinant inverse solve cholesky_factor")
@rule("lu_factor row_order solve_triangular ldl_factor ldl_solve eigenvectors eigenvalues")
def matrices(function, *arguments, **settings):
    """The matrices of each example; the functions take any number of dimensions in front."""
    given = [function.whole(each) if type(each) is BatchedArray else each for each in arguments]
    return function.covered(function.call(*given, **settings))


@rule("fft.fft fft.ifft fft.rfft fft.irfft")
def fourier(function, a, n=None, axis=-1, norm=None):
    """The transforms of each example along one dimension."""
    return function.covered(function.call(a.inner, n, axis=axis % a.ndim + 1, norm=norm))


@rule("fft.fftn fft.ifftn fft.rfftn")
def fourier_of_several(function, a, s=None, axes=None, norm=None):
    """The transforms of each example along several dimensions."""
    axes = range(a.ndim) if axes is None else axes
    return function.covered(function.call(a.inner, s, axes=tuple([each % a.ndim + 1 for each in axes]), norm=norm))


@rule("nonzero bincount")
def depends_on_data(function, *arguments, **settings):
    """The examples' results have different shapes: raises RuntimeError."""
    raise RuntimeError(DYNAMIC.format(function.name))
