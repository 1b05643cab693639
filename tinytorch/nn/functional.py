"""`torch.nn.functional`: activations, losses and layers as functions."""

from tinytorch.nn.activation import relu
from tinytorch.nn.loss import cross_entropy, mse_loss, nll_loss
from tinytorch.ops.activation import sigmoid, tanh
from tinytorch.ops.linear import bilinear, linear
