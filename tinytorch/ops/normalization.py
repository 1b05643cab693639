"""Normalisation: input less its mean, over its standard deviation, times a weight, plus a bias.

Layer, batch and group norm differ in the shape in which they see their input and in the dimensions over which mean and
variance are taken, so they are one operation, `normalized`, and share its derivatives of every order.
"""

import math

from tinytorch import dtypes
from tinytorch.delivery import deliver_all
from tinytorch.modes import levels, mode
from tinytorch.ops.normalized import Plan, inverse_deviation, moments, normalized, working_dtype
from tinytorch.ops.refusals import BOOL, COMPLEX, INTEGER, refuse
from tinytorch.tensor import count_write
from tinytorch.update import update

refuse_layer, refuse_batch, refuse_group = [
    refuse(kernel, BOOL, INTEGER, COMPLEX) for kernel in ("LayerNormKernelImpl", "batch_norm", "GroupNormKernelImpl")
]


def layer_norm(input, normalized_shape, weight=None, bias=None, eps=1e-5, cudnn_enable=True):
    """(input - mean) / sqrt(variance + eps) * weight + bias over the last dimensions, `normalized_shape`.

    Weight and bias have the shape `normalized_shape` (Ba et al., 2016). A RuntimeError where the shapes do not fit.
    """
    return layer_normalized(input, normalized_shape, weight, bias, eps)[0]


def native_layer_norm(input, normalized_shape, weight, bias, eps, *, out=None):
    """`layer_norm`, and with it the mean and 1 / sqrt(variance + eps) that it used, (..., 1)."""
    result, mean, rstd = layer_normalized(input, normalized_shape, weight, bias, eps)
    kept = result.dtype if weight is None else weight.dtype
    return delivered("native_layer_norm", out, (result, mean.to(kept), rstd.to(kept)))


def delivered(name, out, results):
    """The results, or the tensors of `out` with their values."""
    return results if out is None else deliver_all(name, out, results)


def layer_normalized(input, normalized_shape, weight, bias, eps):
    """The result of layer norm, the mean and 1 / sqrt(variance + eps)."""
    sizes = sizes_of("layer_norm", normalized_shape)
    check_rows(input, sizes, weight, bias)
    check_parameter_dtypes(input, weight, bias)
    refuse_layer(input)
    shape = input.array.shape
    plan = Plan("Layer", shape, tuple(range(len(shape) - len(sizes), len(shape))), sizes, sizes, eps)
    mean, rstd = moments(input, plan)
    return normalized(input, weight, bias, mean, rstd, plan), mean, rstd


def batch_norm(
    input, weight, bias, running_mean, running_var, training, momentum, eps, cudnn_enabled=True
):  # fmt: skip
    """`native_batch_norm` without the statistics (Ioffe and Szegedy, 2015)."""
    if not isinstance(momentum, float | int):
        raise TypeError(f"batch_norm(): argument 'momentum' (position 7) must be float, not {type(momentum).__name__}")
    if not training:
        need_statistics(running_mean, running_var)
    if not input.numel():
        return empty_result(input, weight, bias)
    return native_batch_norm(input, weight, bias, running_mean, running_var, training, momentum, eps)[0]


def empty_result(input, weight, bias):
    """What normalisation makes of no elements: as many, with an edge to each parameter."""
    result = input.clone() if weight is None else input * weight[0]
    return result if bias is None else result + bias[0]


def native_batch_norm(input, weight, bias, running_mean, running_var, training, momentum, eps, *, out=None):
    """(input - mean) / sqrt(variance + eps) * weight + bias for each channel, the second dimension: (N, C, ...).

    Mean and variance are those of the batch if `training`, and then move the running ones by `momentum` towards
    themselves, in place; else they are the running ones. Given back with 1 / sqrt(variance + eps) and the mean.
    """
    if not training:
        need_statistics(running_mean, running_var)
    elif (running_mean is None) != (running_var is None):
        raise ValueError("running_mean and running_var must either both be None or neither be None")
    check_channels(input, weight, bias, running_mean, running_var)
    refuse_batch(input)
    check_parameter_dtypes(input, weight, bias, running_mean, running_var)
    shape = input.array.shape
    frame = (shape[1], *[1] * (len(shape) - 2))
    plan = Plan("Batch", shape, (0, *range(2, len(shape))) if training else (), frame, shape[1:2], eps)
    kept = next((each.dtype for each in (weight, bias, running_mean, running_var) if each is not None), input.dtype)
    if not training:
        mean, rstd = running_mean.detach().view(frame), inverse_deviation(running_var.detach(), eps).view(frame)
        empty = input.new_empty(0, dtype=kept)
        results = (normalized(input, weight, bias, mean, rstd, plan), empty, empty.clone())
        return delivered("native_batch_norm", out, results)
    mean, rstd = moments(input, plan)
    result = normalized(input, weight, bias, mean, rstd, plan)
    mean, rstd = mean.view(shape[1]), rstd.view(shape[1])
    if running_mean is not None:
        running = [running_mean, running_var]
        if input.device.batched and running_mean.device is not input.device:
            raise RuntimeError(NOT_BATCHED)
        count = input.numel() // shape[1]
        move_statistics(running, [mean, rstd], momentum=momentum, eps=eps, count=count)
        for each in running:
            count_write(each, -1)  # PyTorch's kernel writes to their memory and counts no version
    return delivered("native_batch_norm", out, (result, mean.to(kept), rstd.to(kept)))


NOT_BATCHED = (
    "Batch norm got a batched tensor as input while the running_mean or running_var, which will be updated in place, "
    "were not batched.\nIf you are using a module and do not need eval mode, please set `track_running_stats` to be "
    "False.If you are using a prebuilt module and do not need eval mode, please see the functorch website for "
    "resources on how to patch your module to work with vmap"
)


@update("running")
def move_statistics(xp, running, found, *, momentum, eps, count):
    """Move a running mean and variance, in place, towards the mean and the 1 / sqrt(variance + eps) of a batch."""
    mean, rstd = found
    unbiased = count / (count - 1) if count > 1 else math.nan
    variance = xp.maximum(xp.subtract(xp.divide(1, xp.multiply(rstd, rstd)), eps), 0)
    for target, value, factor in zip(running, (mean, variance), (momentum, momentum * unbiased), strict=True):
        xp.multiply(target, 1 - momentum, out=target)
        xp.add(target, xp.multiply(value, factor), out=target)


def need_statistics(running_mean, running_var):
    """Refuse to normalise by statistics that are not there."""
    for name, each in (("running_mean", running_mean), ("running_var", running_var)):
        if each is None:
            raise RuntimeError(f"{name} must be defined in evaluation mode")


def group_norm(input, num_groups, weight=None, bias=None, eps=1e-5, cudnn_enabled=True):
    """`layer_norm` of each of `num_groups` groups of channels: (N, C, ...), weight and bias (C,) (Wu and He, 2018)."""
    shape = input.array.shape
    if num_groups <= 0:
        raise RuntimeError(f"Expected num groups to be greater than 0, got {num_groups}")
    if len(shape) < 2:
        raise RuntimeError(f"Expected at least 2 dimensions for input tensor but received {len(shape)}")
    if shape[1] % num_groups:
        raise RuntimeError(
            "Expected number of channels in input to be divisible by num_groups, but got input of shape "
            f"{list(shape)} and num_groups={num_groups}"
        )
    return group_normalized(input, weight, bias, num_groups, eps)[0]


def native_group_norm(input, weight, bias, N, C, HxW, group, eps, *, out=None):
    """`group_norm` of N * C * HxW elements, and the mean and 1 / sqrt(variance + eps) of each group, (N, group)."""
    if input.numel() != N * C * HxW:
        raise RuntimeError("Expected X.numel() == N * C * HxW to be true, but got false.")
    result, mean, rstd = group_normalized(input, weight, bias, group, eps)
    kept = result.dtype if weight is None else weight.dtype
    if levels or (
        mode.grad and input.requires_grad
    ):  # here, and not in `native_layer_norm`, PyTorch has a derivative of them
        groups = input.reshape(N, group, C // group * HxW)
        mean = groups.mean(-1, True)
        rstd = ((groups - mean).square().mean(-1, True) + eps).rsqrt()
    results = (result, mean.view(N, group).to(kept), rstd.view(N, group).to(kept))
    return delivered("native_group_norm", out, results)


def group_normalized(input, weight, bias, groups, eps):
    """The result of group norm, the mean and 1 / sqrt(variance + eps)."""
    shape = input.array.shape
    found = [0] if weight is None else list(weight.shape)  # PyTorch tells the weight's shape also of a wrong bias
    for name, each in (("weight", weight), ("bias", bias)):
        if each is not None and tuple(each.shape) != (shape[1],):
            raise RuntimeError(
                f"Expected {name} to be a vector of size equal to the number of channels in input, but got {name} of "
                f"shape {found} and input of shape {list(shape)}"
            )
    check_parameter_dtypes(input, weight, bias)
    refuse_group(input)
    grouped = (shape[0], groups, shape[1] // groups, math.prod(shape[2:]))
    plan = Plan("Group", grouped, (2, 3), (*grouped[1:3], 1), shape[1:2], eps)
    mean, rstd = moments(input, plan)
    return normalized(input, weight, bias, mean, rstd, plan), mean, rstd


def instance_norm(input, weight, bias, running_mean, running_var, use_input_stats, momentum, eps, cudnn_enabled=True):
    """`batch_norm` of each instance alone: (N, C, ...) as one instance of N * C channels (Ulyanov et al., 2016)."""
    if not use_input_stats and (running_mean is None or running_var is None):
        raise RuntimeError("Expected running_mean and running_var to be defined when use_input_stats is false")
    batch, channels, *rest = input.shape
    apart = input.contiguous().view(1, batch * channels, *rest)
    weight, bias, mean, var = [
        None if each is None else each.repeat(batch).to(input.dtype)
        for each in (weight, bias, running_mean, running_var)
    ]
    result = batch_norm(apart, weight, bias, mean, var, use_input_stats, momentum, eps)
    for target, each in ((running_mean, mean), (running_var, var)):
        if target is not None:
            target.detach().copy_(each.detach().view(batch, channels).mean(0))
    return result.view(input.shape)


def rms_norm(input, normalized_shape, weight=None, eps=None):
    """input / sqrt(mean(input * input) + eps) * weight over the last dimensions (Zhang and Sennrich, 2019).

    Without an eps it is the smallest step from 1 in the input's dtype.
    """
    sizes = sizes_of("rms_norm", normalized_shape)
    check_rows(input, sizes, weight, None, first="")
    refuse("rms_norm", BOOL, INTEGER)(input)
    dims = tuple(range(input.ndim - len(sizes), input.ndim))
    wide = input.to(working_dtype(input.dtype))
    eps = dtypes.finfo(input.dtype).eps if eps is None else eps
    result = wide * (wide.square().mean(dims, True) + eps).rsqrt()
    result = result if weight is None else result * weight
    return result.to(input.dtype).contiguous()


# What PyTorch refuses


def sizes_of(name, normalized_shape):
    """The sizes of the last dimensions as a tuple."""
    if isinstance(normalized_shape, int):
        raise TypeError(f"{name}(): argument 'normalized_shape' (position 2) must be tuple of ints, not int")
    sizes = tuple(normalized_shape)
    if not sizes:
        raise RuntimeError(
            "Expected normalized_shape to be at least 1-dimensional, i.e., containing at least one element, but got "
            "normalized_shape = []"
        )
    return sizes


def check_rows(input, sizes, weight, bias, first="*, "):
    """Refuse an input that does not end in these sizes, and a weight or a bias of another shape."""
    for name, each in (("weight", weight), ("bias", bias)):
        if each is not None and tuple(each.shape) != sizes:
            raise RuntimeError(
                f"Expected {name} to be of same shape as normalized_shape, but got {name} of shape "
                f"{list(each.shape)} and normalized_shape = {list(sizes)}"
            )
    shape = tuple(input.shape)
    if len(shape) < len(sizes) or shape[len(shape) - len(sizes) :] != sizes:
        raise RuntimeError(
            f"Given normalized_shape={list(sizes)}, expected input with shape "
            f"[{first or '*'}{', '.join(map(str, sizes))}], but got input of size{list(shape)}"
        )


def check_channels(input, weight, bias, running_mean, running_var):
    """Refuse what has no channels, and parameters that are not one number for each."""
    if input.ndim < 2:
        raise IndexError(
            f"Dimension out of range (expected to be in range of [-{max(input.ndim, 1)}, {max(input.ndim, 1) - 1}], "
            "but got 1)"
        )
    channels = input.shape[1]
    named = {"running_mean": running_mean, "running_var": running_var, "weight": weight, "bias": bias}
    for name, each in named.items():
        if each is not None and each.numel() != channels:
            raise RuntimeError(f"{name} should contain {channels} elements not {each.numel()}")


def check_parameter_dtypes(input, *parameters):
    """Refuse parameters of another dtype, but for float32 beside half precision."""
    own, given = input.dtype, [each.dtype for each in parameters if each is not None]
    others = [each for each in given if each is not own]
    if not others:
        return
    if given[0] is own:
        raise RuntimeError(f"expected scalar type {own.title} but found {others[0].title}")
    if any(each is not dtypes.float32 for each in given):
        raise RuntimeError("mixed dtype (CPU): expect parameter to have scalar type of Float")
    if own.numpy not in dtypes.HALVES:
        raise RuntimeError("mixed dtype (CPU): all inputs must share same datatype.")
