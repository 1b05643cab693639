"""ShuffleNetV2: half of the channels passes by, and then all are shuffled (Ma et al., 2018)."""

import tinytorch as torch
from tinytorch import nn
from tinytorch.tensor import Tensor
from tinytorch.vision.models._api import builder
from tinytorch.vision.models.weights import (
    ShuffleNet_V2_X0_5_Weights,
    ShuffleNet_V2_X1_0_Weights,
    ShuffleNet_V2_X1_5_Weights,
    ShuffleNet_V2_X2_0_Weights,
)


def channel_shuffle(x: Tensor, groups: int) -> Tensor:
    """The channels of groups, one of each in turn."""
    count, channels, height, width = x.size()
    x = x.view(count, groups, channels // groups, height, width).transpose(1, 2).contiguous()
    return x.view(count, channels, height, width)


class InvertedResidual(nn.Module):
    """Two branches, one of them empty where the size stays; a ValueError for widths that do not fit."""

    def __init__(self, inp: int, oup: int, stride: int) -> None:
        super().__init__()
        if not 1 <= stride <= 3:
            raise ValueError("illegal stride value")
        self.stride = stride
        half = oup // 2
        if stride == 1 and inp != half << 1:
            raise ValueError(
                f"Invalid combination of stride {stride}, inp {inp} and oup {oup} values. "
                "If stride == 1 then inp should be equal to oup // 2 << 1."
            )
        self.branch1 = nn.Sequential()
        if stride > 1:
            self.branch1 = nn.Sequential(*self._around(inp), *pointwise(inp, half))
        start = inp if stride > 1 else half
        self.branch2 = nn.Sequential(*pointwise(start, half), *self._around(half), *pointwise(half, half))

    def _around(self, width: int) -> list[nn.Module]:
        """Each channel filtered by itself, and a norm."""
        return [nn.Conv2d(width, width, 3, self.stride, 1, bias=False, groups=width), nn.BatchNorm2d(width)]

    def forward(self, x: Tensor) -> Tensor:
        if self.stride == 1:
            kept, x = x.chunk(2, dim=1)
        else:
            kept = self.branch1(x)
        return channel_shuffle(torch.cat((kept, self.branch2(x)), dim=1), 2)


def pointwise(width: int, out: int) -> list[nn.Module]:
    """A convolution of single elements, a norm and ReLU."""
    return [nn.Conv2d(width, out, 1, 1, 0, bias=False), nn.BatchNorm2d(out), nn.ReLU(inplace=True)]


class ShuffleNetV2(nn.Module):
    """Three stages of blocks; a ValueError unless there are three counts and five widths."""

    def __init__(
        self,
        stages_repeats: list[int],
        stages_out_channels: list[int],
        num_classes: int = 1000,
        inverted_residual=InvertedResidual,
    ) -> None:
        super().__init__()
        if len(stages_repeats) != 3:
            raise ValueError("expected stages_repeats as list of 3 positive ints")
        if len(stages_out_channels) != 5:
            raise ValueError("expected stages_out_channels as list of 5 positive ints")
        self._stage_out_channels = stages_out_channels
        width = stages_out_channels[0]
        self.conv1 = nn.Sequential(
            nn.Conv2d(3, width, 3, 2, 1, bias=False), nn.BatchNorm2d(width), nn.ReLU(inplace=True)
        )
        self.maxpool = nn.MaxPool2d(kernel_size=3, stride=2, padding=1)
        for number, (count, out) in enumerate(zip(stages_repeats, stages_out_channels[1:4], strict=True), 2):
            blocks = [inverted_residual(width, out, 2), *[inverted_residual(out, out, 1) for _ in range(count - 1)]]
            setattr(self, f"stage{number}", nn.Sequential(*blocks))
            width = out
        self.conv5 = nn.Sequential(*pointwise(width, stages_out_channels[-1]))
        self.fc = nn.Linear(stages_out_channels[-1], num_classes)

    def forward(self, x: Tensor) -> Tensor:
        x = self.stage4(self.stage3(self.stage2(self.maxpool(self.conv1(x)))))
        return self.fc(self.conv5(x).mean([2, 3]))


@builder(ShuffleNet_V2_X0_5_Weights)
def shufflenet_v2_x0_5(**kwargs) -> ShuffleNetV2:
    """ShuffleNetV2, half as wide."""
    return ShuffleNetV2([4, 8, 4], [24, 48, 96, 192, 1024], **kwargs)


@builder(ShuffleNet_V2_X1_0_Weights)
def shufflenet_v2_x1_0(**kwargs) -> ShuffleNetV2:
    """ShuffleNetV2."""
    return ShuffleNetV2([4, 8, 4], [24, 116, 232, 464, 1024], **kwargs)


@builder(ShuffleNet_V2_X1_5_Weights)
def shufflenet_v2_x1_5(**kwargs) -> ShuffleNetV2:
    """ShuffleNetV2, one and a half times as wide."""
    return ShuffleNetV2([4, 8, 4], [24, 176, 352, 704, 1024], **kwargs)


@builder(ShuffleNet_V2_X2_0_Weights)
def shufflenet_v2_x2_0(**kwargs) -> ShuffleNetV2:
    """ShuffleNetV2, twice as wide."""
    return ShuffleNetV2([4, 8, 4], [24, 244, 488, 976, 2048], **kwargs)
