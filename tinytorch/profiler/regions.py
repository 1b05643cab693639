"""torch.ops.profiler: the beginning and the end of a region as functions, which a recorded program can call."""

from tinytorch.overrides import handle_torch_function, has_torch_function_unary
from tinytorch.profiler.recording import record_function


def _record_function_enter(name, args=None):
    """Begin a region; what is returned ends it."""
    region = record_function(name, args)
    region.__enter__()
    return region


def _record_function_exit(handle):
    """End a region."""
    if has_torch_function_unary(handle):
        return handle_torch_function(_record_function_exit, (handle,), handle)
    handle.__exit__()
    return None


for each in (_record_function_enter, _record_function_exit):
    each.__module__ = "tinytorch.ops.profiler"  # where PyTorch has them
