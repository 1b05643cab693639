"""Transforms that change colours, erase and blur by what they draw, in torchvision's order."""

import numbers
from collections.abc import Sequence

import tinytorch as torch
from tinytorch.tensor import Tensor
from tinytorch.vision.transforms import colors
from tinytorch.vision.transforms.cropped import check_ranges, drawn, drawn_below, drawn_shape, two_sizes
from tinytorch.vision.transforms.dimensions import get_dimensions


class ColorJitter(torch.nn.Module):
    """Brightness, contrast, saturation and hue, each changed by a factor of its range, in a random order.

    A number is the width of a range about 1, for the hue about 0.
    """

    def __init__(self, brightness=0, contrast=0, saturation=0, hue=0) -> None:
        super().__init__()
        self.brightness = factors(brightness, "brightness")
        self.contrast = factors(contrast, "contrast")
        self.saturation = factors(saturation, "saturation")
        self.hue = factors(hue, "hue", center=0, bound=(-0.5, 0.5))

    @staticmethod
    def get_params(brightness, contrast, saturation, hue) -> tuple:
        """The order, and the factors, None where nothing changes."""
        order = torch.randperm(4)
        ranges = (brightness, contrast, saturation, hue)
        return order, *[None if ends is None else drawn(*ends) for ends in ranges]

    def forward(self, img):
        order, *drawn_factors = self.get_params(self.brightness, self.contrast, self.saturation, self.hue)
        for number in order.tolist():
            if drawn_factors[number] is not None:
                img = ADJUSTMENTS[number](img, drawn_factors[number])
        return img

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__}(brightness={self.brightness}, contrast={self.contrast}, "
            f"saturation={self.saturation}, hue={self.hue})"
        )


ADJUSTMENTS = (colors.adjust_brightness, colors.adjust_contrast, colors.adjust_saturation, colors.adjust_hue)


def factors(value, name: str, center: int = 1, bound: tuple = (0, float("inf"))) -> tuple | None:
    """The range of a factor, None if it holds the center only; a ValueError outside the bound."""
    if isinstance(value, numbers.Number):
        if value < 0:
            raise ValueError(f"If {name} is a single number, it must be non negative.")
        value = [center - float(value), center + float(value)]
        if center:
            value[0] = max(value[0], 0.0)
    elif isinstance(value, (tuple, list)) and len(value) == 2:
        value = [float(value[0]), float(value[1])]
    else:
        raise TypeError(f"{name} should be a single number or a list/tuple with length 2.")
    if not bound[0] <= value[0] <= value[1] <= bound[1]:
        raise ValueError(f"{name} values should be between {bound}, but got {value}.")
    return None if value[0] == value[1] == center else tuple(value)


class Grayscale(torch.nn.Module):
    """An image without colour, of one channel or three."""

    def __init__(self, num_output_channels: int = 1):
        super().__init__()
        self.num_output_channels = num_output_channels

    def forward(self, img):
        return colors.rgb_to_grayscale(img, num_output_channels=self.num_output_channels)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(num_output_channels={self.num_output_channels})"


class RandomGrayscale(torch.nn.Module):
    """An image without colour, of as many channels as before, with a probability."""

    def __init__(self, p: float = 0.1):
        super().__init__()
        self.p = p

    def forward(self, img):
        channels, _, _ = get_dimensions(img)
        return colors.rgb_to_grayscale(img, num_output_channels=channels) if torch.rand(1) < self.p else img

    def __repr__(self) -> str:
        return f"{type(self).__name__}(p={self.p})"


class Sometimes(torch.nn.Module):
    """What the following share: something is done to an image with a probability."""

    def __init__(self, p: float = 0.5):
        super().__init__()
        self.p = p

    def forward(self, img):
        return self.changed(img) if torch.rand(1).item() < self.p else img

    def changed(self, img):
        """The image that was chosen."""
        raise NotImplementedError

    def __repr__(self) -> str:
        return f"{type(self).__name__}(p={self.p})"


class RandomInvert(Sometimes):
    """White minus the image, with a probability."""

    def changed(self, img):
        return colors.invert(img)


class RandomPosterize(Sometimes):
    """An image of bytes of which the upper bits are kept, with a probability."""

    def __init__(self, bits: int, p: float = 0.5):
        super().__init__(p)
        self.bits = bits

    def changed(self, img):
        return colors.posterize(img, self.bits)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(bits={self.bits},p={self.p})"


class RandomSolarize(Sometimes):
    """An image that is inverted from the threshold on, with a probability."""

    def __init__(self, threshold: float, p: float = 0.5):
        super().__init__(p)
        self.threshold = threshold

    def changed(self, img):
        return colors.solarize(img, self.threshold)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(threshold={self.threshold},p={self.p})"


class RandomAdjustSharpness(Sometimes):
    """An image with another sharpness, with a probability."""

    def __init__(self, sharpness_factor: float, p: float = 0.5):
        super().__init__(p)
        self.sharpness_factor = sharpness_factor

    def changed(self, img):
        return colors.adjust_sharpness(img, self.sharpness_factor)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(sharpness_factor={self.sharpness_factor},p={self.p})"


class RandomAutocontrast(Sometimes):
    """An image each of whose channels reaches from black to white, with a probability."""

    def changed(self, img):
        return colors.autocontrast(img)


class RandomEqualize(Sometimes):
    """An image of bytes with all values equally often, with a probability."""

    def changed(self, img):
        return colors.equalize(img)


class RandomErasing(torch.nn.Module):
    """A tensor with a rectangle erased, with a probability (Zhong et al., 2017).

    `value` is a number, one for each channel, or "random". A ValueError for ranges that no rectangle has.
    """

    def __init__(self, p: float = 0.5, scale=(0.02, 0.33), ratio=(0.3, 3.3), value=0, inplace: bool = False):
        super().__init__()
        if not isinstance(value, (numbers.Number, str, tuple, list)):
            raise TypeError("Argument value should be either a number or str or a sequence")
        if isinstance(value, str) and value != "random":
            raise ValueError("If value is str, it should be 'random'")
        check_ranges(scale, ratio)
        if scale[0] < 0 or scale[1] > 1:
            raise ValueError("Scale should be between 0 and 1")
        if p < 0 or p > 1:
            raise ValueError("Random erasing probability should be between 0 and 1")
        self.p = p
        self.scale = scale
        self.ratio = ratio
        self.value = value
        self.inplace = inplace

    @staticmethod
    def get_params(img: Tensor, scale, ratio, value: list[float] | None = None) -> tuple:
        """Row, column, height, width and what is shown there; after ten tries the whole image as it is."""
        channels, all_rows, all_columns = img.shape[-3:]
        for _ in range(10):
            height, width = drawn_shape(all_rows * all_columns, scale, ratio)
            if height < all_rows and width < all_columns:
                if value is None:
                    shown = torch.empty([channels, height, width], dtype=torch.float32).normal_()
                else:
                    shown = torch.tensor(value)[:, None, None]
                row = drawn_below(all_rows - height + 1)
                return row, drawn_below(all_columns - width + 1), height, width, shown
        return 0, 0, all_rows, all_columns, img

    def forward(self, img: Tensor) -> Tensor:
        if not torch.rand(1) < self.p:
            return img
        value = self.value
        if isinstance(value, str):
            value = None
        else:
            value = [float(each) for each in (value if isinstance(value, (list, tuple)) else [value])]
            if len(value) not in (1, img.shape[-3]):
                raise ValueError(
                    f"If value is a sequence, it should have either a single value or {img.shape[-3]} "
                    "(number of input channels)"
                )
        where = self.get_params(img, scale=self.scale, ratio=self.ratio, value=value)
        return colors.erase(img, *where, self.inplace)

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__}(p={self.p}, scale={self.scale}, ratio={self.ratio}, value={self.value}, "
            f"inplace={self.inplace})"
        )


class GaussianBlur(torch.nn.Module):
    """An image blurred by a bell of a size, whose sigma is drawn from a range."""

    def __init__(self, kernel_size, sigma=(0.1, 2.0)):
        super().__init__()
        self.kernel_size = two_sizes(kernel_size, "Kernel size should be a tuple/list of two integers")
        if any(size <= 0 or size % 2 == 0 for size in self.kernel_size):
            raise ValueError("Kernel size value should be an odd and positive number.")
        if isinstance(sigma, numbers.Number):
            if sigma <= 0:
                raise ValueError("If sigma is a single number, it must be positive.")
            sigma = (sigma, sigma)
        elif not (isinstance(sigma, Sequence) and len(sigma) == 2):
            raise ValueError("sigma should be a single number or a list/tuple with length 2.")
        elif not 0.0 < sigma[0] <= sigma[1]:
            raise ValueError("sigma values should be positive and of the form (min, max).")
        self.sigma = sigma

    @staticmethod
    def get_params(sigma_min: float, sigma_max: float) -> float:
        """A sigma."""
        return drawn(sigma_min, sigma_max)

    def forward(self, img):
        sigma = self.get_params(*self.sigma)
        return colors.gaussian_blur(img, self.kernel_size, [sigma, sigma])

    def __repr__(self) -> str:
        return f"{type(self).__name__}(kernel_size={self.kernel_size}, sigma={self.sigma})"
