"""Devices that PyTorch has a name for and this library has not: they can be named, and nothing lives there."""

array = asarray = xp = None


def unavailable_reason(index):
    """The exception for all that would live there."""
    return NotImplementedError("tinytorch has no device of this kind: tensors live on cpu, cuda and meta")
