"""PyTorch's older names: a class of tensors for each dtype, such as `torch.FloatTensor`."""

import warnings
from operator import index

from tinytorch import dtypes, errors
from tinytorch.creation import set_default_device
from tinytorch.devices import CPU, resolve
from tinytorch.ops.create import empty
from tinytorch.ops.storages import is_storage
from tinytorch.ops.values import as_tensor, is_sequence, tensor
from tinytorch.tensor import Size, Tensor

warned = []  # not empty once it was said that setting a default class is deprecated


class TensorType(type):
    """The class of such a name: `isinstance` asks for the dtype, a call makes a tensor of it."""

    def __instancecheck__(cls, instance):
        return isinstance(instance, Tensor) and instance.dtype is cls.dtype and instance.device.type == cls.place

    def __call__(cls, *sizes):
        return made(cls.dtype, cls.place, sizes)

    def __repr__(cls):
        return f"<class '{cls.__module__}.{cls.__name__}'>"


def made(dtype, device, sizes):
    """A tensor of sizes, unwritten, of the values of a sequence, or in the memory of a tensor or a storage."""
    if len(sizes) == 1 and isinstance(sizes[0], Tensor):
        if sizes[0].dtype is not dtype:
            asked, found = [
                f"TensorOptions(dtype={errors.CPP_NAMES[each.name]}, device={device}, layout=Strided, "
                "requires_grad=false (default), pinned_memory=false (default), memory_format=(nullopt))"
                for each in (dtype, sizes[0].dtype)
            ]
            raise TypeError(f"expected {asked} (got {found})")
        return sizes[0].detach()
    if len(sizes) == 1 and is_storage(sizes[0]):
        return empty(0, dtype=dtype, device=device).set_(sizes[0])
    return of_values_or_sizes(dtype, device, sizes)


def of_values_or_sizes(dtype, device, given):
    """A tensor of the values of one sequence, or an unwritten one of sizes, which may be NumPy's numbers too."""
    if len(given) != 1 or isinstance(given[0], Size) or is_size(given[0]):
        return empty(*(given or (0,)), dtype=dtype, device=device)
    (values,) = given
    if not is_sequence(values):
        kind = type(values)
        name = kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__name__}"
        raise TypeError(f"new(): data must be a sequence (got {name})")
    make = as_tensor if isinstance(values, CPU.array) else tensor  # an array of this dtype shares its memory
    return make(values, dtype=dtype, device=device)


def is_size(value):
    """Whether a value counts as a whole number: Python's, NumPy's, or an array of one without dimensions; no bool."""
    if isinstance(value, bool) or not hasattr(value, "__index__"):
        return False
    try:
        index(value)
    except TypeError:  # an array of several, or of floats
        return False
    return True


def construct(cls, *sizes, device=None):
    """What `Tensor(...)` gives: uninitialised for sizes, the values of a list or a tensor otherwise."""
    if len(sizes) == 1 and isinstance(sizes[0], Tensor):
        made = sizes[0].detach()
    else:
        made = of_values_or_sizes(dtypes.get_default_dtype(), resolve(device), sizes)
    made.__class__ = cls
    return made


Tensor.__new__ = staticmethod(construct)


def typed(dtype, place="cpu"):
    """The class for one dtype, on one type of device."""
    room = "torch" if place == "cpu" else f"torch.{place}"
    return TensorType(f"{dtype.title}Tensor", (), {"dtype": dtype, "place": place, "__module__": room})


CLASSES = {(each, place): typed(each, place) for each in dtypes.ALL for place in ("cpu", "cuda")}
FLOATS = dtypes.float32, dtypes.float64, dtypes.float16, dtypes.bfloat16
WHOLE = dtypes.uint8, dtypes.int8, dtypes.int16, dtypes.int32, dtypes.int64, dtypes.bool_
FloatTensor, DoubleTensor, HalfTensor, BFloat16Tensor = [CLASSES[each, "cpu"] for each in FLOATS]
ByteTensor, CharTensor, ShortTensor, IntTensor, LongTensor, BoolTensor = [CLASSES[each, "cpu"] for each in WHOLE]
CudaFloatTensor, CudaDoubleTensor, CudaHalfTensor, CudaBFloat16Tensor = [CLASSES[each, "cuda"] for each in FLOATS]
CudaByteTensor, CudaCharTensor, CudaShortTensor, CudaIntTensor, CudaLongTensor, CudaBoolTensor = [
    CLASSES[each, "cuda"] for each in WHOLE
]


def new(self, *sizes, device=None):
    """A tensor of this one's dtype and device, of sizes or values, as the classes of older programs make it."""
    return made(self.dtype, self.device if device is None else device, sizes)


Tensor.new = new


def set_default_tensor_type(t):
    """Make new floating point tensors as a class of tensors, or its name, says: of its dtype, on its device.

    Warns once that it is deprecated.
    """
    if not warned:
        warned.append(True)
        warnings.warn(
            "torch.set_default_tensor_type() is deprecated as of PyTorch 2.1, please use torch.set_default_dtype() and "
            "torch.set_default_device() as alternatives.",
            stacklevel=2,
        )
    if isinstance(t, str):
        room, _, name = t.rpartition(".")
        found = [each for each in CLASSES.values() if (each.__module__, each.__name__) == (room, name)]
        if not found:
            raise ValueError(f"invalid type: '{t}'")
        t = found[0]
    if not isinstance(t, TensorType):
        raise TypeError("invalid type object: only floating-point types are supported as the default type")
    if not t.dtype.is_floating_point:
        raise TypeError("only floating-point types are supported as the default type")
    dtypes.set_default_dtype(t.dtype)
    set_default_device(None if t.place == "cpu" else t.place)
