"""Hooks of a node: what is called when a gradient arrives at it, before it runs and after, and what they may give."""

import weakref
from collections import OrderedDict

from tinytorch.errors import type_name
from tinytorch.tensor import Tensor


class NodeHooks:
    """What stands at a node, each kind in the order of its registration; a node without any has None in its place.

    tensors:  number of the hook -> (number of the output or None, hook on that gradient)
    keepers:  the same of `retain_grad`, which sees what the hooks made of a gradient
    before:   hooks that are called with all gradients when the node runs
    after:    hooks that are called with those that it gave and those that it got
    leaves:   nodes of leaves with hooks of their own, which live as long as this one, that showed them
    """

    __slots__ = ("after", "before", "keepers", "leaves", "tensors")

    def __init__(self):
        self.tensors, self.keepers = OrderedDict(), OrderedDict()
        self.before, self.after = OrderedDict(), OrderedDict()
        self.leaves = []

    def arrived(self, gradient):
        """A gradient, or the list of a node with several outputs, after the hooks on tensors."""
        if self.tensors:
            gradient = run_hooks(self.tensors, gradient)
        return run_hooks(self.keepers, gradient) if self.keepers else gradient

    def entering(self, gradient):
        """The same after the hooks before the node; None if they left nothing of it."""
        several = type(gradient) is list
        values = tuple(gradient) if several else (gradient,)
        for hook in list(self.before.values()):
            values = replaced_all(values, hook(values), hook)
        if all(each is None for each in values):
            return None
        return list(values) if several else values[0]

    def leaving(self, gradients, gradient):
        """The gradients that a node gave, after the hooks behind it."""
        gradients, given = tuple(gradients), tuple(gradient) if type(gradient) is list else (gradient,)
        for hook in list(self.after.values()):
            gradients = replaced_all(gradients, hook(gradients, given), hook)
        return gradients


class Keeper:
    """A hook that puts a gradient into the `.grad` of its tensor, which it does not keep alive."""

    def __init__(self, tensor):
        self.tensor = weakref.ref(tensor)

    def __call__(self, grad):
        tensor = self.tensor()
        if tensor is not None and grad is not None:
            before = tensor._grad
            tensor._grad = grad.clone() if before is None else before + grad


def run_hooks(hooks, gradient):
    """A gradient, or the list of a node with several outputs, after the hooks, each of which may replace it.

    A hook on an output that took no part is called with None.
    """
    for number, hook in list(hooks.values()):
        part = gradient if number is None else gradient[number]
        made = hook(part)
        if made is None:
            continue
        check_replaced(part, made, hook)
        if number is None:
            gradient = made
        else:
            gradient[number] = made
    return gradient


def replaced_all(values, made, hook):
    """What a hook made of a tuple of gradients: the same if it gave None; it has to be a tuple of as many that fit."""
    if made is None:
        return values
    if not isinstance(made, tuple):
        raise TypeError(f"expected tuple, but hook returned '{type(made).__name__}'")
    if len(made) != len(values):
        raise RuntimeError(
            f"hook '{name_of(hook)}' has returned an incorrect number of values (got {len(made)}, but expected "
            f"{len(values)})"
        )
    for before, after in zip(values, made, strict=True):
        if after is not None:
            check_replaced(before, after, hook)
    return made


def check_replaced(before, after, hook):
    """Refuse what a hook gave for a gradient if it does not fit there."""
    if before is None:
        raise RuntimeError("can't replace a None gradient with a non-None value")
    if not isinstance(after, Tensor):
        raise TypeError(f"expected Variable, but hook returned '{type(after).__name__}'")
    if after.array.dtype is not before.array.dtype:
        raise RuntimeError(
            f"hook '{name_of(hook)}' has changed the type of value (was {type_name(before.array)} got "
            f"{type_name(after.array)})"
        )
    if after.device is not before.device:
        raise RuntimeError(f"hook '{name_of(hook)}' has changed the type of value")
    if after.array.shape != before.array.shape:
        raise RuntimeError(f"hook '{name_of(hook)}' has changed the size of value")


def name_of(hook):
    """What a hook is called in messages."""
    return getattr(hook, "__name__", type(hook).__name__)
