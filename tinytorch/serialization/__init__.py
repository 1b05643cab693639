"""`torch.serialization`: objects and tensors in files of PyTorch's formats, read without running what they say."""

from tinytorch.serialization.loading import load
from tinytorch.serialization.names import add_safe_globals, clear_safe_globals, get_safe_globals, safe_globals
from tinytorch.serialization.saving import DEFAULT_PROTOCOL, save

__all__ = [
    "DEFAULT_PROTOCOL",
    "add_safe_globals",
    "clear_safe_globals",
    "get_safe_globals",
    "load",
    "safe_globals",
    "save",
]
