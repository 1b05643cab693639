"""Transforms of samples between pictures, arrays and tensors, and of dtypes."""

import warnings

import tinytorch as torch
from tinytorch.tensor import Tensor
from tinytorch.vision.backend import is_array, is_picture
from tinytorch.vision.transforms import conversion
from tinytorch.vision.transforms.v2.samples import Transform, is_image, like, marked


def to_image(inpt) -> Tensor:
    """A picture, an array (H, W, C) or a tensor as a tensor (C, H, W) with the values that it has.

    Transforms of samples know it as an image, though torchvision's class `Image` is not there. A TypeError for anything
    else.
    """
    if is_array(inpt):
        tensor = torch.from_numpy(inpt)
        return marked((tensor.unsqueeze(-1) if tensor.ndim == 2 else tensor).permute(2, 0, 1))
    if is_picture(inpt):
        return marked(conversion.pil_to_tensor(inpt))
    if isinstance(inpt, Tensor):
        return marked(inpt)
    raise TypeError(f"Input can either be a pure Tensor, a numpy array, or a PIL image, but got {type(inpt)} instead.")


def to_dtype(inpt: Tensor, dtype=torch.float32, scale: bool = False) -> Tensor:
    """A tensor of another dtype; with `scale` its values are scaled as those of images are."""
    return like(inpt, conversion.convert_image_dtype(inpt, dtype) if scale else inpt.to(dtype))


class ToImage(Transform):
    """Pictures and arrays as tensors (C, H, W) with the values that they have."""

    _transformed_types = (Tensor, is_picture, is_array)

    def transform(self, inpt, params: dict) -> Tensor:
        return to_image(inpt)


class PILToTensor(Transform):
    """Pictures as tensors (C, H, W) with the values that they have."""

    _transformed_types = (is_picture,)

    def transform(self, inpt, params: dict) -> Tensor:
        return conversion.pil_to_tensor(inpt)


class ToPILImage(Transform):
    """Tensors (C, H, W) and arrays (H, W, C) as pictures."""

    _transformed_types = (Tensor, is_array)

    def __init__(self, mode: str | None = None) -> None:
        super().__init__()
        self.mode = mode

    def transform(self, inpt, params: dict):
        return conversion.to_pil_image(inpt, mode=self.mode)


class ToTensor(Transform):
    """Pictures and arrays as tensors of floats; deprecated."""

    _transformed_types = (is_picture, is_array)

    def __init__(self) -> None:
        warnings.warn(
            "The transform `ToTensor()` is deprecated and will be removed in a future release. Instead, please use "
            "`v2.Compose([v2.ToImage(), v2.ToDtype(torch.float32, scale=True)])`.Output is equivalent up to float "
            "precision.",
            stacklevel=2,
        )
        super().__init__()

    def transform(self, inpt, params: dict) -> Tensor:
        return conversion.to_tensor(inpt)


class ToPureTensor(Transform):
    """Images as plain tensors, which they are but for what the transforms know of them."""

    _transformed_types = (is_image,)

    def transform(self, inpt: Tensor, params: dict) -> Tensor:
        return inpt.view_as(inpt)


class ToDtype(Transform):
    """Tensors of another dtype; with `scale` their values are scaled as those of images are.

    `dtype` may also be a dictionary, by the class of the values, or "others". A ValueError for anything else.
    """

    _transformed_types = (Tensor,)

    def __init__(self, dtype, scale: bool = False) -> None:
        super().__init__()
        if not isinstance(dtype, (dict, torch.dtype)):
            raise ValueError(f"dtype must be a dict or a torch.dtype, got {type(dtype)} instead")
        self.dtype = dtype
        self.scale = scale

    def transform(self, inpt: Tensor, params: dict) -> Tensor:
        dtype = self.dtype
        if isinstance(dtype, dict):
            if type(inpt) not in dtype and "others" not in dtype:
                raise ValueError(f"No dtype was specified for type {type(inpt)}.")
            dtype = dtype.get(type(inpt), dtype.get("others"))
        if dtype is not None:
            return to_dtype(inpt, dtype, self.scale)
        if self.scale:
            warnings.warn(
                "scale was set to True but no dtype was specified for images or videos: no scaling will be done.",
                stacklevel=2,
            )
        return inpt


class ConvertImageDtype(Transform):
    """Tensors of another dtype, their values scaled."""

    _transformed_types = (Tensor,)

    def __init__(self, dtype=torch.float32) -> None:
        super().__init__()
        self.dtype = dtype

    def transform(self, inpt: Tensor, params: dict) -> Tensor:
        return to_dtype(inpt, self.dtype, scale=True)
