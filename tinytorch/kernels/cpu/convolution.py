"""Convolutions of single planes on the CPU: compiled loops for large ones of floats, the formula for others."""

import functools
import importlib

import numpy

from tinytorch.kernels import reference
from tinytorch.kernels.cpu import compile as compiling
from tinytorch.kernels.cpu.normalization import loops


@functools.cache
def compiled(name, char):
    """The loops of this name for a dtype, from the cache on the disk or compiled; None if NUMBA_DISABLE_JIT is set."""
    import numba

    if numba.config.DISABLE_JIT:
        return None
    function = getattr(importlib.import_module("tinytorch.kernels.compiled.convolution"), name)
    scalar = numpy.dtype(char).name
    planes = f"{scalar}[:, :, ::1]"
    kinds = (f"{scalar}[::1]", "int64[::1]", "int64[::1]", "int64[::1]", planes, planes)
    with compiling.making:
        return compiling.through_cache(function, f"void({', '.join(kinds)})", loops)


def kernel(name, shown, other):
    """The loops for windows of large planes of floats; else None."""
    char, size = shown.dtype.char, shown.itemsize
    places = shown.size // (shown.shape[2] * shown.shape[3])
    if char not in "fd" or other.dtype.char != char or places < compiling.WORTH_COMPILING:
        return None
    if not shown.flags.writeable or any(step < 0 or step % size for step in shown.strides):
        return None
    return compiled(name, char)


def memory(shown):
    """The memory under windows (n, c, rows, columns, lines, places), and the steps in it, as the loops take them."""
    strides = numpy.array(shown.strides) // shown.itemsize
    extent = 1 + int(strides @ (numpy.array(shown.shape) - 1))
    flat = numpy.lib.stride_tricks.as_strided(shown, (extent,), (shown.itemsize,))
    images, channels = numpy.arange(shown.shape[0]), numpy.arange(shown.shape[1])
    starts = (images[:, None] * strides[0] + channels * strides[1]).reshape(-1)
    return flat, starts, strides[2:4].copy(), strides[4:].copy()


def by_planes(run, shown, planes, out):
    """Run the loops for all planes, which the threads share."""
    flat, starts, inside, across = memory(shown)
    step = max(-(-len(out) // (2 * compiling.num_threads)), 1)

    def piece(start):
        part = slice(start, start + step)
        run(flat, starts[part], inside, across, planes[part], out[part])

    compiling.share(piece, range(0, len(out), step))


def depthwise(shown, weight):
    """The sums of windows, each times the weights of its channel: (n, c, *kernel, *counts) -> (n, c, *counts)."""
    run = kernel("depthwise", shown, weight)
    if run is None:
        return reference.depthwise(numpy, shown, weight)
    count, channels, *_, lines, places = shown.shape
    out = numpy.zeros((count * channels, lines, places), shown.dtype)
    planes = numpy.concatenate([weight] * count) if count > 1 else numpy.ascontiguousarray(weight)
    by_planes(run, shown, planes, out)
    return out.reshape(count, channels, lines, places)


def depthwise_weight(shown, upstream):
    """The sums of windows, each times the gradient that came to it: (n, c, *kernel, *counts) -> (c, *kernel)."""
    run = kernel("depthwise_weight", shown, upstream)
    if run is None:
        return reference.depthwise_weight(numpy, shown, upstream)
    count, channels, rows, columns, lines, places = shown.shape
    out = numpy.zeros((count * channels, rows, columns), shown.dtype)
    by_planes(run, shown, numpy.ascontiguousarray(upstream).reshape(-1, lines, places), out)
    return out.reshape(count, channels, rows, columns).sum(0)
