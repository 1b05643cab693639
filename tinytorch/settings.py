"""What a program asks of the whole process: threads, determinism, the precision of products, warnings."""

import warnings

from tinytorch.kernels.cpu import compile as cpu
from tinytorch.modes import determinism


class Settings:
    """The settings of the process."""

    precision = "highest"  # of products of float32 matrices
    interop_threads = None  # how many threads are said to run operations side by side
    warn_always = False


def get_num_threads():
    """How many threads compute one large array."""
    return cpu.get_num_threads()


def set_num_threads(nthreads):
    """Compute each large array by so many threads from now on."""
    cpu.set_num_threads(positive("set_num_threads", nthreads))


def get_num_interop_threads():
    """How many threads run operations side by side: here these wait for each other, whatever is set."""
    return get_num_threads() if Settings.interop_threads is None else Settings.interop_threads


def set_num_interop_threads(nthreads):
    """Remember a number of threads, which changes nothing here; once, a RuntimeError for a second time."""
    count = positive("set_num_interop_threads", nthreads)
    if Settings.interop_threads is not None:
        raise RuntimeError(
            "Error: cannot set number of interop threads after parallel work has started or set_num_interop_threads "
            "called"
        )
    Settings.interop_threads = count


def positive(name, count):
    """A number of threads."""
    if not isinstance(count, int) or isinstance(count, bool):
        raise RuntimeError(f"{name} expects an int, but got {type(count).__name__}")
    if count < 1:
        raise RuntimeError(f"{name} expects a positive integer")
    return count


# Determinism


def use_deterministic_algorithms(mode, *, warn_only=False):
    """Ask for algorithms that give the same bits each time, as the CPU's do; with `warn_only` others may warn."""
    for name, value in (("mode' (position 1)", mode), ("warn_only'", warn_only)):
        if not isinstance(value, bool):
            kind = type(value).__name__
            raise TypeError(f"_set_deterministic_algorithms(): argument '{name} must be bool, not {kind}")
    determinism.enabled, determinism.warn_only = mode, warn_only


def are_deterministic_algorithms_enabled():
    """Whether deterministic algorithms are asked for."""
    return determinism.enabled


def is_deterministic_algorithms_warn_only_enabled():
    """Whether algorithms that are not deterministic only warn."""
    return determinism.warn_only


def get_deterministic_debug_mode():
    """0 if nothing is asked for, 1 if algorithms that are not deterministic warn, 2 if they are refused."""
    return 0 if not determinism.enabled else 1 if determinism.warn_only else 2


def set_deterministic_debug_mode(debug_mode):
    """Ask for determinism by number, 0 to 2, or by name: "default", "warn" or "error"."""
    if not isinstance(debug_mode, (str, int)):
        raise TypeError(f"debug_mode must be str or int, but got {type(debug_mode)}")
    names = {"default": 0, "warn": 1, "error": 2}
    if isinstance(debug_mode, str) and debug_mode not in names:
        raise RuntimeError(
            f"invalid value of debug_mode, expected one of `default`, `warn`, `error`, but got {debug_mode}"
        )
    number = names.get(debug_mode, debug_mode)
    if number not in (0, 1, 2):
        raise RuntimeError(f"invalid value of debug_mode, expected 0, 1, or 2, but got {number}")
    use_deterministic_algorithms(number > 0, warn_only=number == 1)


# Precision and warnings


def get_float32_matmul_precision():
    """How exactly products of float32 matrices were asked to be computed."""
    return Settings.precision


def set_float32_matmul_precision(precision):
    """Allow products of float32 matrices to be "high" or "medium" instead of "highest"; here they stay the highest."""
    if not isinstance(precision, str):
        raise RuntimeError(f"set_float32_matmul_precision expects a str, but got {type(precision).__name__}")
    if precision not in ("highest", "high", "medium"):
        warnings.warn(
            f"{precision} is not one of 'highest', 'high', or 'medium'; the currentsetFloat32MatmulPrecision call has "
            "no effect.",
            UserWarning,
            stacklevel=2,
        )
        return
    Settings.precision = precision


def set_flush_denormal(mode):
    """Whether numbers too small for the usual form can be made 0: they are kept, so False comes back for True."""
    if not isinstance(mode, bool):
        raise RuntimeError(f"flush_denormal expects a bool, but got {type(mode).__name__}")
    return not mode


def set_warn_always(b, /):
    """Ask for warnings each time; those that say so come once all the same."""
    if not isinstance(b, bool):
        raise RuntimeError(f"setWarnOnlyOnce expects a bool, but got {type(b).__name__}")
    Settings.warn_always = b


def is_warn_always_enabled():
    """Whether warnings were asked for each time."""
    return Settings.warn_always


def _assert(condition, message):
    """An AssertionError with a message unless a condition holds, as a function that programs can pass on."""
    assert condition, message


def _assert_async(input, assert_msg=None):
    """A RuntimeError unless a tensor's single number is something else than zero."""
    if input.numel() != 1:
        many = "no values" if input.numel() == 0 else "more than one value"
        raise RuntimeError(f"Boolean value of Tensor with {many} is ambiguous")
    if not bool(input):
        raise RuntimeError(assert_msg or "Expected Tensor with single nonzero value, but got zero")
