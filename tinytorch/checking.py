"""Conditions that a program states: `torch._check` and its kind, which raise where one does not hold."""

from tinytorch import dtypes
from tinytorch.tensor import Tensor

UNMET = (
    "Expected cond to be True, but got False. (Could this error message be improved? If so, please report an "
    "enhancement request to PyTorch.)"
)


def _check(cond, message=None):
    """Raise a RuntimeError unless the condition, a bool, is true; `message` is a function that gives its words."""
    _check_with(RuntimeError, cond, message)


def _check_index(cond, message=None):
    """The same with an IndexError."""
    _check_with(IndexError, cond, message)


def _check_value(cond, message=None):
    """The same with a ValueError."""
    _check_with(ValueError, cond, message)


def _check_type(cond, message=None):
    """The same with a TypeError."""
    _check_with(TypeError, cond, message)


def _check_not_implemented(cond, message=None):
    """The same with a NotImplementedError."""
    _check_with(NotImplementedError, cond, message)


def _check_with(error_type, cond, message=None):
    """The same with an error of any class."""
    if isinstance(cond, Tensor):
        raise TypeError(
            "cond must be a bool, but got a Tensor. For tensor conditions, use torch._check_tensor_all() to assert "
            "that all elements are true."
        )
    if not isinstance(cond, bool):
        raise TypeError(f"cond must be a bool, but got {type(cond)}")
    if not cond:
        refuse(error_type, message)


def _check_tensor_all(cond, message=None):
    """Raise a RuntimeError unless all elements of a tensor of dtype bool are true."""
    _check_tensor_all_with(RuntimeError, cond, message)


def _check_tensor_all_with(error_type, cond, message=None):
    """The same with an error of any class."""
    if not isinstance(cond, Tensor):
        raise TypeError(f"cond must be a tensor, but got {type(cond)}")
    if cond.dtype is not dtypes.bool_:
        raise TypeError(f"cond tensor must have dtype torch.bool, but got {cond.dtype}")
    if not cond.all().item():
        refuse(error_type, message)


def refuse(error_type, message):
    """Raise an error in the words that `message` gives, or in PyTorch's own."""
    if message is None:
        raise error_type(UNMET)
    if not callable(message):
        raise TypeError("message must be a callable")
    raise error_type(str(message()))
