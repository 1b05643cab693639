"""Distances between points, and how the rows of a matrix vary together."""

import math
import warnings

from tinytorch import dtypes
from tinytorch.batching import all_examples
from tinytorch.layout import joined_shape
from tinytorch.operation import Rule, operation
from tinytorch.ops.create import complex_
from tinytorch.ops.matmul import matmul, mm
from tinytorch.ops.reduce import linalg_vector_norm
from tinytorch.ops.refusals import not_implemented
from tinytorch.ops.shape import triu_indices
from tinytorch.tensor import Tensor

FEW = 25  # up to so many points the differences are as quick as a product of matrices, and more exact


def slope(grad, difference, p, result):
    """How distances of order p grow with the differences, where grad and the result have a last dimension of 1."""
    if p == 0:
        return difference * 0
    if p == 1:
        return grad * difference.sgn()
    size = difference.abs()
    if p == math.inf:
        return grad * difference.sgn() * (size == result)
    if p == 2:
        return grad * (difference / result).where(result != 0, 0)
    found = difference.sgn() * size.pow(p - 1) / result.pow(p - 1)
    nothing = (result == 0) | (difference == 0) if p < 1 else result == 0
    return grad * found.where(~nothing, 0)


def pairs_derivative(grad, x1, x2, p, result, needed):
    """The slope at each difference, summed over the points of the other side."""
    difference = x1.unsqueeze(-2) - x2.unsqueeze(-3)
    slopes = slope(grad.unsqueeze(-1), difference, p, result.unsqueeze(-1))
    return slopes.sum(-2) if needed[0] else None, -slopes.sum(-3) if needed[1] else None


@operation(Rule(method=False, title="Cdist"), (("x1", "x2"), pairs_derivative))
def cdist_forward(xp, x1, x2, p):
    """The distance of order p of each pair: (..., n, k) and (..., m, k) -> (..., n, m)."""
    if not x1.shape[-1]:
        shape = (*joined_shape(x1.shape[:-2], x2.shape[:-2]), x1.shape[-2], x2.shape[-2])
        return xp.zeros(shape, x1.dtype)
    difference = xp.subtract(x1[..., :, None, :], x2[..., None, :, :])
    return linalg_vector_norm.operation.body(xp, difference, p, -1)


def euclid_derivative(grad, x1, x2, result, needed):
    """ratio * x - ratio @ y, with ratio the gradient over the distance, and 0 where the distance is 0."""
    ratio = grad * (1 / result).where(result != 0, 0)
    first = x1 * ratio.sum(-1, True) - matmul(ratio, x2) if needed[0] else None
    second = x2 * ratio.sum(-2, False).unsqueeze(-1) - matmul(ratio.mT, x1) if needed[1] else None
    return first, second


@operation(Rule(method=False), (("x1", "x2"), euclid_derivative))
def euclidean_dist(xp, x1, x2):
    """The Euclidean distance of each pair, by one product of matrices, for many points."""
    one, other = [xp.sum(xp.multiply(each, each), -1, None, None, True) for each in (x1, x2)]
    left = xp.concatenate([xp.multiply(x1, -2), one, xp.ones(one.shape, one.dtype)], -1)
    right = xp.concatenate([x2, xp.ones(other.shape, other.dtype), other], -1)
    return xp.sqrt(xp.maximum(xp.matmul(left, right.swapaxes(-1, -2)), 0))


MODES = {
    "use_mm_for_euclid_dist_if_necessary": None,
    "use_mm_for_euclid_dist": True,
    "donot_use_mm_for_euclid_dist": False,
}


def cdist(x1, x2, p=2.0, compute_mode="use_mm_for_euclid_dist_if_necessary"):
    """The distance of order p of each pair of points: (..., n, k) and (..., m, k) -> (..., n, m).

    Many Euclidean distances are computed by one product of matrices, unless `compute_mode` says otherwise.
    """
    if compute_mode not in MODES:
        raise ValueError(f"{compute_mode} is not a valid value for compute_mode")
    for name, each in (("X1", x1), ("X2", x2)):
        if each.ndim < 2:
            raise RuntimeError(f"cdist only supports at least 2D tensors, {name} got: {each.ndim}D")
    if x1.shape[-1] != x2.shape[-1]:
        raise RuntimeError(f"X1 and X2 must have the same number of columns. X1: {x1.shape[-1]} X2: {x2.shape[-1]}")
    for name, each in (("X1", x1), ("X2", x2)):
        if each.dtype.category != dtypes.FLOAT:
            raise RuntimeError(f"cdist only supports floating-point dtypes, {name} got: {each.dtype.title}")
    if p < 0:
        raise RuntimeError("cdist only supports non-negative p values")
    if x1.dtype is not x2.dtype:
        raise RuntimeError(f"expected scalar type {x1.dtype.title} but found {x2.dtype.title}")
    many = MODES[compute_mode]
    if many is None:
        many = x1.shape[-2] > FEW or x2.shape[-2] > FEW
    lead = joined_shape(x1.shape[:-2], x2.shape[:-2])
    if p == 2 and many and x1.array.size and x2.array.size:
        return euclidean_dist(x1, x2).view((*lead, x1.shape[-2], x2.shape[-2]))
    if x1.dtype.numpy in dtypes.HALVES and x1.array.size and x2.array.size:
        raise not_implemented("cdist", x1.dtype)
    return cdist_forward(x1, x2, float(p))


def single_derivative(grad, input, p, first, second, result):
    """The slope at each difference, added to one point and taken from the other."""
    slopes = slope(grad.unsqueeze(-1), input[first] - input[second], p, result.unsqueeze(-1))
    return input.new_zeros(input.shape).index_add(0, first, slopes).index_add(0, second, slopes, alpha=-1)


@operation(
    Rule(method=False, title="Pdist"),
    input=lambda grad, input, p, first, second, result: single_derivative(grad, input, p, first, second, result),
)
def pdist_forward(xp, input, p, first, second):
    """The distance of order p of each pair of rows, whose places are given."""
    if not input.shape[1]:
        return xp.zeros(first.shape, input.dtype)
    difference = xp.subtract(xp.take(input, first, 0), xp.take(input, second, 0))
    return linalg_vector_norm.operation.body(xp, difference, p, -1)


def pdist(input, p=2):
    """The distance of order p of each pair of rows of a matrix, once: (n, k) -> (n * (n - 1) / 2,)."""
    if input.ndim != 2:
        raise RuntimeError(f"pdist only supports 2D tensors, got: {input.ndim}D")
    if input.dtype.category != dtypes.FLOAT:
        raise RuntimeError("pdist only supports floating-point dtypes")
    if p < 0:
        raise RuntimeError("pdist only supports non-negative p values")
    if input.dtype.numpy in dtypes.HALVES and input.array.size and input.shape[0] > 1:
        raise not_implemented("pdist", input.dtype)
    first, second = triu_indices(input.shape[0], input.shape[0], 1, device=input.device).unbind(0)
    return pdist_forward(input.contiguous(), float(p), first, second)


# Covariances


def check_weights(name, weights, count, kind, fits):
    """Refuse weights that are not one a column, of their kind of numbers, and not negative."""
    if weights.ndim > 1:
        raise RuntimeError(
            f"cov(): expected {name} to have one or fewer dimensions but got {name} with {weights.ndim} dimensions"
        )
    if not fits(weights.dtype.category):
        raise RuntimeError(
            f"cov(): expected {name} to have {kind} dtype but got {name} with {weights.dtype.title} dtype"
        )
    if weights.numel() != count:
        raise RuntimeError(
            f"cov(): expected {name} to have the same numel as there are observations in the input but got "
            f"{weights.numel()} != {count}"
        )
    if count and all_examples(weights.detach() < 0).any():
        raise RuntimeError(f"cov(): {name} cannot be negative")


def cov(input, *, correction=1, fweights=None, aweights=None):
    """The covariances of the rows of a matrix, whose columns are observations: (n, m) -> (n, n).

    `fweights` says how often each observation counts, `aweights` how much; the sum of the weights is lessened by
    `correction`.
    """
    if input.ndim > 2:
        raise RuntimeError(
            f"cov(): expected input to have two or fewer dimensions but got an input with {input.ndim} dimensions"
        )
    if input.dtype.category == dtypes.BOOL:
        raise RuntimeError("cov(): bool dtype is not supported for input")
    rows = input.reshape(1, -1) if input.ndim < 2 else input
    count = rows.shape[1]
    weights = None
    if fweights is not None:
        check_weights("fweights", fweights, count, "integral", lambda category: category == dtypes.INTEGER)
        weights = fweights
    if aweights is not None:
        check_weights("aweights", aweights, count, "floating point", lambda category: category == dtypes.FLOAT)
        weights = aweights if weights is None else weights * aweights
    total = count if weights is None else weights.sum()
    if weights is not None and count and all_examples(total.detach() == 0).any():
        raise RuntimeError("cov(): weights sum to zero, can't be normalized")
    mean = (rows if weights is None else rows * weights).sum(1) / total
    if weights is not None and aweights is not None and correction != 0:
        freedom = total - correction * (weights * aweights).sum() / total
    else:
        freedom = total - correction
    lacking = freedom <= 0
    if lacking if isinstance(lacking, bool) else all_examples(lacking).any():
        warnings.warn(
            "cov(): degrees of freedom is <= 0. Correction should be strictly less than the number of observations.",
            stacklevel=2,
        )
        freedom = 0 if isinstance(lacking, bool) else freedom.where(lacking.logical_not(), 0)
    rows = rows - mean.unsqueeze(1)
    turned = (rows if weights is None else rows * weights).t().conj()
    return (mm(rows, turned) / freedom).squeeze()


def corrcoef(input):
    """The correlations of the rows of a matrix: their covariances over the roots of both variances."""
    if input.ndim > 2:
        raise RuntimeError(
            f"corrcoef(): expected input to have two or fewer dimensions but got an input with {input.ndim} dimensions"
        )
    found = cov(input)
    if not found.ndim:
        return found / found
    deviations = (found.diag().real if found.is_complex() else found.diag()).sqrt()
    found = found / deviations.reshape(-1, 1) / deviations.reshape(1, -1)
    if found.is_complex():
        return complex_(found.real.clamp(-1, 1), found.imag.clamp(-1, 1))
    return found.clamp(-1, 1)


Tensor.cov, Tensor.corrcoef = cov, corrcoef
