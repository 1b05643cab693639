"""The steps in time of recurrent layers for some of the sequences, float32: products of few rows, gates, the way back.

A product is made tile by tile: a few rows times the columns of a panel, all of whose sums stay in vector registers
(Goto and van de Geijn, 2008); a panel has the weights of WIDTH columns, row by row. Each row of gates goes through
short loops that write to one place, as LLVM compares places before it makes vectors, and gives up on many; and there
are no slices in them, as those count references.
"""

import llvmlite.binding
import numpy
from llvmlite import ir
from numba import njit, types
from numba.core import cgutils
from numba.extending import intrinsic

from tinytorch.kernels.compiled.activation import logistic_float32, tanh_float32

FEATURES = llvmlite.binding.get_host_cpu_features()
LANES = 16 if FEATURES.get("avx512f") else 8 if FEATURES.get("avx2") else 4  # of a vector register
WIDTH = 2 * LANES
ROWS = 4 if LANES == 8 else 8  # AVX2 has 16 registers, the others have 32
SCALAR, VECTOR, WORD = ir.FloatType(), ir.VectorType(ir.FloatType(), LANES), ir.IntType(64)
UNDEFINED, EVERYWHERE = ir.Constant(VECTOR, ir.Undefined), ir.Constant(ir.VectorType(ir.IntType(32), LANES), None)
LSTM, GRU, TANH, RELU = range(4)
loop = njit(error_model="numpy", fastmath={"contract"}, nogil=True)


def tile_of(rows):
    """The function that adds to one tile, of so many rows."""

    @intrinsic
    def tile(typing, left, panels, out, row, panel):
        """out[row : row + rows, panel * WIDTH :][:WIDTH] += left[row : row + rows] @ panels[panel]."""

        def generate(context, builder, signature, arguments):
            arrays = [
                context.make_array(kind)(context, builder, value)
                for kind, value in zip(signature.args[:3], arguments[:3], strict=True)
            ]
            left, panels, out = [each.data for each in arrays]
            inner, columns = [builder.extract_value(arrays[place].shape, 1) for place in (0, 2)]
            row, panel = arguments[3:]

            def vector(pointer, part):
                return builder.bitcast(builder.gep(pointer, [WORD(part * LANES)]), VECTOR.as_pointer())

            numbers = [builder.add(row, WORD(each)) for each in range(rows)]
            lines = [builder.gep(left, [builder.mul(each, inner)]) for each in numbers]
            first = builder.mul(panel, WORD(WIDTH))
            places = [builder.gep(out, [builder.add(builder.mul(each, columns), first)]) for each in numbers]
            weights = builder.gep(panels, [builder.mul(first, inner)])
            sums = [[cgutils.alloca_once(builder, VECTOR) for _ in range(2)] for _ in range(rows)]
            for place, pair in zip(places, sums, strict=True):
                for part in range(2):
                    builder.store(builder.load(vector(place, part), align=4), pair[part])
            kind = ir.FunctionType(VECTOR, [VECTOR] * 3)
            fused = builder.module.declare_intrinsic(f"llvm.fma.v{LANES}f32", (), kind)
            with cgutils.for_range(builder, inner, intp=WORD) as step:
                here = builder.gep(weights, [builder.mul(step.index, WORD(WIDTH))])
                pair = [builder.load(vector(here, part), align=4) for part in range(2)]
                for line, total in zip(lines, sums, strict=True):
                    factor = builder.load(builder.gep(line, [step.index]))
                    factor = builder.insert_element(UNDEFINED, factor, ir.IntType(32)(0))
                    factor = builder.shuffle_vector(factor, UNDEFINED, EVERYWHERE)
                    for part in range(2):
                        value = builder.call(fused, [factor, pair[part], builder.load(total[part])])
                        builder.store(value, total[part])
            for place, pair in zip(places, sums, strict=True):
                for part in range(2):
                    builder.store(builder.load(pair[part]), vector(place, part), align=4)
            return context.get_dummy_value()

        return types.none(left, panels, out, types.intp, types.intp), generate

    return tile


large_tile, middle_tile, small_tile = tile_of(ROWS), tile_of(4), tile_of(1)


@loop
def add_product(left, panels, out):
    """out += left @ the matrix whose panels these are."""
    rows = left.shape[0]
    for panel in range(panels.shape[0]):
        row = 0
        while row + ROWS <= rows:
            large_tile(left, panels, out, row, panel)
            row += ROWS
        while row + 4 <= rows:
            middle_tile(left, panels, out, row, panel)
            row += 4
        while row < rows:
            small_tile(left, panels, out, row, panel)
            row += 1


def forward_float32(kind, reverse, begins, projected, bias, panels, hidden, cell, kept, before, output, first, last):
    """All steps for the sequences from `first` to `last`; the rows of a step begin at `begins`, the states change."""
    size, steps = hidden.shape[1], begins.size - 1
    given = numpy.empty((last - first, panels.shape[0] * WIDTH), numpy.float32)
    for turn in range(steps):
        step = steps - 1 - turn if reverse else turn
        count, top = min(begins[step + 1] - begins[step], last) - first, begins[step] + first
        if count <= 0:
            continue
        for row in range(count):
            for place in range(size):
                before[top + row, place] = hidden[first + row, place]
            for gate in range(projected.shape[1]):
                alone = kind == GRU and gate == 2  # what the state gives is reset, and then that of the input added
                for place in range(size):
                    value = bias[gate, place]
                    given[row, gate * size + place] = value if alone else value + projected[top + row, gate, place]
        add_product(hidden[first : first + count], panels, given)
        for row in range(count):
            if kind == LSTM:
                lstm_row(given, row, cell, hidden, first + row, kept, top + row)
            elif kind == GRU:
                gru_row(given, row, projected, hidden, first + row, kept, top + row)
            else:
                plain_row(kind, given, row, hidden, first + row, kept, top + row)
            for place in range(size):
                output[top + row, place] = hidden[first + row, place]


@loop
def lstm_row(given, row, cell, hidden, own, kept, at):
    """Kept are the four gates, the cell state before, and the tanh of that behind."""
    size = hidden.shape[1]
    for gate in range(4):
        for place in range(size):
            value = given[row, gate * size + place]
            kept[at, gate, place] = tanh_float32(value) if gate == 2 else logistic_float32(value)
    for place in range(size):
        kept[at, 4, place] = cell[own, place]
    for place in range(size):
        cell[own, place] = cell[own, place] * kept[at, 1, place] + kept[at, 2, place] * kept[at, 0, place]
    for place in range(size):
        kept[at, 5, place] = tanh_float32(cell[own, place])
    for place in range(size):
        hidden[own, place] = kept[at, 5, place] * kept[at, 3, place]


@loop
def gru_row(given, row, projected, hidden, own, kept, at):
    """Kept are the three gates, and what the state gave to the last."""
    size = hidden.shape[1]
    for gate in range(2):
        for place in range(size):
            kept[at, gate, place] = logistic_float32(given[row, gate * size + place])
    for place in range(size):
        kept[at, 3, place] = given[row, 2 * size + place]
    for place in range(size):
        kept[at, 2, place] = tanh_float32(projected[at, 2, place] + kept[at, 0, place] * kept[at, 3, place])
    for place in range(size):
        new = kept[at, 2, place]
        hidden[own, place] = (hidden[own, place] - new) * kept[at, 1, place] + new


@loop
def plain_row(kind, given, row, hidden, own, kept, at):
    """Kept is the result."""
    for place in range(hidden.shape[1]):
        value = given[row, place]
        if kind == TANH:
            kept[at, 0, place] = tanh_float32(value)
        else:
            kept[at, 0, place] = numpy.float32(0) if value < 0 else value
    for place in range(hidden.shape[1]):
        hidden[own, place] = kept[at, 0, place]


def backward_float32(
    kind, reverse, begins, flows, kept, before, panels, of_hidden, of_cell, rows, of_gates, of_projected, first, last
):
    """All steps back for the sequences from `first` to `last`; `flows`, `of_hidden` and `of_cell` change as they go.

    `rows` and `of_gates` are the same memory, as a matrix and gate by gate.
    """
    size, steps = of_hidden.shape[1], begins.size - 1
    given = numpy.empty((last - first, panels.shape[0] * WIDTH), numpy.float32)
    for turn in range(steps):
        step = turn if reverse else steps - 1 - turn
        count, top = min(begins[step + 1] - begins[step], last) - first, begins[step] + first
        if count <= 0:
            continue
        for row in range(count):
            at = top + row
            for place in range(size):
                flows[at, place] = flows[at, place] + of_hidden[first + row, place]
            if kind == LSTM:
                lstm_row_back(flows, kept, of_cell, first + row, of_gates, at)
            elif kind == GRU:
                gru_row_back(flows, kept, before, of_gates, of_projected, at)
            else:
                plain_row_back(kind, flows, kept, of_gates, at)
            for place in range(given.shape[1]):
                given[row, place] = 0
            if kind == GRU:
                for place in range(size):
                    given[row, place] = flows[at, place] * kept[at, 1, place]
        add_product(rows[top : top + count], panels, given)
        for row in range(count):
            for place in range(size):
                of_hidden[first + row, place] = given[row, place]


@loop
def lstm_row_back(flows, kept, of_cell, own, out, at):
    """The gradients of the four gates, and of the cell state before."""
    size, one = flows.shape[1], numpy.float32(1)
    for place in range(size):
        shown = kept[at, 5, place]
        of_cell[own, place] = of_cell[own, place] + flows[at, place] * kept[at, 3, place] * (one - shown * shown)
    for place in range(size):
        entrance = kept[at, 0, place]
        out[at, 0, place] = of_cell[own, place] * kept[at, 2, place] * entrance * (one - entrance)
    for place in range(size):
        forget = kept[at, 1, place]
        out[at, 1, place] = of_cell[own, place] * kept[at, 4, place] * forget * (one - forget)
    for place in range(size):
        new = kept[at, 2, place]
        out[at, 2, place] = of_cell[own, place] * kept[at, 0, place] * (one - new * new)
    for place in range(size):
        exit = kept[at, 3, place]
        out[at, 3, place] = flows[at, place] * kept[at, 5, place] * exit * (one - exit)
    for place in range(size):
        of_cell[own, place] = of_cell[own, place] * kept[at, 1, place]


@loop
def gru_row_back(flows, kept, before, out, of_projected, at):
    """The gradients of what the state gave to the gates, and of what the input gave, which the last does not reset."""
    size, one = flows.shape[1], numpy.float32(1)
    for place in range(size):
        new = kept[at, 2, place]
        of_projected[at, 2, place] = flows[at, place] * (one - kept[at, 1, place]) * (one - new * new)
    for place in range(size):
        reset = kept[at, 0, place]
        out[at, 0, place] = of_projected[at, 2, place] * kept[at, 3, place] * reset * (one - reset)
    for place in range(size):
        update = kept[at, 1, place]
        out[at, 1, place] = flows[at, place] * (before[at, place] - kept[at, 2, place]) * update * (one - update)
    for place in range(size):
        out[at, 2, place] = of_projected[at, 2, place] * kept[at, 0, place]
    for gate in range(2):
        for place in range(size):
            of_projected[at, gate, place] = out[at, gate, place]


@loop
def plain_row_back(kind, flows, kept, out, at):
    """The gradient of the one gate."""
    for place in range(flows.shape[1]):
        value = kept[at, 0, place]
        if kind == TANH:
            out[at, 0, place] = flows[at, place] * (numpy.float32(1) - value * value)
        else:
            out[at, 0, place] = numpy.float32(0) if value <= 0 else flows[at, place]
