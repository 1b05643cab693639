"""Normalisation as functions, with the arguments that `torch.nn.functional` gives them."""

import math

from tinytorch.ops import normalization
from tinytorch.ops.arithmetic import divide
from tinytorch.ops.join import cat
from tinytorch.tensor import Tensor


def batch_norm(
    input: Tensor,
    running_mean: Tensor | None,
    running_var: Tensor | None,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    training: bool = False,
    momentum: float = 0.1,
    eps: float = 1e-05,
) -> Tensor:
    """(input - mean) / sqrt(variance + eps) * weight + bias for each channel of (N, C, ...) (Ioffe and Szegedy, 2015).

    Mean and variance are those of the batch if `training`, and the running ones then move by `momentum` towards them,
    in place; else they are the running ones. A ValueError for one value per channel in training.
    """
    if training:
        check_batch(input.shape)
        if eps <= 0.0:
            raise ValueError(f"batch_norm eps must be positive during training, but got {eps}")
    elif eps < 0.0:
        raise ValueError(f"batch_norm eps must be non-negative, but got {eps}")
    return normalization.batch_norm(input, weight, bias, running_mean, running_var, training, momentum, eps)


def check_batch(shape):
    """Refuse a batch in which each channel has one value, which has no variance."""
    if math.prod((shape[0], *shape[2:])) == 1:
        raise ValueError(f"Expected more than 1 value per channel when training, got input size {shape}")


def instance_norm(
    input: Tensor,
    running_mean: Tensor | None = None,
    running_var: Tensor | None = None,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    use_input_stats: bool = True,
    momentum: float = 0.1,
    eps: float = 1e-05,
) -> Tensor:
    """`batch_norm` of each instance alone, (N, C, ...) (Ulyanov et al., 2016).

    A ValueError for one value per channel of an instance, if its own statistics are used.
    """
    if use_input_stats and math.prod(input.shape[2:]) == 1:
        raise ValueError(f"Expected more than 1 spatial element when training, got input size {input.shape}")
    return normalization.instance_norm(input, weight, bias, running_mean, running_var, use_input_stats, momentum, eps)


def layer_norm(
    input: Tensor,
    normalized_shape: list[int],
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    eps: float = 1e-05,
) -> Tensor:
    """(input - mean) / sqrt(variance + eps) * weight + bias over the last dimensions, `normalized_shape`."""
    return normalization.layer_norm(input, normalized_shape, weight, bias, eps)


def rms_norm(
    input: Tensor, normalized_shape: list[int], weight: Tensor | None = None, eps: float | None = None
) -> Tensor:
    """input / sqrt(mean(input * input) + eps) * weight over the last dimensions, `normalized_shape`."""
    return normalization.rms_norm(input, normalized_shape, weight, eps)


def group_norm(
    input: Tensor, num_groups: int, weight: Tensor | None = None, bias: Tensor | None = None, eps: float = 1e-05
) -> Tensor:
    """`layer_norm` of each of `num_groups` groups of channels: (N, C, ...), weight and bias (C,) (Wu and He, 2018).

    A ValueError for groups of one value.
    """
    if input.ndim < 2:
        raise RuntimeError(f"Expected at least 2 dimensions for input tensor but received {input.ndim}")
    check_batch([input.shape[0] * input.shape[1] // num_groups, num_groups, *input.shape[2:]])
    return normalization.group_norm(input, num_groups, weight, bias, eps)


def local_response_norm(input: Tensor, size: int, alpha: float = 0.0001, beta: float = 0.75, k: float = 1.0) -> Tensor:
    """input / (k + alpha * m) ** beta, m the mean of the squares of `size` neighbouring channels: (N, C, ...).

    Channels beyond the first and the last count as 0 (Krizhevsky et al., 2012). A ValueError below 3 dimensions.
    """
    if input.ndim < 3:
        gap = " " * 26
        raise ValueError(f"Expected 3D or higher dimensionality{gap}input (got {input.ndim} dimensions)")
    if not input.numel():
        return input
    batch, _, *rest = input.shape
    before, after = [input.new_zeros((batch, width, *rest)) for width in (size // 2, (size - 1) // 2)]
    total = cat([before, input * input, after], 1).unfold(1, size, 1).sum(-1)
    share = total.div(size, rounding_mode=None if input.is_floating_point() else "trunc")
    return input / (share * alpha + k).pow(beta)


def normalize(input: Tensor, p: float = 2.0, dim: int = 1, eps: float = 1e-12, out: Tensor | None = None) -> Tensor:
    """input / max(norm, eps), with the `p`-norm over `dim`, an int or several."""
    length = input.norm(p, dim, keepdim=True).clamp_min(eps).expand_as(input)
    return divide(input, length, out=out)
