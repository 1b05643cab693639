"""The lanes of views: the usual calls of operations whose result shows the memory of their input."""

from tinytorch.apply import apply
from tinytorch.graph import edge_of_view
from tinytorch.lanes import MISFIT
from tinytorch.modes import grad_off, interpreters, mode
from tinytorch.recording import record
from tinytorch.tensor import TENSORS, Tensor

new = object.__new__


def view_without(op):
    """A view without settings."""
    body = op.body

    def call(input):
        if interpreters or (type(input) is not Tensor and type(input) not in TENSORS):
            return apply(op, (input,))
        try:
            data = body(input.device.xp, input.array)
        except MISFIT:
            return apply(op, (input,))
        return shown(op, input, data, ())

    return call


def view_with_one(op):
    """A view with one setting."""
    body = op.body

    def call(input, first):
        if interpreters or (type(input) is not Tensor and type(input) not in TENSORS):
            return apply(op, (input, first))
        try:
            data = body(input.device.xp, input.array, first)
        except MISFIT:
            return apply(op, (input, first))
        return shown(op, input, data, (first,))

    return call


def view_with_two(op):
    """A view with two settings, such as `transpose`."""
    body = op.body

    def call(input, first, second):
        if interpreters or (type(input) is not Tensor and type(input) not in TENSORS):
            return apply(op, (input, first, second))
        try:
            data = body(input.device.xp, input.array, first, second)
        except MISFIT:
            return apply(op, (input, first, second))
        return shown(op, input, data, (first, second))

    return call


VIEW_LANES = {1: view_without, 2: view_with_one, 3: view_with_two}


def shown(op, input, data, settings):
    """The tensor of a view's array; several views need a node with several outputs, which `apply` makes."""
    device = input.device
    if type(data) is not device.array:
        return apply(op, (input, *settings))
    view = new(Tensor)
    view.array = data
    view.device = device
    counter = view.counter = input.counter
    (view.seen,) = counter  # unpacked, as an index may be refused
    view._grad = None
    if input.base is None:
        edge = input.history or (input if input.needs else None)
        view.base, view.creation = input, None
    else:
        edge = edge_of_view(input)
        view.base, view.creation = input.base, input.creation
    if not op.differentiable:
        view.base = None  # other numbers in the same memory: a view for the memory, none for history
    elif grad_off and not mode.grad:
        view.creation = "inference" if mode.inference else "no_grad"
    elif edge is not None:
        view.history = record(op.node, (edge,), (input.array.shape, *settings), None, data, device)
        view.needs = True
        return view
    view.history = None
    view.needs = False
    return view
