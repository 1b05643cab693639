"""The steps of optimizers on the CPU: one pass over large arrays, and NumPy for small ones until that is compiled."""

import importlib
import threading

import numpy

from tinytorch.kernels import reference
from tinytorch.kernels.cpu.compile import PIECE, WORTH_COMPILING, making, share, through_cache

MUCH = 5_000_000  # elements: some 5 ms in NumPy, of which the compiled function takes a third


class Loop:
    """A function of flat arrays and numbers, compiled for float32 and float64 when it first gets large arrays.

    `name`, followed by `_float32` or `_float64`, is its name in `tinytorch.kernels.compiled.optimizer`.
    """

    def __init__(self, name, arrays, numbers):
        self.name, self.arrays, self.numbers = name, arrays, numbers
        self.made = {}  # dtype.char -> the compiled function; None where there is no compiler
        self.asked = 0  # elements that NumPy computed

    def __call__(self, arrays, numbers):
        """Run on all elements, in threads if there are many; False, and nothing done, where it does not apply."""
        size, char = arrays[0].size, arrays[0].dtype.char
        function = self.made.get(char)
        if function is None and char in "fd":
            function = self.make(char) if size >= WORTH_COMPILING else self.ask(size, char)
        if function is None or not fit(arrays, char):
            return False
        flat = [each.reshape(-1) for each in arrays]
        if size < 2 * PIECE:
            function(*flat, *numbers)
        else:
            share(
                lambda start: function(*[each[start : start + PIECE] for each in flat], *numbers), range(0, size, PIECE)
            )
        return True

    def ask(self, size, char):
        """Count what is too small to wait for the compiler; after much of it the function is made beside the program.

        The thread is no daemon, as LLVM must not be cut off when the program ends.
        """
        if self.asked < MUCH <= self.asked + size:
            threading.Thread(target=self.make, args=(char,), name="tinytorch compiler").start()
        self.asked += size

    def make(self, char):
        """The function for a dtype, from the cache on the disk or compiled; None if NUMBA_DISABLE_JIT is set."""
        with making:
            if char not in self.made:
                import numba

                function, signature = self.source(numpy.dtype(char).name)
                disabled = numba.config.DISABLE_JIT
                self.made[char] = None if disabled else through_cache(function, signature, compiled_loop)
            return self.made[char]

    def source(self, name):
        """The function in Python for a dtype, and its signature."""
        room = importlib.import_module("tinytorch.kernels.compiled.optimizer")
        signature = f"void({', '.join([f'{name}[::1]'] * self.arrays + [name] * self.numbers)})"
        return getattr(room, f"{self.name}_{name}"), signature


adam_loop = Loop("adam_step", arrays=4, numbers=6)
descent_loop = Loop("descent", arrays=2, numbers=2)
momentum_loop = Loop("momentum", arrays=3, numbers=5)


def adam_step(param, grad, exp_avg, exp_avg_sq, max_exp_avg_sq, step_size, betas, root, eps):
    """The means of the gradient and of its square, and then the parameter, all in place.

    `root` is the root of 1 - betas[1] ** steps, `step_size` the learning rate over 1 - betas[0] ** steps;
    `max_exp_avg_sq` is None, or the largest mean of the square so far.
    """
    if max_exp_avg_sq is None and betas[0] > 0.5:
        numbers = (1 - betas[0], betas[1], 1 - betas[1], root, eps, -step_size)
        if adam_loop((param, grad, exp_avg, exp_avg_sq), numbers):
            return
    reference.adam_step(numpy, param, grad, exp_avg, exp_avg_sq, max_exp_avg_sq, step_size, betas, root, eps)


def sgd_step(param, grad, buffer, lr, momentum, dampening, weight_decay, nesterov):
    """The buffer of the momentum, which is None without it, and then the parameter, both in place."""
    if buffer is None:
        done = descent_loop((param, grad), (-lr, weight_decay))
    else:
        done = momentum_loop((param, grad, buffer), (-lr, weight_decay, momentum, 1 - dampening, float(nesterov)))
    if not done:
        reference.sgd_step(numpy, param, grad, buffer, lr, momentum, dampening, weight_decay, nesterov)


def fit(arrays, char):
    """Whether a loop takes these arrays: in C order, of one dtype, and writable."""
    return all(each.dtype.char == char and each.flags.c_contiguous and each.flags.writeable for each in arrays)


def compiled_loop(function, signature, cache):
    """A function of arrays that other threads run beside."""
    import numba

    options = dict(nogil=True, error_model="numpy", fastmath={"contract"})
    return numba.njit([signature], cache=cache, **options)(function)
