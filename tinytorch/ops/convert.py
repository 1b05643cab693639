"""From tensors to Python, NumPy, other dtypes and other devices, and copies."""

import warnings

from tinytorch import dtypes
from tinytorch.batching import add_batch, device_of, levels_of, remove_batch, without
from tinytorch.creation import PYTHON_TYPES, as_dtype, held
from tinytorch.declaration import Operation
from tinytorch.devices import CPU, device, resolve
from tinytorch.formats import RANKS, contiguous_format, format_strides, layout, like_strides, preserve_format, suggested
from tinytorch.graph import Node, detached, edge_of
from tinytorch.layout import dense, memory_order
from tinytorch.modes import interpreters, levels, mode
from tinytorch.operation import Rule, elementwise, operation
from tinytorch.ops.refusals import common, need_tensor
from tinytorch.recording import numbers, record
from tinytorch.tensor import Tensor, wrap


@operation(Rule(moves=True, method=False, title="ToCopy", linear=True), input=lambda grad: grad)
def to_copy(xp, input, dtype, memory_format=None):
    """A copy in another dtype; in the same order of memory, unless a format asks for another one."""
    if input.flags.c_contiguous and memory_format in (None, preserve_format, contiguous_format):
        return input.copy() if input.dtype == dtype else cast(input, dtype)
    return laid_out(xp, input, like_strides(input, memory_format), dtype)


def laid_out(xp, input, strides, dtype):
    """A copy with the strides given, in elements, which leave no gaps."""
    result = xp.strided(xp.empty(input.size, dtype), input.shape, strides)
    result[...] = cast(input, dtype)
    return result


def cast(values, dtype):
    """Values in another dtype; floats become bytes by way of int64, so that -1 is 255 on each device."""
    if values.dtype == dtype:
        return values
    return (values.astype("int64") if dtype == BYTE and values.dtype.kind in "fV" else values).astype(dtype)


BYTE = dtypes.uint8.numpy


@operation(Rule(moves=True, linear=True), input=lambda grad: grad)
def clone(xp, input):
    """A copy, whose dimensions stand in memory in the same order, without gaps."""
    if input.flags.c_contiguous or dense(input):
        found = input.copy("K")
        if found.strides == input.strides or not input.size:
            return found
        steps = [step // input.itemsize for step in input.strides]  # also of single elements, as PyTorch orders by them
        return xp.strided(found.ravel("K"), input.shape, steps)
    order = memory_order(input.shape, [input])
    return input.transpose(order).copy().transpose([order.index(dim) for dim in range(input.ndim)])


def cloned(input, *, memory_format=None):
    """A copy without gaps, whose dimensions stand in memory in the same order, or as a format says."""
    if memory_format in (None, preserve_format):
        return clone(input)
    return contiguous_copy(need_tensor("clone", input), memory_format)


def contiguous(self, memory_format=contiguous_format):
    """The tensor itself if its elements lie row by row, or as the format says; a copy that does so otherwise."""
    if memory_format is contiguous_format:
        return self if self.array.flags.c_contiguous else contiguous_copy(self)
    need_format("contiguous", memory_format)
    if is_contiguous(self, memory_format):
        return self
    if memory_format is preserve_format:
        raise RuntimeError("preserve memory format is unsupported by the contiguous operator")
    return contiguous_copy(self, memory_format)


def need_format(name, form):
    """Refuse what is no memory format."""
    if not isinstance(form, layout):
        kind = type(form).__name__
        raise TypeError(f"{name}(): argument 'memory_format' must be torch.memory_format, not {kind}")


def is_contiguous(self, memory_format=contiguous_format):
    """Whether the elements lie in memory row by row, or as the format says, without gaps."""
    if memory_format is contiguous_format:
        return bool(self.array.flags.c_contiguous)
    need_format("is_contiguous", memory_format)
    if memory_format is preserve_format:
        return bool(self.array.flags.c_contiguous)
    shape = self.array.shape
    if len(shape) != RANKS.get(memory_format):
        return False
    wanted = format_strides(shape, memory_format)
    return all(size == 1 or own == step for size, own, step in zip(shape, self.stride(), wanted, strict=True))


def dim_order(self, *, ambiguity_check=False):
    """The dimensions from the outermost in memory inwards; a RuntimeError, if asked for, where another order would do.

    `ambiguity_check` may be a list of memory formats of which exactly one has to fit.
    """
    array, refuse = self.array, bool(ambiguity_check)
    order = tuple(memory_order(array.shape, [array]))
    if isinstance(ambiguity_check, (list, tuple)):
        fitting = [each for each in ambiguity_check if is_contiguous(self, each)]
        refuse = len(fitting) != 1
        if not refuse:
            steps = format_strides(array.shape, fitting[0])
            order = tuple(sorted(range(array.ndim), key=lambda dim: -steps[dim]))
    elif refuse:
        refuse = 1 in array.shape or len(set(array.strides)) < array.ndim
    if refuse:
        raise RuntimeError(
            "The tensor does not have unique dim order, or cannot map to exact one of the given memory formats."
        )
    return order


@operation(Rule(moves=True, method=False, title="Clone", linear=True), input=lambda grad: grad)
def contiguous_copy(xp, input, memory_format=None):
    """A copy whose elements lie row by row, or as the format says."""
    return (
        input.copy() if memory_format is None else laid_out(xp, input, like_strides(input, memory_format), input.dtype)
    )


@elementwise(Rule(method=False, moves=True, operands=("input",), overload=lambda *_: "CopyBackwards", linear=True),
    input=lambda grad: grad.new_zeros(grad.shape),
    src=lambda grad: grad,
)  # fmt: skip
def copy(xp, input, src, non_blocking=False, out=None):
    """The values of `src`, broadcast and cast, in the place of the input's; a real tensor takes real parts."""
    if out.dtype.kind != "c" and (type(src) is complex or getattr(src, "dtype", out.dtype).kind == "c"):
        src = src.real
    if getattr(src, "ndim", 0) > out.ndim:  # arrays would drop leading dimensions of size 1
        raise ValueError("src has more dimensions than input")
    out[...] = cast(src, out.dtype) if hasattr(src, "dtype") else src
    return out


@elementwise(
    Rule(
        method=False,
        moves=True,
        operands=("input",),
        overload=lambda input, value: f"FillBackward{2 + isinstance(value, Tensor)}", linear=True
    ),
    input=lambda grad: grad.new_zeros(grad.shape),
    value=lambda grad: grad.sum(),
)  # fmt: skip
def fill(xp, input, value, out=None):
    """One value in the place of all elements."""
    if getattr(value, "ndim", 0):
        raise RuntimeError(f"fill_ only supports 0-dimension value tensor but got tensor with {value.ndim} dimensions.")
    out = xp.empty_like(input) if out is None else out
    out[...] = value if hasattr(value, "ndim") else held(value, input.dtype)
    return out


@elementwise(Rule(method=False, moves=True, linear=True), input=lambda grad: grad.new_zeros(grad.shape))
def zero(xp, input, out=None):
    """0 in the place of all elements."""
    out[...] = 0
    return out


def detach(input):
    """The same memory without history; its version is counted together with the original's."""
    return wrap(input.array, input.device, None, input.counter)


def detach_(self):
    """Forget the history; a RuntimeError for a view, whose history is its base's."""
    if self.base is not None:
        raise RuntimeError(
            "Can't detach views in-place. Use detach() instead. If you are using DistributedDataParallel (DDP) for "
            "training, and gradient_as_bucket_view is set as True, gradients are views of DDP buckets, and "
            "hence detach_() "
            "cannot be called on these gradients. To fix this error, please refer to the Optimizer.zero_grad() "
            "function in "
            "torch/optim/optimizer.py as a reference."
        )
    if isinstance(self.history, Node):
        detached[self.history] = next(numbers), self.array
    self.history, self.needs = None, False
    for level in levels:
        level.forget(self)
    return self


Tensor.detach, Tensor.detach_ = detach, detach_


# Other dtypes and devices


def to(self, *target, dtype=None, device=None, other=None, non_blocking=False, copy=False, memory_format=None):
    """The tensor in another dtype, on another device, or as another tensor is; itself where it is that already.

    The forms are to(dtype), to(device, dtype) and to(tensor), each with `non_blocking` and `copy` behind it.
    """
    if target:
        first, *rest = target
        if isinstance(first, dtypes.dtype) or (isinstance(first, type) and first in PYTHON_TYPES):
            dtype, flags = first, rest
        elif isinstance(first, Tensor):
            other, flags = first, rest
        elif first is None or isinstance(first, (str, device_class, int)):
            device, dtype, flags = first, rest[0] if rest else dtype, rest[1:]
        else:
            raise invalid_to(target)
        if len(flags) > 2:
            raise invalid_to(target)
        copy = flags[1] if len(flags) > 1 else copy
    if other is not None:
        dtype, device = other.dtype, other.device
    dtype = self.array.dtype if dtype is None else as_dtype("to", dtype).numpy
    return converted(
        self, self.device if device is None else CPU if device == "cpu" else resolve(device), dtype, copy, memory_format
    )


def invalid_to(target):
    """PyTorch's list of the forms."""
    names = ", ".join(type(each).__name__ for each in target)
    return TypeError(
        f"to() received an invalid combination of arguments - got ({names}), but expected one of:\n"
        " * (torch.device device = None, torch.dtype dtype = None, bool non_blocking = False, bool copy = False, *, "
        "torch.memory_format memory_format = None)\n"
        " * (torch.dtype dtype, bool non_blocking = False, bool copy = False, *, torch.memory_format "
        "memory_format = None)\n"
        " * (Tensor tensor, bool non_blocking = False, bool copy = False, *, torch.memory_format memory_format "
        "= None)\n"
    )


def converted(self, device, dtype, copy=False, memory_format=None):
    """A tensor on a device and in NumPy's dtype; itself where it is that already and no copy is wanted."""
    array = self.array
    if self.device.batched or device.batched:
        device = device_of(device.real, levels_of(self.device))
    if device is not self.device:
        moved = self if dtype is array.dtype else converted(self, self.device, dtype)
        return transfer(moved, device)
    if dtype is array.dtype and not copy and memory_format in (None, preserve_format):
        return self
    if dtype is array.dtype and not copy and memory_format is suggested(array):
        return self
    if array.dtype.kind == "c" and dtype.kind not in "cb" and not discarded:
        discarded.append(True)
        warnings.warn("Casting complex values to real discards the imaginary part", UserWarning, stacklevel=3)
    source = self if dtypes.category_of[dtype] >= dtypes.FLOAT else self.detach()
    return to_copy(source, dtype, memory_format)


discarded = []  # not empty once it was said that imaginary parts are lost


class ToCopyBackward0(Node):
    """How a gradient comes back from another device."""

    __slots__ = ()
    title = "ToCopy"

    def backward(self, grad, wanted):
        return [grad.to(self.args[0])]


def transfer(self, device):
    """A copy on another device, recorded for backward; `resolve` has said that the device is there."""
    if self._operate is not None:
        return self._operate(transfer.operation, (self, device), None)
    if self.device.batched:  # all examples together
        level = self.device.level
        return add_batch(transfer(remove_batch(self, 0, level), without(device, [level])), 0, level)
    if interpreters and mode.interpreter is not None:
        return mode.interpreter(transfer.operation, (self, device), None)
    return move(self, device)


def move(self, device):
    """The copy on another device itself."""
    if self.device.type == "meta":
        raise NotImplementedError("Cannot copy out of meta tensor; no data!")
    array = self.array
    values = self.device.to_numpy(array) if device.type != "meta" else META.xp.strided(
        META.xp.empty(array.size, array.dtype), array.shape, like_strides(array, None)
    )  # fmt: skip
    data = device.asarray(values)
    if device is CPU and data is array:
        data = data.copy("K")
    edge = edge_of(self) if mode.grad else None
    if edge is None:
        return wrap(data, device)
    return wrap(data, device, record(ToCopyBackward0, (edge,), (self.device,), None, data, device))


def body_of_transfer(xp, input, device):
    """A copy on another device."""
    raise NotImplementedError("a transfer runs through its own function")


transfer.operation = Operation(body_of_transfer, "transfer", Rule(method=False, in_place=False, linear=True), {},
    {"input": lambda grad: grad})  # fmt: skip
transfer.operation.call, transfer.operation.compute = transfer, lambda args: move(*args)
META = device("meta")
device_class = type(META)


def cpu(self, memory_format=None):
    """The tensor on the CPU."""
    return converted(self, CPU, self.array.dtype, False, memory_format)


def cuda(self, device=None, non_blocking=False, memory_format=None):
    """The tensor on a GPU, the current one unless a device is given."""
    place = resolve("cuda" if device is None else device)
    if place.type != "cuda":
        raise RuntimeError(f"Invalid device, must be cuda device: {place}")
    return converted(self, place, self.array.dtype, False, memory_format)


def into(dtype):
    """The method that converts to one dtype, such as `Tensor.float`."""

    def convert(self, memory_format=None):
        return converted(self, self.device, dtype.numpy, False, memory_format)

    convert.__doc__ = f"The tensor as {dtype.name}; itself if it is that already."
    return convert


METHODS = {
    "float": dtypes.float32, "double": dtypes.float64, "half": dtypes.float16, "bfloat16": dtypes.bfloat16,
    "int": dtypes.int32, "long": dtypes.int64, "short": dtypes.int16, "char": dtypes.int8, "byte": dtypes.uint8,
    "bool": dtypes.bool_, "cfloat": dtypes.complex64, "cdouble": dtypes.complex128,
}  # fmt: skip
for name, each in METHODS.items():
    method = into(each)
    method.__name__ = method.__qualname__ = name
    setattr(Tensor, name, method)


def type_(self, dtype=None, non_blocking=False):
    """The name of the tensor's type, such as `torch.FloatTensor`; with a dtype, or its class or name, it as that."""
    if dtype is None:
        prefix = "torch." if self.device.real is CPU else f"torch.{self.device.type}."
        return f"{prefix}{self.dtype.title}Tensor"
    place = self.device
    if isinstance(dtype, str):
        prefix, _, title = dtype.rpartition(".")
        kind = TITLES.get(title)
        if kind is None or prefix not in ("torch", "torch.cuda"):
            raise ValueError(f"invalid type: '{dtype}'")
        place = resolve("cuda" if prefix.endswith("cuda") else "cpu")
    elif dtype is Tensor:
        kind, place = dtypes.get_default_dtype(), CPU
    else:
        kind = getattr(dtype, "dtype", None) if isinstance(dtype, type) else dtype
        if not isinstance(kind, dtypes.dtype):
            if isinstance(dtype, type):
                raise ValueError(f"invalid type: '{dtype.__name__}'")
            raise TypeError("dtype must be a type, str, or dtype object")
    return converted(self, place, kind.numpy)


TITLES = {f"{each.title}Tensor": each for each in dtypes.ALL}


def type_as(self, other):
    """The tensor in the dtype and on the device of another."""
    need_tensor("type_as", other, "other")
    return converted(self, other.device, other.array.dtype)


def is_signed(input):
    """Whether a tensor's dtype has numbers below 0."""
    need_tensor("is_signed", input)
    return input.dtype.is_signed


def result_type(tensor, other):
    """The dtype of a result of two operands, tensors or numbers."""
    return common((tensor, other))


Tensor.clone, Tensor.contiguous, Tensor.is_contiguous, Tensor.dim_order = cloned, contiguous, is_contiguous, dim_order
Tensor.to, Tensor.cpu, Tensor.cuda, Tensor.type, Tensor.type_as = to, cpu, cuda, type_, type_as
