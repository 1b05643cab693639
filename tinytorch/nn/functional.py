"""`torch.nn.functional`: activations, losses and layers as functions."""

from tinytorch.nn.activation import (
    celu,
    elu,
    hardsigmoid,
    hardswish,
    hardtanh,
    leaky_relu,
    log_softmax,
    mish,
    relu,
    relu6,
    selu,
    silu,
    softmax,
    softmin,
    threshold,
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
from tinytorch.ops.activation import sigmoid, tanh
from tinytorch.ops.dropout import alpha_dropout, dropout, dropout1d, dropout2d
from tinytorch.ops.gather import one_hot
from tinytorch.ops.linear import bilinear, linear
from tinytorch.ops.pieces import hardshrink, prelu, softshrink
from tinytorch.ops.smooth import gelu, glu, softplus, softsign, tanhshrink
from tinytorch.ops.smooth import log_sigmoid as logsigmoid
