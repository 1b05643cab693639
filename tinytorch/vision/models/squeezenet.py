"""SqueezeNet: fire modules squeeze the channels before they widen them (Iandola et al., 2016)."""

import tinytorch as torch
from tinytorch import nn
from tinytorch.tensor import Tensor
from tinytorch.vision.models._api import builder
from tinytorch.vision.models.weights import SqueezeNet1_0_Weights, SqueezeNet1_1_Weights

FIRST = {"1_0": (96, 7), "1_1": (64, 3)}  # channels and kernel of the first convolution
FIRES = {  # channels that are squeezed to, and those of each kind behind; None halves the size
    "1_0": [None, (16, 64), (16, 64), (32, 128), None, (32, 128), (48, 192), (48, 192), (64, 256), None, (64, 256)],
    "1_1": [None, (16, 64), (16, 64), None, (32, 128), (32, 128), None, (48, 192), (48, 192), (64, 256), (64, 256)],
}


class Fire(nn.Module):
    """Few channels, and from these convolutions of 1 by 1 and 3 by 3 elements, side by side."""

    def __init__(self, inplanes: int, squeeze_planes: int, expand1x1_planes: int, expand3x3_planes: int) -> None:
        super().__init__()
        self.inplanes = inplanes
        self.squeeze = nn.Conv2d(inplanes, squeeze_planes, kernel_size=1)
        self.squeeze_activation = nn.ReLU(inplace=True)
        self.expand1x1 = nn.Conv2d(squeeze_planes, expand1x1_planes, kernel_size=1)
        self.expand1x1_activation = nn.ReLU(inplace=True)
        self.expand3x3 = nn.Conv2d(squeeze_planes, expand3x3_planes, kernel_size=3, padding=1)
        self.expand3x3_activation = nn.ReLU(inplace=True)

    def forward(self, x: Tensor) -> Tensor:
        x = self.squeeze_activation(self.squeeze(x))
        single, around = self.expand1x1_activation(self.expand1x1(x)), self.expand3x3_activation(self.expand3x3(x))
        return torch.cat([single, around], 1)


class SqueezeNet(nn.Module):
    """Fire modules and a last convolution for the classes; a ValueError for another version than "1_0" and "1_1"."""

    def __init__(self, version: str = "1_0", num_classes: int = 1000, dropout: float = 0.5) -> None:
        super().__init__()
        self.num_classes = num_classes
        if version not in FIRES:
            raise ValueError(f"Unsupported SqueezeNet version {version}: 1_0 or 1_1 expected")
        channels, kernel = FIRST[version]
        layers = [nn.Conv2d(3, channels, kernel_size=kernel, stride=2), nn.ReLU(inplace=True)]
        for planes in FIRES[version]:
            if planes is None:
                layers.append(nn.MaxPool2d(kernel_size=3, stride=2, ceil_mode=True))
                continue
            squeezed, wide = planes
            layers.append(Fire(channels, squeezed, wide, wide))
            channels = 2 * wide
        self.features = nn.Sequential(*layers)
        final = nn.Conv2d(512, num_classes, kernel_size=1)
        self.classifier = nn.Sequential(
            nn.Dropout(p=dropout), final, nn.ReLU(inplace=True), nn.AdaptiveAvgPool2d((1, 1))
        )
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                if module is final:
                    nn.init.normal_(module.weight, mean=0.0, std=0.01)
                else:
                    nn.init.kaiming_uniform_(module.weight)
                nn.init.zeros_(module.bias)

    def forward(self, x: Tensor) -> Tensor:
        return torch.flatten(self.classifier(self.features(x)), 1)


@builder(SqueezeNet1_0_Weights)
def squeezenet1_0(**kwargs) -> SqueezeNet:
    """SqueezeNet 1.0."""
    return SqueezeNet("1_0", **kwargs)


@builder(SqueezeNet1_1_Weights)
def squeezenet1_1(**kwargs) -> SqueezeNet:
    """SqueezeNet 1.1, which computes less."""
    return SqueezeNet("1_1", **kwargs)
