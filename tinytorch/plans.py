"""Calls of any dtypes: what such a call asks and casts is found once and remembered.

The lanes take tensors of one float dtype; integers, booleans, mixed dtypes, lists of tensors and in-place forms come
here. A plan is kept for each combination of devices, dtypes, numbers and settings' types that an operation has met.
"""

from tinytorch import dtypes
from tinytorch.evaluate import NUMBERS, in_order, number_as, rounded, working_types
from tinytorch.keeping import edges_of, keep, kept_for, remembered
from tinytorch.modes import mode
from tinytorch.tensor import TENSORS, Tensor, count_write, wrap

MISFIT = (ValueError, IndexError, TypeError, RuntimeError, OverflowError)  # the general call says so in PyTorch's words


class Plan:
    """What a call of one combination comes to.

    usable:  whether the call can be made here; the general call makes every other one
    default: the default dtype that it was found under
    asks:    whether the operation's check looks at more than this combination
    casts:   the places of arrays to be cast to `working`, in an elementwise operation
    numbers: the places of Python numbers among the operands
    result:  the dtype of the result, `working` the one that is computed in; None where the body decides
    """

    __slots__ = ("asks", "casts", "default", "numbers", "result", "usable", "working")


def planned(op, args, out=None):
    """The result of a call, or None where the general call has to make it; `out` is the first argument or None."""
    key, arrays, device = [], list(args), None
    recorded, pointwise, several = op.traced and mode.grad, op.kind == "elementwise", op.several
    tracked = False  # whether history follows it
    for position, value in enumerate(args):
        kind = type(value)
        if kind in TENSORS:
            array = arrays[position] = value.array
            if position == several:
                return None  # which is not a list
            if device is None:
                device = value.device
                key.append(device)
            elif value.device is not device:
                return None
            if (recorded or value is out) and (value.needs or (value.base is not None and value.base.needs)):
                if out is not None or not op.differentiable:
                    return None
                tracked = tracked or position in op.input_positions
            if pointwise and out is not None and array.ndim > 1 and not array.flags.c_contiguous:
                return None
            key.append(array.dtype)
            key.append(array.ndim == 0)
        elif position == several and (kind is list or kind is tuple):
            found = arrays[position] = []
            for each in value:
                if type(each) not in TENSORS or each.device is not (device or each.device):
                    return None
                if recorded and (each.needs or (each.base is not None and each.base.needs)):
                    if not op.differentiable:
                        return None
                    tracked = tracked or position in op.input_positions
                device = each.device
                found.append(each.array)
                key.append(each.array.dtype)
            key.append(device)
        else:
            key.append(kind)
    if device is None:
        return None
    key = tuple(key)
    plan = op.plans.get(key)
    if plan is None or plan.default is not dtypes.Default.dtype:
        plan = op.plans[key] = make_plan(op, args, arrays, device)
    if not plan.usable:
        return None
    if plan.asks:
        op.rule.check(*args)
    given = tuple(arrays)
    for position in plan.casts:
        arrays[position] = arrays[position].astype(plan.working)
    for position in plan.numbers:
        arrays[position] = number_as(arrays[position], plan.working)
    if op.dims and not pointwise and not normalized(op, arrays):
        return None
    named = dict(zip(op.keywords, arrays[op.positional :], strict=True)) if op.keywords else {}
    if tracked:
        edges = edges_of(op, args)
        keeps = kept_for(op, edges)
        kept = keep(op, args, keeps, None)
    if out is not None:
        return out if written(op, device, plan, arrays[: op.positional], named, args, out) else None
    try:
        data = op.body(device.xp, *arrays[: op.positional], **named)
    except MISFIT:
        return None
    if type(data) is tuple:
        data = tuple([rounded(each, device, plan.result) for each in data])
        if pointwise:
            data = tuple([in_order(op, given, each, device) for each in data])
        if not tracked:
            return tuple([wrap(each, device) for each in data])
    else:
        data = rounded(data, device, plan.result)
        if pointwise and data.ndim > 1:
            data = in_order(op, given, data, device)
        if not tracked:
            return wrap(data, device)
    return remembered(op, args, edges, kept, data, device, keeps[-1])


def make_plan(op, args, arrays, device):
    """The plan of a combination, after the operation's check."""
    plan = Plan()
    plan.usable, plan.default, plan.result, plan.working = False, dtypes.Default.dtype, None, None
    plan.casts = plan.numbers = ()
    if any(isinstance(each, Tensor) for each in arrays):
        return plan  # of a subclass, which the general call knows
    operands = [position for position in op.operands if arrays[position] is not None and position != op.several]
    tensors = [position for position in operands if hasattr(arrays[position], "dtype")]
    numbers = [position for position in operands if type(arrays[position]) in NUMBERS]
    pointwise = op.kind == "elementwise"
    if len(tensors) + len(numbers) < len(operands) or (not tensors if pointwise else numbers):
        return plan
    if numbers and (op.rule.numbers == "none" or (op.rule.numbers == "later" and 0 in numbers)):
        return plan
    if not all(map(is_plain, [arrays[position] for position in range(len(arrays)) if position not in operands])):
        return plan
    if not pointwise and (not op.rule.moves and has_halves(arrays)):
        return plan
    check = op.rule.check
    if check is not None:
        check(*args)
    plan.asks = check is not None and not getattr(check, "by_kind", False)
    if pointwise:
        plan.result, plan.working = working_types(op, device, [arrays[position] for position in operands])
        plan.casts = tuple([position for position in tensors if arrays[position].dtype is not plan.working])
        plan.numbers = tuple(numbers)
    plan.usable = True
    return plan


def is_plain(value):
    """Whether a setting is what every call of its type may be taken for: no dtype, no number or array of NumPy's."""
    return not isinstance(value, dtypes.dtype) and (not hasattr(value, "dtype") or hasattr(value, "strides"))


def has_halves(arrays):
    """Whether half precision is among arrays and lists of arrays."""
    every = [each for value in arrays for each in (value if type(value) is list else [value])]
    return any(getattr(each, "dtype", None) in dtypes.HALVES for each in every)


def normalized(op, arrays):
    """Count dimensions from the front, in place; whether each is a number that is there, or None."""
    first = arrays[0][0] if type(arrays[0]) is list else arrays[0]
    ndim = max(first.ndim + op.rule.more_dims, 1)
    for position in op.dims:
        dim = arrays[position]
        if type(dim) is int and -ndim <= dim < ndim:
            arrays[position] = dim % ndim
        elif dim is not None:
            return False
    return True


def written(op, device, plan, arrays, named, args, out):
    """Write a result over `out`, the first argument; whether that could be done here."""
    target = out.array
    if 0 in target.strides:
        return False  # its elements may share memory
    for value in args[1:]:
        if type(value) in TENSORS and value.counter is out.counter and value.array is not target:
            return False  # they may share elements
    if dtypes.category_of[plan.result] > dtypes.category_of[target.dtype] or op.rule.overwrites:
        return False
    version = count_write(out)
    try:
        same = target.dtype is plan.working is plan.result  # a dtype from a pickle is an equal one, but another object
        if op.has_out and (same or target.dtype == plan.working == plan.result):
            op.body(device.xp, *arrays, **named, out=target)
        else:
            data = rounded(op.body(device.xp, *arrays, **named), device, plan.result)
            if data.shape != target.shape or data.dtype is not plan.result:
                out.counter[0] = version
                return False
            target[...] = data if data.dtype is target.dtype else data.astype(target.dtype)
    except MISFIT:
        out.counter[0] = version
        return False
    return True
