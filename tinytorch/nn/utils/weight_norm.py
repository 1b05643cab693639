"""A weight as a length times a direction, each learned by itself, computed before every call of its module."""

import warnings
from typing import TypeVar

from tinytorch.nn.modules.module import Module
from tinytorch.nn.parameter import Parameter, is_lazy
from tinytorch.tensor import Tensor

Layer = TypeVar("Layer", bound=Module)


class WeightNorm:
    """The hook: `name_g` has the lengths along `dim`, or one if it is -1, `name_v` the directions."""

    def __init__(self, name: str, dim: int | None) -> None:
        self.name = name
        self.dim = -1 if dim is None else dim

    def compute_weight(self, module: Module) -> Tensor:
        """The weight of a module by its lengths and directions."""
        return with_length(getattr(module, f"{self.name}_v"), getattr(module, f"{self.name}_g"), self.dim)

    def remove(self, module: Module) -> None:
        """Give the module its weight back as one parameter."""
        weight = self.compute_weight(module)
        for name in (self.name, f"{self.name}_g", f"{self.name}_v"):
            delattr(module, name)
        setattr(module, self.name, Parameter(weight.data))

    def __call__(self, module: Module, inputs) -> None:
        setattr(module, self.name, self.compute_weight(module))


def weight_norm(module: Layer, name: str = "weight", dim: int | None = 0) -> Layer:
    """The module, with a parameter as g * v / |v|, the norm over all dimensions but `dim` (Salimans and Kingma, 2016).

    PyTorch prefers `nn.utils.parametrizations.weight_norm`, and warns. A RuntimeError the second time.
    """
    warnings.warn(
        "`torch.nn.utils.weight_norm` is deprecated in favor of `torch.nn.utils.parametrizations.weight_norm`.",
        FutureWarning,
        stacklevel=2,
    )
    if found(module, WeightNorm, name) is not None:
        raise RuntimeError(f"Cannot register two weight_norm hooks on the same parameter {name}")
    hook = WeightNorm(name, dim)
    weight = getattr(module, name)
    if is_lazy(weight):
        raise ValueError(
            "The module passed to `WeightNorm` can't have uninitialized parameters. Make sure to run the dummy forward "
            "before applying weight normalization"
        )
    del module._parameters[name]
    module.register_parameter(f"{name}_g", Parameter(length(weight, hook.dim).data))
    module.register_parameter(f"{name}_v", Parameter(weight.data))
    hook(module, ())
    module.register_forward_pre_hook(hook)
    return module


def remove_weight_norm(module: Layer, name: str = "weight") -> Layer:
    """The module without what `weight_norm` did; a ValueError if it did nothing."""
    key = found(module, WeightNorm, name)
    if key is None:
        raise ValueError(f"weight_norm of '{name}' not found in {module}")
    module._hooks_of("forward_pre").pop(key).remove(module)
    return module


def found(module, kind, name):
    """The number of the hook of a kind that computes a parameter before each call, or None."""
    for key, hook in module._hooks_of("forward_pre").items():
        if isinstance(hook, kind) and hook.name == name:
            return key
    return None


def length(weight, dim):
    """The norm over all dimensions but one, or over all for -1."""
    if dim == -1:
        return weight.norm(2)
    rows = weight.movedim(dim, 0).reshape(weight.shape[dim], -1)
    return rows.norm(2, 1).reshape([-1 if each == dim else 1 for each in range(weight.ndim)])


def with_length(direction, wanted, dim):
    """A tensor of given lengths in the directions of another."""
    return direction * (wanted / length(direction, dim))


for each in (weight_norm, remove_weight_norm):
    each.__module__ = "torch.nn.utils.weight_norm"
