"""Transforms that resize, pad, cut and mirror, where they draw anything in torchvision's order."""

import math
import numbers
import warnings
from collections.abc import Sequence

import tinytorch as torch
from tinytorch.vision.transforms import sizes
from tinytorch.vision.transforms.dimensions import BY_NUMBER, InterpolationMode, get_dimensions

TWO_SIZES = "Please provide only two dimensions (h, w) for size."


def two_sizes(size, message: str = TWO_SIZES):
    """(height, width) of one number or two; a ValueError with the message for more."""
    if isinstance(size, numbers.Number):
        return int(size), int(size)
    if isinstance(size, Sequence) and len(size) == 1:
        return size[0], size[0]
    if len(size) != 2:
        raise ValueError(message)
    return size


def by_name(interpolation) -> InterpolationMode:
    """A mode, also of Pillow's number."""
    return BY_NUMBER[interpolation] if isinstance(interpolation, int) else interpolation


def drawn(low: float, high: float) -> float:
    """A number drawn evenly between two."""
    return torch.empty(1).uniform_(float(low), float(high)).item()


def drawn_below(end: int, start: int = 0) -> int:
    """A whole number drawn below `end`."""
    return int(torch.randint(start, end, size=(1,)).item())


class Resize(torch.nn.Module):
    """An image of another size; see `functional.resize`."""

    def __init__(
        self, size, interpolation=InterpolationMode.BILINEAR, max_size: int | None = None, antialias: bool = True
    ):
        super().__init__()
        if not isinstance(size, (int, Sequence)):
            raise TypeError(f"Size should be int or sequence. Got {type(size)}")
        if isinstance(size, Sequence) and len(size) not in (1, 2):
            raise ValueError("If size is a sequence, it should have 1 or 2 values")
        self.size = size
        self.max_size = max_size
        self.interpolation = by_name(interpolation)
        self.antialias = antialias

    def forward(self, img):
        return sizes.resize(img, self.size, self.interpolation, self.max_size, self.antialias)

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__}(size={self.size}, interpolation={self.interpolation.value}, "
            f"max_size={self.max_size}, antialias={self.antialias})"
        )


class CenterCrop(torch.nn.Module):
    """The middle of an image, which is padded with 0 where it is smaller."""

    def __init__(self, size):
        super().__init__()
        self.size = two_sizes(size)

    def forward(self, img):
        return sizes.center_crop(img, self.size)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(size={self.size})"


class Pad(torch.nn.Module):
    """An image with a border; see `functional.pad`."""

    def __init__(self, padding, fill=0, padding_mode: str = "constant"):
        super().__init__()
        if not isinstance(padding, (numbers.Number, tuple, list)):
            raise TypeError("Got inappropriate padding arg")
        if not isinstance(fill, (numbers.Number, tuple, list)):
            raise TypeError("Got inappropriate fill arg")
        if padding_mode not in sizes.PADDINGS:
            raise ValueError("Padding mode should be either constant, edge, reflect or symmetric")
        if isinstance(padding, Sequence) and len(padding) not in (1, 2, 4):
            raise ValueError(
                f"Padding must be an int or a 1, 2, or 4 element tuple, not a {len(padding)} element tuple"
            )
        self.padding = padding
        self.fill = fill
        self.padding_mode = padding_mode

    def forward(self, img):
        return sizes.pad(img, self.padding, self.fill, self.padding_mode)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(padding={self.padding}, fill={self.fill}, padding_mode={self.padding_mode})"


class RandomCrop(torch.nn.Module):
    """A rectangle of an image, anywhere in it, which may be padded before."""

    def __init__(self, size, padding=None, pad_if_needed: bool = False, fill=0, padding_mode: str = "constant"):
        super().__init__()
        self.size = tuple(two_sizes(size))
        self.padding = padding
        self.pad_if_needed = pad_if_needed
        self.fill = fill
        self.padding_mode = padding_mode

    @staticmethod
    def get_params(img, output_size: tuple[int, int]) -> tuple[int, int, int, int]:
        """Row, column, height and width of a rectangle; a ValueError if it is larger than the image."""
        _, all_rows, all_columns = get_dimensions(img)
        height, width = output_size
        if all_rows < height or all_columns < width:
            raise ValueError(
                f"Required crop size {(height, width)} is larger than input image size {(all_rows, all_columns)}"
            )
        if (all_rows, all_columns) == (height, width):
            return 0, 0, height, width
        return drawn_below(all_rows - height + 1), drawn_below(all_columns - width + 1), height, width

    def forward(self, img):
        if self.padding is not None:
            img = sizes.pad(img, self.padding, self.fill, self.padding_mode)
        if self.pad_if_needed:
            _, height, width = get_dimensions(img)
            if width < self.size[1]:
                img = sizes.pad(img, [self.size[1] - width, 0], self.fill, self.padding_mode)
            if height < self.size[0]:
                img = sizes.pad(img, [0, self.size[0] - height], self.fill, self.padding_mode)
        return sizes.crop(img, *self.get_params(img, self.size))

    def __repr__(self) -> str:
        return f"{type(self).__name__}(size={self.size}, padding={self.padding})"


class RandomHorizontalFlip(torch.nn.Module):
    """An image with left and right exchanged, with a probability."""

    def __init__(self, p: float = 0.5):
        super().__init__()
        self.p = p

    def forward(self, img):
        return sizes.hflip(img) if torch.rand(1) < self.p else img

    def __repr__(self) -> str:
        return f"{type(self).__name__}(p={self.p})"


class RandomVerticalFlip(torch.nn.Module):
    """An image upside down, with a probability."""

    def __init__(self, p: float = 0.5):
        super().__init__()
        self.p = p

    def forward(self, img):
        return sizes.vflip(img) if torch.rand(1) < self.p else img

    def __repr__(self) -> str:
        return f"{type(self).__name__}(p={self.p})"


def check_ranges(scale, ratio) -> None:
    """Refuse what are no ranges, and warn of those that end before they begin."""
    for name, each in (("Scale", scale), ("Ratio", ratio)):
        if not isinstance(each, Sequence):
            raise TypeError(f"{name} should be a sequence")
    if scale[0] > scale[1] or ratio[0] > ratio[1]:
        warnings.warn("Scale and ratio should be of kind (min, max)", stacklevel=3)


def drawn_shape(area: int, scale, ratio) -> tuple[float, float]:
    """The sides of a rectangle with a part of the area, the first `ratio` times as long as the other."""
    part = area * drawn(*scale)
    ends = torch.log(torch.tensor(ratio)).tolist()
    proportion = torch.exp(torch.empty(1).uniform_(*ends)).item()
    return round(math.sqrt(part * proportion)), round(math.sqrt(part / proportion))


class RandomResizedCrop(torch.nn.Module):
    """A rectangle of an image, of a random size and proportion, resized."""

    def __init__(
        self,
        size,
        scale=(0.08, 1.0),
        ratio=(3.0 / 4.0, 4.0 / 3.0),
        interpolation=InterpolationMode.BILINEAR,
        antialias: bool | None = True,
    ):
        super().__init__()
        self.size = two_sizes(size)
        check_ranges(scale, ratio)
        self.interpolation = by_name(interpolation)
        self.antialias = antialias
        self.scale = scale
        self.ratio = ratio

    @staticmethod
    def get_params(img, scale, ratio) -> tuple[int, int, int, int]:
        """Row, column, height and width of a rectangle; after ten tries the middle, of a proportion that is allowed."""
        _, all_rows, all_columns = get_dimensions(img)
        for _ in range(10):
            width, height = drawn_shape(all_rows * all_columns, scale, ratio)
            if 0 < width <= all_columns and 0 < height <= all_rows:
                row = drawn_below(all_rows - height + 1)
                return row, drawn_below(all_columns - width + 1), height, width
        height, width, proportion = all_rows, all_columns, all_columns / all_rows
        if proportion < min(ratio):
            height = round(width / min(ratio))
        elif proportion > max(ratio):
            width = round(height * max(ratio))
        return (all_rows - height) // 2, (all_columns - width) // 2, height, width

    def forward(self, img):
        where = self.get_params(img, self.scale, self.ratio)
        return sizes.resized_crop(img, *where, self.size, self.interpolation, antialias=self.antialias)

    def __repr__(self) -> str:
        scale, ratio = [tuple([round(each, 4) for each in ends]) for ends in (self.scale, self.ratio)]
        return (
            f"{type(self).__name__}(size={self.size}, scale={scale}, ratio={ratio}, "
            f"interpolation={self.interpolation.value}, antialias={self.antialias})"
        )


class FiveCrop(torch.nn.Module):
    """The four corners and the middle of an image, a tuple."""

    def __init__(self, size):
        super().__init__()
        self.size = two_sizes(size)

    def forward(self, img):
        return sizes.five_crop(img, self.size)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(size={self.size})"


class TenCrop(torch.nn.Module):
    """`FiveCrop` of an image and of the mirrored image."""

    def __init__(self, size, vertical_flip: bool = False):
        super().__init__()
        self.size = two_sizes(size)
        self.vertical_flip = vertical_flip

    def forward(self, img):
        return sizes.ten_crop(img, self.size, self.vertical_flip)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(size={self.size}, vertical_flip={self.vertical_flip})"
