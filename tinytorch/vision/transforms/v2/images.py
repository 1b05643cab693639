"""The transforms of torchvision.transforms for samples, with the arguments and random numbers of torchvision's v2."""

from tinytorch.vision.backend import is_picture
from tinytorch.vision.transforms import coloured, converted, cropped, warped
from tinytorch.vision.transforms.cropped import drawn_below
from tinytorch.vision.transforms.dimensions import InterpolationMode, get_dimensions
from tinytorch.vision.transforms.v2.samples import OfImages


class Resize(OfImages, cropped.Resize):
    """Images of another size."""

    shown = ("size", "interpolation", "max_size", "antialias")
    as_lists = ("size",)


class CenterCrop(OfImages, cropped.CenterCrop):
    """The middle of images."""

    shown = ("size",)


class Pad(OfImages, cropped.Pad):
    """Images with a border."""

    shown = ("padding", "fill", "padding_mode")


class RandomCrop(OfImages, cropped.RandomCrop):
    """A rectangle of images, anywhere in them; only what can be elsewhere is drawn."""

    shown = ("size", "padding", "pad_if_needed", "fill", "padding_mode")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.padding is not None:
            sides = [self.padding] if isinstance(self.padding, int) else list(self.padding)
            self.padding = (sides * (4 // len(sides)))[:4]

    @staticmethod
    def get_params(img, output_size) -> tuple[int, int, int, int]:
        """Row, column, height and width of a rectangle."""
        _, all_rows, all_columns = get_dimensions(img)
        height, width = output_size
        if all_rows < height or all_columns < width:
            return cropped.RandomCrop.get_params(img, output_size)
        row = drawn_below(all_rows - height + 1) if all_rows > height else 0
        return row, drawn_below(all_columns - width + 1) if all_columns > width else 0, height, width


class RandomResizedCrop(OfImages, cropped.RandomResizedCrop):
    """A rectangle of images, of a random size and proportion, resized."""

    shown = ("size", "scale", "ratio", "interpolation", "antialias")


class RandomHorizontalFlip(OfImages, cropped.RandomHorizontalFlip):
    """Images with left and right exchanged, with a probability."""

    shown = ("p",)


class RandomVerticalFlip(OfImages, cropped.RandomVerticalFlip):
    """Images upside down, with a probability."""

    shown = ("p",)


class FiveCrop(OfImages, cropped.FiveCrop):
    """The four corners and the middle of images."""

    shown = ("size",)


class TenCrop(OfImages, cropped.TenCrop):
    """The corners and the middle of images and of the mirrored ones."""

    shown = ("size", "vertical_flip")


class RandomRotation(OfImages, warped.RandomRotation):
    """Images turned by an angle of a range."""

    shown = ("degrees", "interpolation", "expand", "center", "fill")


class RandomAffine(OfImages, warped.RandomAffine):
    """Images turned, moved, scaled and sheared."""

    shown = ("degrees", "translate", "scale", "shear", "interpolation", "fill", "center")


class RandomPerspective(OfImages, warped.RandomPerspective):
    """Images seen from elsewhere, with a probability."""

    shown = ("p", "distortion_scale", "interpolation", "fill")


class ElasticTransform(OfImages, warped.ElasticTransform):
    """Images as seen through water."""

    shown = ("alpha", "sigma", "interpolation", "fill")

    def __init__(self, alpha=50.0, sigma=5.0, interpolation=InterpolationMode.BILINEAR, fill=0):
        super().__init__(alpha, sigma, interpolation, fill)
        self.fill = fill


class ColorJitter(OfImages, coloured.ColorJitter):
    """Images of another brightness, contrast, saturation and hue."""

    shown = ("brightness", "contrast", "saturation", "hue")


class Grayscale(OfImages, coloured.Grayscale):
    """Images without colour."""

    shown = ("num_output_channels",)


class RandomGrayscale(OfImages, coloured.RandomGrayscale):
    """Images without colour, with a probability."""

    shown = ("p",)


class RandomErasing(OfImages, coloured.RandomErasing):
    """Tensors with a rectangle erased, with a probability."""

    shown = ("p", "scale", "ratio", "value", "inplace")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if isinstance(self.value, (int, float)):
            self.value = [float(self.value)]


class GaussianBlur(OfImages, coloured.GaussianBlur):
    """Blurred images."""

    shown = ("kernel_size", "sigma")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.sigma = [float(each) for each in self.sigma]


class RandomInvert(OfImages, coloured.RandomInvert):
    """White minus the images, with a probability."""

    shown = ("p",)


class RandomPosterize(OfImages, coloured.RandomPosterize):
    """Images of bytes of which the upper bits are kept, with a probability."""

    shown = ("p", "bits")


class RandomSolarize(OfImages, coloured.RandomSolarize):
    """Images that are inverted from the threshold on, with a probability."""

    shown = ("p", "threshold")


class RandomAdjustSharpness(OfImages, coloured.RandomAdjustSharpness):
    """Images with another sharpness, with a probability."""

    shown = ("p", "sharpness_factor")


class RandomAutocontrast(OfImages, coloured.RandomAutocontrast):
    """Images each of whose channels reaches from black to white, with a probability."""

    shown = ("p",)


class RandomEqualize(OfImages, coloured.RandomEqualize):
    """Images of bytes with all values equally often, with a probability."""

    shown = ("p",)


class Normalize(OfImages, converted.Normalize):
    """(tensor - mean) / std for each channel."""

    shown = ("mean", "std", "inplace")
    as_lists = ("mean", "std")

    def check_inputs(self, flat_inputs: list) -> None:
        if any(map(is_picture, flat_inputs)):
            raise TypeError(f"{type(self).__name__}() does not support PIL images.")


class LinearTransformation(OfImages, converted.LinearTransformation):
    """(tensor - mean) @ matrix, where the tensor is one row."""
