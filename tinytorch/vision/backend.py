"""Pillow, which reads and draws pictures: it is imported where the first picture is met, and not before."""

import importlib
import sys

from tinytorch.devices import CPU

BACKENDS = ["PIL", "accimage"]
chosen = ["PIL"]
MISSING = "pictures are read and drawn by Pillow, which is not installed: pip install 'tinytorch[vision]'"


def get_image_backend() -> str:
    """The name of the package that loads pictures."""
    return chosen[0]


def set_image_backend(backend: str) -> None:
    """Choose the package that loads pictures; only "PIL" is there, "accimage" is a NotImplementedError."""
    if backend not in BACKENDS:
        raise ValueError(f"Invalid backend '{backend}'. Options are 'PIL' and 'accimage'")
    if backend == "accimage":
        raise NotImplementedError("set_image_backend: pictures are loaded by 'PIL' only")
    chosen[0] = backend


def disable_beta_transforms_warning() -> None:
    """Nothing; older programs call it."""


def pillow(name: str = "Image"):
    """A module of Pillow; an ImportError that says how to install it where it is missing."""
    try:
        return importlib.import_module(f"PIL.{name}")
    except ModuleNotFoundError as error:
        raise ImportError(MISSING) from error


def is_picture(value) -> bool:
    """Whether a value is a picture of Pillow, which is not imported for the question."""
    module = sys.modules.get("PIL.Image")
    return module is not None and isinstance(value, module.Image)


def is_array(value) -> bool:
    """Whether a value is an array of NumPy."""
    return isinstance(value, CPU.array)


def array_of(picture, dtype=None):
    """A new array with what a picture shows: (H, W), or (H, W, C) if it has several channels."""
    return CPU.xp.array(picture, dtype)


def picture_of(array, mode: str):
    """The picture of an array (H, W) or (H, W, C), of a mode of Pillow."""
    size = array.shape[1], array.shape[0]
    return pillow().frombuffer(mode, size, array.tobytes(), "raw", mode, 0, 1)
