"""The losses as functions, with the arguments that `torch.nn.functional` gives them."""

import warnings

from tinytorch.ops import loss as operations
from tinytorch.ops.softmax import log_softmax
from tinytorch.tensor import Tensor

REDUCTIONS = ("none", "mean", "sum")


def reduction_of(size_average, reduce, reduction):
    """The reduction that is asked for, perhaps by the two arguments that it replaced; a ValueError for another."""
    if size_average is not None or reduce is not None:
        reduction = "none" if reduce is False else "sum" if size_average is False else "mean"
        warnings.warn(
            f"size_average and reduce args will be deprecated, please use reduction='{reduction}' instead.",
            stacklevel=3,
        )
    if reduction not in REDUCTIONS:
        raise ValueError(f"{reduction} is not a valid value for reduction")
    return reduction


def mse_loss(
    input: Tensor, target: Tensor, size_average=None, reduce=None, reduction: str = "mean"
) -> Tensor:
    """The squared difference of input and target, and its mean or sum."""
    reduction = reduction_of(size_average, reduce, reduction)
    warn_of_sizes(input, target)
    return operations.mse_loss(input, target, reduction=reduction)


def warn_of_sizes(input, target):
    """Warn, as PyTorch does, of shapes that differ and broadcast."""
    if input.array.shape != target.array.shape:
        warnings.warn(
            f"Using a target size ({target.shape}) that is different to the input size ({input.shape}). This will likely "
            "lead to incorrect results due to broadcasting. Please ensure they have the same size.",
            stacklevel=3,
        )


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

    Targets that are `ignore_index` do not count. A ValueError if the sizes of the batches differ, an IndexError for a class
    that is not there.
    """
    reduction = reduction_of(size_average, reduce, reduction)
    if input.ndim == 0:
        raise ValueError(f"Expected 1 or more dimensions (got {input.ndim})")
    if input.ndim != 1 and (0 if target.ndim == 0 else target.shape[0]) != input.shape[0]:
        batch = 0 if target.ndim == 0 else target.shape[0]
        raise ValueError(f"Expected input batch_size ({input.shape[0]}) to match target batch_size ({batch}).")
    return operations.nll_loss(input, target, weight, reduction=reduction, ignore_index=ignore_index)


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

    The targets are classes, (n, ...), or probabilities of all classes in the shape of the input; `label_smoothing` mixes
    them with the same probability for each class.
    """
    reduction = reduction_of(size_average, reduce, reduction)
    if not 0.0 <= label_smoothing <= 1.0:
        raise RuntimeError(f"label_smoothing must be between 0.0 and 1.0. Got: {label_smoothing:g}")
    dim = 0 if input.ndim == 1 else 1
    logarithms = log_softmax(input, dim) if input.ndim else input
    return nll_loss(logarithms, target, weight, None, ignore_index, None, reduction)
