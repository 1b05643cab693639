"""How one framework runs rows: the program of a worker process, asked through its standard input."""

import gc
import importlib
import os
import pickle
import statistics
import sys
import time

import numpy as np


class Framework:
    """One framework on one device, with the row that it is measuring."""

    def __init__(self, module, device, arrays):
        self.module = importlib.import_module(module)
        self.device = device
        self.arrays = arrays  # True for NumPy and CuPy, which run a row's `arrays` text
        self.forget()

    def describe(self):
        """The version, whether the device can be used, and its name where the framework says it plainly."""
        about = {"version": str(getattr(self.module, "__version__", "unstated")), "available": True}
        if self.device == "cuda" and self.arrays:
            about["gpu"] = self.module.cuda.runtime.getDeviceProperties(0)["name"].decode()
        elif self.device == "cuda":
            about["available"] = self.module.cuda.is_available()
        return about

    def prepare(self, row):
        """Runs the row's set-up in a namespace of its own."""
        room = vars(importlib.import_module(row.room)) if row.room else {}
        framework = {"xp": self.module} if self.arrays else {"torch": self.module}
        self.namespace = {**room, **framework, "device": self.device, "normal": self.normal}
        given, self.statement, self.result = row.given, row.statement, row.result
        if self.arrays:
            given = row.given if row.arrays_given is None else row.arrays_given
            self.statement, self.result = row.arrays, None
        exec(given, self.namespace)

    def normal(self, *shape, seed=0, requires_grad=False):
        """The same float32 numbers under every framework, as its own tensor or array, on its device."""
        numbers = np.random.default_rng(seed).standard_normal(shape, dtype=np.float32)
        if self.arrays:
            return self.module.asarray(numbers)
        return self.module.tensor(numbers, device=self.device, requires_grad=requires_grad)

    def run_once(self):
        """What the statement gives, as NumPy arrays: its own value, or that of the row's `result` after it ran."""
        return to_numpy(self.evaluate())

    def evaluate(self):
        if self.result is None:
            return eval(self.statement, self.namespace)
        exec(self.statement, self.namespace)
        return eval(self.result, self.namespace)

    def calibrate(self, seconds):
        """Plans four batches of a quarter of these seconds each, or fewer where one statement takes longer."""
        lines = "\n".join("        " + line for line in self.statement.splitlines())
        exec(f"def batch(count):\n    for _ in range(count):\n{lines}", self.namespace)
        self.count, elapsed = 1, self.elapsed(1)
        while elapsed < seconds / 8:
            self.count *= 2
            elapsed = self.elapsed(self.count)
        self.count = max(1, round(self.count * seconds / 4 / elapsed))
        self.batches = min(4, max(1, round(seconds / elapsed)))

    def time(self):
        """Seconds per statement: the median of the batches, after a short run that wakes caches and threads up."""
        self.elapsed(max(1, self.count // 4))
        return statistics.median(self.elapsed(self.count) for _ in range(self.batches)) / self.count

    def processor_seconds(self):
        """The processor time that this process has used so far, all threads together."""
        return time.process_time()

    def elapsed(self, count):
        self.synchronize()
        start = time.perf_counter()
        self.namespace["batch"](count)
        self.synchronize()
        return time.perf_counter() - start

    def synchronize(self):
        if self.device == "cuda" and self.arrays:
            self.module.cuda.runtime.deviceSynchronize()
        elif self.device == "cuda":
            self.module.cuda.synchronize()

    def growth(self, measure):
        """The bytes that running the statement once adds at its peak, or keeps while its value lives, and the value."""
        read = {"peak": peak_memory, "kept": resident_memory}[measure]
        if self.device == "cuda":
            read = self.device_memory_in_use  # memory pools give nothing back, so that this is the peak
            before = read()
        else:
            forget_peak_memory()
            before = resident_memory()
        value = self.evaluate()
        self.synchronize()
        return read() - before, to_numpy(value)

    def device_memory_in_use(self):
        runtime = self.module.cuda.runtime.memGetInfo if self.arrays else self.module.cuda.mem_get_info
        free, total = runtime()
        return total - free

    def forget(self):
        """Lets go of the row."""
        self.namespace = {}
        gc.collect()


def settle(limit=1.0):
    """Waits until no thread of this process is running: OpenMP's spin for 10 ms after a loop, OpenBLAS's for 100 ms."""
    end, quiet = time.monotonic() + limit, 0
    while quiet < 4 and time.monotonic() < end:  # one quiet interval may be a thread that waits for a processor
        before = time.process_time()
        time.sleep(0.005)
        quiet = quiet + 1 if time.process_time() - before < 0.001 else 0


def to_numpy(value):
    """A tensor, array or number as a NumPy array, through tuples and lists."""
    if isinstance(value, tuple | list):
        return [to_numpy(part) for part in value]
    if hasattr(value, "detach"):
        value = value.detach().cpu().numpy()
    elif hasattr(value, "get"):  # CuPy
        value = value.get()
    return np.asarray(value)


def memory_in_status(name):
    """A figure of Linux' /proc/self/status in bytes."""
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith(name + ":"))


def resident_memory():
    return memory_in_status("VmRSS")


def peak_memory():
    return memory_in_status("VmHWM")


def forget_peak_memory():
    """The peak starts again from what is resident now (Linux, proc_pid_clear_refs)."""
    with open("/proc/self/clear_refs", "w") as clear:
        clear.write("5")


def serve(module, device, arrays):
    """Answers requests, each the pickle of (method, arguments), until the input ends.

    A failing row ends the process: its traceback goes to the standard error, and whoever asked starts another worker.
    """
    requests, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a framework prints must not get between the answers
    framework = Framework(module, device, arrays == "arrays")
    while requests.peek(1):
        method, arguments = pickle.load(requests)
        answer = getattr(framework, method)(*arguments)
        settle()  # the next framework must not share the processors with threads that wait for work
        pickle.dump(answer, answers)
        answers.flush()


if __name__ == "__main__":
    serve(*sys.argv[1:])
