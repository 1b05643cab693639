"""Transforms between pictures and tensors, of dtypes, and of the values of all channels at once."""

import tinytorch as torch
from tinytorch.tensor import Tensor
from tinytorch.vision.transforms import conversion


class ToTensor:
    """A picture or array (H, W, C) as a tensor (C, H, W), bytes as floats from 0 to 1."""

    def __call__(self, pic) -> Tensor:
        return conversion.to_tensor(pic)

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"


class PILToTensor:
    """A picture as a tensor (C, H, W) with the values that it has."""

    def __call__(self, pic) -> Tensor:
        return conversion.pil_to_tensor(pic)

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"


class ToPILImage:
    """A tensor (C, H, W) or array (H, W, C) as a picture of a mode of Pillow."""

    def __init__(self, mode: str | None = None):
        self.mode = mode

    def __call__(self, pic):
        return conversion.to_pil_image(pic, self.mode)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({f'mode={self.mode}' if self.mode is not None else ''})"


class ConvertImageDtype(torch.nn.Module):
    """A tensor of another dtype, its values scaled."""

    def __init__(self, dtype) -> None:
        super().__init__()
        self.dtype = dtype

    def forward(self, image: Tensor) -> Tensor:
        return conversion.convert_image_dtype(image, self.dtype)


class Normalize(torch.nn.Module):
    """(tensor - mean) / std for each channel.

    >>> from tinytorch.vision import transforms
    >>> transforms.Normalize((0.5,), (0.25,))
    Normalize(mean=(0.5,), std=(0.25,))
    """

    def __init__(self, mean, std, inplace: bool = False):
        super().__init__()
        self.mean = mean
        self.std = std
        self.inplace = inplace

    def forward(self, tensor: Tensor) -> Tensor:
        return conversion.normalize(tensor, self.mean, self.std, self.inplace)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(mean={self.mean}, std={self.std})"


class LinearTransformation(torch.nn.Module):
    """(tensor - mean) @ matrix, where the tensor is one row; a ValueError for sizes that do not fit."""

    def __init__(self, transformation_matrix: Tensor, mean_vector: Tensor):
        super().__init__()
        matrix, mean = transformation_matrix, mean_vector
        if matrix.size(0) != matrix.size(1):
            raise ValueError(f"transformation_matrix should be square. Got {tuple(matrix.size())} rectangular matrix.")
        if mean.size(0) != matrix.size(0):
            raise ValueError(
                f"mean_vector should have the same length {mean.size(0)} as any one of the dimensions of the "
                f"transformation_matrix [{tuple(matrix.size())}]"
            )
        if matrix.device != mean.device:
            raise ValueError(f"Input tensors should be on the same device. Got {matrix.device} and {mean.device}")
        if matrix.dtype != mean.dtype:
            raise ValueError(f"Input tensors should have the same dtype. Got {matrix.dtype} and {mean.dtype}")
        self.transformation_matrix = matrix
        self.mean_vector = mean

    def forward(self, tensor: Tensor) -> Tensor:
        channels, height, width = tensor.shape[-3:]
        count = channels * height * width
        if count != self.transformation_matrix.shape[0]:
            raise ValueError(
                "Input tensor and transformation matrix have incompatible shape."
                f"[{channels} x {height} x {width}] != {self.transformation_matrix.shape[0]}"
            )
        if tensor.device.type != self.mean_vector.device.type:
            raise ValueError(
                "Input tensor should be on the same device as transformation matrix and mean vector. "
                f"Got {tensor.device} vs {self.mean_vector.device}"
            )
        rows = tensor.view(-1, count) - self.mean_vector
        return torch.mm(rows, self.transformation_matrix.to(rows.dtype)).view(tensor.shape)

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__}(transformation_matrix={self.transformation_matrix.tolist()}, "
            f"mean_vector={self.mean_vector.tolist()})"
        )
