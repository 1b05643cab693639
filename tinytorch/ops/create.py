"""New tensors: from values, of one value, like others."""

from tinytorch import dtypes
from tinytorch.devices import CPU, resolve
from tinytorch.tensor import Tensor, wrap


def tensor(data, *, dtype=None, device=None, requires_grad=False):
    """A tensor of the values in nested lists, numbers or arrays, which are copied."""
    place = resolve(device)
    array = CPU.xp.array(data)
    wanted = dtype.numpy if dtype is not None else (dtypes.get_default_dtype().numpy if array.dtype.kind == "f" else array.dtype)
    made = wrap(place.asarray(CPU.asarray(array, wanted)), place)
    return made.requires_grad_() if requires_grad else made


def zeros(*size, dtype=None, device=None, requires_grad=False):
    """Zeros of a shape."""
    size = tuple(size[0]) if len(size) == 1 and not isinstance(size[0], int) else size
    place = resolve(device)
    made = wrap(place.xp.zeros(size, (dtype or dtypes.get_default_dtype()).numpy), place)
    return made.requires_grad_() if requires_grad else made


def new_zeros(self, *size):
    size = tuple(size[0]) if len(size) == 1 and not isinstance(size[0], int) else size
    return wrap(self.device.xp.zeros(size, self.array.dtype), self.device)


Tensor.new_zeros = new_zeros
