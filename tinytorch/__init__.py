"""tinytorch: PyTorch's experience on NumPy and CuPy."""

from tinytorch.dtypes import bool_ as bool
from tinytorch.dtypes import *  # noqa
from tinytorch import ops
from tinytorch.modes import enable_grad, is_grad_enabled, no_grad, set_grad_enabled
from tinytorch.devices import device
from tinytorch.tensor import Size, Tensor
from tinytorch import engine as autograd
from tinytorch.ops.create import tensor, zeros
from tinytorch.declaration import registry as _r
globals().update({n: o.call for n, o in _r.items()})
from tinytorch.ops.matmul import matmul
from tinytorch.ops.shape import reshape
