"""`torch.cpu.amp`, which is imported when somebody looks."""

import importlib


def __getattr__(name):
    """The room `amp`; an AttributeError for another."""
    if name != "amp":
        raise AttributeError(f"module 'torch.cpu' has no attribute '{name}'")
    return importlib.import_module("tinytorch.cpu.amp")
