"""Image files and tensors of bytes (C, H, W), through Pillow."""

import io
from enum import Enum

import tinytorch as torch
from tinytorch.tensor import Tensor
from tinytorch.vision.backend import pillow
from tinytorch.vision.transforms.conversion import pil_to_tensor, to_pil_image


class ImageReadMode(Enum):
    """The channels that a reader gives."""

    UNCHANGED = 0
    GRAY = 1
    GRAY_ALPHA = 2
    RGB = 3
    RGB_ALPHA = 4
    RGBA = 4


PILLOW_MODES = {
    ImageReadMode.GRAY: "L",
    ImageReadMode.GRAY_ALPHA: "LA",
    ImageReadMode.RGB: "RGB",
    ImageReadMode.RGB_ALPHA: "RGBA",
}


def read_file(path) -> Tensor:
    """The bytes of a file."""
    with open(path, "rb") as file:
        data = file.read()
    return torch.frombuffer(bytearray(data), dtype=torch.uint8) if data else torch.empty(0, dtype=torch.uint8)


def write_file(filename, data: Tensor) -> None:
    """Write bytes to a file."""
    with open(filename, "wb") as file:
        file.write(data.numpy().tobytes())


def decode_image(input, mode: ImageReadMode = ImageReadMode.UNCHANGED, apply_exif_orientation: bool = False) -> Tensor:
    """The image of the bytes of a file, or of a path, with the channels of a mode.

    A RuntimeError for bytes that are no image.
    """
    data = input if isinstance(input, Tensor) else read_file(input)
    mode = ImageReadMode[mode.upper()] if isinstance(mode, str) else mode
    library = pillow()
    try:
        picture = library.open(io.BytesIO(data.numpy().tobytes()))
        picture.load()
    except library.UnidentifiedImageError as error:
        raise RuntimeError(f"the bytes are no image of a known kind: {error}") from error
    picture = pillow("ImageOps").exif_transpose(picture) if apply_exif_orientation else picture
    if mode in PILLOW_MODES:
        picture = picture.convert(PILLOW_MODES[mode])
    elif picture.mode in ("P", "1"):  # a table of colours, and single bits
        picture = picture.convert("RGB" if picture.mode == "P" else "L")
    return pil_to_tensor(picture).contiguous()


def read_image(path, mode: ImageReadMode = ImageReadMode.UNCHANGED, apply_exif_orientation: bool = False) -> Tensor:
    """The image of a file, with the channels of a mode."""
    return decode_image(read_file(path), mode, apply_exif_orientation)


def decode_png(input: Tensor, mode=ImageReadMode.UNCHANGED, apply_exif_orientation: bool = False) -> Tensor:
    """The image of the bytes of a PNG file."""
    return decode_image(input, mode, apply_exif_orientation)


def decode_jpeg(
    input, mode=ImageReadMode.UNCHANGED, device="cpu", apply_exif_orientation: bool = False
) -> Tensor | list[Tensor]:
    """The image of the bytes of a JPEG file, or those of a list, moved to a device."""
    if isinstance(input, list):
        if not input:
            raise ValueError("Input list must contain at least one element")
        return [decode_jpeg(each, mode, device, apply_exif_orientation) for each in input]
    if input.device.type != "cpu":
        raise ValueError("Input tensor must be a CPU tensor")
    return decode_image(input, mode, apply_exif_orientation).to(device)


def encoded(input: Tensor, kind: str, **settings) -> Tensor:
    """The bytes of a file of an image."""
    if input.dtype != torch.uint8:
        raise RuntimeError(f"Input tensor dtype should be uint8, got {input.dtype}")
    if input.dim() != 3 or input.size(0) not in (1, 3):
        raise RuntimeError(f"The number of channels should be 1 or 3, got a tensor of the shape {list(input.shape)}")
    target = io.BytesIO()
    to_pil_image(input).save(target, format=kind, **settings)
    return torch.frombuffer(bytearray(target.getvalue()), dtype=torch.uint8)


def encode_png(input: Tensor, compression_level: int = 6) -> Tensor:
    """The bytes of a PNG file of an image; a RuntimeError for a level outside 0 to 9."""
    if not 0 <= compression_level <= 9:
        raise RuntimeError("Compression level should be between 0 and 9")
    return encoded(input, "PNG", compress_level=compression_level)


def encode_jpeg(input, quality: int = 75) -> Tensor | list[Tensor]:
    """The bytes of a JPEG file of an image, or those of a list; a ValueError for a quality outside 1 to 100."""
    if quality < 1 or quality > 100:
        raise ValueError("Image quality should be a positive number between 1 and 100")
    if isinstance(input, list):
        if not input:
            raise ValueError("encode_jpeg requires at least one input tensor when a list is passed")
        return [encoded(each, "JPEG", quality=quality) for each in input]
    return encoded(input, "JPEG", quality=quality)


def write_png(input: Tensor, filename, compression_level: int = 6) -> None:
    """Write an image to a PNG file."""
    write_file(filename, encode_png(input, compression_level))


def write_jpeg(input: Tensor, filename, quality: int = 75) -> None:
    """Write an image to a JPEG file."""
    write_file(filename, encode_jpeg(input, quality))
