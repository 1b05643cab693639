"""torch.cuda.profiler: NVIDIA's profiler is told what to look at."""

import contextlib

from tinytorch.devices import cards


def start():
    """Let the profiler look; without a GPU, what stands in its way."""
    cards.init()
    cards.module().part("profiler").start()


def stop():
    """Let the profiler look no more."""
    cards.init()
    cards.module().part("profiler").stop()


@contextlib.contextmanager
def profile():
    """Let the profiler look at a `with` block."""
    start()
    try:
        yield
    finally:
        stop()
