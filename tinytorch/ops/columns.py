"""Windows that slide over the last dimensions: seen without a copy, as columns of a matrix, and added back."""

import itertools
import math

from tinytorch.operation import Rule, operation
from tinytorch.ops.views import steps


def counts_of(sizes, kernel_size, stride, padding, dilation):
    """How many windows fit along each dimension, after zeros were put on both sides."""
    return tuple([
        (size + 2 * zeros - apart * (kernel - 1) - 1) // step + 1
        for size, kernel, step, zeros, apart in zip(sizes, kernel_size, stride, padding, dilation, strict=True)
    ])  # fmt: skip


def padded(xp, input, padding):
    """The input with zeros on both sides of its last dimensions; without any, the input itself."""
    if not any(padding):
        return input
    lead = input.ndim - len(padding)
    sizes = [size + 2 * zeros for size, zeros in zip(input.shape[lead:], padding, strict=True)]
    wide = xp.zeros((*input.shape[:lead], *sizes), input.dtype)
    wide[inner(input.shape[lead:], padding)] = input
    return wide


def inner(sizes, padding):
    """The index of what is not padding."""
    return (..., *[slice(zeros, zeros + size) for size, zeros in zip(sizes, padding, strict=True)])


def images_last(array):
    """(n, c, ...) -> (c, ..., n): with the images innermost neighbours of windows are longer, and copied faster."""
    return array.transpose([*range(1, array.ndim), 0])


def images_first(array):
    """(c, ..., n) -> (n, c, ...)."""
    return array.transpose([array.ndim - 1, *range(array.ndim - 1)])


def windows(xp, input, kernel_size, stride, padding, dilation, counts, together=False):
    """A view of all windows, (n, c, *sizes) -> (n, c, *kernel_size, *counts), of the padded input.

    With `together` it is a view of a copy in which the images are innermost.
    """
    if not input.size:
        return xp.zeros((*input.shape[:2], *kernel_size, *counts), input.dtype)
    input = padded(xp, input, padding)
    if together:
        input = images_first(xp.ascontiguousarray(images_last(input)))
    flat, start = xp.storage(input)
    lead, own = steps(input)[:2], steps(input)[2:]
    inside = [step * apart for step, apart in zip(own, dilation, strict=True)]
    across = [step * by for step, by in zip(own, stride, strict=True)]
    return xp.strided(flat, (*input.shape[:2], *kernel_size, *counts), (*lead, *inside, *across), start)


def add_windows(xp, columns, sizes, stride, padding, dilation, together=False):
    """What `windows` shows, added up where it came from: (n, c, *kernel_size, *counts) -> (n, c, *sizes)."""
    spatial = len(sizes)
    kernel_size, counts = columns.shape[2 : 2 + spatial], columns.shape[2 + spatial :]
    wide = [size + 2 * zeros for size, zeros in zip(sizes, padding, strict=True)]
    if together:
        result = images_first(xp.zeros((columns.shape[1], *wide, columns.shape[0]), columns.dtype))
    else:
        result = xp.zeros((*columns.shape[:2], *wide), columns.dtype)
    for place in itertools.product(*map(range, kernel_size)):  # a few positions, each for all windows at once
        reached = tuple([
            slice(at * apart, at * apart + (count - 1) * step + 1, step)
            for at, count, step, apart in zip(place, counts, stride, dilation, strict=True)
        ])  # fmt: skip
        there = result[(..., *reached)]
        xp.add(there, columns[(slice(None), slice(None), *place)], out=there)
    found = result[inner(sizes, padding)]
    return found.reshape(-1).reshape(found.shape)


@operation(
    Rule(method=False, title="Im2Col", linear=True, moves=True),
    input=lambda grad, input_shape, kernel_size, dilation, padding, stride: col2im(
        grad, tuple(input_shape[-2:]), kernel_size, dilation, padding, stride
    ),
)
def im2col(xp, input, kernel_size, dilation, padding, stride):
    """All windows as columns: (n, c, height, width) -> (n, c * kernel height * kernel width, windows)."""
    batch = input if input.ndim == 4 else input.reshape(1, *input.shape)
    counts = counts_of(batch.shape[2:], kernel_size, stride, padding, dilation)
    shown = windows(xp, batch, kernel_size, stride, padding, dilation, counts)
    columns = shown.copy() if shown.flags.c_contiguous else xp.ascontiguousarray(shown)
    lead = input.shape[:-3]
    return columns.reshape(*lead, math.prod(columns.shape[1:4]), math.prod(counts))


@operation(
    Rule(method=False, title="Col2Im", linear=True),
    input=lambda grad, kernel_size, dilation, padding, stride: im2col(grad, kernel_size, dilation, padding, stride),
)
def col2im(xp, input, output_size, kernel_size, dilation, padding, stride):
    """The columns of `im2col` added up where they came from: the sums of all windows that reach an element."""
    counts = counts_of(output_size, kernel_size, stride, padding, dilation)
    rows = input.shape[-2] // math.prod(kernel_size)
    lead = input.shape[:-2]
    columns = input.reshape(math.prod(lead), rows, *kernel_size, *counts)
    return add_windows(xp, columns, output_size, stride, padding, dilation).reshape(*lead, rows, *output_size)
