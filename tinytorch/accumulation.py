"""How a gradient is added to the `.grad` of its leaf: whose memory it may be, and how it lies there."""

import sys
import threading

from tinytorch import errors
from tinytorch.arrivals import as_tensors
from tinytorch.graph import accumulators
from tinytorch.layout import dense, fits
from tinytorch.modes import interpreters
from tinytorch.tensor import wrap

adding = threading.RLock()  # held while a `.grad` takes a gradient, which several threads may do at a time


def accumulate_grad(leaf, gradient, create_graph):
    """Add a gradient to `.grad`; the first is taken over if nobody else holds its memory."""
    if gradient.device is not leaf.device:
        raise RuntimeError(errors.BACKWARD_INSIDE)
    node = accumulators.get(id(leaf)) if accumulators.data else None
    hooks = None if node is None else node.hooks
    if hooks is not None:
        gradient = hooks.entering(gradient)
        if gradient is None:
            return
    with adding:
        before = leaf._grad
        if not (leaf.needs or leaf.requires_grad):
            pass  # the flag was taken back since
        elif gradient._operate is not None or (before is not None and before._operate is not None):
            leaf._grad = joined(before, gradient, create_graph)
        elif before is None:
            home = leaf.array
            ours = not create_graph and is_ours(gradient) and fits(gradient.array, home)
            leaf._grad = gradient if ours else laid_out(gradient, home)
        elif create_graph:
            leaf._grad = before + gradient
        else:
            before.add_(gradient)
    if leaf._post_hooks is not None:
        for hook in list(leaf._post_hooks.values()):
            returned = hook(leaf)
            if returned is not None and returned is not leaf:
                raise RuntimeError("Tensor post accumulate grad hooks should return None.")
    if hooks is not None:
        hooks.leaving((), gradient)


def accumulate_array(leaf, arrived):
    """The same of a raw array that arrived at a leaf, where nothing is recorded; the usual cases are written out."""
    if leaf._post_hooks is None and not accumulators.data and leaf.needs:
        array, device = arrived[leaf], leaf.device
        with adding:
            before = leaf._grad
            if before is None:
                alone = sys.getrefcount(array) <= 3  # for `arrived`, our name and the counting call's
                rows = type(array) is device.array and array.flags.c_contiguous and leaf.array.flags.c_contiguous
                if alone and rows and device.xp.owns(array):
                    leaf._grad = wrap(array, device)
                    return
            elif is_plain(before, array, device):
                before.counter[0] += 1
                device.xp.add(before.array, array, before.array)
                return
        array = None  # of which nobody else may know, if it is to become the `.grad`
    accumulate_grad(leaf, as_tensors(arrived.pop(leaf), leaf.device), False)


def joined(before, gradient, create_graph):
    """What a `.grad` becomes where it, or what is added to it, is sparse: sparse only if both are."""
    if before is None:
        return gradient if create_graph else gradient.detach()
    if before._operate is not None and gradient._operate is None:
        return gradient + before
    return before + gradient if create_graph else before.add_(gradient)


def is_plain(before, array, device):
    """Whether a `.grad` and what is added to it are two arrays of one form, in the usual order, with no history."""
    home = before.array
    return (
        type(before.counter) is list and not before.needs and before.base is None and before.device is device
        and home.dtype is array.dtype and home.shape == array.shape
        and before._operate is None and home.flags.c_contiguous and array.flags.c_contiguous and not interpreters
    )  # fmt: skip


def is_ours(gradient):
    """Whether nobody but the engine holds a gradient and its memory, so that it may become a `.grad`."""
    array = gradient.array
    # to the tensor: our name, the caller's and the counting call's; to the array: the tensor's, our name and the call's
    alone = sys.getrefcount(gradient) <= 3 and sys.getrefcount(array) <= 3
    return alone and gradient.device.xp.owns(array)


def laid_out(gradient, home):
    """A copy of a gradient that lies in memory as PyTorch lets it."""
    if fits(gradient.array, home):
        return gradient.clone()
    strides = [stride // home.itemsize for stride in home.strides]
    made = gradient.new_empty_strided(home.shape, strides) if dense(home) else gradient.new_empty(home.shape)
    return made.copy_(gradient)
