"""Inception v3: modules of several branches, whose large kernels are made of small ones (Szegedy et al., 2015)."""

import warnings
from collections import namedtuple

import tinytorch as torch
from tinytorch import nn
from tinytorch.nn import functional as F
from tinytorch.tensor import Tensor
from tinytorch.vision.models._api import builder, fixed
from tinytorch.vision.models.googlenet import BasicConv2d, normalised_to_half
from tinytorch.vision.models.weights import Inception_V3_Weights

InceptionOutputs = namedtuple("InceptionOutputs", ["logits", "aux_logits"])
_InceptionOutputs = InceptionOutputs
ROW, COLUMN = {"kernel_size": (1, 7), "padding": (0, 3)}, {"kernel_size": (7, 1), "padding": (3, 0)}
SHORT_ROW, SHORT_COLUMN = {"kernel_size": (1, 3), "padding": (0, 1)}, {"kernel_size": (3, 1), "padding": (1, 0)}
AROUND, HALF = {"kernel_size": 3, "padding": 1}, {"kernel_size": 3, "stride": 2}
SINGLE = {"kernel_size": 1}


def smooth(x: Tensor) -> Tensor:
    """The mean of each element and its neighbours."""
    return F.avg_pool2d(x, kernel_size=3, stride=1, padding=1)


def halved(x: Tensor) -> Tensor:
    """The maxima, in half the size."""
    return F.max_pool2d(x, kernel_size=3, stride=2)


class InceptionA(nn.Module):
    """Branches of 1 by 1, 5 by 5, and 3 by 3 twice."""

    def __init__(self, in_channels: int, pool_features: int, conv_block=None) -> None:
        super().__init__()
        block = conv_block or BasicConv2d
        self.branch1x1 = block(in_channels, 64, **SINGLE)
        self.branch5x5_1 = block(in_channels, 48, **SINGLE)
        self.branch5x5_2 = block(48, 64, kernel_size=5, padding=2)
        self.branch3x3dbl_1 = block(in_channels, 64, **SINGLE)
        self.branch3x3dbl_2 = block(64, 96, **AROUND)
        self.branch3x3dbl_3 = block(96, 96, **AROUND)
        self.branch_pool = block(in_channels, pool_features, **SINGLE)

    def forward(self, x: Tensor) -> Tensor:
        five = self.branch5x5_2(self.branch5x5_1(x))
        double = self.branch3x3dbl_3(self.branch3x3dbl_2(self.branch3x3dbl_1(x)))
        return torch.cat([self.branch1x1(x), five, double, self.branch_pool(smooth(x))], 1)


class InceptionB(nn.Module):
    """Branches of 3 by 3, once and twice, in half the size."""

    def __init__(self, in_channels: int, conv_block=None) -> None:
        super().__init__()
        block = conv_block or BasicConv2d
        self.branch3x3 = block(in_channels, 384, **HALF)
        self.branch3x3dbl_1 = block(in_channels, 64, **SINGLE)
        self.branch3x3dbl_2 = block(64, 96, **AROUND)
        self.branch3x3dbl_3 = block(96, 96, **HALF)

    def forward(self, x: Tensor) -> Tensor:
        double = self.branch3x3dbl_3(self.branch3x3dbl_2(self.branch3x3dbl_1(x)))
        return torch.cat([self.branch3x3(x), double, halved(x)], 1)


class InceptionC(nn.Module):
    """Branches of 7 by 7, once and twice, made of rows and columns."""

    def __init__(self, in_channels: int, channels_7x7: int, conv_block=None) -> None:
        super().__init__()
        block, width = conv_block or BasicConv2d, channels_7x7
        self.branch1x1 = block(in_channels, 192, **SINGLE)
        self.branch7x7_1 = block(in_channels, width, **SINGLE)
        self.branch7x7_2 = block(width, width, **ROW)
        self.branch7x7_3 = block(width, 192, **COLUMN)
        self.branch7x7dbl_1 = block(in_channels, width, **SINGLE)
        self.branch7x7dbl_2 = block(width, width, **COLUMN)
        self.branch7x7dbl_3 = block(width, width, **ROW)
        self.branch7x7dbl_4 = block(width, width, **COLUMN)
        self.branch7x7dbl_5 = block(width, 192, **ROW)
        self.branch_pool = block(in_channels, 192, **SINGLE)

    def forward(self, x: Tensor) -> Tensor:
        seven = self.branch7x7_3(self.branch7x7_2(self.branch7x7_1(x)))
        double = self.branch7x7dbl_3(self.branch7x7dbl_2(self.branch7x7dbl_1(x)))
        double = self.branch7x7dbl_5(self.branch7x7dbl_4(double))
        return torch.cat([self.branch1x1(x), seven, double, self.branch_pool(smooth(x))], 1)


class InceptionD(nn.Module):
    """Branches of 3 by 3 and 7 by 7, in half the size."""

    def __init__(self, in_channels: int, conv_block=None) -> None:
        super().__init__()
        block = conv_block or BasicConv2d
        self.branch3x3_1 = block(in_channels, 192, **SINGLE)
        self.branch3x3_2 = block(192, 320, **HALF)
        self.branch7x7x3_1 = block(in_channels, 192, **SINGLE)
        self.branch7x7x3_2 = block(192, 192, **ROW)
        self.branch7x7x3_3 = block(192, 192, **COLUMN)
        self.branch7x7x3_4 = block(192, 192, **HALF)

    def forward(self, x: Tensor) -> Tensor:
        seven = self.branch7x7x3_3(self.branch7x7x3_2(self.branch7x7x3_1(x)))
        return torch.cat([self.branch3x3_2(self.branch3x3_1(x)), self.branch7x7x3_4(seven), halved(x)], 1)


class InceptionE(nn.Module):
    """Branches of 3 by 3, whose rows and columns stand side by side."""

    def __init__(self, in_channels: int, conv_block=None) -> None:
        super().__init__()
        block = conv_block or BasicConv2d
        self.branch1x1 = block(in_channels, 320, **SINGLE)
        self.branch3x3_1 = block(in_channels, 384, **SINGLE)
        self.branch3x3_2a = block(384, 384, **SHORT_ROW)
        self.branch3x3_2b = block(384, 384, **SHORT_COLUMN)
        self.branch3x3dbl_1 = block(in_channels, 448, **SINGLE)
        self.branch3x3dbl_2 = block(448, 384, **AROUND)
        self.branch3x3dbl_3a = block(384, 384, **SHORT_ROW)
        self.branch3x3dbl_3b = block(384, 384, **SHORT_COLUMN)
        self.branch_pool = block(in_channels, 192, **SINGLE)

    def forward(self, x: Tensor) -> Tensor:
        single, double = self.branch3x3_1(x), self.branch3x3dbl_2(self.branch3x3dbl_1(x))
        sides = [self.branch3x3_2a(single), self.branch3x3_2b(single)]
        sides += [self.branch3x3dbl_3a(double), self.branch3x3dbl_3b(double)]
        return torch.cat([self.branch1x1(x), *sides, self.branch_pool(smooth(x))], 1)


class InceptionAux(nn.Module):
    """A second classifier in the middle of the network, for training."""

    def __init__(self, in_channels: int, num_classes: int, conv_block=None) -> None:
        super().__init__()
        block = conv_block or BasicConv2d
        self.conv0 = block(in_channels, 128, **SINGLE)
        self.conv1 = block(128, 768, kernel_size=5)
        self.fc = nn.Linear(768, num_classes)
        self.fc.stddev = 0.001

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv1(self.conv0(F.avg_pool2d(x, kernel_size=5, stride=3)))
        return self.fc(torch.flatten(F.adaptive_avg_pool2d(x, (1, 1)), 1))


BLOCKS = [BasicConv2d, InceptionA, InceptionB, InceptionC, InceptionD, InceptionE, InceptionAux]


class Inception3(nn.Module):
    """Inception v3, for images of 299 by 299; in training the result is `InceptionOutputs`, of both classifiers.

    `transform_input` takes images that are normalised as those of ImageNet are.
    """

    def __init__(
        self,
        num_classes: int = 1000,
        aux_logits: bool = True,
        transform_input: bool = False,
        inception_blocks: list | None = None,
        init_weights: bool | None = None,
        dropout: float = 0.5,
    ) -> None:
        super().__init__()
        if init_weights is None:
            warnings.warn(
                "The default weight initialization of inception_v3 will be changed in future releases of torchvision. "
                "If you wish to keep the old behavior (which leads to long initialization times due to "
                "scipy/scipy#11299), please set init_weights=True.",
                FutureWarning,
                stacklevel=2,
            )
            init_weights = True
        blocks = inception_blocks or BLOCKS
        if len(blocks) != 7:
            raise ValueError(f"length of inception_blocks should be 7 instead of {len(blocks)}")
        block, a, b, c, d, e, aux = blocks
        self.aux_logits = aux_logits
        self.transform_input = transform_input
        self.Conv2d_1a_3x3 = block(3, 32, **HALF)
        self.Conv2d_2a_3x3 = block(32, 32, kernel_size=3)
        self.Conv2d_2b_3x3 = block(32, 64, **AROUND)
        self.maxpool1 = nn.MaxPool2d(kernel_size=3, stride=2)
        self.Conv2d_3b_1x1 = block(64, 80, **SINGLE)
        self.Conv2d_4a_3x3 = block(80, 192, kernel_size=3)
        self.maxpool2 = nn.MaxPool2d(kernel_size=3, stride=2)
        self.Mixed_5b = a(192, pool_features=32)
        self.Mixed_5c = a(256, pool_features=64)
        self.Mixed_5d = a(288, pool_features=64)
        self.Mixed_6a = b(288)
        self.Mixed_6b = c(768, channels_7x7=128)
        self.Mixed_6c = c(768, channels_7x7=160)
        self.Mixed_6d = c(768, channels_7x7=160)
        self.Mixed_6e = c(768, channels_7x7=192)
        self.AuxLogits = aux(768, num_classes) if aux_logits else None
        self.Mixed_7a = d(768)
        self.Mixed_7b = e(1280)
        self.Mixed_7c = e(2048)
        self.avgpool = nn.AdaptiveAvgPool2d((1, 1))
        self.dropout = nn.Dropout(p=dropout)
        self.fc = nn.Linear(2048, num_classes)
        for module in self.modules() if init_weights else ():
            if isinstance(module, (nn.Conv2d, nn.Linear)):
                nn.init.trunc_normal_(module.weight, mean=0.0, std=getattr(module, "stddev", 0.1), a=-2, b=2)

    def forward(self, x: Tensor):
        x = normalised_to_half(x) if self.transform_input else x
        x = self.maxpool1(self.Conv2d_2b_3x3(self.Conv2d_2a_3x3(self.Conv2d_1a_3x3(x))))
        x = self.maxpool2(self.Conv2d_4a_3x3(self.Conv2d_3b_1x1(x)))
        x = self.Mixed_6a(self.Mixed_5d(self.Mixed_5c(self.Mixed_5b(x))))
        x = self.Mixed_6e(self.Mixed_6d(self.Mixed_6c(self.Mixed_6b(x))))
        aux = self.AuxLogits(x) if self.AuxLogits is not None and self.training else None
        x = self.avgpool(self.Mixed_7c(self.Mixed_7b(self.Mixed_7a(x))))
        x = self.fc(torch.flatten(self.dropout(x), 1))
        return InceptionOutputs(x, aux) if self.training and self.aux_logits else x


def prepare(kwargs: dict, weights):
    """With weights nothing is drawn, and the second classifier is taken out again unless it is wanted."""
    wanted = kwargs.get("aux_logits", True)
    kwargs.setdefault("transform_input", True)
    fixed(kwargs, "aux_logits", True)
    fixed(kwargs, "init_weights", False)
    return None if wanted else finish


def finish(model: Inception3) -> None:
    """Take the second classifier out."""
    model.aux_logits = False
    model.AuxLogits = None


@builder(Inception_V3_Weights, prepare=prepare)
def inception_v3(**kwargs) -> Inception3:
    """Inception v3."""
    return Inception3(**kwargs)
