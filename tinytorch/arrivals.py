"""How gradients arrive: in the shape, dtype and on the device of where they go, and added to what is there already."""

import sys
from heapq import heappush

from tinytorch import dtypes
from tinytorch.batching import brought
from tinytorch.graph import Part
from tinytorch.tensor import Tensor, wrap


def send(gradient, edge, arrived, heap):
    """Add a gradient, a tensor, to what has arrived at an edge, in the shape, dtype and device that belong there."""
    arrive(shaped(gradient, edge), edge, arrived, heap)


def shaped(gradient, edge):
    """A gradient, a tensor, as it arrives at an edge."""
    array = gradient.array
    home = edge.array if isinstance(edge, Tensor) else edge
    if array.shape != home.shape or array.dtype is not home.dtype or gradient.device is not edge.device:
        return fitted(gradient, home.shape, home.dtype, edge.device)
    return gradient


def send_array(array, device, edge, arrived, heap):
    """The same of a gradient that is a raw array of a device, or its one number, and perhaps still a tensor."""
    if type(array) is not device.array:
        array, device = (bare(array), array.device) if isinstance(array, Tensor) else (device.asarray(array), device)
    leaf = isinstance(edge, Tensor)
    home = edge.array if leaf else edge
    if array.shape != home.shape or array.dtype is not home.dtype or device is not edge.device:
        array = bare(fitted(as_tensors(array, device), home.shape, home.dtype, edge.device))
    if type(edge) is Part:
        arrive(array, edge, arrived, heap)
    elif (so_far := arrived.get(edge)) is not None:
        device = edge.device
        if (
            sys.getrefcount(so_far) <= 3 and type(so_far) is type(array) is device.array and device.xp.owns(so_far)
        ):  # nobody else has it: our name, the call's, here
            device.xp.add(so_far, array, so_far)
        else:
            arrived[edge] = together(so_far, array, device)
    else:
        arrived[edge] = array
        if not leaf:
            heappush(heap, (-edge.number, edge))


def bare(gradient):
    """The raw array of a gradient, a tensor; one that has no array, a sparse one, stays as it is."""
    return gradient.array if gradient._operate is None else gradient


def arrive(gradient, edge, arrived, heap):
    """Add a gradient to what has arrived at an edge."""
    part = type(edge) is Part
    key = edge.node if part else edge
    so_far = arrived.get(key)
    if so_far is None:
        so_far = arrived[key] = [None] * edge.count if part else gradient
        if not isinstance(key, Tensor):
            heappush(heap, (-key.number, key))
    elif not part:
        arrived[key] = together(so_far, gradient, key.device)
    if part:
        here = so_far[edge.number]
        so_far[edge.number] = gradient if here is None else together(here, gradient, key.device)


def together(gradient, other, device):
    """The sum of two gradients, tensors or raw arrays."""
    kind = device.array
    if type(gradient) is kind and type(other) is kind:
        return device.asarray(device.xp.add(gradient, other))
    if type(gradient) is kind or type(other) is kind:  # a dense and a sparse one
        dense, sparse = (gradient, other) if type(gradient) is kind else (other, gradient)
        return (wrap(dense, device) + sparse).array
    return gradient + other if gradient._operate is None or other._operate is not None else other + gradient


def as_tensors(gradient, device):
    """A raw gradient as a tensor, or a list of them; None and tensors stay."""
    if type(gradient) is list:
        return [as_tensors(each, device) for each in gradient]
    return gradient if gradient is None or isinstance(gradient, Tensor) else wrap(gradient, device)


def as_arrays(gradient):
    """The raw arrays of a gradient, or of a list of them; None stays."""
    if type(gradient) is list:
        return [as_arrays(each) for each in gradient]
    return None if gradient is None else bare(gradient)


def run_hooked(node, gradient, edges, run):
    """The gradients that a node gives, with the hooks before and after it."""
    gradient = node.hooks.entering(gradient)
    given = [None] * len(edges) if gradient is None else run(node, gradient, edges)
    parts = [
        part if part is None or edge is None else shaped(part, edge) for part, edge in zip(given, edges, strict=True)
    ]
    return node.hooks.leaving(parts, gradient)


def hooks_on(run, gradient, device, raw):
    """A gradient after hooks, which see tensors."""
    found = run(as_tensors(gradient, device) if raw else gradient)
    return as_arrays(found) if raw else found


class Misfit(RuntimeError):
    """Raised for a gradient that does not fit where it goes."""

    def given_by(self, node, place):
        """The error that names the node that gave it, and for which of its edges."""
        return RuntimeError(f"Function {node.name()} returned an invalid gradient at index {place} - {self}")


def summed(gradient, shape):
    """A gradient in the shape of what was broadcast."""
    try:
        return gradient.sum_to_size(shape)
    except RuntimeError:
        raise Misfit(f"got {list(gradient.shape)} but expected shape compatible with {list(shape)}") from None


def moved(gradient, device):
    """A gradient without dimensions on the device of what it belongs to."""
    if gradient.array.ndim:
        raise Misfit(f"expected device {device} but got {gradient.device}")
    return gradient.to(device)


def fitted(gradient, shape, dtype, device):
    """A gradient with the shape, dtype and device of what it belongs to: the real part for a real one."""
    if gradient.array.shape != shape:
        gradient = summed(gradient, shape)
    if gradient.device is not device:
        batched = gradient.device.batched or device.batched
        gradient = brought(gradient, device) if batched else moved(gradient, device)
    if dtypes.category_of[gradient.array.dtype] == dtypes.COMPLEX and dtypes.category_of[dtype] != dtypes.COMPLEX:
        gradient = gradient.real
    return gradient if gradient.array.dtype is dtype else gradient.to(dtypes.of_numpy[dtype])
