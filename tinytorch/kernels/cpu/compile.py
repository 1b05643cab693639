"""When a kernel is compiled, where its machine code is kept between runs, and how its work is spread over threads."""

import functools
import importlib
import itertools
import os
import sys
import threading
from pathlib import Path
from queue import SimpleQueue

import numpy

from tinytorch.kernels.cpu.blas import limit_threads
from tinytorch.kernels.cpu.team import SIGNATURES, Team

PIECE = 65_536  # elements at least for each thread: about 16 us of work, as long as it takes to wake a thread up
WORTH_COMPILING = 2 * PIECE  # elements: one call takes 0.13 ms in NumPy and 0.03 compiled; loading Numba takes 0.4 s
FLOATS = (numpy.dtype(numpy.float32), numpy.dtype(numpy.float64))
OFTEN = 10_000  # calls: some 10 ms in NumPy, of which the kernel takes half


class Kernel:
    """An elementwise function of float32 or float64 arrays that becomes a NumPy ufunc when it first gets a large array.

    `formula` names a scalar function in `tinytorch.kernels.compiled.<room>`, followed by `_float32` or `_float64`.
    It has one or two inputs, of which the first has the shape of the result. `made` holds the finished ufuncs by dtype;
    a caller with small arrays uses what is there.
    """

    def __init__(self, room, formula):
        self.room = room
        self.formula = formula
        self.made = {}
        self.asked = 0

    def ask(self, dtype):
        """Count a call too small to wait for the compiler; after many of them the kernel is made beside the program.

        The thread is no daemon, as LLVM must not be cut off when the program ends.
        """
        self.asked += 1
        if self.asked == OFTEN:
            threading.Thread(target=self.make, args=(dtype,), name="tinytorch compiler").start()

    def __call__(self, out, *inputs):
        """The result in `out` or a new array, or None where this kernel does not apply (other dtypes, too small)."""
        dtype = inputs[0].dtype
        if dtype not in FLOATS or inputs[-1].dtype != dtype:
            return None
        ufunc = self.made.get(dtype)
        if ufunc is None:
            if inputs[0].size < WORTH_COMPILING:
                return None
            ufunc = self.make(dtype)
        return None if ufunc is None else spread(ufunc, out, inputs)

    def make(self, dtype):
        """The ufunc for a dtype, from the cache on the disk or compiled; None if NUMBA_DISABLE_JIT is set."""
        with making:
            if dtype not in self.made:
                import numba

                if numba.config.DISABLE_JIT:
                    return None
                room = importlib.import_module(f"tinytorch.kernels.compiled.{self.room}")
                function = getattr(room, f"{self.formula}_{dtype}")
                arguments = ", ".join([str(dtype)] * function.__code__.co_argcount)
                self.made[dtype] = through_cache(function, f"{dtype}({arguments})")
            return self.made[dtype]


making = threading.Lock()
OPTIONS = {"nopython": True, "fastmath": {"contract"}}  # a product and a sum may become one instruction


def compiled(function, signature, cache):
    """A NumPy ufunc of a scalar function."""
    import numba

    return numba.vectorize([signature], cache=cache, **OPTIONS)(function).ufunc


def through_cache(function, signature, compiled=compiled):
    """What `compiled` makes of a function, usually a ufunc, with the machine code in a folder of the user's cache.

    Each function has a folder, which is filled under another name and then renamed, so that several processes may do so
    at once, and none reads what another is writing. Without a folder to write to, every process compiles for itself.
    """
    import shutil  # with the first kernel: these and hashlib take as long to import as forty of our modules
    import tempfile

    from numba import config

    before, kept = config.CACHE_DIR, cache_folder() / function.__name__
    try:
        if kept.exists():
            config.CACHE_DIR = str(kept)
            return compiled(function, signature, cache=True)
        try:
            kept.parent.mkdir(parents=True, exist_ok=True)
            filling = tempfile.mkdtemp(prefix=f"{function.__name__}-", dir=kept.parent)
        except OSError:
            return compiled(function, signature, cache=False)
        config.CACHE_DIR = filling
        ufunc = compiled(function, signature, cache=True)
        try:
            os.rename(filling, kept)
        except OSError:  # another process was first
            shutil.rmtree(filling, ignore_errors=True)
        return ufunc
    finally:
        config.CACHE_DIR = before


@functools.cache
def cache_folder():
    """The folder for machine code of these sources, these versions and this processor; NUMBA_CACHE_DIR is respected."""
    import hashlib

    import llvmlite.binding
    import numba
    from numba.misc.appdirs import user_cache_dir

    sources = [Path(__file__), *sorted(Path(__file__).parents[1].glob("compiled/*.py"))]
    target = [llvmlite.binding.get_host_cpu_name(), llvmlite.binding.get_host_cpu_features().flatten()]
    settings = sorted(f"{name}={value}" for name, value in os.environ.items() if name.startswith("NUMBA_"))
    stamps = [(str(path), path.stat().st_mtime_ns, path.stat().st_size) for path in sources]
    facts = repr((sys.version, numba.__version__, llvmlite.__version__, numpy.__version__, target, settings, stamps))
    root = numba.config.CACHE_DIR or user_cache_dir("tinytorch", appauthor=False)
    return Path(root) / f"kernels-{hashlib.sha256(facts.encode()).hexdigest()[:16]}"


def spread(ufunc, out, inputs):
    """What `ufunc(*inputs)` gives, computed by all threads; a new result has the first input's memory order."""
    if out is None:
        return compute(ufunc, numpy.empty_like(inputs[0]), inputs, False) if broadcast(inputs) else ufunc(*inputs)
    if out.shape == inputs[0].shape and out.dtype == inputs[0].dtype and broadcast(inputs):
        overlapping = [each for each in inputs if numpy.may_share_memory(each, out)]
        if all(each.__array_interface__ == out.__array_interface__ for each in overlapping):  # the very same elements
            return compute(ufunc, out, inputs, bool(overlapping))
    numpy.copyto(out, spread(ufunc, None, inputs), casting="same_kind")
    return out


def broadcast(inputs):
    """Whether the result has the shape of the first input."""
    first, *others = inputs
    return all(each.shape == first.shape for each in others) or numpy.broadcast(*inputs).shape == first.shape


def compute(ufunc, out, inputs, onto_input):
    """Fill `out` piece by piece along one dimension; the threads share the pieces.

    A piece is computed in place only where it has the strides of the first input, as Numba's loops look at the inputs
    alone before they take the result for contiguous, and where it does not lie on an input, as LLVM expects any overlap
    then and uses no vectors. Other pieces are computed beside `out` and copied.
    """
    if not onto_input and num_threads > 1 and computed_by_team(ufunc, out, inputs):
        return out
    *arrays, result = in_memory_order([*inputs, out])
    directly = not onto_input and result.strides == arrays[0].strides
    pieces = result.size // PIECE
    if directly:  # more than one for each thread: they do not all run equally fast
        pieces = min(pieces, 2 * num_threads) if num_threads > 1 else 1
    length = max(-(-len(result) // max(pieces, 1)), 1)

    def compute_piece(start):
        part = slice(start, start + length)
        if directly:
            ufunc(*(each[part] for each in arrays), result[part])
        else:
            result[part] = ufunc(*(each[part] for each in arrays))

    share(compute_piece, range(0, len(result), length))
    return out


def computed_by_team(ufunc, out, inputs):
    """Let the team compute arrays without gaps, of which one may be a vector repeated along the last dimension."""
    rows = 1
    for each in (*inputs, out):
        if not each.flags.c_contiguous:
            return False
        if each.shape != out.shape:
            if each.shape != out.shape[-1:]:
                return False
            rows = out.size // each.size
    return out.size >= 2 * PIECE and team().run(ufunc, rows, (*inputs, out))


@functools.cache
def team():
    """The threads that compute without Python; they are started at the first use, and again in a forked child."""
    return Team(num_threads, team_functions())


@functools.cache
def team_functions():
    """What the threads do, compiled: the functions of `compiled.team` by name."""
    import numba

    room = importlib.import_module("tinytorch.kernels.compiled.team")

    def compiled(function, signature, cache):
        return numba.njit(signature, nogil=True, cache=cache)(function)

    with making:
        return {name: through_cache(getattr(room, name), each, compiled) for name, each in SIGNATURES.items()}


def in_memory_order(arrays):
    """Views of one shape with the dimensions in the order of the last array's memory, flat if all are dense."""
    shape = arrays[-1].shape
    if not dense(arrays, shape):
        order = sorted(range(len(shape)), key=lambda dim: -abs(arrays[-1].strides[dim]))
        arrays = [numpy.broadcast_to(each, shape).transpose(order) for each in arrays[:-1]] + [
            arrays[-1].transpose(order)
        ]
        shape = arrays[-1].shape
        if not dense(arrays, shape):
            cut = 0 if shape[0] >= 4 * num_threads else shape.index(max(shape))
            return [each.swapaxes(0, cut) for each in arrays]
    return [each.reshape(-1) for each in arrays]


def dense(arrays, shape):
    """Whether all arrays have this shape and lie in memory without gaps, the last dimension first."""
    return all(each.flags.c_contiguous and each.shape == shape for each in arrays)


def share(compute_piece, starts):
    """Call `compute_piece` for each of `starts`, in whichever thread is free; return when all are done.

    The threads take the next start from one iterator, and the caller waits only for what others have taken: where
    none of them gets to run, it does everything itself.
    """
    if num_threads == 1 or len(starts) < 2:
        for start in starts:
            compute_piece(start)
        return
    pieces, done, failures = iter(starts), itertools.count(1), []
    finished = threading.Lock()
    finished.acquire()

    def work():
        for start in pieces:
            try:
                compute_piece(start)
            except BaseException as failure:  # raised in the calling thread, below
                failures.append(failure)
            if next(done) == len(starts):
                finished.release()

    for _ in range(min(len(starts), num_threads) - 1):
        pool().put(work)
    work()
    finished.acquire()
    if failures:
        raise failures[0]


@functools.cache
def pool():
    """The queue of the threads beside the calling one, started at the first use, and again in a forked child."""
    queue = SimpleQueue()
    for _ in range(num_threads - 1):
        threading.Thread(target=serve, args=(queue,), name="tinytorch", daemon=True).start()
    return queue


def serve(queue):
    """Do the work that comes through a queue, until None comes."""
    while (work := queue.get()) is not None:
        work()
        del work  # it holds arrays


def default_num_threads():
    """NUMBA_NUM_THREADS or OMP_NUM_THREADS, or as many processors as this process may use."""
    for name in ("NUMBA_NUM_THREADS", "OMP_NUM_THREADS"):
        if os.environ.get(name, "").isdecimal():
            return max(int(os.environ[name]), 1)
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


num_threads = default_num_threads()


def get_num_threads():
    """How many threads compute one large array."""
    return num_threads


def set_num_threads(count):
    """Compute each large array by so many threads from now on; 1 is the calling thread alone."""
    global num_threads
    if pool.cache_info().currsize:
        for _ in range(num_threads - 1):
            pool().put(None)
        pool.cache_clear()
    if team.cache_info().currsize:
        team().disband()
        team.cache_clear()
    num_threads = count
    limit_threads(count)


def begin_in_child():
    """Forget what a fork does not bring along: threads, and locks that they hold."""
    global making
    making = threading.Lock()
    pool.cache_clear()
    team.cache_clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=begin_in_child)
