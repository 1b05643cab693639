"""VGG: convolutions of 3 by 3, one after the other (Simonyan, Zisserman, 2014)."""

import tinytorch as torch
from tinytorch import nn
from tinytorch.tensor import Tensor
from tinytorch.vision.models._api import builder
from tinytorch.vision.models.initialization import draw, draw_small
from tinytorch.vision.models.weights import (
    VGG11_BN_Weights,
    VGG11_Weights,
    VGG13_BN_Weights,
    VGG13_Weights,
    VGG16_BN_Weights,
    VGG16_Weights,
    VGG19_BN_Weights,
    VGG19_Weights,
)

cfgs = {  # channels of each convolution; "M" halves the size
    "A": [64, "M", 128, "M", 256, 256, "M", 512, 512, "M", 512, 512, "M"],
    "B": [64, 64, "M", 128, 128, "M", 256, 256, "M", 512, 512, "M", 512, 512, "M"],
    "D": [64, 64, "M", 128, 128, "M", *[256] * 3, "M", *[512] * 3, "M", *[512] * 3, "M"],
    "E": [64, 64, "M", 128, 128, "M", *[256] * 4, "M", *[512] * 4, "M", *[512] * 4, "M"],
}


class VGG(nn.Module):
    """Convolutions, and three linear layers on 7 by 7 means of what they see."""

    def __init__(
        self, features: nn.Module, num_classes: int = 1000, init_weights: bool = True, dropout: float = 0.5
    ) -> None:
        super().__init__()
        self.features = features
        self.avgpool = nn.AdaptiveAvgPool2d((7, 7))
        self.classifier = nn.Sequential(
            nn.Linear(512 * 7 * 7, 4096),
            nn.ReLU(True),
            nn.Dropout(p=dropout),
            nn.Linear(4096, 4096),
            nn.ReLU(True),
            nn.Dropout(p=dropout),
            nn.Linear(4096, num_classes),
        )
        if init_weights:
            draw(self, draw_small, mode="fan_out", nonlinearity="relu")

    def forward(self, x: Tensor) -> Tensor:
        return self.classifier(torch.flatten(self.avgpool(self.features(x)), 1))


def make_layers(cfg: list, batch_norm: bool = False) -> nn.Sequential:
    """The convolutions of a list of channels, with norms if wanted."""
    layers, channels = [], 3
    for width in cfg:
        if width == "M":
            layers.append(nn.MaxPool2d(kernel_size=2, stride=2))
            continue
        layers.append(nn.Conv2d(channels, width, kernel_size=3, padding=1))
        layers += [nn.BatchNorm2d(width)] if batch_norm else []
        layers.append(nn.ReLU(inplace=True))
        channels = width
    return nn.Sequential(*layers)


def prepare(kwargs: dict, weights) -> None:
    """With weights nothing is drawn."""
    kwargs["init_weights"] = False


@builder(VGG11_Weights, prepare=prepare)
def vgg11(**kwargs) -> VGG:
    """VGG-11."""
    return VGG(make_layers(cfgs["A"]), **kwargs)


@builder(VGG11_BN_Weights, prepare=prepare)
def vgg11_bn(**kwargs) -> VGG:
    """VGG-11 with batch normalisation."""
    return VGG(make_layers(cfgs["A"], batch_norm=True), **kwargs)


@builder(VGG13_Weights, prepare=prepare)
def vgg13(**kwargs) -> VGG:
    """VGG-13."""
    return VGG(make_layers(cfgs["B"]), **kwargs)


@builder(VGG13_BN_Weights, prepare=prepare)
def vgg13_bn(**kwargs) -> VGG:
    """VGG-13 with batch normalisation."""
    return VGG(make_layers(cfgs["B"], batch_norm=True), **kwargs)


@builder(VGG16_Weights, prepare=prepare)
def vgg16(**kwargs) -> VGG:
    """VGG-16."""
    return VGG(make_layers(cfgs["D"]), **kwargs)


@builder(VGG16_BN_Weights, prepare=prepare)
def vgg16_bn(**kwargs) -> VGG:
    """VGG-16 with batch normalisation."""
    return VGG(make_layers(cfgs["D"], batch_norm=True), **kwargs)


@builder(VGG19_Weights, prepare=prepare)
def vgg19(**kwargs) -> VGG:
    """VGG-19."""
    return VGG(make_layers(cfgs["E"]), **kwargs)


@builder(VGG19_BN_Weights, prepare=prepare)
def vgg19_bn(**kwargs) -> VGG:
    """VGG-19 with batch normalisation."""
    return VGG(make_layers(cfgs["E"], batch_norm=True), **kwargs)
