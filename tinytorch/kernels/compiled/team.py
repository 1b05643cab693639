"""How threads share the rows of one loop without Python: what stands on the board, and who takes the next piece.

The board is an array of int64 that all threads see. TURN holds how many pieces are left, below a number that is
another one for each loop; whoever lowers it has taken a piece, whose loop nobody replaces before it is done.
"""

import platform

from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic

LEFT = (1 << 20) - 1  # the bits of TURN that count pieces
TURN, DONE = 0, 8  # in a cache line each
LOOP, DATA, OPERANDS, ROWS, LENGTH, COUNT, LAST = range(16, 23)  # LENGTH rows a piece, COUNT elements a row
POINTERS, OUTER, STEPS = 24, 28, 32  # of each operand: where it begins, the bytes from row to row and within one
THREADS, ASLEEP = 36, 40  # how many threads wait beside the caller, and a flag for each, counted from 1
SCRATCH = ASLEEP + 256  # 8 numbers for each thread
WORD, BYTES = ir.IntType(64), ir.IntType(8).as_pointer()
PAUSE = {  # the processor's own instruction, as LLVM names it, and its operands
    "x86_64": ("llvm.x86.sse2.pause", ()),
    "AMD64": ("llvm.x86.sse2.pause", ()),
    "aarch64": ("llvm.aarch64.hint", (ir.IntType(32)(1),)),
    "arm64": ("llvm.aarch64.hint", (ir.IntType(32)(1),)),
}.get(platform.machine())


def address(context, builder, signature, board, place):
    """Where a number of the board lies."""
    data = context.make_array(signature.args[0])(context, builder, board).data
    return builder.gep(data, [place])


@intrinsic
def load(typing, board, place):
    """A number of the board, as the last thread wrote it."""

    def generate(context, builder, signature, arguments):
        return builder.load_atomic(address(context, builder, signature, *arguments), "seq_cst", 8)

    return types.int64(board, types.int64), generate


@intrinsic
def store(typing, board, place, value):
    """Write a number that all threads see, with all that was written before it."""

    def generate(context, builder, signature, arguments):
        where = address(context, builder, signature, *arguments[:2])
        builder.store_atomic(arguments[2], where, "seq_cst", 8)
        return context.get_dummy_value()

    return types.none(board, types.int64, types.int64), generate


@intrinsic
def replace(typing, board, place, before, after):
    """Write `after` where `before` still stands; whether it did."""

    def generate(context, builder, signature, arguments):
        where = address(context, builder, signature, *arguments[:2])
        pair = builder.cmpxchg(where, arguments[2], arguments[3], "seq_cst", "seq_cst")
        return builder.extract_value(pair, 1)

    return types.boolean(board, types.int64, types.int64, types.int64), generate


@intrinsic
def increase(typing, board, place):
    """Add 1 to a number of the board."""

    def generate(context, builder, signature, arguments):
        where = address(context, builder, signature, *arguments)
        builder.atomic_rmw("add", where, WORD(1), "seq_cst")
        return context.get_dummy_value()

    return types.none(board, types.int64), generate


@intrinsic
def pause(typing):
    """Tell the processor that this thread only waits."""

    def generate(context, builder, signature, arguments):
        if PAUSE is not None:
            name, numbers = PAUSE
            kind = ir.FunctionType(ir.VoidType(), [each.type for each in numbers])
            builder.call(builder.module.declare_intrinsic(name, (), kind), numbers)
        return context.get_dummy_value()

    return types.none(), generate


@intrinsic
def run_loop(typing, board, pointers, count, steps):
    """Call the loop on the board as NumPy calls that of a ufunc: pointers, a size, steps in bytes, and its data."""

    def generate(context, builder, signature, arguments):
        board, *places = arguments
        rows = [builder.bitcast(address(context, builder, signature, board, place), BYTES) for place in places]
        loop, data = [
            builder.inttoptr(builder.load(address(context, builder, signature, board, WORD(place))), BYTES)
            for place in (LOOP, DATA)
        ]
        kind = ir.FunctionType(ir.VoidType(), [BYTES] * 4).as_pointer()
        builder.call(builder.bitcast(loop, kind), [*rows, data])
        return context.get_dummy_value()

    return types.none(board, types.int64, types.int64, types.int64), generate


@njit
def take_pieces(board, thread):
    """Take pieces and compute them, until none is left."""
    own = SCRATCH + 8 * thread
    while True:
        turn = load(board, TURN)
        left = turn & LEFT
        if left == 0:
            return
        if replace(board, TURN, turn, turn - 1):
            stop = min(left * board[LENGTH], board[ROWS])
            for row in range((left - 1) * board[LENGTH], stop):
                for each in range(board[OPERANDS]):
                    board[own + each] = board[POINTERS + each] + row * board[OUTER + each]
                board[own + 4] = board[LAST] if row == board[ROWS] - 1 else board[COUNT]
                run_loop(board, own, own + 4, STEPS)
            increase(board, DONE)


def lead(board, pieces):
    """Offer the pieces of the loop on the board; whether all other threads look at it, instead of being asleep."""
    store(board, DONE, 0)
    store(board, TURN, ((board[TURN] >> 20) + 1) << 20 | pieces)
    awake = True
    for thread in range(board[THREADS]):
        awake = awake and load(board, ASLEEP + 1 + thread) == 0
    return awake


def finish(board, pieces):
    """Compute with the others, until all pieces are done."""
    take_pieces(board, 0)
    while load(board, DONE) != pieces:
        pause()


def stand_by(board, thread, patience):
    """Take pieces as they come; return when none came for so many looks at the board."""
    store(board, ASLEEP + thread, 0)
    looks = 0
    while looks < patience:
        if load(board, TURN) & LEFT:
            take_pieces(board, thread)
            looks = 0
        else:
            pause()
            looks += 1
    store(board, ASLEEP + thread, 1)
    if load(board, TURN) & LEFT:  # offered just before this thread said that it sleeps
        store(board, ASLEEP + thread, 0)
        take_pieces(board, thread)
        store(board, ASLEEP + thread, 1)
