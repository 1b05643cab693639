"""How rows are measured: the frameworks asked in turn, each in a process of its own, results compared before times."""

import os
import pickle
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import numpy as np

UNITS = {"time": ("us", 1e6), "import": ("ms", 1e3), "peak": ("MiB", 2**-20), "kept": ("MiB", 2**-20)}
IMPORT = "import time; start = time.perf_counter(); import {module}; print(time.perf_counter() - start)"


@dataclass(frozen=True)
class Row:
    """One comparison: a statement that every framework runs, after `given` was run once.

    The texts see `torch` (the framework), `device`, `normal(*shape, seed=0, requires_grad=False)`, which gives every
    framework the same float32 numbers, and all names of the module `room`. `statement` is timed as the body of a
    function, so it changes what it has and rebinds none of it. What must agree is the value of `result`
    after one run, or else the statement's own value. `arrays` is the expression for NumPy and CuPy, which see `xp` in
    the place of `torch` (None: no such column), `arrays_given` their set-up where it is another. `measure` is one of
    time, peak (memory), kept (memory) and import; `at_most` is the aim for the ratio to a framework.
    """

    name: str
    statement: str
    given: str = ""
    result: str | None = None
    arrays: str | None = None
    arrays_given: str | None = None
    room: str | None = None
    measure: str = "time"
    rtol: float = 1e-5
    atol: float = 1e-6
    at_most: dict = field(default_factory=dict)
    devices: tuple = ("cpu", "cuda")


class Spread(NamedTuple):
    """A median with its quartiles."""

    median: float
    low: float
    high: float


@dataclass
class Measurement:
    """What one row gave: a sample per framework and round, or the reason why there is none."""

    name: str
    unit: str
    samples: dict
    failure: str = ""
    others: float | None = None  # the share of the processors that other processes took meanwhile, where it is known

    def median(self, framework):
        return statistics.median(self.samples[framework])

    def ratio(self, framework, other):
        """The median of the paired ratios, round by round, with its quartiles."""
        ratios = [a / b for a, b in zip(self.samples[framework], self.samples[other], strict=True)]
        if len(ratios) == 1:
            return Spread(*ratios * 3)
        low, median, high = statistics.quantiles(ratios, n=4, method="inclusive")
        return Spread(median, low, high)


class RowFailure(Exception):
    """A row that a framework cannot run, or that the frameworks do not agree on."""


def worker_environment(threads):
    """The variables that a worker starts with: equal threads everywhere, and OpenBLAS's own choice of kernels."""
    environment = dict(os.environ)
    for name in "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS":
        environment[name] = str(threads)
    for name in "OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE":  # set for other machines, they choose slow kernels
        environment.pop(name, None)
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed library is compiled once, not at each import
    return environment


class Worker:
    """A process in which one framework runs rows; while it is not asked, it waits on its pipe and uses no CPU."""

    def __init__(self, framework, device, threads, arrays=False):
        self.framework = framework
        self.arrays = arrays
        self.errors = tempfile.TemporaryFile(mode="w+", errors="replace")  # noqa: SIM115 (closed with the worker)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.worker", framework, device, "arrays" if arrays else "tensors"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.errors,
            cwd=Path(__file__).parent.parent,
            env=worker_environment(threads),
        )

    def ask(self, method, *arguments):
        """The answer of a method of `worker.Framework`; RowFailure with its last words if the worker ends over it."""
        try:
            pickle.dump((method, arguments), self.process.stdin)
            self.process.stdin.flush()
            return pickle.load(self.process.stdout)
        except (EOFError, BrokenPipeError, pickle.UnpicklingError):
            status = self.process.wait()
            self.errors.seek(0)
            words = self.errors.read().strip().splitlines() or [f"ended with status {status}"]
            raise RowFailure(f"{self.framework}: {words[-1]}") from None

    def is_alive(self):
        return self.process.poll() is None

    def close(self):
        for stream in self.process.stdin, self.process.stdout:
            try:
                stream.close()
            except BrokenPipeError:  # a request that a dead worker never read
                continue
        self.process.wait()
        self.errors.close()


class Team:
    """The workers of one run under their labels: tinytorch first, then PyTorch, then NumPy or CuPy (`arrays`)."""

    def __init__(self, frameworks, arrays, device, threads):
        self.device, self.threads = device, threads
        self.members = {}  # label -> (module, whether it takes the `arrays` texts)
        for module in frameworks:
            self.members[f"{module} 2" if module in self.members else module] = (module, False)
        if arrays is not None:
            self.members[f"{arrays} arrays" if arrays in self.members else arrays] = (arrays, True)
        self.workers = {}

    def worker(self, label):
        """The living worker of this label; another one if it ended over a row."""
        worker = self.workers.get(label)
        if worker is None or not worker.is_alive():
            if worker is not None:
                worker.close()
            worker = self.workers[label] = self.fresh_worker(label)
        return worker

    def fresh_worker(self, label):
        module, arrays = self.members[label]
        return Worker(module, self.device, self.threads, arrays)

    def labels(self, row):
        """Who takes part in a row, in turn."""
        return [
            label
            for label, (_, arrays) in self.members.items()
            if not arrays or row.arrays is not None or row.measure == "import"
        ]

    def processor_seconds(self):
        """The processor time of this process, of its living workers, and of all processes that it has waited for."""
        living = sum(worker.ask("processor_seconds") for worker in self.workers.values() if worker.is_alive())
        return sum(os.times()[:4]) + living

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        for worker in self.workers.values():
            worker.close()


def measure(row, team, rounds, seconds=0.02):
    """Compares the results of a row, then takes `rounds` samples of each framework in turn.

    Times are taken over batches of `seconds`; an import and a growth of memory are one sample a process.
    """
    unit, scale = UNITS[row.measure]
    take = {"time": take_times, "import": take_imports, "peak": take_growth, "kept": take_growth}[row.measure]
    start, busy, own = time.monotonic(), busy_seconds(), team.processor_seconds()
    try:
        samples = take(row, team, rounds, seconds)
    except RowFailure as failure:
        return Measurement(row.name, unit, {}, str(failure))
    samples = {label: [each * scale for each in taken] for label, taken in samples.items()}
    others = None
    if busy is not None:
        others = (busy_seconds() - busy) - (team.processor_seconds() - own)
        others = round(max(0, others) / (time.monotonic() - start) / os.cpu_count(), 3)
    return Measurement(row.name, unit, samples, others=others)


def busy_seconds():
    """The seconds in which the processors were not idle, summed (Linux; None elsewhere)."""
    if not Path("/proc/stat").exists():
        return None
    user, nice, system, _, _, irq, softirq, steal = map(int, Path("/proc/stat").read_text().split(maxsplit=9)[1:9])
    return (user + nice + system + irq + softirq + steal) / os.sysconf("SC_CLK_TCK")


def take_times(row, team, rounds, seconds):
    workers = {label: team.worker(label) for label in team.labels(row)}
    for worker in workers.values():
        worker.ask("prepare", row)
    require_agreement({label: worker.ask("run_once") for label, worker in workers.items()}, row.rtol, row.atol)
    for worker in workers.values():
        worker.ask("calibrate", seconds)
    samples = {label: [] for label in workers}
    for _ in range(rounds):
        for label, worker in workers.items():
            samples[label].append(worker.ask("time"))
    for worker in workers.values():
        worker.ask("forget")
    return samples


def take_growth(row, team, rounds, seconds):
    samples = {label: [] for label in team.labels(row)}
    for _ in range(min(rounds, 3)):  # a process each, since memory that was resident once is no growth
        values = {}
        for label in samples:
            worker = team.fresh_worker(label)
            try:
                worker.ask("prepare", row)
                growth, values[label] = worker.ask("growth", row.measure)
            finally:
                worker.close()
            samples[label].append(growth)
        require_agreement(values, row.rtol, row.atol)
    return samples


def take_imports(row, team, rounds, seconds):
    samples = {label: [] for label in team.labels(row)}
    for number in range(rounds + 1):
        for label in samples:
            module, _ = team.members[label]
            took = import_seconds(module, team.threads)
            if number > 0:  # the first round writes byte code and warms the file cache
                samples[label].append(took)
    return samples


def import_seconds(module, threads):
    """The seconds that importing a module takes in a fresh interpreter."""
    finished = subprocess.run(
        [sys.executable, "-c", IMPORT.format(module=module)],
        cwd=Path(__file__).parent.parent,
        env=worker_environment(threads),
        capture_output=True,
        text=True,
    )
    if finished.returncode != 0:
        raise RowFailure(f"{module}: {finished.stderr.strip().splitlines()[-1]}")
    return float(finished.stdout)


def require_agreement(values, rtol, atol):
    """RowFailure where two frameworks gave other values, shapes or dtypes."""
    (first, expected), *others = ((label, list(flat(value))) for label, value in values.items())
    for label, actual in others:
        if len(actual) != len(expected):
            raise RowFailure(f"{first} gives {len(expected)} arrays, {label} {len(actual)}")
        for a, b in zip(expected, actual, strict=True):
            if a.shape != b.shape or a.dtype != b.dtype:
                raise RowFailure(f"{first} gives {a.dtype}{list(a.shape)}, {label} {b.dtype}{list(b.shape)}")
            apart = ~np.isclose(a, b, rtol, atol, equal_nan=True)
            if apart.any():
                raise RowFailure(
                    f"{first} and {label} differ in {apart.sum()} of {apart.size} values, such as "
                    f"{a[apart][0]:.7g} and {b[apart][0]:.7g} (rtol {rtol:g}, atol {atol:g})"
                )


def flat(value):
    """The arrays of nested lists, in order."""
    if not isinstance(value, list):
        yield value
        return
    for part in value:
        yield from flat(part)
