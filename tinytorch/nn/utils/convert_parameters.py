"""All parameters as one vector, and back."""

from collections.abc import Iterable

from tinytorch.ops.join import concatenate as cat
from tinytorch.tensor import Tensor


def parameters_to_vector(parameters: Iterable[Tensor]) -> Tensor:
    """The elements of all parameters, one after the other; a TypeError if they are on several devices."""
    parameters = list(parameters)
    check_device(parameters)
    return cat([each.reshape(-1) for each in parameters])


def vector_to_parameters(vec: Tensor, parameters: Iterable[Tensor]) -> None:
    """Give the parameters the elements of a vector, in its memory; a TypeError if they are on several devices."""
    if not isinstance(vec, Tensor):
        raise TypeError(f"expected torch.Tensor, but got: torch.{type(vec).__name__}")
    parameters = list(parameters)
    check_device(parameters)
    start = 0
    for each in parameters:
        count = each.numel()
        each.data = vec[start : start + count].view_as(each).data
        start += count


def check_device(parameters):
    """Refuse parameters on several devices."""
    if len({each.device for each in parameters}) > 1:
        raise TypeError("Found two parameters on different devices, this is currently not supported.")


for each in (parameters_to_vector, vector_to_parameters):
    each.__module__ = "torch.nn.utils.convert_parameters"
