"""The switches of a thread: whether operations are recorded, who interprets them, where new tensors are made."""

import functools
import inspect
import threading
import warnings


class Mode(threading.local):
    """The switches of one thread; an operation reads `interpreter` and `grad`, and `inference` where one is in it."""

    grad = True  # whether operations are recorded for backward
    forward = True  # whether operations map tangents, where a level of forward mode is open
    interpreter = None  # the top of the stack of interpreters, or None: operations compute at once
    walk = None  # of the gradients' walk in progress: its number, where it began, the nodes that lead, what is wanted
    device = None  # the default device of new tensors, or None for the CPU
    inference = False  # whether the thread is in inference mode: what it makes are inference tensors
    differentiating = 0  # how many functions run that `torch.func` differentiates in reverse
    evaluated = None  # the node whose derivative runs, in anomaly mode
    asked = False  # whether `enable_grad` asks to record in inference mode, which is not done


class Determinism:
    """What is asked of the whole process about algorithms that do not give the same bits each time."""

    enabled = False  # whether only deterministic algorithms are asked for
    warn_only = False  # whether others warn instead of being refused
    fill = True  # whether memory that nobody has written yet is filled then


class Anomaly:
    """The switches of anomaly mode, which is that of all threads."""

    enabled = False
    check_nan = True


mode = Mode()
anomaly = Anomaly()
determinism = Determinism()
interpreters = []  # those at work in any thread: while it is empty, no operation asks its thread
levels = []  # those of forward mode that are open in any thread: they know the tangents of tensors
grad_off = []  # an entry for each thread that does not record: while it is empty, no operation asks its thread


def record_grad(enabled):
    """Let this thread record operations for backward or not; what it did before is returned."""
    before = mode.grad
    if before:
        if not enabled:
            grad_off.append(None)
            mode.grad = False
    elif mode.inference:
        before, mode.asked = mode.asked, bool(enabled)
    elif enabled:
        mode.grad = True
        grad_off.pop()  # behind the switch: one entry too many, after an interruption, does no harm
    return before


def is_grad_enabled():
    """Whether operations are recorded for backward in this thread."""
    return mode.grad or mode.asked


class Switch:
    """A context manager and decorator that switches recording and puts it back."""

    value = True  # the state that is switched to
    state, switch = staticmethod(is_grad_enabled), staticmethod(record_grad)  # how it is asked for and brought about

    def __new__(cls, function=None):
        made = super().__new__(cls)
        made.before = None
        return made(function) if callable(function) else made  # `@no_grad` without brackets

    def clone(self):
        """Another switch of the same kind: each call of a decorated function has its own."""
        return type(self)()

    def __enter__(self):
        self.before = (self.state(), self.before)  # a chain, as it may be used within itself
        try:
            self.switch(self.value)
        except BaseException:  # Ctrl-C
            self.__exit__()
            raise

    def __exit__(self, *exception):
        before, self.before = self.before  # no call, so nothing comes between the two
        try:
            self.switch(before)
        except BaseException:
            self.switch(before)
            raise

    def __call__(self, function):
        if inspect.isclass(function):
            warnings.warn(
                "Decorating classes is deprecated and will be disabled in future versions. You should only decorate "
                "functions or methods. To preserve the current behavior of class decoration, you can directly "
                "decorate the `__init__` method and nothing else.",
                FutureWarning,
                stacklevel=2,
            )
        if inspect.isgeneratorfunction(function):
            return self.around_steps(function)

        @functools.wraps(function)
        def switched(*args, **settings):
            with self.clone():
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
                    with self.clone():
                        found = step(sent)
                except StopIteration as end:
                    return end.value
                try:
                    step, sent = generator.send, (yield found)
                except GeneratorExit:
                    with self.clone():
                        generator.close()
                    raise
                except BaseException as error:  # thrown in by whoever asks
                    step, sent = generator.throw, error

        return stepped


class no_grad(Switch):
    """Nothing is recorded for backward within; a context manager and a decorator."""

    value = False


class enable_grad(Switch):
    """Operations are recorded within, also inside `no_grad`; a context manager and a decorator."""


class set_grad_enabled(Switch):
    """Switches recording on or off: at once as a function, for a block as a context manager.

    A TypeError for what is no bool.
    """

    def __new__(cls, mode):
        return super().__new__(cls)

    def __init__(self, mode):
        if not isinstance(mode, bool):
            kind = type(mode).__name__
            raise TypeError(f"set_grad_enabled(): argument 'enabled' (position 1) must be bool, not {kind}")
        self.mode = self.value = mode
        self.before, self.prev = None, record_grad(mode)

    def __exit__(self, *exception):
        self.before = self.prev, self.before[1]
        super().__exit__(*exception)

    def __call__(self, function):
        record_grad(self.prev)  # as a decorator it switches only while the function runs
        return super().__call__(function)

    def clone(self):
        """Another switch to the same side, which switches at once."""
        return type(self)(self.mode)

    def __repr__(self):
        return f"torch.autograd.grad_mode.set_grad_enabled(mode={self.mode})"


for each in (no_grad, enable_grad, set_grad_enabled):
    each.__module__ = "torch.autograd.grad_mode"


def with_tangents(node, place, tensor):
    """A tensor that a node kept, with the tangents that it had: `place` is that of an argument, or -1 and below."""
    for level in levels:
        level.restore(node, place, tensor)
    return tensor
