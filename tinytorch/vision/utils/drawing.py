"""Boxes, masks and points drawn into images."""

import warnings

import tinytorch as torch
from tinytorch.tensor import Tensor
from tinytorch.vision.backend import pillow
from tinytorch.vision.transforms.conversion import convert_image_dtype, pil_to_tensor, to_pil_image


def check_image(image, kinds: tuple, message: str, no_tensor: str) -> None:
    """Refuse what nothing can be drawn into."""
    if not isinstance(image, Tensor):
        raise TypeError(f"{no_tensor}, got {type(image)}")
    if not (image.dtype == torch.uint8 or image.is_floating_point()):
        raise ValueError(f"The image dtype must be uint8 or float, got {image.dtype}")
    if image.dim() != 3:
        raise ValueError("Pass individual images, not batches")
    if image.size(0) not in kinds:
        raise ValueError(message)


ONLY_RGB = "Pass an RGB image. Other Image formats are not supported"
NO_TENSOR = "The image must be a tensor"


@torch.no_grad()
def draw_bounding_boxes(
    image: Tensor,
    boxes: Tensor,
    labels: list[str] | None = None,
    colors=None,
    fill: bool | None = False,
    width: int = 1,
    font: str | None = None,
    font_size: int | None = None,
    label_colors=None,
    label_background_colors=None,
    fill_labels: bool = False,
) -> Tensor:
    """An image (C, H, W) of bytes or floats with boxes (N, 4) of corners drawn into it, and their labels.

    A colour is a name or three numbers, one for all boxes or one for each. A ValueError for what does not fit; turned
    boxes are a NotImplementedError.
    """
    check_image(image, (1, 3), "Only grayscale and RGB images are supported", "Tensor expected")
    if boxes.shape[-1] != 4:
        raise NotImplementedError("draw_bounding_boxes: turned boxes are not drawn")
    if (boxes[:, 0] > boxes[:, 2]).any() or (boxes[:, 1] > boxes[:, 3]).any():
        raise ValueError(
            "Boxes need to be in (xmin, ymin, xmax, ymax) format. Use torchvision.ops.box_convert to convert them"
        )
    count = boxes.shape[0]
    if count == 0:
        warnings.warn("boxes doesn't contain any box. No box was drawn", stacklevel=2)
        return image
    labels = [None] * count if labels is None else labels
    if len(labels) != count:
        raise ValueError(
            f"Number of boxes ({count}) and labels ({len(labels)}) mismatch. Please specify labels for each box."
        )
    colors = parsed_colors(colors, count)
    texts = parsed_colors(label_colors or "black", count) if label_colors or fill_labels else colors
    behind = parsed_colors(label_background_colors, count) if fill_labels and label_background_colors else colors
    if font is None:
        if font_size is not None:
            warnings.warn("Argument 'font_size' will be ignored since 'font' is not set.", stacklevel=2)
        letters = pillow("ImageFont").load_default()
    else:
        letters = pillow("ImageFont").truetype(font=font, size=font_size or 10)
    picture, draw = canvas(image, *["RGBA"] if fill else [])
    rows = zip(boxes.to(torch.int64).tolist(), colors, labels, texts, behind, strict=True)
    for box, color, label, text, back in rows:
        draw.rectangle(box, width=width, outline=color, fill=(*color, 100) if fill else None)
        if label is not None:
            place = box[0] + width + 1, box[1] + width + 1
            if fill_labels:
                left, top, right, bottom = draw.textbbox(place, label, font=letters)
                draw.rectangle((left - 1, top - 1, right + 1, bottom + 1), fill=back)
            draw.text(place, label, fill=text, font=letters)
    return convert_image_dtype(pil_to_tensor(picture), image.dtype)


def canvas(image: Tensor, *mode) -> tuple:
    """A picture of an image, and what draws into it."""
    image = torch.cat([image] * 3) if image.size(0) == 1 else image
    picture = to_pil_image(convert_image_dtype(image, torch.uint8))
    return picture, pillow("ImageDraw").Draw(picture, *mode)


def parsed_colors(colors, count: int) -> list[tuple]:
    """A colour of three numbers for each object; where none is given, as many different ones."""
    if colors is None:
        palette = [2**25 - 1, 2**15 - 1, 2**21 - 1]
        return [tuple([number * each % 255 for each in palette]) for number in range(count)]
    if isinstance(colors, list) and len(colors) < count:
        raise ValueError(
            f"Number of colors must be equal or larger than the number of objects, but got {len(colors)} < {count}."
        )
    if not isinstance(colors, (list, str, tuple)):
        raise ValueError(f"colors must be a tuple or a string, or a list thereof, but got {colors}.")
    if isinstance(colors, tuple) and len(colors) != 3:
        raise ValueError(f"If passed as tuple, colors should be an RGB triplet, but got {colors}.")
    colors = colors if isinstance(colors, list) else [colors] * count
    names = pillow("ImageColor")
    return [names.getrgb(each) if isinstance(each, str) else each for each in colors][:count]


@torch.no_grad()
def draw_segmentation_masks(image: Tensor, masks: Tensor, alpha: float = 0.8, colors=None) -> Tensor:
    """An image (3, H, W) of bytes or floats with masks (N, H, W) in colours over it, black where they overlap.

    `alpha` is how much the masks cover. A ValueError for what does not fit.
    """
    check_image(image, (3,), ONLY_RGB, NO_TENSOR)
    masks = masks[None, :, :] if masks.ndim == 2 else masks
    if masks.ndim != 3:
        raise ValueError("masks must be of shape (H, W) or (batch_size, H, W)")
    if masks.dtype != torch.bool:
        raise ValueError(f"The masks must be of dtype bool. Got {masks.dtype}")
    if masks.shape[-2:] != image.shape[-2:]:
        raise ValueError("The image and the masks must have the same height and width")
    if masks.size(0) == 0:
        warnings.warn("masks doesn't contain any mask. No mask was drawn", stacklevel=2)
        return image
    drawn = image.detach().clone()
    for mask, color in zip(masks, parsed_colors(colors, masks.size(0)), strict=True):
        values = torch.tensor(color)
        values = values / 255 if image.is_floating_point() else values
        drawn[:, mask] = values.to(image.dtype).to(image.device)[:, None]
    drawn[:, masks.sum(dim=0) > 1] = 0
    return (image * (1 - alpha) + drawn * alpha).to(image.dtype)
