"""Tensors, and what holds tensors, in parts on several devices, and together again."""

import warnings

from tinytorch.devices import device as device_class
from tinytorch.ops.join import cat
from tinytorch.tensor import Tensor


def place_of(device) -> device_class:
    """The device of a number, which is that of a GPU, or of a name."""
    return device_class("cuda", device) if type(device) is int else device_class(device)


def scatter(inputs, target_gpus, dim: int = 0):
    """The parts of each tensor in `inputs` along `dim`, one on each device; what is no tensor is the same for all."""
    if isinstance(inputs, Tensor):
        parts = inputs.chunk(len(target_gpus), dim)
        return tuple([part.to(place_of(each)) for part, each in zip(parts, target_gpus, strict=False)])
    below = lambda values: zip(*[scatter(each, target_gpus, dim) for each in values], strict=False)
    if is_named(inputs):
        return [type(inputs)(*each) for each in below(inputs)]
    if isinstance(inputs, tuple) and inputs:
        return list(below(inputs))
    if isinstance(inputs, list) and inputs:
        return [list(each) for each in below(inputs)]
    if isinstance(inputs, dict) and inputs:
        return [type(inputs)(each) for each in below(inputs.items())]
    return [inputs for _ in target_gpus]


def scatter_kwargs(inputs: tuple, kwargs: dict | None, target_gpus, dim: int = 0):
    """Arguments and keywords for a call on each device."""
    args = list(scatter(inputs, target_gpus, dim)) if inputs else []
    named = list(scatter(kwargs, target_gpus, dim)) if kwargs else []
    args += [()] * (len(named) - len(args))
    named += [{}] * (len(args) - len(named))
    return tuple(args), tuple(named)


def gather(outputs, target_device, dim: int = 0):
    """What `scatter` parted as one on a device; a ValueError for dictionaries of different lengths."""
    first = outputs[0]
    if isinstance(first, Tensor):
        if dim == 0 and all(each.ndim == 0 for each in outputs):
            warnings.warn(
                "Was asked to gather along dimension 0, but all input tensors were scalars; will instead unsqueeze and "
                "return a vector.",
                stacklevel=2,
            )
            outputs = [each.view(1) for each in outputs]
        return cat([each.to(place_of(target_device)) for each in outputs], dim)
    if first is None:
        return None
    if isinstance(first, dict):
        if any(len(each) != len(first) for each in outputs):
            raise ValueError("All dicts must have the same number of keys")
        return type(first)((key, gather([each[key] for each in outputs], target_device, dim)) for key in first)
    parts = [gather(each, target_device, dim) for each in zip(*outputs, strict=True)]
    return type(first)(*parts) if is_named(first) else type(first)(parts)


def is_named(value):
    """Whether a value is a named tuple."""
    return isinstance(value, tuple) and hasattr(value, "_asdict") and hasattr(value, "_fields")


for each in (scatter, scatter_kwargs, gather):
    each.__module__ = "torch.nn.parallel.scatter_gather"
