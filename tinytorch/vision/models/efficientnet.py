"""EfficientNet: depth, width and size scaled together (Tan, Le, 2019), and its faster successor (2021)."""

import copy
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import tinytorch as torch
from tinytorch import nn
from tinytorch.tensor import Tensor
from tinytorch.vision.models._api import builder
from tinytorch.vision.models.initialization import divisible, draw
from tinytorch.vision.models.weights import (
    EfficientNet_B0_Weights,
    EfficientNet_B1_Weights,
    EfficientNet_B2_Weights,
    EfficientNet_B3_Weights,
    EfficientNet_B4_Weights,
    EfficientNet_B5_Weights,
    EfficientNet_B6_Weights,
    EfficientNet_B7_Weights,
    EfficientNet_V2_L_Weights,
    EfficientNet_V2_M_Weights,
    EfficientNet_V2_S_Weights,
)
from tinytorch.vision.ops.layers import Conv2dNormActivation, SqueezeExcitation
from tinytorch.vision.ops.stochastic_depth import StochasticDepth


@dataclass
class _MBConvConfig:
    """What a stage is: how much wider its blocks are inside, kernel, stride, widths, how many, and of which class."""

    expand_ratio: float
    kernel: int
    stride: int
    input_channels: int
    out_channels: int
    num_layers: int
    block: type

    @staticmethod
    def adjust_channels(channels: int, width_mult: float, min_value: int | None = None) -> int:
        """A width scaled, a multiple of 8."""
        return divisible(channels * width_mult, 8, min_value)


class MBConvConfig(_MBConvConfig):
    """A stage of `MBConv`, its widths and depth scaled."""

    def __init__(
        self,
        expand_ratio: float,
        kernel: int,
        stride: int,
        input_channels: int,
        out_channels: int,
        num_layers: int,
        width_mult: float = 1.0,
        depth_mult: float = 1.0,
        block=None,
    ) -> None:
        widths = [self.adjust_channels(each, width_mult) for each in (input_channels, out_channels)]
        count = self.adjust_depth(num_layers, depth_mult)
        super().__init__(expand_ratio, kernel, stride, *widths, count, block or MBConv)

    @staticmethod
    def adjust_depth(num_layers: int, depth_mult: float) -> int:
        """A count scaled."""
        return math.ceil(num_layers * depth_mult)


class FusedMBConvConfig(_MBConvConfig):
    """A stage of `FusedMBConv`."""

    def __init__(
        self,
        expand_ratio: float,
        kernel: int,
        stride: int,
        input_channels: int,
        out_channels: int,
        num_layers: int,
        block=None,
    ) -> None:
        super().__init__(expand_ratio, kernel, stride, input_channels, out_channels, num_layers, block or FusedMBConv)


class Residual(nn.Module):
    """What the blocks share: layers whose result is added to the input, or left out at random."""

    def __init__(self, cnf, stochastic_depth_prob: float, layers: list[nn.Module]) -> None:
        super().__init__()
        self.use_res_connect = cnf.stride == 1 and cnf.input_channels == cnf.out_channels
        self.block = nn.Sequential(*layers)
        self.stochastic_depth = StochasticDepth(stochastic_depth_prob, "row")
        self.out_channels = cnf.out_channels

    def forward(self, input: Tensor) -> Tensor:
        result = self.block(input)
        if self.use_res_connect:
            result = self.stochastic_depth(result)
            result += input
        return result


def checked_stride(cnf) -> int:
    """The stride of a block; a ValueError unless it is 1 or 2."""
    if not 1 <= cnf.stride <= 2:
        raise ValueError("illegal stride value")
    return cnf.stride


class MBConv(Residual):
    """A block that widens, filters each channel by itself, gates, and narrows."""

    def __init__(self, cnf, stochastic_depth_prob: float, norm_layer, se_layer=SqueezeExcitation) -> None:
        stride, inp = checked_stride(cnf), cnf.input_channels
        look, layers = {"norm_layer": norm_layer, "activation_layer": nn.SiLU}, []
        wide = cnf.adjust_channels(inp, cnf.expand_ratio)
        if wide != inp:
            layers.append(Conv2dNormActivation(inp, wide, kernel_size=1, **look))
        depthwise = {"kernel_size": cnf.kernel, "stride": stride, "groups": wide}
        layers.append(Conv2dNormActivation(wide, wide, **depthwise, **look))
        layers.append(se_layer(wide, max(1, inp // 4), activation=partial(nn.SiLU, inplace=True)))
        look["activation_layer"] = None
        layers.append(Conv2dNormActivation(wide, cnf.out_channels, kernel_size=1, **look))
        super().__init__(cnf, stochastic_depth_prob, layers)


class FusedMBConv(Residual):
    """A block that widens by the filter itself, and narrows."""

    def __init__(self, cnf, stochastic_depth_prob: float, norm_layer) -> None:
        stride, inp, out = checked_stride(cnf), cnf.input_channels, cnf.out_channels
        look = {"norm_layer": norm_layer, "activation_layer": nn.SiLU}
        wide = cnf.adjust_channels(inp, cnf.expand_ratio)
        first = out if wide == inp else wide
        layers = [Conv2dNormActivation(inp, first, kernel_size=cnf.kernel, stride=stride, **look)]
        if wide != inp:
            look["activation_layer"] = None
            layers.append(Conv2dNormActivation(wide, out, kernel_size=1, **look))
        super().__init__(cnf, stochastic_depth_prob, layers)


class EfficientNet(nn.Module):
    """Stages of blocks; the later ones are left out more often, up to `stochastic_depth_prob`.

    A ValueError or TypeError for what is no list of settings.
    """

    def __init__(
        self,
        inverted_residual_setting: Sequence[_MBConvConfig],
        dropout: float,
        stochastic_depth_prob: float = 0.2,
        num_classes: int = 1000,
        norm_layer=None,
        last_channel: int | None = None,
    ) -> None:
        super().__init__()
        settings = inverted_residual_setting
        if not settings:
            raise ValueError("The inverted_residual_setting should not be empty")
        if not (isinstance(settings, Sequence) and all(isinstance(each, _MBConvConfig) for each in settings)):
            raise TypeError("The inverted_residual_setting should be List[MBConvConfig]")
        norm_layer = norm_layer or nn.BatchNorm2d
        look = {"norm_layer": norm_layer, "activation_layer": nn.SiLU}
        layers = [Conv2dNormActivation(3, settings[0].input_channels, kernel_size=3, stride=2, **look)]
        total, done = sum([each.num_layers for each in settings]), 0
        for setting in settings:
            stage, setting = [], copy.copy(setting)
            for _ in range(setting.num_layers):
                chance = stochastic_depth_prob * float(done) / total
                stage.append(setting.block(setting, chance, norm_layer))
                setting.input_channels, setting.stride = setting.out_channels, 1
                done += 1
            layers.append(nn.Sequential(*stage))
        last = settings[-1].out_channels
        wide = 4 * last if last_channel is None else last_channel
        layers.append(Conv2dNormActivation(last, wide, kernel_size=1, **look))
        self.features = nn.Sequential(*layers)
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.classifier = nn.Sequential(nn.Dropout(p=dropout, inplace=True), nn.Linear(wide, num_classes))
        draw(self, draw_evenly, mode="fan_out")

    def forward(self, x: Tensor) -> Tensor:
        return self.classifier(torch.flatten(self.avgpool(self.features(x)), 1))


def draw_evenly(layer: nn.Linear) -> None:
    """The weight of a linear layer evenly, by how many outputs it has."""
    bound = 1.0 / math.sqrt(layer.out_features)
    nn.init.uniform_(layer.weight, -bound, bound)


BASE = [  # how much wider inside, kernel, stride, input, output, blocks
    (1, 3, 1, 32, 16, 1),
    (6, 3, 2, 16, 24, 2),
    (6, 5, 2, 24, 40, 2),
    (6, 3, 2, 40, 80, 3),
    (6, 5, 1, 80, 112, 3),
    (6, 5, 2, 112, 192, 4),
    (6, 3, 1, 192, 320, 1),
]
FUSED = 3  # the first stages of the second version are fused
SECOND = {
    "s": [
        (1, 3, 1, 24, 24, 2),
        (4, 3, 2, 24, 48, 4),
        (4, 3, 2, 48, 64, 4),
        (4, 3, 2, 64, 128, 6),
        (6, 3, 1, 128, 160, 9),
        (6, 3, 2, 160, 256, 15),
    ],
    "m": [
        (1, 3, 1, 24, 24, 3),
        (4, 3, 2, 24, 48, 5),
        (4, 3, 2, 48, 80, 5),
        (4, 3, 2, 80, 160, 7),
        (6, 3, 1, 160, 176, 14),
        (6, 3, 2, 176, 304, 18),
        (6, 3, 1, 304, 512, 5),
    ],
    "l": [
        (1, 3, 1, 32, 32, 4),
        (4, 3, 2, 32, 64, 7),
        (4, 3, 2, 64, 96, 7),
        (4, 3, 2, 96, 192, 10),
        (6, 3, 1, 192, 224, 19),
        (6, 3, 2, 224, 384, 25),
        (6, 3, 1, 384, 640, 7),
    ],
}


def scaled(width: float, depth: float, dropout: float, kwargs: dict, **norm) -> EfficientNet:
    """The first version, its widths and depths scaled; `norm` are settings of its norms."""
    settings = [MBConvConfig(*row, width_mult=width, depth_mult=depth) for row in BASE]
    if norm:
        kwargs.setdefault("norm_layer", partial(nn.BatchNorm2d, **norm))
    return EfficientNet(settings, kwargs.pop("dropout", dropout), **kwargs)


def second(size: str, dropout: float, kwargs: dict) -> EfficientNet:
    """The second version of a size."""
    settings = [
        (FusedMBConvConfig if number < FUSED else MBConvConfig)(*row) for number, row in enumerate(SECOND[size])
    ]
    kwargs.setdefault("norm_layer", partial(nn.BatchNorm2d, eps=1e-3))
    return EfficientNet(settings, kwargs.pop("dropout", dropout), last_channel=1280, **kwargs)


@builder(EfficientNet_B0_Weights)
def efficientnet_b0(**kwargs) -> EfficientNet:
    """EfficientNet-B0."""
    return scaled(1.0, 1.0, 0.2, kwargs)


@builder(EfficientNet_B1_Weights)
def efficientnet_b1(**kwargs) -> EfficientNet:
    """EfficientNet-B1."""
    return scaled(1.0, 1.1, 0.2, kwargs)


@builder(EfficientNet_B2_Weights)
def efficientnet_b2(**kwargs) -> EfficientNet:
    """EfficientNet-B2."""
    return scaled(1.1, 1.2, 0.3, kwargs)


@builder(EfficientNet_B3_Weights)
def efficientnet_b3(**kwargs) -> EfficientNet:
    """EfficientNet-B3."""
    return scaled(1.2, 1.4, 0.3, kwargs)


@builder(EfficientNet_B4_Weights)
def efficientnet_b4(**kwargs) -> EfficientNet:
    """EfficientNet-B4."""
    return scaled(1.4, 1.8, 0.4, kwargs)


@builder(EfficientNet_B5_Weights)
def efficientnet_b5(**kwargs) -> EfficientNet:
    """EfficientNet-B5."""
    return scaled(1.6, 2.2, 0.4, kwargs, eps=0.001, momentum=0.01)


@builder(EfficientNet_B6_Weights)
def efficientnet_b6(**kwargs) -> EfficientNet:
    """EfficientNet-B6."""
    return scaled(1.8, 2.6, 0.5, kwargs, eps=0.001, momentum=0.01)


@builder(EfficientNet_B7_Weights)
def efficientnet_b7(**kwargs) -> EfficientNet:
    """EfficientNet-B7."""
    return scaled(2.0, 3.1, 0.5, kwargs, eps=0.001, momentum=0.01)


@builder(EfficientNet_V2_S_Weights)
def efficientnet_v2_s(**kwargs) -> EfficientNet:
    """EfficientNetV2-S."""
    return second("s", 0.2, kwargs)


@builder(EfficientNet_V2_M_Weights)
def efficientnet_v2_m(**kwargs) -> EfficientNet:
    """EfficientNetV2-M."""
    return second("m", 0.3, kwargs)


@builder(EfficientNet_V2_L_Weights)
def efficientnet_v2_l(**kwargs) -> EfficientNet:
    """EfficientNetV2-L."""
    return second("l", 0.4, kwargs)
