"""Maxima and means over as many windows as are asked for, which share the input evenly or start at random.

Window i of n along a dimension of `size` elements begins at floor(i * size / n) and ends before
ceil((i + 1) * size / n). The element j lies in just those windows that window j of `size` would take of n elements, so
that the gradient of such sums is a sum of the same kind with input and result exchanged.
"""

from tinytorch.operation import Rule, operation
from tinytorch.ops.pooling import as_images, largest_places


def bounds(xp, size, count):
    """Where each of `count` windows over `size` elements begins and ends."""
    line = xp.arange(count)
    begin = xp.floor_divide(xp.multiply(line, size), count) if count else line
    end = xp.floor_divide(xp.add(xp.multiply(xp.add(line, 1), size), count - 1), count) if count else line
    return begin, end


def longest(size, count):
    """At most how many elements a window has."""
    if not count:
        return 1
    return size // count if size % count == 0 else min(size, -(-size // count) + 1)


def shared(xp, size, count):
    """For each position in a window along a dimension, where all windows have it; a short one has its last again."""
    if count and size % count == 0:
        length = size // count
        return [slice(place, size, length) for place in range(length)]
    begin, end = bounds(xp, size, count)
    places = range(longest(size, count))  # positions in one window, each for all windows at once
    return [xp.minimum(xp.add(begin, place), xp.subtract(end, 1)) for place in places]


def sums_of_shares(xp, input, dim, count):
    """The sums of `count` windows along a dimension, counted from the end."""
    size = input.shape[dim]
    before, after = input.shape[: input.ndim + dim], input.shape[input.ndim + dim + 1 :]
    if count and size % count == 0:
        return xp.sum(input.reshape(*before, count, size // count, *after), dim, None, None, False)
    begin, end = bounds(xp, size, count)
    total = xp.zeros((*before, count, *after), input.dtype)
    for place in range(longest(size, count)):  # positions in one window, each for all windows at once
        index = xp.add(begin, place)
        part = xp.take(input, xp.minimum(index, size - 1), dim)
        xp.add(total, xp.where(xp.less(index, end).reshape(-1, *[1] * len(after)), part, 0), out=total)
    return total


def lengths(xp, size, count, dim, dtype):
    """How many elements each window has, in a shape that broadcasts along a dimension, counted from the end."""
    begin, end = bounds(xp, size, count)
    return xp.subtract(end, begin).astype(dtype).reshape(-1, *[1] * (-1 - dim))


@operation(
    Rule(method=False, linear=True, overload=lambda input, sizes: f"AdaptiveAvgPool{len(sizes)}DBackward0"),
    input=lambda grad, input_shape, sizes: adaptive_avg_pool_backward(grad, tuple(input_shape[-len(sizes) :])),
)
def adaptive_avg_pool(xp, input, sizes):
    """The means of as many windows as `sizes` says, which share the last dimensions evenly."""
    if 0 in sizes or not input.size:
        return xp.zeros((*input.shape[: input.ndim - len(sizes)], *sizes), input.dtype)
    result = input
    for dim, count in zip(range(-len(sizes), 0), sizes, strict=True):
        length = lengths(xp, input.shape[dim], count, dim, input.dtype)
        result = xp.divide(sums_of_shares(xp, result, dim, count), length)
    return as_images(xp, result, input, len(sizes))


@operation(
    Rule(method=False, linear=True),
    upstream=lambda grad, upstream_shape, sizes: adaptive_avg_pool(grad, tuple(upstream_shape[-len(sizes) :])),
)
def adaptive_avg_pool_backward(xp, upstream, sizes):
    """The gradient of such means, spread over their windows."""
    for dim, size in zip(range(-len(sizes), 0), sizes, strict=True):
        count = upstream.shape[dim]
        length = lengths(xp, size, count, dim, upstream.dtype)
        upstream = sums_of_shares(xp, xp.divide(upstream, length), dim, size)
    return upstream


@operation(Rule(method=False, operands=("input",)))
def adaptive_max_places(xp, input, sizes):
    """Where in its plane the largest element of each of the windows is that share the last dimensions evenly."""
    spatial = len(sizes)
    positions = [shared(xp, size, count) for size, count in zip(input.shape[-spatial:], sizes, strict=True)]
    return as_images(xp, largest_places(xp, input, positions), input, spatial)


@operation(Rule(method=False, moves=True, operands=("input", "samples")))  # half precision decides here
def fractional_max_places(xp, input, samples, kernel_size, sizes):
    """Where in its plane the largest element of each window is; where windows start follows from a number of each plane
    and dimension, samples (n, c, dimensions) (Graham, 2014).

    Of two dimensions the last has the first number, as in PyTorch; of three the first.
    """
    spatial = len(sizes)
    if not input.size:
        return xp.zeros((*input.shape[: input.ndim - spatial], *sizes), "int64")
    images = input if input.ndim == spatial + 2 else input.reshape(1, *input.shape)
    positions = []
    for dim, (kernel, count) in enumerate(zip(kernel_size, sizes, strict=True)):
        number = samples[: images.shape[0], :, 1 - dim if spatial == 2 else dim]
        begin = starts(xp, number, images.shape[2 + dim], count, kernel)
        positions.append([xp.add(begin, place) for place in range(kernel)])
    return largest_places(xp, images, positions).reshape(*input.shape[: input.ndim - spatial], *sizes)


def starts(xp, number, size, count, kernel):
    """Where the windows begin, (n, c, count): at int((i + u) * step) - int(u * step), the last at the end."""
    room = size - kernel
    line = xp.arange(count)
    if count < 2:
        return xp.add(xp.multiply(line, 0), xp.full((*number.shape, count), room, "int64"))
    step = xp.divide(xp.asarray(room, number.dtype), xp.asarray(count - 1, number.dtype))
    number = number.reshape(*number.shape, 1)
    ahead, first = xp.multiply(xp.add(line.astype(number.dtype), number), step), xp.multiply(number, step)
    begin = xp.subtract(ahead.astype("int64"), first.astype("int64"))
    return xp.where(xp.equal(line, count - 1), room, begin)
