"""The switches of a thread: whether operations are recorded, who interprets them, where new tensors are made."""

import functools
import inspect
import threading


class Mode(threading.local):
    """The switches of one thread; an operation reads `interpreter` and `grad`, nothing else."""

    grad = True  # whether operations are recorded for backward
    interpreter = None  # the top of the stack of interpreters, or None: operations compute at once
    device = None  # the default device of new tensors, or None for the CPU
    inference = False  # whether recording was switched off by `inference_mode`


mode = Mode()
interpreters = []  # those at work in any thread: while it is empty, no operation asks its thread
grad_off = []  # an entry for each thread that does not record: while it is empty, no operation asks its thread


def record_grad(enabled):
    """Let this thread record operations for backward or not; what it did before is returned."""
    before = mode.grad
    if enabled and not before:
        grad_off.pop()
    elif before and not enabled:
        grad_off.append(None)
    mode.grad = bool(enabled)
    return before


class Switch:
    """A context manager and decorator that switches recording and puts it back."""

    value = True

    def __new__(cls, function=None):
        made = super().__new__(cls)
        made.before = []
        return made(function) if callable(function) else made  # `@no_grad` without brackets

    def __enter__(self):
        self.before.append(record_grad(self.value))

    def __exit__(self, *exception):
        record_grad(self.before.pop())

    def __call__(self, function):
        if inspect.isgeneratorfunction(function):
            return self.around_steps(function)

        @functools.wraps(function)
        def switched(*args, **settings):
            with self:
                return function(*args, **settings)

        return switched

    def around_steps(self, function):
        """A generator that switches while it runs, and not while it waits to be asked for more."""

        @functools.wraps(function)
        def stepped(*args, **settings):
            generator = function(*args, **settings)
            step, sent = generator.send, None
            while True:
                try:
                    with self:
                        found = step(sent)
                except StopIteration as end:
                    return end.value
                try:
                    step, sent = generator.send, (yield found)
                except GeneratorExit:
                    generator.close()
                    raise
                except BaseException as error:  # thrown in by whoever asks
                    step, sent = generator.throw, error

        return stepped


class no_grad(Switch):
    """Nothing is recorded for backward within; a context manager and a decorator."""

    value = False


class inference_mode(Switch):
    """Nothing is recorded for backward within, as in `no_grad`: results carry no mark and may be used everywhere later.

    With `mode=False` operations are recorded again. A context manager and a decorator.
    """

    value, mode = False, True

    def __new__(cls, mode=True):
        return super().__new__(cls, mode)

    def __init__(self, mode=True):
        self.value, self.mode = not mode, bool(mode)

    def __enter__(self):
        super().__enter__()
        self.before.append(mode.inference)
        mode.inference = self.mode

    def __exit__(self, *exception):
        mode.inference = self.before.pop()
        super().__exit__(*exception)


def is_inference_mode_enabled():
    """Whether `inference_mode` is at work in this thread."""
    return mode.inference


class enable_grad(Switch):
    """Operations are recorded within, also inside `no_grad`; a context manager and a decorator."""


class set_grad_enabled(Switch):
    """Switches recording on or off: at once as a function, for a block as a context manager."""

    def __init__(self, mode):
        self.value = bool(mode)
        self.first = record_grad(self.value)

    def __enter__(self):
        record_grad(self.value)

    def __exit__(self, *exception):
        record_grad(self.first)

    def __call__(self, function):
        record_grad(self.first)  # as a decorator it switches only while the function runs

        @functools.wraps(function)
        def switched(*args, **settings):
            with set_grad_enabled(self.value):
                return function(*args, **settings)

        return switched


def is_grad_enabled():
    """Whether operations are recorded for backward in this thread."""
    return mode.grad


for each in (no_grad, inference_mode, enable_grad, set_grad_enabled):
    each.__module__ = "torch.autograd.grad_mode"
