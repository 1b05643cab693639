"""torch.cuda.comm: tensors sent to several devices and brought together again, by copies."""

from tinytorch.ops.join import concatenate


def broadcast(tensor, devices=None, *, out=None):
    """A tensor on each of several devices, or in each tensor of `out`; one of the two is given."""
    if (devices is None) == (out is None):
        raise RuntimeError(f"Exactly one of 'devices' and 'out' must be specified, but got {devices=} and {out=}")
    if out is not None:
        return tuple([each.copy_(tensor) for each in out])
    return tuple([tensor.to(place(each)) for each in devices])


def broadcast_coalesced(tensors, devices, buffer_size=10485760):
    """Several tensors on each of several devices: a list for each device."""
    return [[each.to(place(one)) for each in tensors] for one in devices]


def scatter(tensor, devices=None, chunk_sizes=None, dim=0, streams=None, *, out=None):
    """The parts of a tensor along a dimension, each on another device."""
    if out is not None:
        parts = tensor.split([each.shape[dim] for each in out], dim)
        return tuple([target.copy_(part) for target, part in zip(out, parts, strict=True)])
    parts = tensor.chunk(len(devices), dim) if chunk_sizes is None else tensor.split(list(chunk_sizes), dim)
    return tuple([part.to(place(each)) for part, each in zip(parts, devices, strict=False)])


def gather(tensors, dim=0, destination=None, *, out=None):
    """Tensors of several devices one after the other on one device, the current GPU unless another is told."""
    if out is not None:
        return out.copy_(concatenate([each.to(out.device) for each in tensors], dim))
    return concatenate([each.to(place(destination)) for each in tensors], dim)


def reduce_add(inputs, destination=None):
    """The sum of tensors of several devices on one; a ValueError if their shapes differ."""
    for each in inputs:
        if each.shape != inputs[0].shape:
            raise ValueError(f"input 0 has invalid size: got {list(each.shape)}, but expected {list(inputs[0].shape)}")
    first, *others = [each.to(place(destination)) for each in inputs]
    return sum(others, first)


def reduce_add_coalesced(inputs, destination=None, buffer_size=10485760):
    """The sums of lists of tensors, entry by entry."""
    return tuple([reduce_add(each, destination) for each in zip(*inputs, strict=True)])


def place(destination):
    """A device as `to` takes it; -1 is the CPU, None the current GPU."""
    return "cuda" if destination is None else "cpu" if destination == -1 else destination
