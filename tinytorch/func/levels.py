"""Levels: one run of a function whose inputs are differentiated, and what of its history is left when it ends.

There are no wrappers: an input enters a level as a view of itself, so the derivative of the level is that with respect
to this view, and whatever is differentiated around it, by another level, by `backward` or by forward mode, goes through
the view as through any other. What leaves the level keeps its history only if that leads to more than the level's own
inputs.
"""

import threading
import weakref

from tinytorch import dtypes
from tinytorch.engine import grad
from tinytorch.forward import open_levels
from tinytorch.graph import edge_of
from tinytorch.inference import inference_mode
from tinytorch.modes import mode, record_grad
from tinytorch.paths import node_of
from tinytorch.recording import numbers
from tinytorch.tensor import Tensor, Untracked


class Lasting(threading.local):
    """The levels of a thread that are over and still differentiate: products of `vjp`."""

    def __init__(self):
        self.levels = weakref.WeakSet()


lasting = Lasting()


class Level:
    """One level of differentiation; operations are recorded in its `with` block, whatever is said around it.

    inputs:   the tensors that it differentiates by
    given:    the tensors that the function sees -> those that were given to it
    recorded: whether recording was on around it: only then its results can have a history
    start:    the creation number of the first node that can be of its history, `stop` one after the last of its block
    open:     a list of whether the block runs, which the inputs without a history know as their `_level`
    """

    def __init__(self):
        self.inputs, self.given, self.open = [], {}, [True]

    def __enter__(self):
        self.before, self.recorded, self.start = inference_mode.state(), mode.grad, next(numbers)
        inference_mode.switch((False, False, True))
        mode.differentiating += 1
        return self

    def __exit__(self, *exception):
        self.open[0], self.stop = False, next(numbers)
        inference_mode.switch(self.before)
        mode.differentiating -= 1
        lasting.levels.add(self)

    def enter(self, value):
        """An input as the function is to see it: it requires grad, and refuses in-place as a leaf does."""
        if not isinstance(value, Tensor):
            raise ValueError(f"Thing passed to transform API must be Tensor, got {type(value)}")
        if value.dtype.category < dtypes.FLOAT:
            raise RuntimeError("only Tensors of floating point dtype can require gradients")
        entered = alias(value, self.recorded)
        self.given[entered] = value
        if entered.history is None:
            entered.needs, entered._level = True, self.open
        self.inputs.append(entered)
        return entered

    def pass_by(self, value):
        """An argument that the level does not differentiate by: what is written to it does not give it a history."""
        if not isinstance(value, Tensor) or value.requires_grad:
            return value
        found = alias(value, self.recorded)  # its tangents may have a history
        self.given[found] = value
        return found

    def gradients(self, outputs, cotangents=None, retain_graph=None, create_graph=False):
        """The gradients for the inputs, zeros where an input took no part; they are no inference tensors."""
        if mode.inference:
            with inference_mode(mode=False):
                return self.gradients(outputs, cotangents, retain_graph, create_graph)
        pairs = zip(outputs, cotangents or [None] * len(outputs), strict=True)
        pairs = [(output, cotangent) for output, cotangent in pairs if output.requires_grad]
        if not (pairs and self.inputs):
            return [each.new_zeros(each.shape) for each in self.inputs]
        outputs, cotangents = zip(*pairs, strict=True)
        found = grad(outputs, self.inputs, cotangents, retain_graph, create_graph, allow_unused=True)
        return [
            each.new_zeros(each.shape) if gradient is None else gradient
            for each, gradient in zip(self.inputs, found, strict=True)
        ]

    def leads_out(self, tensors):
        """For each tensor whether its history leads to what was there before this level."""
        roots = [node_of(edge_of(each)) if each.requires_grad else None for each in tensors]
        seen, own, leading, stack = set(), [], set(), [each for each in roots if each is not None]
        while stack:
            node = stack.pop()
            if node in seen:
                continue
            seen.add(node)
            if self.was_before(node):
                leading.add(node)
            elif not isinstance(node, Tensor):
                own.append(node)
                stack.extend([node_of(edge) for edge in node.edges if edge is not None])
        if leading:
            for node in sorted(own, key=lambda each: each.number):  # edges go to older nodes
                if any(edge is not None and node_of(edge) in leading for edge in node.edges):
                    leading.add(node)
        return [root in leading for root in roots]

    def kept(self, tensors):
        """For each tensor whether it may keep its history outside."""
        return self.leads_out(tensors) if self.recorded else [False] * len(tensors)

    def was_before(self, node):
        """Whether a node or leaf was there before this level; inputs of levels in it, or that are over, were not."""
        if not isinstance(node, Tensor):
            number = node.number
            return number < self.start and not any(each.start <= number < each.stop for each in lasting.levels)
        owner = node.__dict__.get("_level")
        return owner is None or (owner[0] and owner is not self.open)

    def leave(self, tensors, kept):
        """Tensors as they are seen outside: those made in this level that are not `kept` lose their history."""
        return [self.left(tensor, keep) for tensor, keep in zip(tensors, kept, strict=True)]

    def left(self, tensor, keep):
        """One tensor as it is seen outside; one that was there before is still the same."""
        given = self.given.get(tensor)
        if given is not None:
            return given
        if keep or not tensor.requires_grad or self.was_before(node_of(edge_of(tensor))):
            return tensor
        found = alias(tensor, recorded=False)
        for forward in open_levels():
            tangent = forward.tangent_of(tensor)
            if tangent is not None and tangent.requires_grad:
                forward.give(found, self.left(tangent, self.kept([tangent])[0]))
        return found


def tangents(tensors):
    """The tangents of tensors at the levels of forward mode that are open, and the tangents of these."""
    found = list(tensors)
    for forward in reversed(open_levels()):
        found += [each for each in map(forward.tangent_of, found) if each is not None]
    return found[len(tensors) :]


def alias(tensor, recorded):
    """A view of a tensor that is recorded if it can be; else a tensor of its own of the same memory."""
    before = record_grad(recorded)
    try:
        found = tensor.view_as(tensor)
    finally:
        record_grad(before)
    if type(found.counter) is Untracked:
        found.counter = [0]  # here it may be kept for backward
    if found.history is None:
        found.base = None
    else:
        found.creation = "input"
    return found
