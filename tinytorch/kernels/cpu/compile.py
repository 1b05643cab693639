"""When a kernel is compiled, where its machine code is kept between runs, and how its work is spread over threads."""

import functools
import hashlib
import importlib
import os
import shutil
import sys
import tempfile
import threading
from pathlib import Path

import numpy

WORTH_COMPILING = (
    100_000  # elements; loading Numba takes 0.4 s, and a call with so many then takes 0.03 ms instead of 0.1
)
PIECE = 65_536  # elements at least for each thread: about 16 us of work, as long as it takes to wake a thread up


class Kernel:
    """An elementwise function of float32 or float64 arrays that becomes a NumPy ufunc when it first gets a large array.

    `formula` names a scalar function in `tinytorch.kernels.cpu.compiled.<room>`, followed by `_float32` or `_float64`.
    `made` holds the finished ufuncs by `dtype.char`; a caller with small arrays uses what is there.
    """

    def __init__(self, room, formula):
        self.room = room
        self.formula = formula
        self.made = {}

    def __call__(self, out, *inputs):
        """The result in `out` or a new array, or None where this kernel does not apply (other dtypes, too small)."""
        char = inputs[0].dtype.char
        if char not in "fd" or any(each.dtype.char != char for each in inputs):
            return None
        ufunc = self.made.get(char)
        if ufunc is None:
            if max(each.size for each in inputs) < WORTH_COMPILING:
                return None
            ufunc = self.make(char)
        return None if ufunc is None else spread(ufunc, out, inputs)

    def make(self, char):
        """The ufunc for a dtype, from the cache on the disk or compiled; None if NUMBA_DISABLE_JIT is set."""
        with making:
            if char not in self.made:
                import numba

                if numba.config.DISABLE_JIT:
                    return None
                room = importlib.import_module(f"tinytorch.kernels.cpu.compiled.{self.room}")
                name = numpy.dtype(char).name
                function = getattr(room, f"{self.formula}_{name}")
                arguments = ", ".join([name] * function.__code__.co_argcount)
                self.made[char] = through_cache(function, f"{name}({arguments})")
            return self.made[char]


making = threading.Lock()


OPTIONS = {"nopython": True, "fastmath": {"contract"}}  # a product and a sum may become one instruction


def compiled(function, signature, cache):
    """A NumPy ufunc of a scalar function."""
    import numba

    return numba.vectorize([signature], cache=cache, **OPTIONS)(function).ufunc


def through_cache(function, signature):
    """The ufunc of a scalar function, whose machine code lies in a folder of its own in the user's cache.

    A folder is filled under another name and then renamed, so that several processes may do so at once, and none reads
    what another is writing. Without a folder to write to, every process compiles for itself.
    """
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
    import llvmlite.binding
    import numba
    from numba.misc.appdirs import user_cache_dir

    sources = sorted(Path(__file__).parent.rglob("*.py"))
    target = [llvmlite.binding.get_host_cpu_name(), llvmlite.binding.get_host_cpu_features().flatten()]
    settings = sorted(f"{name}={value}" for name, value in os.environ.items() if name.startswith("NUMBA_"))
    stamps = [(str(path), path.stat().st_mtime_ns, path.stat().st_size) for path in sources]
    facts = repr((sys.version, numba.__version__, llvmlite.__version__, numpy.__version__, target, settings, stamps))
    root = numba.config.CACHE_DIR or user_cache_dir("tinytorch", appauthor=False)
    return Path(root) / f"kernels-{hashlib.sha256(facts.encode()).hexdigest()[:16]}"


def spread(ufunc, out, inputs):
    """What `ufunc(*inputs, out)` gives, computed by all threads; a new result has the first input's memory order."""
    shape = inputs[0].shape
    same = all(each.shape == shape for each in inputs)
    if not same and numpy.broadcast(*inputs).shape != shape:
        return ufunc(*inputs, out)  # seldom: an input that is itself repeated
    onto_input = False
    if out is None:
        out = numpy.empty_like(inputs[0])
    elif out.shape != shape or out.dtype != inputs[0].dtype:
        return ufunc(*inputs, out)  # NumPy casts, broadcasts or refuses
    else:
        for each in inputs:
            if numpy.may_share_memory(each, out):
                if each.__array_interface__ != out.__array_interface__:
                    return ufunc(*inputs, out)  # NumPy sees what overlaps and copies it first
                onto_input = True
    arrays = [each if each.shape == shape else numpy.broadcast_to(each, shape) for each in (*inputs, out)]
    compute_pieces(ufunc, in_memory_order(arrays), onto_input)
    return out


def in_memory_order(arrays):
    """Views of arrays of one shape with the dimensions in the order of the last one's memory, flat if all are dense."""
    result = arrays[-1]
    if not all(each.flags.c_contiguous for each in arrays):
        order = sorted(range(result.ndim), key=lambda dim: -abs(result.strides[dim]))
        arrays = [each.transpose(order) for each in arrays]
    if all(each.flags.c_contiguous for each in arrays):
        return [each.reshape(-1) for each in arrays]
    longest = max(range(result.ndim), key=arrays[-1].shape.__getitem__)
    cut = 0 if len(arrays[-1]) >= 4 * get_num_threads() else longest
    return [each.swapaxes(0, cut) for each in arrays]


def compute_pieces(ufunc, arrays, onto_input):
    """Apply `ufunc` to pieces of the arrays along their first dimension, the last array being the result's.

    A loop whose result lies on its input runs without vectors, as LLVM must expect any overlap: the pieces of such a
    result are computed beside it and then copied.
    """
    result = arrays[-1]
    pieces = result.size // PIECE
    if not onto_input:
        pieces = min(pieces, 4 * get_num_threads())  # more than one each: threads do not all run equally fast
        if get_num_threads() == 1 or pieces < 2:
            ufunc(*arrays)
            return
    length = -(-len(result) // max(pieces, 1))
    starts = iter(range(0, len(result), max(length, 1)))

    def work():
        for start in starts:  # the threads share one iterator: each takes the next piece
            *inputs, piece = (each[start : start + length] for each in arrays)
            if onto_input:
                piece[...] = ufunc(*inputs)
            else:
                ufunc(*inputs, piece)

    helpers = call_helpers(work, min(pieces, get_num_threads()) - 1)
    work()
    for helper in helpers:
        if not helper.cancel():  # one that has not begun is not needed any more
            helper.result()


def call_helpers(work, count):
    """Start `work` in so many other threads, as far as there are any."""
    if count < 1:
        return []
    try:
        return [pool().submit(work) for _ in range(count)]
    except RuntimeError:  # the interpreter is shutting down and starts no more work in threads
        return []


@functools.cache
def pool():
    """The threads beside the calling one, made at the first use; again in a forked child, which has none of them."""
    from concurrent.futures import ThreadPoolExecutor

    return ThreadPoolExecutor(max(get_num_threads() - 1, 1), thread_name_prefix="tinytorch")


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
    num_threads = count
    pool.cache_clear()


def begin_in_child():
    """Forget what a fork does not bring along: threads, and locks that they hold."""
    global making
    making = threading.Lock()
    pool.cache_clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=begin_in_child)
