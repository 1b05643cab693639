"""What each kind of NumPy's functions does to shapes, dtypes and strides: a rule per kind, none per operation.

A rule is a function of NumPy's own function and of its arguments, with frames for arrays; `kinds` has it by name.
"""

import inspect
import math

import numpy
from numpy.lib.array_utils import normalize_axis_index, normalize_axis_tuple
from numpy.lib.stride_tricks import as_strided

from tinytorch.devices.frames import blank, copied, delivered, fits, flat, inner_first, outer_first, reshaped, sample

NO_ITEM = "Tensor.item() cannot be called on meta tensors"
NO_SHAPE = (
    "{}: attempted to run this operator with Meta tensors, but the shape of its result depends on the values, "
    "which a meta tensor does not have"
)

kinds = {}  # the name of a function -> its rule, a function of NumPy's function and of frames


def kind(names):
    """Makes the decorated function the rule of each of the `names`."""

    def register(rule):
        kinds.update(dict.fromkeys(names.split(), rule))
        return rule

    return register


@kind("where clip round around nan_to_num isclose angle sinc i0 fix isposinf isneginf special.zeta")
def elementwise(function, *inputs, out=None, **settings):
    """The operands broadcast; NumPy itself says on samples what dtype it gives or why it refuses."""
    if function is numpy.where and len(inputs) == 1:
        depends_on_data(function)
    count = getattr(function, "nin", len(inputs))
    inputs, outs = inputs[:count], inputs[count:] or (out if isinstance(out, tuple) else (out,))
    given = [each for each in (*inputs, *settings.values()) if isinstance(each, numpy.ndarray)]
    shape = numpy.broadcast_shapes(*[each.shape for each in (*given, *outs) if each is not None])
    for each in outs:
        if each is not None and each.shape != shape:
            raise ValueError(
                f"non-broadcastable output operand with shape {each.shape} doesn't match the broadcast shape {shape}"
            )
    settings = {name: sample(value) for name, value in settings.items()}
    if any(each is not None for each in outs):
        settings["out"] = tuple([sample(each) for each in outs]) if len(outs) > 1 else sample(outs[0])
    with numpy.errstate(all="ignore"):
        results = function(*[sample(each) for each in inputs], **settings)
    order = inner_first(shape, given)
    several = isinstance(results, tuple)
    results, outs = (results, outs + (None,) * (len(results) - len(outs))) if several else ((results,), outs)
    made = [blank(shape, each.dtype, order) if to is None else to for each, to in zip(results, outs, strict=True)]
    return tuple(made) if several else made[0]


def general(ufunc, *arguments, out=None, **settings):
    """A generalised ufunc by its signature, such as `(n?,k),(k,m?)->(n?,m?)`, after dimensions that broadcast.

    A name with `?` is absent from a vector.
    """
    inputs, out = arguments[: ufunc.nin], arguments[ufunc.nin :] or out
    needs, gives = [
        [part.split(",") if part else [] for part in side.strip("()").split("),(")]
        for side in ufunc.signature.split("->")
    ]
    sizes, lead = {}, []
    for input, names in zip(inputs, needs, strict=True):
        names = [name for name in names if not name.endswith("?") or input.ndim >= len(names)]
        cut = input.ndim - len(names)
        if cut < 0:
            raise ValueError(f"{ufunc.__name__}: an input of {input.ndim} dimensions where {len(names)} are needed")
        for name, size in zip(names, input.shape[cut:], strict=True):
            if sizes.setdefault(name, size) != size:
                raise ValueError(f"{ufunc.__name__}: size {size} is different from {sizes[name]} in dimension {name}")
        lead.append(as_strided(input, input.shape[:cut], input.strides[:cut]))
    shape = numpy.broadcast_shapes(*[each.shape for each in lead])
    core = [sizes[name] for name in gives[0] if name in sizes]
    order = [*reversed(range(len(shape), len(shape) + len(core))), *inner_first(shape, lead)]
    result = ufunc(*[numpy.ones((1,) * each.ndim, each.dtype) for each in inputs], **settings)
    return delivered(blank((*shape, *core), result.dtype, order), out[0] if isinstance(out, tuple) else out)


@kind("prod mean var std max min amax amin any all ptp median count_nonzero argmax argmin nanargmax nanargmin")
@kind("nansum nanprod nanmean nanvar nanstd nanmax nanmin nanmedian")
def reduction(function, *arguments, **settings):
    """The dimensions of `axis` go, or stay with size 1; the others keep their order in memory."""
    given = inspect.signature(function).bind(*arguments, **settings).arguments
    input, axis, keepdims = given["a"], given.get("axis"), given.get("keepdims", False)
    if function is numpy.count_nonzero and input.dtype != bool:
        input = copied(input, bool)  # as NumPy does, before it adds
    samples = {name: sample(value) for name, value in given.items()}
    if given.get("ddof"):
        del samples["ddof"]  # one element has no variance, but its dtype is the same
    dtype = function(**samples).dtype
    return reduced(input, axis, keepdims, dtype, given.get("out"), in_order="arg" not in function.__name__)


@kind("sum")
def sum_reduction(function, a, axis=None, dtype=None, out=None, keepdims=False):
    """The CPU's sum, in C order."""
    result = numpy.add.reduce(sample(a), axis, dtype, None if out is None else sample(out), keepdims)
    return reduced(a, axis, keepdims, result.dtype, out, in_order=False)


def reduced(input, axis, keepdims, dtype, out, in_order=True):
    """The frame of a reduction of `input` over `axis`."""
    axes = range(input.ndim) if axis is None or not input.ndim else normalize_axis_tuple(axis, input.ndim)
    order = inner_first(input.shape, [input]) if in_order else list(reversed(range(input.ndim)))
    shape = [1 if each in axes else size for each, size in enumerate(input.shape)]
    frame = blank(shape, dtype, order)
    return delivered(frame if keepdims else frame.reshape(kept_shape(input, axes), copy=False), out)


def kept_shape(input, axes):
    """The sizes of the dimensions that are not in `axes`."""
    return [size for each, size in enumerate(input.shape) if each not in axes]


@kind("cumsum cumprod nancumsum nancumprod")
def scan(function, a, axis=None, dtype=None, out=None):
    """As many elements as before, flat without an axis."""
    result = function(sample(a), axis, dtype, None if out is None else sample(out))
    shape = (a.size,) if axis is None else a.shape
    return delivered(blank(shape, result.dtype, None if axis is None else inner_first(shape, [a])), out)


@kind("dot inner outer tensordot")
def product(function, a, b, *arguments, **settings):
    """The products that are `tensordot` over some axes: the dimensions left of `a`, then those of `b`."""
    out = settings.pop("out", None)
    axes = {
        "dot": lambda: ([a.ndim - 1], [max(b.ndim - 2, 0)]) if a.ndim and b.ndim else ([], []),
        "inner": lambda: ([a.ndim - 1], [b.ndim - 1]) if a.ndim and b.ndim else ([], []),
        "outer": lambda: ([], []),
        "tensordot": lambda: tensordot_axes(a, b, *arguments, **settings),
    }[function.__name__]()
    if function is numpy.outer:
        a, b = flat(a), flat(b)
    if [a.shape[each] for each in axes[0]] != [b.shape[each] for each in axes[1]]:
        raise ValueError(f"shapes {a.shape} and {b.shape} not aligned")
    dtype = numpy.dot(numpy.ones(1, a.dtype), numpy.ones(1, b.dtype)).dtype
    return delivered(blank((*kept_shape(a, axes[0]), *kept_shape(b, axes[1])), dtype), out)


def tensordot_axes(a, b, axes=2):
    """The two lists of axes that `tensordot` contracts."""
    if isinstance(axes, int):
        return list(range(a.ndim - axes, a.ndim)), list(range(axes))
    first, second = [(each,) if isinstance(each, int) else each for each in axes]
    return list(normalize_axis_tuple(first, a.ndim)), list(normalize_axis_tuple(second, b.ndim))


@kind("einsum")
def einsum(function, subscripts, *operands, out=None, **settings):
    """Each letter is a size; an ellipsis stands for dimensions that broadcast."""
    inputs, arrow, output = subscripts.replace(" ", "").partition("->")
    sizes, dots = {}, []
    for names, operand in zip(inputs.split(","), operands, strict=True):
        before, ellipsis, after = names.partition("...")
        extra = operand.ndim - len(before) - len(after)
        if extra < 0 or (extra and not ellipsis):
            raise ValueError(f"einsum: '{names}' does not fit an operand of {operand.ndim} dimensions")
        end = len(before) + extra
        dots.append(operand.shape[len(before) : end])
        for name, size in zip(before + after, operand.shape[: len(before)] + operand.shape[end:], strict=True):
            if 1 not in (size, sizes.get(name, size)) and sizes.get(name, size) != size:
                raise ValueError(f"einsum: dimension '{name}' has sizes {sizes[name]} and {size}")
            if size != 1 or name not in sizes:
                sizes[name] = size
    if not arrow:
        letters = inputs.replace("...", "").replace(",", "")
        output = "..." * ("..." in inputs) + "".join(sorted({each for each in letters if letters.count(each) == 1}))
    before, ellipsis, after = output.partition("...")
    middle = numpy.broadcast_shapes(*dots) if ellipsis else ()
    shape = (*[sizes[name] for name in before], *middle, *[sizes[name] for name in after])
    dtype = settings.get("dtype") or numpy.result_type(*operands)
    return delivered(blank(shape, dtype), out)


@kind("concatenate concat")
def concatenate(function, arrays, axis=0, out=None, **settings):
    """The sizes along `axis` are added; NumPy says on samples whether the rest fits together."""
    if axis is None:
        arrays, axis = [flat(each) for each in arrays], 0
    dtype = function([sample(each) for each in arrays], axis, **settings).dtype
    axis = normalize_axis_index(axis, arrays[0].ndim)
    for position, each in enumerate(arrays):
        for dimension, (size, first) in enumerate(zip(each.shape, arrays[0].shape, strict=True)):
            if dimension != axis and size != first:
                raise ValueError(
                    "all the input array dimensions except for the concatenation axis must match exactly, but along "
                    f"dimension {dimension}, the array at index 0 has size {first} and the array at index {position} "
                    f"has size {size}"
                )
    shape = list(arrays[0].shape)
    shape[axis] = sum([each.shape[axis] for each in arrays])
    return delivered(blank(shape, dtype, outer_first(shape, arrays)[::-1]), out)


@kind("stack vstack hstack dstack column_stack")
def stack(function, arrays, axis=0, out=None, **settings):
    """A concatenation of views with one more dimension, or with enough of them."""
    name = function.__name__
    if name == "stack":
        if len({each.shape for each in arrays}) > 1:
            raise ValueError("all input arrays must have the same shape")
        arrays = [numpy.expand_dims(each, axis) for each in arrays]
        axis = normalize_axis_index(axis, arrays[0].ndim)
    elif name == "column_stack":
        arrays, axis = [each.reshape(-1, 1, copy=False) if each.ndim < 2 else each for each in arrays], 1
    else:
        least = {"hstack": numpy.atleast_1d, "vstack": numpy.atleast_2d, "dstack": numpy.atleast_3d}[name]
        arrays = [least(each) for each in arrays]
        axis = {"hstack": min(1, arrays[0].ndim - 1), "vstack": 0, "dstack": 2}[name]
    return concatenate(numpy.concatenate, arrays, axis, out, **settings)


@kind("take")
def take(function, a, indices, axis=None, out=None, mode="raise"):
    """The indices' shape in the place of the dimension `axis`."""
    shape = numpy.shape(indices)
    if axis is None:
        return delivered(blank(shape, a.dtype), out)
    axis = normalize_axis_index(axis, a.ndim)
    return delivered(blank((*a.shape[:axis], *shape, *a.shape[axis + 1 :]), a.dtype), out)


@kind("take_along_axis")
def take_along_axis(function, arr, indices, axis=-1):
    """The indices' size along `axis`; the other dimensions broadcast."""
    if axis is None:
        return blank(indices.shape, arr.dtype)
    axis = normalize_axis_index(axis, arr.ndim)
    if indices.ndim != arr.ndim:
        raise ValueError("`indices` and `arr` must have the same number of dimensions")
    shape = list(arr.shape)
    shape[axis] = 1
    shape = list(numpy.broadcast_shapes(tuple(shape), (*indices.shape[:axis], 1, *indices.shape[axis + 1 :])))
    shape[axis] = indices.shape[axis]
    return blank(shape, arr.dtype, inner_first(shape, [indices]))


@kind("put put_along_axis place putmask fill_diagonal copyto")
def write(function, a, *arguments, **settings):
    """Nothing is written; `copyto` refuses a shape or a dtype that does not fit."""
    if function is numpy.copyto:
        function(sample(a), sample(arguments[0]), **{name: sample(value) for name, value in settings.items()})
        fits(numpy.shape(arguments[0]), a.shape)


@kind("searchsorted digitize")
def searched(function, a, v, *arguments, **settings):
    """An index for each value that is looked for."""
    return blank(numpy.shape(v if function is numpy.searchsorted else a), numpy.intp)


@kind("arange")
def arange(function, start, stop=None, step=1, dtype=None):
    """ceil((stop - start) / step) elements."""
    start, stop = (0, start) if stop is None else (start, stop)
    dtype = function(type(start)(0), type(stop)(1), type(step)(1)).dtype if dtype is None else dtype
    return blank((max(math.ceil((stop - start) / step), 0),), dtype)


@kind("linspace logspace")
def spaced(function, start, stop, num=50, **settings):
    """`num` elements between two numbers."""
    shape = numpy.broadcast_shapes(numpy.shape(start), numpy.shape(stop))
    return blank((num, *shape), function(sample(start), sample(stop), 1, **settings).dtype)


@kind("tril triu")
def triangle(function, m, k=0):
    """The array's shape, masked by a matrix."""
    return elementwise(numpy.where, blank(m.shape[-2:] if m.ndim > 1 else m.shape * 2, bool), m, blank((1,), m.dtype))


@kind("diag")
def diag(function, v, k=0):
    """The diagonal of a matrix, as a view, or a matrix with a diagonal."""
    if v.ndim == 1:
        return blank((v.size + abs(k),) * 2, v.dtype)
    return numpy.diagonal(v, k)


@kind("trace")
def trace(function, a, offset=0, axis1=0, axis2=1, dtype=None, out=None):
    """The sum of the diagonal."""
    return sum_reduction(numpy.sum, numpy.diagonal(a, offset, axis1, axis2), -1, dtype, out)


@kind("pad")
def pad(function, array, pad_width, mode="constant", **settings):
    """Each dimension grows by its two widths."""
    widths = numpy.broadcast_to(pad_width, (array.ndim, 2)).tolist()
    shape = [before + size + after for size, (before, after) in zip(array.shape, widths, strict=True)]
    return blank(shape, array.dtype, range(array.ndim) if array.flags.fnc else None)


@kind("tile")
def tile(function, A, reps):
    """Each dimension times its repetition."""
    reps = (reps,) if isinstance(reps, int) else tuple(reps)
    ndim = max(A.ndim, len(reps))
    shape, reps = (1,) * (ndim - A.ndim) + A.shape, (1,) * (ndim - len(reps)) + reps
    return blank([size * times for size, times in zip(shape, reps, strict=True)], A.dtype)


@kind("roll")
def roll(function, a, shift, axis=None):
    """The same shape; flat and back without an axis."""
    return blank(a.shape, a.dtype) if axis is None else copied(a)


@kind("diff")
def diff(function, a, n=1, axis=-1):
    """n elements fewer along `axis`."""
    for _ in range(n):
        before = (slice(None),) * normalize_axis_index(axis, a.ndim)
        subtract = numpy.not_equal if a.dtype == bool else numpy.subtract
        a = elementwise(subtract, a[(*before, slice(1, None))], a[(*before, slice(None, -1))])
    return a


@kind("transpose permute_dims matrix_transpose swapaxes moveaxis rollaxis expand_dims squeeze diagonal")
@kind("broadcast_to broadcast_arrays atleast_1d atleast_2d atleast_3d")
@kind("flip fliplr flipud rot90 split array_split hsplit vsplit dsplit unstack")
@kind("shape ndim size result_type iscomplexobj isrealobj may_share_memory can_cast promote_types broadcast_shapes")
def unread(function, *arguments, **settings):
    """Views and questions that NumPy answers without a look at the values."""
    return function(*arguments, **settings)


@kind("nonzero flatnonzero argwhere unique unique_values unique_counts unique_inverse unique_all compress extract")
@kind("bincount trim_zeros intersect1d union1d setdiff1d setxor1d delete")
def depends_on_data(function, *arguments, **settings):
    """The shape is not known without the values."""
    raise NotImplementedError(NO_SHAPE.format(function.__name__))


@kind("allclose array_equal array_equiv")
def answers(function, *arguments, **settings):
    """A yes or no of the host needs the values."""
    raise RuntimeError(NO_ITEM)


@kind("sort partition argsort argpartition")
def ordered(function, a, *arguments, **settings):
    """The same shape, flat without an axis: a copy with the same order in memory, or indices in C order."""
    axis = inspect.signature(function).bind(a, *arguments, **settings).arguments.get("axis", -1)
    dtype = numpy.intp if "arg" in function.__name__ else a.dtype
    if axis is None:
        return blank((a.size,), dtype)
    normalize_axis_index(axis, a.ndim)
    return copied(a, dtype, "C" if "arg" in function.__name__ else "K")


@kind("zeros ones empty full")
def filled(function, shape, *arguments, order="C", **settings):
    """A new array; NumPy finds the dtype with one element."""
    return allocated(shape, function(1, *[sample(each) for each in arguments], **settings).dtype, order)


def allocated(shape, dtype, order):
    """A frame in the order C or F; a number is the shape of a vector."""
    shape = (int(shape),) if numpy.ndim(shape) == 0 else tuple(shape)
    return blank(shape, dtype, range(len(shape)) if order == "F" else None)


@kind("zeros_like ones_like empty_like")
def like(function, a, dtype=None, order="K", *, shape=None, **settings):
    """A new array like another one; the order in memory is kept unless another one or another shape is asked for."""
    return copied(a, dtype, order, (shape,) if isinstance(shape, int) else shape)


@kind("full_like")
def full_like(function, a, fill_value, dtype=None, order="K", *, shape=None, **settings):
    """As `zeros_like`, with a value that does not matter."""
    return like(function, a, dtype, order, shape=shape)


@kind("array asarray asanyarray ascontiguousarray asfortranarray copy")
def converted(function, a, dtype=None, *, order=None, copy=None, **settings):
    """A copy, or the array itself where it already is what is asked for."""
    name = function.__name__
    if not isinstance(a, numpy.ndarray):
        return copied(numpy.asarray(a, dtype))
    order = order or {"ascontiguousarray": "C", "asfortranarray": "F"}.get(name, "K")
    in_order = {"C": a.flags.c_contiguous, "F": a.flags.f_contiguous}.get(order, True)
    fresh = copy if copy is not None else name in ("array", "copy")
    return a if in_order and not fresh and a.dtype == (dtype or a.dtype) else copied(a, dtype, order)


@kind("eye tri identity")
def diagonal_matrix(function, N, *arguments, **settings):
    """A matrix of N rows and M columns, or of N."""
    given = inspect.signature(function).bind(N, *arguments, **settings).arguments
    columns = N if given.get("M") is None else given["M"]
    return blank((N, columns), given.get("dtype") or float)


@kind("repeat")
def repeat(function, a, repeats, axis=None):
    """Each element several times; numbers of the host say how often, as an array has no values here."""
    if isinstance(repeats, numpy.ndarray):
        depends_on_data(function)
    a, axis = (flat(a), 0) if axis is None else (a, normalize_axis_index(axis, a.ndim))
    total = sum(repeats) if numpy.size(repeats) > 1 else int(numpy.sum(repeats)) * a.shape[axis]
    return blank((*a.shape[:axis], total, *a.shape[axis + 1 :]), a.dtype)


@kind("reshape")
def reshape(function, a, shape, order="C", *, copy=None):
    """A view where NumPy can make one, and a new array where it must copy and may."""
    return reshaped(a, shape, order, copy)


@kind("ravel")
def ravel(function, a, order="C"):
    """Flat, as a view where it can be one."""
    return flat(a, order)


@kind("real")
def real(function, val):
    """The real parts, as a view of the same memory."""
    return val.real


@kind("imag")
def imag(function, val):
    """The imaginary parts, as a view; zeros of a real array."""
    return val.imag if val.dtype.kind == "c" else copied(val, None, "A")


@kind("fft.fft fft.ifft fft.rfft fft.irfft fft.fftn fft.ifftn fft.rfftn")
def fourier(function, a, n=None, axis=-1, norm=None, axes=None):
    """As large as before; of a real transform the last axis is cut to its first half, or grows from it to `n`."""
    name, shape = function.__name__, list(a.shape)
    dtype = numpy.result_type(a.dtype, numpy.complex64)
    if name in ("rfft", "rfftn"):
        last = axes[-1] if axes else axis
        shape[last] = shape[last] // 2 + 1
    if name == "irfft":
        shape[axis], dtype = n, numpy.ones(1, dtype).real.dtype
    return blank(shape, dtype)
