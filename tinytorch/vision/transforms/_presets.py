"""What was done to the images that published weights were trained with."""

import tinytorch as torch
from tinytorch.tensor import Tensor
from tinytorch.vision.transforms import functional as F
from tinytorch.vision.transforms.dimensions import InterpolationMode


class ImageClassification(torch.nn.Module):
    """An image resized, cut to its middle, as floats, and normalised as those of ImageNet."""

    def __init__(
        self,
        *,
        crop_size: int,
        resize_size: int = 256,
        mean: tuple = (0.485, 0.456, 0.406),
        std: tuple = (0.229, 0.224, 0.225),
        interpolation: InterpolationMode = InterpolationMode.BILINEAR,
        antialias: bool | None = True,
    ) -> None:
        super().__init__()
        self.crop_size = [crop_size]
        self.resize_size = [resize_size]
        self.mean = list(mean)
        self.std = list(std)
        self.interpolation = interpolation
        self.antialias = antialias

    def forward(self, img) -> Tensor:
        img = F.resize(img, self.resize_size, interpolation=self.interpolation, antialias=self.antialias)
        img = F.center_crop(img, self.crop_size)
        img = img if isinstance(img, Tensor) else F.pil_to_tensor(img)
        return F.normalize(F.convert_image_dtype(img), mean=self.mean, std=self.std)

    def __repr__(self) -> str:
        shown = ("crop_size", "resize_size", "mean", "std", "interpolation")
        return f"{type(self).__name__}(" + "".join([f"\n    {name}={getattr(self, name)}" for name in shown]) + "\n)"
