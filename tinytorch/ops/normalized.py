"""The operation behind layer, batch and group norm, and its derivatives of every order.

A plan says in which shape the input is seen, over which dimensions mean and variance are taken, and how weight and bias
broadcast; so the three norms are one.
"""

import math
from typing import NamedTuple

from tinytorch import dtypes
from tinytorch.operation import Rule, operation


class Plan(NamedTuple):
    """How one of the norms sees its input.

    kind:  "Layer", "Batch" or "Group", as PyTorch's node is named
    shape: the shape in which the input is seen
    dims:  its dimensions over which mean and variance are taken; () where they are constants
    frame: the shape in which weight and bias broadcast to it
    sizes: the shape that they have
    eps:   what is added to the variance
    asked: whether the gradients of input, weight and bias are asked for
    """

    kind: str
    shape: tuple
    dims: tuple
    frame: tuple
    sizes: tuple
    eps: float
    asked: tuple = ()

    def count(self):
        """How many elements share a mean."""
        return math.prod([self.shape[each] for each in self.dims])

    def shared(self):
        """The dimensions over which elements share a weight."""
        lead = len(self.shape) - len(self.frame)
        return (*range(lead), *[lead + place for place, size in enumerate(self.frame) if size == 1])


def working_dtype(dtype):
    """The dtype in which statistics are computed and kept: float32 for half precision."""
    return dtypes.float32 if dtype.numpy in dtypes.HALVES else dtype


def widened(array):
    """An array in the dtype in which statistics are computed."""
    return array.astype("float32") if array.dtype in dtypes.HALVES else array


def seen(array, shape):
    """An array in the shape in which it is normalised, widened; its memory is in order, channels perhaps last."""
    array = widened(array)
    last = array.transpose(0, *range(2, array.ndim), 1) if array.ndim in (4, 5) else array
    if not (array.flags.c_contiguous or last.flags.c_contiguous):
        array = array.copy()
    return array.reshape(shape)


def as_rows(array, plan):
    """An array of layer norm as a matrix whose rows are normalised."""
    return array.reshape(math.prod(plan.shape[: -len(plan.sizes)]), math.prod(plan.sizes))


def over(xp, total, count):
    """A sum over a number of elements, which may be 0."""
    return xp.true_divide(total, xp.asarray(count, total.dtype), out=total)


def pieces(xp, plan):
    """Parts of the first dimension, at least one, of which no more is held at once than a cache takes."""
    first, size = plan.shape[0], max(math.prod(plan.shape[1:]), 1)
    step = max(xp.at_once // size, 1)
    return [slice(start, start + step) for start in range(0, max(first, 1), step)]


def piece_of(statistic, part, plan):
    """Those means or deviations that belong to a part of the first dimension; all, where there is one for all."""
    return statistic if statistic.ndim < len(plan.shape) or 0 in plan.dims else statistic[part]


@operation(Rule(method=False, moves=True, operands=("input",)))
def moments(xp, input, plan):
    """The mean of the input over the plan's dimensions, and 1 / sqrt(variance + eps), in two passes."""
    input = seen(input, plan.shape)
    shape = [1 if dim in plan.dims else size for dim, size in enumerate(plan.shape)]
    if plan.kind == "Layer":
        return tuple([each.reshape(shape) for each in xp.row_moments(as_rows(input, plan), plan.eps)])
    mean, variance = xp.zeros(shape, input.dtype), xp.zeros(shape, input.dtype)
    for part in pieces(xp, plan):
        add_part(xp, mean, input[part], part, plan.dims, plan)
    over(xp, mean, plan.count())
    for part in pieces(xp, plan):
        distance = xp.subtract(input[part], piece_of(mean, part, plan))
        add_part(xp, variance, xp.multiply(distance, distance, out=distance), part, plan.dims, plan)
    over(xp, variance, plan.count())
    return mean, xp.divide(1, xp.sqrt(xp.add(variance, plan.eps)))


def add_part(xp, totals, values, part, dims, plan):
    """Add the sums over `dims` of a part of the first dimension to the totals, or to those of that part."""
    totals = totals if 0 in dims else totals[part]
    xp.add(totals, xp.sum(values, dims, values.dtype, None, True).reshape(totals.shape), out=totals)


@operation(Rule(method=False, operands=("variance",)))
def inverse_deviation(xp, variance, eps):
    """1 / sqrt(variance + eps)."""
    return xp.divide(1, xp.sqrt(xp.add(variance, eps)))


@operation(
    Rule(
        method=False, moves=True, operands=("input", "weight", "bias", "mean", "rstd"),
        overload=lambda input, weight, bias, mean, rstd, plan: f"Native{plan.kind}NormBackward0",
        tangent=lambda moves, input, weight, mean, rstd, plan: normalized_tangent(
            *moves, input, weight, mean, rstd, plan
        ),
    ),
    (
        ("input", "weight", "bias"),
        lambda grad, input, weight, mean, rstd, plan, needed: normalized_derivative(
            grad, input, weight, mean, rstd, plan, needed
        ),
    ),
)  # fmt: skip
def normalized(xp, input, weight, bias, mean, rstd, plan):
    """(input - mean) * rstd * weight + bias, in the shapes of the plan."""
    whole = seen(input, plan.shape)
    if plan.kind == "Layer":
        parameters = [None if each is None else widened(each).reshape(-1) for each in (weight, bias)]
        result = xp.row_norm(as_rows(whole, plan), *parameters, mean.reshape(-1, 1), rstd.reshape(-1, 1))
        return result.reshape(input.shape).astype(input.dtype, copy=False)
    result = xp.empty_like(whole)
    for part in pieces(xp, plan):
        piece = result[part]
        standardised(xp, whole[part], mean, rstd, part, plan, piece)
        if weight is not None:
            xp.multiply(piece, widened(weight).reshape(plan.frame), out=piece)
        if bias is not None:
            xp.add(piece, widened(bias).reshape(plan.frame), out=piece)
    return result.reshape(input.shape).astype(input.dtype, copy=False)


def normalized_tangent(of_input, of_weight, of_bias, input, weight, mean, rstd, plan):
    """The product rule; the derivative by the input is symmetric but for the weight, and maps tangents as gradients."""
    terms = []
    if of_input is not None:
        (moved,) = normalized_backward(of_input, input, None, mean, rstd, plan._replace(asked=(True, False, False)))
        terms.append(moved if weight is None else moved.reshape(plan.shape) * weight.reshape(plan.frame))
    if of_weight is not None:
        terms.append(normalized(input, of_weight, of_bias, mean, rstd, plan))
    elif of_bias is not None:
        terms.append(of_bias.reshape(plan.frame).expand(plan.shape))
    terms = [each.reshape(input.shape) for each in terms]
    return sum(terms[1:], terms[0])


def standardised(xp, values, mean, rstd, part, plan, out):
    """(values - mean) * rstd, where the values are a part of the first dimension."""
    xp.subtract(values, piece_of(mean, part, plan), out=out)
    return xp.multiply(out, piece_of(rstd, part, plan), out=out)


def normalized_derivative(grad, input, weight, mean, rstd, plan, needed):
    """The gradients of input, weight and bias, where they are needed."""
    plan = plan._replace(asked=tuple(needed))
    return where_needed(normalized_backward(grad, input, weight, mean, rstd, plan), needed)


def normalized_derivative_of_arrays(xp):
    """The same of arrays."""

    def call(grad, input, weight, mean, rstd, plan, needed):
        plan = plan._replace(asked=tuple(needed))
        body = normalized_backward.operation.body
        return where_needed(body(xp, grad, input, weight, mean, rstd, plan), needed)

    return call


normalized_derivative.on_arrays = normalized_derivative_of_arrays


def where_needed(found, needed):
    """The results that were asked for at their places, and None at the others."""
    found = iter(found)
    return [next(found) if each else None for each in needed]


@operation(
    Rule(method=False, moves=True, operands=("upstream", "input", "weight", "mean", "rstd")),
    (
        ("upstream", "input", "weight"),
        lambda grads, upstream, input, weight, mean, rstd, plan, needed: normalized_curvature(
            where_needed(grads, plan.asked), upstream, input, weight, mean, rstd, plan, needed
        ),
    ),
)
def normalized_backward(xp, upstream, input, weight, mean, rstd, plan):
    """Those gradients of `normalized` for input, weight and bias that are asked for."""
    upstream, whole = seen(upstream, plan.shape), seen(input, plan.shape)
    if plan.kind == "Layer":
        row = None if weight is None else widened(weight).reshape(-1)
        upstream, statistics = as_rows(upstream, plan), (mean.reshape(-1, 1), rstd.reshape(-1, 1))
        found = xp.row_norm_backward(upstream, as_rows(whole, plan), row, *statistics)
        return asked_for(found, input, plan)
    factor = None if weight is None else widened(weight).reshape(plan.frame)
    of_weight, of_bias = xp.zeros(plan.frame, whole.dtype), xp.zeros(plan.frame, whole.dtype)
    shared = plan.shared()
    alike = bool(plan.dims) and shared == plan.dims  # then these sums are also those that a mean's derivative needs
    for part in pieces(xp, plan) if alike or any(plan.asked[1:]) else ():
        add_part(xp, of_bias, upstream[part], part, shared, plan)
        standard = standardised(xp, whole[part], mean, rstd, part, plan, xp.empty_like(whole[part]))
        add_part(xp, of_weight, xp.multiply(upstream[part], standard, out=standard), part, shared, plan)
    grad = None
    if plan.asked[0]:
        grad = xp.empty_like(whole)
        for part in pieces(xp, plan):
            standardised(xp, whole[part], mean, rstd, part, plan, grad[part])
            scale = piece_of(rstd, part, plan)
            if alike:
                scale = scale if factor is None else xp.multiply(scale, factor)
                through(xp, upstream[part], grad[part], scale, plan, (of_weight, of_bias))
            else:
                scaled = upstream[part] if factor is None else xp.multiply(upstream[part], factor)
                through(xp, scaled, grad[part], scale, plan)
    return asked_for((grad, of_weight, of_bias), input, plan)


def asked_for(found, input, plan):
    """Those gradients that are asked for in their shapes; what is rounded is the input's, the engine sees to others."""
    grad, *sums = [
        each.reshape(shape) if asked else None
        for each, shape, asked in zip(found, (input.shape, plan.sizes, plan.sizes), plan.asked, strict=True)
    ]
    grads = [] if grad is None else [grad.astype(input.dtype, copy=False)]
    return (*grads, *[each for each in sums if each is not None])


def through(xp, scaled, standard, scale, plan, sums=None):
    """scale * (g - mean(g) - standard * mean(g * standard)), written over the standardised input.

    `sums` are those of g * standard and of g, if they are known.
    """
    if not plan.dims:
        return xp.multiply(scaled, scale, out=standard)
    if sums is None:
        product = xp.multiply(scaled, standard)
        sums = [xp.sum(each, plan.dims, each.dtype, None, True) for each in (product, scaled)]
    share, middle = [xp.true_divide(each, xp.asarray(plan.count(), each.dtype)) for each in sums]
    xp.multiply(standard, share, out=standard)
    xp.add(standard, middle, out=standard)
    xp.subtract(scaled, standard, out=standard)
    return xp.multiply(standard, scale, out=standard)


def normalized_curvature(grads, upstream, input, weight, mean, rstd, plan, needed):
    """The gradients of `normalized_backward` for upstream, input and weight, given those of its results.

    With x the standardised input and J the map of `through`, which is symmetric, the derivative of <G, J g> by the
    input is -rstd * (J G mean(g x) + J g mean(G x) + rstd * x * (mean(G g) - mean(G) mean(g) - mean(G x) mean(g x))).
    """
    of_input, of_weight, of_bias = [
        None if each is None else each.reshape(shape)
        for each, shape in zip(grads, (plan.shape, plan.frame, plan.frame), strict=True)
    ]
    dtype = working_dtype(input.dtype)
    upstream, values = upstream.to(dtype).reshape(plan.shape), input.to(dtype).reshape(plan.shape)
    factor = 1 if weight is None else weight.to(dtype).reshape(plan.frame)
    if plan.dims:
        mean = average(values, plan)
        rstd = (average((values - mean).square(), plan) + plan.eps).rsqrt()
    standard = (values - mean) * rstd
    scaled = upstream * factor

    def passed(grad):
        if not plan.dims:
            return grad * rstd
        return rstd * (grad - average(grad, plan) - standard * average(grad * standard, plan))

    for_input = for_weight = None
    terms = []
    if of_input is not None:
        passed_on = passed(of_input)
        terms.append(passed_on * factor)
        if needed[2]:
            for_weight = upstream * passed_on
            for_weight = for_weight.sum_to_size(*plan.frame).reshape(plan.sizes)
        if plan.dims:
            of, by = average(of_input * standard, plan), average(scaled * standard, plan)
            rest = average(of_input * scaled, plan) - average(of_input, plan) * average(scaled, plan) - of * by
            for_input = -rstd * (passed_on * by + passed(scaled) * of + rstd * standard * rest)
    if of_weight is not None:
        terms.append(of_weight * standard)
        weighed = passed(upstream * of_weight)
        for_input = weighed if for_input is None else for_input + weighed
    if of_bias is not None:
        terms.append(of_bias.expand(plan.shape))
    for_upstream = sum(terms[1:], terms[0]).reshape(input.shape)
    return for_upstream, None if for_input is None else for_input.reshape(input.shape), for_weight


def average(values, plan):
    """The mean over the plan's dimensions, which stay with size 1."""
    return values.mean(plan.dims, True)
