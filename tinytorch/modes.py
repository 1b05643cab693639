"""The switches of a thread: whether operations are recorded, who interprets them, where new tensors are made."""

import functools
import threading


class Mode(threading.local):
    """The switches of one thread; an operation reads `interpreter` and `grad`, nothing else."""

    grad = True  # whether operations are recorded for backward
    interpreter = None  # the top of the stack of interpreters, or None: operations compute at once
    device = None  # the default device of new tensors, or None for the CPU


mode = Mode()
interpreters = []  # those at work in any thread: while it is empty, no operation asks its thread


class Switch:
    """A context manager and decorator that sets one switch of this thread and puts it back."""

    name = "grad"
    value = None

    def __new__(cls, function=None):
        made = super().__new__(cls)
        return made(function) if callable(function) else made  # `@no_grad` without brackets

    def __init__(self):
        self.before = []

    def __enter__(self):
        self.before.append(getattr(mode, self.name))
        setattr(mode, self.name, self.value)

    def __exit__(self, *exception):
        setattr(mode, self.name, self.before.pop())

    def __call__(self, function):
        @functools.wraps(function)
        def switched(*args, **settings):
            with self:
                return function(*args, **settings)

        return switched


class no_grad(Switch):
    """Nothing is recorded for backward within; a context manager and a decorator."""

    value = False


class enable_grad(Switch):
    """Operations are recorded within, also inside `no_grad`; a context manager and a decorator."""

    value = True


class set_grad_enabled(Switch):
    """Switches recording on or off: at once as a function, for a block as a context manager."""

    def __init__(self, mode):
        super().__init__()
        self.value = bool(mode)
        self.before.append(is_grad_enabled())
        switches.grad = self.value

    def __enter__(self):
        switches.grad = self.value

    def __exit__(self, *exception):
        switches.grad = self.before[0]

    def __call__(self, function):
        switches.grad = self.before[0]  # as a decorator it switches only while the function runs

        @functools.wraps(function)
        def switched(*args, **settings):
            with set_grad_enabled(self.value):
                return function(*args, **settings)

        return switched


switches = mode  # PyTorch names the parameter of set_grad_enabled `mode`


def is_grad_enabled():
    """Whether operations are recorded for backward in this thread."""
    return mode.grad


for each in (no_grad, enable_grad, set_grad_enabled):
    each.__module__ = "torch.autograd.grad_mode"
