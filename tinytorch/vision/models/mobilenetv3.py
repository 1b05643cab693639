"""MobileNetV3: inverted residuals with gates for the channels, found by search (Howard et al., 2019)."""

from collections.abc import Sequence
from functools import partial

import tinytorch as torch
from tinytorch import nn
from tinytorch.tensor import Tensor
from tinytorch.vision.models._api import builder
from tinytorch.vision.models.initialization import divisible, draw, draw_small
from tinytorch.vision.models.weights import MobileNet_V3_Large_Weights, MobileNet_V3_Small_Weights
from tinytorch.vision.ops.layers import Conv2dNormActivation, SqueezeExcitation

GATE = partial(SqueezeExcitation, scale_activation=nn.Hardsigmoid)


class InvertedResidualConfig:
    """What a block is: its kernel, widths, gate, activation ("RE" or "HS"), stride and dilation."""

    def __init__(
        self,
        input_channels: int,
        kernel: int,
        expanded_channels: int,
        out_channels: int,
        use_se: bool,
        activation: str,
        stride: int,
        dilation: int,
        width_mult: float,
    ):
        self.input_channels = self.adjust_channels(input_channels, width_mult)
        self.kernel = kernel
        self.expanded_channels = self.adjust_channels(expanded_channels, width_mult)
        self.out_channels = self.adjust_channels(out_channels, width_mult)
        self.use_se = use_se
        self.use_hs = activation == "HS"
        self.stride = stride
        self.dilation = dilation

    @staticmethod
    def adjust_channels(channels: int, width_mult: float) -> int:
        """A width scaled, a multiple of 8."""
        return divisible(channels * width_mult, 8)


class InvertedResidual(nn.Module):
    """A block that widens, filters each channel by itself, gates, and narrows; a ValueError for a stride above 2."""

    def __init__(
        self,
        cnf: InvertedResidualConfig,
        norm_layer,
        se_layer=GATE,
    ):
        super().__init__()
        if not 1 <= cnf.stride <= 2:
            raise ValueError("illegal stride value")
        self.use_res_connect = cnf.stride == 1 and cnf.input_channels == cnf.out_channels
        wide, layers = cnf.expanded_channels, []
        look = {"norm_layer": norm_layer, "activation_layer": nn.Hardswish if cnf.use_hs else nn.ReLU}
        if wide != cnf.input_channels:
            layers.append(Conv2dNormActivation(cnf.input_channels, wide, kernel_size=1, **look))
        stride = 1 if cnf.dilation > 1 else cnf.stride
        depthwise = {"kernel_size": cnf.kernel, "stride": stride, "dilation": cnf.dilation, "groups": wide}
        layers.append(Conv2dNormActivation(wide, wide, **depthwise, **look))
        if cnf.use_se:
            layers.append(se_layer(wide, divisible(wide // 4, 8)))
        look["activation_layer"] = None
        layers.append(Conv2dNormActivation(wide, cnf.out_channels, kernel_size=1, **look))
        self.block = nn.Sequential(*layers)
        self.out_channels = cnf.out_channels
        self._is_cn = cnf.stride > 1

    def forward(self, input: Tensor) -> Tensor:
        result = self.block(input)
        if self.use_res_connect:
            result += input
        return result


class MobileNetV3(nn.Module):
    """Blocks of a list of settings, and two linear layers; a ValueError or TypeError for what is no such list."""

    def __init__(
        self,
        inverted_residual_setting: list[InvertedResidualConfig],
        last_channel: int,
        num_classes: int = 1000,
        block=None,
        norm_layer=None,
        dropout: float = 0.2,
        **kwargs,
    ) -> None:
        super().__init__()
        settings = inverted_residual_setting
        if not settings:
            raise ValueError("The inverted_residual_setting should not be empty")
        if not (isinstance(settings, Sequence) and all(isinstance(each, InvertedResidualConfig) for each in settings)):
            raise TypeError("The inverted_residual_setting should be List[InvertedResidualConfig]")
        block = block or InvertedResidual
        norm_layer = norm_layer or partial(nn.BatchNorm2d, eps=0.001, momentum=0.01)
        look = {"norm_layer": norm_layer, "activation_layer": nn.Hardswish}
        first, last = settings[0].input_channels, settings[-1].out_channels
        self.features = nn.Sequential(
            Conv2dNormActivation(3, first, kernel_size=3, stride=2, **look),
            *[block(each, norm_layer) for each in settings],
            Conv2dNormActivation(last, 6 * last, kernel_size=1, **look),
        )
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.classifier = nn.Sequential(
            nn.Linear(6 * last, last_channel),
            nn.Hardswish(inplace=True),
            nn.Dropout(p=dropout, inplace=True),
            nn.Linear(last_channel, num_classes),
        )
        draw(self, draw_small, mode="fan_out")

    def forward(self, x: Tensor) -> Tensor:
        return self.classifier(torch.flatten(self.avgpool(self.features(x)), 1))


LARGE = [  # input, kernel, inside, output, gate, activation, stride; the last three are the tail
    (16, 3, 16, 16, False, "RE", 1),
    (16, 3, 64, 24, False, "RE", 2),
    (24, 3, 72, 24, False, "RE", 1),
    (24, 5, 72, 40, True, "RE", 2),
    (40, 5, 120, 40, True, "RE", 1),
    (40, 5, 120, 40, True, "RE", 1),
    (40, 3, 240, 80, False, "HS", 2),
    (80, 3, 200, 80, False, "HS", 1),
    (80, 3, 184, 80, False, "HS", 1),
    (80, 3, 184, 80, False, "HS", 1),
    (80, 3, 480, 112, True, "HS", 1),
    (112, 3, 672, 112, True, "HS", 1),
    (112, 5, 672, 160, True, "HS", 2),
    (160, 5, 960, 160, True, "HS", 1),
    (160, 5, 960, 160, True, "HS", 1),
]
SMALL = [
    (16, 3, 16, 16, True, "RE", 2),
    (16, 3, 72, 24, False, "RE", 2),
    (24, 3, 88, 24, False, "RE", 1),
    (24, 5, 96, 40, True, "HS", 2),
    (40, 5, 240, 40, True, "HS", 1),
    (40, 5, 240, 40, True, "HS", 1),
    (40, 5, 120, 48, True, "HS", 1),
    (48, 5, 144, 48, True, "HS", 1),
    (48, 5, 288, 96, True, "HS", 2),
    (96, 5, 576, 96, True, "HS", 1),
    (96, 5, 576, 96, True, "HS", 1),
]


def built(rows: list, last_channel: int, kwargs: dict) -> MobileNetV3:
    """The network of a table; `width_mult`, `reduced_tail` and `dilated` change it."""
    less = 2 if kwargs.get("reduced_tail") else 1
    dilation = 2 if kwargs.get("dilated") else 1
    scale, tail, settings = kwargs.get("width_mult", 1.0), len(rows) - 3, []
    for number, (inp, kernel, inside, out, *look) in enumerate(rows):
        if number > tail:
            inp, inside = inp // less, inside // less
        out = out // less if number >= tail else out
        step = dilation if number >= tail else 1
        settings.append(InvertedResidualConfig(inp, kernel, inside, out, *look, step, scale))
    return MobileNetV3(settings, InvertedResidualConfig.adjust_channels(last_channel // less, scale), **kwargs)


@builder(MobileNet_V3_Large_Weights)
def mobilenet_v3_large(**kwargs) -> MobileNetV3:
    """MobileNetV3, the large one."""
    return built(LARGE, 1280, kwargs)


@builder(MobileNet_V3_Small_Weights)
def mobilenet_v3_small(**kwargs) -> MobileNetV3:
    """MobileNetV3, the small one."""
    return built(SMALL, 1024, kwargs)
