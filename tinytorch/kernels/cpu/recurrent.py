"""Recurrent layers on the CPU: all steps in time in machine code, some sequences in each thread; NumPy for others."""

import importlib
import threading
from itertools import accumulate

import numpy

from tinytorch.kernels import reference
from tinytorch.kernels.cpu import compile as compiling

KINDS = {"LSTM": (0, 6), "GRU": (1, 4), "RNN_TANH": (2, 1), "RNN_RELU": (3, 1)}  # its number, and what it keeps
MUCH = 1_000_000  # gates: some 40 ms in NumPy, where a sequence comes alone
ALONE = 4_000_000  # products of numbers below which no other thread is asked: some 30 us
MATRIX, PARTS = "float32[:, ::1]", "float32[:, :, ::1]"
FORWARD = (PARTS, MATRIX, PARTS, MATRIX, MATRIX, PARTS, MATRIX, MATRIX)
BACKWARD = (MATRIX, PARTS, MATRIX, PARTS, MATRIX, MATRIX, MATRIX, PARTS, PARTS)
SIGNATURES = {
    name: f"void(int64, boolean, int64[::1], {', '.join(arrays)}, int64, int64)"
    for name, arrays in (("forward", FORWARD), ("backward", BACKWARD))
}
AT_ONCE = 32  # sequences, whose gates are together in the second cache
made = {}  # name -> the compiled function; None where there is no compiler
asked = {"forward": 0, "backward": 0}  # gates that NumPy computed


def recurrent_steps(kind, sizes, reverse, projected, hidden, cell, weight, bias, projection):
    """All steps in time of a recurrent layer: the outputs, what backward needs, and the hidden states before the steps.

    `hidden` and `cell` change to the states behind. Float32 without a projection is compiled for, when much comes.
    """
    run = compiled("forward", projected, projection)
    if run is None:
        return reference.recurrent_steps(numpy, kind, sizes, reverse, projected, hidden, cell, weight, bias, projection)
    number, parts = KINDS[kind]
    gates, size = weight.shape[0] // weight.shape[1], weight.shape[1]
    output, before = [numpy.empty((len(projected), size), numpy.float32) for _ in range(2)]
    kept = numpy.empty((len(projected), parts, size), numpy.float32)
    row = numpy.zeros((gates, size), numpy.float32)
    if bias is not None:
        row[:] = bias.reshape(row.shape)
    given = numpy.ascontiguousarray(projected).reshape(len(projected), gates, size), row, panels(weight.T)
    states = hidden, cell if kind == "LSTM" else hidden
    in_pieces(run, (number, reverse), sizes, (*given, *states, kept, before, output), weight.size * len(projected))
    return output, kept, before


def recurrent_steps_back(kind, sizes, reverse, flows, of_hidden, of_cell, kept, before, weight, projection):
    """The gradients of what the state gave to the gates, a row for each step and sequence, and of `projected`.

    `flows`, the gradients of the outputs, get those from later steps; `of_hidden` and `of_cell` change to those of the
    states before.
    """
    run = compiled("backward", kept, projection)
    if run is None:
        return reference.recurrent_steps_back(
            numpy, kind, sizes, reverse, flows, of_hidden, of_cell, kept, before, weight, projection
        )
    rows = numpy.empty((len(kept), weight.shape[0]), numpy.float32)
    of_projected = numpy.empty_like(rows) if kind == "GRU" else rows
    shape = len(kept), weight.shape[0] // weight.shape[1], weight.shape[1]
    parts = [each.reshape(shape) for each in (rows, of_projected)]
    given = flows, kept, before, panels(weight), of_hidden, of_cell, rows, *parts
    in_pieces(run, (KINDS[kind][0], reverse), sizes, given, weight.size * len(kept))
    return rows, of_projected


def compiled(name, rows, projection):
    """The compiled steps for float32 without a projection, once much has come; else None."""
    if projection is not None or rows.dtype.char != "f":
        return None
    if name not in made:
        if rows.size >= compiling.WORTH_COMPILING:
            return make(name)
        before = asked[name]
        asked[name] += rows.size
        if before < MUCH <= asked[name]:  # no daemon, as LLVM must not be cut off when the program ends
            threading.Thread(target=make, args=(name,), name="tinytorch compiler").start()
    return made.get(name)


def make(name):
    """The compiled steps, from the cache on the disk or compiled; None if NUMBA_DISABLE_JIT is set."""
    with compiling.making:
        if name not in made:
            import numba

            function = getattr(importlib.import_module("tinytorch.kernels.compiled.recurrent"), f"{name}_float32")
            disabled = numba.config.DISABLE_JIT
            made[name] = None if disabled else compiling.through_cache(function, SIGNATURES[name], steps)
        return made[name]


def steps(function, signature, cache):
    """A compiled function of arrays that other threads may run beside."""
    import numba

    return numba.njit([signature], nogil=True, error_model="numpy", fastmath={"contract"}, cache=cache)(function)


def panels(matrix):
    """The columns of a matrix in panels of the width that the compiled product takes, filled up with 0."""
    width = importlib.import_module("tinytorch.kernels.compiled.recurrent").WIDTH
    rows, columns = matrix.shape
    whole, rest = divmod(columns, width)
    result = numpy.empty((whole + bool(rest), rows, width), numpy.float32)
    result[:whole] = matrix[:, : whole * width].reshape(rows, whole, width).swapaxes(0, 1)
    if rest:
        result[whole, :, :rest] = matrix[:, whole * width :]
        result[whole, :, rest:] = 0
    return result


def in_pieces(run, head, sizes, arrays, products):
    """Let threads go through all steps, each for some of the sequences."""
    begins, batch = numpy.array([0, *accumulate(sizes)]), sizes[0]
    threads = 1 if products < ALONE else compiling.num_threads
    step = min(-(-batch // (8 * threads)) * 8, AT_ONCE) or 1
    compiling.share(lambda first: run(*head, begins, *arrays, first, min(first + step, batch)), range(0, batch, step))
