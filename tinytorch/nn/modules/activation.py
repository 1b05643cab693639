"""Modules that are activation functions."""

import warnings

from tinytorch import rooms
from tinytorch.nn import activation as functional
from tinytorch.nn import init
from tinytorch.nn.modules.module import Module
from tinytorch.nn.modules.settings import Settings
from tinytorch.nn.parameter import Parameter
from tinytorch.ops import pieces, smooth
from tinytorch.ops.activation import sigmoid, tanh
from tinytorch.ops.create import empty
from tinytorch.tensor import Tensor


class InPlace(Settings):
    """An activation that has no setting but whether it replaces the values of its input."""

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()
        self.inplace = inplace


class ReLU(InPlace):
    """max(input, 0), element by element; the derivative at 0 is 0."""

    def forward(self, input: Tensor) -> Tensor:
        return functional.relu(input, self.inplace)


class SELU(InPlace):
    """`ELU` with the scale and the alpha that keep mean 0 and variance 1 from layer to layer."""

    def forward(self, input: Tensor) -> Tensor:
        return functional.selu(input, self.inplace)


class SiLU(InPlace):
    """input * sigmoid(input), element by element."""

    def forward(self, input: Tensor) -> Tensor:
        return functional.silu(input, self.inplace)


class Mish(InPlace):
    """input * tanh(softplus(input)), element by element."""

    def forward(self, input: Tensor) -> Tensor:
        return functional.mish(input, self.inplace)


class Hardsigmoid(InPlace):
    """input / 6 + 1 / 2, but not below 0 and not above 1."""

    def forward(self, input: Tensor) -> Tensor:
        return functional.hardsigmoid(input, self.inplace)

    def extra_repr(self) -> str:
        return ""


class Hardswish(InPlace):
    """input * hardsigmoid(input), element by element."""

    def forward(self, input: Tensor) -> Tensor:
        return functional.hardswish(input, self.inplace)

    def extra_repr(self) -> str:
        return ""


class LeakyReLU(Settings):
    """input above 0, and negative_slope * input elsewhere."""

    shown = ("negative_slope",)

    def __init__(self, negative_slope: float = 1e-2, inplace: bool = False) -> None:
        super().__init__()
        self.negative_slope, self.inplace = negative_slope, inplace

    def forward(self, input: Tensor) -> Tensor:
        return functional.leaky_relu(input, self.negative_slope, self.inplace)


class RReLU(Settings):
    """input above 0, and elsewhere input times a number drawn between lower and upper; in evaluation their mean."""

    shown = ("lower", "upper")

    def __init__(self, lower: float = 1.0 / 8, upper: float = 1.0 / 3, inplace: bool = False) -> None:
        super().__init__()
        self.lower, self.upper, self.inplace = lower, upper, inplace

    def forward(self, input: Tensor) -> Tensor:
        return functional.rrelu(input, self.lower, self.upper, self.training, self.inplace)


class Threshold(Settings):
    """input above the threshold, and the value elsewhere."""

    shown = ("threshold", "value")

    def __init__(self, threshold: float, value: float, inplace: bool = False) -> None:
        super().__init__()
        self.threshold, self.value, self.inplace = threshold, value, inplace

    def forward(self, input: Tensor) -> Tensor:
        return functional.threshold(input, self.threshold, self.value, self.inplace)


class Hardtanh(Settings):
    """input between min_val and max_val, and the nearer of them elsewhere; an AssertionError if they change places."""

    shown = ("min_val", "max_val")

    def __init__(
        self,
        min_val: float = -1.0,
        max_val: float = 1.0,
        inplace: bool = False,
        min_value: float | None = None,
        max_value: float | None = None,
    ) -> None:
        super().__init__()
        min_val = renamed("min_val", min_val, "min_value", min_value)
        max_val = renamed("max_val", max_val, "max_value", max_value)
        if max_val <= min_val:
            raise AssertionError(f"max_val ({max_val}) must be greater than min_val ({min_val})")
        self.min_val, self.max_val, self.inplace = min_val, max_val, inplace

    def forward(self, input: Tensor) -> Tensor:
        return functional.hardtanh(input, self.min_val, self.max_val, self.inplace)


class ReLU6(Hardtanh):
    """input between 0 and 6, and the nearer of them elsewhere."""

    shown = ()

    def __init__(self, inplace: bool = False) -> None:
        super().__init__(0.0, 6.0, inplace)


class ELU(Settings):
    """input from 0 up, and alpha * (exp(input) - 1) below."""

    shown = ("alpha",)

    def __init__(self, alpha: float = 1.0, inplace: bool = False) -> None:
        super().__init__()
        self.alpha, self.inplace = alpha, inplace

    def forward(self, input: Tensor) -> Tensor:
        return functional.elu(input, self.alpha, self.inplace)


class CELU(ELU):
    """input from 0 up, and alpha * (exp(input / alpha) - 1) below."""

    def forward(self, input: Tensor) -> Tensor:
        return functional.celu(input, self.alpha, self.inplace)


class Sigmoid(Module):
    """1 / (1 + exp(-input)), element by element."""

    def forward(self, input: Tensor) -> Tensor:
        return sigmoid(input)


class Tanh(Module):
    """The hyperbolic tangent, element by element."""

    def forward(self, input: Tensor) -> Tensor:
        return tanh(input)


class LogSigmoid(Module):
    """log(sigmoid(input)), element by element, without overflow."""

    def forward(self, input: Tensor) -> Tensor:
        return smooth.log_sigmoid(input)


class Softsign(Module):
    """input / (1 + abs(input)), element by element."""

    def forward(self, input: Tensor) -> Tensor:
        return smooth.softsign(input)


class Tanhshrink(Module):
    """input - tanh(input), element by element."""

    def forward(self, input: Tensor) -> Tensor:
        return smooth.tanhshrink(input)


class GELU(Settings):
    """input * P(x <= input) for a normal x; with `approximate` "tanh" nearly so and quicker."""

    shown = ("approximate",)

    def __init__(self, approximate: str = "none") -> None:
        super().__init__()
        self.approximate = approximate

    def forward(self, input: Tensor) -> Tensor:
        return smooth.gelu(input, approximate=self.approximate)


class Softplus(Settings):
    """log(1 + exp(beta * input)) / beta, and input itself where beta * input is above the threshold."""

    shown = ("beta", "threshold")

    def __init__(self, beta: float = 1.0, threshold: float = 20.0) -> None:
        super().__init__()
        self.beta, self.threshold = beta, threshold

    def forward(self, input: Tensor) -> Tensor:
        return smooth.softplus(input, self.beta, self.threshold)


class Hardshrink(Module):
    """0 between -lambd and lambd, and input elsewhere."""

    def __init__(self, lambd: float = 0.5) -> None:
        super().__init__()
        self.lambd = lambd

    def forward(self, input: Tensor) -> Tensor:
        return pieces.hardshrink(input, self.lambd)

    def extra_repr(self) -> str:
        return f"{self.lambd}"


class Softshrink(Hardshrink):
    """0 between -lambd and lambd, and elsewhere input, nearer to 0 by lambd."""

    def forward(self, input: Tensor) -> Tensor:
        return pieces.softshrink(input, self.lambd)


class PReLU(Module):
    """input above 0, and weight * input elsewhere; the weight is learned, one or one for each channel."""

    def __init__(self, num_parameters: int = 1, init: float = 0.25, device=None, dtype=None) -> None:
        super().__init__()
        self.num_parameters = num_parameters
        self.init = init
        self.weight = Parameter(empty(num_parameters, device=device, dtype=dtype))
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Set the weight back to `init`."""
        init.constant_(self.weight, self.init)

    def forward(self, input: Tensor) -> Tensor:
        return pieces.prelu(input, self.weight)

    def extra_repr(self) -> str:
        return f"num_parameters={self.num_parameters}"


class AlongDim(Settings):
    """An activation along one dimension."""

    shown = ("dim",)

    def __init__(self, dim: int | None = None) -> None:
        super().__init__()
        self.dim = dim


class Softmax(AlongDim):
    """exp(input) over its sum along `dim`: positive numbers that add up to 1."""

    def forward(self, input: Tensor) -> Tensor:
        return functional.softmax(input, self.dim, _stacklevel=5)


class Softmin(AlongDim):
    """softmax(-input) along `dim`."""

    def forward(self, input: Tensor) -> Tensor:
        return functional.softmin(input, self.dim, _stacklevel=5)


class LogSoftmax(AlongDim):
    """log(softmax(input)) along `dim`, exact where softmax itself is 0."""

    def forward(self, input: Tensor) -> Tensor:
        return functional.log_softmax(input, self.dim, _stacklevel=5)


class Softmax2d(Module):
    """Softmax over the channels of (n, channels, height, width) or (channels, height, width)."""

    def forward(self, input: Tensor) -> Tensor:
        if input.ndim not in (3, 4):
            raise ValueError(f"Softmax2d: expected input to be 3D or 4D, got {input.ndim}D instead")
        return functional.softmax(input, -3)


class GLU(AlongDim):
    """The first half of the input along `dim` times the sigmoid of the second."""

    def __init__(self, dim: int = -1) -> None:
        super().__init__(dim)

    def forward(self, input: Tensor) -> Tensor:
        return smooth.glu(input, self.dim)


def renamed(name, value, old, given):
    """The value of a setting, perhaps given by its old name, with a warning."""
    if given is None:
        return value
    warnings.warn(f"keyword argument `{old}` is deprecated and renamed to `{name}`", FutureWarning, stacklevel=3)
    return given


__getattr__, __dir__ = rooms.opener(__name__)  # MultiheadAttention, which stands here in PyTorch
