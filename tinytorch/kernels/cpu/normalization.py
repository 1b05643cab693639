"""Normalised rows on the CPU: compiled loops for large matrices of floats, the formula for others."""

import functools
import importlib
import types

import numpy

from tinytorch.kernels import reference
from tinytorch.kernels.cpu import compile as compiling

# What the formulas need of NumPy, whose `sum` takes twice as long as the reduction that it calls.
USED = ("add", "asarray", "divide", "multiply", "sqrt", "subtract", "true_divide")
arrays = types.SimpleNamespace(sum=numpy.add.reduce, **{name: getattr(numpy, name) for name in USED})
BLOCK = 256  # rows whose gradients of weight and bias are added up one after the other; then those of the blocks are


@functools.cache
def compiled(name, char):
    """The loops of this name for a dtype, from the cache on the disk or compiled; None if NUMBA_DISABLE_JIT is set."""
    import numba

    if numba.config.DISABLE_JIT:
        return None
    function = getattr(importlib.import_module("tinytorch.kernels.compiled.normalization"), name)
    scalar = numpy.dtype(char).name
    matrix, row = f"{scalar}[:, ::1]", f"{scalar}[::1]"
    kinds = {
        "row_moments": (matrix, "float64", matrix, matrix),
        "row_norm": (matrix, row, row, matrix, matrix, matrix),
        "row_norm_backward": (matrix, matrix, row, matrix, matrix, matrix, row, row),
    }[name]
    with compiling.making:
        return compiling.through_cache(function, f"void({', '.join(kinds)})", loops)


def loops(function, signature, cache):
    """A compiled function of arrays that other threads may run beside."""
    import numba

    return numba.njit([signature], nogil=True, fastmath={"reassoc", "contract"}, cache=cache)(function)


def kernel(name, input, *others):
    """The loops for a large matrix of floats, if all arrays are of its dtype; else None."""
    char = input.dtype.char
    if input.size < compiling.WORTH_COMPILING or char not in "fd":
        return None
    if any(each is not None and each.dtype.char != char for each in others):
        return None
    return compiled(name, char)


def pieces(rows, count):
    """Parts of the rows that are worth a thread each."""
    step = max(min(-(-rows // (2 * compiling.num_threads)), rows), compiling.PIECE // max(count, 1), 1)
    return range(0, rows, step), step


def row_moments(input, eps):
    """The mean of each row of a matrix, and 1 / sqrt(variance + eps), as two columns, (rows, 1)."""
    run = kernel("row_moments", input)
    if run is None:
        return reference.row_moments(arrays, input, eps)
    rows, count = input.shape
    input = numpy.ascontiguousarray(input)
    mean, rstd = numpy.empty((2, rows, 1), input.dtype)
    starts, step = pieces(rows, count)

    def piece(start):
        part = slice(start, start + step)
        run(input[part], eps, mean[part], rstd[part])

    compiling.share(piece, starts)
    return mean, rstd


def row_norm(input, weight, bias, mean, rstd):
    """(input - mean) * rstd * weight + bias for each row of a matrix; weight and bias are rows, or None."""
    run = kernel("row_norm", input, weight, bias, mean, rstd)
    if run is None:
        return reference.row_norm(arrays, input, weight, bias, mean, rstd)
    rows, count = input.shape
    input, weight, bias = numpy.ascontiguousarray(input), as_row(weight, 1, input), as_row(bias, 0, input)
    out = numpy.empty_like(input)
    starts, step = pieces(rows, count)

    def piece(start):
        part = slice(start, start + step)
        run(input[part], weight, bias, mean[part], rstd[part], out[part])

    compiling.share(piece, starts)
    return out


def as_row(values, otherwise, input):
    """A row of weights, or one of equal numbers, as the loops take it."""
    if values is None:
        return numpy.full(input.shape[1], otherwise, input.dtype)
    return numpy.ascontiguousarray(values)


def row_norm_backward(upstream, input, weight, mean, rstd):
    """The gradients of `row_norm` for input, weight and bias, where mean and rstd are those of `row_moments`."""
    run = kernel("row_norm_backward", input, upstream, weight, mean, rstd)
    if run is None:
        return reference.row_norm_backward(arrays, upstream, input, weight, mean, rstd)
    rows, count = input.shape
    upstream, input = numpy.ascontiguousarray(upstream), numpy.ascontiguousarray(input)
    weight = as_row(weight, 1, input)
    grad = numpy.empty_like(input)
    sums = numpy.zeros((2, -(-rows // BLOCK), count), input.dtype)

    def piece(block):
        part = slice(block * BLOCK, (block + 1) * BLOCK)
        run(upstream[part], input[part], weight, mean[part], rstd[part], grad[part], sums[0, block], sums[1, block])

    compiling.share(piece, range(sums.shape[1]))
    return grad, sums[0].sum(0), sums[1].sum(0)
