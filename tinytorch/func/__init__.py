"""Functions of functions: they map, differentiate and linearize others, as `torch.func` does."""

from tinytorch.func.vmap import vmap

__all__ = ["vmap"]
