"""The lanes: closures in which the usual calls of operations run, as flat as they can be.

A lane takes tensors of one float dtype on one device and asks nothing that the definition has answered: no context
manager, no property, no generic loop; what is measured to cost is written out. Whatever is not usual, other dtypes,
`out=`, in-place, wrong input, an interpreter, goes to `apply`, which knows everything. Between them arguments have
one normal form: the tuple of all parameters.
"""

import functools

from tinytorch import dtypes
from tinytorch.apply import apply, write
from tinytorch.binding import packed, renamed
from tinytorch.derivatives import frame
from tinytorch.evaluate import laid_like
from tinytorch.factors import in_front
from tinytorch.graph import edge_of_view
from tinytorch.layout import alike
from tinytorch.modes import grad_off, interpreters, mode
from tinytorch.recording import recorded
from tinytorch.tensor import TENSORS, Tensor, wrap

FLOAT32, FLOAT64 = dtypes.float32.numpy, dtypes.float64.numpy
NOTHING = (None,)
MISFIT = (ValueError, IndexError, TypeError, RuntimeError)  # settings that do not fit: apply says so in PyTorch's words
new = object.__new__


def no_edge(view):
    """The edge of a view for what has no derivative, and so does not ask whether its history is right."""
    return None


def function_of(op, device):
    """What a lane computes with on a device: the body, or at once the function that it only hands on to."""
    code = op.body.__code__
    passes_on = code.co_code in PASSING_ON and len(code.co_names) == 1
    name = op.rule.usual or (code.co_names[0] if passes_on else None)
    if name is None:
        return functools.partial(op.body, device.xp)
    return device.xp.quick.get(name) or getattr(device.xp, name)


def remembered(functions, op, device):
    """The same, kept for the next call, unless the device ends as that of a batch does."""
    function = function_of(op, device)
    if not device.batched:
        functions[device.xp] = function
    return function


def passes_one_on(xp, input, out=None):
    """How a body of one operand looks that only calls a function of the vocabulary."""
    return xp.exp(input, out=out)


def passes_two_on(xp, input, other, out=None):
    """The same of two operands."""
    return xp.add(input, other, out=out)


PASSING_ON = {each.__code__.co_code for each in (passes_one_on, passes_two_on)}


def unary_lane(op):
    """One tensor, no settings."""
    functions, node, differentiable = {}, op.node, op.differentiable
    of_view = edge_of_view if op.traced else no_edge
    keeps_input, keeps_result = op.keeps((True,)) if differentiable else (False, False)
    framed = op.framed[0]
    several = []

    def call(input, *, out=None):
        if out is not None or interpreters or several or (type(input) is not Tensor and type(input) not in TENSORS):
            return apply(op, (input,), out)
        array = input.array
        dtype = array.dtype
        if (dtype is not FLOAT32 and dtype is not FLOAT64) or (array.ndim > 1 and not array.flags.c_contiguous):
            return apply(op, (input,))
        device = input.device
        edge = (input.history or (input if input.needs else None)) if input.base is None else of_view(input)
        try:
            function = functions[device.xp]
        except KeyError:
            function = remembered(functions, op, device)
        data = function(array)
        if type(data) is not device.array:
            if type(data) is tuple:
                several.append(True)  # such a result is made by apply from now on
                return apply(op, (input,))
            data = device.asarray(data)
        if edge is None or not differentiable or (grad_off and not mode.grad):
            return wrap(data, device)
        counter = [0]
        if keeps_input:
            one = input.counter
            versions = (one, one[0], counter, 0)
            return recorded(node, (edge,), (array,), versions, data, device, counter, data if keeps_result else None)
        args = (frame(array),) if framed else NOTHING
        if keeps_result:
            return recorded(node, (edge,), args, (None, None, counter, 0), data, device, counter, data)
        return recorded(node, (edge,), args, None, data, device, counter)

    return call


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

    if not op.rule.factors:
        return call_with

    def call_or_factors(input, other, *given, setting=usual, out=None):
        if given:
            return in_front(call_or_factors, op, (input, other, *given), (setting,), out)
        if out is None and setting is usual:
            return lane(input, other)
        return apply(op, (input, other, setting), out)

    call_or_factors.__wrapped__ = call_with  # whose signature is shown
    return call_or_factors


def binary_lane(op, apply=apply):
    """Two operands, the second perhaps a number; a setting has its default."""
    functions, node, overloads = {}, op.node, op.rule.overload is not None
    pointwise, differentiable = op.kind == "elementwise", op.differentiable
    of_view = edge_of_view if op.traced else no_edge
    takes_numbers = pointwise and op.rule.numbers != "none"
    counts = op.counts_numbers(1)
    first_input, second_input = [position in op.input_positions for position in (0, 1)]
    both, framed = first_input and second_input, any(op.framed)
    settings = tuple(op.defaults[name] for name in op.parameters[2:])
    blanks = (None,) * (2 * len(settings))
    keeps = [(False, False, False)]  # by which inputs want a gradient, as bits: of the first, the second, the result
    for mask in range(1, 1 << len(op.inputs)):
        kept = op.keeps(tuple([bool(mask & 1 << place) for place in range(len(op.inputs))]))
        keeps.append((kept[0], kept[1], kept[-1]))
    keeps_nothing = not any(any(each) for each in keeps) and not framed
    nothing = (None, None, *settings)

    def call(input, other):
        if interpreters or (type(input) is not Tensor and type(input) not in TENSORS):
            return apply(op, (input, other, *settings))
        array = input.array
        dtype = array.dtype
        if dtype is not FLOAT32 and dtype is not FLOAT64:
            return apply(op, (input, other, *settings))
        device = input.device
        kind = type(other)
        if kind is Tensor or kind in TENSORS:
            second = other.array
            if second.dtype is not dtype or other.device is not device:
                return apply(op, (input, other, *settings))
            other_edge = (other.history or (other if other.needs else None)) if other.base is None else of_view(other)
        elif (kind is float or kind is int) and takes_numbers:
            second, other_edge = other, None
        else:
            return apply(op, (input, other, *settings))
        edge = (input.history or (input if input.needs else None)) if input.base is None else of_view(input)
        try:
            function = functions[device.xp]
        except KeyError:
            function = remembered(functions, op, device)
        try:
            data = function(array, second)
        except MISFIT:
            return apply(op, (input, other, *settings))
        if type(data) is not device.array:
            data = device.asarray(data)
        elif pointwise and data.ndim > 1:
            if not (array.flags.c_contiguous if second is other else alike(array, second)):
                return apply(op, (input, other, *settings))
            if data.strides != array.strides:
                if second is other and counts:
                    data = laid_like(data, (array,), device)
                elif not array.flags.c_contiguous:  # CuPy's results lie row by row
                    data = laid_like(data, (array, second), device)
        if edge is None and other_edge is None:
            return wrap(data, device)
        if not differentiable or (grad_off and not mode.grad):
            return wrap(data, device)
        if not both:
            edge = edge if first_input else other_edge
            if edge is None:
                return wrap(data, device)
        counter = [0]
        edges = (edge, other_edge) if both else (edge,)
        chosen = op.node_for((input, other, *settings)) if overloads else node
        if keeps_nothing:
            args = nothing if second is not other else (None, other, *settings)
            return recorded(chosen, edges, args, None, data, device, counter)
        wanted = 1 if other_edge is None or not both else 2 if edge is None else 3
        keeps_first, keeps_second, keeps_result = keeps[wanted]
        args = (
            array if keeps_first else frame(array) if framed else None,
            second if keeps_second or second is other else frame(second) if framed else None,
        )
        versions = None
        if keeps_first or keeps_second or keeps_result:  # of a number too, which is gone once freed, as in PyTorch
            one = input.counter if keeps_first else None
            two = other.counter if keeps_second and second is not other else None
            try:
                versions = (one, one and one[0], two, two and two[0], counter, 0)
            except RuntimeError:  # an inference tensor, which may not be kept; whether it is `apply` knows
                return apply(op, (input, other, *settings))
        if settings:
            args = (*args, *settings)
            versions = versions and (*versions[:4], *blanks, *versions[4:])
        return recorded(chosen, edges, args, versions, data, device, counter, data if keeps_result else None)

    return call


def ternary_lane(op):
    """Three tensors that all have a derivative, and settings by name that have their defaults, such as `addmm`."""
    body, node = op.body, op.node
    usual = tuple(op.defaults[name] for name in op.keywords)
    blanks = (None,) * (2 * len(usual))

    def lane(args, out):
        first, second, third = args[:3]
        if (
            out is not None or interpreters or args[3:] != usual
            or type(first) not in TENSORS or type(second) not in TENSORS or type(third) not in TENSORS
        ):  # fmt: skip
            return apply(op, args, out)
        a, b, c = arrays = first.array, second.array, third.array
        dtype, device = a.dtype, first.device
        if (
            (dtype is not FLOAT32 and dtype is not FLOAT64) or b.dtype is not dtype or c.dtype is not dtype
            or second.device is not device or third.device is not device
        ):  # fmt: skip
            return apply(op, args)
        try:
            data = body(device.xp, a, b, c)
        except MISFIT:
            return apply(op, args)
        if grad_off and not mode.grad:
            return wrap(data, device)
        edges = tuple([
            (each.history or (each if each.needs else None)) if each.base is None else edge_of_view(each)
            for each in (first, second, third)
        ])  # fmt: skip
        wanted = (edges[0] is not None, edges[1] is not None, edges[2] is not None)
        if True not in wanted:
            return wrap(data, device)
        kept, counter, values, versions = op.keeps(wanted), [0], [], []
        for tensor, array, keep in zip((first, second, third), arrays, kept, strict=False):
            values.append(array if keep else frame(array))
            versions += (tensor.counter, tensor.counter[0]) if keep else NO_VERSION
        result = data if kept[-1] else None
        saved = (*versions, *blanks, counter, 0) if True in kept else None
        return recorded(node, edges, (*values, *usual), saved, data, device, counter, result)

    return packed(lane, op)


NO_VERSION = (None, None)


def in_place(op):
    """The in-place form of an operation, `mul_`, whose usual case needs no history and no cast."""
    if op.operands != (0, 1) or op.positional != 2 or not op.has_out or op.keywords != tuple(op.defaults):
        return packed(lambda args, out: write(op, args), op)
    body, usual = op.body, tuple(op.defaults.values())
    takes_numbers = op.rule.numbers != "none"

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
                or other.device is not input.device or other.base is not None or (other.needs and mode.grad)
            ):  # fmt: skip
                return write(op, args)
        elif (kind is float or kind is int) and takes_numbers:
            second = other
        else:
            return write(op, args)
        if input.needs and mode.grad:
            return write(op, args)
        counter = input.counter
        (version,) = counter
        counter[0] = version + 1  # before the write, which is refused here for some
        try:
            body(input.device.xp, array, second, out=array)
        except MISFIT:
            counter[0] = version
            return write(op, args)
        return input

    return packed(lane, op)


def reduction_call(op):
    """The function of one tensor, `dim`, `keepdim`, perhaps a `dtype`, and `out`."""
    lane = reduction_lane(op)
    if not op.keywords:

        def call(input, dim, keepdim, *, out=None, **alias):
            if alias:
                return renamed(call, op, (input, dim, keepdim), alias, out)
            return lane(input, dim, keepdim) if out is None else apply(op, (input, dim, keepdim), out)

        return call

    def call_with(input, dim, keepdim, *, dtype, out=None, **alias):
        if alias:
            return renamed(call_with, op, (input, dim, keepdim, dtype), alias, out)
        if out is None and dtype is None:
            return lane(input, dim, keepdim)
        return apply(op, (input, dim, keepdim, dtype), out)

    return call_with


def reduction_lane(op):
    """One tensor, `dim` and `keepdim`."""
    body, node, usual, differentiable = op.body, op.node, op.rule.usual, op.differentiable
    of_view = edge_of_view if op.traced else no_edge
    (keeps_input, *_, keeps_result) = op.keeps((True,)) if differentiable else (False, False)
    more = (None,) * len(op.keywords)
    blanks = (None,) * (2 * len(op.parameters) - 2)
    functions, several = {}, []

    def lane(input, dim, keepdim):
        if interpreters or several or (type(input) is not Tensor and type(input) not in TENSORS):
            return apply(op, (input, dim, keepdim, *more))
        array = input.array
        kind = array.dtype
        if kind is not FLOAT32 and kind is not FLOAT64:
            return apply(op, (input, dim, keepdim, *more))
        device = input.device
        edge = (input.history or (input if input.needs else None)) if input.base is None else of_view(input)
        try:
            if usual is None or (dim is not None and type(dim) is not int):
                data = body(device.xp, array, dim, keepdim)
            else:
                function = functions.get(device.xp)
                if function is None:
                    function = remembered(functions, op, device)
                data = function(array, dim, None, None, keepdim)
        except MISFIT:
            return apply(op, (input, dim, keepdim, *more))
        if type(data) is not device.array:
            if type(data) is tuple:
                several.append(True)  # such a result is made by apply from now on
                return apply(op, (input, dim, keepdim, *more))
            data = device.asarray(data)
        if edge is None or not differentiable or (grad_off and not mode.grad):
            return wrap(data, device)
        counter = [0]
        versions = result = None
        if keeps_input:
            versions = (input.counter, input.counter[0], *blanks, counter, 0)
        if keeps_result:
            versions, result = versions or (None, None, *blanks, counter, 0), data
        kept = (array if keeps_input else array.shape, dim, keepdim, *more)
        return recorded(node, (edge,), kept, versions, data, device, counter, result)

    return lane


def settings_lane(op):
    """One tensor and settings; those given by name only have their defaults."""
    body, node = op.body, op.node
    positional, differentiable, moves = op.positional, op.differentiable, op.rule.moves
    of_view = edge_of_view if op.traced else no_edge
    pointwise = op.kind == "elementwise"
    usual = tuple(op.defaults[name] for name in op.keywords)
    (keeps_input, *_, keeps_result) = op.keeps((True,)) if differentiable else (False, False)
    blanks = (None,) * (2 * len(op.parameters) - 2)
    framed = any(name.endswith("_strides") for name in op.wants.get(op.parameters[0], ()))

    several = []

    def lane(args, out):
        input = args[0]
        if out is not None or interpreters or several or type(input) not in TENSORS or args[positional:] != usual:
            return apply(op, args, out)
        array = input.array
        dtype = array.dtype
        if dtype is not FLOAT32 and dtype is not FLOAT64 and not moves:
            return apply(op, args)
        if pointwise and array.ndim > 1 and not array.flags.c_contiguous:
            return apply(op, args)
        device = input.device
        edge = (input.history or (input if input.needs else None)) if input.base is None else of_view(input)
        try:
            data = body(device.xp, array, *args[1:positional])
        except MISFIT:
            return apply(op, args)
        if type(data) is not device.array:
            if type(data) is tuple:
                several.append(True)  # such a result is made by apply from now on
                return apply(op, args)
            data = device.asarray(data)
        if edge is None or not differentiable or (grad_off and not mode.grad):
            return wrap(data, device)
        counter = [0]
        versions = result = None
        if keeps_input:
            versions = (input.counter, input.counter[0], *blanks, counter, 0)
        if keeps_result:
            versions, result = versions or (None, None, *blanks, counter, 0), data
        kept = (array if keeps_input else frame(array) if framed else array.shape, *args[1:])
        return recorded(node, (edge,), kept, versions, data, device, counter, result)

    return packed(lane, op)
