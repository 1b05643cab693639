"""Hooks: functions that are called at certain points, the handles that take them away, and those on gradients."""

import weakref
from collections import OrderedDict

from tinytorch.graph import AccumulateGrad, Node, hooks_of, place_of
from tinytorch.tensor import Tensor


class RemovableHandle:
    """What a registration gives: `remove()`, or the end of a `with` block, takes the hook away."""

    next_id = 0  # programs print the dictionaries of hooks, where the numbers show

    def __init__(self, hooks: OrderedDict) -> None:
        self.hooks = weakref.ref(hooks)
        self.id = RemovableHandle.next_id
        RemovableHandle.next_id += 1

    def remove(self) -> None:
        """Take the hook away, if it and its owner are still there."""
        hooks = self.hooks()
        if hooks is not None:
            hooks.pop(self.id, None)

    def __enter__(self) -> "RemovableHandle":
        return self

    def __exit__(self, *exception) -> None:
        self.remove()


RemovableHandle.__module__ = "torch.utils.hooks"


def register(hooks: OrderedDict, entry: object, prepend: bool = False) -> RemovableHandle:
    """Put a hook, perhaps with its options, behind or before those that are there."""
    handle = RemovableHandle(hooks)
    hooks[handle.id] = entry
    if prepend:
        hooks.move_to_end(handle.id, last=False)
    return handle


def register_hook(self, hook):
    """Call `hook(grad)` when the gradient of this tensor is known; a tensor that it returns takes the gradient's place.

    Hooks run in the order of their registration. A RuntimeError for a tensor that does not require grad.
    """
    if not self.requires_grad:
        raise RuntimeError("cannot register a hook on a tensor that doesn't require gradient")
    if self.grad_fn is not None:
        node, number = place_of(self.history)
        return register(hooks_of(node).tensors, (number, hook))
    if self._hooks is None:
        self._hooks = OrderedDict()
    return register(self._hooks, (None, hook))


def register_post_accumulate_grad_hook(self, hook):
    """Call `hook(tensor)` after a gradient was added to the `.grad` of this leaf; it has to return None."""
    if not self.requires_grad:
        raise RuntimeError("cannot register a hook on a tensor that doesn't require gradient")
    if self.grad_fn is not None:
        raise RuntimeError("post accumulate grad hooks cannot be registered on non-leaf tensors")
    if self._post_hooks is None:
        self._post_hooks = OrderedDict()
    return register(self._post_hooks, hook)


def register_node_hook(self, fn):
    """Call `fn(grad_inputs, grad_outputs)` when this node has run; a tuple that it returns replaces what the node gave.

    Each of the two has None where there is no gradient.
    """
    return register(lasting(self).after, fn)


def register_node_prehook(self, fn):
    """Call `fn(grad_outputs)` before this node runs; a tuple that it returns takes the gradients' place."""
    return register(lasting(self).before, fn)


def lasting(node):
    """The hooks of a node, where they are made first; those of a leaf last as long as the nodes that showed it."""
    hooks = hooks_of(node)
    if type(node) is AccumulateGrad:
        for each in node.shown_by:
            hooks_of(each).leaves.append(node)
    return hooks


def sequence_number(self):
    """How many nodes had been made before this one; backward runs the youngest first."""
    return self.number


Node.register_hook, Node.register_prehook = register_node_hook, register_node_prehook
Node._sequence_nr = sequence_number
register_node_hook.__name__, register_node_prehook.__name__ = "register_hook", "register_prehook"
Tensor.register_hook = register_hook
Tensor.register_post_accumulate_grad_hook = register_post_accumulate_grad_hook
