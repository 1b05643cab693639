"""Hooks on gradients: functions that see, and may replace, the gradient that arrives at a tensor."""

from tinytorch.graph import hook_on, numbers
from tinytorch.tensor import Tensor


class RemovableHandle:
    """What a registration gives back: `remove()` takes the hook away, and so does the end of a `with` block."""

    def __init__(self, hooks, key):
        self.hooks = hooks
        self.id = key

    def remove(self):
        """Take the hook away; a second time does nothing."""
        self.hooks.pop(self.id, None)

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.remove()


RemovableHandle.__module__ = "torch.utils.hooks"


def register_hook(self, hook):
    """Call `hook(grad)` when the gradient of this tensor is known; a tensor that it returns takes the gradient's place.

    Hooks run in the order of their registration. A RuntimeError for a tensor that does not require grad.
    """
    if not self.requires_grad:
        raise RuntimeError("cannot register a hook on a tensor that doesn't require gradient")
    if self.grad_fn is not None:
        return RemovableHandle(*hook_on(self.history, hook))
    if self._hooks is None:
        self._hooks = {}
    key = next(numbers)
    self._hooks[key] = None, hook
    return RemovableHandle(self._hooks, key)


def register_post_accumulate_grad_hook(self, hook):
    """Call `hook(tensor)` after a gradient was added to the `.grad` of this leaf; what it returns is ignored."""
    if not self.requires_grad:
        raise RuntimeError("cannot register a hook on a tensor that doesn't require gradient")
    if self.grad_fn is not None:
        raise RuntimeError("post accumulate grad hooks cannot be registered on non-leaf tensors")
    if self._post_hooks is None:
        self._post_hooks = {}
    key = next(numbers)
    self._post_hooks[key] = hook
    return RemovableHandle(self._post_hooks, key)


Tensor.register_hook = register_hook
Tensor.register_post_accumulate_grad_hook = register_post_accumulate_grad_hook
