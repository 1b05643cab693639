"""Modules whose parameters are not set."""

import inspect

from tinytorch.nn.modules.module import Module


def skip_init(module_cls: type[Module], *args, **kwargs) -> Module:
    """A module whose parameters have undefined values; a RuntimeError for a class without an argument `device`."""
    if not issubclass(module_cls, Module):
        raise RuntimeError(f"Expected a Module; got {module_cls}")
    if "device" not in inspect.signature(module_cls).parameters:
        raise RuntimeError("Module must support a 'device' arg to skip initialization")
    place = kwargs.pop("device", "cpu")
    return module_cls(*args, device="meta", **kwargs).to_empty(device=place)


skip_init.__module__ = "torch.nn.utils.init"
