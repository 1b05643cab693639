"""The Timer, which runs a statement often enough to tell its time."""

import contextlib
import enum
import statistics
import sys
import textwrap
import timeit
from time import perf_counter

from tinytorch import absent
from tinytorch.cuda import is_available, synchronize
from tinytorch.settings import get_num_threads, set_num_threads
from tinytorch.utils.benchmark.measurement import Measurement, TaskSpec

MOST = 2147483647


class Language(enum.Enum):
    """The language of a statement."""

    PYTHON, CPP = range(2)


def timer():
    """The seconds of a clock, after what a GPU has begun is done."""
    if is_available():
        synchronize()
    return perf_counter()


@contextlib.contextmanager
def set_torch_threads(n):
    """So many threads within."""
    before = get_num_threads()
    set_num_threads(n)
    try:
        yield
    finally:
        set_num_threads(before)


class Timer:
    """Measures a statement, given as text; `globals` has the names that it uses, `torch` among them.

    A ValueError for a statement that is no text or that is not Python.
    """

    def __init__(
        self,
        stmt="pass",
        setup="pass",
        global_setup="",
        timer=timer,
        globals=None,
        label=None,
        sub_label=None,
        description=None,
        env=None,
        num_threads=1,
        language=Language.PYTHON,
    ):
        if not isinstance(stmt, str):
            raise ValueError("Currently only a `str` stmt is supported.")
        if language in (Language.CPP, "cpp", "c++"):
            raise NotImplementedError("Timer(language='c++'): tinytorch compiles no C++")
        if language not in (Language.PYTHON, "py", "python"):
            raise ValueError(f"Invalid language `{language}`.")
        if global_setup:
            raise ValueError(
                f"global_setup is C++ only, got `{global_setup}`. Most likely this code can simply be moved to `setup`."
            )
        self._globals = {"torch": sys.modules["tinytorch"], **(globals or {})}
        stmt, setup = outdented(stmt), outdented(setup)
        self._timer = timeit.Timer(stmt, setup, timer, self._globals)
        self._task_spec = TaskSpec(
            stmt=stmt,
            setup=setup,
            label=label,
            sub_label=sub_label,
            description=description,
            env=env,
            num_threads=num_threads,
        )

    def _seconds(self, number):
        return max(self._timer.timeit(number), 1e-9)

    def _measured(self, number, times):
        return Measurement(number, times, self._task_spec)

    def timeit(self, number=1000000):
        """One run of so many statements, after a short one."""
        with set_torch_threads(self._task_spec.num_threads):
            self._seconds(max(number // 100, 2))
            return self._measured(number, [self._seconds(number)])

    def repeat(self, repeat=-1, number=-1):
        """Absent, as in PyTorch: `blocked_autorange` repeats."""
        raise NotImplementedError("See `Timer.blocked_autorange.`")

    def autorange(self, callback=None):
        """Absent, as in PyTorch: `blocked_autorange` finds the number."""
        raise NotImplementedError("See `Timer.blocked_autorange.`")

    def _number(self, least):
        """How many statements make a run against which the clock counts for nothing."""
        clock, number = statistics.median_low([self._seconds(0) for _ in range(5)]), 1
        while True:
            taken = self._seconds(number)
            enough = clock / taken <= 1e-4 and taken >= least / 1000
            if enough or taken > least or number * 10 > MOST:
                return number
            number *= 10

    def _runs(self, number, least, most, settled, callback):
        times, total = [], 0.0
        while total < least or not settled(times):
            times.append(self._seconds(number))
            total += times[-1]
            if callback is not None:
                callback(number, times[-1])
            if most is not None and total > most:
                break
        return self._measured(number, times)

    def blocked_autorange(self, callback=None, min_run_time=0.2):
        """Runs of a number that is found, for so many seconds together."""
        with set_torch_threads(self._task_spec.num_threads):
            return self._runs(self._number(min_run_time), min_run_time, None, lambda times: times, callback)

    def adaptive_autorange(self, threshold=0.1, *, min_run_time=0.01, max_run_time=10.0, callback=None):
        """Runs of a number that is found, until the times vary by less than a share of the median."""
        with set_torch_threads(self._task_spec.num_threads):
            number = self._number(0.05)

            def settled(times):
                return len(times) > 3 and self._measured(number, times).meets_confidence(threshold)

            return self._runs(number, min_run_time, max_run_time, settled, callback)


absent.stand_ins(__name__, "counts of instructions", "Timer.collect_callgrind")


def outdented(code):
    """Code without the indentation that all its lines have, and without empty lines around it."""
    code = textwrap.dedent(code)
    return code.removeprefix("\n").rstrip()
