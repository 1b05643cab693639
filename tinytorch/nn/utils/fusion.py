"""Batch normalisation in evaluation as a part of the layer in front of it: a weight and a bias that do both."""

import copy

from tinytorch.nn.modules.batchnorm import _BatchNorm
from tinytorch.nn.modules.conv import _ConvNd
from tinytorch.nn.modules.linear import Linear
from tinytorch.nn.parameter import Parameter
from tinytorch.ops.create import ones_like, zeros_like
from tinytorch.tensor import Tensor


def fuse_conv_bn_eval(conv: _ConvNd, bn: _BatchNorm, transpose: bool = False) -> _ConvNd:
    """A convolution that gives what `bn` makes of the results of `conv`; an AssertionError unless both evaluate."""
    fused = fusible(conv, bn)
    statistics = bn.running_mean, bn.running_var, bn.eps
    fused.weight, fused.bias = fuse_conv_bn_weights(
        fused.weight, fused.bias, *statistics, bn.weight, bn.bias, transpose
    )
    return fused


def fuse_conv_bn_weights(
    conv_w: Tensor,
    conv_b: Tensor | None,
    bn_rm: Tensor,
    bn_rv: Tensor,
    bn_eps: float,
    bn_w: Tensor | None,
    bn_b: Tensor | None,
    transpose: bool = False,
) -> tuple[Parameter, Parameter]:
    """Weight and bias of a convolution, transposed or not, with those and the statistics of a normalisation in them."""
    conv_b = zeros_like(bn_rm, dtype=conv_w.dtype) if conv_b is None else conv_b
    factor = (bn_rv + bn_eps).rsqrt() * (ones_like(bn_rm) if bn_w is None else bn_w)
    shape = [1, -1] if transpose else [-1, 1]
    weight = conv_w * factor.reshape(shape + [1] * (conv_w.ndim - 2))
    bias = (conv_b - bn_rm) * factor + (zeros_like(bn_rm) if bn_b is None else bn_b)
    return parameters_like(weight, conv_w, bias, conv_b)


def fuse_linear_bn_eval(linear: Linear, bn: _BatchNorm) -> Linear:
    """A `Linear` that gives what `bn` makes of the results of `linear`.

    An AssertionError unless both evaluate, and unless `bn` has one feature or as many as there are outputs.
    """
    fused = fusible(linear, bn)
    if bn.num_features not in (linear.out_features, 1):
        raise AssertionError(
            "To fuse, linear.out_features == bn.num_features or bn.num_features == 1, got "
            f"linear.out_features={linear.out_features} and bn.num_features={bn.num_features}"
        )
    statistics = bn.running_mean, bn.running_var, bn.eps
    fused.weight, fused.bias = fuse_linear_bn_weights(fused.weight, fused.bias, *statistics, bn.weight, bn.bias)
    return fused


def fuse_linear_bn_weights(
    linear_w: Tensor,
    linear_b: Tensor | None,
    bn_rm: Tensor,
    bn_rv: Tensor,
    bn_eps: float,
    bn_w: Tensor,
    bn_b: Tensor,
) -> tuple[Parameter, Parameter]:
    """Weight and bias of a `Linear` with those and the statistics of a normalisation in them."""
    linear_b = zeros_like(bn_rm, dtype=linear_w.dtype) if linear_b is None else linear_b
    factor = bn_w * (bn_rv + bn_eps).rsqrt()
    return parameters_like(linear_w * factor.unsqueeze(-1), linear_w, (linear_b - bn_rm) * factor + bn_b, linear_b)


def fusible(layer, bn):
    """A copy of a layer behind which a normalisation has statistics to go by."""
    if layer.training or bn.training:
        raise AssertionError("Fusion only for eval!")
    if bn.running_mean is None or bn.running_var is None:
        raise AssertionError("bn.running_mean and bn.running_var must not be None")
    return copy.deepcopy(layer)


def parameters_like(weight, own_weight, bias, own_bias):
    """A weight and a bias as parameters in the dtypes of those before, learned as those were."""
    both = (weight, own_weight), (bias, own_bias)
    return tuple([Parameter(value.to(own.dtype).detach(), own.requires_grad) for value, own in both])


for each in (fuse_conv_bn_eval, fuse_conv_bn_weights, fuse_linear_bn_eval, fuse_linear_bn_weights):
    each.__module__ = "torch.nn.utils.fusion"
