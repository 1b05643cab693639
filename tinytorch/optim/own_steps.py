"""What optimizers outside of this package take from `torch.optim.optimizer`, when they are written as PyTorch's are."""

import functools
import math
from collections.abc import Callable, Iterable
from typing import Any

from tinytorch import dtypes
from tinytorch.modes import set_grad_enabled
from tinytorch.ops.complex import view_as_real
from tinytorch.tensor import Tensor

ParamsT = Iterable[Tensor] | Iterable[dict[str, Any]] | Iterable[tuple[str, Tensor]]


def _use_grad_for_differentiable(func: Callable) -> Callable:
    """A step that records a history only if the optimizer's default of `differentiable` says so."""

    @functools.wraps(func)
    def step(self, *args, **kwargs):
        with set_grad_enabled(self.defaults["differentiable"]):
            return func(self, *args, **kwargs)

    return step


def _default_to_fused_or_foreach(params, differentiable: bool, use_fused: bool = False) -> tuple[bool, bool]:
    """Whether a step in one kernel, or one over lists of tensors, is the faster: fused where it may be used."""
    if differentiable:
        return False, False
    there = [each for each in params if each is not None]
    fused = use_fused and all(each.is_floating_point() for each in there)
    return fused, not fused and all(each.device.type == "cuda" for each in there)


def _get_value(x):
    """A number, or that in a tensor."""
    return x.item() if isinstance(x, Tensor) else x


def _stack_if_compiling(x):
    """The list itself, as nothing is compiled."""
    return x


def _dispatch_sqrt(x):
    """The square root of a number or tensor."""
    return x.sqrt() if isinstance(x, Tensor) else math.sqrt(x)


def _get_scalar_dtype(is_fused: bool | None = None):
    """The dtype of a count of steps that is a tensor."""
    return dtypes.float64 if dtypes.get_default_dtype() is dtypes.float64 and not is_fused else dtypes.float32


def _view_as_real(params, *state_and_grads) -> None:
    """Put in the place of complex tensors, in these lists, views of them as pairs of real numbers."""
    for place, param in enumerate(params):
        if param.is_complex():
            for each in (params, *state_and_grads):
                each[place] = view_as_real(each[place])
