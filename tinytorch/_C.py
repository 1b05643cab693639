"""torch._C: the few names of PyTorch's compiled part that programs use, where they mean something without it."""

import sys

from tinytorch.creation import get_default_device
from tinytorch.overrides import (
    DisableTorchFunction,
    DisableTorchFunctionSubclass,
    has_torch_function,
    has_torch_function_unary,
    has_torch_function_variadic,
)
from tinytorch.overriding import disabled_torch_function_impl
from tinytorch.tensor import Tensor

__all__ = ["DisableTorchFunction", "DisableTorchFunctionSubclass", "TensorBase"]

TensorBase = _TensorBase = Tensor
_disabled_torch_function_impl = disabled_torch_function_impl
_has_torch_function, _has_torch_function_unary = has_torch_function, has_torch_function_unary
_has_torch_function_variadic = has_torch_function_variadic


class Compiled:
    """A part of PyTorch's compiled functions, which are this library's of the same names in a door."""

    def __init__(self, door, prefix=""):
        self.door, self.prefix = door, prefix

    def __getattr__(self, name):
        if not name.startswith(self.prefix):
            raise AttributeError(name)
        return getattr(sys.modules[self.door], OTHER_NAMES.get(name, name.removeprefix(self.prefix)))


OTHER_NAMES = {"log_sigmoid": "logsigmoid"}
_nn = Compiled("tinytorch.nn.functional")
_linalg, _fft, _special = (Compiled(f"tinytorch.{name}", f"{name}_") for name in ("linalg", "fft", "special"))


def _log_api_usage_once(event):
    """Count a use: nobody counts here."""


def _get_default_device():
    """The name of the default device's kind."""
    return get_default_device().type


def _get_tracing_state():
    """What traces: None, as nothing does."""


def _jit_set_profiling_mode(enabled):
    """Say how a compiler is to profile; what was asked before, as PyTorch begins."""
    return True


_jit_set_profiling_executor = _jit_set_texpr_fuser_enabled = _jit_set_profiling_mode


def _jit_override_can_fuse_on_cpu(enabled):
    """Say where a compiler may fuse: there is none."""


_jit_override_can_fuse_on_gpu = _jit_set_nvfuser_enabled = _jit_override_can_fuse_on_cpu


def _jit_can_fuse_on_cpu():
    """Whether a compiler fuses: False."""
    return False


_jit_can_fuse_on_gpu = _jit_can_fuse_on_cpu
