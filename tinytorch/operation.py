"""The decorators that declare operations: each is one function on raw arrays, with its derivatives beside it."""

import functools

from tinytorch.apply import apply, apply_operator
from tinytorch.binding import bind, bind_varying, packed
from tinytorch.declaration import Operation, Rule, registry
from tinytorch.lanes import (
    binary_call,
    binary_lane,
    in_place,
    reduction_call,
    settings_lane,
    ternary_lane,
    unary_lane,
)
from tinytorch.tensor import Tensor
from tinytorch.view_lanes import VIEW_LANES, shown

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
    """Make an operation of a body; `rules` are a Rule, then pairs of (names of inputs, one derivative for all)."""
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
        if rule.in_place and (kind == "elementwise" or rule.writes):
            setattr(Tensor, f"{op.name}_", bind(op, in_place(op), name=f"{op.name}_"))
        return call

    return make


def caller(op):
    """The function that users call: Python binds the arguments, a lane takes the usual case."""
    count = len(op.parameters)
    if op.kind == "view":
        if op.rule.varying:
            return bind_varying(op, shown)
        return bind(op, VIEW_LANES[count](op), out=False) if count in VIEW_LANES else general_call(op)
    if op.operands == (0,) and op.input_positions in ((), (0,)) and op.several is None and not op.rule.outputs:
        if op.parameters[1:] in (("dim", "keepdim"), ("dim", "keepdim", "dtype")) and op.positional == 3:
            return bind(op, reduction_call(op))
        return bind(op, unary_lane(op)) if count == 1 else bind(op, settings_lane(op))
    if op.operands == (0, 1) and op.positional == 2 and op.several is None and len(op.keywords) < 2:
        return bind(op, binary_call(op))
    if op.input_positions == (0, 1, 2) and op.positional == 3 and op.kind == "general" and op.rule.overload is None:
        return bind(op, ternary_lane(op))
    return general_call(op)


def general_call(op):
    """A function that has no lane."""
    return bind(op, packed(functools.partial(apply, op), op))


def operator_of(call, otherwise=apply_operator):
    """An operation as an operator: `otherwise` has what is not usual, and gives a strange operand back to Python."""
    op = call.operation
    return bind(op, binary_lane(op, otherwise), out=False)
