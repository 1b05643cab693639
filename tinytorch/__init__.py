"""tinytorch: PyTorch's experience on NumPy and CuPy."""

from tinytorch import autograd, ops
from tinytorch.devices import device
from tinytorch.dtypes import (
    bfloat16,
    can_cast,
    complex64,
    complex128,
    dtype,
    finfo,
    float16,
    float32,
    float64,
    get_default_dtype,
    iinfo,
    int8,
    int16,
    int32,
    int64,
    promote_types,
    set_default_dtype,
    uint8,
)
from tinytorch.dtypes import bool_ as bool
from tinytorch.dtypes import complex64 as cfloat
from tinytorch.dtypes import complex128 as cdouble
from tinytorch.dtypes import float16 as half
from tinytorch.dtypes import float32 as float
from tinytorch.dtypes import float64 as double
from tinytorch.dtypes import int16 as short
from tinytorch.dtypes import int32 as int
from tinytorch.dtypes import int64 as long
from tinytorch.modes import enable_grad, is_grad_enabled, no_grad, set_grad_enabled
from tinytorch.ops.activation import relu, sigmoid, tanh
from tinytorch.ops.arithmetic import add, div, mul, pow, rsub, sub
from tinytorch.ops.convert import clone
from tinytorch.ops.create import tensor, zeros
from tinytorch.ops.matmul import bmm, dot, matmul, mm, mv
from tinytorch.ops.pointwise import abs, cos, exp, log, neg, reciprocal, sign, sin, sqrt
from tinytorch.ops.reduce import mean, sum
from tinytorch.ops.shape import reshape
from tinytorch.ops.views import narrow, permute, select, squeeze, stack, t, transpose, unbind, unsqueeze
from tinytorch.printing import set_printoptions
from tinytorch.tensor import Size, Tensor

__version__ = "0.1.0"
