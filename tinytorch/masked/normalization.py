"""Running totals, softmax and lengths in which the elements that a mask leaves out have no part."""

from tinytorch.masked.mask import dims_of, filled
from tinytorch.masked.reduction import norm
from tinytorch.nn import activation
from tinytorch.ops import binary, scan
from tinytorch.ops.compare import maximum


def cumsum(input, dim, *, dtype=None, mask=None):
    """The sums of all elements up to each along `dim`, in the input's dtype unless another is asked for."""
    dtype = dtype or input.dtype
    return scan.cumsum(filled("sum", input, mask), dims_of(dim, input.ndim)[0], dtype=dtype).to(dtype)


def cumprod(input, dim, *, dtype=None, mask=None):
    """The products of all elements up to each along `dim`, in the input's dtype unless another is asked for."""
    dtype = dtype or input.dtype
    return scan.cumprod(filled("prod", input, mask), dims_of(dim, input.ndim)[0], dtype=dtype).to(dtype)


def softmax(input, dim, *, dtype=None, mask=None):
    """exp(input) along `dim`, divided by its sum; nan where nothing is left."""
    found = filled("amax", input, mask)
    return activation.softmax(found, dims_of(dim, input.ndim)[0], dtype=dtype or input.dtype)


def log_softmax(input, dim, *, dtype=None, mask=None):
    """The logarithm of `softmax`, without overflow."""
    found = filled("amax", input, mask)
    return activation.log_softmax(found, dims_of(dim, input.ndim)[0], dtype=dtype or input.dtype)


def softmin(input, dim, *, dtype=None, mask=None):
    """The `softmax` of -input."""
    found = filled("amin", input, mask)
    return activation.softmin(found, dims_of(dim, input.ndim)[0], dtype=dtype or input.dtype)


def normalize(input, ord, dim, *, eps=1e-12, dtype=None, mask=None):
    """The elements over their norm of order `ord` along `dim`, but at least over `eps`; 0 where the mask is false."""
    lengths = norm(input, ord, dim, keepdim=True, dtype=dtype, mask=mask)
    return filled("sum", input, mask) / maximum(lengths, lengths.new_full((), eps))


def logaddexp(input, other, *, dtype=None, input_mask=None, other_mask=None):
    """log(exp(input) + exp(other)) without overflow; what a mask leaves out adds nothing."""
    pair = filled("logaddexp", input, input_mask), filled("logaddexp", other, other_mask)
    return binary.logaddexp(*pair).to(dtype or input.dtype)
