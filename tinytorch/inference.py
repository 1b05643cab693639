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

    mode, value = True, (True, False, False)

    def __new__(cls, mode=True):
        return super().__new__(cls, mode)

    def __init__(self, mode=True):
        self.mode, self.value = bool(mode), (bool(mode), False, not mode)

    def clone(self):
        """Another switch of the same kind."""
        return type(self)(self.mode)

    @staticmethod
    def state():
        """Whether this thread is in inference mode, whether it is asked to record there, whether it records."""
        return mode.inference, mode.asked, mode.grad

    @staticmethod
    def switch(state):
        """Bring this thread into such a state."""
        bring_into(*state)


def bring_into(inference, asked, grad):
    """Let this thread be in inference mode or not, and record or not.

    In an order that does no harm where it is interrupted: `wrap` asks for the mode before, and after, it needs to.
    """
    with entrance:
        before = mode.inference
        if inference and not before:
            inside.append(None)
            wrap.__code__ = codes[True]
        mode.inference = False
        record_grad(grad)
        mode.inference, mode.asked = inference, asked
        if before and not inference:
            inside.pop()
            wrap.__code__ = codes[bool(inside)]


def is_inference_mode_enabled():
    """Whether this thread is in inference mode."""
    return mode.inference


inference_mode.__module__ = "torch.autograd.grad_mode"
