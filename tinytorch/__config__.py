"""torch.__config__: with what the library computes."""

import importlib.metadata

from tinytorch.settings import get_num_interop_threads, get_num_threads
from tinytorch.version import __version__


def show():
    """The library and those under it, with their versions, as text."""
    names = ("numpy", "scipy", "numba", "ml_dtypes")
    below = "".join([f"  - {name} {importlib.metadata.version(name)}\n" for name in names])
    return f"tinytorch {__version__} computes with:\n{below}"


def parallel_info():
    """How many threads compute, as text."""
    return f"at::get_num_threads() : {get_num_threads()}\nat::get_num_interop_threads() : {get_num_interop_threads()}\n"
