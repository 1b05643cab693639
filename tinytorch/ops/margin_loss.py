"""Losses of margins: how far scores or distances are from being apart by a margin.

`reduction` is PyTorch's number: 0 for the losses one by one, 1 for their mean, 2 for their sum.
"""

from tinytorch import dtypes, errors
from tinytorch.layout import joined_shape
from tinytorch.operation import Rule, operation
from tinytorch.ops.activation import sigmoid
from tinytorch.ops.compare import minimum, where
from tinytorch.ops.create import full_like
from tinytorch.ops.refusals import BOOL, COMPLEX, INTEGER, refuse
from tinytorch.ops.similarity import pairwise_distance

NONE, MEAN, SUM = range(3)


def summarised(losses, reduction):
    """The losses one by one, their mean or their sum."""
    return losses.mean() if reduction == MEAN else losses.sum() if reduction == SUM else losses


def hinge_embedding_loss(input, target, margin=1.0, reduction=MEAN):
    """The input where the target is 1, max(0, margin - input) where it is -1, and the sum of both elsewhere."""
    gap = full_like(input, margin) - input  # in the input's dtype, also where that has integers
    far = where(target != 1, gap.clamp_min(0), 0)
    return summarised(far + where(target != -1, input, 0), reduction)


def margin_ranking_loss(input1, input2, target, margin=0.0, reduction=MEAN):
    """max(0, margin - target * (input1 - input2)): the target 1 says that the first should be larger, -1 the second."""
    return summarised((-target * (input1 - input2) + float(margin)).clamp_min(0), reduction)


EPS = 1e-12  # what PyTorch adds to each squared length


def cosine_embedding_loss(input1, input2, target, margin=0.0, reduction=MEAN):
    """1 - cosine of the rows where the target is 1, max(0, cosine - margin) where it is -1: (n, width) and (n,)."""
    if target.ndim > 1:
        raise RuntimeError("0D or 1D target tensor expected, multi-target not supported")
    if not input1.ndim == input2.ndim == target.ndim + 1:
        raise RuntimeError(
            f"{target.ndim}D target tensor expects {target.ndim + 1}D input tensors, but found inputs with sizes "
            f"{list(input1.shape)} and {list(input2.shape)}."
        )
    product = (input1 * input2).sum(-1)
    first, second = [(each * each).sum(-1) + EPS for each in (input1, input2)]
    cosine = product / (first * second).sqrt()
    near = where(target == 1, 1 - cosine, 0)
    return summarised(near + where(target == -1, (cosine - margin).clamp_min(0), 0), reduction)


def triplet_margin_loss(anchor, positive, negative, margin=1.0, p=2.0, eps=1e-6, swap=False, reduction=MEAN):
    """max(0, margin + distance(anchor, positive) - distance(anchor, negative)), for each row (Schroff et al., 2015).

    With `swap` the negative is measured from whichever of the other two is nearer.
    """
    ndims = [each.ndim for each in (anchor, positive, negative)]
    if len(set(ndims)) > 1:
        raise dimensions_differ(*ndims)
    near, far = pairwise_distance(anchor, positive, p, eps), pairwise_distance(anchor, negative, p, eps)
    if swap:
        far = minimum(far, pairwise_distance(positive, negative, p, eps))
    return summarised((margin + near - far).clamp_min(0), reduction)


def dimensions_differ(anchor, positive, negative):
    """A triplet whose tensors do not have as many dimensions each."""
    return RuntimeError(
        "The anchor, positive, and negative tensors are expected to have the same number of dimensions, but got: "
        f"anchor {anchor}D, positive {positive}D, and negative {negative}D inputs"
    )


# Operations, as PyTorch has one node for each


def check_soft_margin(input, target, reduction):
    """Refuse a target that wants a gradient, and a dtype that cannot hold the losses."""
    if target.requires_grad:
        raise RuntimeError(
            "The function 'soft_margin_loss' is not differentiable with respect to argument 'target'. This input "
            "cannot have requires_grad True."
        )
    result = dtypes.promote_types(input.dtype, target.dtype)
    result = result if result.category >= dtypes.FLOAT else dtypes.get_default_dtype()
    if result.category > input.dtype.category:
        raise errors.result_cast(result.numpy, input.dtype.numpy)
    joined_shape(input.array.shape, target.array.shape)


@operation(
    Rule(method=False, operands=("input", "target"), check=check_soft_margin),
    input=lambda grad, input, target, reduction: (
        shares(grad, input, reduction) * -target * sigmoid(-target * input)
    ).to(input.dtype),
)
def soft_margin_loss(xp, input, target, reduction=MEAN):
    """log(1 + exp(-target * input)), for targets of 1 and -1; the shapes broadcast."""
    losses = xp.log1p(xp.exp(xp.multiply(xp.negative(target), input)))
    return reduced(xp, losses, reduction).astype(input.dtype, copy=False)


def reduced(xp, losses, reduction):
    """An array of losses, its mean or its sum."""
    if reduction == NONE:
        return losses
    total = xp.sum(losses, None, None, None, False)
    return xp.divide(total, losses.size) if reduction == MEAN else total


def shares(grad, losses, reduction):
    """The gradient of each of the losses, given that of what they were reduced to."""
    return grad / losses.numel() if reduction == MEAN else grad


def check_multi_margin(input, target, p, margin, weight, reduction):
    """Refuse what are no scores of classes, no classes, or no weights."""
    if p not in (1, 2):
        raise RuntimeError("only p == 1 and p == 2 supported")
    rows, classes = rows_of(input)
    if target.ndim > 1 or target.numel() != rows:
        raise RuntimeError(
            "multi_margin_loss: target tensor should be 1-D with size equal to the number of input samples (batch "
            f"size). Expected target size [{rows}], but got {list(target.shape)}. Input has shape {list(input.shape)}."
        )
    if weight is not None and (weight.ndim > 1 or weight.numel() != classes):
        raise RuntimeError(f"inconsistent weight size, expected {classes} but got {list(weight.shape)}")
    refuse("multi_margin_loss_cpu_kernel", BOOL, INTEGER, COMPLEX)(input)
    need_scalars(dtypes.int64, target)
    need_scalars(input.dtype, weight)


def rows_of(input):
    """How many rows of how many scores an input has; one row where it is a vector or a number."""
    if input.ndim > 2 or (input.ndim and not input.shape[-1]):
        raise RuntimeError(
            f"Expected non-empty vector or matrix with optional 0-dim batch size, but got: {list(input.shape)}"
        )
    return (input.shape[0], input.shape[1]) if input.ndim == 2 else (1, input.numel())


def need_scalars(dtype, tensor):
    """Refuse a tensor of another dtype."""
    if tensor is not None and tensor.dtype is not dtype:
        raise RuntimeError(f"expected scalar type {dtype.title} but found {tensor.dtype.title}")


@operation(
    Rule(method=False, operands=("input", "target", "weight"), check=check_multi_margin),
    input=lambda grad, input, target, p, margin, weight, reduction: multi_margin_derivative(
        grad, input, target, p, margin, weight, reduction
    ),
)
def multi_margin_loss(xp, input, target, p=1, margin=1.0, weight=None, reduction=MEAN):
    """The mean over all classes of max(0, margin - input[target] + input[class]) ** p, less the target's own.

    Input is (n, classes) or (classes,), the target (n,) or (); `weight` has a factor for each class as a target.
    """
    classes = input.shape[-1] if input.ndim else 1
    rows, places = input.reshape(-1, classes), target.reshape(-1, 1)
    if outside(xp, places, 0, classes):
        raise RuntimeError("target out of range")
    gaps = xp.add(xp.subtract(margin, xp.take_along_axis(rows, places, 1)), rows)
    gaps = xp.where(xp.equal(xp.arange(classes), places), 0, xp.maximum(gaps, 0))
    gaps = gaps if p == 1 else xp.multiply(gaps, gaps)
    losses = xp.divide(xp.sum(gaps, 1, None, None, False), classes)
    if weight is not None:
        losses = xp.multiply(losses, weight.reshape(-1)[target.reshape(-1)])
    return reduced(xp, losses.reshape(target.shape if input.ndim else ()), reduction).astype(input.dtype, copy=False)


def outside(xp, places, low, high):
    """Whether a number is not from `low` up to, but not, `high`."""
    return xp.anywhere(xp.logical_or(xp.less(places, low), xp.greater_equal(places, high)))


def multi_margin_derivative(grad, input, target, p, margin, weight, reduction):
    """The slope of each class above its margin, and minus the sum of those at the target."""
    classes = input.shape[-1] if input.ndim else 1
    rows, places = input.reshape(-1, classes), target.reshape(-1, 1)
    gaps = margin - rows.gather(1, places) + rows
    slopes = (gaps > 0).to(rows.dtype) if p == 1 else 2 * gaps.clamp_min(0)
    slopes = slopes.scatter(1, places, 0) / classes
    if weight is not None:
        slopes = slopes * weight.reshape(-1)[places]
    slopes = slopes.scatter_add(1, places, -slopes.sum(1, True))
    return (slopes * shares(grad, places, reduction).reshape(-1, 1)).reshape(input.shape)


def check_multilabel(input, target, reduction):
    """Refuse what are no scores of classes, and targets of another shape."""
    rows_of(input)
    if tuple(target.shape) != tuple(input.shape):
        raise RuntimeError(f"inconsistent target size: {list(target.shape)} for input of size: {list(input.shape)}")
    refuse("multilabel_margin_loss_forward_out_frame", BOOL, INTEGER, COMPLEX)(input)
    need_scalars(dtypes.int64, target)


@operation(
    Rule(method=False, operands=("input", "target"), check=check_multilabel),
    input=lambda grad, input, target, reduction: multilabel_derivative(grad, input, target, reduction),
)
def multilabel_margin_loss(xp, input, target, reduction=MEAN):
    """max(0, 1 - input[label] + input[class]) over the number of classes, for all labels and all classes that are none.

    The target, in the shape (n, classes) or (classes,) of the input, lists the labels of each row up to the first -1.
    """
    classes = input.shape[-1] if input.ndim else 1
    rows, places = input.reshape(-1, classes), target.reshape(-1, classes)
    if outside(xp, places, -1, classes):
        raise RuntimeError("argument #2 'target' is out of range")
    listed = xp.equal(xp.cumsum(xp.less(places, 0).astype("int64"), 1), 0)
    places = xp.where(listed, places, 0)
    label = xp.any(xp.logical_and(xp.equal(places[:, :, None], xp.arange(classes)), listed[:, :, None]), 1)
    gaps = xp.add(xp.subtract(1, xp.take_along_axis(rows, places, 1))[:, :, None], rows[:, None, :])
    counted = xp.logical_and(listed[:, :, None], xp.logical_not(label)[:, None, :])
    gaps = xp.where(counted, xp.maximum(gaps, 0), 0)
    losses = xp.divide(xp.sum(gaps, (1, 2), None, None, False), classes)
    return reduced(xp, losses.reshape(input.shape[:-1]), reduction).astype(input.dtype, copy=False)


def multilabel_derivative(grad, input, target, reduction):
    """For each class that is no label how many labels it comes too near to, and minus these at the labels."""
    classes = input.shape[-1] if input.ndim else 1
    rows, places = input.reshape(-1, classes), target.reshape(-1, classes)
    listed = (places < 0).cumsum(1) == 0
    places = places.where(listed, 0)
    label = rows.new_zeros(rows.shape).scatter_add(1, places, listed.to(rows.dtype)) > 0
    gaps = 1 - rows.gather(1, places).unsqueeze(2) + rows.unsqueeze(1)
    near = ((gaps > 0) & listed.unsqueeze(2) & ~label.unsqueeze(1)).to(rows.dtype)
    slopes = near.sum(1).scatter_add(1, places, -near.sum(2)) / classes
    share = grad / rows.shape[0] if reduction == MEAN else grad
    return (slopes * share.reshape(-1, 1)).reshape(input.shape)
