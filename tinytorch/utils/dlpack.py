"""torch.utils.dlpack: tensors to and from other libraries, without a copy."""

from tinytorch.ops.python import from_dlpack


def to_dlpack(tensor):
    """A tensor as a capsule, which another library takes once."""
    return tensor.__dlpack__()


__all__ = ["from_dlpack"]
