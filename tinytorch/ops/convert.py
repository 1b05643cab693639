"""From tensors to Python, NumPy, other dtypes and other devices, and copies."""

from tinytorch import dtypes
from tinytorch.devices import CPU, device, resolve
from tinytorch.graph import Node, Nowhere
from tinytorch.layout import dense, memory_order
from tinytorch.operation import Rule, elementwise, operation
from tinytorch.tensor import Tensor, wrap


@operation(Rule(moves=True, method=False, title="ToCopy"), input=lambda grad: grad)
def to_copy(xp, input, dtype):
    """A copy in another dtype, in the same order of memory."""
    return input.astype(dtype)


@operation(Rule(moves=True), input=lambda grad: grad)
def clone(xp, input):
    """A copy, whose dimensions stand in memory in the same order, without gaps."""
    if input.flags.c_contiguous or dense(input):
        return input.copy("K")
    order = memory_order(input.shape, [input])
    return input.transpose(order).copy().transpose([order.index(dim) for dim in range(input.ndim)])


def contiguous(self):
    """The tensor itself if its elements lie row by row, a copy that does so otherwise."""
    return self if self.array.flags.c_contiguous else contiguous_copy(self)


@operation(Rule(moves=True, method=False, title="Clone"), input=lambda grad: grad)
def contiguous_copy(xp, input):
    """A copy whose elements lie row by row."""
    return input.copy()


@elementwise(Rule(method=False, moves=True, operands=("input",), overload=lambda *_: "CopyBackwards"),
    input=lambda grad: grad.new_zeros(grad.shape),
    src=lambda grad: grad,
)  # fmt: skip
def copy(xp, input, src, non_blocking=False, out=None):
    """The values of `src`, broadcast and cast, in the place of the input's."""
    out[...] = src
    return out


@elementwise(
    Rule(method=False, moves=True, operands=("input",), overload=lambda input, value: f"FillBackward{2 + isinstance(value, Tensor)}"),
    input=lambda grad: grad.new_zeros(grad.shape),
    value=lambda grad: grad.sum(),
)  # fmt: skip
def fill(xp, input, value, out=None):
    """One value in the place of all elements."""
    if getattr(value, "ndim", 0):
        raise RuntimeError(f"fill_ only supports 0-dimension value tensor but got tensor with {value.ndim} dimensions.")
    out[...] = value
    return out


@elementwise(Rule(method=False, moves=True), input=lambda grad: grad.new_zeros(grad.shape))
def zero(xp, input, out=None):
    """0 in the place of all elements."""
    out[...] = 0
    return out


def detach(self):
    """The same memory without history; its version is counted together with the original's."""
    return wrap(self.array, self.device, None, self.counter)


def detach_(self):
    """Forget the history; a RuntimeError for a view, whose history is its base's."""
    if self.base is not None:
        raise RuntimeError(
            "Can't detach views in-place. Use detach() instead. If you are using DistributedDataParallel (DDP) for "
            "training, and gradient_as_bucket_view is set as True, gradients are views of DDP buckets, and hence detach_() "
            "cannot be called on these gradients. To fix this error, please refer to the Optimizer.zero_grad() function in "
            "torch/optim/optimizer.py as a reference."
        )
    if isinstance(self.history, Node):
        self.history.seen_as = Nowhere
    self.history, self.needs = None, False
    return self


Tensor.detach, Tensor.detach_ = detach, detach_


def item(self):
    """The one element as a Python number; a RuntimeError if there are several."""
    if self.array.size != 1:
        raise RuntimeError(f"a Tensor with {self.array.size} elements cannot be converted to Scalar")
    return self.array.item()


def numpy(self, *, force=False):
    """The values as a NumPy array in the same memory; `force` detaches and brings them to the CPU first."""
    if self.requires_grad and not force:
        raise RuntimeError("Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() instead.")
    return self.device.to_numpy(self.array)


def to(self, target=None, dtype=None):
    """The tensor in another dtype or on another device; itself if it is that already."""
    if isinstance(target, dtypes.dtype):
        return self if target.numpy is self.array.dtype else to_copy(self, target.numpy)
    raise TypeError("to() received an invalid combination of arguments")


def to_float(self):
    """The one element as a float."""
    check_one(self)
    return float(self.item())


def to_int(self):
    """The one element as an int, cut off towards 0."""
    check_one(self)
    return int(self.item())


def check_one(self):
    """Refuse a conversion of several elements."""
    if self.array.size != 1:
        raise ValueError("only one element tensors can be converted to Python scalars")


def to_bool(self):
    """Whether the one element is not 0; several elements have no truth value."""
    if self.array.size != 1:
        count = "no values" if self.array.size == 0 else "more than one value"
        raise RuntimeError(f"Boolean value of Tensor with {count} is ambiguous")
    return bool(self.item())


def to_index(self):
    """The one element of an integer tensor as an index."""
    if self.array.size != 1 or self.array.dtype.kind not in "iub":
        raise TypeError("only integer tensors of a single element can be converted to an index")
    return int(self.item())


Tensor.__float__, Tensor.__int__, Tensor.__bool__, Tensor.__index__ = to_float, to_int, to_bool, to_index
Tensor.contiguous = contiguous
Tensor.item, Tensor.numpy, Tensor.to = item, numpy, to
Tensor.tolist = lambda self: self.device.to_numpy(self.array).tolist()
Tensor.is_complex = lambda self: self.array.dtype.kind == "c"
Tensor.is_floating_point = lambda self: self.dtype.is_floating_point

