"""Images in other colours and tones: brighter, greyer, sharper, inverted, blurred, or erased in part."""

import tinytorch as torch
from tinytorch.tensor import Tensor
from tinytorch.vision.backend import is_picture, pillow
from tinytorch.vision.transforms.conversion import convert_image_dtype, largest, pil_to_tensor, to_pil_image
from tinytorch.vision.transforms.dimensions import (
    as_batch,
    check_channels,
    check_image,
    check_picture,
    check_three_dimensions,
    from_batch,
    get_dimensions,
)


def enhanced(kind: str, img, factor: float):
    """A picture between one without colour, contrast ... and itself, or beyond."""
    check_picture(img)
    return getattr(pillow("ImageEnhance"), kind)(img).enhance(factor)


def check_factor(name: str, factor: float) -> None:
    """Refuse a factor below 0."""
    if factor < 0:
        raise ValueError(f"{name} ({factor}) is not non-negative.")


def blend(img: Tensor, other: Tensor, ratio: float) -> Tensor:
    """ratio * img + (1 - ratio) * other, within the values of an image."""
    ratio = float(ratio)
    return (ratio * img + (1.0 - ratio) * other).clamp(0, largest(img.dtype)).to(img.dtype)


def float_dtype(img: Tensor):
    """The dtype in which an image is computed with."""
    return img.dtype if img.is_floating_point() else torch.float32


def adjust_brightness(img, brightness_factor: float):
    """An image that is black for the factor 0, itself for 1, and twice as bright for 2."""
    if not isinstance(img, Tensor):
        return enhanced("Brightness", img, brightness_factor)
    check_factor("brightness_factor", brightness_factor)
    check_channels(img, [1, 3])
    return blend(img, torch.zeros_like(img), brightness_factor)


def adjust_contrast(img, contrast_factor: float):
    """An image that is grey for the factor 0, itself for 1, and of twice the contrast for 2."""
    if not isinstance(img, Tensor):
        return enhanced("Contrast", img, contrast_factor)
    check_factor("contrast_factor", contrast_factor)
    check_channels(img, [3, 1])
    grey = rgb_to_grayscale(img) if get_dimensions(img)[0] == 3 else img
    mean = torch.mean(grey.to(float_dtype(img)), dim=(-3, -2, -1), keepdim=True)
    return blend(img, mean, contrast_factor)


def adjust_saturation(img, saturation_factor: float):
    """An image that is without colour for the factor 0, itself for 1, and twice as colourful for 2."""
    if not isinstance(img, Tensor):
        return enhanced("Color", img, saturation_factor)
    check_factor("saturation_factor", saturation_factor)
    check_channels(img, [1, 3])
    return img if get_dimensions(img)[0] == 1 else blend(img, rgb_to_grayscale(img), saturation_factor)


def adjust_hue(img, hue_factor: float):
    """An image whose hues are turned by a part of the circle, from -0.5 to 0.5."""
    if not -0.5 <= hue_factor <= 0.5:
        raise ValueError(f"hue_factor ({hue_factor}) is not in [-0.5, 0.5].")
    if not isinstance(img, Tensor):
        return turned_picture(img, hue_factor)
    check_channels(img, [1, 3])
    if get_dimensions(img)[0] == 1:
        return img
    hue, saturation, value = rgb_to_hsv(convert_image_dtype(img, torch.float32))
    return convert_image_dtype(hsv_to_rgb((hue + hue_factor) % 1.0, saturation, value), img.dtype)


def turned_picture(img, hue_factor: float):
    """A picture whose hues are turned."""
    check_picture(img)
    if img.mode in ("L", "1", "I", "F"):
        return img
    hue, saturation, value = img.convert("HSV").split()
    turn = int(hue_factor * 255)
    hue = hue.point([(each + turn) % 256 for each in range(256)])
    return pillow().merge("HSV", (hue, saturation, value)).convert(img.mode)


def rgb_to_hsv(img: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Hue, saturation and value, all from 0 to 1, of an image of floats (..., 3, H, W)."""
    red, green, blue = img.unbind(dim=-3)
    high, low = torch.max(img, dim=-3).values, torch.min(img, dim=-3).values
    grey, ones = high == low, torch.ones_like(high)
    saturation = (high - low) / torch.where(grey, ones, high)
    width = torch.where(grey, ones, high - low)
    red_part, green_part, blue_part = [(high - each) / width for each in (red, green, blue)]
    hue = (
        (high == red) * (blue_part - green_part)
        + ((high == green) & (high != red)) * (2.0 + red_part - blue_part)
        + ((high != green) & (high != red)) * (4.0 + green_part - red_part)
    )
    return torch.fmod(hue / 6.0 + 1.0, 1.0), saturation, high


def hsv_to_rgb(hue: Tensor, saturation: Tensor, value: Tensor) -> Tensor:
    """The image (..., 3, H, W) of hue, saturation and value."""
    sixth = torch.floor(hue * 6.0)
    rest = hue * 6.0 - sixth
    sixth = sixth.to(torch.int32) % 6
    low = torch.clamp(value * (1.0 - saturation), 0.0, 1.0)
    falling = torch.clamp(value * (1.0 - saturation * rest), 0.0, 1.0)
    rising = torch.clamp(value * (1.0 - saturation * (1.0 - rest)), 0.0, 1.0)
    here = sixth.unsqueeze(-3) == torch.arange(6, device=hue.device).view(-1, 1, 1)
    channels = [
        (value, falling, low, low, rising, value),
        (rising, value, value, falling, low, low),
        (low, low, rising, value, value, falling),
    ]
    each = torch.stack([torch.stack(channel, dim=-3) for channel in channels], dim=-4)
    return torch.einsum("...ijk, ...xijk -> ...xjk", here.to(hue.dtype), each)


def adjust_gamma(img, gamma: float, gain: float = 1):
    """gain * img ** gamma, where white is 1."""
    if isinstance(img, Tensor):
        check_channels(img, [1, 3])
    else:
        check_picture(img)
    if gamma < 0:
        raise ValueError("Gamma should be a non-negative real number")
    if isinstance(img, Tensor):
        values = img if img.is_floating_point() else convert_image_dtype(img, torch.float32)
        return convert_image_dtype((gain * values.pow(gamma)).clamp(0, 1), img.dtype)
    table = [int((255 + 1 - 1e-3) * gain * pow(each / 255.0, gamma)) for each in range(256)] * 3
    return img.convert("RGB").point(table).convert(img.mode)


def rgb_to_grayscale(img, num_output_channels: int = 1):
    """An image without colour, of one channel or three."""
    if not isinstance(img, Tensor):
        check_picture(img)
        if num_output_channels not in (1, 3):
            raise ValueError("num_output_channels should be either 1 or 3")
        grey = img.convert("L")
        return grey if num_output_channels == 1 else pillow().merge("RGB", (grey, grey, grey))
    if img.ndim < 3:
        raise TypeError(f"Input image tensor should have at least 3 dimensions, but found {img.ndim}")
    check_channels(img, [1, 3])
    if num_output_channels not in (1, 3):
        raise ValueError("num_output_channels should be either 1 or 3")
    if img.shape[-3] == 3:
        red, green, blue = img.unbind(dim=-3)
        grey = (0.2989 * red + 0.587 * green + 0.114 * blue).to(img.dtype).unsqueeze(-3)
    else:
        grey = img.clone()
    return grey.expand(img.shape) if num_output_channels == 3 else grey


def to_grayscale(img, num_output_channels: int = 1):
    """A picture without colour, of one channel or three; a TypeError for a tensor."""
    if not is_picture(img):
        raise TypeError("Input should be PIL Image")
    return rgb_to_grayscale(img, num_output_channels)


def invert(img):
    """White minus the image."""
    if not isinstance(img, Tensor):
        check_picture(img)
        return pillow("ImageOps").invert(img)
    check_three_dimensions(img)
    check_channels(img, [1, 3])
    return largest(img.dtype) - img


def check_bytes(img: Tensor) -> None:
    """Refuse a tensor of another dtype than uint8."""
    if img.dtype != torch.uint8:
        raise TypeError(f"Only torch.uint8 image tensors are supported, but found {img.dtype}")


def posterize(img, bits: int):
    """An image of bytes of which the upper bits are kept; a ValueError unless they are 0 to 8."""
    if not 0 <= bits <= 8:
        raise ValueError(f"The number if bits should be between 0 and 8. Got {bits}")
    if not isinstance(img, Tensor):
        check_picture(img)
        return pillow("ImageOps").posterize(img, bits)
    check_three_dimensions(img)
    check_bytes(img)
    check_channels(img, [1, 3])
    return img & (256 - 2 ** (8 - bits))


def solarize(img, threshold: float):
    """An image that is inverted from the threshold on."""
    if not isinstance(img, Tensor):
        check_picture(img)
        return pillow("ImageOps").solarize(img, threshold)
    check_three_dimensions(img)
    check_channels(img, [1, 3])
    if threshold > largest(img.dtype):
        raise TypeError("Threshold should be less than bound of img.")
    return torch.where(img >= threshold, invert(img), img)


def adjust_sharpness(img, sharpness_factor: float):
    """An image that is blurred for the factor 0, itself for 1, and twice as sharp for 2."""
    if not isinstance(img, Tensor):
        return enhanced("Sharpness", img, sharpness_factor)
    check_factor("sharpness_factor", sharpness_factor)
    check_channels(img, [1, 3])
    if img.size(-1) <= 2 or img.size(-2) <= 2:
        return img
    kernel = torch.ones((3, 3), dtype=float_dtype(img), device=img.device)
    kernel[1, 1] = 5.0
    blurred = img.clone()  # the border stays
    blurred[..., 1:-1, 1:-1] = filtered(img, kernel / kernel.sum())
    return blend(img, blurred, sharpness_factor)


def filtered(img: Tensor, kernel: Tensor, sides: list[int] | None = None) -> Tensor:
    """Each channel of an image, with a border if `sides` are given, under a kernel."""
    batch = as_batch(img, (kernel.dtype,))
    batch = torch.nn.functional.pad(batch, sides, mode="reflect") if sides else batch
    channels = img.shape[-3]
    batch = torch.nn.functional.conv2d(batch, kernel.expand(channels, 1, *kernel.shape), groups=channels)
    return from_batch(batch, img)


def autocontrast(img):
    """An image each of whose channels reaches from black to white."""
    if not isinstance(img, Tensor):
        check_picture(img)
        return pillow("ImageOps").autocontrast(img)
    check_three_dimensions(img)
    check_channels(img, [1, 3])
    white, dtype = largest(img.dtype), float_dtype(img)
    low = img.amin(dim=(-2, -1), keepdim=True).to(dtype)
    high = img.amax(dim=(-2, -1), keepdim=True).to(dtype)
    scale = white / (high - low)
    flat = ~torch.isfinite(scale)
    low[flat], scale[flat] = 0, 1
    return ((img - low) * scale).clamp(0, white).to(img.dtype)


def equalize(img):
    """An image of bytes each of whose channels has all values equally often, as far as that goes."""
    if not isinstance(img, Tensor):
        check_picture(img)
        return pillow("ImageOps").equalize(img)
    check_image(img)
    if not 3 <= img.ndim <= 4:
        raise TypeError(f"Input image tensor should have 3 or 4 dimensions, but found {img.ndim}")
    check_bytes(img)
    check_channels(img, [1, 3])
    channels = [equalized(channel) for channel in img.reshape(-1, *img.shape[-2:])]
    return torch.stack(channels).reshape(img.shape)


def equalized(channel: Tensor) -> Tensor:
    """One channel (H, W) for `equalize`."""
    counts = torch.bincount(channel.reshape(-1), minlength=256)
    step = torch.div(counts[counts != 0][:-1].sum(), 255, rounding_mode="floor")
    if step == 0:
        return channel
    half = torch.div(step, 2, rounding_mode="floor")
    table = torch.div(torch.cumsum(counts, 0) + half, step, rounding_mode="floor")
    table = torch.nn.functional.pad(table, [1, 0])[:-1].clamp(0, 255)
    return table[channel.to(torch.int64)].to(torch.uint8)


def erase(img: Tensor, i: int, j: int, h: int, w: int, v: Tensor, inplace: bool = False) -> Tensor:
    """A tensor with a rectangle of height h and width w at row i and column j that shows v."""
    if not isinstance(img, Tensor):
        raise TypeError(f"img should be Tensor Image. Got {type(img)}")
    check_image(img)
    img = img if inplace else img.clone()
    img[..., i : i + h, j : j + w] = torch.as_tensor(v).to(img.device)
    return img


def gaussian_blur(img, kernel_size: list[int], sigma: list[float] | None = None):
    """An image blurred by a bell of a size (width, height), odd numbers; sigma is 0.15 * size + 0.35 if not given.

    A ValueError for sizes and sigmas that no bell has.
    """
    if not isinstance(kernel_size, (int, list, tuple)):
        raise TypeError(f"kernel_size should be int or a sequence of integers. Got {type(kernel_size)}")
    kernel_size = [kernel_size] * 2 if isinstance(kernel_size, int) else kernel_size
    if len(kernel_size) != 2:
        raise ValueError(f"If kernel_size is a sequence its length should be 2. Got {len(kernel_size)}")
    if any(size % 2 == 0 or size < 0 for size in kernel_size):
        raise ValueError(f"kernel_size should have odd and positive integers. Got {kernel_size}")
    sigma = [size * 0.15 + 0.35 for size in kernel_size] if sigma is None else sigma
    if not isinstance(sigma, (int, float, list, tuple)):
        raise TypeError(f"sigma should be either float or sequence of floats. Got {type(sigma)}")
    sigma = [float(sigma)] if isinstance(sigma, (int, float)) else list(sigma)
    sigma = sigma * 2 if len(sigma) == 1 else sigma
    if len(sigma) != 2:
        raise ValueError(f"If sigma is a sequence, its length should be 2. Got {len(sigma)}")
    if any(each <= 0.0 for each in sigma):
        raise ValueError(f"sigma should have positive values. Got {sigma}")
    tensor = img
    if not isinstance(img, Tensor):
        check_picture(img, "img should be PIL Image or Tensor. Got {}")
        tensor = pil_to_tensor(img)
    check_image(tensor)
    across, down = [bell(*each, tensor) for each in zip(kernel_size, sigma, strict=True)]
    sides = [kernel_size[0] // 2] * 2 + [kernel_size[1] // 2] * 2
    blurred = filtered(tensor, torch.mm(down[:, None], across[None, :]), sides)
    return to_pil_image(blurred, mode=img.mode) if is_picture(img) else blurred


def bell(size: int, sigma: float, img: Tensor) -> Tensor:
    """The values of a bell at whole places about its middle, whose sum is 1."""
    half = (size - 1) * 0.5
    places = torch.linspace(-half, half, steps=size, dtype=float_dtype(img), device=img.device)
    values = torch.exp(-0.5 * (places / sigma).pow(2))
    return values / values.sum()
