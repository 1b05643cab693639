"""Maxima and means over windows that slide over the last dimensions, and elements put back where maxima were found.

A window is the product of one window along each dimension, so maxima and sums are found one dimension after the other.
"""

import math
from typing import NamedTuple

from tinytorch.operation import Rule, operation
from tinytorch.ops.image_layout import laid_out


class Windows(NamedTuple):
    """How windows slide, with a number for each dimension."""

    kernel_size: tuple
    stride: tuple
    padding: tuple
    dilation: tuple
    ceil_mode: bool

    def counts(self, sizes):
        """How many windows there are; with `ceil_mode` also one that the end cuts, but none in the padding alone."""
        return tuple([self.count(size, dim) for dim, size in enumerate(sizes)])

    def count(self, size, dim):
        """How many windows there are along a dimension of this size."""
        kernel, step, zeros, apart = [each[dim] for each in self[:4]]
        room = size + 2 * zeros - apart * (kernel - 1) - 1
        count = (room + (step - 1 if self.ceil_mode else 0)) // step + 1
        return count - 1 if self.ceil_mode and (count - 1) * step >= size + zeros else count

    def reached(self, size, dim):
        """For each position in a window along a dimension: which windows have it in the input, and where they do."""
        kernel, step, zeros, apart = [each[dim] for each in self[:4]]
        count = self.count(size, dim)
        for place in range(kernel):
            start = place * apart - zeros
            first = max(0, -(start // step))
            last = min(count - 1, (size - 1 - start) // step)
            if last >= first:
                yield slice(first, last + 1), slice(start + first * step, start + last * step + 1, step)

    def positions(self, xp, size, dim):
        """For each position in a window along a dimension: where all windows have it, as a slice or as indices.

        Where a window leaves the input, its nearest position inside stands for the one outside.
        """
        kernel, step, zeros, apart = [each[dim] for each in self[:4]]
        count = self.count(size, dim)
        for place in range(kernel):
            start = place * apart - zeros
            if start >= 0 and start + (count - 1) * step < size:
                yield slice(start, start + (count - 1) * step + 1, step)
                continue
            begin = xp.subtract(xp.multiply(xp.arange(count), step), zeros)
            least = xp.floor_divide(xp.add(xp.negative(xp.minimum(begin, 0)), apart - 1), apart)
            most = xp.floor_divide(xp.subtract(size - 1, begin), apart)
            chosen = xp.minimum(xp.maximum(least, place), most)
            yield xp.add(begin, xp.multiply(chosen, apart))


def along(dim):
    """What follows a dimension, counted from the end, in an index."""
    return (slice(None),) * (-1 - dim)


def at(xp, input, place, dim):
    """The elements at positions along a dimension: a slice, indices for all, or (n, c, count) of each plane."""
    if type(place) is slice:
        return input[(..., place, *along(dim))]
    if place.ndim == 1:
        return xp.take(input, place, dim)
    spatial = input.ndim - place.ndim + 1
    shape = [*place.shape[:-1], *[1] * spatial]
    shape[dim] = place.shape[-1]
    return xp.take_along_axis(input, place.reshape(shape), dim)


def largest(xp, input, positions):
    """The largest elements of windows, each dimension with its positions; nan is larger than any."""
    spatial = len(positions)
    for dim, places in zip(range(-spatial, 0), positions, strict=True):
        result = None
        for place in places:
            part = at(xp, input, place, dim)
            if result is None:
                result = xp.empty(part.shape, input.dtype)
                result[...] = part
            else:
                xp.maximum(result, part, out=result)
        input = result
    return input


def largest_places(xp, input, positions):
    """Where in its plane, row by row, the largest element of each window is: the first of equal ones, the last nan.

    What comes later in a window lies further on in its plane, so that the larger of two places is the later one; NumPy
    finds a maximum sixty times as fast as it chooses with `where`.
    """
    sizes = input.shape[-len(positions) :]
    index = xp.zeros((), "int32")
    for dim in range(-1, -1 - len(positions), -1):  # the last dimension first, so that the first row wins a tie
        line = xp.multiply(xp.arange(sizes[dim], dtype="int32"), math.prod(sizes[dim:]) // max(sizes[dim], 1))
        index = xp.add(index, line.reshape(-1, *[1] * (-1 - dim)))
        best = None
        for place in positions[dim]:
            part = xp.ascontiguousarray(at(xp, input, place, dim))
            there = at(xp, index if getattr(place, "ndim", 1) == 1 else xp.broadcast_to(index, input.shape), place, dim)
            if best is None:
                best, found = part, xp.add(there, xp.zeros(part.shape, "int32"))
                continue
            better = xp.greater(part, best)
            if part.dtype.kind not in "iu":
                better = xp.logical_or(better, xp.not_equal(part, part))
            best, found = xp.maximum(best, part), xp.maximum(found, xp.multiply(better, there))
        input, index = best, found
    return xp.ascontiguousarray(index.astype("int64"))


def node_of(input, windows):
    """PyTorch's name of the node of a maximum."""
    return f"MaxPool{len(windows.kernel_size)}DWithIndicesBackward0"


@operation(
    Rule(method=False, moves=True, overload=node_of),
    input=lambda grad, input, windows: placed_in_planes(
        grad, max_pool_places(input, windows), tuple(input.shape[-len(windows.kernel_size) :])
    ),
)
def max_pool(xp, input, windows):
    """The largest element of each window of the last dimensions: (..., *sizes) -> (..., *counts)."""
    spatial = len(windows.kernel_size)
    sizes = input.shape[-spatial:]
    positions = [windows.positions(xp, size, dim) for dim, size in enumerate(sizes)]
    return as_images(xp, largest(xp, input, positions), input, spatial)


def as_images(xp, result, input, spatial):
    """The result with its channels innermost if those of the input are."""
    return laid_out(xp, result, input) if input.ndim == spatial + 2 > 3 else result


@operation(Rule(method=False, operands=("input",)))
def max_pool_places(xp, input, windows):
    """Where in its plane the largest element of each window is: the first of equal ones; the last nan, if there is."""
    spatial = len(windows.kernel_size)
    sizes = input.shape[-spatial:]
    positions = [list(windows.positions(xp, size, dim)) for dim, size in enumerate(sizes)]
    return as_images(xp, largest_places(xp, input, positions), input, spatial)


def planes(array, spatial):
    """An array with its last dimensions as one, and all before them as one: (planes, elements)."""
    lead = array.ndim - spatial
    return array.reshape(math.prod(array.shape[:lead]), math.prod(array.shape[lead:]))


@operation(
    Rule(
        method=False, moves=True, linear=True, operands=("input", "index"),
        overload=lambda *args: args[-1],
    ),
    input=lambda grad, input_shape, index, spatial: placed_in_planes(grad, index, tuple(input_shape[-spatial:])),
)  # fmt: skip
def taken_from_planes(xp, input, index, spatial, node="GatherBackward0"):
    """The elements of each plane, the last dimensions row by row, at its indices."""
    taken = xp.take_along_axis(planes(input, spatial), planes(index, spatial), 1).reshape(index.shape)
    return as_images(xp, taken, index, spatial)


@operation(
    Rule(method=False, linear=True, operands=("input", "index")),
    input=lambda grad, index, sizes: taken_from_planes(grad, index, len(sizes)),
)
def placed_in_planes(xp, input, index, sizes):
    """Planes of zeros to which each element is added at its index, repeatedly where indices are equal."""
    spatial, lead = len(sizes), input.shape[: input.ndim - len(sizes)]
    count, elements = math.prod(lead), math.prod(sizes)
    result = xp.zeros(count * elements, input.dtype)
    start = xp.multiply(xp.arange(count), elements).reshape(count, 1)
    xp.ufunc_at("add", result, xp.add(planes(index, spatial), start).reshape(-1), input.reshape(-1))
    return result.reshape(*lead, *sizes)


@operation(
    Rule(
        method=False, moves=True, linear=True, operands=("input", "index"),
        overload=lambda input, index, sizes: f"MaxUnpool{len(sizes)}DBackward0",
    ),
    input=lambda grad, index, sizes: taken_from_planes(grad, index, len(sizes)),
)  # fmt: skip
def max_unpool(xp, input, index, sizes):
    """Planes of zeros in which each element stands at its index: (..., *counts) -> (..., *sizes).

    A RuntimeError for an index that is not there.
    """
    spatial, lead = len(sizes), input.shape[: input.ndim - len(sizes)]
    count, elements = math.prod(lead), math.prod(sizes)
    wrong = xp.logical_or(xp.less(index, 0), xp.greater_equal(index, elements))
    if xp.anywhere(wrong):
        found = index[wrong][-1, ...].item()  # the last one, as PyTorch
        raise RuntimeError(
            f"Found an invalid max index: {found} (output volumes are of size {'x'.join(map(str, sizes))})"
        )
    result = xp.zeros(count * elements, input.dtype)
    start = xp.multiply(xp.arange(count), elements).reshape(count, 1)
    result[xp.add(planes(index, spatial), start).reshape(-1)] = input.reshape(-1)
    return as_images(xp, result.reshape(*lead, *sizes), input, spatial)


# Means


class Divisors(NamedTuple):
    """By what the sum of a window is divided: `override`, or how many elements it has, with or without padding."""

    count_include_pad: bool
    override: int | None


def divided(xp, sums, sizes, windows, divisors):
    """Sums of windows over how many elements each has; those of integers towards zero."""
    if divisors.override is not None:
        divisor = divisors.override
    elif not any(windows.padding) and not windows.ceil_mode:
        divisor = math.prod(windows.kernel_size)
    else:
        divisor = 1
        for dim, size in enumerate(sizes):
            line = window_lengths(xp, size, windows, dim, divisors.count_include_pad)
            divisor = xp.multiply(divisor, line.reshape(-1, *[1] * (len(sizes) - 1 - dim)))
    divisor = xp.asarray(divisor, sums.dtype)
    if sums.dtype.kind not in "iu":
        return xp.divide(sums, divisor)
    quotient = xp.floor_divide(xp.absolute(sums), xp.absolute(divisor))
    return xp.multiply(xp.multiply(quotient, xp.sign(sums)), xp.sign(divisor))


def window_lengths(xp, size, windows, dim, count_include_pad):
    """How long each window along a dimension is, without what lies outside the input, or outside its padding."""
    kernel, step, zeros = [each[dim] for each in windows[:3]]
    start = xp.subtract(xp.multiply(xp.arange(windows.count(size, dim)), step), zeros)
    end = xp.minimum(xp.add(start, kernel), size + zeros)
    if not count_include_pad:
        start, end = xp.maximum(start, 0), xp.minimum(end, size)
    return xp.subtract(end, start)


def node_of_mean(input, windows, divisors):
    """PyTorch's name of the node of a mean."""
    return f"AvgPool{len(windows.kernel_size)}DBackward0"


@operation(
    Rule(method=False, linear=True, overload=node_of_mean),
    input=lambda grad, input_shape, windows, divisors: avg_pool_backward(
        grad, tuple(input_shape[-len(windows.kernel_size) :]), windows, divisors
    ),
)
def avg_pool(xp, input, windows, divisors):
    """The mean of each window of the last dimensions: (..., *sizes) -> (..., *counts)."""
    sizes = input.shape[-len(windows.kernel_size) :]
    sums = window_sums(xp, input, sizes, windows, back=False)
    return as_images(xp, divided(xp, sums, sizes, windows, divisors), input, len(sizes))


@operation(
    Rule(method=False, linear=True),
    upstream=lambda grad, windows, divisors: avg_pool(grad, windows, divisors),
)
def avg_pool_backward(xp, upstream, sizes, windows, divisors):
    """The gradient of a mean, spread over its windows: (..., *counts) -> (..., *sizes)."""
    return window_sums(xp, divided(xp, upstream, sizes, windows, divisors), sizes, windows, back=True)


def window_sums(xp, input, sizes, windows, back):
    """The sums of all windows, or with `back` for each element the sum over the windows that it is in."""
    for dim, size in enumerate(sizes):
        place = dim - len(sizes)
        shape = [*input.shape[:place], size if back else windows.count(size, dim)]
        sums = xp.zeros((*shape, *input.shape[len(shape) :]), input.dtype)
        for outer, inner in windows.reached(size, dim):  # the positions in one window
            to, source = (inner, outer) if back else (outer, inner)
            part = sums[(..., to, *along(place))]
            xp.add(part, input[(..., source, *along(place))], out=part)
        input = sums
    return input
