"""Many images as one, and as a file."""

import math

import tinytorch as torch
from tinytorch.tensor import Tensor
from tinytorch.vision.backend import pillow


@torch.no_grad()
def make_grid(
    tensor,
    nrow: int = 8,
    padding: int = 2,
    normalize: bool = False,
    value_range: tuple | None = None,
    scale_each: bool = False,
    pad_value: float = 0.0,
) -> Tensor:
    """Images (N, C, H, W), or a list of them, as one image of rows of `nrow`, with a border around each.

    `normalize` scales the values to 0 to 1, from `value_range` or from the least and largest, those of each image with
    `scale_each`. A TypeError for anything else than tensors.
    """
    if isinstance(tensor, list):
        for each in tensor:
            if not torch.is_tensor(each):
                raise TypeError(f"tensor or list of tensors expected, got a list containing {type(each)}")
        tensor = torch.stack(tensor, dim=0)
    elif not torch.is_tensor(tensor):
        raise TypeError(f"tensor or list of tensors expected, got {type(tensor)}")
    tensor = tensor.unsqueeze(0) if tensor.dim() == 2 else tensor
    tensor = tensor.unsqueeze(0) if tensor.dim() == 3 else tensor
    if tensor.dim() == 4 and tensor.size(1) == 1:
        tensor = torch.cat((tensor, tensor, tensor), 1)
    if normalize is True:
        tensor = tensor.clone()
        if value_range is not None and not isinstance(value_range, tuple):
            raise TypeError("value_range has to be a tuple (min, max) if specified. min and max are numbers")
        for part in tensor if scale_each is True else (tensor,):
            scale(part, value_range)
    count = tensor.size(0)
    if count == 1:
        return tensor.squeeze(0)
    columns = min(nrow, count)
    rows = math.ceil(count / columns)
    height, width = tensor.size(2) + padding, tensor.size(3) + padding
    grid = tensor.new_full((tensor.size(1), height * rows + padding, width * columns + padding), pad_value)
    for number, image in enumerate(tensor):
        top, left = number // columns * height + padding, number % columns * width + padding
        grid[:, top : top + height - padding, left : left + width - padding].copy_(image)
    return grid


def scale(image: Tensor, value_range: tuple | None) -> None:
    """Scale the values of an image to 0 to 1, in place."""
    low, high = (float(image.min()), float(image.max())) if value_range is None else value_range[:2]
    image.clamp_(min=low, max=high)
    image.sub_(low).div_(max(high - low, 1e-5))


@torch.no_grad()
def save_image(tensor, fp, format: str | None = None, **kwargs) -> None:
    """Write images as one to a file, whose name or `format` says which kind; `kwargs` are those of `make_grid`."""
    grid = make_grid(tensor, **kwargs)
    values = grid.mul(255).add_(0.5).clamp_(0, 255).permute(1, 2, 0).to("cpu", torch.uint8).numpy()
    pillow().fromarray(values).save(fp, format=format)
