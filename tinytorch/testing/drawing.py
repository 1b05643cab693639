"""Tensors for tests: `make_tensor`, which draws the numbers that PyTorch's draws."""

import math
import warnings
from collections.abc import Sequence

from tinytorch import dtypes
from tinytorch.ops.complex import view_as_real
from tinytorch.ops.create import empty
from tinytorch.ops.random import randint


def make_tensor(
    *shape, dtype, device, low=None, high=None, requires_grad=False, noncontiguous=False, exclude_zero=False,
    memory_format=None,
):  # fmt: skip
    """A tensor of numbers between low and high, by default between -9 and 9, and booleans of both kinds.

    Args:
        low, high: kept within what the dtype holds; high itself is not drawn.
        noncontiguous: its elements lie two steps apart in memory.
        exclude_zero: 1 stands for zero, the smallest normal number of floating point dtypes.

    A ValueError for bounds or settings that do not go together, a TypeError for a dtype that cannot be drawn.
    """
    shape = tuple(shape[0]) if len(shape) == 1 and isinstance(shape[0], Sequence) else tuple(shape)
    if noncontiguous and memory_format is not None:
        raise ValueError(
            "The parameters `noncontiguous` and `memory_format` are mutually exclusive, "
            f"but got {noncontiguous=} and {memory_format=}"
        )
    whole = dtype.category < dtypes.FLOAT
    if requires_grad and whole:
        raise ValueError(f"`requires_grad=True` is not supported for boolean and integral dtypes, but got {dtype=}")
    noncontiguous = noncontiguous and math.prod(shape) > 1
    if noncontiguous:
        shape = (*shape[:-1], 2 * shape[-1])
    if whole:
        made = randint(*bounds(low, high, dtype), shape, dtype=dtype, device=device)
    else:
        made = empty(shape, dtype=dtype, device=device)
        fill_between(view_as_real(made) if dtype.is_complex else made, *bounds(low, high, dtype))
    if noncontiguous:
        made = made[..., 1::2]
    elif memory_format is not None:
        made = made.clone(memory_format=memory_format)
    if exclude_zero:
        made[made == 0] = 1 if whole else dtypes.finfo(dtype).tiny
    return made if whole else made.requires_grad_(requires_grad)


def fill_between(tensor, low, high):
    """Draw numbers between two bounds, also where these lie further apart than the dtype's largest number."""
    if high - low >= dtypes.finfo(tensor.dtype).max:
        tensor.uniform_(low / 2, high / 2).mul_(2)
    else:
        tensor.uniform_(low, high)


def bounds(low, high, dtype):
    """The bounds within what a dtype holds; whole numbers for integers, of which the upper one is not drawn."""
    if dtype is dtypes.bool_:
        least, most, usual = 0, 2, (0, 2)
    elif dtype.category < dtypes.FLOAT:
        limits = dtypes.iinfo(dtype)
        least, most, usual = limits.min, limits.max + (dtype is not dtypes.int64), (-9, 10)
    else:
        least, most, usual = dtypes.finfo(dtype).min, dtypes.finfo(dtype).max, (-9, 9)
    low, high = usual[0] if low is None else low, usual[1] if high is None else high
    if any(isinstance(each, float) and math.isnan(each) for each in (low, high)):
        raise ValueError(f"`low` and `high` cannot be NaN, but got {low=} and {high=}")
    if low == high and dtype.category >= dtypes.FLOAT:
        warnings.warn(
            "Passing `low==high` to `torch.testing.make_tensor` for floating or complex types is deprecated since 2.1 "
            "and will be removed in 2.3. Use `torch.full(...)` instead.",
            FutureWarning,
            stacklevel=3,
        )
    elif low >= high:
        raise ValueError(f"`low` must be less than `high`, but got {low} >= {high}")
    elif high < least or low >= most:
        raise ValueError(
            f"The value interval specified by `low` and `high` is [{low}, {high}), "
            f"but {dtype} only supports [{least}, {most})"
        )
    low, high = min(max(low, least), most), min(max(high, least), most)
    return (math.ceil(low), math.ceil(high)) if dtype.category < dtypes.FLOAT else (low, high)


make_tensor.__module__ = "torch.testing"
