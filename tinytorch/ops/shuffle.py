"""Channels and places exchanged: what is in the channels goes into finer places, and back; groups of channels mixed."""

from tinytorch.layout import channels_last
from tinytorch.operation import Rule, operation
from tinytorch.ops.image_layout import with_channels_last


@operation(
    Rule(moves=True, method=False, linear=True),
    input=lambda grad, upscale_factor: pixel_unshuffle(grad, upscale_factor),
)
def pixel_shuffle(xp, input, upscale_factor):
    """(..., C * r * r, H, W) as (..., C, H * r, W * r): r * r channels become a square of elements (Shi et al., 2016).

    A RuntimeError if the channels do not fill squares.
    """
    refuse_shuffling(input, upscale_factor)
    r = upscale_factor
    *lead, channels, height, width = input.shape
    parts = input.reshape(*lead, channels // r**2, r, r, height, width)
    last = len(lead) + 1
    order = (*range(last), last + 2, last, last + 3, last + 1)
    return moved(xp, input, parts.transpose(order), (*lead, channels // r**2, height * r, width * r))


@operation(
    Rule(moves=True, method=False, linear=True),
    input=lambda grad, downscale_factor: pixel_shuffle(grad, downscale_factor),
)
def pixel_unshuffle(xp, input, downscale_factor):
    """(..., C, H * r, W * r) as (..., C * r * r, H, W): squares of elements become channels, as `pixel_shuffle` back.

    A RuntimeError if height or width is no multiple of r.
    """
    refuse_unshuffling(input, downscale_factor)
    r = downscale_factor
    *lead, channels, height, width = input.shape
    parts = input.reshape(*lead, channels, height // r, r, width // r, r)
    last = len(lead) + 1
    order = (*range(last), last + 1, last + 3, last, last + 2)
    return moved(xp, input, parts.transpose(order), (*lead, channels * r**2, height // r, width // r))


def moved(xp, input, parts, shape):
    """The parts in a new tensor of this shape; the channels stay last in memory where they are."""
    result = parts.copy().reshape(shape)
    return with_channels_last(xp, result) if input.ndim == 4 and channels_last(input) else result


@operation(
    Rule(moves=True, method=False, linear=True),
    input=lambda grad, input_shape, groups: channel_shuffle(grad, max(input_shape[1] // groups, 1)),
)
def channel_shuffle(xp, input, groups):
    """(N, C, ...) with the channels of `groups` groups taken in turn, one of each (Zhang et al., 2018).

    A RuntimeError if the groups would not be of one size.
    """
    refuse_groups(input, groups)
    batch, channels, *rest = input.shape
    parts = input.reshape(batch, groups, channels // groups, *rest).swapaxes(1, 2)
    return moved(xp, input, parts, input.shape)


def native_channel_shuffle(input, groups):
    """The same as `channel_shuffle`."""
    return channel_shuffle(input, groups)


def refuse_shuffling(input, upscale_factor):
    """Refuse channels that do not fill squares."""
    refuse_factor("pixel_shuffle", "upscale", input, upscale_factor)
    if input.shape[-3] % upscale_factor**2:
        raise RuntimeError(
            "pixel_shuffle expects its input's 'channel' dimension to be divisible by the square of upscale_factor, "
            f"but input.size(-3)={input.shape[-3]} is not divisible by {upscale_factor**2}"
        )


def refuse_unshuffling(input, downscale_factor):
    """Refuse images that do not divide into squares."""
    refuse_factor("pixel_unshuffle", "downscale", input, downscale_factor)
    for name, dim in (("height", -2), ("width", -1)):
        if input.shape[dim] % downscale_factor:
            raise RuntimeError(
                f"pixel_unshuffle expects {name} to be divisible by downscale_factor, but "
                f"input.size({dim})={input.shape[dim]} is not divisible by {downscale_factor}"
            )


def refuse_groups(input, groups):
    """Refuse groups that the channels do not divide into."""
    if input.ndim < 3:
        raise RuntimeError(f"channel_shuffle expects input with > 2 dims, but got input with sizes {list(input.shape)}")
    if groups <= 0:
        raise RuntimeError(f"Number of groups to divide channels in must be positive. Value of groups:{groups}")
    if input.shape[1] % groups:
        raise RuntimeError(
            f"Number of channels must be divisible by groups. Got {input.shape[1]} channels and {groups} groups."
        )


def refuse_factor(name, way, input, factor):
    """Refuse factors that are no positive whole numbers, and input without channels."""
    if not hasattr(factor, "__index__"):
        kind = type(factor).__name__
        raise TypeError(f"{name}(): argument '{way}_factor' (position 2) must be int, not {kind}")
    if input.ndim < 3:
        raise RuntimeError(
            f"{name} expects input to have at least 3 dimensions, but got input with {input.ndim} dimension(s)"
        )
    if factor <= 0:
        raise RuntimeError(f"{name} expects a positive {way}_factor, but got {factor}")
