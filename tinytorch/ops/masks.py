"""Elements where a mask is true: filled, selected and scattered."""

import math

from tinytorch import dtypes, errors
from tinytorch.creation import does_not_fit
from tinytorch.devices.batched import is_batched
from tinytorch.layout import joined_shape
from tinytorch.operation import Rule, operation
from tinytorch.ops.compare import where
from tinytorch.ops.create import held
from tinytorch.ops.gather import padded
from tinytorch.ops.matmul import title_of


@operation(
    Rule(
        moves=True, writes=True, operands=("input", "mask"),
        overload=lambda input, mask, value: f"MaskedFillBackward{1 if hasattr(value, 'shape') else 0}", linear=True
    ),
    input=lambda grad, mask: grad.masked_fill(mask, 0),
    value=lambda grad, mask: where(mask, grad, 0).sum(),
)  # fmt: skip
def masked_fill(xp, input, mask, value, out=None):
    """The input with one value where the mask is true; the shapes broadcast."""
    if mask.dtype.kind != "b":
        check_together(mask, input, out)
        raise RuntimeError(f"masked_fill_ only supports boolean masks, but got mask with dtype {mask_name(mask)}")
    if getattr(value, "ndim", 0):
        raise RuntimeError(
            f"masked_fill_ only supports a 0-dimensional value tensor, but got tensor with {value.ndim} dimension(s)."
        )
    check_value(xp, input, value)
    value = value if hasattr(value, "shape") else held(value, input.dtype)
    shape = check_together(mask, input, out)
    if out is None:
        out = xp.broadcast_to(input, shape).copy()
    xp.copyto(out, value, where=mask, casting="unsafe")
    return out


def check_value(xp, input, value):
    """Refuse a complex value, with an imaginary part, for real numbers."""
    given, own = [dtypes.category_of[each.dtype] for each in (value if hasattr(value, "dtype") else input, input)]
    if given == dtypes.COMPLEX > own > dtypes.BOOL and xp.anywhere(xp.not_equal(value.imag, 0)):
        raise does_not_fit(input.dtype)


def mask_name(mask):
    """What PyTorch's messages call the dtype of a mask."""
    return {"uint8": "unsigned char", "int64": "long int", "int32": "int", "float32": "float", "float64": "double"}.get(
        str(mask.dtype), str(mask.dtype)
    )


def check_together(mask, input, out=None):
    """The shape that a mask and an input have together; where it is written in place it must be the input's."""
    shape = joined_shape(mask.shape, input.shape) if out is None else joined_shape(input.shape, mask.shape)
    if out is not None and shape != out.shape:
        raise errors.output_shape(out.shape, shape)
    return shape


@operation(
    Rule(
        exact="masked_select(): self and result must have the same scalar type",
        moves=True,
        apart=True,
        operands=("input", "mask"),
        linear=True,
    ),
    input=lambda grad, input_shape, mask: spread_by(grad, input_shape, mask),
)
def masked_select(xp, input, mask):
    """The elements where the mask is true, as a vector; the shapes broadcast."""
    if mask.dtype.kind != "b":
        raise RuntimeError("masked_select: expected BoolTensor for mask")
    shape = joined_shape(mask.shape, input.shape)
    if is_batched(mask):
        raise RuntimeError(DIFFERENT_SHAPES)
    return xp.broadcast_to(input, shape)[xp.broadcast_to(mask, shape)]


DIFFERENT_SHAPES = (
    "vmap: Attempted to vmap over `mask` in torch.masked_select(self, mask) We cannot support this because for each "
    "batch this would return a differently shaped Tensor. Please file an issue at "
    "https://github.com/pytorch/pytorch/issues if you need this feature."
)


def spread_by(grad, shape, mask):
    """Zeros with the elements of a vector where the mask is true."""
    return grad.new_zeros(joined_shape(mask.array.shape, tuple(shape))).masked_scatter(mask, grad)


@operation(
    Rule(moves=True, writes=True, operands=("input", "mask", "source"), linear=True),
    input=lambda grad, mask: grad.masked_fill(mask, 0),
    source=lambda grad, mask, source_shape: taken_by_rank(grad, mask, source_shape),
)
def masked_scatter(xp, input, mask, source, out=None):
    """The input with the elements of `source`, one after the other, where the mask is true."""
    if source.dtype != input.dtype:
        raise RuntimeError(
            f"masked_scatter: expected self and source to have same dtypes but got{title_of(input)} and "
            f"{title_of(source)}"
        )
    shape = check_together(mask, input, out)
    if mask.dtype.kind != "b":
        raise RuntimeError(f"masked_scatter_ only supports boolean masks, but got mask with dtype {mask_name(mask)}")
    wide = xp.broadcast_to(mask, shape)
    if not xp.shows_values and xp.device != "meta":
        return scattered_by_rank(xp, xp.broadcast_to(input, shape), wide, source, out)
    count = 0 if xp.device == "meta" else xp.count_nonzero(wide).item()
    if source.size < count:
        raise RuntimeError("Number of elements of source < number of ones in mask")
    out = xp.broadcast_to(input, shape).copy() if out is None else out
    if xp.device != "meta":
        out[wide] = source.reshape(-1)[:count]
    return out


def scattered_by_rank(xp, input, mask, source, out):
    """The same where no element may be looked at: each true element reads its number in the source."""
    rank = xp.subtract(xp.cumsum(mask.reshape(-1).astype("int64"), 0), 1).reshape(mask.shape)
    if xp.anywhere(xp.greater_equal(rank, source.size)):
        raise RuntimeError("Number of elements of source < number of ones in mask")
    chosen = xp.take(source.reshape(-1), xp.maximum(rank, 0)) if source.size else input
    out = input.copy() if out is None else out
    out[...] = xp.where(mask, chosen, input)
    return out


def taken_by_rank(grad, mask, shape):
    """The gradient of a source: the elements where the mask is true, one after the other, and zeros behind them."""
    if not mask.device.batched:
        return first_of(grad.masked_select(mask), shape)
    size = math.prod(shape)
    mask = mask.expand(grad.shape).reshape(-1)
    places = (mask.cumsum(0) - 1).where(mask, size)
    return grad.new_zeros(size + 1).index_add(0, places, grad.reshape(-1))[:size].reshape(shape)


def first_of(values, shape):
    """A vector filled up with zeros, in another shape."""
    size = 1
    for each in shape:  # dimensions, of which there are few
        size *= each
    return padded(values, (size,)).reshape(shape)
