"""Images of another size: padded, cut, resized; and mirrored."""

import numbers
import warnings

import tinytorch as torch
from tinytorch.devices import CPU
from tinytorch.tensor import Tensor
from tinytorch.vision.backend import array_of, pillow
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

PADDINGS = ("constant", "edge", "reflect", "symmetric")
FLOATS = (torch.float32, torch.float64)


def resize(
    img,
    size: list[int],
    interpolation: InterpolationMode = InterpolationMode.BILINEAR,
    max_size: int | None = None,
    antialias: bool | None = True,
):
    """An image of another size, (height, width), or whose shorter side has the length of the one number given.

    `max_size` bounds the longer side. Pictures are always antialiased, tensors in the modes BILINEAR and BICUBIC.
    A ValueError for sizes that do not go together.
    """
    interpolation = mode_of(interpolation)
    if isinstance(size, (list, tuple)):
        if len(size) not in (1, 2):
            raise ValueError(
                f"Size must be an int or a 1 or 2 element tuple/list, not a {len(size)} element tuple/list"
            )
        if max_size is not None and len(size) != 1:
            raise ValueError(
                "max_size should only be passed if size specifies the length of the smaller edge, "
                "i.e. size should be an int or a sequence of length 1 in torchscript mode."
            )
    before = get_dimensions(img)[1:]
    after = resized_to(before, [size] if isinstance(size, int) else size, max_size)
    if before == after:
        return img
    if not isinstance(img, Tensor):
        if antialias is False:
            warnings.warn(
                "Anti-alias option is always applied for PIL Image input. Argument antialias is ignored.",
                stacklevel=2,
            )
        check_picture(img)
        return img.resize((after[1], after[0]), PILLOW_MODES[interpolation])
    return resized(img, after, interpolation.value, bool(antialias))


def resized_to(before: list[int], size: list[int], max_size: int | None) -> list[int]:
    """The height and width that `resize` gives."""
    if len(size) == 2:
        return [size[0], size[1]]
    short, long = sorted(before)
    shorter, longer = size[0], int(size[0] * long / short)
    if max_size is not None:
        if max_size <= size[0]:
            raise ValueError(
                f"max_size = {max_size} must be strictly greater than the requested size for the smaller edge "
                f"size = {size}"
            )
        if longer > max_size:
            shorter, longer = int(max_size * shorter / longer), max_size
    return [longer, shorter] if before[1] <= before[0] else [shorter, longer]


def resized(img: Tensor, size: list[int], mode: str, antialias: bool) -> Tensor:
    """A tensor of another size."""
    smooth = mode in ("bilinear", "bicubic")
    batch = torch.nn.functional.interpolate(
        as_batch(img, FLOATS),
        size=size,
        mode=mode,
        align_corners=False if smooth else None,
        antialias=antialias and smooth,
    )
    if mode == "bicubic" and img.dtype == torch.uint8:
        batch = batch.clamp(0, 255)
    return from_batch(batch, img)


def pad(img, padding: list[int], fill: float = 0, padding_mode: str = "constant"):
    """An image with a border: of one width, (left and right, above and below), or (left, above, right, below).

    The modes are "constant", "edge", "reflect" and "symmetric", which repeats the outermost elements. A border below 0
    cuts. A TypeError or ValueError for what is none of these.
    """
    if isinstance(img, Tensor):
        check_image(img)
    else:
        check_picture(img)
    kinds = (int, float) if isinstance(img, Tensor) else (numbers.Number, tuple, list)
    fill = 0 if fill is None else fill
    if not isinstance(padding, (int, tuple, list)):
        raise TypeError("Got inappropriate padding arg")
    if not isinstance(fill, kinds):
        raise TypeError("Got inappropriate fill arg")
    if not isinstance(padding_mode, str):
        raise TypeError("Got inappropriate padding_mode arg")
    sides = [padding] if isinstance(padding, int) else list(padding)
    if len(sides) not in (1, 2, 4):
        raise ValueError(f"Padding must be an int or a 1, 2, or 4 element tuple, not a {len(sides)} element tuple")
    if padding_mode not in PADDINGS:
        raise ValueError("Padding mode should be either constant, edge, reflect or symmetric")
    sides = (sides * (4 // len(sides)))[:4]
    return (padded if isinstance(img, Tensor) else padded_picture)(img, sides, fill, padding_mode)


def padded(img: Tensor, sides: list[int], fill: float, mode: str) -> Tensor:
    """A tensor with a border."""
    left, above, right, below = sides
    if mode == "symmetric":
        return mirrored_around(img, sides)
    if mode == "constant":
        return torch.nn.functional.pad(img, [left, right, above, below], value=float(fill))
    mode = "replicate" if mode == "edge" else mode
    batch = torch.nn.functional.pad(as_batch(img, (torch.float32, torch.float64)), [left, right, above, below], mode)
    return (batch.squeeze(0) if img.ndim < 4 else batch).to(img.dtype)


def mirrored_around(img: Tensor, sides: list[int]) -> Tensor:
    """A tensor with a border that shows its own elements, the outermost ones first."""
    if img.ndim not in (3, 4):
        raise RuntimeError("Symmetric padding of N-D tensors are not supported yet")
    left, above, right, below = sides
    height, width = img.shape[-2:]
    img = img[..., max(-above, 0) : height - max(-below, 0), max(-left, 0) : width - max(-right, 0)]
    rows, columns = [
        torch.tensor([*range(max(before, 0) - 1, -1, -1), *range(size), *range(-1, -max(after, 0) - 1, -1)])
        for before, size, after in zip((above, left), img.shape[-2:], (below, right), strict=True)
    ]
    return img[..., rows.to(img.device)[:, None], columns.to(img.device)[None, :]]


def padded_picture(img, sides: list[int], fill, mode: str):
    """A picture with a border."""
    palette = img.getpalette() if img.mode == "P" else None
    if mode == "constant":
        img = pillow("ImageOps").expand(img, border=tuple(sides), fill=fill_for(img, fill))
    else:
        left, above, right, below = [max(-side, 0) for side in sides]
        if left or above or right or below:
            img = img.crop((left, above, img.width - right, img.height - below))
        left, above, right, below = [max(side, 0) for side in sides]
        values = array_of(img)
        widths = [(above, below), (left, right), (0, 0)][: values.ndim]
        img = pillow().fromarray(CPU.xp.pad(values, widths, mode))
    if palette is not None:
        img.putpalette(palette)
    return img


def fill_for(img, fill):
    """The colour of what a picture does not know: a number for each of its channels."""
    channels = len(img.getbands())
    fill = 0 if fill is None else fill
    if isinstance(fill, (int, float)) and channels > 1:
        fill = (fill,) * channels
    if isinstance(fill, (list, tuple)):
        if len(fill) not in (1, channels):
            raise ValueError(
                "The number of elements in 'fill' does not match the number of channels of the image "
                f"({len(fill)} != {channels})"
            )
        fill = tuple(fill) * (channels if len(fill) == 1 else 1)
    if img.mode == "F":
        return fill
    return tuple([int(each) for each in fill]) if isinstance(fill, tuple) else int(fill)


def crop(img, top: int, left: int, height: int, width: int):
    """A rectangle of an image; outside it is 0."""
    if not isinstance(img, Tensor):
        check_picture(img)
        return img.crop((left, top, left + width, top + height))
    check_image(img)
    right, bottom = left + width, top + height
    all_rows, all_columns = img.shape[-2:]
    if left >= 0 and top >= 0 and right <= all_columns and bottom <= all_rows:
        return img[..., top:bottom, left:right]
    outside = [
        max(-left + min(0, right), 0),
        max(-top + min(0, bottom), 0),
        max(right - max(all_columns, left), 0),
        max(bottom - max(all_rows, top), 0),
    ]
    return pad(img[..., max(top, 0) : bottom, max(left, 0) : right], outside, fill=0)


def both_sizes(size) -> list[int]:
    """(height, width) of what was given: one number for both, or two."""
    if isinstance(size, numbers.Number):
        return (int(size), int(size))
    return (size[0], size[0]) if isinstance(size, (tuple, list)) and len(size) == 1 else size


def center_crop(img, output_size: list[int]):
    """The middle of an image, which is padded with 0 where it is smaller."""
    height, width = both_sizes(output_size)
    _, before_height, before_width = get_dimensions(img)
    more_width, more_height = max(width - before_width, 0), max(height - before_height, 0)
    if more_width or more_height:
        sides = [more_width // 2, more_height // 2, (more_width + 1) // 2, (more_height + 1) // 2]
        img = pad(img, sides, fill=0)
        _, before_height, before_width = get_dimensions(img)
        if (height, width) == (before_height, before_width):
            return img
    top, left = round((before_height - height) / 2.0), round((before_width - width) / 2.0)
    return crop(img, top, left, height, width)


def resized_crop(
    img,
    top: int,
    left: int,
    height: int,
    width: int,
    size: list[int],
    interpolation: InterpolationMode = InterpolationMode.BILINEAR,
    antialias: bool | None = True,
):
    """A rectangle of an image, resized."""
    return resize(crop(img, top, left, height, width), size, interpolation, antialias=antialias)


def hflip(img):
    """An image with left and right exchanged."""
    if isinstance(img, Tensor):
        check_image(img)
        return img.flip(-1)
    check_picture(img)
    return img.transpose(pillow().FLIP_LEFT_RIGHT)


def vflip(img):
    """An image upside down."""
    if isinstance(img, Tensor):
        check_image(img)
        return img.flip(-2)
    check_picture(img)
    return img.transpose(pillow().FLIP_TOP_BOTTOM)


def five_crop(img, size: list[int]) -> tuple:
    """The four corners and the middle of an image; a ValueError if it is smaller than they."""
    size = both_sizes(size)
    if len(size) != 2:
        raise ValueError("Please provide only two dimensions (h, w) for size.")
    _, all_rows, all_columns = get_dimensions(img)
    height, width = size
    if width > all_columns or height > all_rows:
        raise ValueError(f"Requested crop size {size} is bigger than input size {(all_rows, all_columns)}")
    corners = [(top, left) for top in (0, all_rows - height) for left in (0, all_columns - width)]
    return *[crop(img, *corner, height, width) for corner in corners], center_crop(img, [height, width])


def ten_crop(img, size: list[int], vertical_flip: bool = False) -> tuple:
    """`five_crop` of an image and of the mirrored image."""
    return five_crop(img, size) + five_crop(vflip(img) if vertical_flip else hflip(img), size)
