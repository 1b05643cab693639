"""Interpolation: signals, images and volumes in another size.

It is separable: each mode is a filter along one dimension, and each dimension is read through its own table of taps.
"""

import functools
import math

from tinytorch.devices import resolve
from tinytorch.operation import Rule, operation
from tinytorch.ops.refusals import BOOL, COMPLEX, INTEGER, refuse
from tinytorch.ops.taps import host, placed, read_last, read_through, tabled, transposed


def refuse_dtype(input, size, scales, mode, align_corners, antialias):
    """Refuse dtypes that PyTorch refuses."""
    count = len(size)
    if input.dtype.name == "uint8" and (count == 2 or mode.startswith("nearest")):
        return
    kernel = mode.removesuffix("-exact")
    if antialias:
        kernel = "compute_index_ranges_weights"
    elif count == 2 and kernel != "bicubic":
        kernel = f"upsample_{kernel}2d_channels_last"
    else:
        kernel = f"compute_indices_weights_{kernel.removeprefix('bi').removeprefix('tri')}"
    refuse(kernel, BOOL, INTEGER, COMPLEX)(input)


def node_of(input, size, scales, mode, align_corners, antialias):
    """PyTorch's name of a node, such as UpsampleBilinear2DBackward0."""
    words = "".join([word.capitalize() for word in mode.split("-")])
    return f"Upsample{words}{len(size)}D{'Aa' if antialias else ''}Backward0"


@operation(
    Rule(method=False, linear=True, check=refuse_dtype, overload=node_of),
    input=lambda grad, input_shape, size, scales, mode, align_corners, antialias: resize_backward(
        grad, input_shape[-len(size) :], scales, mode, align_corners, antialias
    ),
)
def resize(xp, input, size, scales, mode, align_corners, antialias):
    """The last dimensions of the input, (..., D, H, W) or fewer, in another size.

    The modes are those of `torch.nn.functional.interpolate`; `scales` are the factors that the user gave, or None.
    """
    return resized(xp, input, size, scales, mode, align_corners, antialias)


@operation(
    Rule(method=False, linear=True),
    grad=lambda grad, grad_shape, size, scales, mode, align_corners, antialias: resize(
        grad, grad_shape[-len(size) :], scales, mode, align_corners, antialias
    ),
)
def resize_backward(xp, grad, size, scales, mode, align_corners, antialias):
    """The gradient of `resize` for an input whose last dimensions had this size: the transposed map."""
    return resized(xp, grad, size, scales, mode, align_corners, antialias, back=True)


def resized(xp, input, size, scales, mode, align_corners, antialias, back=False):
    """The input read through a table along each of its last dimensions; `back` transposes."""
    scales = [None] * len(size) if scales is None else scales
    mixed_bytes = input.dtype.kind == "u" and not mode.startswith("nearest")
    kind = "bytes" if mixed_bytes else "wide" if input.dtype.itemsize == 8 else "narrow"
    settings = (mode, antialias, align_corners, kind, back)
    sizes = zip(input.shape[input.ndim - len(size) :], size, scales, strict=True)
    place = resolve(xp.device)
    tables = [table_of(place, *each, *settings) for each in sizes]
    return read_last(xp, input, tables, size, read_bytes_through if mixed_bytes else read_through)


def read_bytes_through(xp, input, dim, size, table):
    """`read_through` for bytes: in whole numbers, with weights in fixed point, rounded and kept between 0 and 255."""
    taps, bits = table
    if bits is None:
        return read_through(xp, input, dim, size, taps)
    total = read_through(xp, input.astype("int32"), dim, size, taps)
    total = xp.right_shift(xp.add(total, 1 << (bits - 1)), bits)
    return xp.minimum(xp.maximum(total, 0), 255).astype(input.dtype)


@functools.lru_cache(256)
def table_of(place, size_in, size_out, scale, mode, antialias, align_corners, kind, back):
    """The taps of a mode along one dimension, on a device; `back` transposes. For bytes also the bits of a fraction."""
    number = host.float32 if kind == "narrow" else host.float64
    sizes = (size_out, size_in) if back else (size_in, size_out)
    if size_in == size_out and (antialias or kind == "bytes" or mode.endswith("linear")):
        taps = tabled(host.arange(size_in)[None])  # such a dimension stays as it is, whatever the scale
    elif antialias:
        taps = antialiased_taps(number, *KERNELS[mode], *sizes, align_corners, scale)
    elif mode.startswith("nearest"):
        taps = nearest_taps(number, mode == "nearest-exact", *sizes, scale)
    else:
        taps = (cubic_taps if mode == "bicubic" else linear_taps)(number, *sizes, align_corners, scale)
    if kind == "bytes":
        taps, bits = in_fixed_point(taps)
        return placed(place, taps), bits
    return placed(place, transposed(taps, *sizes) if back else taps)


PRECISION = 22  # bits of a weight at most, of which as many are used as leave it below 2 ** 15


def in_fixed_point(taps):
    """The taps with weights in whole numbers, and how many bits of these are fraction; None without weights."""
    if taps[0][2] is None:
        return taps, None
    highest = max([float(weight.max()) for _, _, weight in taps])
    bits = next((each for each in range(PRECISION) if int(0.5 + highest * (2 << each)) >= 1 << 15), PRECISION)
    whole = [(weight * (1 << bits) + host.copysign(0.5, weight)).astype("int32") for _, _, weight in taps]
    return [(rows, index, weight) for (rows, index, _), weight in zip(taps, whole, strict=True)], bits


def scale_of(number, size_in, size_out, align_corners, scale):
    """How many elements of the input one of the result spans; `scale` is the factor that the user gave, or None."""
    if align_corners:
        return number(size_in - 1) / number(size_out - 1) if size_out > 1 else number(0)
    return number(1.0 / scale) if scale is not None and scale > 0 else number(size_in) / number(size_out)


def nearest_taps(number, exact, size_in, size_out, scale):
    """The element that each of the result lies in: by its lower edge, or, `exact`, by its middle."""
    step = scale_of(number, size_in, size_out, False, scale)
    places = host.arange(size_out).astype(number)
    found = (places + number(0.5)) * step - number(0.5) + number(0.5) if exact else places * step
    return tabled(host.minimum(host.floor(found).astype("int64"), size_in - 1)[None])


def source_of(number, size_in, size_out, align_corners, scale):
    """Where in the input the middle of each element of the result lies."""
    step = scale_of(number, size_in, size_out, align_corners, scale)
    places = host.arange(size_out).astype(number)
    return places * step if align_corners else (places + number(0.5)) * step - number(0.5)


def linear_taps(number, size_in, size_out, align_corners, scale):
    """The two neighbours of each place, weighted by their nearness."""
    found = host.maximum(source_of(number, size_in, size_out, align_corners, scale), number(0))
    low = host.minimum(host.floor(found).astype("int64"), size_in - 1)
    part = host.clip(found - low.astype(number), number(0), number(1))
    return tabled(host.stack([low, host.minimum(low + 1, size_in - 1)]), host.stack([number(1) - part, part]))


def cubic_taps(number, size_in, size_out, align_corners, scale):
    """The four neighbours of each place, weighted by cubic convolution with a = -0.75 (Keys, 1981)."""
    found = source_of(number, size_in, size_out, align_corners, scale)
    low = host.floor(found)
    part = host.clip(found - low, number(0), number(1))
    index = host.clip(low.astype("int64") + host.arange(-1, 3)[:, None], 0, size_in - 1)
    weight = host.stack([cubic(host.abs(part.astype("float64") - each), -0.75) for each in (-1, 0, 1, 2)])
    same = index[:, None] == index  # at the edges several are one element, which has the weights of all
    first = same.argmax(1) == host.arange(4)[:, None]
    return tabled(index, ((same * weight).sum(1) * first).astype(number))


def cubic(distance, a):
    """The kernel of cubic convolution at a distance from its middle (Keys, 1981)."""
    near = ((a + 2) * distance - (a + 3)) * distance * distance + 1
    far = a * (distance - 1) * (distance - 2) ** 2
    return host.where(distance < 1, near, host.where(distance < 2, far, 0))


def triangle(distance):
    """The kernel of linear interpolation."""
    return host.maximum(1 - distance, 0)


def windowed_sinc(distance):
    """The kernel of Lanczos (Duchon, 1979), with three lobes."""
    return host.where(distance < 3, host.sinc(distance) * host.sinc(distance / 3), 0)


KERNELS = {
    "bilinear": (triangle, 2),
    "bicubic": (lambda distance: cubic(distance, -0.5), 4),
    "lanczos": (windowed_sinc, 6),
}


def antialiased_taps(number, kernel, width, size_in, size_out, align_corners, scale):
    """All elements under a kernel that is as wide as one of the result, so that what is between two is not lost."""
    step = scale_of(number, size_in, size_out, align_corners, scale)
    wide = max(step, number(1))
    support = number(width * 0.5) * wide
    middle = step * (host.arange(size_out).astype(number) + number(0.5))
    first = host.maximum((middle - support + number(0.5)).astype("int64"), 0)
    counts = host.minimum((middle + support + number(0.5)).astype("int64"), size_in) - first
    counts = host.clip(counts, 0, math.ceil(support) * 2 + 1)
    taps = host.arange(max(int(counts.max()), 1))[:, None]
    distance = host.abs(((taps + first).astype(number) - middle + number(0.5)) * (number(1) / wide)).astype("float64")
    weight = host.where(taps < counts, kernel(distance), 0)
    total = weight.sum(0)
    weight = weight / host.where(total == 0, 1, total)
    return tabled(host.minimum(taps + first, size_in - 1), weight.astype(number), counts)
