"""Transforms that choose what to do: AutoAugment, RandAugment and TrivialAugmentWide."""

import math
from enum import Enum

import tinytorch as torch
from tinytorch.tensor import Tensor
from tinytorch.vision.transforms import functional as F
from tinytorch.vision.transforms.cropped import drawn_below
from tinytorch.vision.transforms.dimensions import InterpolationMode, get_dimensions
from tinytorch.vision.transforms.policies import POLICIES


class AutoAugmentPolicy(Enum):
    """The data set for which a policy was found."""

    IMAGENET = "imagenet"
    CIFAR10 = "cifar10"
    SVHN = "svhn"


def moved(img, shear=(0.0, 0.0), translate=(0, 0), **settings):
    """An image sheared or moved only."""
    shear = [math.degrees(math.atan(each)) for each in shear]
    return F.affine(img, angle=0.0, translate=list(translate), scale=1.0, shear=shear, **settings)


CHANGES = {  # (image, strength, interpolation and fill); sheared about the corner, moved about the middle
    "Identity": lambda img, strength, look: img,
    "ShearX": lambda img, strength, look: moved(img, (strength, 0.0), center=[0, 0], **look),
    "ShearY": lambda img, strength, look: moved(img, (0.0, strength), center=[0, 0], **look),
    "TranslateX": lambda img, strength, look: moved(img, translate=(int(strength), 0), **look),
    "TranslateY": lambda img, strength, look: moved(img, translate=(0, int(strength)), **look),
    "Rotate": lambda img, strength, look: F.rotate(img, strength, **look),
    "Brightness": lambda img, strength, look: F.adjust_brightness(img, 1.0 + strength),
    "Color": lambda img, strength, look: F.adjust_saturation(img, 1.0 + strength),
    "Contrast": lambda img, strength, look: F.adjust_contrast(img, 1.0 + strength),
    "Sharpness": lambda img, strength, look: F.adjust_sharpness(img, 1.0 + strength),
    "Posterize": lambda img, strength, look: F.posterize(img, int(strength)),
    "Solarize": lambda img, strength, look: F.solarize(img, strength),
    "AutoContrast": lambda img, strength, look: F.autocontrast(img),
    "Equalize": lambda img, strength, look: F.equalize(img),
    "Invert": lambda img, strength, look: F.invert(img),
}


def strengths(bins: int, shear: float, across: float, down: float, degrees: float, enhanced: float, fewer: tuple):
    """What can be done: name -> (its strengths, whether also the other way), in torchvision's order."""
    bits, lost = fewer
    line = lambda end: (torch.linspace(0.0, end, bins), True)
    return {
        "Identity": (torch.tensor(0.0), False),
        **{name: line(shear) for name in ("ShearX", "ShearY")},
        "TranslateX": line(across),
        "TranslateY": line(down),
        "Rotate": line(degrees),
        **{name: line(enhanced) for name in ("Brightness", "Color", "Contrast", "Sharpness")},
        "Posterize": (bits - (torch.arange(bins) / ((bins - 1) / lost)).round().int(), False),
        "Solarize": (torch.linspace(255.0, 0.0, bins), False),
        **{name: (torch.tensor(0.0), False) for name in ("AutoContrast", "Equalize", "Invert")},
    }


def without(space: dict, *names: str) -> dict:
    """What can be done, less some."""
    return {name: each for name, each in space.items() if name not in names}


class Augment(torch.nn.Module):
    """What they share: how they read between elements and what lies outside."""

    def __init__(self, interpolation, fill):
        super().__init__()
        self.interpolation = interpolation
        self.fill = fill

    def _look(self, img) -> dict:
        """Interpolation and fill for an image."""
        fill = self.fill
        if isinstance(img, Tensor) and fill is not None:
            many = isinstance(fill, (list, tuple))
            fill = [float(each) for each in fill] if many else [float(fill)] * get_dimensions(img)[0]
        return {"interpolation": self.interpolation, "fill": fill}

    def _one_of(self, space: dict, img, look: dict, place):
        """An image after one change, of the strength at a place, or at the one that `place` draws."""
        name = list(space)[drawn_below(len(space))]
        values, signed = space[name]
        strength = float(values[place(values)].item()) if values.ndim > 0 else 0.0
        if signed and drawn_below(2):
            strength *= -1.0
        return CHANGES[name](img, strength, look)


class AutoAugment(Augment):
    """Two changes of a policy that was learned for a data set (Cubuk et al., 2018)."""

    def __init__(
        self,
        policy: AutoAugmentPolicy = AutoAugmentPolicy.IMAGENET,
        interpolation: InterpolationMode = InterpolationMode.NEAREST,
        fill: list[float] | None = None,
    ) -> None:
        super().__init__(interpolation, fill)
        if policy not in list(AutoAugmentPolicy):
            raise ValueError(f"The provided policy {policy} is not recognized.")
        self.policy = policy
        self.policies = POLICIES[policy.value]

    @staticmethod
    def get_params(transform_num: int) -> tuple:
        """The number of a pair of changes, whether each happens, and whether it goes the other way."""
        return drawn_below(transform_num), torch.rand((2,)), torch.randint(2, (2,))

    def forward(self, img):
        look = self._look(img)
        _, height, width = get_dimensions(img)
        number, chances, signs = self.get_params(len(self.policies))
        space = strengths(10, 0.3, 150.0 / 331.0 * width, 150.0 / 331.0 * height, 30.0, 0.9, (8, 4))
        for step, (name, p, place) in enumerate(self.policies[number]):
            if chances[step] <= p:
                values, signed = space[name]
                strength = float(values[place].item()) if place is not None else 0.0
                if signed and signs[step] == 0:
                    strength *= -1.0
                img = CHANGES[name](img, strength, look)
        return img

    def __repr__(self) -> str:
        return f"{type(self).__name__}(policy={self.policy}, fill={self.fill})"


class RandAugment(Augment):
    """Some changes, all of one strength (Cubuk et al., 2019)."""

    def __init__(
        self,
        num_ops: int = 2,
        magnitude: int = 9,
        num_magnitude_bins: int = 31,
        interpolation: InterpolationMode = InterpolationMode.NEAREST,
        fill: list[float] | None = None,
    ) -> None:
        super().__init__(interpolation, fill)
        self.num_ops = num_ops
        self.magnitude = magnitude
        self.num_magnitude_bins = num_magnitude_bins

    def forward(self, img):
        look = self._look(img)
        _, height, width = get_dimensions(img)
        far = 150.0 / 331.0
        space = strengths(self.num_magnitude_bins, 0.3, far * width, far * height, 30.0, 0.9, (8, 4))
        for _ in range(self.num_ops):
            img = self._one_of(without(space, "Invert"), img, look, lambda values: self.magnitude)
        return img

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__}(num_ops={self.num_ops}, magnitude={self.magnitude}, "
            f"num_magnitude_bins={self.num_magnitude_bins}, interpolation={self.interpolation}, fill={self.fill})"
        )


class TrivialAugmentWide(Augment):
    """One change of any strength (Müller and Hutter, 2021)."""

    def __init__(
        self,
        num_magnitude_bins: int = 31,
        interpolation: InterpolationMode = InterpolationMode.NEAREST,
        fill: list[float] | None = None,
    ) -> None:
        super().__init__(interpolation, fill)
        self.num_magnitude_bins = num_magnitude_bins

    def forward(self, img):
        space = without(strengths(self.num_magnitude_bins, 0.99, 32.0, 32.0, 135.0, 0.99, (8, 6)), "Invert")
        return self._one_of(space, img, self._look(img), lambda values: drawn_below(len(values)))

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__}(num_magnitude_bins={self.num_magnitude_bins}, "
            f"interpolation={self.interpolation}, fill={self.fill})"
        )
