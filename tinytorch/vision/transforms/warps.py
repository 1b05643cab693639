"""Images turned, sheared, seen in perspective, and rippled: each element is read where a map says."""

import math
import numbers
import warnings

import tinytorch as torch
from tinytorch.tensor import Tensor
from tinytorch.vision.backend import is_picture, pillow
from tinytorch.vision.transforms.conversion import pil_to_tensor, to_pil_image
from tinytorch.vision.transforms.dimensions import (
    PILLOW_MODES,
    InterpolationMode,
    as_batch,
    check_image,
    check_picture,
    from_batch,
    get_dimensions,
    mode_of,
)
from tinytorch.vision.transforms.sizes import fill_for

BLUR_MESSAGE = "img should be PIL Image or Tensor. Got {}"


def rotate(
    img,
    angle: float,
    interpolation: InterpolationMode = InterpolationMode.NEAREST,
    expand: bool = False,
    center: list[int] | None = None,
    fill: list[float] | None = None,
):
    """An image turned by degrees, against the clock; with `expand` it grows so that nothing is cut off."""
    interpolation = mode_of(interpolation)
    check_angle(angle)
    check_center(center)
    if not isinstance(img, Tensor):
        check_picture(img)
        number = PILLOW_MODES[interpolation]
        return img.rotate(angle, number, expand, center, fillcolor=fill_for(img, fill))
    matrix = inverse_matrix(from_middle(img, center), -angle, [0.0, 0.0], 1.0, [0.0, 0.0])
    check_warp(img, interpolation.value, fill)
    width, height = img.shape[-1], img.shape[-2]
    size = size_around(matrix, width, height) if expand else (width, height)
    return read_at(img, affine_grid(img, matrix, size), interpolation.value, fill)


def affine(
    img,
    angle: float,
    translate: list[int],
    scale: float,
    shear: list[float],
    interpolation: InterpolationMode = InterpolationMode.NEAREST,
    fill: list[float] | None = None,
    center: list[int] | None = None,
):
    """An image turned by degrees, moved, scaled and sheared by degrees, about its middle or a center."""
    interpolation = mode_of(interpolation)
    check_angle(angle)
    if not isinstance(translate, (list, tuple)):
        raise TypeError("Argument translate should be a sequence")
    if len(translate) != 2:
        raise ValueError("Argument translate should be a sequence of length 2")
    if scale <= 0.0:
        raise ValueError("Argument scale should be positive")
    if not isinstance(shear, (numbers.Number, list, tuple)):
        raise TypeError("Shear should be either a single value or a sequence of two values")
    shear = [shear, 0.0] if isinstance(shear, numbers.Number) else list(shear)
    shear = shear * 2 if len(shear) == 1 else shear
    if len(shear) != 2:
        raise ValueError(f"Shear should be a sequence containing two values. Got {shear}")
    check_center(center)
    if not isinstance(img, Tensor):
        _, height, width = get_dimensions(img)
        center = [width * 0.5, height * 0.5] if center is None else center
        matrix = inverse_matrix(center, angle, translate, scale, shear)
        number, fill = PILLOW_MODES[interpolation], fill_for(img, fill)
        return img.transform(img.size, pillow().AFFINE, matrix, number, fillcolor=fill)
    matrix = inverse_matrix(from_middle(img, center), angle, [1.0 * each for each in translate], scale, shear)
    check_warp(img, interpolation.value, fill)
    return read_at(img, affine_grid(img, matrix, (img.shape[-1], img.shape[-2])), interpolation.value, fill)


def perspective(
    img,
    startpoints: list[list[int]],
    endpoints: list[list[int]],
    interpolation: InterpolationMode = InterpolationMode.BILINEAR,
    fill: list[float] | None = None,
):
    """An image whose four points (x, y) come to stand at four others."""
    coefficients = perspective_coefficients(startpoints, endpoints)
    interpolation = mode_of(interpolation)
    if not isinstance(img, Tensor):
        check_picture(img)
        number, fill = PILLOW_MODES[interpolation], fill_for(img, fill)
        return img.transform(img.size, pillow().PERSPECTIVE, coefficients, number, fillcolor=fill)
    check_warp(img, interpolation.value, fill)
    return read_at(img, perspective_grid(img, coefficients), interpolation.value, fill)


def elastic_transform(
    img,
    displacement: Tensor,
    interpolation: InterpolationMode = InterpolationMode.BILINEAR,
    fill: list[float] | None = None,
):
    """An image whose elements are read elsewhere, by a displacement (1, H, W, 2) in units of half its size."""
    if isinstance(interpolation, int):
        warnings.warn(
            "Argument interpolation should be of type InterpolationMode instead of int. "
            "Please, use InterpolationMode enum.",
            stacklevel=2,
        )
        interpolation = mode_of(interpolation)
    if not isinstance(displacement, Tensor):
        raise TypeError("Argument displacement should be a Tensor")
    tensor = img
    if not isinstance(img, Tensor):
        check_picture(img, BLUR_MESSAGE)
        tensor = pil_to_tensor(img)
    shape = (1, *tensor.shape[-2:], 2)
    if shape != displacement.shape:
        raise ValueError(f"Argument displacement shape should be {shape}, but given {displacement.shape}")
    spaces = [torch.linspace((-size + 1) / size, (size - 1) / size, size) for size in tensor.shape[-2:]]
    rows, columns = torch.meshgrid(spaces, indexing="ij")
    grid = torch.stack([columns, rows], -1).unsqueeze(0).to(tensor.device) + displacement.to(tensor.device)
    result = read_at(tensor, grid, interpolation.value, fill)
    return to_pil_image(result, mode=img.mode) if is_picture(img) else result


def check_angle(angle) -> None:
    """Refuse an angle that is no number."""
    if not isinstance(angle, (int, float)):
        raise TypeError("Argument angle should be int or float")


def check_center(center) -> None:
    """Refuse a center that is no list."""
    if center is not None and not isinstance(center, (list, tuple)):
        raise TypeError("Argument center should be a sequence")


def from_middle(img: Tensor, center) -> list[float]:
    """A center, (x, y) from the upper left corner, as seen from the middle of an image."""
    if center is None:
        return [0.0, 0.0]
    return [1.0 * (each - size * 0.5) for each, size in zip(center, (img.shape[-1], img.shape[-2]), strict=True)]


def inverse_matrix(center, angle, translate, scale, shear) -> list[float]:
    """The map from places of the result to those of the image, two rows of three numbers one after the other.

    The image's map is T * C * R * S * C^-1: to the center, scaled and sheared, turned, back, and moved.
    """
    turn, shear_x, shear_y = math.radians(angle), math.radians(shear[0]), math.radians(shear[1])
    a = math.cos(turn - shear_y) / math.cos(shear_y)
    b = -math.cos(turn - shear_y) * math.tan(shear_x) / math.cos(shear_y) - math.sin(turn)
    c = math.sin(turn - shear_y) / math.cos(shear_y)
    d = -math.sin(turn - shear_y) * math.tan(shear_x) / math.cos(shear_y) + math.cos(turn)
    (x, y), (right, down) = center, translate
    first, second = [d / scale, -b / scale], [-c / scale, a / scale]  # det(R * S) = 1
    return [
        *first, first[0] * (-x - right) + first[1] * (-y - down) + x,
        *second, second[0] * (-x - right) + second[1] * (-y - down) + y,
    ]  # fmt: skip


def perspective_coefficients(startpoints, endpoints) -> list[float]:
    """The eight numbers of the map from endpoints to startpoints; a ValueError unless there are four of each."""
    if len(startpoints) != 4 or len(endpoints) != 4:
        raise ValueError(
            f"Please provide exactly four corners, got {len(startpoints)} startpoints and {len(endpoints)} endpoints."
        )
    rows = []
    for (x, y), (u, v) in zip(endpoints, startpoints, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
    matrix = torch.stack([torch.tensor(row).to(torch.float64) for row in rows])
    wanted = torch.tensor(startpoints, dtype=torch.float64).view(8)
    return torch.linalg.lstsq(matrix, wanted, driver="gels").solution.to(torch.float32).tolist()


def check_warp(img: Tensor, mode: str, fill) -> None:
    """Refuse what cannot be read through a map."""
    check_image(img)
    if fill is not None and not isinstance(fill, (int, float, tuple, list)):
        warnings.warn("Argument fill should be either int, float, tuple or list", stacklevel=3)
    channels = get_dimensions(img)[0]
    if isinstance(fill, (tuple, list)) and len(fill) > 1 and len(fill) != channels:
        raise ValueError(
            "The number of elements in 'fill' cannot broadcast to match the number of channels of the image "
            f"({len(fill)} != {channels})"
        )
    if mode not in ("nearest", "bilinear"):
        raise ValueError(f"Interpolation mode '{mode}' is unsupported with Tensor input")


def places(img: Tensor, starts, size, dtype) -> Tensor:
    """(x, y, 1) of each element of a result of a size (width, height), whose first is at `starts`: (1, H, W, 3)."""
    width, height = size
    base = torch.empty(1, height, width, 3, dtype=dtype, device=img.device)
    x, y = [
        torch.linspace(start, start + each - 1, steps=each, device=img.device)
        for start, each in zip(starts, size, strict=True)
    ]
    base[..., 0].copy_(x)
    base[..., 1].copy_(y.unsqueeze(-1))
    base[..., 2].fill_(1)
    return base


def dtype_of(img: Tensor):
    """The dtype of places in an image."""
    return img.dtype if img.is_floating_point() else torch.float32


def affine_grid(img: Tensor, matrix: list[float], size) -> Tensor:
    """The grid by which `grid_sample` reads, for a result of a size (width, height)."""
    width, height = size
    place = {"dtype": dtype_of(img), "device": img.device}
    theta = torch.tensor(matrix, **place).reshape(1, 2, 3)
    base = places(img, (-width * 0.5 + 0.5, -height * 0.5 + 0.5), size, place["dtype"])
    scaled = theta.transpose(1, 2) / torch.tensor([0.5 * img.shape[-1], 0.5 * img.shape[-2]], **place)
    return base.view(1, height * width, 3).bmm(scaled).view(1, height, width, 2)


def perspective_grid(img: Tensor, coefficients: list[float]) -> Tensor:
    """The grid by which `grid_sample` reads for a map that keeps lines straight."""
    height, width = img.shape[-2:]
    place = {"dtype": dtype_of(img), "device": img.device}
    above = torch.tensor([[coefficients[:3], coefficients[3:6]]], **place)
    below = torch.tensor([[[*coefficients[6:], 1.0]] * 2], **place)
    base = places(img, (0.5, 0.5), (width, height), place["dtype"]).view(1, height * width, 3)
    scaled = above.transpose(1, 2) / torch.tensor([0.5 * width, 0.5 * height], **place)
    grid = base.bmm(scaled) / base.bmm(below.transpose(1, 2)) - 1.0
    return grid.view(1, height, width, 2)


def size_around(matrix: list[float], width: int, height: int) -> tuple[int, int]:
    """Width and height of what holds all of a turned image."""
    half = torch.tensor([width * 0.5, height * 0.5])
    corners = torch.tensor([[-0.5 * width, -0.5 * height, 1.0], [-0.5 * width, 0.5 * height, 1.0],
                            [0.5 * width, 0.5 * height, 1.0], [0.5 * width, -0.5 * height, 1.0]])  # fmt: skip
    turned = torch.matmul(corners, torch.tensor(matrix, dtype=torch.float32).view(2, 3).T)
    low, high = turned.min(dim=0).values + half, turned.max(dim=0).values + half
    almost = 1e-4  # what is so little above a whole number is that number
    size = torch.ceil((high / almost).trunc() * almost) - torch.floor((low / almost).trunc() * almost)
    return int(size[0]), int(size[1])


def read_at(img: Tensor, grid: Tensor, mode: str, fill) -> Tensor:
    """An image read at the places of a grid (1, H, W, 2); outside it is `fill`, or 0."""
    batch = as_batch(img, (grid.dtype,))
    if batch.shape[0] > 1:
        grid = grid.expand(batch.shape[0], *grid.shape[1:])
    if fill is not None:  # one more channel shows how much of an element lies inside
        inside = torch.ones((batch.shape[0], 1, *batch.shape[2:]), dtype=batch.dtype, device=batch.device)
        batch = torch.cat((batch, inside), dim=1)
    batch = torch.nn.functional.grid_sample(batch, grid, mode=mode, padding_mode="zeros", align_corners=False)
    if fill is not None:
        batch, inside = batch[:, :-1], batch[:, -1:].expand_as(batch[:, :-1])
        colours = torch.tensor(fill if isinstance(fill, (tuple, list)) else [float(fill)], dtype=batch.dtype)
        colours = colours.to(batch.device).view(1, -1, 1, 1).expand_as(batch)
        if mode == "nearest":
            batch = torch.where(inside < 0.5, colours, batch)
        else:
            batch = batch * inside + (1.0 - inside) * colours
    return from_batch(batch, img)
