"""The activations as functions, with the arguments that `torch.nn.functional` gives them."""

import functools
import warnings

from tinytorch.apply import write
from tinytorch.ops import activation, pieces, smooth
from tinytorch.ops import softmax as softmaxes
from tinytorch.tensor import Tensor


def applied(call, inplace, *args):
    """What an operation gives; with `inplace` it replaces the values of its first argument."""
    if not inplace:
        return call(*args)
    op = call.operation
    return write(op, (*args, *[op.defaults[name] for name in op.parameters[len(args) :]]))


def relu(input: Tensor, inplace: bool = False) -> Tensor:
    """max(input, 0), element by element."""
    return activation.relu(input) if not inplace else input.relu_()


def leaky_relu(input: Tensor, negative_slope: float = 0.01, inplace: bool = False) -> Tensor:
    """input above 0, and negative_slope * input elsewhere."""
    return applied(pieces.leaky_relu, inplace, input, negative_slope)


def threshold(input: Tensor, threshold: float, value: float, inplace: bool = False) -> Tensor:
    """input above the threshold, and the value elsewhere."""
    return applied(pieces.threshold, inplace, input, threshold, value)


def hardtanh(input: Tensor, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False) -> Tensor:
    """input between min_val and max_val, and the nearer of them elsewhere; a ValueError if they change places."""
    if min_val > max_val:
        raise ValueError("min_val cannot be greater than max_val")
    return applied(pieces.hardtanh, inplace, input, min_val, max_val)


def relu6(input: Tensor, inplace: bool = False) -> Tensor:
    """input between 0 and 6, and the nearer of them elsewhere."""
    return applied(pieces.hardtanh, inplace, input, 0, 6)


def elu(input: Tensor, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    """input from 0 up, and alpha * (exp(input) - 1) below."""
    return applied(pieces.elu, inplace, input, alpha)


def celu(input: Tensor, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    """input from 0 up, and alpha * (exp(input / alpha) - 1) below."""
    return applied(pieces.celu, inplace, input, alpha)


def selu(input: Tensor, inplace: bool = False) -> Tensor:
    """`elu` with the scale and the alpha that keep mean 0 and variance 1 from layer to layer."""
    return applied(pieces.elu, inplace, input, pieces.SELU_ALPHA, pieces.SELU_SCALE)


celu_, elu_, hardtanh_, leaky_relu_, selu_, threshold_ = [
    functools.partial(each, inplace=True) for each in (celu, elu, hardtanh, leaky_relu, selu, threshold)
]


def hardsigmoid(input: Tensor, inplace: bool = False) -> Tensor:
    """input / 6 + 1 / 2, but not below 0 and not above 1."""
    return applied(pieces.hardsigmoid, inplace, input)


def hardswish(input: Tensor, inplace: bool = False) -> Tensor:
    """input * hardsigmoid(input)."""
    return applied(pieces.hardswish, inplace, input)


def silu(input: Tensor, inplace: bool = False) -> Tensor:
    """input * sigmoid(input)."""
    return applied(smooth.silu, inplace, input)


def mish(input: Tensor, inplace: bool = False) -> Tensor:
    """input * tanh(softplus(input))."""
    return applied(smooth.mish, inplace, input)


def softmax(input: Tensor, dim: int | None = None, _stacklevel: int = 3, dtype=None) -> Tensor:
    """exp(input) over its sum along `dim`: positive numbers that add up to 1; cast to `dtype` before, if given."""
    return softmaxes.softmax(input, implicit_dim("softmax", input, dim, _stacklevel), dtype)


def softmin(input: Tensor, dim: int | None = None, _stacklevel: int = 3, dtype=None) -> Tensor:
    """softmax(-input) along `dim`."""
    return softmaxes.softmax(-input, implicit_dim("softmin", input, dim, _stacklevel), dtype)


def log_softmax(input: Tensor, dim: int | None = None, _stacklevel: int = 3, dtype=None) -> Tensor:
    """log(softmax(input)) along `dim`, exact where softmax itself is 0; cast to `dtype` before, if it is given."""
    return softmaxes.log_softmax(input, implicit_dim("log_softmax", input, dim, _stacklevel), dtype)


def implicit_dim(name, input, dim, stacklevel):
    """The dimension, or if it is None the one that PyTorch takes, with its warning."""
    if dim is not None:
        return dim
    warnings.warn(
        f"Implicit dimension choice for {name} has been deprecated. Change the call to include dim=X as an argument.",
        stacklevel=stacklevel,
    )
    return 0 if input.ndim in (0, 1, 3) else 1
