"""Tensors of Python's and NumPy's values: nested lists, numbers and arrays, read as PyTorch reads them."""

import sys
import warnings

from tinytorch import dtypes
from tinytorch.creation import as_dtype, finished, place
from tinytorch.devices import CPU
from tinytorch.modes import mode
from tinytorch.storage import lend
from tinytorch.tensor import Tensor, wrap

NUMBERS = {bool, int, float, complex}
NEGATIVE = (
    "At least one stride in the given numpy array is negative, and tensors with negative strides are not currently "
    "supported. (You can probably work around this by making a copy of your array  with array.copy().) "
)
COPY_CONSTRUCT = (
    "To copy construct from a tensor, it is recommended to use sourceTensor.detach().clone() or "
    "sourceTensor.detach().clone().requires_grad_(True), rather than torch.tensor(sourceTensor)."
)
READ_ONLY = (
    "The given NumPy array is not writable, and PyTorch does not support non-writable tensors. This means "
    "writing to this "
    "tensor will result in undefined behavior. You may want to copy the array to protect its data or make it writable "
    "before converting it to a tensor. This type of warning will be suppressed for the rest of this program."
)
SLOW = (
    "Creating a tensor from a list of numpy.ndarrays is extremely slow. Please consider converting the list to "
    "a single "
    "numpy.ndarray with numpy.array() before converting to a tensor."
)
warned = set()  # warnings that are given once


def tensor(data, *, dtype=None, device=None, requires_grad=False, pin_memory=False):
    """A tensor of the values in nested lists, numbers or arrays, which are copied.

    Without `dtype`: bool, int64, the default dtype or its complex for Python's numbers, an array's own.
    """
    wanted, device = place("tensor", dtype, device, None, pin_memory)
    if isinstance(data, Tensor):
        warnings.warn(COPY_CONSTRUCT, UserWarning, stacklevel=2)
        data = data.detach()
        if data.device is not device and (dtype is not None or mode.device is not None):
            data = data.to(device)
        made = data.clone() if wanted is None or wanted is data.array.dtype else data.to(dtypes.of_numpy[wanted])
        return finished(made.contiguous(), requires_grad)
    return finished(wrap(device.asarray(read(data, wanted)), device), requires_grad)


def read(data, dtype):
    """A new NumPy array of values, in NumPy's `dtype` or the one that they have."""
    kind = type(data)
    if kind in NUMBERS:
        return CPU.asarray(stored(data, dtype or dtypes.of_value(data).numpy, ()))
    if kind is list or kind is tuple:
        return read_nested(data, dtype)
    if isinstance(data, CPU.array):
        check_array(data)
        return data.astype(dtype or data.dtype)
    if is_scalar(data):
        return CPU.asarray(data, dtype or dtypes.of_array(data.dtype).numpy)
    if isinstance(data, (str, bytes)):
        raise TypeError(f"new(): invalid data type '{kind.__name__}'")
    if not is_sequence(data):
        raise RuntimeError(f"Could not infer dtype of {kind.__name__}")
    return read_nested([data[index] for index in range(len(data))], dtype)


def is_scalar(value):
    """Whether a value is one of NumPy's numbers."""
    return (
        hasattr(value, "dtype") and not isinstance(value, (Tensor, CPU.array)) and getattr(value, "shape", None) == ()
    )


def is_sequence(value):
    """Whether a value can be walked by numbers, as a list can."""
    if isinstance(value, (Tensor, dict, set)) or is_scalar(value):
        return False
    return hasattr(value, "__len__") and hasattr(value, "__getitem__") and getattr(value, "shape", None) != ()


def frames_to_program():
    """The level of the caller's warning that names the line of the program, through whichever functions it came."""
    level, frame = 1, sys._getframe(1)
    while frame.f_back is not None and frame.f_globals.get("__name__", "").partition(".")[0] == "tinytorch":
        level, frame = level + 1, frame.f_back
    return level


def read_nested(data, dtype):
    """An array of nested lists."""
    shape = shape_of(data)
    kinds = leaf_kinds(data) or {float}
    if kinds <= NUMBERS:
        highest = max(dtypes.NUMBER_CATEGORY[each] for each in kinds)
        own = (dtypes.bool_, dtypes.int64, dtypes.Default.dtype, dtypes.Default.dtype.to_complex())[highest].numpy
        return stored(data, dtype or own, shape)
    if CPU.array in kinds and "slow" not in warned:
        warned.add("slow")
        warnings.warn(SLOW, UserWarning, stacklevel=frames_to_program())
    dtype = dtype or inferred(data).numpy
    if kinds == {CPU.array}:
        return stored(data, dtype, shape)
    return one_by_one(data, dtype, shape)


def leaf_kinds(data):
    """The classes of all that is no list within nested lists."""
    kinds = set(map(type, data))
    for nested in {list, tuple} & kinds:
        kinds.discard(nested)
        for each in data:
            if type(each) is nested:
                kinds |= leaf_kinds(each)
    return kinds


def inferred(data):
    """The dtype that values of several classes have together."""
    if type(data) in NUMBERS:
        return dtypes.of_value(data)
    if isinstance(data, Tensor):
        return data.dtype
    if isinstance(data, CPU.array) or is_scalar(data):
        return dtypes.of_array(data.dtype)
    if isinstance(data, float):
        return dtypes.Default.dtype
    if isinstance(data, int):
        return dtypes.int64
    if isinstance(data, (str, bytes)):
        raise TypeError(f"new(): invalid data type '{type(data).__name__}'")
    if not is_sequence(data):
        raise RuntimeError(f"Could not infer dtype of {type(data).__name__}")
    found = None
    for index in range(len(data)):
        own = inferred(data[index])
        found = own if found is None else dtypes.promote_types(found, own)
    return dtypes.Default.dtype if found is None else found


def shape_of(data):
    """The shape of nested sequences, as their first elements tell it."""
    shape = []
    while True:
        if isinstance(data, (str, bytes)):
            raise ValueError(f"too many dimensions '{type(data).__name__}'")
        if type(data) in NUMBERS or not is_sequence(data):
            return tuple(shape)
        shape.append(len(data))
        if not shape[-1]:
            return tuple(shape)
        data = data[0]


def flatten(data, shape, dim, flat):
    """Append the elements of nested sequences, in order; a ValueError where a length differs from the first one's."""
    if dim == len(shape):
        flat.append(data)
        return
    if not is_sequence(data):
        raise TypeError("not a sequence")
    if len(data) != shape[dim]:
        raise ValueError(f"expected sequence of length {shape[dim]} at dim {dim} (got {len(data)})")
    for each in data:
        flatten(each, shape, dim + 1, flat)


def stored(values, dtype, shape):
    """An array of Python's numbers in nested lists; what does not fit is refused as PyTorch does."""
    category = dtypes.category_of[dtype]
    own = (None, None, float, complex)[category]
    try:
        found = CPU.xp.array(values, own)
    except (ValueError, TypeError, OverflowError, RuntimeError):
        found = None
    plain = found is not None and found.shape == shape and found.dtype.kind in "bifc"
    if plain and category == dtypes.BOOL:
        return found.astype(dtype)
    if plain and category >= dtypes.FLOAT and (found.dtype.kind != "c" or category == dtypes.COMPLEX):
        return (found.astype(FLOAT32) if dtype in dtypes.HALVES else found).astype(dtype, copy=False)
    if plain and category == dtypes.INTEGER and found.dtype.kind in "bi":
        limits = dtypes.iinfo(dtypes.of_numpy[dtype])
        if (
            dtype.itemsize == 8
            or not found.size
            or (-limits.max - (limits.min < 0) <= found.min() and found.max() <= limits.max)
        ):
            return found.astype(dtype, copy=False)
    return one_by_one(values, dtype, shape)


def one_by_one(values, dtype, shape):
    """The slow way to an array, for mixed classes and to find what is refused."""
    flat = []
    flatten(values, shape, 0, flat)
    array = CPU.xp.empty(len(flat), dtype)
    for index, each in enumerate(flat):  # each may be of another class
        array[index] = element(each, dtype)
    return array.reshape(shape)


FLOAT32 = dtypes.float32.numpy


def element(value, dtype):
    """A value as an element of a dtype, or PyTorch's refusal."""
    if isinstance(value, Tensor):
        if value.array.size != 1:
            if dtypes.category_of[dtype] == dtypes.INTEGER:
                raise TypeError("only integer tensors of a single element can be converted to an index")
            raise ValueError("only one element tensors can be converted to Python scalars")
        value = value.item()
    elif isinstance(value, CPU.array) and value.size == 1:
        value = value.item()
    category, name = dtypes.category_of[dtype], dtypes.of_numpy[dtype].name
    kind = type(value).__name__
    if category == dtypes.BOOL:
        return bool(value)
    if category == dtypes.COMPLEX:
        return complex(value)
    if category == dtypes.FLOAT:
        if isinstance(value, complex) or not (hasattr(value, "__float__") or hasattr(value, "__index__")):
            raise TypeError(f"must be real number, not {kind}")
        return float(value)
    if is_scalar(value) and value.dtype.kind == "b":
        raise TypeError("'numpy.bool' object cannot be interpreted as an integer")
    if not isinstance(value, float) and not hasattr(value, "__index__"):
        raise TypeError(f"'{kind}' object cannot be interpreted as an integer")
    if not isinstance(value, float) and not -(1 << 63) <= value.__index__() < 1 << 63:
        raise ValueError("Overflow when unpacking long long")
    limits = dtypes.iinfo(dtypes.of_numpy[dtype])
    if value != value or not -limits.max - (limits.min < 0) <= value <= limits.max:
        raise RuntimeError(f"value cannot be converted to type {name} without overflow")
    return int(value) % (limits.max + 1) if limits.min == 0 else int(value)


# Sharing memory with NumPy


def from_numpy(ndarray):
    """A tensor in the memory of a NumPy array: what one writes, the other reads. It cannot grow.

    A TypeError for what is no array or has a dtype without a counterpart, a ValueError for negative strides.
    """
    if not isinstance(ndarray, CPU.array):
        kind = type(ndarray)
        name = kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
        raise TypeError(f"expected np.ndarray (got {name})")
    check_array(ndarray)
    if not ndarray.flags.writeable and "read-only" not in warned:
        warned.add("read-only")
        warnings.warn(READ_ONLY, UserWarning, stacklevel=2)
    if type(ndarray) is not CPU.array:
        ndarray = ndarray.view(CPU.array)
    lend(ndarray)
    return wrap(ndarray, CPU)


def check_array(array):
    """Refuse an array that no tensor can show."""
    if array.flags.c_contiguous and array.dtype in dtypes.of_numpy:
        return
    if any(step < 0 for step in array.strides):
        raise ValueError(NEGATIVE)
    if any(step % array.itemsize for step in array.strides):
        raise ValueError(
            "given numpy array strides not a multiple of the element byte size. Copy the numpy array to "
            "reallocate the memory."
        )
    if not array.dtype.isnative:
        raise ValueError(
            "given numpy array has byte order different from the native byte order. Conversion between byte orders is "
            "currently not supported."
        )
    dtypes.of_array(array.dtype)


def frombuffer(buffer, *, dtype, count=-1, offset=0, requires_grad=False):
    """A tensor in the memory of a Python buffer, from the byte `offset` on."""
    kind = as_dtype("frombuffer", dtype).numpy
    length = len(memoryview(buffer).cast("B"))
    if length <= 0:
        raise ValueError(f"both buffer length ({length}) and count ({count}) must not be 0")
    if not 0 <= offset < length:
        raise ValueError(
            f"offset ({offset} bytes) must be non-negative and no greater than buffer length ({length} bytes) minus 1"
        )
    if count > 0 and offset + count * kind.itemsize > length:
        raise ValueError(
            f"requested buffer length ({count} * {kind.itemsize} bytes) after offset ({offset} bytes) must not "
            "be greater "
            f"than actual buffer length ({length} bytes)"
        )
    if count < 0 and (length - offset) % kind.itemsize:
        raise ValueError(
            f"buffer length ({length - offset} bytes) after offset ({offset} bytes) must be a multiple of "
            f"element size ({kind.itemsize})"
        )
    count = (length - offset) // kind.itemsize if count < 0 else count
    array = CPU.array((count,), kind, buffer, offset)
    lend(array)
    return finished(wrap(array, CPU), requires_grad)


def as_tensor(data, dtype=None, device=None):
    """A tensor of values; a tensor or an array that is already as asked for is not copied."""
    if isinstance(data, Tensor):
        settings = {name: value for name, value in (("dtype", dtype), ("device", device)) if value is not None}
        return data.to(**settings) if settings else data
    wanted, device = place("as_tensor", dtype, device, None, False)
    if isinstance(data, CPU.array) and data.dtype in dtypes.of_numpy:
        made = from_numpy(data)
        return made.to(device, dtype=dtypes.of_numpy[wanted or data.dtype])
    return wrap(device.asarray(read(data, wanted)), device)


def asarray(obj, *, dtype=None, device=None, copy=None, requires_grad=False):
    """A tensor of values, an array or a buffer, in the same memory where that can be, unless `copy` says otherwise."""
    if isinstance(obj, Tensor):
        found = obj
    elif isinstance(obj, CPU.array):
        found = from_numpy(obj)
    else:
        if copy is False and not is_scalar(obj):
            raise ValueError("can't alias arbitrary sequence into a tensor.")
        made = as_tensor(obj, dtype, device)
        return finished(made, requires_grad)
    kind = found.dtype if dtype is None else as_dtype("asarray", dtype)
    if copy is False and kind is not found.dtype:
        titles = [f"'{each.title}'" for each in (found.dtype, kind)]
        raise ValueError(f"can't alias tensor with dtype {titles[0]} into dtype {titles[1]}.")
    made = found.to(device=device, dtype=kind, copy=bool(copy))
    if not requires_grad and made.requires_grad:
        return made.detach()
    return finished(made, requires_grad) if requires_grad and not made.requires_grad else made


def new_tensor(self, data, *, dtype=None, device=None, requires_grad=False, layout=None, pin_memory=False):
    """A tensor of values, in this tensor's dtype and device unless others are asked for."""
    wanted, device = place("new_tensor", dtype, device or self.device, layout, pin_memory)
    if isinstance(data, Tensor):
        warnings.warn(COPY_CONSTRUCT.replace("torch.tensor", "tensor.new_tensor"), UserWarning, stacklevel=2)
        made = data.detach().to(device, dtypes.of_numpy[wanted or self.array.dtype], copy=True)
        return finished(made.contiguous(), requires_grad)
    wanted = wanted or (dtypes.of_array(data.dtype).numpy if isinstance(data, CPU.array) else self.array.dtype)
    return finished(wrap(device.asarray(read(data, wanted)), device), requires_grad)


Tensor.new_tensor = new_tensor
