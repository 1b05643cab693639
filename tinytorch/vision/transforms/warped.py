"""Transforms that turn, shear, distort and ripple by what they draw, in torchvision's order."""

import numbers
from collections.abc import Sequence

import tinytorch as torch
from tinytorch.tensor import Tensor
from tinytorch.vision.transforms import warps
from tinytorch.vision.transforms.colors import gaussian_blur
from tinytorch.vision.transforms.cropped import by_name, drawn, drawn_below
from tinytorch.vision.transforms.dimensions import InterpolationMode, get_dimensions


def check_sequence(value, name: str, lengths: tuple) -> None:
    """Refuse what is no sequence of one of the lengths."""
    message = f"{name} should be a sequence of length {' or '.join([str(each) for each in lengths])}."
    if not isinstance(value, Sequence):
        raise TypeError(message)
    if len(value) not in lengths:
        raise ValueError(message)


def angles(value, name: str, lengths: tuple = (2,)) -> list[float]:
    """The ends of a range: of one number, on both sides of 0."""
    if isinstance(value, numbers.Number):
        if value < 0:
            raise ValueError(f"If {name} is a single number, it must be positive.")
        return [float(-value), float(value)]
    check_sequence(value, name, lengths)
    return [float(each) for each in value]


def checked_fill(fill):
    """The colour of what lies outside; a TypeError for what is none."""
    if fill is not None and not isinstance(fill, (Sequence, numbers.Number)):
        raise TypeError("Fill should be either a sequence or a number.")
    return 0 if fill is None else fill


def colour_for(img, fill):
    """The colour as a float for each channel of a tensor; pictures take it as it is."""
    if not isinstance(img, Tensor):
        return fill
    return [float(fill)] * get_dimensions(img)[0] if isinstance(fill, (int, float)) else [float(each) for each in fill]


class RandomRotation(torch.nn.Module):
    """An image turned by an angle of a range, `(-degrees, degrees)` for one number."""

    def __init__(self, degrees, interpolation=InterpolationMode.NEAREST, expand: bool = False, center=None, fill=0):
        super().__init__()
        self.degrees = angles(degrees, "degrees")
        if center is not None:
            check_sequence(center, "center", (2,))
        self.center = center
        self.interpolation = by_name(interpolation)
        self.expand = expand
        self.fill = checked_fill(fill)

    @staticmethod
    def get_params(degrees: list[float]) -> float:
        """An angle."""
        return drawn(*degrees)

    def forward(self, img):
        fill = colour_for(img, self.fill)
        angle = self.get_params(self.degrees)
        return warps.rotate(img, angle, self.interpolation, self.expand, self.center, fill)

    def __repr__(self) -> str:
        center = f", center={self.center}" if self.center is not None else ""
        return (
            f"{type(self).__name__}(degrees={self.degrees}, interpolation={self.interpolation.value}, "
            f"expand={self.expand}{center}, fill={self.fill})"
        )


class RandomAffine(torch.nn.Module):
    """An image turned, moved by a part of its size, scaled and sheared, each within a range."""

    def __init__(
        self,
        degrees,
        translate=None,
        scale=None,
        shear=None,
        interpolation=InterpolationMode.NEAREST,
        fill=0,
        center=None,
    ):
        super().__init__()
        self.degrees = angles(degrees, "degrees")
        if translate is not None:
            check_sequence(translate, "translate", (2,))
            if not all(0.0 <= each <= 1.0 for each in translate):
                raise ValueError("translation values should be between 0 and 1")
        self.translate = translate
        if scale is not None:
            check_sequence(scale, "scale", (2,))
            if any(each <= 0 for each in scale):
                raise ValueError("scale values should be positive")
        self.scale = scale
        self.shear = None if shear is None else angles(shear, "shear", (2, 4))
        self.interpolation = by_name(interpolation)
        self.fill = checked_fill(fill)
        if center is not None:
            check_sequence(center, "center", (2,))
        self.center = center

    @staticmethod
    def get_params(degrees, translate, scale_ranges, shears, img_size) -> tuple:
        """An angle, a movement (right, down), a scale and two angles of shear."""
        angle, moved, scale, shear = drawn(*degrees), (0, 0), 1.0, [0.0, 0.0]
        if translate is not None:
            far = [float(part * size) for part, size in zip(translate, img_size, strict=True)]
            moved = tuple([round(drawn(-each, each)) for each in far])
        if scale_ranges is not None:
            scale = drawn(*scale_ranges)
        if shears is not None:
            shear[0] = drawn(*shears[:2])
            if len(shears) == 4:
                shear[1] = drawn(*shears[2:])
        return angle, moved, scale, tuple(shear)

    def forward(self, img):
        _, height, width = get_dimensions(img)
        fill = colour_for(img, self.fill)
        drawn_map = self.get_params(self.degrees, self.translate, self.scale, self.shear, [width, height])
        return warps.affine(img, *drawn_map, interpolation=self.interpolation, fill=fill, center=self.center)

    def __repr__(self) -> str:
        usual = self.interpolation == InterpolationMode.NEAREST
        shown = [("translate", self.translate), ("scale", self.scale), ("shear", self.shear),
                 ("interpolation", None if usual else self.interpolation.value),
                 ("fill", None if self.fill == 0 else self.fill), ("center", self.center)]  # fmt: skip
        parts = "".join([f", {name}={value}" for name, value in shown if value is not None])
        return f"{type(self).__name__}(degrees={self.degrees}{parts})"


class RandomPerspective(torch.nn.Module):
    """An image seen from elsewhere, with a probability; the corners move by `distortion_scale` of half its size."""

    def __init__(
        self,
        distortion_scale: float = 0.5,
        p: float = 0.5,
        interpolation=InterpolationMode.BILINEAR,
        fill=0,
    ):
        super().__init__()
        self.p = p
        self.interpolation = by_name(interpolation)
        self.distortion_scale = distortion_scale
        self.fill = checked_fill(fill)

    @staticmethod
    def get_params(width: int, height: int, distortion_scale: float) -> tuple:
        """The corners (x, y), from the upper left on with the clock, and where they come to stand."""
        far_x, far_y = int(distortion_scale * (width // 2)), int(distortion_scale * (height // 2))

        def corner(right: bool, low: bool) -> list[int]:
            x = drawn_below(width, width - far_x - 1) if right else drawn_below(far_x + 1)
            return [x, drawn_below(height, height - far_y - 1) if low else drawn_below(far_y + 1)]

        before = [[0, 0], [width - 1, 0], [width - 1, height - 1], [0, height - 1]]
        return before, [corner(False, False), corner(True, False), corner(True, True), corner(False, True)]

    def forward(self, img):
        _, height, width = get_dimensions(img)
        fill = colour_for(img, self.fill)
        if not torch.rand(1) < self.p:
            return img
        points = self.get_params(width, height, self.distortion_scale)
        return warps.perspective(img, *points, self.interpolation, fill)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(p={self.p})"


class ElasticTransform(torch.nn.Module):
    """An image as seen through water: each element is read a little beside its place (Simard et al., 2003).

    `alpha` is how far, in elements, `sigma` how smooth the movement is; one number for both directions or two.
    """

    def __init__(self, alpha=50.0, sigma=5.0, interpolation=InterpolationMode.BILINEAR, fill=0):
        super().__init__()
        self.alpha = two_floats(alpha, "alpha")
        self.sigma = two_floats(sigma, "sigma")
        self.interpolation = by_name(interpolation)
        if not isinstance(fill, (int, float, list, tuple)):
            raise TypeError(f"fill should be int or float or a list or tuple of them. Got {type(fill)}")
        self.fill = [float(each) for each in ([fill] if isinstance(fill, (int, float)) else fill)]

    @staticmethod
    def get_params(alpha: list[float], sigma: list[float], size: list[int]) -> Tensor:
        """The displacement (1, H, W, 2) for an image of a size (height, width)."""
        moved = []
        for axis in (0, 1):
            noise = torch.rand([1, 1, *size]) * 2 - 1
            if sigma[axis] > 0.0:
                width = int(8 * sigma[axis] + 1) | 1  # odd
                noise = gaussian_blur(noise, [width, width], sigma)
            moved.append(noise * alpha[axis] / size[1 - axis])
        return torch.cat(moved, 1).permute(0, 2, 3, 1)

    def forward(self, tensor):
        _, height, width = get_dimensions(tensor)
        displacement = self.get_params(self.alpha, self.sigma, [height, width])
        return warps.elastic_transform(tensor, displacement, self.interpolation, self.fill)

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__}(alpha={self.alpha}, sigma={self.sigma}, interpolation={self.interpolation}, "
            f"fill={self.fill})"
        )


def two_floats(value, name: str):
    """Two floats, one for each direction; a TypeError or ValueError for anything else."""
    if not isinstance(value, (float, Sequence)):
        raise TypeError(f"{name} should be float or a sequence of floats. Got {type(value)}")
    if isinstance(value, float):
        return [value, value]
    if len(value) != 2:
        raise ValueError(f"If {name} is a sequence its length should be 2. Got {len(value)}")
    for each in value:
        if not isinstance(each, float):
            raise TypeError(f"{name} should be a sequence of floats. Got {type(each)}")
    return value
