"""Images as tensors, as Pillow's pictures, and of another dtype or scale."""

import sys

import tinytorch as torch
from tinytorch.devices import CPU
from tinytorch.tensor import Tensor
from tinytorch.vision.backend import array_of, is_array, is_picture, picture_of
from tinytorch.vision.transforms.dimensions import check_image, check_picture, get_image_num_channels

SHORT = "I;16" if sys.byteorder == "little" else "I;16B"
READ_AS = {"I": "int32", SHORT: "int16", "F": "float32"}  # all other modes as uint8
ONE_CHANNEL = {"uint8": "L", "int16": SHORT, "int32": "I", "float32": "F"}
SEVERAL = {2: ["LA"], 3: ["RGB", "YCbCr", "HSV"], 4: ["RGBA", "CMYK", "RGBX"]}  # the first is the usual one
LARGEST = {"uint8": 255, "int8": 127, "int16": 32767, "int32": 2147483647, "int64": 9223372036854775807}


def to_tensor(pic) -> Tensor:
    """A picture or an array (H, W, C) as a tensor (C, H, W); values of one byte become floats from 0 to 1.

    A TypeError for anything else, a ValueError for an array of another number of dimensions.
    """
    if not (is_picture(pic) or is_array(pic)):
        raise TypeError(f"pic should be PIL Image or ndarray. Got {type(pic)}")
    if is_array(pic):
        if pic.ndim not in (2, 3):
            raise ValueError(f"pic should be 2/3 dimensional. Got {pic.ndim} dimensions.")
        image = torch.from_numpy(pic.reshape(*pic.shape, 1) if pic.ndim == 2 else pic)
    else:
        image = torch.from_numpy(array_of(pic, READ_AS.get(pic.mode, "uint8")))
        image = 255 * image if pic.mode == "1" else image
        image = image.view(pic.size[1], pic.size[0], get_image_num_channels(pic))
    image = image.permute(2, 0, 1).contiguous()
    return image.to(torch.get_default_dtype()).div(255) if image.dtype == torch.uint8 else image


def pil_to_tensor(pic) -> Tensor:
    """A picture as a tensor (C, H, W) with the values that it has."""
    check_picture(pic, "pic should be PIL Image. Got {}")
    image = torch.from_numpy(array_of(pic))
    return image.view(pic.size[1], pic.size[0], get_image_num_channels(pic)).permute(2, 0, 1)


def to_pil_image(pic, mode: str | None = None):
    """A tensor (C, H, W) or an array (H, W, C) as a picture; floats from 0 to 1 become bytes.

    A TypeError or ValueError for what cannot be a picture, or not one of the mode.
    """
    if isinstance(pic, Tensor):
        pic = (pic.permute(1, 2, 0) if pic.ndim == 3 else pic).detach().cpu().numpy()
    elif not is_array(pic):
        raise TypeError(f"pic should be Tensor or ndarray. Got {type(pic)}.")
    pic = pic[:, :, None] if pic.ndim == 2 else pic
    if pic.ndim != 3:
        raise ValueError(f"pic should be 2/3 dimensional. Got {pic.ndim} dimensions.")
    channels = pic.shape[-1]
    if channels > 4:
        raise ValueError(f"pic should not have > 4 channels. Got {channels} channels.")
    if pic.dtype.kind == "f" and mode != "F":
        pic = (pic * 255).astype("uint8")
    kind = str(pic.dtype)
    if channels == 1:
        pic, expected = pic[:, :, 0], ONE_CHANNEL.get(kind)
        if mode is not None and mode != expected:
            raise ValueError(f"Incorrect mode ({mode}) supplied for input type {CPU.xp.dtype}. Should be {expected}")
        mode = expected
    else:
        if mode is not None and mode not in SEVERAL[channels]:
            raise ValueError(f"Only modes {SEVERAL[channels]} are supported for {channels}D inputs")
        mode = SEVERAL[channels][0] if mode is None and kind == "uint8" else mode
    if mode is None:
        raise TypeError(f"Input type {kind} is not supported")
    return picture_of(pic, mode)


def largest(dtype) -> int:
    """The value that is white in images of a dtype."""
    return LARGEST.get(str(dtype).removeprefix("torch."), 1)


def convert_image_dtype(image: Tensor, dtype=torch.float32) -> Tensor:
    """An image of another dtype, its values scaled: floats reach from 0 to 1, integers to the largest of them.

    A RuntimeError where the integers are too large for the floats.
    """
    if not isinstance(image, Tensor):
        raise TypeError("Input img should be Tensor Image")
    before = image.dtype
    if before == dtype:
        return image
    top = float(largest(dtype))
    if before.is_floating_point:
        if dtype.is_floating_point:
            return image.to(dtype)
        too_large = {torch.float32: (torch.int32, torch.int64), torch.float64: (torch.int64,)}
        if dtype in too_large.get(before, ()):
            raise RuntimeError(f"The cast from {before} to {dtype} cannot be performed safely.")
        return image.mul(top + 1.0 - 1e-3).to(dtype)  # a little less than 256 values, so that 1.0 stays inside
    white = float(largest(before))
    if dtype.is_floating_point:
        return image.to(dtype) / white
    if white > top:
        return torch.div(image, int((white + 1) // (top + 1)), rounding_mode="floor").to(dtype)
    return image.to(dtype) * int((top + 1) // (white + 1))


def normalize(tensor: Tensor, mean: list[float], std: list[float], inplace: bool = False) -> Tensor:
    """(tensor - mean) / std for each channel of an image (..., C, H, W) of floats; a ValueError where std is 0."""
    if not isinstance(tensor, Tensor):
        raise TypeError(f"img should be Tensor Image. Got {type(tensor)}")
    check_image(tensor)
    if not tensor.is_floating_point():
        raise TypeError(f"Input tensor should be a float tensor. Got {tensor.dtype}.")
    if tensor.ndim < 3:
        raise ValueError(
            f"Expected tensor to be a tensor image of size (..., C, H, W). Got tensor.size() = {tensor.size()}"
        )
    place = {"dtype": tensor.dtype, "device": tensor.device}
    mean, std = torch.as_tensor(mean, **place), torch.as_tensor(std, **place)
    if (std == 0).any():
        raise ValueError(f"std evaluated to zero after conversion to {tensor.dtype}, leading to division by zero.")
    mean, std = [each.view(-1, 1, 1) if each.ndim == 1 else each for each in (mean, std)]
    return (tensor if inplace else tensor.clone()).sub_(mean).div_(std)
