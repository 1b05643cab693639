"""torch.autograd.profiler_legacy: an older name of the profiler."""

from tinytorch.autograd.profiler import profile

__all__ = ["profile"]
