"""The losses of margins as functions, with the arguments that `torch.nn.functional` gives them."""

from collections.abc import Callable

from tinytorch.nn.loss import REDUCTIONS, reduction_of
from tinytorch.ops import margin_loss
from tinytorch.ops.compare import minimum
from tinytorch.ops.similarity import pairwise_distance
from tinytorch.ops.smooth import log_sigmoid
from tinytorch.tensor import Tensor


def number_of(size_average, reduce, reduction):
    """PyTorch's number of a reduction: 0 for "none", 1 for "mean", 2 for "sum"."""
    return REDUCTIONS.index(reduction_of(size_average, reduce, reduction, stacklevel=4))


def margin_ranking_loss(
    input1: Tensor,
    input2: Tensor,
    target: Tensor,
    margin: float = 0,
    size_average=None,
    reduce=None,
    reduction: str = "mean",
) -> Tensor:
    """max(0, margin - target * (input1 - input2)): the target 1 says that the first should be larger, -1 the second."""
    number = number_of(size_average, reduce, reduction)
    if not input1.ndim == input2.ndim == target.ndim:
        raise RuntimeError(
            "margin_ranking_loss : All input tensors should have same dimension but got sizes: "
            f"input1: {input1.shape}, input2: {input2.shape}, target: {target.shape} "
        )
    return margin_loss.margin_ranking_loss(input1, input2, target, margin, number)


def hinge_embedding_loss(
    input: Tensor, target: Tensor, margin: float = 1.0, size_average=None, reduce=None, reduction: str = "mean"
) -> Tensor:
    """The input where the target is 1, max(0, margin - input) where it is -1, and the sum of both elsewhere."""
    return margin_loss.hinge_embedding_loss(input, target, margin, number_of(size_average, reduce, reduction))


def cosine_embedding_loss(
    input1: Tensor,
    input2: Tensor,
    target: Tensor,
    margin: float = 0,
    size_average=None,
    reduce=None,
    reduction: str = "mean",
) -> Tensor:
    """1 - cosine of the rows where the target is 1, max(0, cosine - margin) where it is -1: (n, width) and (n,)."""
    return margin_loss.cosine_embedding_loss(input1, input2, target, margin, number_of(size_average, reduce, reduction))


def soft_margin_loss(input: Tensor, target: Tensor, size_average=None, reduce=None, reduction: str = "mean") -> Tensor:
    """log(1 + exp(-target * input)), for targets of 1 and -1."""
    return margin_loss.soft_margin_loss(input, target, number_of(size_average, reduce, reduction))


def multi_margin_loss(
    input: Tensor,
    target: Tensor,
    p: int = 1,
    margin: float = 1.0,
    weight: Tensor | None = None,
    size_average=None,
    reduce=None,
    reduction: str = "mean",
) -> Tensor:
    """The mean over the other classes of max(0, margin - input[target] + input[class]) ** p: (n, classes) and (n,)."""
    number = number_of(size_average, reduce, reduction)
    if p not in (1, 2):
        raise ValueError("only p == 1 and p == 2 supported")
    if weight is not None and weight.ndim != 1:
        raise ValueError("weight must be one-dimensional")
    return margin_loss.multi_margin_loss(input, target, p, margin, weight, number)


def multilabel_margin_loss(
    input: Tensor, target: Tensor, size_average=None, reduce=None, reduction: str = "mean"
) -> Tensor:
    """The margins between all labels, which the target lists up to the first -1, and all other classes."""
    return margin_loss.multilabel_margin_loss(input, target, number_of(size_average, reduce, reduction))


def multilabel_soft_margin_loss(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average=None,
    reduce=None,
    reduction: str = "mean",
) -> Tensor:
    """The mean over the classes of minus the logarithm of the probability that sigmoid(input) gives to each target."""
    if size_average is not None or reduce is not None:
        reduction = reduction_of(size_average, reduce, reduction)
    losses = -(target * log_sigmoid(input) + (1 - target) * log_sigmoid(-input))
    losses = losses if weight is None else losses * weight
    losses = losses.sum(-1) / of_classes(input)
    if reduction not in REDUCTIONS:
        raise ValueError(f"{reduction} is not valid")
    return margin_loss.summarised(losses, REDUCTIONS.index(reduction))


def of_classes(input):
    """The size of the last dimension."""
    if not input.ndim:
        raise IndexError("Dimension specified as -1 but tensor has no dimensions")
    return input.shape[-1]


def triplet_margin_loss(
    anchor: Tensor,
    positive: Tensor,
    negative: Tensor,
    margin: float = 1.0,
    p: float = 2,
    eps: float = 1e-6,
    swap: bool = False,
    size_average=None,
    reduce=None,
    reduction: str = "mean",
) -> Tensor:
    """max(0, margin + distance(anchor, positive) - distance(anchor, negative)), for each row (Schroff et al., 2015)."""
    number = number_of(size_average, reduce, reduction)
    if margin <= 0:
        raise ValueError(f"margin must be greater than 0, got {margin}")
    return margin_loss.triplet_margin_loss(anchor, positive, negative, margin, p, eps, swap, number)


def triplet_margin_with_distance_loss(
    anchor: Tensor,
    positive: Tensor,
    negative: Tensor,
    *,
    distance_function: Callable[[Tensor, Tensor], Tensor] | None = None,
    margin: float = 1.0,
    swap: bool = False,
    reduction: str = "mean",
) -> Tensor:
    """`triplet_margin_loss` with a distance of one's own, a function of two tensors."""
    if reduction not in REDUCTIONS:
        raise ValueError(f"{reduction} is not a valid value for reduction")
    if margin <= 0:
        raise ValueError(f"margin must be greater than 0, got {margin}")
    ndims = [each.ndim for each in (anchor, positive, negative)]
    if len(set(ndims)) > 1:
        raise margin_loss.dimensions_differ(*ndims)
    distance = pairwise_distance if distance_function is None else distance_function
    near, far = distance(anchor, positive), distance(anchor, negative)
    if swap:
        far = minimum(far, distance(positive, negative))
    return margin_loss.summarised((margin + near - far).clamp_min(0), REDUCTIONS.index(reduction))
