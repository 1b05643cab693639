"""How a batch comes to pinned memory, which a GPU copies from by itself: tensors at any depth, and what can do so."""

from collections.abc import Mapping, Sequence

from tinytorch.tensor import Tensor
from tinytorch.utils.data._utils.collate import mapping_like, sequence_like


def pin_memory(data, device=None):
    """A batch with each tensor pinned; what has a method `pin_memory` does it by itself."""
    if isinstance(data, Tensor) or hasattr(data, "pin_memory"):
        return data.pin_memory()
    if isinstance(data, (str, bytes)):
        return data
    if isinstance(data, Mapping):
        return mapping_like(data, {key: pin_memory(sample, device) for key, sample in data.items()})
    if isinstance(data, Sequence):
        pinned = [pin_memory(sample, device) for sample in data]
        plain = isinstance(data, tuple) and not hasattr(data, "_fields")
        return type(data)(pinned) if plain else sequence_like(data, pinned)
    return data
