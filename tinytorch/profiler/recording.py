"""What a profiler sees: each call of an operation and each named region of a thread, with its beginning and end."""

import enum
import functools
import re
import threading
import warnings
from time import perf_counter_ns

from tinytorch.cuda import is_available as has_gpu
from tinytorch.interpreters import Interpreter, perform
from tinytorch.profiler.averages import Unmeasured
from tinytorch.tensor import Tensor


class ProfilerActivity(enum.Enum):
    """Whose time is asked for: the CPU's is measured, and with CUDA that of the calls which start work on the GPU."""

    CPU, XPU, MTIA, CUDA, HPU, PrivateUse1 = range(6)

    def __str__(self):
        return f"ProfilerActivity.{self.name}"


ACCELERATORS = ("CUDA", "XPU", "HPU")


def warn_of_absent(accelerator, stacklevel):
    """PyTorch's warning where the time of an accelerator is asked for that is not there."""
    if accelerator in ACCELERATORS and not (accelerator == "CUDA" and has_gpu()):
        warnings.warn(f"{accelerator} is not available, disabling {accelerator} profiling", stacklevel=stacklevel + 1)


def supported_activities():
    """The activities that this machine has."""
    return {ProfilerActivity.CPU} | ({ProfilerActivity.CUDA} if has_gpu() else set())


class Interval:
    """From when to when something ran, in microseconds since the recording began."""

    def __init__(self, start, end):
        self.start, self.end = start, end

    def elapsed_us(self):
        """How long."""
        return self.end - self.start


class FunctionEvent(Unmeasured):
    """A call of an operation, or a region, that was recorded."""

    count = 1

    def __init__(self, name, thread, input_shapes, depth):
        self.name = self.key = name
        self.thread, self.input_shapes, self.depth = thread, input_shapes, depth
        self.time_range = self.cpu_parent = None
        self.cpu_children = []

    @property
    def cpu_time_total(self):
        """The time from the beginning to the end, in microseconds."""
        return self.time_range.elapsed_us()

    cpu_time = cpu_time_total

    @property
    def self_cpu_time_total(self):
        """The same, less that of what was recorded inside."""
        return self.cpu_time_total - sum([each.cpu_time_total for each in self.cpu_children])


class Recorder(Interpreter):
    """Records the calls of operations of the thread that enters it, and of the regions in it."""

    def __init__(self, record_shapes=False):
        self.record_shapes = record_shapes
        self.events, self.open = [], []
        self.began = perf_counter_ns()

    def begin(self, name, shapes=()):
        """Begin an event inside of the one that runs."""
        event = FunctionEvent(name, threading.get_ident(), list(shapes), len(self.open))
        if self.open:
            event.cpu_parent = self.open[-1]
            event.cpu_parent.cpu_children.append(event)
        self.events.append(event)
        self.open.append(event)
        event.time_range = Interval(self.now(), None)
        return event

    def end(self, event):
        """End an event, and what was begun inside of it."""
        now = self.now()
        while self.open:
            last = self.open.pop()
            last.time_range.end = now
            if last is event:
                return

    def now(self):
        """The microseconds since the recording began."""
        return (perf_counter_ns() - self.began) / 1000

    def interpret(self, op, args, out):
        event = self.begin(name_of(op), shapes_of(args) if self.record_shapes else ())
        try:
            return perform(op, args, out)
        finally:
            self.end(event)

    def __enter__(self):
        recorders.stack = [*at_work(), self]
        return super().__enter__()

    def __exit__(self, *exception):
        self.end(None)
        recorders.stack = [each for each in at_work() if each is not self]
        super().__exit__(*exception)


@functools.cache
def name_of(op):
    """The name of an operation as PyTorch's profiler gives it, where both have it."""
    title = op.rule.title or op.name
    return f"aten::{re.sub(r'(?<=[a-z0-9])(?=[A-Z])', '_', title).lower()}"


recorders = threading.local()


def at_work():
    """The recorders of this thread."""
    return getattr(recorders, "stack", [])


def shapes_of(args):
    """The shapes of tensors among arguments, and an empty list for each other value, as PyTorch lists them."""
    return [list(each.shape) if isinstance(each, Tensor) else [] for each in args]


class record_function:
    """A region with a name, for whoever records; a context manager and a decorator, which cost little otherwise."""

    def __init__(self, name, args=None):
        self.name, self.args = name, args
        self.begun = []

    def __enter__(self):
        self.begun.append([(each, each.begin(self.name)) for each in at_work()])
        return self

    def __exit__(self, *exception):
        for recorder, event in self.begun.pop():
            if event.time_range.end is None:
                recorder.end(event)

    def __call__(self, function):
        @functools.wraps(function)
        def recorded(*args, **settings):
            with record_function(self.name, self.args):
                return function(*args, **settings)

        return recorded
