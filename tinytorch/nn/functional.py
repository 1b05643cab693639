"""`torch.nn.functional`: activations, losses and layers as functions."""

from tinytorch.nn.activation import (
    celu,
    celu_,
    elu,
    elu_,
    hardsigmoid,
    hardswish,
    hardtanh,
    hardtanh_,
    leaky_relu,
    leaky_relu_,
    log_softmax,
    mish,
    relu,
    relu6,
    selu,
    selu_,
    silu,
    softmax,
    softmin,
    threshold,
    threshold_,
)
from tinytorch.nn.loss import (
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    cross_entropy,
    huber_loss,
    kl_div,
    l1_loss,
    mse_loss,
    nll_loss,
    smooth_l1_loss,
)
from tinytorch.nn.vision import (
    affine_grid,
    grid_sample,
    interpolate,
    upsample,
    upsample_bilinear,
    upsample_nearest,
)
from tinytorch.ops.activation import sigmoid, tanh
from tinytorch.ops.distances import pdist
from tinytorch.ops.dropout import alpha_dropout, dropout, dropout1d, dropout2d
from tinytorch.ops.gather import one_hot
from tinytorch.ops.in_place import relu_
from tinytorch.ops.linear import bilinear, linear
from tinytorch.ops.pad import pad
from tinytorch.ops.pieces import hardshrink, prelu, softshrink
from tinytorch.ops.shuffle import channel_shuffle, native_channel_shuffle, pixel_shuffle, pixel_unshuffle
from tinytorch.ops.smooth import gelu, glu, softplus, softsign, tanhshrink
from tinytorch.ops.smooth import log_sigmoid as logsigmoid
