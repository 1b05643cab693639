"""torch._utils: small things that programs use though their names begin with an underscore."""

from tinytorch.devices import resolve
from tinytorch.ops.join import concatenate
from tinytorch.utils.data._utils.errors import ExceptionWrapper, KeyErrorMessage


def _flatten_dense_tensors(tensors):
    """The elements of all tensors in one of one dimension."""
    return concatenate([each.contiguous().view(-1) for each in tensors])


def _unflatten_dense_tensors(flat, tensors):
    """Parts of a flat tensor in the shapes of others, as views of it."""
    parts = flat.split([each.numel() for each in tensors])
    return tuple([part.view(each.shape) for part, each in zip(parts, tensors, strict=True)])


def _get_device_index(device, optional=False, allow_cpu=False):
    """The number of a device, -1 of the CPU where that is allowed; a ValueError otherwise."""
    if isinstance(device, int) and not isinstance(device, bool):
        return device
    found = None if device is None else resolve(device)
    if found is not None and found.type == "cpu":
        if not allow_cpu:
            raise ValueError(f"Expected a non cpu device, but got: {device}")
        return -1
    if found is None or found.index is None:
        if optional:
            return 0
        raise ValueError(f"Expected a torch.device with a specified index or an integer, but got:{device}")
    return found.index


def _take_tensors(tensors, size_limit):
    """The tensors in lists of one dtype, each of so many bytes at least, but the last."""
    waiting = {}
    for each in tensors:
        group = waiting.setdefault(each.dtype, [])
        group.append(each)
        if sum([member.numel() * member.element_size() for member in group]) >= size_limit:
            yield waiting.pop(each.dtype)
    yield from waiting.values()


def is_compiling():
    """Whether this code is compiled: False."""
    return False


__all__ = ["ExceptionWrapper", "KeyErrorMessage"]
