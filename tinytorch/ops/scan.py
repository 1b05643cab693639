"""Running sums, products and extremes along a dimension."""

import functools

from tinytorch import dtypes, errors
from tinytorch.apply import write
from tinytorch.batching import all_examples
from tinytorch.declaration import ASKED
from tinytorch.layout import normal_dim
from tinytorch.operation import Rule, operation
from tinytorch.ops.arithmetic import conj
from tinytorch.ops.binary import complex_logaddexp
from tinytorch.ops.reduced import takes_axis
from tinytorch.ops.refusals import BOOL, COMPLEX, INTEGER, given_all, refuse
from tinytorch.tensor import Tensor

SCALAR_TYPE = "expected scalar_type {2} but found {3}"
WIDE = {"f": "float64", "V": "float64", "c": "complex128"}  # in which PyTorch adds and multiplies up on the CPU


def accumulated(xp, function, input, dim, dtype):
    """A running sum or product, made in double precision and rounded; of integers in int64 unless asked."""
    whole = input.dtype.kind in "biu"
    result_dtype = "int64" if whole and dtype is None else input.dtype
    if input.ndim == 0:
        normal_dim(dim, 0)
        return input.astype(result_dtype)
    wide = result_dtype if whole else WIDE[input.dtype.kind]
    return xp.ascontiguousarray(function(input, dim, wide)).astype(result_dtype)


@operation(Rule(exact=ASKED, linear=True), input=lambda grad, dim: reverse_cumsum(grad, dim))
def cumsum(xp, input, dim, *, dtype=None):
    """The sums of all elements up to each along `dim`; integers and booleans add up to int64."""
    return accumulated(xp, xp.cumsum, input, dim, dtype)


@operation(Rule(method=False, linear=True), input=lambda grad, dim: grad.cumsum(dim))
def reverse_cumsum(xp, input, dim):
    """The sums of all elements from each on along `dim`."""
    if input.ndim == 0:
        return input.copy()
    return xp.ascontiguousarray(xp.flip(accumulated(xp, xp.cumsum, xp.flip(input, dim), dim, None), dim))


@operation(Rule(exact=ASKED), input=lambda grad, input, dim, result: cumprod_derivative(grad, input, dim, result))
def cumprod(xp, input, dim, *, dtype=None):
    """The products of all elements up to each along `dim`; integers and booleans multiply to int64."""
    return accumulated(xp, xp.cumprod, input, dim, dtype)


def cumprod_derivative(grad, input, dim, result):
    """The sum of grad * product / input over all products that an element is part of."""
    if input.ndim == 0 or input.array.shape[dim] == 1:
        return grad
    if input.device.type == "meta" or not all_examples(input == 0).any():
        return reverse_cumsum(grad * conj(result), dim) / conj(input)
    # with zeros: row k of a square has the products in which element k is replaced by 1
    input, grad = input.transpose(dim, -1), grad.transpose(dim, -1)
    size = input.shape[-1]
    ones = input.real.new_zeros((size, size)) + 1
    row, column = ones.cumsum(0), ones.cumsum(1)
    factors = input.unsqueeze(-2).where(row != column, 1)
    products = factors.cumprod(-1).where(row <= column, 0)
    return (grad.unsqueeze(-2) * conj(products)).sum(-1).transpose(dim, -1)


def running(xp, function, input, dim):
    """What an associative function of two makes of all elements up to each along `dim`, in log2(size) passes."""
    result = input.swapaxes(dim, -1).copy()
    step = 1
    while step < result.shape[-1]:  # doubles
        result[..., step:] = function(result[..., step:], result[..., :-step])
        step *= 2
    return result.swapaxes(dim, -1)


@operation(Rule(method=False, operands=("input",)))
def last_extreme(xp, input, dim, largest):
    """Where the largest, or smallest, element up to each stands along `dim`: the last of equal ones; nan wins."""
    if input.ndim == 0:
        normal_dim(dim, 0)
        return xp.zeros((), "int64")
    values = running(xp, xp.maximum if largest else xp.minimum, input, dim)
    here = xp.logical_or(xp.equal(input, values), xp.isnan(input)).swapaxes(dim, -1)
    places = xp.multiply(here, xp.arange(input.shape[dim]))
    return xp.ascontiguousarray(running(xp, xp.maximum, places, -1).swapaxes(dim, -1))


@operation(Rule(method=False, moves=True, operands=("input", "index"), overload=lambda *args: args[-1], linear=True),
    input=lambda grad, input_shape, index, dim: added_along(grad, index, dim, input_shape),
)  # fmt: skip
def taken_along(xp, input, index, dim, node="CummaxBackward0"):
    """For each index along `dim` the element that stands there."""
    return xp.take_along_axis(input, index, dim) if input.ndim else input.copy()


@operation(
    Rule(method=False, operands=("input", "index"), linear=True),
    input=lambda grad, index, dim: taken_along(grad, index, dim),
)
def added_along(xp, input, index, dim, shape):
    """Zeros of `shape` to which the input is added at its index along `dim`, repeatedly where indices are equal."""
    if not shape:
        return input.copy()
    dim = dim % len(shape)
    result = xp.zeros(shape, input.dtype)
    grid = [
        xp.arange(size).reshape([-1 if d == each else 1 for each in range(len(shape))]) for d, size in enumerate(shape)
    ]
    xp.ufunc_at("add", result, tuple([index if d == dim else place for d, place in enumerate(grid)]), input)
    return result


def extreme_so_far(name, largest):
    """PyTorch's `cummax` or `cummin`."""

    @takes_axis
    def find(input, dim, *, out=None):
        refuse(f"{name}_cpu", COMPLEX)(input)
        index = last_extreme(input, dim, largest)
        values = taken_along(input, index, dim, f"{name.capitalize()}Backward0")
        return given_all(name, out, (values, index), (SCALAR_TYPE, SCALAR_TYPE))

    find.__name__ = find.__qualname__ = name
    find.__module__ = "torch"
    find.__doc__ = f"""The {name[3:]}imum of all elements up to each along `dim`, with its last index; nan wins."""
    return find


cummax, cummin = extreme_so_far("cummax", True), extreme_so_far("cummin", False)


@operation(
    Rule(exact=SCALAR_TYPE, check=refuse("logcumsumexp_out_cpu", BOOL, INTEGER),
         tangent=lambda moves, input, dim, result: running_weights(moves[0], input, result, dim)),
    input=lambda grad, input, dim, result: logcumsumexp_derivative(grad, input, dim, result),
)  # fmt: skip
def logcumsumexp(xp, input, dim):
    """log of the running sum of exp(input) along `dim`, without overflow.

    The imaginary part of a complex one is right up to a multiple of 2 pi, as that of any logarithm.
    """
    if input.ndim == 0:
        return input.copy()
    function = functools.partial(complex_logaddexp, xp) if input.dtype.kind == "c" else xp.logaddexp
    return xp.ascontiguousarray(running(xp, function, input, dim))


def logcumsumexp_derivative(grad, input, dim, result):
    """The sum of grad * exp(input - result) over all results that an element is part of."""
    backwards = [each.flip(dim) if input.ndim else each for each in (conj(grad), -result, -input)]
    found = conj(running_weights(*backwards, dim))
    return found.flip(dim) if input.ndim else found


def running_weights(factors, exponents, totals, dim):
    """The running sum of factors * exp(exponents) along `dim`, times exp(-totals), without overflow."""
    if not factors.ndim:
        return factors
    if exponents.is_complex():
        return ((factors.log() + exponents).logcumsumexp(dim) - totals).exp()
    total, lowest = 0, dtypes.finfo(exponents.dtype).min
    for sign in (1, -1):  # the logarithms of the positive and of the negative factors
        counts = factors * sign > 0
        size = (factors * sign).where(counts, 1).log().where(counts, lowest) + exponents
        total = total + sign * (size.logcumsumexp(dim) - totals).exp()
    return total


def cumsum_(self, dim, *, dtype=None):
    """The tensor replaced by its running sums along `dim`."""
    refuse_wider(self, dtype)
    return write(cumsum.operation, (self, dim, dtype))


def cumprod_(self, dim, *, dtype=None):
    """The tensor replaced by its running products along `dim`."""
    refuse_wider(self, dtype)
    return write(cumprod.operation, (self, dim, dtype))


def refuse_wider(self, dtype):
    """Refuse an in-place form that would compute in another dtype."""
    if dtype is not None and dtype is not self.dtype:
        words = "Bad in-place call: input tensor dtype {0} and output tensor dtype {1} should match"
        raise errors.other_dtype(words, self.array.dtype, dtype.numpy)


running_sum, running_product = takes_axis(cumsum), takes_axis(cumprod)
Tensor.cumsum, Tensor.cumprod = running_sum, running_product
Tensor.cumsum_, Tensor.cumprod_ = takes_axis(cumsum_), takes_axis(cumprod_)
Tensor.cummax, Tensor.cummin = cummax, cummin
