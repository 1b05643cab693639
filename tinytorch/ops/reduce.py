"""Reductions: sums and means over dimensions."""

from tinytorch.operation import Rule, operation
from tinytorch.tensor import Tensor


@operation(Rule(overload=lambda input, dim, *_: "SumBackward0" if dim is None else "SumBackward1"),
    input=lambda grad, input_shape, dim, keepdim: spread(grad, input_shape, dim, keepdim),
)  # fmt: skip
def sum(xp, input, dim=None, keepdim=False, *, dtype=None, out=None):
    """The sum over `dim`, or over all dimensions; integers and booleans add up to int64."""
    return xp.sum(input, dim, sum_dtype(input, dtype), out, keepdim)


def sum_dtype(input, dtype):
    """NumPy's dtype in which a sum or product is made: what was asked for, int64 for integers, None for the input's."""
    if dtype is not None:
        return dtype.numpy
    return "int64" if input.dtype.kind in "biu" else None


@operation(Rule(overload=lambda input, dim, *_: "MeanBackward0" if dim is None else "MeanBackward1"),
    input=lambda grad, input_shape, dim, keepdim: spread(grad, input_shape, dim, keepdim) / count(input_shape, dim),
)  # fmt: skip
def mean(xp, input, dim=None, keepdim=False, *, dtype=None, out=None):
    """The mean over `dim`, or over all dimensions, of floating point or complex numbers."""
    if dtype is not None:
        input = input.astype(dtype.numpy)
    if input.dtype.kind in "biu":
        raise no_mean(input)
    total = xp.sum(input, dim, None, out, keepdim)
    return xp.divide(total, count(input.shape, dim), out=out)


def spread(grad, shape, dim, keepdim):
    """The gradient of a reduction, repeated over the dimensions that were reduced."""
    dims = reduced(shape, dim)
    if not keepdim and len(dims) < len(shape):
        grad = grad.reshape([1 if d in dims else size for d, size in enumerate(shape)])
    return grad.expand(shape)


def reduced(shape, dim):
    """The dimensions that a reduction over `dim` removes, counted from the front."""
    if dim is None or dim == () or dim == []:
        return range(len(shape))
    return [each % len(shape) for each in (dim if isinstance(dim, (tuple, list)) else (dim,))]


def count(shape, dim):
    """How many elements each result of a reduction is made of."""
    product = 1
    for each in reduced(shape, dim) if shape else ():
        product *= shape[each]
    return product


def sum_to_size(input, *size):
    """The sum that undoes broadcasting from `size` to the input's shape."""
    size = tuple(size[0]) if len(size) == 1 and not isinstance(size[0], int) else size
    shape = input.array.shape
    if not size:
        return sum(input)
    lead = len(shape) - len(size)
    dims = [*range(lead), *[d for d in range(lead, len(shape)) if size[d - lead] == 1 and shape[d] != 1]]
    summed = sum(input, dims, True) if dims else input
    return summed.view(size) if lead else summed


Tensor.sum_to_size = sum_to_size
