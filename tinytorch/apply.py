"""The general call: what every operation does when a call is not the usual case.

Arguments arrive in their normal form, the tuple of all parameters with the defaults filled in; the slow questions,
who is a tensor, on which device, may it be written to, what is kept of it, are asked here and nowhere else.
"""

from tinytorch import dtypes, errors
from tinytorch.batching import together
from tinytorch.derivatives import camel
from tinytorch.devices import CPU
from tinytorch.evaluate import NUMBERS, run
from tinytorch.graph import Node, Part, edge_of, follow, rebase, refusal
from tinytorch.keeping import edges_of, keep, kept_for, remember, remembered
from tinytorch.layout import overlap, overlap_partly, overlaps_itself
from tinytorch.modes import interpreters, mode
from tinytorch.overriding import introduced
from tinytorch.plans import planned
from tinytorch.recording import record
from tinytorch.tensor import Tensor, count_write, wrap, wrap_view


def apply(op, args, out=None):
    """Call an operation with arguments in normal form: the interpreter on top decides what that means."""
    if interpreters and mode.interpreter is not None:
        return mode.interpreter(op, args, out)
    if op.kind != "view" and (out is None or (out is args[0] and op.kind == "elementwise")):
        found = planned(op, args, out)
        if found is not None:
            return found
    return compute(op, args, out)


def write(op, args):
    """The in-place form of an operation: its result replaces the values of its first argument, which is returned."""
    if not isinstance(args[0], Tensor):
        raise errors.not_a_tensor(f"{op.name}_", op.parameters[0], 1, args[0])
    return apply(op, args, args[0])


def compute(op, args, out=None):
    """Compute and record one call; `out` is the tensor to write into, the first argument itself for in-place forms."""
    try:
        args = coerce(op, args)
    except TypeError:
        found = introduced(op, args)
        if found is NotImplemented:
            raise
        return found
    tensors = tensors_among(op, args)
    for each in tensors if out is None else (*tensors, out):
        if each._operate is not None:
            return each._operate(op, args, out)
    if any([each.device.batched for each in tensors]) or (out is not None and out.device.batched):
        args = together(op, args, out, tensors)
        tensors = tensors_among(op, args)
    if op.rule.check is not None:
        op.rule.check(*args)
    device = common_device(op, tensors if out is None else [*tensors, out])
    tracked = mode.grad and op.differentiable and any_requires_grad(op, args)
    if op.rule.composed and mode.grad:
        for each in tensors:
            edge_of(each)  # which refuses a view whose history is not right
    if out is not None:
        check_writable(op, args, out, tracked, tensors)
    edges = edges_of(op, args) if tracked else ()
    keeps = kept_for(op, edges) if tracked else ()
    kept = keep(op, args, keeps, out) if tracked else None

    if out is not None:
        return compute_into(op, device, args, out, edges, kept, keeps)
    data = run(op, device, args, None)
    if op.kind == "view":
        return views(op, args, edges, kept, data)
    if not tracked:
        return tuple([wrap(each, device) for each in data]) if type(data) is tuple else wrap(data, device)
    return remembered(op, args, edges, kept, data, device, keeps[-1])


def compute_into(op, device, args, out, edges, kept, keeps):
    """Compute one call into `out`, which is one change of it, and give it the history of what it holds then."""
    ended = op.rule.overwrites and out is args[0] and out.requires_grad and mode.grad
    version = count_write(out)
    try:
        try:
            run(op, device, args, out)
        except Exception:
            out.counter[0] = version
            raise
        out.counter[0] = version + 1  # one change, even if it also took another shape
        if kept is not None:
            rewrite_history(op, args, edges, kept, keeps[-1], out)
        elif ended:
            overwrite_history(op, out)
    except BaseException as error:
        if (kept is not None or ended) and not isinstance(error, Exception):
            lose_history(out, edges)
        raise
    return out


# History


def rewrite_history(op, args, edges, kept, keeps_result, out):
    """The history after an in-place operation: the tensor's own, or that of the base which it is a view of."""
    result = (out.array, out.counter, out.counter[0]) if keeps_result else None
    node = remember(op, args, edges, kept, out.array, out.device, result)
    if out.base is None:
        before, out.history, out.needs = out.history, node, True
        follow(out, before)
    else:
        base = out.base
        rebase(out, node, base.history or (base if base.needs else None))


class Overwritten(Node):
    """What an in-place operation without derivative leaves: a gradient of zero for the value before."""

    __slots__ = ()

    def backward(self, grad, wanted):
        return [None if each is None else grad.new_zeros(grad.shape) for each in wanted]


def overwrite_history(op, out):
    """The history of a tensor that an operation without derivative wrote over: nothing reaches what it was before."""
    name = f"{camel(op.name)}Backward0"
    if name not in op.nodes:
        op.nodes[name] = type(name, (Overwritten,), {"__slots__": ()})
    node = record(op.nodes[name], (edge_of(out),), (), None, out.array, out.device)
    if out.base is None:
        before, out.history = out.history, node
        follow(out, before)
    else:
        rebase(out, node, out.base.history or out.base)


class Interrupted(Node):
    """What Ctrl-C leaves in the middle of a write: nobody knows whether values and history belong together."""

    __slots__ = ()

    def backward(self, grad, wanted):
        raise RuntimeError(errors.INTERRUPTED)


def lose_history(out, edges):
    """Let backward refuse a tensor, and the base that it is a view of, since a write to it was interrupted."""
    home = out if out.base is None else out.base
    edges = (home.history, *edges)  # so that it leads where the write would have led
    home.history, home.needs = record(Interrupted, edges, (), None, home.array, home.device), True


def views(op, args, edges, kept, data):
    """The tensors of a view's arrays, which share the memory and the version of the first argument."""
    source = args[0]
    if not mode.grad:
        creation = "inference" if mode.inference else "no_grad"
    elif type(data) is tuple:
        creation = "several"
    else:
        creation = None if source.base is None else source.creation
    if not op.differentiable:
        return wrap(data, source.device, None, source.counter)  # a view for the memory, none for history
    if kept is None:
        made = [wrap_view(each, source, None, creation) for each in (data if type(data) is tuple else (data,))]
    elif type(data) is tuple:
        node = remember(op, args, edges, kept, source.array, source.device, None)
        made = [
            wrap_view(each, source, Part(node, place, len(data), each), creation) for place, each in enumerate(data)
        ]
    else:
        made = [wrap_view(data, source, remember(op, args, edges, kept, data, source.device, None), creation)]
    return tuple(made) if type(data) is tuple else made[0]


# Who is a tensor


def apply_operator(op, args, out=None):
    """An operator's call; for what is no operand it lets the other side have a try."""
    other = args[1]
    if type(other) is CPU.array and args[0].device is CPU:
        args = (args[0], wrap(other, CPU), *args[2:])
    elif not isinstance(other, (Tensor, *NUMBERS)) and not is_numpy_number(other):
        return introduced(op, args)
    return apply(op, args, out)


def coerce(op, args):
    """The arguments with NumPy's numbers as Python's, and one number among numbers only as a tensor."""
    args = [value.item() if is_numpy_number(value) else value for value in args]
    if op.several is not None:
        check_list(op, args[op.several])
    operands = [position for position in op.operands if position != op.several and args[position] is not None]
    numbers = [position for position in operands if not isinstance(args[position], Tensor)]
    for position in numbers:
        several = len(op.operands) > 1 and op.kind == "elementwise" and op.rule.numbers != "none"
        if type(args[position]) not in NUMBERS or not several:
            raise errors.not_a_tensor(op.name, op.parameters[position], position + 1, args[position])
    if numbers and op.rule.numbers == "later" and isinstance(args[0], NUMBERS):
        raise errors.invalid_combination(op.name, args)
    if numbers and len(numbers) == len(operands):
        if op.rule.numbers != "all" and len(operands) > 1:
            raise errors.invalid_combination(op.name, args)
        first = numbers[0]
        args[first] = wrap(CPU.asarray(args[first], dtypes.of_value(args[first]).numpy), CPU)
    return tuple(args)


def is_numpy_number(value):
    """Whether a value is a scalar of NumPy's: it has a dtype and a value, and is neither a tensor nor an array."""
    return (
        hasattr(value, "dtype")
        and not isinstance(value, Tensor)
        and getattr(value, "shape", None) == ()
        and hasattr(value, "item")
    )


def check_list(op, values):
    """Refuse what is not a list of tensors."""
    name = op.parameters[op.several]
    if not isinstance(values, (list, tuple)):
        kind = type(values).__name__
        raise TypeError(
            f"{op.name}(): argument '{name}' (position {op.several + 1}) must be tuple of Tensors, not {kind}"
        )
    for place, value in enumerate(values):
        if not isinstance(value, Tensor):
            raise TypeError(
                f"expected Tensor as element {place} in argument {op.several}, but got {type(value).__name__}"
            )


def tensors_among(op, args):
    """All tensors among the arguments."""
    found = [value for value in args if isinstance(value, Tensor)]
    return found if op.several is None else [*args[op.several], *found]


def common_device(op, tensors):
    """The one device of all tensors; in an elementwise operation tensors without dimensions may come from the CPU."""
    device = tensors[0].device
    if all(tensor.device is device for tensor in tensors):
        return device
    if op.kind == "elementwise":
        deciding = {tensor.device for tensor in tensors if tensor.array.ndim or tensor.device is not CPU}
        if len(deciding) == 1:
            return deciding.pop()
    raise errors.devices_differ(next(each.device for each in tensors if each.device is not device), device)


def any_requires_grad(op, args):
    """Whether a gradient is wanted for an input that has a derivative."""
    for position in op.input_positions:
        value = args[position]
        if position == op.several:
            if any(each.requires_grad for each in value):
                return True
        elif isinstance(value, Tensor) and value.requires_grad:
            return True
    return False


# Writing: in-place and out=


def check_writable(op, args, out, tracked, tensors):
    """Refuse a write as PyTorch does, before anything is done."""
    if not isinstance(out, Tensor):
        raise TypeError(f"{op.name}(): argument 'out' must be Tensor, not {type(out).__name__}")
    if out is not args[0]:
        if mode.grad and (tracked or out.requires_grad):
            raise errors.out_needs_grad(op.name)
    elif mode.grad and (tracked or out.requires_grad):
        refuse_in_place(out)
    if overlaps_itself(out.array):
        raise RuntimeError(errors.OVERLAP_WITHIN)
    for tensor in tensors:
        if (
            (op.rule.apart or tensor is not out)
            and tensor.counter is out.counter
            and (overlap if op.rule.apart else overlap_partly)(tensor.array, out.array, out.device.xp)
        ):
            raise RuntimeError(errors.OVERLAP_BETWEEN)


def refuse_in_place(out):
    """An in-place that would be recorded: not on a leaf, not on a view of one, not on every view."""
    if out.base is not None and out.creation is not None:
        raise refusal(out)
    edge_of(out)
    if out.base is not None and out.requires_grad and out.base.history is None:
        raise RuntimeError(errors.VIEW_OF_LEAF)
    if out.requires_grad and out.history is None:
        raise RuntimeError(errors.LEAF)
