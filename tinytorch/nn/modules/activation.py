"""Modules that are activation functions."""

from tinytorch.nn import activation as functional
from tinytorch.nn.modules.module import Module
from tinytorch.ops.activation import sigmoid, tanh
from tinytorch.ops.softmax import log_softmax, softmax
from tinytorch.tensor import Tensor


class ReLU(Module):
    """max(input, 0), element by element; the derivative at 0 is 0."""

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        return functional.relu(input, self.inplace)

    def extra_repr(self) -> str:
        return "inplace=True" if self.inplace else ""


class Sigmoid(Module):
    """1 / (1 + exp(-input)), element by element."""

    def forward(self, input: Tensor) -> Tensor:
        return sigmoid(input)


class Tanh(Module):
    """The hyperbolic tangent, element by element."""

    def forward(self, input: Tensor) -> Tensor:
        return tanh(input)


for each in (ReLU, Sigmoid, Tanh):
    each.__module__ = "torch.nn.modules.activation"
