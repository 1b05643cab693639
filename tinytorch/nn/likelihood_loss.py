"""The losses of likelihoods as functions, with the arguments that `torch.nn.functional` gives them."""

import math
import warnings

from tinytorch.batching import all_examples
from tinytorch.dtypes import int64
from tinytorch.modes import no_grad
from tinytorch.nn.loss import REDUCTIONS, cross_entropy
from tinytorch.nn.margin_loss import number_of
from tinytorch.ops import ctc, likelihood_loss
from tinytorch.ops.create import ones_like
from tinytorch.ops.join import cat
from tinytorch.ops.linear import linear
from tinytorch.ops.margin_loss import summarised
from tinytorch.tensor import Tensor
from tinytorch.utils.checkpoint import checkpoint


def poisson_nll_loss(
    input: Tensor,
    target: Tensor,
    log_input: bool = True,
    full: bool = False,
    size_average=None,
    eps: float = 1e-8,
    reduce=None,
    reduction: str = "mean",
) -> Tensor:
    """exp(input) - target * input for the logarithm of a rate; input - target * log(input + eps) for the rate itself.

    `full` adds Stirling's approximation of the logarithm of target! where the target is above 1.
    """
    number = number_of(size_average, reduce, reduction)
    return likelihood_loss.poisson_nll_loss(input, target, log_input, full, eps, number)


def gaussian_nll_loss(
    input: Tensor,
    target: Tensor,
    var: Tensor | float,
    full: bool = False,
    eps: float = 1e-6,
    reduction: str = "mean",
) -> Tensor:
    """(log(v) + (input - target) ** 2 / v) / 2 with v = max(var, eps); `full` adds log(2 * pi) / 2.

    The variance may lack the last dimension, or have size 1 in it. A ValueError for a negative one.
    """
    if (var < 0) if isinstance(var, float) else all_examples(var < 0).any():
        raise ValueError("var has negative entry/entries")
    if isinstance(var, float):
        var = var * ones_like(input)
    if var.shape != input.shape:
        if input.shape[:-1] == var.shape:
            var = var.unsqueeze(-1)
        elif not shares_variances(input.shape, var.shape):
            raise ValueError("var is of incorrect size")
    if reduction not in REDUCTIONS:
        raise ValueError(f"{reduction} is not valid")
    var = var.clone()
    with no_grad():
        var.clamp_(min=eps)
    losses = 0.5 * (var.log() + (input - target) ** 2 / var)
    if full:
        losses = losses + 0.5 * math.log(2 * math.pi)
    return summarised(losses, REDUCTIONS.index(reduction))


def shares_variances(shape, own):
    """Whether a variance differs from the input in one dimension alone, in which it has size 1."""
    if len(shape) != len(own):
        return False
    return sum([size for other, size in zip(shape, own, strict=True) if other != size]) == 1


def ctc_loss(
    log_probs: Tensor,
    targets: Tensor,
    input_lengths: Tensor,
    target_lengths: Tensor,
    blank: int = 0,
    reduction: str = "mean",
    zero_infinity: bool = False,
) -> Tensor:
    """Minus the logarithm of the probability of the targets, however they are spread over the steps (Graves, 2006)."""
    number = number_of(None, None, reduction)
    return ctc.ctc_loss(log_probs, targets, input_lengths, target_lengths, blank, number, zero_infinity)


def linear_cross_entropy(
    input: Tensor,
    linear_weight: Tensor,
    target: Tensor,
    *,
    linear_bias: Tensor | None = None,
    weight: Tensor | None = None,
    reduction: str = "mean",
    ignore_index: int | None = None,
    label_smoothing: float = 0.0,
    options=None,
) -> Tensor:
    """`cross_entropy` of input @ linear_weight.T + linear_bias: (n, in), (classes, ..., in) and (classes, ...).

    With `options` the batch is gone through in pieces, which saves memory; where that cannot be, a UserWarning says so.
    A RuntimeError where the shapes do not fit.
    """
    if not 1 <= input.ndim <= 2:
        raise RuntimeError(f"expected input with dimensionality 1 or 2, got {input.ndim}")
    if linear_weight.ndim < 2:
        raise RuntimeError(f"expected linear_weight with dimensionality at least 2, got {linear_weight.ndim}")
    check_features(input.shape, linear_weight.shape, linear_bias)
    classes, *outputs, width = linear_weight.shape
    shape = (*input.shape[:-1], classes, *outputs)
    if tuple(target.shape) == shape and ignore_index is not None:
        raise RuntimeError("ignore_index cannot be specified when target contains probabilities")
    ignore_index = -100 if ignore_index is None else ignore_index
    if options is not None and in_pieces_can_be(outputs, reduction, label_smoothing, target, linear_bias):
        return in_pieces(input, linear_weight, target, linear_bias, weight, reduction, ignore_index, options)
    bias = None if linear_bias is None else linear_bias.reshape(-1)
    scores = linear(input, linear_weight.reshape(-1, width), bias).reshape(shape)
    return cross_entropy(
        scores,
        target,
        weight=weight,
        reduction=reduction,
        ignore_index=ignore_index,
        label_smoothing=label_smoothing,
    )


def in_pieces_can_be(outputs, reduction, label_smoothing, target, bias):
    """Whether the loss can be computed in pieces of the batch; a warning if not."""
    if not outputs and reduction in REDUCTIONS and label_smoothing == 0.0 and target.dtype is int64:
        return True
    warnings.warn(
        "linear_cross_entropy: ``options`` ignored; chunked path needs reduction in {'mean','sum','none'}, "
        f"label_smoothing == 0, target.dtype == int64, out_features == (). Got reduction={reduction!r}, "
        f"label_smoothing={label_smoothing}, target.dtype={target.dtype}, out_features={tuple(outputs)}, "
        f"tracing=False, linear_bias.shape={None if bias is None else tuple(bias.shape)}.",
        stacklevel=3,
    )
    return False


def in_pieces(input, linear_weight, target, linear_bias, weight, reduction, ignore_index, options):
    """The loss of some rows at a time, whose scores are computed again for their gradients."""
    single = input.ndim == 1
    if single:
        input, target = input.unsqueeze(0), target.unsqueeze(0)
    rows = options.rows(*input.shape, linear_weight.shape[0], input.dtype, input.device.type)
    dtype = options.dtype(input.dtype)
    settings = {
        "weight": None if weight is None else weight.to(dtype),
        "reduction": "none" if reduction == "none" else "sum",
        "ignore_index": ignore_index,
    }

    def losses(some, targets, matrix, bias):
        scores = linear(some.to(dtype), matrix.to(dtype), None if bias is None else bias.to(dtype))
        return cross_entropy(scores, targets, **settings)

    parts = [
        checkpoint(losses, some, targets, linear_weight, linear_bias, use_reentrant=False, preserve_rng_state=False)
        for some, targets in zip(input.split(rows), target.split(rows), strict=True)
    ]
    if reduction == "none":
        found = cat(parts).to(input.dtype)
        return found.squeeze(0) if single else found
    total = sum(parts[1:], parts[0])
    if reduction == "mean":
        counted = target != ignore_index
        total = total / (counted.sum() if weight is None else weight.to(dtype)[target[counted]].sum())
    return total.to(input.dtype)


def check_features(shape, weight_shape, bias):
    """Refuse an input, a weight and a bias that do not fit."""
    if shape[-1] != weight_shape[-1]:
        raise RuntimeError(
            "expected equal input and linear_weight last dimensions (in_features), got "
            f"{shape[-1]} and {weight_shape[-1]}, respectively"
        )
    outputs = tuple(weight_shape[:-1])
    if bias is not None and tuple(bias.shape) != outputs:
        raise RuntimeError(f"expected linear_bias shape {outputs}, got {tuple(bias.shape)}")
    if len(outputs) > 1 and len(shape) == 1:
        raise RuntimeError(
            f"K-dimensional loss defined by linear_weight shape {tuple(weight_shape)} requires batched input, "
            f"(N, {shape[-1]}), got unbatched input with shape {tuple(shape)}"
        )
