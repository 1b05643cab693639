"""The CPU: NumPy's functions under their own names, our kernels, and what PyTorch's arithmetic needs beyond them."""

import math
import operator
import sys
import types
import warnings

import numpy

from tinytorch import dtypes
from tinytorch.devices import lapack
from tinytorch.devices.vocabulary import Vocabulary
from tinytorch.kernels.cpu.compile import get_num_threads
from tinytorch.kernels.cpu.memory import keep_large_buffers

array = numpy.ndarray
asarray = numpy.asarray

# PyTorch is silent where NumPy warns (1 / 0, log(-1), overflow); only calls from this package are silenced.
warnings.filterwarnings("ignore", category=RuntimeWarning, module=r"tinytorch\.")
keep_large_buffers()


def __getattr__(name):
    """`Stream`, the random engine, at its first use."""
    if name != "Stream":
        raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
    from tinytorch.kernels.cpu.random import Stream

    globals().update(Stream=Stream)
    return Stream


def unavailable_reason(index):
    """Why tensors cannot live here: never."""
    return None


def current_index():
    """The CPU has no numbers."""
    return None


def to_numpy(values):
    """The values on the host: the array itself."""
    return values


def compute_dtype(dtype):
    """The type that half precision is computed in, so that it is rounded once, at the end."""
    return numpy.dtype(numpy.float32) if dtype in dtypes.HALVES else dtype


BLOCK = 128  # rows that are added one after the other before blocks are added: errors grow with the block


def sum(input, axis=None, dtype=None, out=None, keepdims=False):
    """The sum over `axis`, added in blocks where NumPy would add naively, in C order."""
    if input.ndim > 1 and axis is not None:
        if input.size >= 32 * BLOCK and not (axis in (-1, input.ndim - 1) and input.flags.c_contiguous):
            input, axis = add_blocks(input, axis, dtype)
        result = numpy.add.reduce(input, axis, dtype, out, keepdims)
        return result if out is not None or result.ndim < 2 else numpy.ascontiguousarray(result)
    if axis is None and input.size <= FEW and out is dtype is None and not keepdims and input.flags.c_contiguous:
        ones = ONES32 if input.dtype is FLOAT32 else ONES64 if input.dtype is FLOAT64 else None
        if ones is not None:  # a product with ones takes 0.3 us where NumPy's reduction takes 0.8
            return (input if input.ndim == 1 else input.reshape(-1)).dot(ones[input.size])
    return add(input, axis, dtype, out, keepdims)


add = numpy.add.reduce
FEW = 64
FLOAT32, FLOAT64 = dtypes.float32.numpy, dtypes.float64.numpy
ONES32, ONES64 = [[numpy.ones(size, dtype) for size in range(FEW + 1)] for dtype in (FLOAT32, FLOAT64)]


def add_blocks(input, axis, dtype):
    """Sums over blocks of each long dimension of `axis`, so that a plain sum of the rest is accurate."""
    axes = (axis,) if isinstance(axis, int) else tuple(axis)
    for each in axes:
        while input.shape[each] > 2 * BLOCK:
            input = add_blocks_along(input, each % input.ndim, dtype)
    return input, axis


def add_blocks_along(input, axis, dtype):
    """The sums of `BLOCK` neighbours along `axis`; the last block may be short."""
    rows = input.shape[axis]
    whole = rows - rows % BLOCK
    before, after = (slice(None),) * axis, input.shape[axis + 1 :]
    blocks = input[(*before, slice(whole))].reshape(*input.shape[:axis], whole // BLOCK, BLOCK, *after)
    sums = numpy.add.reduce(blocks, axis + 1, dtype)
    if whole == rows:
        return sums
    rest = numpy.add.reduce(input[(*before, slice(whole, None))], axis, dtype, None, True)
    return numpy.concatenate((sums, rest), axis)


def owner(values):
    """The array that owns the memory of `values`."""
    while type(values.base) is numpy.ndarray:
        values = values.base
    return values


def storage(values):
    """The whole memory under `values` as a flat array, and where in it, in elements, `values` begins."""
    whole = owner(values)
    if whole.dtype is values.dtype and whole.flags.c_contiguous:  # as usual, and in a quarter of the time
        flat = whole if whole.ndim == 1 else whole.reshape(-1)
        return flat, 0 if values is whole else offset_between(values, whole)
    low, high = numpy.lib.array_utils.byte_bounds(whole)
    flat = numpy.lib.stride_tricks.as_strided(whole, ((high - low) // whole.itemsize,), (whole.itemsize,))
    if whole.dtype != values.dtype:
        flat = flat.view(values.dtype)
    return flat, (values.__array_interface__["data"][0] - low) // values.itemsize


def offset_between(values, base):
    """How many elements behind the first of `base` the first of `values` lies, in one memory."""
    return (values.__array_interface__["data"][0] - base.__array_interface__["data"][0]) // values.itemsize


def strided(flat, shape, strides, offset=0):
    """A view of the memory from the element `offset` of a flat array on, with strides in elements; writable."""
    size = flat.itemsize
    steps = [stride * size for stride in strides]
    if 0 in shape:  # without elements any strides are right, but NumPy would look where they lead
        return numpy.lib.stride_tricks.as_strided(flat[:0], shape, steps)
    return numpy.ndarray(shape, flat.dtype, flat, offset * size, steps)


def repeated(number, shape):
    """An array whose elements are all the one of `number`, an array: a view of it, unless that takes longer to make."""
    if math.prod(shape) <= FILLED:
        made = numpy.empty(shape, number.dtype)
        made[...] = number
        return made
    return strided(number, shape, (0,) * len(shape))


FILLED = 2048  # elements, which are filled in less time than a view is made


def amax(a, axis=None, out=None, keepdims=False):
    """The largest elements, as the ufunc finds them: NumPy's own function first asks what kinds of arrays it got."""
    return numpy.maximum.reduce(a, axis, None, out, keepdims)


def amin(a, axis=None, out=None, keepdims=False):
    """The smallest elements."""
    return numpy.minimum.reduce(a, axis, None, out, keepdims)


def negative(input, out=None):
    """-input; NumPy 2.4 reads wrong elements when it negates in place with strides of 16 or 64 bytes."""
    if out is None or out.flags.c_contiguous:
        return numpy.negative(input, out)
    out[...] = numpy.negative(input)
    return out


def where(condition, x, y):
    """x where the condition holds and y elsewhere, with its own way for large arrays.

    NumPy jumps at each element, which takes 20 times as long where the condition varies. So these are chosen from as
    bits, times a condition of 0 or 1.
    """
    word = WORDS.get(x.dtype.char) if type(x) is type(y) is type(condition) is array else None
    if word is None or condition.size < JUMPS or x.dtype is not y.dtype or condition.dtype.char != "?":
        return numpy.where(condition, x, y)
    dtype, x, y = x.dtype, x.view(word), y.view(word)
    if not y.ndim and not y:  # so it is in derivatives of relu and its like
        return numpy.multiply(x, condition).view(dtype)
    if not x.ndim and not x:
        return numpy.multiply(y, numpy.logical_not(condition)).view(dtype)
    bits = numpy.multiply(numpy.bitwise_xor(x, y), condition)
    return numpy.bitwise_xor(bits, y, bits).view(dtype)


JUMPS = 1 << 12  # elements from which on several passes without jumps are quicker
WORDS = {char: numpy.dtype(f"i{numpy.dtype(char).itemsize}") for char in "efdilq"}  # whole numbers of the same size


def owns(values):
    """Whether an array has its memory for itself: it is its own, or all of another's that nobody else holds."""
    base = values.base
    if base is None:
        return True
    whole = type(base) is numpy.ndarray and base.base is None and base.size == values.size and values.flags.forc
    return whole and sys.getrefcount(base) <= 3  # by the array, our name and the call


def wraps_indices():
    """Whether an index that is not there goes unnoticed: never."""
    return False


def ufunc_at(name, target, places, values):
    """Let the ufunc of this name unite elements of `target` with values, in order, as often as a place is named."""
    getattr(numpy, name).at(target, places, values)


def transform(name):
    """One of SciPy's Fourier transforms, which take several lines at once and so a quarter of the time of NumPy's."""

    def call(a, *arguments, **settings):
        import scipy.fft

        workers = get_num_threads() if a.size >= SHARED else 1
        return getattr(scipy.fft, name)(a, *arguments, workers=workers, **settings)

    return call


SHARED = 1 << 16  # elements from which on threads share a transform
fft = types.SimpleNamespace(
    **{name: transform(name) for name in ("fft", "ifft", "rfft", "irfft", "fftn", "ifftn", "rfftn")}
)


def special():
    """SciPy's special functions."""
    import scipy.special

    return scipy.special


OWN = (
    sum, amax, amin, strided, repeated, storage, offset_between, owns, negative, wraps_indices, ufunc_at, where,
)  # fmt: skip
own = {function.__name__: function for function in OWN} | lapack.own
quick = {  # Python's operators find their ufunc in two thirds of the time that a call of it takes
    "add": operator.add, "subtract": operator.sub, "multiply": operator.mul, "true_divide": operator.truediv,
}  # fmt: skip
xp = Vocabulary("cpu", numpy, own | {"fft": fft, "quick": quick}, special)
