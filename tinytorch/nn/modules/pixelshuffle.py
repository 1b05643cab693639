"""Modules that make space of channels, and channels of space."""

from tinytorch.nn.modules.settings import Settings
from tinytorch.ops.shuffle import pixel_shuffle, pixel_unshuffle
from tinytorch.tensor import Tensor


class PixelShuffle(Settings):
    """(..., C * r * r, H, W) as (..., C, H * r, W * r), r the upscale factor (Shi et al., 2016).

    >>> import tinytorch as torch
    >>> torch.nn.PixelShuffle(3)(torch.zeros(1, 9, 4, 4)).shape
    torch.Size([1, 1, 12, 12])
    """

    shown = ("upscale_factor",)

    def __init__(self, upscale_factor: int) -> None:
        super().__init__()
        self.upscale_factor = upscale_factor

    def forward(self, input: Tensor) -> Tensor:
        return pixel_shuffle(input, self.upscale_factor)


class PixelUnshuffle(Settings):
    """(..., C, H * r, W * r) as (..., C * r * r, H, W), r the downscale factor: the way back of `PixelShuffle`."""

    shown = ("downscale_factor",)

    def __init__(self, downscale_factor: int) -> None:
        super().__init__()
        self.downscale_factor = downscale_factor

    def forward(self, input: Tensor) -> Tensor:
        return pixel_unshuffle(input, self.downscale_factor)
