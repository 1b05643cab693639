"""Elementwise calls of any dtypes that no history follows: what such a call casts is found once and remembered.

The lanes take tensors of one float dtype; integers, booleans, half precision, mixed dtypes and in-place forms come
here. A plan is kept for each combination of devices, dtypes, numbers and settings' types that an operation has met.
"""

from tinytorch import dtypes
from tinytorch.evaluate import NUMBERS, in_order, number_as, rounded, working_types
from tinytorch.modes import mode
from tinytorch.tensor import TENSORS, wrap

MISFIT = (ValueError, IndexError, TypeError, RuntimeError, OverflowError)  # the general call says so in PyTorch's words


class Plan:
    """What a call of one combination comes to.

    default: the default dtype that it was made under
    asks:    whether the operation's check looks at more than this combination
    casts:   the places of arrays to be cast to `working`
    numbers: the places of Python numbers among the operands
    result:  the dtype of the result, `working` the one that is computed in
    """

    __slots__ = ("asks", "casts", "default", "numbers", "result", "working")


def planned(op, args, out=None):
    """The result of a call, or None where the general call has to make it; `out` is the first argument or None."""
    key, arrays, device = [], list(args), None
    recorded = op.differentiable and mode.grad
    for position, value in enumerate(args):
        kind = type(value)
        if kind in TENSORS:
            array = arrays[position] = value.array
            if device is None:
                device = value.device
                key.append(device)
            elif value.device is not device:
                return None
            if (recorded or value is out) and (value.needs or (value.base is not None and value.base.needs)):
                return None
            if array.ndim > 1 and not array.flags.c_contiguous:
                return None
            key.append(array.dtype)
            key.append(array.ndim == 0)
        else:
            key.append(kind)
    if device is None:
        return None
    key = tuple(key)
    plan = op.plans.get(key)
    if plan is None or plan.default is not dtypes.Default.dtype:
        plan = op.plans[key] = make_plan(op, args, arrays, device)
    if plan.working is None:
        return None
    if plan.asks:
        op.rule.check(*args)
    given, working, result = tuple(arrays), plan.working, plan.result
    for position in plan.casts:
        arrays[position] = arrays[position].astype(working)
    for position in plan.numbers:
        arrays[position] = number_as(arrays[position], working)
    named = dict(zip(op.keywords, arrays[op.positional :], strict=True)) if op.keywords else {}
    if out is not None:
        return out if written(op, device, plan, arrays[: op.positional], named, args, out) else None
    try:
        data = op.body(device.xp, *arrays[: op.positional], **named)
    except MISFIT:
        return None
    if type(data) is tuple:
        return tuple([wrap(rounded(each, device, result), device) for each in data])
    data = rounded(data, device, result)
    return wrap(data if data.ndim < 2 else in_order(op, given, data, device), device)


def make_plan(op, args, arrays, device):
    """The plan of a combination, after its check; one without `working` leaves it to the general call."""
    plan = Plan()
    plan.default, plan.working, plan.result = dtypes.Default.dtype, None, None
    operands = [position for position in op.operands if arrays[position] is not None]
    tensors = [position for position in operands if hasattr(arrays[position], "dtype")]
    numbers = [position for position in operands if type(arrays[position]) in NUMBERS]
    others = [arrays[position] for position in range(len(arrays)) if position not in operands]
    if not tensors or len(tensors) + len(numbers) < len(operands) or any(map(is_sequence_of_arrays, others)):
        return plan
    check = op.rule.check
    if check is not None:
        check(*args)
    plan.asks = check is not None and not getattr(check, "by_kind", False)
    plan.result, plan.working = working_types(op, device, [arrays[position] for position in operands])
    plan.casts = tuple([position for position in tensors if arrays[position].dtype is not plan.working])
    plan.numbers = tuple(numbers)
    return plan


def is_sequence_of_arrays(value):
    """Whether a value may hold tensors that nobody has looked at."""
    return isinstance(value, (list, tuple)) or (hasattr(value, "__array__") and not hasattr(value, "ndim"))


def written(op, device, plan, arrays, named, args, out):
    """Write a result over `out`, the first argument; whether that could be done here."""
    target = out.array
    for value in args[1:]:
        if type(value) in TENSORS and value.counter is out.counter and value.array is not target:
            return False  # they may share elements
    if dtypes.category_of[plan.result] > dtypes.category_of[target.dtype] or op.rule.overwrites:
        return False
    try:
        if op.has_out and target.dtype is plan.working is plan.result:
            op.body(device.xp, *arrays, **named, out=target)
        else:
            data = rounded(op.body(device.xp, *arrays, **named), device, plan.result)
            if data.shape != target.shape or data.dtype is not plan.result:
                return False
            target[...] = data if data.dtype is target.dtype else data.astype(target.dtype)
    except MISFIT:
        return False
    out.counter[0] += 1
    return True
