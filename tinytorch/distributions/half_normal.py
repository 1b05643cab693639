"""The half-normal distribution."""

import math

from tinytorch.distributions.half import Half
from tinytorch.distributions.normal import Normal


class HalfNormal(Half):
    """The absolute value of normal numbers around 0."""

    expanded = ()

    def __init__(self, scale, validate_args=None):
        super().__init__(Normal(0, scale, validate_args=False), validate_args=validate_args)

    @property
    def mean(self):
        return self.scale * math.sqrt(2 / math.pi)

    @property
    def variance(self):
        return self.scale.pow(2) * (1 - 2 / math.pi)
