"""From tensors to Python's numbers, lists and copies, to NumPy, and to other libraries."""

import copy as copy_module
import warnings

from tinytorch import dtypes, errors
from tinytorch.devices import CPU, resolve
from tinytorch.modes import mode
from tinytorch.storage import address, lend
from tinytorch.tensor import Tensor, attributes, wrap


def item(self):
    """The one element as a Python number; a RuntimeError if there are several."""
    array = self.array
    if array.size != 1:
        raise RuntimeError(f"a Tensor with {array.size} elements cannot be converted to Scalar")
    value = array.item()
    return float(value) if array.dtype is BFLOAT16 else value


NO_TRUTH = (
    "vmap: It looks like you're attempting to use a Tensor in some data-dependent control flow. We don't support that "
    "yet, please file an issue at https://github.com/pytorch/pytorch/issues ."
)
BFLOAT16, BYTE = dtypes.bfloat16.numpy, dtypes.uint8.numpy


def tolist(self):
    """The elements as nested lists of Python's numbers; a tensor without dimensions gives a number."""
    values = self.device.to_numpy(self.array)
    return (values.astype(dtypes.float32.numpy) if values.dtype is BFLOAT16 else values).tolist()


def numpy(self, *, force=False):
    """The values as a NumPy array in the same memory; `force` detaches and brings them to the CPU first."""
    if self.device.real is not CPU and not force:
        if self.device.type == "meta":
            raise TypeError(NOT_HERE.format("meta"))
        raise TypeError(NOT_HERE.format(self.device))
    if self.requires_grad and not force:
        raise RuntimeError("Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() instead.")
    if self.array.dtype is BFLOAT16:
        raise TypeError("Got unsupported ScalarType BFloat16")
    array = self.device.to_numpy(self.array)
    lend(array)
    return array


NOT_HERE = "can't convert {} device type tensor to numpy. Use Tensor.cpu() to copy the tensor to host memory first."


def as_array(self, dtype=None, copy=None):
    """The values as NumPy's functions ask for them: the same memory unless another dtype or a copy is wanted."""
    array = numpy(self)
    if dtype is not None and array.dtype != dtype:
        return array.astype(dtype)
    return array.copy() if copy else array


def as_tensor_again(self, array, context=None, return_scalar=False):
    """The result of a NumPy function of this tensor, as a tensor."""
    if array.dtype == bool:
        array = array.astype(dtypes.uint8.numpy)
    return wrap(CPU.asarray(array), CPU)


def to_float(self):
    """The one element as a float."""
    value = self.item() if self.array.size == 1 else check_one(self)
    if self.needs and mode.grad:
        warn_of_history()
    if isinstance(value, complex):
        return real_of(value, "double")
    return float(value)


def to_int(self):
    """The one element as an int, cut off towards 0."""
    value = self.item() if self.array.size == 1 else check_one(self)
    if isinstance(value, complex):
        value = real_of(value, "int64_t")
    return int(value)


def real_of(value, name):
    """The real part of a complex number that has no other."""
    if value.imag:
        raise RuntimeError(f"value cannot be converted to type {name} without overflow")
    return value.real


def to_complex(self):
    """The one element as a complex number."""
    check_one(self)
    if self.needs and mode.grad:
        warn_of_history()
    return complex(self.item())


def warn_of_history():
    """Warn, once, that a number has no history where a tensor had one; `item()` and `int()` are taken for intended."""
    if not warned:
        warned.append(HISTORY)
        warnings.warn(HISTORY, UserWarning, stacklevel=3)


HISTORY = (
    "Converting a tensor with requires_grad=True to a scalar may lead to unexpected behavior.\n"
    "Consider using tensor.detach() first."
)
warned = []  # not empty once it was said


def check_one(self):
    """Refuse a conversion of several elements."""
    if self.array.size != 1:
        raise ValueError("only one element tensors can be converted to Python scalars")


def to_bool(self):
    """Whether the one element is not 0; several elements have no truth value."""
    if self.array.size != 1:
        count = "no values" if self.array.size == 0 else "more than one value"
        raise RuntimeError(f"Boolean value of Tensor with {count} is ambiguous")
    if self.device.batched and self.array.batched:
        raise RuntimeError(NO_TRUTH)
    return bool(self.item())


def to_index(self):
    """The one element of an integer tensor as an index."""
    if self.array.size != 1 or self.array.dtype.kind not in "iub":
        raise TypeError("only integer tensors of a single element can be converted to an index")
    return int(self.item())


def formatted(self, spec):
    """As `format` asks: a tensor without dimensions like its number, any other as it prints."""
    if self.array.ndim == 0 and self.device.type != "meta" and type(self) is Tensor:
        return self.item().__format__(spec)
    return object.__format__(self, spec)


def contains(self, element):
    """Whether any element equals a number or a tensor."""
    if isinstance(element, (Tensor, bool, int, float, complex)):
        return bool((self == element).any())
    raise RuntimeError(f"Tensor.__contains__ only supports Tensor or scalar, but you passed in a {type(element)}.")


def deepcopy(self, memo):
    """A leaf with memory of its own, its gradient and its attributes; a RuntimeError for a result with a history."""
    if not self.is_leaf:
        raise RuntimeError(
            "Only Tensors created explicitly by the user (graph leaves) support the deepcopy protocol at the moment.  "
            "If you were attempting to deepcopy a module, this may be because of a torch.nn.utils.weight_norm "
            "usage, see "
            "https://github.com/pytorch/pytorch/pull/103001"
        )
    if id(self) in memo:
        return memo[id(self)]
    made = wrap(copied(self, memo), self.device, counter=[1])  # PyTorch sets its memory, which is a change
    made.__class__ = type(self)
    made.needs = self.requires_grad
    memo[id(self)] = made
    made._grad = None if self._grad is None else copy_module.deepcopy(self._grad, memo)
    made.__dict__.update(copy_module.deepcopy(attributes(self), memo))
    return made


def copied(self, memo):
    """The array in a copy of its memory, which is that of all tensors of one copy that lie in it."""
    device, array = self.device, self.array
    if device.batched or not device.xp.shows_values:
        return array.copy("K")
    flat, offset = device.xp.storage(array)
    key = address(flat), flat.nbytes
    if key not in memo:
        memo[key] = flat.view(BYTE).copy(), flat  # which keeps its address
    steps = [step // array.itemsize for step in array.strides]
    return device.xp.strided(memo[key][0].view(array.dtype), array.shape, steps, offset)


# Python's functions on each element


def apply_(self, callable):
    """Each element in the place of what a Python function makes of it; slow, and on the CPU only."""
    return mapped(self, "apply_", callable, ())


def map_(self, other, callable):
    """What a Python function makes of each element and of that of another tensor, which broadcasts, in its place."""
    return mapped(self, "map_", callable, [like_this(self, "map_", "other", "for 'other'", 1, other)])


def map2_(self, x, y, callable):
    """What a Python function makes of each element and of those of two tensors, which broadcast, in its place."""
    others = [
        like_this(self, "map2_", "x", "for argument 'x'", 1, x),
        like_this(self, "map2_", "y", "for argument 'y'", 2, y),
    ]
    return mapped(self, "map2_", callable, others)


def like_this(self, name, parameter, where, position, other):
    """Another tensor of the same type."""
    if not isinstance(other, Tensor):
        raise errors.not_a_tensor(name, parameter, position, other)
    if other.dtype is not self.dtype:
        raise TypeError(f"{name}: expected {self.type()} {where} (got {other.type()})")
    return other


def mapped(self, name, callable, others):
    """The tensor with what `callable` makes of its elements and the others', written behind the back of its version."""
    if any(each.requires_grad for each in (self, *others)):
        raise RuntimeError(f"Can't call {name}() on Variable that requires grad. Use var.detach().{name}() instead.")
    if self.device.type == "meta":
        return self
    if self.device is not CPU:
        raise TypeError(f"{name} is only implemented on CPU tensors")
    columns = [tolist(each.expand(self.array.shape).reshape(-1)) for each in (self, *others)]
    found = [callable(*each) for each in zip(*columns, strict=True)]
    for each in found:
        if not isinstance(each, (bool, int, float, complex)):
            raise TypeError(f"must be real number, not {type(each).__name__}")
    if found:
        self.array[...] = CPU.xp.array(found).reshape(self.array.shape)
    return self


Tensor.apply_, Tensor.map_, Tensor.map2_ = apply_, map_, map2_


# Other libraries


def dlpack(self, *, stream=None, max_version=None, dl_device=None, copy=None):
    """The memory of the tensor as other libraries take it over."""
    if self.requires_grad:
        raise BufferError("Can't export tensors that require gradient, use tensor.detach()")
    settings = (
        {"stream": stream}
        if self.device.type == "cuda"
        else {"max_version": max_version, "dl_device": dl_device, "copy": copy}
    )
    if self.device is CPU:
        lend(self.array)
    return self.array.__dlpack__(**settings)


class Capsule:
    """The memory that a capsule of DLPack has, on the CPU, as NumPy takes it: as an object that gives the capsule."""

    def __init__(self, capsule):
        self.capsule = capsule

    def __dlpack__(self, **settings):
        return self.capsule

    def __dlpack_device__(self):
        return 1, 0


def from_dlpack(ext_tensor):
    """A tensor in the memory of another library's array, or of a capsule of the CPU's memory."""
    if isinstance(ext_tensor, Tensor):
        return ext_tensor.detach()
    if type(ext_tensor).__name__ == "PyCapsule":
        ext_tensor = Capsule(ext_tensor)
    place = CPU if ext_tensor.__dlpack_device__()[0] == 1 else resolve("cuda")
    array = place.xp.from_dlpack(ext_tensor)
    dtypes.of_array(array.dtype)
    if place is CPU:
        lend(array)
    return wrap(array, place)


Tensor.__dlpack__, Tensor.__dlpack_device__ = dlpack, lambda self: self.array.__dlpack_device__()
Tensor.__float__, Tensor.__int__, Tensor.__bool__, Tensor.__index__ = to_float, to_int, to_bool, to_index
Tensor.__long__, Tensor.__nonzero__ = to_int, to_bool
Tensor.__complex__, Tensor.__format__, Tensor.__contains__, Tensor.__deepcopy__ = (
    to_complex,
    formatted,
    contains,
    deepcopy,
)
Tensor.__array__, Tensor.__array_wrap__ = as_array, as_tensor_again
Tensor.item, Tensor.tolist, Tensor.numpy = item, tolist, numpy
