"""Softmax and its logarithm, without overflow, and their derivatives."""

from tinytorch import dtypes
from tinytorch.array_derivatives import by_body
from tinytorch.layout import normal_dim
from tinytorch.operation import Rule, operation
from tinytorch.ops.refusals import BOOL, refuse
from tinytorch.tensor import Tensor


def refuse_softmax(name):
    """A check that refuses what has no exponential function in PyTorch's kernels, in the words of PyTorch."""

    def check(input, dim, dtype=None):
        found = input.dtype if dtype is None else dtype
        if found.category != dtypes.FLOAT:
            place = "lastdim_kernel_impl" if dim in (-1, input.ndim - 1) else "kernel_impl"
            raise NotImplementedError(f"\"{name}_{place}\" not implemented for '{found.title}'")

    return check


@operation(
    Rule(
        check=refuse_softmax("softmax"),
        tangent=lambda moves, result, dim: softmax_backward_data(moves[0], result, dim),
    ),
    input=lambda grad, result, dim: softmax_backward_data(grad, result, dim),
)
def softmax(xp, input, dim, dtype=None):
    """exp(input) over its sum along `dim`: positive numbers that add up to 1; cast to `dtype` before, if given."""
    powers = shifted(xp, input, dim, dtype)
    xp.exp(powers, out=powers)
    return xp.divide(powers, total(xp, powers, dim), out=powers)


@by_body()
@operation(
    Rule(method=False, check=refuse("softmax_backward_lastdim_kernel_impl", BOOL)),
    upstream=lambda grad, result, dim: softmax_backward_data(grad, result, dim),
    result=lambda grad, upstream, result, dim: (
        grad * upstream - grad * (upstream * result).sum(dim, True) - upstream * (grad * result).sum(dim, True)
    ),
)
def softmax_backward_data(xp, upstream, result, dim):
    """result * (upstream - sum(upstream * result)) along `dim`: the derivative of softmax."""
    product = xp.multiply(upstream, result)
    return xp.subtract(product, xp.multiply(result, total(xp, product, dim)))


@operation(
    Rule(
        check=refuse_softmax("log_softmax"),
        tangent=lambda moves, result, dim: moves[0] - (moves[0] * result.exp()).sum(dim, True),
    ),
    input=lambda grad, result, dim: log_softmax_backward_data(grad, result, dim),
)
def log_softmax(xp, input, dim, dtype=None):
    """log(softmax(input)) along `dim`, exact where softmax itself is 0; cast to `dtype` before, if it is given."""
    powers = shifted(xp, input, dim, dtype)
    return xp.subtract(powers, xp.log(total(xp, xp.exp(powers), dim)), out=powers)


@by_body()
@operation(
    Rule(method=False),
    upstream=lambda grad, result, dim: grad - (grad * result.exp()).sum(dim, True),
    result=lambda grad, upstream, result, dim: -(grad * result.exp() * upstream.sum(dim, True)),
)
def log_softmax_backward_data(xp, upstream, result, dim):
    """upstream - exp(result) * sum(upstream) along `dim`: the derivative of log_softmax."""
    return xp.subtract(upstream, xp.multiply(xp.exp(result), total(xp, upstream, dim)))


def total(xp, values, dim):
    """The sums along `dim`, which stays with size 1; a number without dimensions is its own sum."""
    return xp.sum(values, dim, values.dtype, None, True) if values.ndim else values


def shifted(xp, input, dim, dtype):
    """A new array, row by row in memory, of the input less its largest element along `dim`, which becomes 0."""
    if dtype is not None and input.dtype is not dtype.numpy:
        input = input.astype(dtype.numpy)
    if input.size == 0 or input.ndim == 0:
        normal_dim(dim, input.ndim)
        return xp.subtract(input, input, out=xp.empty_like(input))
    if not input.flags.c_contiguous:
        input = input.copy()
    return xp.subtract(input, xp.amax(input, dim, keepdims=True))


Tensor.log_softmax, Tensor.softmax = log_softmax, softmax
