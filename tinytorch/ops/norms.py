"""The norm by all its names, and slices that are shortened to a norm."""

from tinytorch.layout import normal_dim
from tinytorch.operation import Rule, operation
from tinytorch.ops.arithmetic import conj
from tinytorch.ops.compare import where
from tinytorch.ops.linalg.norms import matrix_norm
from tinytorch.ops.reduce import linalg_vector_norm, norm_derivative, refuse_norm
from tinytorch.ops.reduced import takes_axis
from tinytorch.tensor import Tensor


@takes_axis
def norm(input, p="fro", dim=None, keepdim=False, out=None, dtype=None):
    """The vector norm over `dim`, or over all dimensions; "fro" is that of order 2, "nuc" that of matrices."""
    dims = (dim,) if isinstance(dim, int) else dim
    if isinstance(p, str) and (p != "fro" or (dims is not None and len(dims) > 2)):
        return matrix_norm(input, p, (-2, -1) if dims is None else dims, keepdim, dtype=dtype, out=out)
    order = 2 if p is None or p == "fro" else p
    if out is None:
        return linalg_vector_norm(input, order, dim, keepdim, dtype=dtype)
    return linalg_vector_norm(input, order, dim, keepdim, dtype=dtype, out=out)


# Slices of a largest norm


def check_renorm(input, p, maxnorm):
    """Refuse numbers that are no norm, and tensors that have no slices."""
    if isinstance(p, complex):
        raise RuntimeError("renorm: p must be real-valued")
    if p <= 0:
        raise RuntimeError("renorm: non-positive-norm not supported")
    if maxnorm < 0:
        raise RuntimeError(f"renorm: expected maxnorm to be >= 0 but got {maxnorm:g}")
    if input.ndim < 2:
        raise RuntimeError(f"renorm: input needs at least 2 dimensions, got {input.ndim} dimensions")


SMALL = 1e-7  # which keeps the division by a norm finite


@operation(Rule(writes=True, check=lambda input, *settings: refuse_norm(input, *settings, None)),
    input=lambda grad, input, p, dim, maxnorm: renorm_derivative(grad, input, p, dim, maxnorm),
)  # fmt: skip
def renorm(xp, input, p, dim, maxnorm, out=None):
    """The input with each slice of `dim` whose norm of order `p` is above `maxnorm` shortened to that."""
    check_renorm(input, p, maxnorm)
    norms = linalg_vector_norm.operation.body(xp, input, p, others(normal_dim(dim, input.ndim), input.ndim), True)
    factors = xp.where(xp.greater(norms, maxnorm), xp.divide(maxnorm, xp.add(norms, SMALL)), 1).astype(norms.dtype)
    return xp.multiply(xp.ascontiguousarray(input) if out is None else input, factors, out=out)


def others(dim, ndim):
    """All dimensions but one."""
    return tuple([each for each in range(ndim) if each != dim % ndim])


def renorm_derivative(grad, input, p, dim, maxnorm):
    """grad for slices that stay; maxnorm / norm * (grad - the norm's own gradient times what grad says of it)."""
    dims = others(dim, input.ndim)
    norms = linalg_vector_norm(input, p, dims, True)
    share = (conj(input) * grad).sum(dims, True)
    share = share.real if share.is_complex() else share
    inverse = (norms + SMALL).reciprocal()
    shortened = maxnorm * inverse * (grad - inverse * norm_derivative(share, input, p, dims, True, norms))
    return where(norms > maxnorm, shortened, grad)


Tensor.norm = norm
