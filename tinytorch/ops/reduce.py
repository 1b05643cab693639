"""Reductions: sums, products, means, variances, norms and truth over dimensions."""

import math
import warnings

from tinytorch import dtypes, errors
from tinytorch.batching import all_examples
from tinytorch.declaration import ASKED
from tinytorch.delivery import deliver
from tinytorch.operation import Rule, operation
from tinytorch.ops.arithmetic import conj
from tinytorch.ops.reduced import axes, count, in_rows, restored, spread, takes_axis
from tinytorch.ops.refusals import refuse, refuse_difference
from tinytorch.tensor import Tensor


@operation(Rule(usual="sum", exact=ASKED, linear=True,
                overload=lambda input, dim, *_: "SumBackward0" if dim is None else "SumBackward1"),
    input=lambda grad, input_shape, dim, keepdim: spread(grad, input_shape, dim, keepdim),
)  # fmt: skip
def sum(xp, input, dim=None, keepdim=False, *, dtype=None):
    """The sum over `dim`, or over all dimensions; integers and booleans add up to int64."""
    if dim is not None and (dim == () or not input.ndim):
        dim = axes(input, dim)
    if dtype is None:
        return xp.sum(input, dim, "int64" if input.dtype.kind in "biu" else None, None, keepdim)
    return xp.sum(input, dim, dtype.numpy, None, keepdim)


def sum_to_size(input, *size):
    """The sum that undoes broadcasting from `size` to the input's shape."""
    size = tuple(size[0]) if len(size) == 1 and not isinstance(size[0], int) else size
    shape = input.array.shape
    if not size:
        return sum(input)
    lead = len(shape) - len(size)
    if lead < 0 or not fits(size, shape[lead:]):
        raise RuntimeError(f"size {{{list(size)}}} is not expandable to size {{{list(shape)}}}.")
    dims = [*range(lead), *[d for d in range(lead, len(shape)) if size[d - lead] == 1 and shape[d] != 1]]
    summed = sum(input, dims, True) if dims else input
    return summed.view(size) if lead else summed


def fits(size, shape):
    """Whether each size is 1 or that of the shape."""
    return {True}.issuperset([one in (1, other) for one, other in zip(size, shape, strict=True)])


def refuse_mean(input, dim, keepdim, dtype):
    """Refuse the mean of whole numbers."""
    which, asked = ("Input", input.dtype) if dtype is None else ("Optional", dtype)
    if asked.category < dtypes.FLOAT:
        raise RuntimeError(
            f"mean(): could not infer output dtype. {which} dtype must be either a floating point or complex dtype. "
            f"Got: {asked.title}"
        )


@operation(
    Rule(exact=False, check=refuse_mean,
         overload=lambda input, dim, *_: "MeanBackward0" if dim is None else "MeanBackward1", linear=True),
    input=lambda grad, input_shape, dim, keepdim: spread(grad, input_shape, dim, keepdim) / count(input_shape, dim),
)  # fmt: skip
def mean(xp, input, dim=None, keepdim=False, *, dtype=None):
    """The mean over `dim`, or over all dimensions, of floating point or complex numbers."""
    dim = axes(input, dim)
    return xp.true_divide(xp.sum(input, dim, input.dtype, None, keepdim), count(input.shape, dim))


@operation(Rule(exact=ASKED, overload=lambda input, dim, *_: "ProdBackward0" if dim is None else "ProdBackward1"),
    input=lambda grad, input, dim, keepdim, dtype, result: prod_derivative(
        grad, input if dtype is None else input.to(dtype), dim, keepdim, result
    ),
)  # fmt: skip
def prod(xp, input, dim=None, keepdim=False, *, dtype=None):
    """The product over `dim`, or over all dimensions; integers and booleans multiply to int64."""
    whole = dtype is None and input.dtype.kind in "biu"
    return in_rows(xp, xp.prod(input, axes(input, dim), "int64" if whole else input.dtype, keepdims=keepdim))


def prod_derivative(grad, input, dim, keepdim, result):
    """grad times the product of all other elements: result / input where no element is 0."""
    if input.ndim == 0:
        return restored(grad, input.shape, dim, keepdim)
    if input.device.type == "meta" or not all_examples(input == 0).any():
        return restored(grad * conj(result), input.shape, dim, keepdim) / conj(input)
    if dim is None:
        return prod_derivative(grad.reshape(()), input.reshape(-1), 0, False, result).reshape(input.shape)
    if input.shape[dim] == 1:
        return restored(grad, input.shape, dim, keepdim).reshape(input.shape)
    products = before(input, dim) * before(input.flip(dim), dim).flip(dim)
    return restored(grad, input.shape, dim, keepdim) * conj(products)


def before(input, dim):
    """For each element the product of those before it along `dim`."""
    size = input.shape[dim]
    products = input.new_zeros(input.shape) + 1
    products.narrow(dim, 1, size - 1).copy_(input.narrow(dim, 0, size - 1).cumprod(dim))
    return products


@operation(
    Rule(method=False, exact=False),
    input=lambda grad, input, dim, correction, keepdim: var_derivative(grad, input, dim, correction, keepdim),
)
def var(xp, input, dim=None, correction=1, keepdim=False):
    """The variance over `dim`, or over all: the squared distances from the mean over their number - correction."""
    return moments(xp, input, axes(input, dim), correction, keepdim)[0]


@operation(Rule(method=False, exact=False),
    input=lambda grad, input, dim, correction, keepdim, result: std_derivative(
        grad, input, dim, correction, keepdim, result
    ),
)  # fmt: skip
def std(xp, input, dim=None, correction=1, keepdim=False):
    """The standard deviation over `dim`, or over all dimensions: the square root of the variance."""
    return xp.sqrt(moments(xp, input, axes(input, dim), correction, keepdim)[0])


@operation(Rule(method=False),
    input=lambda grads, input, dim, correction, keepdim: moments_derivative(
        grads, input, dim, correction, keepdim, var_derivative
    ),
)  # fmt: skip
def var_mean(xp, input, dim=None, correction=1, keepdim=False):
    """The variance and the mean over `dim`, or over all dimensions."""
    return moments(xp, input, axes(input, dim), correction, keepdim)


@operation(Rule(method=False),
    input=lambda grads, input, dim, correction, keepdim: moments_derivative(
        grads, input, dim, correction, keepdim, std_of_var
    ),
)  # fmt: skip
def std_mean(xp, input, dim=None, correction=1, keepdim=False):
    """The standard deviation and the mean over `dim`, or over all dimensions."""
    variance, middle = moments(xp, input, axes(input, dim), correction, keepdim)
    return xp.sqrt(variance), middle


def moments(xp, input, dim, correction, keepdim):
    """The variance and the mean of an array, in two passes, so that no digits are lost."""
    number = count(input.shape, dim)
    middle = xp.true_divide(xp.sum(input, dim, input.dtype, None, True), number)
    distance = xp.absolute(xp.subtract(input, middle))
    total = xp.sum(xp.multiply(distance, distance), dim, distance.dtype, None, keepdim)
    variance = xp.true_divide(total, xp.asarray(max(number - correction, 0), total.dtype))
    return variance, middle if keepdim else middle.reshape(variance.shape)


def var_derivative(grad, input, dim, correction, keepdim):
    """2 / (number - correction) * grad * (input - mean); infinite where nothing is left to divide by."""
    freedom = count(input.shape, dim) - correction
    if freedom <= 0:  # as in PyTorch, whose derivative does not look at the elements then
        return (spread(grad, input.shape, dim, keepdim) * math.inf).to(input.dtype)
    return restored(grad, input.shape, dim, keepdim) * ((2 / freedom) * (input - input.mean(dim, True)))


def std_derivative(grad, input, dim, correction, keepdim, result):
    """The derivative of the variance over twice the deviation; 0 where that is 0."""
    return var_derivative(grad * (0.5 / result).where(result != 0, 0), input, dim, correction, keepdim)


def std_of_var(grad, input, dim, correction, keepdim):
    """The derivative of the deviation, which is computed again."""
    return std_derivative(grad, input, dim, correction, keepdim, std(input, dim, correction, keepdim))


def moments_derivative(grads, input, dim, correction, keepdim, spread_first):
    """The gradient through a variance or deviation and a mean, of which one may be unused."""
    first, of_mean = grads
    total = None
    if first is not None:
        total = spread_first(first, input, dim, correction, keepdim)
    if of_mean is not None:
        share = spread(of_mean, input.shape, dim, keepdim) / count(input.shape, dim)
        total = share if total is None else total + share
    return total


def with_settings(op):
    """The function of PyTorch's two forms: with `unbiased`, and with `correction`."""

    name = op.operation.name

    def call(input, dim=None, unbiased=None, keepdim=False, *, correction=None, out=None, axis=None, keepdims=None):
        dim = axis if dim is None else dim
        if isinstance(dim, bool):
            dim, unbiased = None, dim
        if input.dtype.category < dtypes.FLOAT:
            names = name if name.endswith("mean") else "std and var"
            raise RuntimeError(f"{names} only support floating point and complex dtypes")
        if correction is None:
            correction = 1 if unbiased is None else int(unbiased)
        if count(input.shape, dim) <= correction:
            warnings.warn(
                f"{name}(): degrees of freedom is <= 0. Correction should be strictly less than the "
                "reduction factor (input numel divided by output numel).",
                stacklevel=2,
            )
        keepdim = keepdim if keepdims is None else keepdims
        return op(input, dim, correction, keepdim) if out is None else op(input, dim, correction, keepdim, out=out)

    call.__name__ = call.__qualname__ = name
    call.__doc__ = op.__doc__
    call.__module__ = "torch"
    return call


variance, deviation = with_settings(var), with_settings(std)
variance_and_mean, deviation_and_mean = with_settings(var_mean), with_settings(std_mean)


@operation(Rule(method=False, exact=False, title="Logsumexp"),
    input=lambda grad, input, dim, keepdim, result: logsumexp_derivative(grad, input, dim, keepdim, result),
)  # fmt: skip
def log_of_sum(xp, input, dim, keepdim=False):
    """log(sum(exp(input))) over `dim`, without overflow."""
    dim = axes(input, dim)
    if count(input.shape, dim) == 0:
        return xp.log(xp.sum(xp.exp(input), dim, None, None, keepdim))
    largest = xp.amax(input.real if input.dtype.kind == "c" else input, dim, keepdims=True)
    largest = xp.where(xp.isfinite(largest), largest, xp.zeros((), largest.dtype))
    result = xp.log(xp.sum(xp.exp(xp.subtract(input, largest)), dim, None, None, keepdim))
    return xp.add(result, largest.reshape(result.shape))


@takes_axis
def logsumexp(input, dim, keepdim=False, *, out=None):
    """log(sum(exp(input))) over `dim`, an int or several, without overflow; integers give the default float."""
    if input.dtype.category < dtypes.FLOAT:
        input = input.to(dtypes.get_default_dtype())
    return log_of_sum(input, dim, keepdim) if out is None else log_of_sum(input, dim, keepdim, out=out)


def logsumexp_derivative(grad, input, dim, keepdim, result):
    """grad times the share of each element in the sum."""
    result = restored(result, input.shape, dim, keepdim)
    share = (input - result).exp()
    return restored(grad, input.shape, dim, keepdim) * conj(share)


NO_NANSUM = (RuntimeError, "nansum on CPU does not support complex inputs")


@operation(Rule(check=refuse("nansum", complex=NO_NANSUM)),
    input=lambda grad, input, dim, keepdim: spread(grad, input.shape, dim, keepdim) * ~input.isnan(),
)  # fmt: skip
def nansum(xp, input, dim=None, keepdim=False, *, dtype=None):
    """The sum over `dim`, or over all dimensions, in which nan counts as 0."""
    if dtype is None and input.dtype.kind in "biu":
        return xp.sum(input, axes(input, dim), "int64", None, keepdim)
    numbers = xp.where(xp.isnan(input), xp.zeros((), input.dtype), input)
    return xp.sum(numbers, axes(input, dim), None, None, keepdim)


@takes_axis
def nanmean(input, dim=None, keepdim=False, *, dtype=None, out=None):
    """The mean over `dim`, or over all dimensions, of the elements that are not nan."""
    if input.dtype.category < dtypes.FLOAT:
        raise RuntimeError(
            f"nanmean(): expected input to have floating point or complex dtype but got {input.dtype.title}"
        )
    if dtype is not None and dtype.category < dtypes.FLOAT:
        raise RuntimeError(
            "nanmean(): could not infer output dtype. Optional dtype must be either a floating point or complex dtype. "
            f"Got: {dtype.title}"
        )
    result = nansum(input, dim, keepdim, dtype=dtype) / (~input.isnan()).sum(dim, keepdim)
    return result if out is None else deliver("nansum", out, result)


@operation(Rule())
def count_nonzero(xp, input, dim=None):
    """How many elements are not 0, over `dim` or over all dimensions."""
    return xp.sum(xp.not_equal(input, 0), axes(input, dim), "int64", None, False)


@operation(Rule(exact="any only supports bool tensor for result, got: {3}"))
def any(xp, input, dim=None, keepdim=False):
    """Whether one element is not 0, over `dim` or over all dimensions; uint8 gives uint8."""
    return truth(xp, xp.any(input, truth_axes(input, dim), keepdims=keepdim), input)


@operation(Rule(exact="all only supports bool tensor for result, got: {3}"))
def all(xp, input, dim=None, keepdim=False):
    """Whether no element is 0, over `dim` or over all dimensions; uint8 gives uint8."""
    return truth(xp, xp.all(input, truth_axes(input, dim), keepdims=keepdim), input)


def truth_axes(input, dim):
    """`dim` as it is, as () stands for no dimension here; a number has none."""
    return dim if dim == () else axes(input, dim)


def truth(xp, result, input):
    """The truth about an array, row by row, in the dtype that PyTorch gives it."""
    result = xp.asarray(result)
    return in_rows(xp, result.astype("uint8") if input.dtype == "uint8" else result)


def refuse_norm(input, ord, dim, keepdim, dtype):
    """Refuse whole numbers."""
    if input.dtype.category < dtypes.FLOAT:
        raise RuntimeError(
            f"linalg.vector_norm: Expected a floating point or complex tensor as input. Got {input.dtype.title}"
        )
    if dtype is not None:
        refuse_norm_dtype(input.dtype, dtype)


def refuse_norm_dtype(own, asked):
    """Refuse a dtype that cannot hold what a norm is computed from."""
    before = "linalg.vector_norm: "
    if asked.category < dtypes.FLOAT:
        raise RuntimeError(f"{before}dtype should be floating point or complex, but got {asked.title}")
    if own.category != asked.category:
        kind = "complex" if own.category == dtypes.COMPLEX else "real"
        raise RuntimeError(f"{before}dtype should be {kind} for {kind} inputs, but got {asked.title}")
    if dtypes.promote_types(own, asked) is not asked:
        raise RuntimeError(
            f"{before}the dtype of the input ({own.title}) should be convertible without narrowing to the specified "
            f"dtype ({asked.title})"
        )


@operation(Rule(method=False, check=refuse_norm),
    input=lambda grad, input, ord, dim, keepdim, result: norm_derivative(grad, input, ord, dim, keepdim, result),
)  # fmt: skip
def linalg_vector_norm(xp, input, ord=2, dim=None, keepdim=False, *, dtype=None):
    """sum(abs(input) ** ord) ** (1 / ord) over `dim`.

    For inf it is the largest size, for -inf the smallest, and for 0 the number of elements that are not 0.
    """
    dim, size = axes(input, dim), xp.absolute(input)
    if ord in (math.inf, -math.inf):
        if count(input.shape, dim) == 0:
            raise RuntimeError(
                f"linalg.vector_norm cannot compute the {ord:g} norm on an empty tensor because the operation does not "
                "have an identity"
            )
        return in_rows(xp, (xp.amax if ord > 0 else xp.amin)(size, dim, keepdims=keepdim))
    if ord == 0:
        return xp.sum(xp.not_equal(size, 0), dim, size.dtype, None, keepdim)
    if ord == 1:
        return xp.sum(size, dim, None, None, keepdim)
    if ord == 2:
        return xp.sqrt(xp.sum(xp.multiply(size, size), dim, None, None, keepdim))
    return xp.power(xp.sum(xp.power(size, ord), dim, None, None, keepdim), 1 / ord)


def norm_derivative(grad, input, ord, dim, keepdim, result):
    """How a norm grows with each element; where it is not smooth, as PyTorch chooses."""
    grad, result = [restored(each, input.shape, dim, keepdim) for each in (grad, result)]
    if ord == 0:
        return input * 0
    if ord == 1:
        return input.sgn() * grad
    if ord == 2:
        return grad * (input / result).where(result != 0, 0)
    if ord in (math.inf, -math.inf):
        size = input.abs()
        hit = (size == result) | (size.isnan() & result.isnan())
        return input.sgn() * (grad / hit.sum(dim, True)) * hit
    if ord < 1:
        scaled = (input.sgn() * input.abs().pow(ord - 1)).where(input != 0, 0)
        return scaled * grad * result.pow(1 - ord)
    scaled = input.sgn() * input.abs().pow(ord - 1) if ord < 2 else input * input.abs().pow(ord - 2)
    return scaled * (grad * result.pow(1 - ord).where(result != 0, 0))


@operation(Rule(method=False, title="Dist"),
    input=lambda grad, input, other, p, result: norm_derivative(grad, input - other, p, None, False, result),
    other=lambda grad, input, other, p, result: -norm_derivative(grad, input - other, p, None, False, result),
)  # fmt: skip
def distance(xp, input, other, p):
    """The norm of order `p` of input - other."""
    return linalg_vector_norm.operation.body(xp, xp.subtract(input, other), p)


def dist(input, other, p=2):
    """The norm of order `p` of input - other, whose shapes broadcast."""
    if not isinstance(other, Tensor):
        raise errors.not_a_tensor("dist", "other", 2, other)
    common = dtypes.of_numpy[dtypes.promote([input.array, other.array])]
    refuse_difference(input, other, 1)
    input, other = input.to(common), other.to(common)
    if common.category < dtypes.FLOAT:
        raise RuntimeError(
            f"norm(): input dtype should be either floating point or complex. Got {common.title} instead."
        )
    return distance(input, other, p)


Tensor.sum_to_size = sum_to_size
Tensor.var, Tensor.std = variance, deviation
Tensor.logsumexp, Tensor.nanmean, Tensor.dist = logsumexp, nanmean, dist
