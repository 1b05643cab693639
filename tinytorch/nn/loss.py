"""The losses as functions, with the arguments that `torch.nn.functional` gives them."""

import warnings

from tinytorch import dtypes, errors
from tinytorch.layout import joined_shape
from tinytorch.ops import classes
from tinytorch.ops import loss as operations
from tinytorch.ops.refusals import refuse_difference
from tinytorch.ops.softmax import log_softmax
from tinytorch.tensor import Tensor

REDUCTIONS = ("none", "mean", "sum")


def reduction_of(size_average, reduce, reduction, stacklevel=3):
    """The reduction that is asked for, perhaps by the two arguments that it replaced; a ValueError for another."""
    if size_average is not None or reduce is not None:
        reduction = "none" if reduce is False else "sum" if size_average is False else "mean"
        warnings.warn(
            f"size_average and reduce args will be deprecated, please use reduction='{reduction}' instead.",
            stacklevel=stacklevel,
        )
    if reduction == "elementwise_mean":
        warnings.warn(
            "reduction='elementwise_mean' is deprecated. Please use reduction='mean' instead.", stacklevel=stacklevel
        )
        reduction = "mean"
    if reduction not in REDUCTIONS:
        raise ValueError(f"{reduction} is not a valid value for reduction")
    return reduction


def summarised(losses, reduction):
    """The losses one by one, added up, or their mean."""
    return losses if reduction == "none" else losses.mean() if reduction == "mean" else losses.sum()


def operands(input, target):
    """Input and target in one dtype, with PyTorch's warning of shapes that differ, and its error if they cannot."""
    if input.array.shape != target.array.shape:
        warnings.warn(
            f"Using a target size ({target.shape}) that is different to the input size ({input.shape}). This will "
            "likely lead to incorrect results due to broadcasting. Please ensure they have the same size.",
            stacklevel=3,
        )
        joined_shape(input.array.shape, target.array.shape)
    if input.array.dtype is target.array.dtype:
        return input, target
    common = promoted(input, target)
    return input.to(common), target.to(common)


def promoted(input, target):
    """The dtype of two tensors that were expanded to one shape, so that one without dimensions has its say."""
    return dtypes.promote_types(input.dtype, target.dtype)


def weighed(losses, input, weight, reduction):
    """Losses times weights, one by one, added up, or divided by the sum of the weights; a ValueError if these have
    another size."""
    if weight.shape != input.shape:
        raise ValueError("Weights and input must have the same size.")
    losses = losses * weight
    return losses.sum() / weight.sum() if reduction == "mean" else summarised(losses, reduction)


def mse_loss(
    input: Tensor, target: Tensor, size_average=None, reduce=None, reduction: str = "mean", weight=None
) -> Tensor:
    """The squared difference of input and target, its mean or its sum; `weight` has one for each element."""
    reduction = reduction_of(size_average, reduce, reduction)
    if weight is not None:
        return weighed(operations.mse_loss(*operands(input, target), reduction="none"), input, weight, reduction)
    return operations.mse_loss(*operands(input, target), reduction=reduction)


def l1_loss(
    input: Tensor, target: Tensor, size_average=None, reduce=None, reduction: str = "mean", weight=None
) -> Tensor:
    """The distance of input and target, its mean or its sum; `weight` has one for each element."""
    reduction = reduction_of(size_average, reduce, reduction)
    refuse_difference(input, target, 1)
    one, other = operands(input, target)
    losses = (one - other).abs()
    return summarised(losses, reduction) if weight is None else weighed(losses, input, weight, reduction)


def smooth_l1_loss(
    input: Tensor, target: Tensor, size_average=None, reduce=None, reduction: str = "mean", beta: float = 1.0
) -> Tensor:
    """d ** 2 / (2 * beta) where d = abs(input - target) is below beta, d - beta / 2 elsewhere (Girshick, 2015)."""
    reduction = reduction_of(size_average, reduce, reduction)
    if beta < 0:
        raise RuntimeError("smooth_l1_loss does not support negative values for beta.")
    if beta == 0:
        return l1_loss(input, target, reduction=reduction)
    return operations.smooth_l1_loss(*operands(input, target), reduction=reduction, beta=beta)


def huber_loss(input: Tensor, target: Tensor, reduction: str = "mean", delta: float = 1.0, weight=None) -> Tensor:
    """d ** 2 / 2 where d = abs(input - target) is at most delta, delta * (d - delta / 2) elsewhere (Huber, 1964).

    `weight` has one for each element.
    """
    reduction = reduction_of(None, None, reduction)
    if delta <= 0:
        raise RuntimeError("huber_loss does not support non-positive values for delta.")
    result, own = promoted(input, target), input.dtype
    if result.category > own.category:
        raise errors.result_cast(result.numpy, own.numpy)
    form = reduction if weight is None else "none"
    found = operations.huber_loss(*operands(input, target), reduction=form, delta=delta).to(own)
    if weight is None:
        return found
    found = weighed(found, input, weight, "none")
    return summarised(found, reduction)


def binary_cross_entropy(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average=None,
    reduce=None,
    reduction: str = "mean",
) -> Tensor:
    """-(target * log(input) + (1 - target) * log(1 - input)) times the weight.

    A ValueError if the shapes differ, a RuntimeError if an input is not between 0 and 1.
    """
    reduction = reduction_of(size_average, reduce, reduction)
    if target.shape != input.shape:
        raise ValueError(
            f"Using a target size ({target.shape}) that is different to the input size ({input.shape}) is deprecated. "
            "Please ensure they have the same size."
        )
    weight = None if weight is None else weight.expand(joined(input, weight))
    return operations.binary_cross_entropy(input, target, weight, reduction=reduction)


def joined(input, weight):
    """The shape to which a weight is expanded."""
    return input.shape if weight.ndim <= input.ndim else weight.shape


def binary_cross_entropy_with_logits(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average=None,
    reduce=None,
    reduction: str = "mean",
    pos_weight: Tensor | None = None,
) -> Tensor:
    """`binary_cross_entropy` of sigmoid(input), without overflow; a ValueError if the shapes differ."""
    reduction = reduction_of(size_average, reduce, reduction)
    if target.shape != input.shape:
        raise ValueError(f"Target size ({target.shape}) must be the same as input size ({input.shape})")
    refuse_difference(target, target if target.dtype is dtypes.bool_ else 1, 1)
    result, own = promoted(input, target), target.dtype
    if result.category > own.category:
        raise errors.result_cast(result.numpy, own.numpy)
    return operations.binary_cross_entropy_with_logits(input.to(own), target, weight, pos_weight, reduction=reduction)


def kl_div(
    input: Tensor, target: Tensor, size_average=None, reduce=None, reduction: str = "mean", log_target: bool = False
) -> Tensor:
    """target * (log(target) - input), where the input has logarithms, and with `log_target` the target too.

    The reduction "batchmean" is the sum over the size of the batch, as defined by Kullback and Leibler (1951).
    """
    if reduction == "mean" and size_average is None and reduce is None:
        warnings.warn(
            "reduction: 'mean' divides the total loss by both the batch size and the support size."
            "'batchmean' divides only by the batch size, and aligns with the KL div math definition."
            "'mean' will be changed to behave the same as 'batchmean' in the next major release.",
            stacklevel=2,
        )
    if input.is_complex() or target.is_complex():
        raise RuntimeError("kl_div: Complex inputs not supported.")
    if not (input.is_floating_point() and target.is_floating_point()):
        raise RuntimeError("kl_div: Integral inputs not supported.")
    batchmean = reduction == "batchmean"
    reduction = reduction_of(size_average, reduce, "sum" if batchmean else reduction)
    losses = target.exp() * (target - input) if log_target else target.xlogy(target) - target * input
    result = summarised(losses, reduction)
    return result / input.shape[0] if batchmean and input.ndim else result


def nll_loss(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average=None,
    ignore_index: int = -100,
    reduce=None,
    reduction: str = "mean",
) -> Tensor:
    """Minus the logarithm of the probability that the input, (n, classes, ...), gives to the targets, (n, ...).

    Targets that are `ignore_index` do not count. A ValueError if the sizes of the batches differ, an IndexError for a
    class
    that is not there.
    """
    reduction = reduction_of(size_average, reduce, reduction)
    if input.ndim == 0:
        raise ValueError(f"Expected 1 or more dimensions (got {input.ndim})")
    batch = target.shape[0] if target.ndim else 0
    if input.ndim > 1 and batch != input.shape[0]:
        raise ValueError(f"Expected input batch_size ({input.shape[0]}) to match target batch_size ({batch}).")
    if input.ndim in (3, *range(5, 9)) and (target.shape[0], *target.shape[1:]) != (input.shape[0], *input.shape[2:]):
        expected = [input.shape[0], *input.shape[2:]]
        raise RuntimeError(f"Expected target size {expected}, got {list(target.shape)}")
    losses = classes.nll_loss(input, target, weight, reduction=reduction, ignore_index=ignore_index)
    seen_as_image = input.ndim not in (1, 2, 4)  # by PyTorch, which then gives a view
    return losses.view(losses.shape) if seen_as_image and reduction == "none" else losses


def cross_entropy(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average=None,
    ignore_index: int = -100,
    reduce=None,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
) -> Tensor:
    """Minus the logarithm of the probability that softmax of the input, (n, classes, ...), gives to the targets.

    The targets are classes, (n, ...), or probabilities of all classes in the shape of the input; `label_smoothing`
    mixes
    them with the same probability for each class.
    """
    reduction = reduction_of(size_average, reduce, reduction)
    probabilities = input.array.shape == target.array.shape
    if probabilities and not target.is_floating_point():
        raise RuntimeError(
            f"Expected floating point type for target with class probabilities, got {target.dtype.title}"
        )
    if probabilities and ignore_index >= 0:
        raise RuntimeError("ignore_index is not supported for floating point target")
    if label_smoothing > 1.0 or (probabilities and label_smoothing < 0.0):
        raise RuntimeError(f"label_smoothing must be between 0.0 and 1.0. Got: {label_smoothing:g}")
    if input.ndim == 0:
        return nll_loss(input, target, weight, None, ignore_index, None, reduction)
    dim = 0 if input.ndim == 1 else 1
    logarithms = log_softmax(input, dim)
    if probabilities:
        return soft_cross_entropy(logarithms, target, weight, reduction, label_smoothing, dim)
    loss = nll_loss(logarithms, target, weight, None, ignore_index, None, reduction)
    if label_smoothing <= 0.0:
        return loss
    smooth = smoothing_loss(logarithms, target, weight, reduction, ignore_index, dim)
    return loss * (1 - label_smoothing) + smooth * (label_smoothing / input.shape[dim])


def by_class(weight, logarithms, dim):
    """The weights of the classes in a shape that broadcasts against the logarithms."""
    return weight.view([-1 if each == dim else 1 for each in range(logarithms.ndim)])


def soft_cross_entropy(logarithms, target, weight, reduction, label_smoothing, dim):
    """The loss of targets that are probabilities of all classes."""
    count = logarithms.shape[dim]
    if label_smoothing > 0.0:
        target = target * (1 - label_smoothing) + label_smoothing / count
    products = logarithms * target
    if weight is not None:
        products = products * by_class(weight, logarithms, dim)
    if reduction == "none":
        return -products.sum(dim)
    if reduction == "sum":
        return -products.sum()
    return -products.sum() / (logarithms.numel() / count)


def smoothing_loss(logarithms, target, weight, reduction, ignore_index, dim):
    """Minus the logarithms of all classes, added up: what label smoothing mixes in."""
    losses = -(logarithms if weight is None else logarithms * by_class(weight, logarithms, dim)).sum(dim)
    ignored = target == ignore_index
    losses = losses.masked_fill(ignored, 0)
    if reduction == "none":
        return losses
    if reduction == "sum":
        return losses.sum()
    if weight is None:
        return losses.sum() / (~ignored).sum()
    return losses.sum() / weight[target.masked_fill(ignored, 0)].masked_fill(ignored, 0).sum()
