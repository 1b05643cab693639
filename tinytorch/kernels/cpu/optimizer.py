"""The step of Adam on the CPU: one pass over large arrays, and NumPy for small ones until that pass is compiled."""

import importlib

import numpy

from tinytorch.kernels import reference
from tinytorch.kernels.cpu.compile import PIECE, WORTH_COMPILING, making, share, through_cache

made = {}  # dtype.char -> the compiled loop; None where there is no compiler


def adam_step(param, grad, exp_avg, exp_avg_sq, max_exp_avg_sq, step_size, betas, root, eps):
    """The means of the gradient and of its square, and then the parameter, all in place.

    `root` is the root of 1 - betas[1] ** steps, `step_size` the learning rate over 1 - betas[0] ** steps;
    `max_exp_avg_sq` is None, or the largest mean of the square so far.
    """
    char = param.dtype.char
    arrays = (param, grad, exp_avg, exp_avg_sq)
    loop = made.get(char) or (make(char) if param.size >= WORTH_COMPILING and char in "fd" else None)
    if loop is None or max_exp_avg_sq is not None or betas[0] <= 0.5 or not fit(arrays, char):
        return reference.adam_step(
            numpy, param, grad, exp_avg, exp_avg_sq, max_exp_avg_sq, step_size, betas, root, eps
        )
    settings = (1 - betas[0], betas[1], 1 - betas[1], root, eps, -step_size)
    flat = [each.reshape(-1) for each in arrays]
    if param.size < 2 * PIECE:
        loop(*flat, *settings)
    else:
        share(
            lambda start: loop(*[each[start : start + PIECE] for each in flat], *settings), range(0, param.size, PIECE)
        )


def fit(arrays, char):
    """Whether the loop takes these arrays: in C order, of one dtype, and writable."""
    return all(each.dtype.char == char and each.flags.c_contiguous and each.flags.writeable for each in arrays)


def make(char):
    """The loop for a dtype, from the cache on the disk or compiled; None if NUMBA_DISABLE_JIT is set."""
    with making:
        if char not in made:
            import numba

            name = numpy.dtype(char).name
            room = importlib.import_module("tinytorch.kernels.compiled.optimizer")
            function = getattr(room, f"adam_step_{name}")
            signature = f"void({', '.join([f'{name}[::1]'] * 4 + [name] * 6)})"
            made[char] = None if numba.config.DISABLE_JIT else through_cache(function, signature, compiled_loop)
        return made[char]


def compiled_loop(function, signature, cache):
    """A function of arrays that other threads run beside."""
    import numba

    options = dict(nogil=True, error_model="numpy", fastmath={"contract"})
    return numba.njit([signature], cache=cache, **options)(function)
