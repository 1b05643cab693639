"""Reductions of the elements that a mask leaves; nothing is left where it is false throughout."""

from tinytorch import dtypes
from tinytorch.masked.mask import as_mask, dims_of, filled, summed_dtype
from tinytorch.ops import extremes, reduce
from tinytorch.ops.compare import maximum


def sum(input, dim=None, *, keepdim=False, dtype=None, mask=None):
    """The sum over `dim`, or over all dimensions; 0 where nothing is left."""
    found = filled("sum", input, mask)
    return reduce.sum(found, dims_of(dim, input.ndim), bool(keepdim), dtype=summed_dtype(input, dtype))


def prod(input, dim=None, *, keepdim=False, dtype=None, mask=None):
    """The product over `dim`, or over all dimensions; 1 where nothing is left."""
    found = filled("prod", input, mask).to(summed_dtype(input, dtype))
    for each in reversed(dims_of(dim, input.ndim)):  # dimensions, of which there are few
        found = reduce.prod(found, each, bool(keepdim))
    return found


def amax(input, dim=None, *, keepdim=False, dtype=None, mask=None):
    """The largest element over `dim`, or over all dimensions; the dtype's smallest number where nothing is left."""
    found = filled("amax", input, mask)
    return extremes.amax(found, dims_of(dim, input.ndim), bool(keepdim)).to(dtype or input.dtype)


def amin(input, dim=None, *, keepdim=False, dtype=None, mask=None):
    """The smallest element over `dim`, or over all dimensions; the dtype's largest number where nothing is left."""
    found = filled("amin", input, mask)
    return extremes.amin(found, dims_of(dim, input.ndim), bool(keepdim)).to(dtype or input.dtype)


def argmax(input, dim=None, *, keepdim=False, dtype=None, mask=None):
    """Where the largest element stands along `dim`, or among all, in the input's dtype unless another is asked for."""
    return extremes.argmax(filled("argmax", input, mask), dim, bool(keepdim)).to(dtype or input.dtype)


def argmin(input, dim=None, *, keepdim=False, dtype=None, mask=None):
    """Where the smallest element stands along `dim`, or among all, in the input's dtype unless another is asked for."""
    return extremes.argmin(filled("argmin", input, mask), dim, bool(keepdim)).to(dtype or input.dtype)


def mean(input, dim=None, *, keepdim=False, dtype=None, mask=None):
    """The mean over `dim`, or over all dimensions; nan where nothing is left. A ValueError for whole numbers."""
    source, dtype = ("Input", input.dtype) if dtype is None else ("Optional", dtype)
    if dtype.category < dtypes.FLOAT:
        raise ValueError(
            f"mean(): Could not infer output dtype. {source} dtype must be either a floating point or complex dtype. "
            f"Got: {dtype}"
        )
    total = sum(input, dim, keepdim=keepdim, dtype=dtype, mask=mask)
    return total / count(input, dim, keepdim, mask)


def count(input, dim, keepdim, mask):
    """How many elements a mask leaves over `dim`."""
    left = input.new_ones(input.shape, dtype=dtypes.int64) if mask is None else as_mask(input, mask)
    return reduce.sum(left, dims_of(dim, input.ndim), bool(keepdim))


def median(input, dim=-1, *, keepdim=False, dtype=None, mask=None):
    """The middle element along `dim`, the lower of two; nan where nothing is left, a ValueError for whole numbers."""
    place = dims_of(dim, input.ndim)[0]
    numbers = input if input.is_floating_point() else input.to(dtypes.float32)
    found = extremes.nanmedian(filled("median", numbers, mask), place, keepdim).values
    if numbers is input:
        return found
    if found.isnan().any():
        raise ValueError("masked median expects no fully masked out rows if dtype is not floating point")
    return found.to(dtype or input.dtype)


def logsumexp(input, dim=None, *, keepdim=False, dtype=None, mask=None):
    """log(sum(exp(input))) over `dim`, or over all dimensions, without overflow; -inf where nothing is left."""
    found = filled("logsumexp", input, mask)
    return reduce.logsumexp(found, dims_of(dim, input.ndim), keepdim).to(dtype or input.dtype)


def norm(input, ord=2.0, dim=None, *, keepdim=False, dtype=None, mask=None):
    """The vector norm of order `ord` over `dim`, or over all dimensions; 0 where nothing is left, inf for -inf."""
    found = filled("norm", input, mask, ord)
    return reduce.linalg_vector_norm(found, ord, dims_of(dim, input.ndim), bool(keepdim), dtype=dtype or input.dtype)


def var(input, dim=None, unbiased=None, *, correction=None, keepdim=False, dtype=None, mask=None):
    """The squared distances from the mean over `dim`, or over all, added up and divided by their number - correction.

    `unbiased` False stands for correction 0, True, the default, for 1. nan where nothing is left.
    """
    return spread(input, dim, correction_of(unbiased, correction), keepdim, dtype, mask)


def std(input, dim=None, unbiased=None, *, correction=None, keepdim=False, dtype=None, mask=None):
    """The standard deviation over `dim`, or over all dimensions: the square root of `var`."""
    return spread(input, dim, correction_of(unbiased, correction), keepdim, dtype, mask).sqrt()


def correction_of(unbiased, correction):
    """What is subtracted from the number of elements, by either of two settings."""
    if unbiased is not None and correction is not None:
        raise AssertionError("Only one of unbiased and correction may be given")
    if correction is not None:
        return float(correction)
    return 1.0 if unbiased is None else float(unbiased)


def spread(input, dim, correction, keepdim, dtype, mask):
    """The variance, in two passes."""
    own = input.dtype if input.dtype.category >= dtypes.FLOAT else dtypes.float32
    dtype = own if dtype is None else dtype
    working = dtype if dtype.category >= dtypes.FLOAT else dtypes.float32
    number = count(input, dim, True, mask)
    distance = input - sum(input, dim, keepdim=True, dtype=dtype, mask=mask) / number
    total = sum(distance * distance.conj(), dim, keepdim=keepdim, dtype=working, mask=mask)
    if not keepdim:
        number = number.reshape(total.shape)
    if correction:
        number = number.to(working.to_real() if working.category == dtypes.COMPLEX else working) - correction
        number = maximum(number, number.new_zeros(()))
    return (total / number).to(dtype)
