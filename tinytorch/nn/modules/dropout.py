"""Modules that set elements to zero at random while a network learns, and do nothing in evaluation."""

from tinytorch.nn.modules.module import Module
from tinytorch.ops import dropout as functions
from tinytorch.tensor import Tensor


class _DropoutNd(Module):
    """What all share: the probability, and whether they replace the values of their input."""

    def __init__(self, p: float = 0.5, inplace: bool = False) -> None:
        super().__init__()
        functions.check_probability(p)
        self.p = p
        self.inplace = inplace

    def extra_repr(self) -> str:
        return f"p={self.p}, inplace={self.inplace}"


class Dropout(_DropoutNd):
    """Each element 0 with probability `p`, and divided by 1 - p otherwise (Hinton et al., 2012)."""

    def forward(self, input: Tensor) -> Tensor:
        return functions.dropout(input, self.p, self.training, self.inplace)


class Dropout1d(_DropoutNd):
    """Whole channels of (n, channels, length) set to zero with probability `p`."""

    def forward(self, input: Tensor) -> Tensor:
        return functions.dropout1d(input, self.p, self.training, self.inplace)


class Dropout2d(_DropoutNd):
    """Whole channels of (n, channels, height, width) set to zero with probability `p` (Tompson et al., 2015)."""

    def forward(self, input: Tensor) -> Tensor:
        return functions.dropout2d(input, self.p, self.training, self.inplace)


class Dropout3d(_DropoutNd):
    """Whole channels of (n, channels, depth, height, width) set to zero with probability `p`."""

    def forward(self, input: Tensor) -> Tensor:
        return functions.dropout3d(input, self.p, self.training, self.inplace)


class AlphaDropout(_DropoutNd):
    """Elements at random set to the limit of `SELU`, and all scaled so that mean and variance stay."""

    def forward(self, input: Tensor) -> Tensor:
        return functions.alpha_dropout(input, self.p, self.training)


class FeatureAlphaDropout(_DropoutNd):
    """Whole channels at random set to the limit of `SELU`, and all scaled so that mean and variance stay."""

    def forward(self, input: Tensor) -> Tensor:
        return functions.feature_alpha_dropout(input, self.p, self.training)
