"""Borders of one value around a tensor."""

from tinytorch.layout import channels_last, memory_order
from tinytorch.operation import Rule, operation
from tinytorch.ops.create import held


@operation(Rule(moves=True, method=False), input=lambda grad, pad: constant_pad_nd(grad, [-each for each in pad]))
def constant_pad_nd(xp, input, pad, value=0):
    """The input with `value` before and behind it: `pad` has two widths for each dimension, the last one first.

    Negative widths cut off. A RuntimeError for an odd number of widths or too many, and where nothing would be left.
    """
    widths = widths_of(input, pad)
    inner = input[tuple([
        slice(max(-before, 0), size - max(-after, 0)) for (before, after), size in zip(widths, input.shape, strict=True)
    ])]  # fmt: skip
    shape = [before + size + after for (before, after), size in zip(widths, input.shape, strict=True)]
    out = xp.full(shape, held(value, input.dtype), input.dtype)
    out[tuple([
        slice(max(before, 0), size - max(after, 0)) for (before, after), size in zip(widths, shape, strict=True)
    ])] = inner  # fmt: skip
    if not channels_last(input):
        return out
    order = memory_order(input.shape, [input])
    return xp.ascontiguousarray(out.transpose(order)).transpose([order.index(dim) for dim in range(input.ndim)])


def widths_of(input, pad):
    """The widths before and behind each dimension, the first one first."""
    if len(pad) % 2:
        raise RuntimeError(f"Length of pad must be even but instead it equals {len(pad)}")
    if len(pad) > 2 * input.ndim:
        raise RuntimeError(
            "Length of pad should be no more than twice the number of dimensions of the input. Pad length is "
            f"{len(pad)}while the input has {input.ndim}dimensions."
        )
    pairs = [(pad[place], pad[place + 1]) for place in range(0, len(pad), 2)]
    widths = [(0, 0)] * (input.ndim - len(pairs)) + pairs[::-1]
    for dim, ((before, after), size) in enumerate(zip(widths, input.shape, strict=True)):  # dimensions
        cut = size + min(before, 0) + min(after, 0)
        if cut < 0:
            raise RuntimeError("narrow(): length must be non-negative.")
        if before + size + after < 0:
            raise RuntimeError(
                f"The input size {size}, plus negative padding {before} and {after}, resulted in a negative output "
                f"size, which is invalid. Check dimension {dim} of your input."
            )
    return widths
