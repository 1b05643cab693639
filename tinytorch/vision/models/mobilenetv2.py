"""MobileNetV2: blocks that are narrow outside and wide inside (Sandler et al., 2018)."""

import tinytorch as torch
from tinytorch import nn
from tinytorch.tensor import Tensor
from tinytorch.vision.models._api import builder
from tinytorch.vision.models.initialization import divisible, draw, draw_small
from tinytorch.vision.models.weights import MobileNet_V2_Weights
from tinytorch.vision.ops.layers import Conv2dNormActivation

STAGES = [  # how much wider inside, channels, blocks, stride
    [1, 16, 1, 1],
    [6, 24, 2, 2],
    [6, 32, 3, 2],
    [6, 64, 4, 2],
    [6, 96, 3, 1],
    [6, 160, 3, 2],
    [6, 320, 1, 1],
]


class InvertedResidual(nn.Module):
    """A block that widens, filters each channel by itself, and narrows; a ValueError for another stride than 1 or 2."""

    def __init__(self, inp: int, oup: int, stride: int, expand_ratio: int, norm_layer=None) -> None:
        super().__init__()
        self.stride = stride
        if stride not in (1, 2):
            raise ValueError(f"stride should be 1 or 2 instead of {stride}")
        norm_layer = norm_layer or nn.BatchNorm2d
        hidden = round(inp * expand_ratio)
        self.use_res_connect = stride == 1 and inp == oup
        look, layers = {"norm_layer": norm_layer, "activation_layer": nn.ReLU6}, []
        if expand_ratio != 1:
            layers.append(Conv2dNormActivation(inp, hidden, kernel_size=1, **look))
        layers += [
            Conv2dNormActivation(hidden, hidden, stride=stride, groups=hidden, **look),
            nn.Conv2d(hidden, oup, 1, 1, 0, bias=False),
            norm_layer(oup),
        ]
        self.conv = nn.Sequential(*layers)
        self.out_channels = oup
        self._is_cn = stride > 1

    def forward(self, x: Tensor) -> Tensor:
        return x + self.conv(x) if self.use_res_connect else self.conv(x)


class MobileNetV2(nn.Module):
    """Stages of inverted residuals; `width_mult` scales all widths."""

    def __init__(
        self,
        num_classes: int = 1000,
        width_mult: float = 1.0,
        inverted_residual_setting: list[list[int]] | None = None,
        round_nearest: int = 8,
        block=None,
        norm_layer=None,
        dropout: float = 0.2,
    ) -> None:
        super().__init__()
        block, norm_layer = block or InvertedResidual, norm_layer or nn.BatchNorm2d
        stages = STAGES if inverted_residual_setting is None else inverted_residual_setting
        if not stages or len(stages[0]) != 4:
            raise ValueError(
                f"inverted_residual_setting should be non-empty or a 4-element list, got {inverted_residual_setting}"
            )
        width = divisible(32 * width_mult, round_nearest)
        self.last_channel = divisible(1280 * max(1.0, width_mult), round_nearest)
        look = {"norm_layer": norm_layer, "activation_layer": nn.ReLU6}
        features = [Conv2dNormActivation(3, width, stride=2, **look)]
        for ratio, channels, count, stride in stages:
            out = divisible(channels * width_mult, round_nearest)
            for number in range(count):
                step = stride if number == 0 else 1
                features.append(block(width, out, step, expand_ratio=ratio, norm_layer=norm_layer))
                width = out
        features.append(Conv2dNormActivation(width, self.last_channel, kernel_size=1, **look))
        self.features = nn.Sequential(*features)
        self.classifier = nn.Sequential(nn.Dropout(p=dropout), nn.Linear(self.last_channel, num_classes))
        draw(self, draw_small, mode="fan_out")

    def forward(self, x: Tensor) -> Tensor:
        x = nn.functional.adaptive_avg_pool2d(self.features(x), (1, 1))
        return self.classifier(torch.flatten(x, 1))


@builder(MobileNet_V2_Weights)
def mobilenet_v2(**kwargs) -> MobileNetV2:
    """MobileNetV2."""
    return MobileNetV2(**kwargs)
