"""Forward mode in PyTorch's words: dual tensors, at the level that `dual_level` opens or the innermost `jvp` has."""

from collections import namedtuple

from tinytorch.forward import Level, open_levels, switched
from tinytorch.modes import Switch
from tinytorch.storage import need_tensor

UnpackedDualTensor = namedtuple("UnpackedDualTensor", "primal tangent")
UnpackedDualTensor.__doc__ = "What `unpack_dual` gives: a tensor, and its tangent or None."
_set_fwd_grad_enabled = switched


class dual_level(Switch):
    """Within the block tensors can have tangents, which operations map; a context manager and a decorator.

    A RuntimeError where a level is open already: `torch.func.jvp` can be nested.
    """

    def __new__(cls):
        return super().__new__(cls)

    def __enter__(self):
        return enter_dual_level()

    def __exit__(self, *exception):
        exit_dual_level()


def enter_dual_level():
    """Open a level, and give its number, 0; a RuntimeError where one is open already."""
    if open_levels():
        raise RuntimeError("Nested forward mode AD is not supported at the moment")
    Level().__enter__()
    return 0


def exit_dual_level(*, level=None):
    """Close the level, whose tangents are gone then; a RuntimeError where none is open, or for another number."""
    current = number_of(None)
    if level is not None and level != current:
        raise RuntimeError(
            "Trying to exit a forward AD level that was not the last one that was created. This is not supported."
        )
    if current < 0:
        raise RuntimeError("Dual level must be a positive number.")
    open_levels()[-1].__exit__()


def make_dual(tensor, tangent, *, level=None):
    """A view of a tensor that has a tangent of the same shape.

    In-place operations on it write to the tangent too, which is copied only where it lies in memory otherwise than the
    tensor. A RuntimeError where no level is open, where the tensor has a tangent already, and for another shape; a
    ValueError for integers.
    """
    if number_of(level) < 0:
        raise RuntimeError(
            "Trying to create a dual Tensor for forward AD but no level exists, make sure to enter_dual_level() first."
        )
    for name, each in (("primal", tensor), ("tangent", tangent)):
        if not (each.is_floating_point() or each.is_complex()):
            raise ValueError(f"Expected {name} to be floating point or complex, but got: {each.dtype}")
    return level_at(level, "_make_dual").make_dual(tensor, tangent)


def unpack_dual(tensor, *, level=None):
    """The tensor without its tangent, and the tangent; None for the tangent where it has none or no level is open."""
    if number_of(level) < 0:
        return UnpackedDualTensor(tensor, None)
    need_tensor("_unpack_dual", tensor, "dual")
    return UnpackedDualTensor(*level_at(level, "_fw_primal").unpack(tensor))


def number_of(level):
    """The number of a level: that of the current one for None, -1 where none is open."""
    return level if level is not None else 0 if open_levels() else -1


def level_at(level, name):
    """The level that is open, by its number."""
    if level or not open_levels():
        raise RuntimeError(f"Invalid level given to {name}")
    return open_levels()[-1]


for each in (UnpackedDualTensor, dual_level, enter_dual_level, exit_dual_level, make_dual, unpack_dual):
    each.__module__ = "torch.autograd.forward_ad"
