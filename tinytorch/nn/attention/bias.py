"""Causal masks by the corner that they start from, for as many queries and keys as there are."""

import enum
import warnings

from tinytorch import dtypes
from tinytorch.nn.parameter import subclassed
from tinytorch.ops.create import ones
from tinytorch.overriding import disabled_torch_function_impl
from tinytorch.printing import tensor_repr
from tinytorch.tensor import Tensor


class CausalVariant(enum.IntEnum):
    """Whether the first query sees the first key alone, or the last query the last key."""

    UPPER_LEFT = 1
    LOWER_RIGHT = 2


class CausalBias(Tensor):
    """A mask (seq_len_q, seq_len_kv) of booleans, true where a key may be seen, which knows how it was made.

    An AssertionError for another kind of variant.
    """

    __torch_function__ = disabled_torch_function_impl

    def __new__(cls, variant: CausalVariant, seq_len_q: int, seq_len_kv: int):
        if not isinstance(variant, CausalVariant):
            raise AssertionError(f"variant must be a CausalVariant, got {type(variant).__name__}")
        lower = variant is CausalVariant.LOWER_RIGHT
        if seq_len_q > seq_len_kv and lower:
            warnings.warn(
                "Lower right causal bias will produce NaNs in the output when seq_len_q > seq_len_kv!", stacklevel=2
            )
        seen = ones(seq_len_q, seq_len_kv, dtype=dtypes.bool_).tril(seq_len_kv - seq_len_q if lower else 0)
        made = subclassed(cls, seen, False)
        made.variant, made.seq_len_q, made.seq_len_kv = variant, seq_len_q, seq_len_kv
        return made

    def __init__(self, variant, seq_len_q, seq_len_kv) -> None:
        super().__init__()

    def __repr__(self, *, tensor_contents=None):
        return tensor_repr(self.detach(), tensor_contents=tensor_contents)


def causal_upper_left(*size: int) -> CausalBias:
    """A mask in which query i sees the keys up to i; an AssertionError unless there are two sizes."""
    if len(size) != 2:
        raise AssertionError("causal_upper_left only supports 2D tensors")
    return CausalBias(CausalVariant.UPPER_LEFT, *size)


def causal_lower_right(*size: int) -> CausalBias:
    """A mask in which the last query sees all keys, each before it one less; an AssertionError as above."""
    if len(size) != 2:
        raise AssertionError("causal_lower_right only supports 2D tensors")
    return CausalBias(CausalVariant.LOWER_RIGHT, *size)


for each in (CausalVariant, CausalBias, causal_upper_left, causal_lower_right):
    each.__module__ = "torch.nn.attention.bias"
