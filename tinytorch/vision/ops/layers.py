"""Layers that the models of vision are built of: convolution, norm and activation in one; norms that stay; gates."""

import warnings
from collections.abc import Sequence

import tinytorch as torch
from tinytorch import nn
from tinytorch.tensor import Tensor


class FrozenBatchNorm2d(nn.Module):
    """Batch normalisation whose statistics, weight and bias are buffers that stay as they are."""

    def __init__(self, num_features: int, eps: float = 1e-5):
        super().__init__()
        self.eps = eps
        self.register_buffer("weight", torch.ones(num_features))
        self.register_buffer("bias", torch.zeros(num_features))
        self.register_buffer("running_mean", torch.zeros(num_features))
        self.register_buffer("running_var", torch.ones(num_features))

    def _load_from_state_dict(self, state_dict, prefix, *others):
        state_dict.pop(prefix + "num_batches_tracked", None)  # of a norm that was trained
        super()._load_from_state_dict(state_dict, prefix, *others)

    def forward(self, x: Tensor) -> Tensor:
        weight, bias, mean, variance = [
            each.reshape(1, -1, 1, 1) for each in (self.weight, self.bias, self.running_mean, self.running_var)
        ]
        scale = weight * (variance + self.eps).rsqrt()
        return x * scale + (bias - mean * scale)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.weight.shape[0]}, eps={self.eps})"


class ConvNormActivation(nn.Sequential):
    """A convolution, a norm and an activation; each of the last two can be left out with None.

    The convolution keeps the size, but for its stride, unless `padding` is given, and has a bias if there is no norm.
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size=3,
        stride=1,
        padding=None,
        groups: int = 1,
        norm_layer=nn.BatchNorm2d,
        activation_layer=nn.ReLU,
        dilation=1,
        inplace: bool | None = True,
        bias: bool | None = None,
        conv_layer=nn.Conv2d,
    ) -> None:
        if padding is None:
            kernel_size, dilation, padding = same_size(kernel_size, dilation)
        layers = [
            conv_layer(
                in_channels,
                out_channels,
                kernel_size,
                stride,
                padding,
                dilation=dilation,
                groups=groups,
                bias=norm_layer is None if bias is None else bias,
            )
        ]
        if norm_layer is not None:
            layers.append(norm_layer(out_channels))
        if activation_layer is not None:
            layers.append(activation_layer(**in_place(inplace)))
        super().__init__(*layers)
        self.out_channels = out_channels
        if type(self) is ConvNormActivation:
            warnings.warn(
                "Don't use ConvNormActivation directly, please use Conv2dNormActivation and Conv3dNormActivation "
                "instead.",
                stacklevel=2,
            )


def same_size(kernel_size, dilation) -> tuple:
    """Kernel, dilation and the padding with which a convolution keeps the size; tuples if one of them is."""
    if isinstance(kernel_size, int) and isinstance(dilation, int):
        return kernel_size, dilation, (kernel_size - 1) // 2 * dilation
    count = len(kernel_size) if isinstance(kernel_size, Sequence) else len(dilation)
    kernel, dilation = [
        tuple(each) if isinstance(each, Sequence) else (each,) * count for each in (kernel_size, dilation)
    ]
    return kernel, dilation, tuple([(size - 1) // 2 * step for size, step in zip(kernel, dilation, strict=True)])


def in_place(inplace: bool | None) -> dict:
    """The argument of an activation, none for None."""
    return {} if inplace is None else {"inplace": inplace}


class Conv2dNormActivation(ConvNormActivation):
    """`ConvNormActivation` of images.

    >>> from tinytorch.vision.ops import Conv2dNormActivation
    >>> Conv2dNormActivation(3, 8, kernel_size=5, stride=2)
    Conv2dNormActivation(
      (0): Conv2d(3, 8, kernel_size=(5, 5), stride=(2, 2), padding=(2, 2), bias=False)
      (1): BatchNorm2d(8, eps=1e-05, momentum=0.1, affine=True, bias=True, track_running_stats=True)
      (2): ReLU(inplace=True)
    )
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size=3,
        stride=1,
        padding=None,
        groups: int = 1,
        norm_layer=nn.BatchNorm2d,
        activation_layer=nn.ReLU,
        dilation=1,
        inplace: bool | None = True,
        bias: bool | None = None,
    ) -> None:
        rest = norm_layer, activation_layer, dilation, inplace, bias, nn.Conv2d
        super().__init__(in_channels, out_channels, kernel_size, stride, padding, groups, *rest)


class Conv3dNormActivation(ConvNormActivation):
    """`ConvNormActivation` of volumes."""

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size=3,
        stride=1,
        padding=None,
        groups: int = 1,
        norm_layer=nn.BatchNorm3d,
        activation_layer=nn.ReLU,
        dilation=1,
        inplace: bool | None = True,
        bias: bool | None = None,
    ) -> None:
        rest = norm_layer, activation_layer, dilation, inplace, bias, nn.Conv3d
        super().__init__(in_channels, out_channels, kernel_size, stride, padding, groups, *rest)


class SqueezeExcitation(nn.Module):
    """The input, each channel scaled by what the means of all channels say (Hu et al., 2017)."""

    def __init__(
        self, input_channels: int, squeeze_channels: int, activation=nn.ReLU, scale_activation=nn.Sigmoid
    ) -> None:
        super().__init__()
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.fc1 = nn.Conv2d(input_channels, squeeze_channels, 1)
        self.fc2 = nn.Conv2d(squeeze_channels, input_channels, 1)
        self.activation = activation()
        self.scale_activation = scale_activation()

    def forward(self, input: Tensor) -> Tensor:
        squeezed = self.activation(self.fc1(self.avgpool(input)))
        return self.scale_activation(self.fc2(squeezed)) * input


class MLP(nn.Sequential):
    """Linear layers with a norm, an activation and dropout between them, and dropout at the end."""

    def __init__(
        self,
        in_channels: int,
        hidden_channels: list[int],
        norm_layer=None,
        activation_layer=nn.ReLU,
        inplace: bool | None = None,
        bias: bool = True,
        dropout: float = 0.0,
    ):
        settings, layers = in_place(inplace), []
        for width in hidden_channels[:-1]:
            layers.append(nn.Linear(in_channels, width, bias=bias))
            if norm_layer is not None:
                layers.append(norm_layer(width))
            layers += [activation_layer(**settings), nn.Dropout(dropout, **settings)]
            in_channels = width
        layers += [nn.Linear(in_channels, hidden_channels[-1], bias=bias), nn.Dropout(dropout, **settings)]
        super().__init__(*layers)


class Permute(nn.Module):
    """The input with its dimensions in another order."""

    def __init__(self, dims: list[int]):
        super().__init__()
        self.dims = dims

    def forward(self, x: Tensor) -> Tensor:
        return torch.permute(x, self.dims)
