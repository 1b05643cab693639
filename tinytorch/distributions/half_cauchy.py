"""The half-Cauchy distribution."""

from math import inf

from tinytorch.distributions.cauchy import Cauchy
from tinytorch.distributions.half import Half
from tinytorch.ops.create import full
from tinytorch.ops.values import as_tensor


class HalfCauchy(Half):
    """The absolute value of Cauchy numbers around 0."""

    expanded = ()

    def __init__(self, scale, validate_args=None):
        super().__init__(Cauchy(0, scale, validate_args=False), validate_args=validate_args)

    @property
    def mean(self):
        return full(self._extended_shape(), inf, dtype=self.scale.dtype, device=self.scale.device)

    @property
    def variance(self):
        return self.base_dist.variance

    def log_prob(self, value):
        if self._validate_args:
            self._validate_sample(value)
        return super().log_prob(as_tensor(value, dtype=self.scale.dtype, device=self.scale.device))
