"""How an operation maps tangents: by itself if it is linear, by the formulas of its derivatives otherwise.

A formula gives the gradient of an input for that of the result. On single real elements it multiplies by the same
number either way, so it takes a tangent in the gradient's place. Every formula is linear in the gradient: what it does
with one, differentiated with respect to the gradient, maps tangents.
"""

from tinytorch import dtypes, engine
from tinytorch.derivatives import wanted_by
from tinytorch.interpreters import perform
from tinytorch.modes import mode, record_grad
from tinytorch.tensor import Tensor


def mapped(op, args, result, tangents):
    """The tangent of each result of a call, None for integers; `tangents` are those of the arguments by position."""
    results = as_list(result)
    if op.kind == "view" or op.rule.linear:
        found = as_list(by_itself(op, args, tangents))
        return [each if has_tangent(each) else None for each in found]
    if op.rule.tangent is not None:
        moves = tuple([tangents.get(place) for place in op.input_positions])
        found = [called(op, op.rule.tangent, moves, args, results)[0]]
    elif op.rule.product is not None:
        found = [by_product(op, args, tangents)]
    elif op.kind == "elementwise" and all(map(is_real, [*results, *tangents.values()])):
        found = [by_formulas(op, args, results, tangents)]
    else:
        found = by_transposing(op, args, result, tangents)
    given = list(tensors_in(tangents.values()))
    pairs = zip(found, results, strict=True)
    return [of_its_own(tangent, each, given) if has_tangent(each) else None for tangent, each in pairs]


def has_tangent(tensor):
    """Whether the numbers of a tensor can have a tangent."""
    return tensor.dtype.category >= dtypes.FLOAT


def is_real(tensor):
    """Whether the numbers of a tensor are real and can have a tangent."""
    return tensor.dtype.category == dtypes.FLOAT


def as_list(result):
    """One or several results as a list."""
    return list(result) if isinstance(result, tuple) else [result]


def tensors_in(values):
    """The tensors among values and lists of them."""
    for each in values:
        if isinstance(each, Tensor):
            yield each
        elif isinstance(each, (list, tuple)):
            yield from tensors_in(each)


def of_its_own(tangent, result, given):
    """The tangent of a result in its dtype, and in no memory that a tangent of an input has."""
    if tangent is None:
        return result.new_zeros(result.shape)
    if tangent.dtype is not result.dtype:
        return tangent.to(result.dtype)
    return tangent.clone() if any(tangent.counter is each.counter for each in given) else tangent


# What is linear


def by_itself(op, args, tangents, out=None):
    """What a linear operation gives for the tangents, and zeros where an input has none."""
    given = [
        in_place_of(value, tangents.get(place)) if place in op.input_positions else value
        for place, value in enumerate(args)
    ]
    return perform(op, tuple(given), out)


def by_product(op, args, tangents):
    """The product rule; what is linear in other inputs goes with the first factor."""
    one, other = [op.parameters.index(name) for name in op.rule.product]
    moves = {place: tangent for place, tangent in tangents.items() if place != other}
    total = by_itself(op, args, {**moves, other: args[other]}) if moves else None
    if other in tangents:
        part = by_itself(op, args, {one: args[one], other: tangents[other]})
        total = part if total is None else total + part
    return total


def in_place_of(value, tangent):
    """What an input gives way to: its tangent, or zeros of its kind."""
    if isinstance(value, (list, tuple)):
        tangents = [None] * len(value) if tangent is None else tangent
        return [in_place_of(*each) for each in zip(value, tangents, strict=True)]
    if tangent is not None or value is None:
        return tangent
    return value.new_zeros(value.shape) if isinstance(value, Tensor) else type(value)(0)


# What has formulas


def by_formulas(op, args, results, tangents):
    """The tangent of the real result of an elementwise operation: a sum over its inputs."""
    total = None
    for names, formula in op.formulas.items():
        for name in names:
            tangent = tangents.get(op.parameters.index(name))
            if tangent is not None:
                found = called(op, formula, tangent, args, results, [each == name for each in names])
                part = found[names.index(name)]
                total = part if total is None else total + part
    shape = results[0].shape
    return total if total.shape == shape else total.expand(shape)


def by_transposing(op, args, result, tangents):
    """The tangent of each result: what the formulas do with a gradient is recorded and differentiated."""
    results = as_list(result)
    inference, mode.inference = mode.inference, False  # which would not record
    before = record_grad(True)
    try:
        seeds = [seed(each) if has_tangent(each) else None for each in results]
        grad = tuple(seeds) if isinstance(result, tuple) else seeds[0]
        pairs = [
            (found, fitting(tangent, found))
            for found, tangent in gradients(op, grad, args, results, tangents)
            if found is not None and tangent is not None and found.requires_grad
        ]
    finally:
        record_grad(before)
        mode.inference = inference
    if not pairs:
        return [None] * len(seeds)
    wanted = [each for each in seeds if each is not None]
    outputs, weights = zip(*pairs, strict=True)
    found = iter(engine.grad(outputs, wanted, weights, create_graph=before, allow_unused=True))
    return [None if each is None else next(found) for each in seeds]


def seed(result):
    """A gradient of a result to differentiate by; only nodes that are younger can be functions of it."""
    leaf = result.new_zeros(result.shape)
    leaf.needs = True
    return leaf.view(leaf.shape)


def gradients(op, grad, args, results, tangents):
    """Pairs of what the formulas give for an input and its tangent; for each entry of a list of inputs too."""
    for names, formula in op.formulas.items():
        places = [op.parameters.index(name) for name in names]
        needed = [place in tangents for place in places]
        if any(needed):
            for found, place in zip(called(op, formula, grad, args, results, needed), places, strict=True):
                if place == op.several and place in tangents:
                    yield from zip(found, tangents[place], strict=True)
                else:
                    yield found, tangents.get(place)


def fitting(tangent, gradient):
    """A tangent in the shape and dtype of a gradient, from which backward would come to that of the input."""
    if tangent.is_complex() and not gradient.is_complex():
        tangent = tangent.real
    if tangent.shape != gradient.shape:
        tangent = tangent.expand(gradient.shape)
    return tangent.to(gradient.dtype)


def called(op, formula, grad, args, results, needed=()):
    """What a formula gives for each input that it serves."""
    wants = wanted_by(formula)
    values = [value_of(op, name, args, results) for name in wants if name != "needed"]
    return formula(grad, *values, tuple(needed)) if "needed" in wants else (formula(grad, *values),)


def value_of(op, name, args, results):
    """What a formula means by a name: an argument, a result, the shape or the strides of an argument."""
    if name in op.parameters:
        return args[op.parameters.index(name)]
    if name in op.rule.outputs:
        return results[op.rule.outputs.index(name)]
    if name == "result":
        return results[0]
    stem, _, what = name.rpartition("_")
    argument = args[op.parameters.index(stem)]
    if what == "shapes":
        return [each.array.shape for each in argument]
    return argument.array.shape if what == "shape" else argument.array.strides
