"""Inference mode: nothing is recorded, and what is made is marked, so that backward can refuse it later.

The mark is the version counter. Only while a thread is in the mode, `wrap` has another code, which makes such tensors;
so neither the mode nor its absence costs an operation anything.
"""

import threading

from tinytorch.modes import Switch, mode, record_grad
from tinytorch.tensor import wrap, wrap_in_inference

inside = []  # an entry for each thread that is in inference mode
entrance = threading.Lock()
codes = wrap.__code__, wrap_in_inference.__code__


class inference_mode(Switch):
    """Nothing is recorded for backward within, and tensors made within are inference tensors: they count no versions,
    and outside they can be neither written to nor kept for backward.

    With `mode=False` operations are recorded again. A context manager and a decorator.
    """

    mode = True

    def __new__(cls, mode=True):
        return super().__new__(cls, mode)

    def __init__(self, mode=True):
        self.mode = bool(mode)

    def clone(self):
        """Another switch of the same kind."""
        return type(self)(self.mode)

    def __enter__(self):
        self.before.append((mode.inference, mode.asked, mode.grad))
        switch(self.mode, False, not self.mode)

    def __exit__(self, *exception):
        switch(*self.before.pop())


def switch(inference, asked, grad):
    """Let this thread be in inference mode or not, and record or not."""
    with entrance:
        if inference and not mode.inference:
            inside.append(None)
        elif mode.inference and not inference:
            inside.pop()
        mode.inference = False
        record_grad(grad)
        mode.inference, mode.asked = inference, asked
        wrap.__code__ = codes[bool(inside)]


def is_inference_mode_enabled():
    """Whether this thread is in inference mode."""
    return mode.inference


inference_mode.__module__ = "torch.autograd.grad_mode"
