"""torchvision: data sets of images, what is done to images, and networks for them."""

from tinytorch.vision import datasets, io, models, ops, transforms, utils
from tinytorch.vision.backend import disable_beta_transforms_warning, get_image_backend, set_image_backend

__version__ = "0.28.0"
