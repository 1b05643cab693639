"""How large images are: tensors (..., C, H, W) and Pillow's pictures; and the ways to read between their elements."""

from enum import Enum

import tinytorch as torch
from tinytorch.tensor import Tensor
from tinytorch.vision.backend import is_picture


class InterpolationMode(Enum):
    """Ways to read between the elements of an image; those after BICUBIC are for pictures only."""

    NEAREST = "nearest"
    NEAREST_EXACT = "nearest-exact"
    BILINEAR = "bilinear"
    BICUBIC = "bicubic"
    BOX = "box"
    HAMMING = "hamming"
    LANCZOS = "lanczos"


INTEGERS = (torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64)
PILLOW_MODES = {  # numbers of Pillow
    InterpolationMode.NEAREST: 0,
    InterpolationMode.LANCZOS: 1,
    InterpolationMode.BILINEAR: 2,
    InterpolationMode.BICUBIC: 3,
    InterpolationMode.BOX: 4,
    InterpolationMode.HAMMING: 5,
}
BY_NUMBER = {number: mode for mode, number in PILLOW_MODES.items()}
PILLOW_MODES[InterpolationMode.NEAREST_EXACT] = 0


def mode_of(interpolation) -> InterpolationMode:
    """The mode that was given, also as Pillow's number; a TypeError for anything else."""
    if isinstance(interpolation, int):
        return BY_NUMBER[interpolation]
    if not isinstance(interpolation, InterpolationMode):
        raise TypeError(
            "Argument interpolation should be a InterpolationMode or a corresponding Pillow integer constant"
        )
    return interpolation


def get_dimensions(img) -> list[int]:
    """Channels, height and width of an image."""
    if isinstance(img, Tensor):
        check_image(img)
        return [1 if img.ndim == 2 else img.shape[-3], *img.shape[-2:]]
    check_picture(img, "Unexpected type {}")
    width, height = img.size
    return [len(img.getbands()), height, width]


def get_image_size(img) -> list[int]:
    """Width and height of an image."""
    return get_dimensions(img)[:0:-1]


def get_image_num_channels(img) -> int:
    """How many channels an image has."""
    return get_dimensions(img)[0]


def check_image(img: Tensor) -> None:
    """Refuse a tensor that is no image."""
    if img.ndim < 2:
        raise TypeError("Tensor is not a torch image.")


def check_picture(img, message: str = "img should be PIL Image. Got {}") -> None:
    """Refuse what is no picture."""
    if not is_picture(img):
        raise TypeError(message.format(type(img)))


def check_channels(img: Tensor, permitted: list[int]) -> None:
    """Refuse a tensor with another number of channels."""
    check_image(img)
    if (channels := get_dimensions(img)[0]) not in permitted:
        raise TypeError(f"Input image tensor permitted channel values are {permitted}, but found {channels}")


def check_three_dimensions(img: Tensor) -> None:
    """Refuse a tensor without a dimension of channels."""
    check_image(img)
    if img.ndim < 3:
        raise TypeError(f"Input image tensor should have at least 3 dimensions, but found {img.ndim}")


def as_batch(img: Tensor, dtypes: tuple) -> Tensor:
    """An image as a batch (N, C, H, W) of one of the dtypes, the first of them if it is of none."""
    img = img.unsqueeze(0) if img.ndim < 4 else img
    return img if img.dtype in dtypes else img.to(dtypes[0])


def from_batch(img: Tensor, like: Tensor) -> Tensor:
    """What came of `as_batch` as another image was: its dtype, integers rounded, and its dimensions."""
    img = img.squeeze(0) if like.ndim < 4 else img
    if img.dtype == like.dtype:
        return img
    return (img.round() if like.dtype in INTEGERS else img).to(like.dtype)
