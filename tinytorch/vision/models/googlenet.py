"""GoogLeNet: modules that look at several sizes side by side (Szegedy et al., 2014)."""

import warnings
from collections import namedtuple

import tinytorch as torch
from tinytorch import nn
from tinytorch.nn import functional as F
from tinytorch.tensor import Tensor
from tinytorch.vision.models._api import builder, fixed
from tinytorch.vision.models.weights import GoogLeNet_Weights

GoogLeNetOutputs = namedtuple("GoogLeNetOutputs", ["logits", "aux_logits2", "aux_logits1"])
_GoogLeNetOutputs = GoogLeNetOutputs
SETTINGS = {  # channels of the input and of the branches
    "3a": (192, 64, 96, 128, 16, 32, 32),
    "3b": (256, 128, 128, 192, 32, 96, 64),
    "4a": (480, 192, 96, 208, 16, 48, 64),
    "4b": (512, 160, 112, 224, 24, 64, 64),
    "4c": (512, 128, 128, 256, 24, 64, 64),
    "4d": (512, 112, 144, 288, 32, 64, 64),
    "4e": (528, 256, 160, 320, 32, 128, 128),
    "5a": (832, 256, 160, 320, 32, 128, 128),
    "5b": (832, 384, 192, 384, 48, 128, 128),
}
RANGES = ((0.229, 0.485), (0.224, 0.456), (0.225, 0.406))  # deviation and mean of each channel of ImageNet


def normalised_to_half(x: Tensor) -> Tensor:
    """Images that are normalised as those of ImageNet are, normalised to 0.5 and 0.5."""
    channels = [
        torch.unsqueeze(x[:, number], 1) * (deviation / 0.5) + (mean - 0.5) / 0.5
        for number, (deviation, mean) in enumerate(RANGES)
    ]
    return torch.cat(channels, 1)


class BasicConv2d(nn.Module):
    """A convolution, a norm and ReLU."""

    def __init__(self, in_channels: int, out_channels: int, **kwargs) -> None:
        super().__init__()
        self.conv = nn.Conv2d(in_channels, out_channels, bias=False, **kwargs)
        self.bn = nn.BatchNorm2d(out_channels, eps=0.001)

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(self.bn(self.conv(x)), inplace=True)


class Inception(nn.Module):
    """Convolutions of 1, of 3, of what was meant to be 5 but is 3, and a maximum, side by side."""

    def __init__(
        self,
        in_channels: int,
        ch1x1: int,
        ch3x3red: int,
        ch3x3: int,
        ch5x5red: int,
        ch5x5: int,
        pool_proj: int,
        conv_block=None,
    ) -> None:
        super().__init__()
        conv_block = conv_block or BasicConv2d
        around = {"kernel_size": 3, "padding": 1}
        self.branch1 = conv_block(in_channels, ch1x1, kernel_size=1)
        self.branch2 = nn.Sequential(
            conv_block(in_channels, ch3x3red, kernel_size=1), conv_block(ch3x3red, ch3x3, **around)
        )
        self.branch3 = nn.Sequential(
            conv_block(in_channels, ch5x5red, kernel_size=1), conv_block(ch5x5red, ch5x5, **around)
        )
        self.branch4 = nn.Sequential(
            nn.MaxPool2d(kernel_size=3, stride=1, padding=1, ceil_mode=True),
            conv_block(in_channels, pool_proj, kernel_size=1),
        )

    def forward(self, x: Tensor) -> Tensor:
        return torch.cat([self.branch1(x), self.branch2(x), self.branch3(x), self.branch4(x)], 1)


class InceptionAux(nn.Module):
    """A second classifier in the middle of the network, for training."""

    def __init__(self, in_channels: int, num_classes: int, conv_block=None, dropout: float = 0.7) -> None:
        super().__init__()
        self.conv = (conv_block or BasicConv2d)(in_channels, 128, kernel_size=1)
        self.fc1 = nn.Linear(2048, 1024)
        self.fc2 = nn.Linear(1024, num_classes)
        self.dropout = nn.Dropout(p=dropout)

    def forward(self, x: Tensor) -> Tensor:
        x = torch.flatten(self.conv(F.adaptive_avg_pool2d(x, (4, 4))), 1)
        return self.fc2(self.dropout(F.relu(self.fc1(x), inplace=True)))


class GoogLeNet(nn.Module):
    """Nine inception modules; in training the result is `GoogLeNetOutputs`, with those of the second classifiers.

    `transform_input` takes images that are normalised as those of ImageNet are.
    """

    def __init__(
        self,
        num_classes: int = 1000,
        aux_logits: bool = True,
        transform_input: bool = False,
        init_weights: bool | None = None,
        blocks: list | None = None,
        dropout: float = 0.2,
        dropout_aux: float = 0.7,
    ) -> None:
        super().__init__()
        if init_weights is None:
            warnings.warn(
                "The default weight initialization of GoogleNet will be changed in future releases of torchvision. If "
                "you wish to keep the old behavior (which leads to long initialization times due to "
                "scipy/scipy#11299), please set init_weights=True.",
                FutureWarning,
                stacklevel=2,
            )
            init_weights = True
        blocks = blocks or [BasicConv2d, Inception, InceptionAux]
        if len(blocks) != 3:
            raise ValueError(f"blocks length should be 3 instead of {len(blocks)}")
        conv_block, inception_block, aux_block = blocks
        half = lambda size: nn.MaxPool2d(size, stride=2, ceil_mode=True)
        self.aux_logits = aux_logits
        self.transform_input = transform_input
        self.conv1 = conv_block(3, 64, kernel_size=7, stride=2, padding=3)
        self.maxpool1 = half(3)
        self.conv2 = conv_block(64, 64, kernel_size=1)
        self.conv3 = conv_block(64, 192, kernel_size=3, padding=1)
        self.maxpool2 = half(3)
        for name, channels in SETTINGS.items():
            setattr(self, f"inception{name}", inception_block(*channels))
            if name == "3b":
                self.maxpool3 = half(3)
            elif name == "4e":
                self.maxpool4 = half(2)
        self.aux1 = aux_block(512, num_classes, dropout=dropout_aux) if aux_logits else None
        self.aux2 = aux_block(528, num_classes, dropout=dropout_aux) if aux_logits else None
        self.avgpool = nn.AdaptiveAvgPool2d((1, 1))
        self.dropout = nn.Dropout(p=dropout)
        self.fc = nn.Linear(1024, num_classes)
        for module in self.modules() if init_weights else ():
            if isinstance(module, (nn.Conv2d, nn.Linear)):
                nn.init.trunc_normal_(module.weight, mean=0.0, std=0.01, a=-2, b=2)

    def forward(self, x: Tensor):
        x = normalised_to_half(x) if self.transform_input else x
        x = self.maxpool1(self.conv1(x))
        x = self.maxpool2(self.conv3(self.conv2(x)))
        x = self.maxpool3(self.inception3b(self.inception3a(x)))
        x = self.inception4a(x)
        aux1 = self.aux1(x) if self.aux1 is not None and self.training else None
        x = self.inception4d(self.inception4c(self.inception4b(x)))
        aux2 = self.aux2(x) if self.aux2 is not None and self.training else None
        x = self.maxpool4(self.inception4e(x))
        x = self.inception5b(self.inception5a(x))
        x = self.fc(self.dropout(torch.flatten(self.avgpool(x), 1)))
        return GoogLeNetOutputs(x, aux2, aux1) if self.training and self.aux_logits else x


def prepare(kwargs: dict, weights):
    """With weights nothing is drawn, and the second classifiers are taken out again unless they are wanted."""
    wanted = kwargs.get("aux_logits", False)
    kwargs.setdefault("transform_input", True)
    fixed(kwargs, "aux_logits", True)
    fixed(kwargs, "init_weights", False)
    return lambda model: finish(model, wanted)


def finish(model: GoogLeNet, wanted: bool) -> None:
    """Take the second classifiers out, or say that they are not trained."""
    if wanted:
        warnings.warn(
            "auxiliary heads in the pretrained googlenet model are NOT pretrained, so make sure to train them",
            stacklevel=5,
        )
    else:
        model.aux_logits = False
        model.aux1 = None
        model.aux2 = None


@builder(GoogLeNet_Weights, prepare=prepare)
def googlenet(**kwargs) -> GoogLeNet:
    """GoogLeNet, also called Inception v1."""
    return GoogLeNet(**kwargs)
