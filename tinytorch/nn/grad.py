"""The gradients of convolutions as functions: of the input, given its size, and of the weights, given theirs."""

from tinytorch.ops.convolution import input_derivative, weight_derivative
from tinytorch.ops.convolution_settings import Settings, each_dim
from tinytorch.tensor import Tensor


def conv1d_input(
    input_size, weight: Tensor, grad_output: Tensor, stride=1, padding=0, dilation=1, groups: int = 1
) -> Tensor:
    """The gradient of an input of this size, given that of what `conv1d` made of it."""
    settings = settings_of(1, stride, padding, dilation, groups).for_weight(weight)
    return input_derivative(grad_output, tuple(input_size), weight, settings)


def conv1d_weight(
    input: Tensor, weight_size, grad_output: Tensor, stride=1, padding=0, dilation=1, groups: int = 1
) -> Tensor:
    """The gradient of weights of this size, given that of what `conv1d` made with them."""
    return weight_derivative(grad_output, input, weight_size, settings_of(1, stride, padding, dilation, groups))


def conv2d_input(
    input_size, weight: Tensor, grad_output: Tensor, stride=1, padding=0, dilation=1, groups: int = 1
) -> Tensor:
    """The gradient of an input of this size, given that of what `conv2d` made of it."""
    settings = settings_of(2, stride, padding, dilation, groups).for_weight(weight)
    return input_derivative(grad_output, tuple(input_size), weight, settings)


def conv2d_weight(
    input: Tensor, weight_size, grad_output: Tensor, stride=1, padding=0, dilation=1, groups: int = 1
) -> Tensor:
    """The gradient of weights of this size, given that of what `conv2d` made with them."""
    return weight_derivative(grad_output, input, weight_size, settings_of(2, stride, padding, dilation, groups))


def conv3d_input(
    input_size, weight: Tensor, grad_output: Tensor, stride=1, padding=0, dilation=1, groups: int = 1
) -> Tensor:
    """The gradient of an input of this size, given that of what `conv3d` made of it."""
    settings = settings_of(3, stride, padding, dilation, groups).for_weight(weight)
    return input_derivative(grad_output, tuple(input_size), weight, settings)


def conv3d_weight(
    input: Tensor, weight_size, grad_output: Tensor, stride=1, padding=0, dilation=1, groups: int = 1
) -> Tensor:
    """The gradient of weights of this size, given that of what `conv3d` made with them."""
    return weight_derivative(grad_output, input, weight_size, settings_of(3, stride, padding, dilation, groups))


def settings_of(spatial, stride, padding, dilation, groups):
    """The settings of a convolution over some dimensions."""
    each = [each_dim(value, spatial) for value in (stride, padding, dilation, 0)]
    return Settings(*each, False, groups)


for each in (conv1d_input, conv1d_weight, conv2d_input, conv2d_weight, conv3d_input, conv3d_weight):
    each.__module__ = "torch.nn.grad"
