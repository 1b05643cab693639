"""Losses as operations: how far an input is from its target, averaged, added up, or one by one."""

from tinytorch.operation import Rule, elementwise, operation
from tinytorch.ops.activation import sigmoid
from tinytorch.ops.refusals import BOOL, COMPLEX, INTEGER, refuse
from tinytorch.ops.smooth import log_sigmoid


def summarised(xp, losses, reduction):
    """The losses one by one, added up, or their mean."""
    if reduction == "none":
        return losses
    total = xp.sum(losses, None, None, None, False)
    return total if reduction == "sum" else xp.divide(total, losses.size)


def share(grad, losses, reduction):
    """The gradient of each of the losses, given that of what they were summarised to."""
    return grad / losses.array.size if reduction == "mean" else grad


@operation(
    Rule(method=False, check=refuse("mse_cpu", BOOL, INTEGER, operands=2)),
    input=lambda grad, input, target, reduction: squares(grad, input - target, reduction),
    target=lambda grad, input, target, reduction: squares(grad, target - input, reduction),
)
def mse_loss(xp, input, target, *, reduction="mean"):
    """(input - target) ** 2, element by element, or the mean or the sum of that; the shapes broadcast."""
    difference = xp.subtract(input, target)
    return summarised(xp, xp.multiply(difference, difference), reduction)


def squares(grad, difference, reduction):
    """The gradient of a squared difference."""
    return difference * (share(grad, difference, reduction) * 2)


@operation(
    Rule(method=False, check=refuse("smooth_l1_cpu", BOOL, INTEGER, COMPLEX, operands=2), title="SmoothL1Loss"),
    input=lambda grad, input, target, reduction, beta: bounded(grad, (input - target) / beta, 1, reduction),
    target=lambda grad, input, target, reduction, beta: bounded(grad, (target - input) / beta, 1, reduction),
)
def smooth_l1_loss(xp, input, target, *, reduction="mean", beta=1.0):
    """d ** 2 / (2 * beta) where d = abs(input - target) is below beta, d - beta / 2 elsewhere; the shapes broadcast."""
    distance = xp.absolute(xp.subtract(input, target))
    near = xp.multiply(xp.multiply(distance, distance), 0.5 / beta)
    return summarised(xp, xp.where(xp.less(distance, beta), near, xp.subtract(distance, 0.5 * beta)), reduction)


@operation(
    Rule(method=False, check=refuse("huber_cpu", BOOL, INTEGER, COMPLEX, operands=2)),
    input=lambda grad, input, target, reduction, delta: bounded(grad, input - target, delta, reduction),
    target=lambda grad, input, target, reduction, delta: bounded(grad, target - input, delta, reduction),
)
def huber_loss(xp, input, target, *, reduction="mean", delta=1.0):
    """d ** 2 / 2 where d = abs(input - target) is at most delta, delta * (d - delta / 2) elsewhere (Huber, 1964)."""
    distance = xp.absolute(xp.subtract(input, target))
    near = xp.multiply(xp.multiply(distance, distance), 0.5)
    far = xp.multiply(xp.subtract(distance, 0.5 * delta), delta)
    return summarised(xp, xp.where(xp.less_equal(distance, delta), near, far), reduction)


def bounded(grad, difference, bound, reduction):
    """The gradient of a loss whose slope is the difference, but nowhere steeper than the bound."""
    return difference.clamp(-bound, bound) * share(grad, difference, reduction)


# Probabilities


def check_probabilities(input, target, weight, reduction):
    """Refuse dtypes that PyTorch refuses."""
    refuse("binary_cross_entropy", BOOL, INTEGER, COMPLEX)(input)
    for each in (target, weight):
        if each is not None and each.dtype is not input.dtype:
            raise RuntimeError(f"Found dtype {each.dtype.title} but expected {input.dtype.title}")


@operation(
    Rule(method=False, operands=("input", "target", "weight"), check=check_probabilities),
    input=lambda grad, input, target, weight, reduction: (
        weighted(share(grad, input, reduction), weight) * probability_slope(input, target)
    ),
    target=lambda grad, input, weight, reduction: (
        weighted(share(grad, input, reduction), weight)
        * ((1 - input).log().clamp(min=-100) - input.log().clamp(min=-100))
    ),
)
def binary_cross_entropy(xp, input, target, weight=None, *, reduction="mean"):
    """-(target * log(input) + (1 - target) * log(1 - input)) times the weight; no logarithm counts less than -100."""
    if input.size and outside(xp, input):
        raise RuntimeError("all elements of input should be between 0 and 1")
    certain = xp.multiply(xp.subtract(target, 1), xp.maximum(xp.log1p(xp.negative(input)), -100))
    losses = xp.subtract(certain, xp.multiply(target, xp.maximum(xp.log(input), -100)))
    return summarised(xp, losses if weight is None else xp.multiply(losses, weight), reduction)


TINY = 1e-12  # what PyTorch keeps its denominators above


@elementwise(
    Rule(method=False, in_place=False),
    input=lambda grad, input, target: (
        grad * (input * input - 2 * input * target + target) / ((input + TINY).square() * (1 - input + TINY).square())
    ),
    target=lambda grad, input: -grad / ((1 - input) * input).clamp(min=TINY),
)
def probability_slope(xp, input, target):
    """The derivative of one loss of `binary_cross_entropy`: (input - target) / ((1 - input) * input)."""
    return xp.divide(xp.subtract(input, target), xp.maximum(xp.multiply(xp.subtract(1, input), input), TINY))


def outside(xp, input):
    """Whether a number is not between 0 and 1."""
    inside = xp.logical_and(xp.greater_equal(input, 0), xp.less_equal(input, 1))
    return xp.anywhere(xp.logical_not(inside))


def weighted(grad, weight):
    """The gradient times the weight, if there is one."""
    return grad if weight is None else grad * weight


@operation(
    Rule(
        method=False,
        operands=("input", "target", "weight", "pos_weight"),
        check=lambda input, *_: refuse("log_sigmoid_cpu", BOOL, INTEGER, COMPLEX)(input),
    ),
    input=lambda grad, input, target, weight, pos_weight, reduction: (
        weighted(share(grad, input, reduction), weight) * logit_slope(input, target, pos_weight)
    ),
    target=lambda grad, input, weight, pos_weight, reduction: (
        weighted(share(grad, input, reduction), weight)
        * (-input if pos_weight is None else log_sigmoid(-input) - pos_weight * log_sigmoid(input))
    ),
)
def binary_cross_entropy_with_logits(xp, input, target, weight=None, pos_weight=None, *, reduction="mean"):
    """`binary_cross_entropy` of sigmoid(input), without overflow; `pos_weight` weighs the part of the target."""
    logarithm = xp.subtract(xp.minimum(input, 0), xp.log1p(xp.exp(xp.negative(xp.absolute(input)))))
    if pos_weight is not None:
        logarithm = xp.multiply(logarithm, xp.add(xp.multiply(xp.subtract(pos_weight, 1), target), 1))
    losses = xp.subtract(xp.multiply(xp.subtract(1, target), input), logarithm)
    return summarised(xp, losses if weight is None else xp.multiply(losses, weight), reduction)


def logit_slope(input, target, pos_weight):
    """The derivative of one loss of `binary_cross_entropy_with_logits`."""
    if pos_weight is None:
        return sigmoid(input) - target
    positive = pos_weight * target
    return (positive + 1 - target) * sigmoid(input) - positive
