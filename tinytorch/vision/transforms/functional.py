"""torchvision.transforms.functional: what is done to one image, a tensor (..., C, H, W) or a picture of Pillow."""

from tinytorch.vision.transforms.colors import (
    adjust_brightness,
    adjust_contrast,
    adjust_gamma,
    adjust_hue,
    adjust_saturation,
    adjust_sharpness,
    autocontrast,
    equalize,
    erase,
    gaussian_blur,
    invert,
    posterize,
    rgb_to_grayscale,
    solarize,
    to_grayscale,
)
from tinytorch.vision.transforms.conversion import (
    convert_image_dtype,
    normalize,
    pil_to_tensor,
    to_pil_image,
    to_tensor,
)
from tinytorch.vision.transforms.dimensions import (
    InterpolationMode,
    get_dimensions,
    get_image_num_channels,
    get_image_size,
)
from tinytorch.vision.transforms.sizes import (
    center_crop,
    crop,
    five_crop,
    hflip,
    pad,
    resize,
    resized_crop,
    ten_crop,
    vflip,
)
from tinytorch.vision.transforms.warps import (
    affine,
    elastic_transform,
    perspective,
    rotate,
)
