"""The decorators that declare operations, and the lanes in which their usual calls run.

A lane is a closure for the usual case, tensors of one float dtype on one device, in which nothing is asked that the
definition has answered. Whatever is not usual, other dtypes, `out=`, in-place, wrong input, an interpreter, goes to `apply`,
which knows everything. Between them arguments have one normal form: the tuple of all parameters.
"""

import functools

from tinytorch import dtypes
from tinytorch.apply import apply, apply_operator, write
from tinytorch.binding import bind, bind_varying, packed
from tinytorch.declaration import Operation, Rule, registry
from tinytorch.derivatives import frame
from tinytorch.graph import edge_of_view, record
from tinytorch.layout import alike
from tinytorch.modes import interpreters, mode
from tinytorch.tensor import TENSORS, Tensor, wrap, wrap_view

FLOAT32, FLOAT64 = dtypes.float32.numpy, dtypes.float64.numpy
NOTHING = (None,)
__all__ = ["Rule", "elementwise", "memory_view", "operation", "operator_of"]


def elementwise(*rules, **derivatives):
    """Declare an operation on each element: operands broadcast and promote, and there is an in-place form."""
    return declare("elementwise", rules, derivatives)


def operation(*rules, **derivatives):
    """Declare an operation of any other kind; its body sees arrays and settings as they are."""
    return declare("general", rules, derivatives)


def memory_view(*rules, **derivatives):
    """Declare a view: its result shares the memory of its first argument, and its version."""
    return declare("view", rules, derivatives)


def declare(kind, rules, derivatives):
    """A decorator that makes an operation of a body. `rules`: a Rule, then pairs of (names of inputs, one derivative)."""
    rule = rules[0] if rules and isinstance(rules[0], Rule) else Rule()
    shared = dict(each for each in rules if not isinstance(each, Rule))

    def make(body):
        op = Operation(body, kind, rule, shared, derivatives)
        if op.name in registry:
            raise TypeError(f"the operation {op.name} is declared twice")
        registry[op.name] = op
        op.call = call = caller(op)
        call.operation = op
        if rule.method:
            setattr(Tensor, op.name, call)
        if kind == "elementwise" and rule.in_place:
            setattr(Tensor, f"{op.name}_", in_place(op))
        return call

    return make


def caller(op):
    """The function that users call: Python binds the arguments, a lane takes the usual case."""
    count = len(op.parameters)
    if op.kind == "view":
        if op.rule.varying:
            return bind_varying(op, view_lane(op))
        return bind(op, VIEW_LANES[count](op), out=False) if count in VIEW_LANES else general_call(op)
    if op.operands == (0,) and op.input_positions in ((), (0,)) and op.several is None:
        return bind(op, unary_lane(op)) if count == 1 else bind(op, settings_lane(op))
    if op.operands == (0, 1) and op.positional == 2 and op.several is None and len(op.keywords) < 2:
        return bind(op, binary_call(op))
    return general_call(op)


def general_call(op):
    """A function that has no lane."""
    return bind(op, packed(functools.partial(apply, op), op))


def unary_lane(op):
    """One tensor, no settings."""
    body, node, overloads, differentiable = op.body, op.node, op.rule.overload is not None, op.differentiable
    keeps_input, keeps_result = op.keeps((True,)) if differentiable else (False, False)

    def call(input, *, out=None):
        if out is not None or interpreters or type(input) not in TENSORS:
            return apply(op, (input,), out)
        array = input.array
        dtype = array.dtype
        if (dtype is not FLOAT32 and dtype is not FLOAT64) or (array.ndim > 1 and not array.flags.c_contiguous):
            return apply(op, (input,))
        device = input.device
        edge = (input.history or (input if input.needs else None)) if input.base is None else edge_of_view(input)
        data = body(device.xp, array)
        if type(data) is not device.array:
            data = device.asarray(data)
        if edge is None or not differentiable or not mode.grad:
            return wrap(data, device)
        counter = [0]
        versions = result = None
        if keeps_result:
            versions, result = (None, None, counter, 0), data
        if keeps_input:
            versions = (input.counter, input.counter[0], counter, 0)
        kind = op.node_for((input,)) if overloads else node
        kept = (array,) if keeps_input else NOTHING
        return wrap(data, device, record(kind, (edge,), kept, versions, data, device, result), counter)

    return call


def operator_of(call):
    """An operation as an operator: an operand that is none of ours is given back to Python."""
    op = call.operation
    return bind(op, binary_lane(op, apply_operator), out=False)


def binary_call(op):
    """The function of two operands, a setting by name perhaps, and `out`."""
    lane = binary_lane(op)
    if not op.keywords:

        def call(input, other, *, out=None):
            return lane(input, other) if out is None else apply(op, (input, other), out)

        return call
    usual = op.defaults[op.keywords[0]]

    def call_with(input, other, *, setting=usual, out=None):
        if out is None and setting is usual:
            return lane(input, other)
        return apply(op, (input, other, setting), out)

    return call_with


def binary_lane(op, apply=apply):
    """Two operands, the second perhaps a number; a setting has its default."""
    body, node, overloads = op.body, op.node, op.rule.overload is not None
    pointwise, differentiable = op.kind == "elementwise", op.differentiable
    first_input, second_input = [position in op.input_positions for position in (0, 1)]
    both, framed = first_input and second_input, any(op.framed)
    settings = tuple(op.defaults[name] for name in op.parameters[2:])
    blanks = (None,) * (2 * len(settings))
    keeps = [()] + [
        op.keeps(tuple([bool(mask & 1 << place) for place in range(len(op.inputs))]))
        for mask in range(1, 1 << len(op.inputs))
    ]
    keeps_nothing = not any(any(each) for each in keeps) and not framed

    def call(input, other):
        if interpreters or type(input) not in TENSORS:
            return apply(op, (input, other, *settings))
        array = input.array
        dtype = array.dtype
        if dtype is not FLOAT32 and dtype is not FLOAT64:
            return apply(op, (input, other, *settings))
        device = input.device
        kind = type(other)
        if kind in TENSORS:
            second = other.array
            if second.dtype is not dtype or other.device is not device:
                return apply(op, (input, other, *settings))
            if pointwise and (array.ndim > 1 or second.ndim > 1) and not alike(array, second):
                return apply(op, (input, other, *settings))
            other_edge = (other.history or (other if other.needs else None)) if other.base is None else edge_of_view(other)
        elif (kind is float or kind is int) and pointwise:
            second, other_edge = other, None
        else:
            return apply(op, (input, other, *settings))
        edge = (input.history or (input if input.needs else None)) if input.base is None else edge_of_view(input)
        try:
            data = body(device.xp, array, second)
        except (ValueError, RuntimeError):  # shapes that do not fit: apply says so in PyTorch's words
            return apply(op, (input, other, *settings))
        if type(data) is not device.array:
            data = device.asarray(data)
        if (edge is None and other_edge is None) or not differentiable or not mode.grad:
            return wrap(data, device)
        if not both:
            edge = edge if first_input else other_edge
            if edge is None:
                return wrap(data, device)
        counter = [0]
        edges = (edge, other_edge) if both else (edge,)
        versions = result = None
        if keeps_nothing:
            args = (None, None, *settings) if kind in TENSORS else (None, other, *settings)
        else:
            kept = keeps[(edge is not None) + 2 * (other_edge is not None)] if both else keeps[1]
            keeps_first, keeps_second = kept[0], kept[1] and second is not other
            if keeps_first or kept[1] or kept[-1]:  # a number counts as kept too, as in PyTorch: once freed it is gone
                one, two = input.counter if keeps_first else None, other.counter if keeps_second else None
                versions = (one, one and one[0], two, two and two[0], *blanks, counter, 0)
                result = data if kept[-1] else None
            args = (
                array if keeps_first else frame(array) if framed else None,
                second if keeps_second or second is other else frame(second) if framed else None,
                *settings,
            )
        chosen = op.node_for((input, other, *settings)) if overloads else node
        return wrap(data, device, record(chosen, edges, args, versions, data, device, result), counter)

    return call


def in_place(op):
    """The in-place form of an operation, `mul_`, whose usual case needs no history and no cast."""
    body, usual = op.body, tuple(op.defaults[name] for name in op.parameters[2:])
    if op.operands != (0, 1) or op.positional != 2 or not op.has_out:
        return bind(op, packed(lambda args, out: write(op, args), op), name=f"{op.name}_")

    def lane(args, out):
        input, other = args[0], args[1]
        if interpreters or type(input) not in TENSORS or args[2:] != usual:
            return write(op, args)
        array, kind = input.array, type(other)
        dtype = array.dtype
        if (dtype is not FLOAT32 and dtype is not FLOAT64) or not array.flags.c_contiguous or input.base is not None:
            return write(op, args)
        if kind in TENSORS:
            second = other.array
            if (
                second.dtype is not dtype or second.shape != array.shape or not second.flags.c_contiguous
                or other.device is not input.device or other.base is not None or (mode.grad and other.needs)
            ):  # fmt: skip
                return write(op, args)
        elif kind is float or kind is int:
            second = other
        else:
            return write(op, args)
        if input.needs and mode.grad:
            return write(op, args)
        body(input.device.xp, array, second, out=array)
        input.counter[0] += 1
        return input

    return bind(op, packed(lane, op), name=f"{op.name}_")


def settings_lane(op):
    """One tensor and settings; those given by name only have their defaults."""
    body, node, overloads = op.body, op.node, op.rule.overload is not None
    positional, differentiable, moves = op.positional, op.differentiable, op.rule.moves
    usual = tuple(op.defaults[name] for name in op.keywords)
    (keeps_input, *_, keeps_result) = op.keeps((True,)) if differentiable else (False, False)
    blanks = (None,) * (2 * len(op.parameters) - 2)

    def lane(args, out):
        input = args[0]
        if out is not None or interpreters or type(input) not in TENSORS or args[positional:] != usual:
            return apply(op, args, out)
        array = input.array
        dtype = array.dtype
        if dtype is not FLOAT32 and dtype is not FLOAT64 and not moves:
            return apply(op, args)
        device = input.device
        edge = (input.history or (input if input.needs else None)) if input.base is None else edge_of_view(input)
        try:
            data = body(device.xp, array, *args[1:positional])
        except (ValueError, IndexError, TypeError, RuntimeError):  # settings that do not fit: apply says so in PyTorch's words
            return apply(op, args)
        if type(data) is not device.array:
            if type(data) is tuple:
                return apply(op, args)
            data = device.asarray(data)
        if edge is None or not differentiable or not mode.grad:
            return wrap(data, device)
        counter = [0]
        versions = result = None
        if keeps_input:
            versions = (input.counter, input.counter[0], *blanks, counter, 0)
        if keeps_result:
            versions, result = versions or (None, None, *blanks, counter, 0), data
        kind = op.node_for(args) if overloads else node
        kept = (array if keeps_input else frame(array), *args[1:])
        return wrap(data, device, record(kind, (edge,), kept, versions, data, device, result), counter)

    return packed(lane, op)


def view_lane(op):
    """A view of one tensor, whose settings come as one tuple."""
    body = op.body

    def call(input, sizes):
        if interpreters or type(input) not in TENSORS:
            return apply(op, (input, sizes))
        try:
            data = body(input.device.xp, input.array, sizes)
        except (ValueError, IndexError, TypeError, RuntimeError):  # settings that do not fit: apply says so
            return apply(op, (input, sizes))
        return shown(op, input, data, (sizes,))

    return call


def view_without(op):
    """A view without settings."""
    body = op.body

    def call(input):
        if interpreters or type(input) not in TENSORS:
            return apply(op, (input,))
        try:
            data = body(input.device.xp, input.array)
        except (ValueError, IndexError, TypeError, RuntimeError):
            return apply(op, (input,))
        return shown(op, input, data, ())

    return call


def view_with_two(op):
    """A view with two settings, such as `transpose`."""
    body = op.body

    def call(input, first, second):
        if interpreters or type(input) not in TENSORS:
            return apply(op, (input, first, second))
        try:
            data = body(input.device.xp, input.array, first, second)
        except (ValueError, IndexError, TypeError, RuntimeError):
            return apply(op, (input, first, second))
        return shown(op, input, data, (first, second))

    return call


VIEW_LANES = {1: view_without, 2: view_lane, 3: view_with_two}


def shown(op, input, data, settings):
    """The tensor of a view's array; several views need a node with several outputs, which `apply` makes."""
    if type(data) is not input.device.array:
        return apply(op, (input, *settings))
    if not mode.grad:
        return wrap_view(data, input, None, "no_grad")
    if input.base is None:
        edge, creation = input.history or (input if input.needs else None), None
    else:
        edge, creation = edge_of_view(input), input.creation
    if edge is None or not op.differentiable:
        return wrap_view(data, input, None, creation)
    kind = op.node if op.rule.overload is None else op.node_for((input, *settings))
    node = record(kind, (edge,), (frame(input.array), *settings), None, data, input.device)
    return wrap_view(data, input, node, creation)
