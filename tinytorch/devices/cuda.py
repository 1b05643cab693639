"""NVIDIA's GPUs through CuPy: its functions under NumPy's names, memory, streams, and what to say where there is none.

Nothing here imports CuPy before a GPU is asked for.
"""

import functools
import importlib
import types

import ml_dtypes
import numpy

from tinytorch.devices import cusolver
from tinytorch.devices.atomics import ufunc_at
from tinytorch.devices.frames import inner_first
from tinytorch.devices.vocabulary import Vocabulary

NO_CUPY = (
    "Torch not compiled with CUDA enabled: CuPy is not installed; "
    "pip install 'tinytorch[cuda13]', or 'tinytorch[cuda12]' where the driver is older than 580"
)
BROKEN_CUPY = "Torch not compiled with CUDA enabled: CuPy is installed but cannot be imported: {}"
NO_GPU = (
    "Found no NVIDIA driver on your system, or no GPU that it serves ({}). Please check that you have an NVIDIA GPU "
    "and installed a driver from http://www.nvidia.com/Download/index.aspx"
)
NO_SUCH_GPU = "CUDA error: invalid device ordinal: cuda:{} of {}"
BFLOAT16 = numpy.dtype(ml_dtypes.bfloat16)


def __getattr__(name):
    """`array`, `xp` and the random engine `Stream` at their first use: the first two need CuPy."""
    if name == "Stream":
        from tinytorch.kernels.cuda.random import Stream

        globals().update(Stream=Stream)
        return Stream
    if name not in ("array", "xp"):
        raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
    import cupy

    vocabulary = Guarded if device_count() > 1 else Vocabulary
    globals().update(array=cupy.ndarray, xp=vocabulary("cuda", cupy, own, special, at_once=1 << 26))
    return globals()[name]


def asarray(value, dtype=None):
    """An array on the current GPU: from the host by way of CuPy's pinned memory, and an array of a GPU as it is."""
    import cupy

    return cupy.asarray(value, dtype)


def to_numpy(values):
    """A copy on the host, when all that was to be computed before has been."""
    return values.get()


def compute_dtype(dtype):
    """The type that half precision is computed in: its own, as the GPU rounds a sum once."""
    return dtype


def unavailable_reason(index):
    """The exception that says why tensors cannot live on GPU `index` (None is the current one), or None if they can."""
    try:
        import cupy  # noqa: F401 - whether it is there is the question
    except ModuleNotFoundError as error:
        return AssertionError(NO_CUPY if error.name == "cupy" else BROKEN_CUPY.format(error))
    except ImportError as error:
        return AssertionError(BROKEN_CUPY.format(error))
    count = device_count()
    if count == 0:
        return RuntimeError(NO_GPU.format(driver_complaint()))
    if index is not None and index >= count:
        return RuntimeError(NO_SUCH_GPU.format(index, count))
    return None


def is_available():
    """Whether there is CuPy, a driver and a GPU; never raises."""
    return unavailable_reason(None) is None


@functools.cache
def device_count():
    """The number of GPUs; 0 without CuPy or without a driver."""
    return 0 if driver_complaint() else runtime().getDeviceCount()


def driver_complaint():
    """What the CUDA runtime says instead of counting GPUs, or None."""
    try:
        runtime().getDeviceCount()
    except (ImportError, RuntimeError) as error:  # CUDARuntimeError: no driver, an old one, or no GPU
        return str(error)
    return None


def runtime():
    """CuPy's door to the CUDA runtime."""
    import cupy

    return cupy.cuda.runtime


def current_index():
    """The number of the GPU that work goes to in this thread."""
    return runtime().getDevice()


def set_device(index):
    """Makes a GPU the one that work goes to in this thread."""
    runtime().setDevice(index)


def on(index=None):
    """A context manager: work goes to the GPU `index` within; None is the current one."""
    import cupy

    return cupy.cuda.Device(index)


def synchronize(index=None):
    """Waits until everything that the GPU was asked to do is done."""
    on(index).synchronize()


def device_name(index=None):
    """What the maker calls the GPU."""
    return runtime().getDeviceProperties(on(index).id)["name"].decode()


def device_capability(index=None):
    """The compute capability as (major, minor)."""
    digits = on(index).compute_capability
    return int(digits[:-1]), int(digits[-1])


def memory_allocated(index=None):
    """The bytes of the GPU that arrays occupy, as CuPy's pool counts them."""
    with on(index):
        return pool().used_bytes()


def memory_reserved(index=None):
    """The bytes that CuPy's pool holds, for arrays and for later."""
    with on(index):
        return pool().total_bytes()


def memory_info(index=None):
    """The free and all bytes of the GPU, as the driver counts them."""
    with on(index):
        return runtime().memGetInfo()


def empty_cache():
    """Gives the memory that no array uses back to the driver."""
    pool().free_all_blocks()


def part(name):
    """A part of CuPy's door to CUDA that is asked for by name: "nvtx", "profiler" or "nccl"."""
    return importlib.import_module(f"cupy.cuda.{name}")


def out_of_memory():
    """What CuPy raises where a GPU has no room."""
    import cupy

    return cupy.cuda.memory.OutOfMemoryError


def pool():
    """CuPy's pool of device memory."""
    import cupy

    return cupy.get_default_memory_pool()


def new_stream():
    """A queue of work of its own."""
    import cupy

    return cupy.cuda.Stream(non_blocking=True)


def present_stream():
    """The queue that work goes to in this thread."""
    import cupy

    return cupy.cuda.get_current_stream()


def null_stream():
    """The queue that work goes to at first."""
    import cupy

    return cupy.cuda.Stream.null


def new_event(timed):
    """A moment to be recorded in a queue."""
    import cupy

    return cupy.cuda.Event(disable_timing=not timed)


def milliseconds(start, end):
    """The time between two recorded moments."""
    import cupy

    return cupy.cuda.get_elapsed_time(start, end)


def special():
    """SciPy's special functions, as this device has them."""
    from tinytorch.devices import cuda_special

    return cuda_special


class Guarded(Vocabulary):
    """The vocabulary of a machine with several GPUs: each function runs on the one where its first array is."""

    def __init__(self, device, library, own, special, at_once=1 << 26):
        own = {name: guarded(function, library.ndarray) for name, function in own.items()}
        super().__init__(device, library, own, special, at_once)
        self.array = library.ndarray

    def __getattr__(self, name):
        found = super().__getattr__(name)
        if isinstance(found, types.ModuleType) or (callable(found) and not isinstance(found, type)):
            found = guarded(found, self.array)
            setattr(self, name, found)
        return found


class guarded:
    """A function, its methods such as `add.at`, or the functions of a module, on the GPU of the first array."""

    def __init__(self, function, array):
        self.function = function
        self.array = array

    def __call__(self, *arguments, **settings):
        for each in (*arguments, *settings.values()):
            first = each[0] if type(each) in (tuple, list) and each else each
            if isinstance(first, self.array):
                with first.device:
                    return self.function(*arguments, **settings)
        return self.function(*arguments, **settings)

    def __getattr__(self, name):
        return guarded(getattr(self.function, name), self.array)


def memory(values):
    """The memory under an array with its exact size: what CuPy's pool gives is rounded up to 512 bytes."""
    from cupy.cuda import UnownedMemory

    if isinstance(values.data.mem, UnownedMemory):
        return values.data.mem
    owner = values if values.base is None else values.base
    return UnownedMemory(owner.data.ptr, owner.nbytes, owner, owner.data.device_id)


def storage(values):
    """The whole memory under `values` as a flat array, and where in it, in elements, `values` begins."""
    from cupy.cuda import MemoryPointer

    whole = memory(values)
    flat = type(values)(whole.size // values.itemsize, values.dtype, MemoryPointer(whole, 0))
    return flat, (values.data.ptr - whole.ptr) // values.itemsize


def strided(flat, shape, strides, offset=0):
    """A view of the memory from the element `offset` of a flat array on, with strides in elements; writable.

    A ValueError where the view would leave the memory of `flat`.
    """
    from cupy.cuda import MemoryPointer

    size = flat.itemsize
    low, high = reach(shape, strides)
    if offset + low < 0 or offset + high > flat.size:
        raise ValueError("strides is incompatible with shape of requested array and size of buffer")
    whole = memory(flat)
    start = MemoryPointer(whole, flat.data.ptr - whole.ptr + offset * size)
    return type(flat)(shape, flat.dtype, start, strides=tuple([stride * size for stride in strides]))


def repeated(number, shape):
    """An array whose elements are all the one of `number`, an array: a view of it."""
    return strided(number, shape, (0,) * len(shape))


def reach(shape, strides):
    """The lowest element that a strided view has, and one more than the highest, counted from its first."""
    if 0 in shape:
        return 0, 0
    steps = [(size - 1) * stride for size, stride in zip(shape, strides, strict=True)]
    return sum([step for step in steps if step < 0]), 1 + sum([step for step in steps if step > 0])


def offset_between(values, base):
    """How many elements behind the first of `base` the first of `values` lies, in one memory."""
    return (values.data.ptr - base.data.ptr) // values.itemsize


def owns(values):
    """Whether an array has its memory for itself: it is no view, neither by CuPy's `base` nor by `strided`."""
    from cupy.cuda import UnownedMemory

    return values.base is None and not isinstance(values.data.mem, UnownedMemory)


def through_float32(name):
    """CuPy's function of that name, with bfloat16 computed in float32, where CuPy fails or answers in float64."""

    def call(a, *arguments, **settings):
        import cupy

        function = getattr(cupy, name)
        if a.dtype != BFLOAT16:
            return function(a, *arguments, **settings)
        out = settings.pop("out", None)
        result = function(a.astype(numpy.float32), *arguments, **settings)
        if result.dtype == numpy.float32 and settings.get("dtype") is None:
            result = result.astype(BFLOAT16)
        if out is None:
            return result
        out[...] = result
        return out

    call.__name__ = call.__qualname__ = name
    return call


def unique(ar, *arguments, **settings):
    """CuPy's function, which sorts no bfloat16, for it too."""
    import cupy

    if ar.dtype != BFLOAT16:
        return cupy.unique(ar, *arguments, **settings)
    found = cupy.unique(ar.astype(numpy.float32), *arguments, **settings)
    return (found[0].astype(BFLOAT16), *found[1:]) if isinstance(found, tuple) else found.astype(BFLOAT16)


def lexsort(keys):
    """CuPy's function, which sorts no bfloat16, for it too; along the last axis only."""
    import cupy

    return cupy.lexsort(keys.astype(numpy.float32) if keys.dtype == BFLOAT16 else keys)


def frexp(x):
    """Mantissas and exponents in the order of memory of `x`, as NumPy has them; CuPy's lie row by row."""
    import cupy

    found = cupy.frexp(x)
    if x.flags.c_contiguous:
        return found
    order = inner_first(x.shape, [x])[::-1]
    sizes, places = [x.shape[axis] for axis in order], [order.index(axis) for axis in range(x.ndim)]
    laid = [cupy.empty(sizes, each.dtype).transpose(places) for each in found]
    for each, result in zip(laid, found, strict=True):
        each[...] = result
    return tuple(laid)


def unstack(x, axis=0):
    """The slices along `axis`, as views; CuPy has no such function."""
    lead = (slice(None),) * (axis % x.ndim)
    return tuple([x[(*lead, each)] for each in range(x.shape[axis])])


def wraps_indices():
    """Whether an index that is not there goes unnoticed: CuPy takes the remainder."""
    return True


def of_truth(name):
    """CuPy's logical function of that name, which takes no complex numbers, for all types."""

    def call(*operands, out=None):
        import cupy

        operands = [
            cupy.not_equal(each, 0) if getattr(each, "dtype", BFLOAT16).kind == "c" else each for each in operands
        ]
        return getattr(cupy, name)(*operands, out=out)

    call.__name__ = call.__qualname__ = name
    return call


def matmul(x1, x2, out=None):
    """The product of matrices; of stacks of bfloat16 in float32, as CuPy multiplies none."""
    import cupy

    if (x1.ndim > 2 or x2.ndim > 2) and BFLOAT16 in (x1.dtype, x2.dtype):
        x1, x2 = x1.astype(numpy.float32), x2.astype(numpy.float32)
    return cupy.matmul(x1, x2, out=out)


own = dict(
    strided=strided,
    repeated=repeated,
    storage=storage,
    offset_between=offset_between,
    owns=owns,
    unstack=unstack,
    unique=unique,
    lexsort=lexsort,
    frexp=frexp,
    wraps_indices=wraps_indices,
    ufunc_at=ufunc_at,
    matmul=matmul,
    logical_and=of_truth("logical_and"),
    logical_or=of_truth("logical_or"),
    logical_xor=of_truth("logical_xor"),
    logical_not=of_truth("logical_not"),
    cumsum=through_float32("cumsum"),
    cumprod=through_float32("cumprod"),
    sort=through_float32("sort"),
    argsort=through_float32("argsort"),
    var=through_float32("var"),
    std=through_float32("std"),
    determinant=cusolver.determinant,
    inverse=cusolver.inverse,
    solve=cusolver.solve,
    cholesky_factor=cusolver.cholesky_factor,
    lu_factor=cusolver.lu_factor,
    row_order=cusolver.row_order,
    solve_triangular=cusolver.solve_triangular,
    ldl_factor=cusolver.ldl_factor,
    ldl_solve=cusolver.ldl_solve,
    eigenvectors=cusolver.eigenvectors,
    eigenvalues=cusolver.eigenvalues,
)
