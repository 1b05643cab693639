"""Stochastic depth: a branch is left out at random, for a whole batch or for each of its rows."""

import tinytorch as torch
from tinytorch import nn
from tinytorch.tensor import Tensor


def stochastic_depth(input: Tensor, p: float, mode: str, training: bool = True) -> Tensor:
    """The input, or 0 with probability p, for the "batch" or each "row"; what stays is divided by 1 - p.

    Huang et al. (2016). A ValueError for another probability or mode.
    """
    if p < 0.0 or p > 1.0:
        raise ValueError(f"drop probability has to be between 0 and 1, but got {p}")
    if mode not in ("batch", "row"):
        raise ValueError(f"mode has to be either 'batch' or 'row', but got {mode}")
    if not training or p == 0.0:
        return input
    stays = 1.0 - p
    shape = [input.shape[0] if mode == "row" else 1] + [1] * (input.ndim - 1)
    noise = torch.empty(shape, dtype=input.dtype, device=input.device).bernoulli_(stays)
    return input * (noise.div_(stays) if stays > 0.0 else noise)


class StochasticDepth(nn.Module):
    """`stochastic_depth` as a module.

    >>> from tinytorch.vision.ops import StochasticDepth
    >>> StochasticDepth(0.2, "row")
    StochasticDepth(p=0.2, mode=row)
    """

    def __init__(self, p: float, mode: str) -> None:
        super().__init__()
        self.p = p
        self.mode = mode

    def forward(self, input: Tensor) -> Tensor:
        return stochastic_depth(input, self.p, self.mode, self.training)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(p={self.p}, mode={self.mode})"
