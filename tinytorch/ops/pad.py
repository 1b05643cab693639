"""Padding: more elements at the ends of dimensions, or fewer where the padding is negative."""

import functools
import operator

from tinytorch.creation import held
from tinytorch.devices import resolve
from tinytorch.layout import channels_last
from tinytorch.operation import Rule, operation
from tinytorch.ops.image_layout import with_channels_last
from tinytorch.ops.refusals import BOOL, refuse
from tinytorch.ops.shape import dense_copy
from tinytorch.ops.taps import host, placed, read_last, read_through, tabled, transposed

TITLES = {"reflect": "reflection", "replicate": "replication"}
COMBINATIONS = """
Supported combinations for non-constant padding:
  - 2D or 3D input: padding size = 2 (pads last dimension)
  - 3D or 4D input: padding size = 4 (pads last 2 dimensions)
  - 4D or 5D input: padding size = 6 (pads last 3 dimensions)"""


def pairs(pad):
    """What is added before and behind each of the last dimensions; `pad` names the last dimension first."""
    return [(pad[place], pad[place + 1]) for place in range(0, len(pad), 2)][::-1]


@operation(
    Rule(moves=True, method=False),
    input=lambda grad, pad: constant_pad_nd(grad, tuple([-each for each in pad])),
)
def constant_pad_nd(xp, input, pad, value=0):
    """The input with elements of one value added at the ends of its last dimensions, the last one first in `pad`:
    (before the last, behind the last, before the one in front of it, ...); negative numbers cut elements off."""
    refuse_cut(input.shape, pad)
    widths = [(0, 0)] * (input.ndim - len(pad) // 2) + pairs(pad)
    inside = input[tuple([slice(max(-low, 0), size + min(high, 0))
                          for size, (low, high) in zip(input.shape, widths, strict=True)])]  # fmt: skip
    if max(pad, default=0) <= 0:
        return dense_copy(inside, inside)
    shape = [size + low + high for size, (low, high) in zip(input.shape, widths, strict=True)]
    result = xp.full(shape, held(value, input.dtype), input.dtype)
    place = [slice(max(low, 0), max(low, 0) + size) for size, (low, _) in zip(inside.shape, widths, strict=True)]
    result[tuple(place)] = inside
    return with_channels_last(xp, result) if channels_last(input) else result


def refuse_cut(shape, pad):
    """Refuse paddings that do not come in pairs, are too many, or cut more off than there is."""
    if len(pad) % 2:
        raise RuntimeError(f"Length of pad must be even but instead it equals {len(pad)}")
    if len(pad) > 2 * len(shape):
        raise RuntimeError(
            "Length of pad should be no more than twice the number of dimensions of the input. Pad length is "
            f"{len(pad)}while the input has {len(shape)}dimensions."
        )
    widths = pairs(pad)
    for size, (low, high) in zip(shape[len(shape) - len(widths) :], widths, strict=True):  # dimensions
        if size + min(low, 0) + min(high, 0) < 0:
            raise RuntimeError("narrow(): length must be non-negative.")


def node_of(input, pad, mode):
    """PyTorch's name of a node, such as ReflectionPad2DBackward0."""
    return "CopySlices" if mode == "circular" else f"{TITLES[mode].capitalize()}Pad{len(pad) // 2}DBackward0"


@operation(
    Rule(moves=True, method=False, linear=True, overload=node_of),
    input=lambda grad, input_shape, pad, mode: padded_backward(grad, input_shape[-(len(pad) // 2) :], pad, mode),
)
def padded(xp, input, pad, mode):
    """The input with elements of its own added at the ends of its last dimensions: mirrored ("reflect"), the outermost
    one again ("replicate"), or those of the other end ("circular")."""
    widths = pairs(pad)
    before = input.shape[input.ndim - len(widths) :]
    sizes = [size + low + high for size, (low, high) in zip(before, widths, strict=True)]
    place = resolve(xp.device)
    tables = [pad_taps(place, size, *width, mode, False) for size, width in zip(before, widths, strict=True)]
    result = read_last(xp, input, tables, sizes, read_through)
    return xp.ascontiguousarray(result) if mode == "circular" else result


@operation(
    Rule(method=False, linear=True),
    upstream=lambda grad, pad, mode: padded(grad, pad, mode),
)
def padded_backward(xp, upstream, size, pad, mode):
    """The gradient of `padded` for an input whose last dimensions had this size."""
    place = resolve(xp.device)
    tables = [pad_taps(place, each, *width, mode, True) for each, width in zip(size, pairs(pad), strict=True)]
    return read_last(xp, upstream, tables, size, read_through)


@functools.lru_cache(256)
def pad_taps(place, size, low, high, mode, back):
    """The table of a padded dimension on a device; `back` transposes."""
    found = host.arange(-low, size + high)
    if mode == "reflect":
        found = host.abs(found)
        found = host.minimum(found, 2 * (size - 1) - found)
    elif mode == "replicate":
        found = host.clip(found, 0, size - 1)
    else:
        rest = size + min(low, 0) + min(high, 0)  # what goes around is what is not cut off
        found = (found - max(-low, 0)) % max(rest, 1) + max(-low, 0)
    taps = tabled(found[None])
    return placed(place, transposed(taps, size, len(found)) if back else taps)


def pad(input, pad, mode="constant", value=None):
    """The input with more elements at the ends of its last dimensions: (before the last, behind the last, before the
    one in front of it, ...); negative numbers cut elements off.

    The mode "constant" adds the value; "reflect" mirrors the elements, "replicate" repeats the outermost, "circular"
    goes on at the other end, of the last one to three dimensions. A RuntimeError or NotImplementedError for a padding
    that does not fit the input.
    """
    pad = as_pad(pad)
    if len(pad) % 2:
        raise RuntimeError("Padding length must be divisible by 2")
    if len(pad) > 2 * input.ndim:
        raise RuntimeError(
            "Padding length should be less than or equal to two times the input dimension but got padding length "
            f"{len(pad)} and input of dimension {input.ndim}"
        )
    if mode == "constant":
        return constant_pad_nd(input, pad, 0 if value is None else as_float(value))
    if value:
        raise RuntimeError(f'Padding mode "{mode}" doesn\'t take in value argument')
    if mode not in ("reflect", "replicate", "circular"):
        raise NotImplementedError(f"Unrecognised padding mode {mode}")
    if len(pad) not in (2, 4, 6) or input.ndim not in (len(pad) // 2 + 1, len(pad) // 2 + 2):
        raise NotImplementedError(
            f"Padding size {len(pad)} is not supported for {input.ndim}D input tensor.{COMBINATIONS}"
        )
    refuse_padding(input, pad, mode)
    return padded(input, pad, mode)


def refuse_padding(input, pad, mode):
    """Refuse paddings that reach too far, and dtypes that PyTorch refuses."""
    count = len(pad) // 2
    shape, widths = list(input.shape), pairs(pad)
    first = input.ndim - count
    if mode == "circular":
        for size, (low, high) in zip(shape[first:], widths, strict=True):  # dimensions
            if low > size or high > size:
                raise RuntimeError("Padding value causes wrapping around more than once.")
            if size + low + high < 0:
                raise RuntimeError("Negative padding value is resulting in an empty dimension")
        return
    if 0 in shape[input.ndim - count - 1 :] or (input.ndim == count + 1 and shape[0] == 0):
        raise RuntimeError(
            f"Expected {count + 1}D or {count + 2}D (batch mode) tensor with possibly 0 batch size and other non-zero "
            f"dimensions for input, but got: {shape}"
        )
    for place in reversed(range(count)):
        (low, high), size = widths[place], shape[first + place]
        if mode == "reflect" and max(low, high) >= size:
            raise RuntimeError(
                f"Argument #{2 * (count - place) + 2}: Padding size should be less than the corresponding input "
                f"dimension, but got: padding ({low}, {high}) at dimension {first + place} of input {shape}"
            )
    after = [size + low + high for size, (low, high) in zip(shape[first:], widths, strict=True)]
    if max(after) < 1:
        one, other = [
            " ".join([f"{name}: {size}" for name, size in zip("DHW"[-count:], sizes, strict=True)])
            for sizes in (shape[first:], after)
        ]
        space = " " if count > 1 else ""
        raise RuntimeError(f"input ({one}{space}) is too small. Calculated output {other}")
    if min(after) < 0:
        shape = [*shape[:first], *after]
        raise RuntimeError(f"Trying to create tensor with negative dimension {min(after)}: {shape}")
    refuse(f"{TITLES[mode]}_pad{count}d", BOOL)(input)


def as_float(value):
    """The value of a padding, which PyTorch takes as a floating point number; a TypeError for anything else."""
    if isinstance(value, complex) or not hasattr(value, "__float__"):
        raise TypeError(f"pad(): argument 'value' (position 4) must be float, not {type(value).__name__}")
    return float(value)


def as_pad(pad):
    """A padding as whole numbers; a TypeError for anything else."""
    if not isinstance(pad, (tuple, list)):
        raise TypeError(f"pad(): argument 'pad' (position 2) must be tuple of ints, not {type(pad).__name__}")
    for place, each in enumerate(pad):
        if not hasattr(each, "__index__"):
            raise TypeError(
                "pad(): argument 'pad' (position 2) must be tuple of ints, but found element of type "
                f"{type(each).__name__} at pos {place}"
            )
    return tuple([operator.index(each) for each in pad])
