"""Shapes: reshape, which copies only where it must, and questions about sizes."""

from tinytorch import errors
from tinytorch.operation import Rule, memory_view, operation
from tinytorch.ops.views import shown_as
from tinytorch.tensor import Size, Tensor


def reshape(input, *shape):
    """The elements in another shape; a view where the memory allows it, a copy elsewhere."""
    shape = tuple(shape[0]) if len(shape) == 1 and not isinstance(shape[0], int) else shape
    if input.array.flags.c_contiguous:
        return input.view(shape)
    try:
        return reshape_alias(input, shape)
    except RuntimeError as error:
        if str(error) != errors.ONLY_A_COPY:
            raise
    return unsafe_view(input.contiguous(), shape)


@memory_view(Rule(method=False), input=lambda grad, input_shape: grad.reshape(input_shape))
def reshape_alias(xp, input, size):
    """A view of elements that do not lie row by row."""
    return shown_as(xp, input, size)


@operation(Rule(moves=True, method=False), input=lambda grad, input_shape: grad.reshape(input_shape))
def unsafe_view(xp, input, size):
    """A result in another shape, in its own memory, which nobody else has."""
    return shown_as(xp, input, size)


def size(self, dim=None):
    """The shape, or the size of one dimension."""
    return self.shape if dim is None else self.shape[dim]


def stride(self, dim=None):
    """How many elements lie between neighbours along each dimension, or along one."""
    array = self.array
    strides = tuple([step // array.itemsize for step in array.strides])
    return strides if dim is None else strides[dim]


Tensor.reshape = reshape
Tensor.size, Tensor.stride = size, stride
Tensor.numel = Tensor.nelement = lambda self: self.array.size
Tensor.dim = Tensor.ndimension = lambda self: self.array.ndim
