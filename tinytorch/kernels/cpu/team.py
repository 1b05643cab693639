"""Threads that compute the loop of a ufunc in pieces, without Python and mostly without sleep.

To wake a sleeping thread takes some 30 us, and it takes the GIL to tell it what to do: as long as a quarter of sigmoid
of a million numbers. So the threads look at a board for a while after each loop, as OpenMP's do, and call the compiled
loop itself; after `PATIENCE` looks without work they sleep.
"""

import ctypes
import threading
from queue import SimpleQueue

import numpy

PATIENCE = 10_000  # looks at the board, of 0.01 to 0.05 us each
PIECE = 16_384  # elements at least: some 4 us of work
BOARD = "int64[::1]"
SIGNATURES = {
    "lead": f"boolean({BOARD}, int64)",
    "finish": f"void({BOARD}, int64)",
    "stand_by": f"void({BOARD}, int64, int64)",
}


class Ufunc(ctypes.Structure):
    """How NumPy's C interface lays out the beginning of a ufunc (PyUFuncObject, ufuncobject.h)."""

    _fields_ = (
        ("head", ctypes.c_byte * object.__basicsize__),
        ("nin", ctypes.c_int),
        ("nout", ctypes.c_int),
        ("nargs", ctypes.c_int),
        ("identity", ctypes.c_int),
        ("loops", ctypes.POINTER(ctypes.c_void_p)),
        ("data", ctypes.POINTER(ctypes.c_void_p)),
    )


def loop_of(ufunc, char):
    """The addresses of a ufunc's loop for one dtype throughout, and of what it is given with each call."""
    place = ufunc.types.index(f"{char * ufunc.nin}->{char}")
    found = Ufunc.from_address(id(ufunc))
    return found.loops[place], found.data[place] or 0


class Team:
    """So many threads, the calling one among them; `functions` are those of `compiled.team` by name, compiled."""

    def __init__(self, count, functions):
        from tinytorch.kernels.compiled import team as places

        self.places, self.functions = places, functions
        self.board = numpy.zeros(places.SCRATCH + 8 * count, numpy.int64)
        self.board[places.THREADS] = count - 1
        self.one_at_a_time = threading.Lock()
        self.beds = [SimpleQueue() for _ in range(count - 1)]
        for number, bed in enumerate(self.beds, 1):
            self.board[places.ASLEEP + number] = 1
            arguments = (self.board, functions["stand_by"], bed, number)
            threading.Thread(target=serve, args=arguments, name="tinytorch", daemon=True).start()

    def run(self, ufunc, rows, arrays):
        """Compute `ufunc` over arrays of shape (rows, n), the result last, whose elements lie side by side in a row.

        An array of shape (n,) is repeated for each row. False, and nothing done, while another thread computes.
        """
        if not self.one_at_a_time.acquire(blocking=False):
            return False
        try:
            pieces = self.write(ufunc, rows, arrays)
            if not self.functions["lead"](self.board, pieces):
                for bed in self.beds:
                    bed.put(True)
            self.functions["finish"](self.board, pieces)
        finally:
            self.one_at_a_time.release()
        return True

    def write(self, ufunc, rows, arrays):
        """Put a loop on the board; in how many pieces it is."""
        board, places, result = self.board, self.places, arrays[-1]
        size, itemsize = result.size, result.itemsize
        pieces = min(max(size // PIECE, 1), 8 * len(self.beds) + 8)
        if rows == 1:  # a row for each piece
            count = -(-size // pieces)
            count += -count % (64 // itemsize)  # from cache line to cache line
            rows = pieces = -(-size // count)
            length, last, outer = 1, size - (rows - 1) * count, count * itemsize
        else:
            count = last = size // rows
            length = -(-rows // pieces)
            pieces, outer = -(-rows // length), count * itemsize
        loop = loop_of(ufunc, result.dtype.char)
        board[places.LOOP : places.LAST + 1] = (*loop, len(arrays), rows, length, count, last)
        for each, array in enumerate(arrays):
            board[places.POINTERS + each] = array.__array_interface__["data"][0]
            board[places.OUTER + each] = outer if array.size == size else 0
            board[places.STEPS + each] = itemsize
        return pieces

    def disband(self):
        """Let the threads end."""
        for bed in self.beds:
            bed.put(False)


def serve(board, stand_by, bed, number):
    """Stand by whenever somebody calls, until the team is disbanded."""
    while bed.get():
        stand_by(board, number, PATIENCE)
