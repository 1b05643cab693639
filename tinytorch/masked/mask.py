"""Masks: how elements that are left out become the element that an operation does not notice."""

import math

from tinytorch import dtypes
from tinytorch.ops.compare import where
from tinytorch.ops.values import tensor


def filled(name, input, mask, order=2):
    """The input with the identity of the operation `name` where the mask is false; as it is without one."""
    return input if mask is None else where(as_mask(input, mask), input, identity(name, input, order))


def as_mask(input, mask):
    """A mask in the input's shape; an IndexError for one of more dimensions."""
    if mask.array.shape != input.array.shape:
        if mask.array.ndim > input.array.ndim:
            raise IndexError(
                "_input_mask expected broadcastable mask (got mask dimensionality higher than of the input)"
            )
        mask = mask.clone().expand(input.array.shape)
    return mask.to(dtypes.bool_)


def identity(name, input, order):
    """The element that changes no result, as a tensor of the input's dtype.

    A NotImplementedError for dtypes that have none.
    """
    dtype = input.dtype
    if name in FIXED:
        value = FIXED[name]
    elif name == "norm":
        value = math.inf if order == -math.inf else 0
    elif dtype.category == dtypes.FLOAT or (name == "logsumexp" and dtype.category == dtypes.COMPLEX):
        value = math.inf if name in SMALLEST else -math.inf
    elif dtype.category == dtypes.INTEGER:
        limits = dtypes.iinfo(dtype)
        value = limits.max if name in SMALLEST else limits.min
    else:
        raise NotImplementedError(f"identity of {name} on {dtype} input")
    return tensor(value, dtype=dtype, device=input.device)


FIXED = {"sum": 0, "prod": 1, "median": math.nan}
SMALLEST = ("amin", "argmin")


def dims_of(dim, ndim):
    """The dimensions of a reduction in order, all for None and ()."""
    if dim is None or dim == ():
        return tuple(range(ndim))
    ndim, found = max(ndim, 1), []
    for each in (dim,) if isinstance(dim, int) else dim:
        if each in found:
            raise RuntimeError(f"dim={each} appears multiple times in the list of dims")
        if not -ndim <= each < ndim:
            raise IndexError(
                f"Dimension out of range (expected to be in range of [{-ndim}, {ndim - 1}], but got {each})"
            )
        found.append(each % ndim)
    return tuple(sorted(found))


def summed_dtype(input, dtype):
    """The dtype in which sums and products of a tensor come: int64 for whole numbers unless another is asked for."""
    if dtype is not None:
        return dtype
    return dtypes.int64 if input.dtype.category < dtypes.FLOAT else input.dtype
