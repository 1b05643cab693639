"""Sampling at the places of a grid: images and volumes read between their elements, with derivatives of every order.

A value is a sum over the elements around a place, each times a product of weights, one for each dimension. A weight is
a polynomial of the place's distance from the element below, so the n-th derivative by the grid has the n-th derivatives
of these polynomials as weights: that is what `orders` names, for each dimension, and one sampler serves all of them.
"""

import itertools
import math

from tinytorch.operation import Rule, operation
from tinytorch.ops.join import stack_of
from tinytorch.ops.refusals import BOOL, COMPLEX, INTEGER, refuse

BILINEAR, NEAREST, BICUBIC = range(3)
ZEROS, BORDER, REFLECTION = range(3)
A = -0.75  # the slope of cubic convolution (Keys, 1981)
KERNELS = {  # for each element around a place, by its step from the one below: the coefficients of powers 0, 1, 2 ...
    BILINEAR: {0: (1, -1), 1: (0, 1)},
    NEAREST: {0: (1,)},
    BICUBIC: {
        -1: (0, A, -2 * A, A), 0: (1, 0, -(A + 3), A + 2), 1: (0, -A, 2 * A + 3, -(A + 2)), 2: (0, 0, A, -A),
    },
}  # fmt: skip


def slopes(coefficients, order):
    """The coefficients of the derivative of a polynomial, of this order."""
    for _ in range(order):
        coefficients = [power * each for power, each in enumerate(coefficients)][1:]
    return coefficients


def polynomial(xp, coefficients, x):
    """The value of a polynomial, by Horner's rule."""
    result = xp.zeros(x.shape, x.dtype)
    for each in reversed(coefficients):
        result = xp.add(xp.multiply(result, x), each)
    return result


def reflected(xp, place, size, align_corners):
    """A place mirrored at the edges, or, with aligned corners, at the middles of the outermost elements, as often as it
    takes; and the sign of its slope."""
    low, span = (0, size - 1) if align_corners else (-0.5, size)
    if span == 0:
        return xp.zeros(place.shape, place.dtype), 0
    distance = xp.subtract(place, low)
    sign = xp.where(xp.less(distance, 0), -1, 1)
    distance = xp.absolute(distance)
    rest, flips = xp.fmod(distance, span), xp.floor(xp.divide(distance, span))
    odd = xp.equal(xp.fmod(flips, 2), 1)
    found = xp.where(odd, xp.add(xp.subtract(span, rest), low), xp.add(rest, low))
    return found, xp.where(odd, xp.negative(sign), sign)


def clipped(xp, place, size):
    """A place kept between the first and the last element, and where it was between them."""
    inside = xp.logical_and(xp.greater(place, 0), xp.less(place, size - 1))
    return xp.minimum(xp.maximum(place, 0), size - 1), inside


def within(xp, place, size, padding_mode, align_corners):
    """A place that the padding has brought back to the elements, and its slope; None where that is 1 everywhere."""
    slope = None
    if padding_mode == REFLECTION:
        place, slope = reflected(xp, place, size, align_corners)
    if padding_mode != ZEROS:
        place, inside = clipped(xp, place, size)
        slope = xp.where(inside, 1 if slope is None else slope, 0)
    return place, slope


def taps_along(xp, grid, size, interpolation_mode, padding_mode, align_corners, order):
    """Which elements along one dimension a grid reads, and their weights or the derivatives of these by the grid."""
    scale = (size - 1) / 2 if align_corners else size / 2
    place = xp.multiply(xp.add(grid, 1), scale)
    place, slope = (place if align_corners else xp.subtract(place, 0.5)), None
    if interpolation_mode != BICUBIC:
        place, slope = within(xp, place, size, padding_mode, align_corners)
    low = xp.rint(place) if interpolation_mode == NEAREST else xp.floor(place)
    part = xp.subtract(place, low)
    taps = []
    for step, coefficients in KERNELS[interpolation_mode].items():
        weight = polynomial(xp, slopes(coefficients, order), part)
        if order:
            weight = xp.multiply(weight, scale**order)
            weight = weight if slope is None else xp.multiply(weight, slope if order % 2 else xp.multiply(slope, slope))
        element = xp.add(low, step)
        if interpolation_mode == BICUBIC:
            element, _ = within(xp, element, size, padding_mode, align_corners)
        there = xp.logical_and(xp.greater_equal(element, 0), xp.less(element, size))
        taps.append((xp.where(there, element, 0).astype("int64"), xp.where(there, weight, xp.zeros((), weight.dtype))))
    return taps


def taps_between(xp, grid, sizes, interpolation_mode, padding_mode, align_corners, orders):
    """The elements of a batch around the places of a grid, by their numbers in one row, and the products of weights."""
    grid = grid.astype(wide(grid)) if grid.dtype.itemsize == 2 else grid
    along = [
        taps_along(xp, grid[..., place], size, interpolation_mode, padding_mode, align_corners, orders[place])
        for place, size in enumerate(reversed(sizes))  # the first number of a place is along the last dimension
    ]
    batch = xp.arange(grid.shape[0]).reshape(-1, *[1] * (grid.ndim - 2))
    for corner in itertools.product(*reversed(along)):
        number, product = batch, None
        for (element, weight), size in zip(corner, sizes, strict=True):
            number = xp.add(xp.multiply(number, size), element)
            product = weight if product is None else xp.multiply(product, weight)
        yield number.reshape(-1), product.reshape(-1, 1)


def as_rows(xp, input):
    """(N, C, ...) as one row of channels for each place of each element of the batch."""
    return xp.ascontiguousarray(xp.moveaxis(input, 1, -1)).reshape(
        input.shape[0] * math.prod(input.shape[2:]), input.shape[1]
    )


def from_rows(xp, rows, batch, sizes, dtype):
    """Rows of channels as (N, C, ...), rounded to a dtype; the strides of a single channel are those of several."""
    rows = rows if rows.dtype == dtype else rows.astype(dtype)
    images = xp.moveaxis(rows.reshape(batch, *sizes, rows.shape[1]), -1, 1)
    return images.reshape(-1).reshape(images.shape)


def wide(array):
    """The dtype that places and sums are computed in: float32 for half precision."""
    return "float32" if array.dtype.itemsize == 2 else array.dtype


def sampled_name(input, *_):
    """PyTorch's name of a node, such as GridSampler2DBackward0."""
    return f"GridSampler{len(input.shape) - 2}DBackward0"


def each_slope(image, values, grid, settings):
    """The gradient of a grid whose samples of `image` are summed with the weights `values`: a derivative by each
    number of a place."""
    *settings, orders = settings
    return stack_of(
        [
            (values * sampled(image, grid, *settings, raised(orders, place))).sum(1)
            for place in range(len(orders))  # dimensions
        ],
        -1,
    )


def raised(orders, place):
    """The orders of derivatives with one more for a dimension."""
    return tuple([order + (each == place) for each, order in enumerate(orders)])


@operation(
    Rule(method=False, overload=sampled_name),
    input=lambda grad, input_shape, grid, interpolation_mode, padding_mode, align_corners, orders: sampled_back(
        grad, grid, input_shape[2:], (interpolation_mode, padding_mode, align_corners, orders)
    ),
    grid=lambda grad, input, grid, interpolation_mode, padding_mode, align_corners, orders: each_slope(
        input, grad, grid, (interpolation_mode, padding_mode, align_corners, orders)
    ),
)
def sampled(xp, input, grid, interpolation_mode, padding_mode, align_corners, orders):
    """The input, (N, C, H, W) or (N, C, D, H, W), at the places of a grid, or its derivatives by the grid of the orders
    named."""
    rows, sizes = as_rows(xp, input), input.shape[2:]
    result = xp.zeros((math.prod(grid.shape[:-1]), input.shape[1]), wide(input))
    settings = (interpolation_mode, padding_mode, align_corners, orders)
    for number, weight in taps_between(xp, grid, sizes, *settings) if result.size else ():  # corners
        result = xp.add(result, xp.multiply(xp.take(rows, number, 0), weight), out=result)
    return from_rows(xp, result, grid.shape[0], grid.shape[1:-1], input.dtype)


@operation(
    Rule(method=False),
    upstream=lambda grad, grid, settings: sampled(grad, grid, *settings),
    grid=lambda grad, upstream, grid, settings: each_slope(grad, upstream, grid, settings),
)
def sampled_back(xp, upstream, grid, sizes, settings):
    """The gradient of `sampled` for an input of these sizes: what is upstream is added where it was read."""
    rows, channels = grid.shape[0] * math.prod(sizes), upstream.shape[1]
    result = xp.zeros((rows * channels,), wide(upstream))
    values = as_rows(xp, upstream)
    for number, weight in taps_between(xp, grid, sizes, *settings) if values.size else ():  # corners
        places = xp.add(xp.multiply(number.reshape(-1, 1), channels), xp.arange(channels))
        xp.add.at(result, places.reshape(-1), xp.multiply(values, weight).reshape(-1))  # in one row it is quickest
    return from_rows(xp, result.reshape(rows, channels), grid.shape[0], sizes, upstream.dtype)


def check_grid(input, grid, interpolation_mode, ndim=None):
    """Refuse shapes that do not fit together, and dtypes that PyTorch refuses."""
    shapes = f"input with sizes {list(input.shape)} and grid with sizes {list(grid.shape)}"
    if input.shape[0] != grid.shape[0]:
        raise RuntimeError(f"grid_sampler(): expected grid and input to have same batch size, but got {shapes}")
    if grid.shape[-1] != input.ndim - 2:
        raise RuntimeError(
            f"grid_sampler(): expected grid to have size {input.ndim - 2} in last dimension, but got grid with sizes "
            f"{list(grid.shape)}"
        )
    if 0 in input.shape[2:]:
        raise RuntimeError(
            "grid_sampler(): expected input to have non-empty spatial dimensions, but input has sizes "
            f"{list(input.shape)} with dimension {input.shape.index(0, 2)} being empty"
        )
    expected = input.ndim if ndim is None else ndim
    if expected not in (4, 5) or not input.ndim == grid.ndim == expected:
        wanted = "4D" if 4 in (ndim, expected) else "5D"
        raise RuntimeError(
            f"grid_sampler(): expected {wanted} input and grid with same number of dimensions, but got {shapes}"
        )
    if input.ndim == 5 and interpolation_mode == BICUBIC:
        raise RuntimeError("grid_sampler(): bicubic interpolation only supports 4D input")
    if input.numel() == 0 or grid.numel() == 0:
        return
    refuse("grid_sampler_2d_cpu_kernel_impl" if input.ndim == 4 else "grid_sampler3d_cpu", BOOL, INTEGER, COMPLEX)(
        input
    )
    if grid.dtype is not input.dtype:
        raise RuntimeError(f"expected scalar type {input.dtype.title} but found {grid.dtype.title}")


def sampler(name, ndim):
    """One of PyTorch's functions, for input of so many dimensions."""

    def sample(input, grid, interpolation_mode, padding_mode, align_corners):
        if not isinstance(align_corners, bool):
            raise TypeError(
                f"{name}(): argument 'align_corners' (position 5) must be bool, not {type(align_corners).__name__}"
            )
        check_grid(input, grid, interpolation_mode, ndim)
        orders = (0,) * (input.ndim - 2)
        return sampled(input, grid, interpolation_mode, padding_mode, align_corners, orders)

    what = {None: "(N, C, H, W) or (N, C, D, H, W)", 4: "(N, C, H, W)", 5: "(N, C, D, H, W)"}[ndim]
    sample.__name__ = sample.__qualname__ = name
    sample.__module__ = "torch"
    sample.__doc__ = f"""The input, {what}, at the places of a grid.

    The modes are numbers: 0 bilinear, 1 nearest, 2 bicubic, and 0 zeros, 1 border, 2 reflection; the function to prefer
    is `torch.nn.functional.grid_sample`. A RuntimeError if the shapes do not fit.
    """
    return sample


grid_sampler, grid_sampler_2d, grid_sampler_3d = [
    sampler(*each) for each in (("grid_sampler", None), ("grid_sampler_2d", 4), ("grid_sampler_3d", 5))
]


# Grids


def base_grid(xp, sizes, align_corners, dtype):
    """The places of the elements of an image of these sizes, between -1 and 1, each followed by a 1, in rows."""
    ndim = len(sizes)
    parts = []
    for place, size in enumerate(reversed(sizes)):
        if size <= 1:
            along = xp.zeros((size,), dtype)
        else:
            along = xp.linspace(-1, 1, size).astype(dtype)
            along = along if align_corners else xp.multiply(along, (size - 1) / size)
        shape = [-1 if dim == ndim - 1 - place else 1 for dim in range(ndim)]
        parts.append(xp.broadcast_to(along.reshape(shape), sizes))
    parts.append(xp.ones(sizes, dtype))
    return xp.stack(parts, -1).reshape(-1, ndim + 1)


@operation(
    Rule(method=False, linear=True),
    theta=lambda grad, size, align_corners: affine_grid_backward(grad, size, align_corners),
)
def affine_grid_generator(xp, theta, size, align_corners):
    """A grid for each affine map of theta, (N, 2, 3) or (N, 3, 4), that reads from images of a size (N, C, H, W) or
    (N, C, D, H, W): (N, H, W, 2) or (N, D, H, W, 3)."""
    refuse_size(theta, size)
    sizes = tuple(size[2:])
    base = base_grid(xp, sizes, align_corners, theta.dtype)
    return xp.matmul(base, theta.swapaxes(-1, -2)).reshape(theta.shape[0], *sizes, len(sizes))


def refuse_size(theta, size):
    """Refuse sizes of neither images nor volumes, and another number of maps than of results."""
    if len(size) not in (4, 5):
        raise RuntimeError("AffineGridGenerator needs 4d (spatial) or 5d (volumetric) inputs.")
    if theta.shape[0] != size[0]:
        raise RuntimeError(
            f"Expected size for first two dimensions of batch2 tensor to be: [{size[0]}, {len(size) - 1}] but got: "
            f"[{theta.shape[0]}, {len(size) - 1}]."
        )


@operation(
    Rule(method=False, linear=True),
    upstream=lambda grad, size, align_corners: affine_grid_generator(grad, size, align_corners),
)
def affine_grid_backward(xp, upstream, size, align_corners):
    """The gradient of the affine maps of `affine_grid_generator`."""
    sizes = tuple(size[2:])
    base = base_grid(xp, sizes, align_corners, upstream.dtype)
    rows = upstream.reshape(upstream.shape[0], -1, len(sizes))
    return xp.ascontiguousarray(xp.matmul(rows.swapaxes(-1, -2), base))
