"""The decorator of operations that make a tensor of no other, and what they share: sizes, dtype, device, `out`.

The body is `def name(xp, ..., dtype)` and gives an array; the device stands last in the arguments' normal form.
"""

import functools
import math

from tinytorch import dtypes
from tinytorch.declaration import Operation, Rule
from tinytorch.delivery import check_target, written
from tinytorch.devices import CPU, device, resolve
from tinytorch.formats import SPARSE, layout, strided
from tinytorch.modes import determinism, interpreters, mode
from tinytorch.tensor import Tensor, wrap

CUDA = device("cuda")
device_class = type(CUDA)
creations = {}  # name -> Operation
PYTHON_TYPES = {bool: dtypes.bool_, int: dtypes.int64, float: dtypes.float64, complex: dtypes.complex128}
ONLY_FLOATS = "Only Tensors of floating point and complex dtype can require gradients"
NO_PINNED = (
    "pin_memory=True requires a CUDA or other accelerator backend; "
    "no pinned memory allocator is available on this system."
)


def creation(body):
    """Declare an operation that makes a tensor: `call(device, *args)` runs it, or asks the interpreter on top."""
    op = Operation(body, "creation", Rule(method=False, in_place=False), {}, {})
    if op.name in creations:
        raise TypeError(f"the creation {op.name} is declared twice")
    creations[op.name] = op
    op.parameters = (*op.parameters, "device")

    def compute(args):
        device = args[-1]
        data = body(device.xp, *args[:-1])
        return wrap(data if type(data) is device.array else device.asarray(data), device)

    def call(device, *args):
        if interpreters and mode.interpreter is not None:
            return mode.interpreter(op, (*args, device), None)
        try:
            data = body(device.xp, *args)
        except (MemoryError, ValueError) as error:
            raise too_large(error, args, op, device) from None
        return wrap(data if type(data) is device.array else device.asarray(data), device)

    op.compute, op.call, call.operation = compute, call, op
    return functools.update_wrapper(call, body)


def too_large(error, args, op, device):
    """What PyTorch says of a size that no memory holds; any other error as it is."""
    if op.parameters[0] != "size":
        return error
    count = math.prod(args[0])
    if count >= 1 << 60:
        return RuntimeError(f"Storage size calculation overflowed with sizes={list(args[0])}")
    if not isinstance(error, MemoryError) or device is not CPU:
        return error  # a GPU's own, which names its memory
    return RuntimeError(
        "[enforce fail at alloc_cpu.cpp:127] err == 0. DefaultCPUAllocator: can't allocate memory: you tried "
        "to allocate "
        f"{count * args[-1].itemsize} bytes. Error code 12 (Cannot allocate memory)"
    )


def place(name, dtype, device, layout_, pin_memory):
    """NumPy's dtype, or None, and the device that a function's settings ask for."""
    if dtype is not None:
        dtype = as_dtype(name, dtype).numpy
    if layout_ is not None and layout_ is not strided:
        if not isinstance(layout_, layout):
            raise TypeError(f"{name}(): argument 'layout' must be torch.layout, not {type(layout_).__name__}")
        if layout_ in SPARSE:
            raise NotImplementedError(f"{name}(layout={layout_}): sparse tensors are made by {layout_.name}_tensor")
        raise NotImplementedError(f"{name}(): tinytorch has no {layout_} tensors")
    device = CPU if device is None and mode.device is None else resolve(device)
    if pin_memory:
        refuse_pinned(device)
    return dtype, device


def place_beside(tensor, name, dtype, device, layout_, pin_memory):
    """The same, where the tensor's own device is meant unless another one is asked for."""
    dtype, place_asked = place(name, dtype, device or tensor.device, layout_, pin_memory)
    return dtype, tensor.device if device is None else place_asked


def get_default_device():
    """The device of new tensors: that of the innermost `with torch.device(...)`, or that of `set_default_device`."""
    return CPU if mode.device is None else mode.device


def set_default_device(device):
    """Make new tensors of this thread on a device; None is the CPU again."""
    mode.device = None if device is None else device_class(device)


def refuse_pinned(target):
    """Pinned memory exists on the CPU of a machine with a GPU."""
    if target is not CPU:
        raise RuntimeError("Only dense CPU tensors can be pinned")
    if CUDA.module.unavailable_reason(None) is not None:
        raise RuntimeError(NO_PINNED)


def as_dtype(name, dtype):
    """A dtype, or that of Python's type: `float` is float64."""
    if isinstance(dtype, dtypes.dtype):
        return dtype
    try:
        return PYTHON_TYPES[dtype]
    except (KeyError, TypeError):
        raise TypeError(f"{name}(): argument 'dtype' must be torch.dtype, not {type(dtype).__name__}") from None


def unwritten(xp, size, dtype):
    """Memory that nobody has written yet: nan, or the largest number, where determinism is asked for."""
    made = xp.empty(size, dtype)
    if determinism.enabled and determinism.fill:
        category = dtypes.category_of[dtype]
        made[...] = True if category == dtypes.BOOL else limits_of(dtype).max if category < dtypes.FLOAT else math.nan
    return made


def default_dtype():
    """NumPy's dtype of new floating point tensors."""
    return dtypes.Default.dtype.numpy


def sizes(name, given, refuse=None):
    """Sizes that came as separate numbers or as one sequence, as ints; `refuse` is what to say of a negative one."""
    if len(given) == 1 and type(given[0]) is not int:
        given = as_sequence(name, given[0])
    elif len(given) > 1 and isinstance(given[0], (tuple, list)):
        raise TypeError(f"{name}() takes 1 positional argument but {len(given)} were given")
    elif not given:
        raise TypeError(f'{name}() missing 1 required positional arguments: "size"')
    for each in given:
        if type(each) is not int:
            given = tuple([as_count(name, value, place) for place, value in enumerate(given)])
            break
    for each in given:
        if each < 0:
            raise RuntimeError(refuse or negative(given))
    return given


def negative(shape):
    """What PyTorch says of a shape with a negative size."""
    least = next(each for each in shape if each < 0)
    return f"Trying to create tensor with negative dimension {least}: {list(shape)}"


def as_sequence(name, value):
    """A list, a tuple, or one number of whatever class, as a tuple."""
    if isinstance(value, (tuple, list)):
        return tuple(value)
    if isinstance(value, bool) or not is_count(value):
        raise TypeError(f"{name}(): argument 'size' (position 1) must be tuple of ints, not {type(value).__name__}")
    return (value,)


def is_count(value):
    """Whether a value counts as an int: Python's, NumPy's, or an integer tensor without dimensions."""
    if isinstance(value, Tensor):
        return value.array.ndim == 0 and value.array.dtype.kind in "iu"
    return hasattr(value, "__index__")


def as_count(name, value, position):
    """One size as Python's int."""
    if not isinstance(value, bool) and is_count(value):
        return value.__index__()
    kind = type(value).__name__
    if position == 0 or isinstance(value, bool):
        raise TypeError(
            f"{name}(): argument 'size' (position 1) must be tuple of ints, but found element of type {kind} at "
            f"pos {position}"
        )
    raise TypeError(
        f"{name}(): argument 'size' failed to unpack the object at pos {position + 1} with error "
        f'"type must be tuple of ints,but got {kind}"'
    )


def finished(made, requires_grad):
    """A new tensor, of which a gradient may be wanted."""
    if requires_grad:
        if made.array.dtype.kind not in "fcV":
            raise RuntimeError(ONLY_FLOATS)
        made.needs = True
    return made


def delivered(name, out, dtype, make):
    """The tensor that `make(dtype, device)` gives, written into `out`, which takes its shape."""
    check_target(f"aten::{name}", out)
    if dtype is not None and dtype != out.array.dtype:
        titles = [dtypes.of_numpy[each].title for each in (dtype, out.array.dtype)]
        raise RuntimeError(f"dtype {titles[0]} does not match dtype of out parameter ({titles[1]})")
    return written(out, make(out.array.dtype, out.device))


def as_int(name, parameter, position, value):
    """A whole number as Python's int."""
    if isinstance(value, (float, complex, str, bool)) or not hasattr(value, "__index__"):
        raise TypeError(
            f"{name}(): argument '{parameter}' (position {position}) must be int, not {type(value).__name__}"
        )
    return value.__index__()


def as_number(name, parameter, position, value):
    """A Python number of a number, NumPy's or a tensor without dimensions."""
    if type(value) in (bool, int, float, complex):
        return value
    if isinstance(value, Tensor) and value.array.ndim == 0 and not value.requires_grad:
        return value.item()
    if hasattr(value, "item") and getattr(value, "shape", None) == () and not isinstance(value, Tensor):
        return value.item()
    raise TypeError(
        f"{name}(): argument '{parameter}' (position {position}) must be Number, not {type(value).__name__}"
    )


def held(value, dtype):
    """A number as an element of a dtype, or the RuntimeError for one that does not fit."""
    category = dtypes.category_of[dtype]
    if category == dtypes.BOOL:
        return bool(value)
    if isinstance(value, complex) and category < dtypes.COMPLEX:
        if value.imag:
            raise does_not_fit(dtype)
        value = value.real
    if category == dtypes.INTEGER:
        limits = limits_of(dtype)
        wraps = limits.min == 0 and isinstance(value, int)
        if not math.isfinite(value) or not (-limits.max if wraps else limits.min) <= value <= limits.max:
            raise does_not_fit(dtype)
        return int(value) % (limits.max + 1) if limits.min == 0 else int(value)
    for part in (value.real, value.imag):
        if abs(part) > limits_of(dtype).max and math.isfinite(part):
            raise does_not_fit(dtype)
    return value


@functools.cache
def limits_of(dtype):
    """The largest and the smallest number of a dtype."""
    found = dtypes.of_numpy[dtype]
    return dtypes.iinfo(found) if found.category == dtypes.INTEGER else dtypes.finfo(found)


def does_not_fit(dtype):
    """A number that a dtype cannot hold."""
    name = dtypes.of_numpy[dtype].name
    return RuntimeError(f"value cannot be converted to type {C_NAMES.get(name, f'{name}_t')} without overflow")


C_NAMES = {
    "bool": "bool", "int32": "int", "float16": "c10::Half", "bfloat16": "c10::BFloat16", "float32": "float",
    "float64": "double", "complex64": "c10::complex<float>", "complex128": "c10::complex<double>",
}  # fmt: skip


def given_sizes(name, size, named):
    """Sizes as they came, or those given by name."""
    if not named:
        return size
    if size or named.keys() - {"size", "names"}:
        raise TypeError(f"{name}() got an unexpected keyword argument '{next(iter(named))}'")
    return (named["size"],)
