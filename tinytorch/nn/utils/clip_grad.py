"""How large gradients are, all together, and how they are kept from growing too large."""

import types
import warnings
from collections.abc import Iterable

from tinytorch.modes import no_grad
from tinytorch.ops.join import stack_of as stack
from tinytorch.ops.values import tensor
from tinytorch.tensor import Tensor


def several(tensors):
    """One or several tensors as a list."""
    return [tensors] if isinstance(tensors, Tensor) else list(tensors)


@no_grad()
def get_total_norm(
    tensors: Tensor | Iterable[Tensor], norm_type: float = 2.0, error_if_nonfinite: bool = False, foreach=None
) -> Tensor:
    """The norm of all elements of the tensors as one vector; `foreach` changes nothing here.

    A RuntimeError, if `error_if_nonfinite`, for a norm that is infinite or nan.
    """
    tensors = several(tensors)
    norm_type = float(norm_type)
    if not tensors:
        return tensor(0.0)
    device = tensors[0].device
    total = stack([each.norm(norm_type).to(device) for each in tensors]).norm(norm_type)
    if error_if_nonfinite and not total.isfinite():
        raise RuntimeError(
            f"The total norm of order {norm_type} for gradients from `parameters` is non-finite, so it cannot be "
            "clipped. "
            "To disable this error and scale the gradients by the non-finite norm anyway, set "
            "`error_if_nonfinite=False`"
        )
    return total


@no_grad()
def clip_grads_with_norm_(
    parameters: Tensor | Iterable[Tensor], max_norm: float, total_norm: Tensor, foreach=None
) -> None:
    """Scale the gradients in-place by max_norm / total_norm, where that is below 1."""
    factor = (float(max_norm) / (total_norm + 1e-6)).clamp(max=1.0)
    for each in gradients(parameters):
        each.mul_(factor.to(each.device))


@no_grad()
def clip_grad_norm_(
    parameters: Tensor | Iterable[Tensor],
    max_norm: float,
    norm_type: float = 2.0,
    error_if_nonfinite: bool = False,
    foreach=None,
) -> Tensor:
    """Scale all gradients so that their norm as one vector is at most `max_norm`; the norm before is returned."""
    generator = isinstance(parameters, types.GeneratorType)
    parameters = several(parameters)
    if generator and not parameters:
        warnings.warn("`parameters` is an empty generator, no gradient clipping will occur.", stacklevel=3)
    total_norm = get_total_norm(gradients(parameters), norm_type, error_if_nonfinite, foreach)
    clip_grads_with_norm_(parameters, max_norm, total_norm, foreach)
    return total_norm


@no_grad()
def clip_grad_value_(parameters: Tensor | Iterable[Tensor], clip_value: float, foreach=None) -> None:
    """Bring all elements of the gradients in-place between -clip_value and clip_value."""
    clip_value = float(clip_value)
    for each in gradients(parameters):
        each.clamp_(min=-clip_value, max=clip_value)


def clip_grad_norm(
    parameters: Tensor | Iterable[Tensor],
    max_norm: float,
    norm_type: float = 2.0,
    error_if_nonfinite: bool = False,
    foreach=None,
) -> Tensor:
    """The old name of `clip_grad_norm_`, with a warning."""
    warnings.warn(
        "`torch.nn.utils.clip_grad_norm` is now deprecated in favor of `torch.nn.utils.clip_grad_norm_`.",
        FutureWarning,
        stacklevel=2,
    )
    return clip_grad_norm_(parameters, max_norm, norm_type, error_if_nonfinite, foreach)


def gradients(parameters):
    """The gradients of those parameters that have one."""
    return [each.grad for each in several(parameters) if each.grad is not None]


for each in (get_total_norm, clip_grads_with_norm_, clip_grad_norm_, clip_grad_norm, clip_grad_value_):
    each.__module__ = "torch.nn.utils.clip_grad"
