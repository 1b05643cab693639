"""How a call is recorded: a node of the graph is made, and the tensor that has it as its history."""

import itertools
import types

from tinytorch.tensor import Tensor, wrap

numbers = itertools.count()
note = None  # what anomaly mode does with a new node: its room attaches it
new = object.__new__


def record(kind, edges, args, versions, array, device, result=None):
    """A node of class `kind` for a result `array`."""
    node = kind()
    node.edges = edges
    node.args = args
    node.versions = versions
    node.result = result
    node.shape = array.shape
    node.dtype = array.dtype
    node.device = device
    node.number = next(numbers)
    node.hooks = node.seen_as = None
    return node


record_plainly = types.FunctionType(record.__code__, globals())  # `record` itself may have another code


def record_and_note(kind, edges, args, versions, array, device, result=None):
    """What `record` does in anomaly mode, which wants to know where a node was made."""
    node = record_plainly(kind, edges, args, versions, array, device, result)
    note(node)
    return node


def recorded(kind, edges, args, versions, array, device, counter, result=None):
    """The tensor of a result with its node: `wrap` and `record` in one call, for the lanes."""
    node = kind()
    node.edges = edges
    node.args = args
    node.versions = versions
    node.result = result
    node.shape = array.shape
    node.dtype = array.dtype
    node.device = device
    node.number = next(numbers)
    node.hooks = node.seen_as = None
    tensor = new(Tensor)
    tensor.array = array
    tensor.device = device
    tensor.history = node
    tensor.needs = True
    tensor.counter = counter
    tensor.base = None
    tensor._grad = None
    return tensor


def recorded_and_noted(kind, edges, args, versions, array, device, counter, result=None):
    """What `recorded` does in anomaly mode."""
    return wrap(array, device, record(kind, edges, args, versions, array, device, result), counter)
