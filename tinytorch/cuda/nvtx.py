"""torch.cuda.nvtx: names for stretches of time, which NVIDIA's profilers show."""

import contextlib

from tinytorch.devices import cards


def tool():
    """CuPy's door to the names; a RuntimeError without a GPU."""
    if not cards.is_available():
        raise RuntimeError("NVTX functions not installed. Are you sure you have a CUDA build?")
    return cards.module().part("nvtx")


def range_push(msg):
    """Begin a stretch within the present one."""
    return tool().RangePush(msg)


def range_pop():
    """End the innermost stretch."""
    return tool().RangePop()


def mark(msg):
    """A moment with a name."""
    return tool().Mark(msg)


@contextlib.contextmanager
def range(msg, *args, **kwargs):
    """A stretch as long as a `with` block, whose name may have places for `args`."""
    range_push(msg.format(*args, **kwargs))
    try:
        yield
    finally:
        range_pop()
