"""The activations as functions, with the arguments that `torch.nn.functional` gives them."""

from tinytorch.ops import activation as operations
from tinytorch.tensor import Tensor


def relu(input: Tensor, inplace: bool = False) -> Tensor:
    """max(input, 0), element by element."""
    return input.relu_() if inplace else operations.relu(input)
