"""The generalized Pareto distribution of what exceeds a threshold."""

from math import inf, nan

from tinytorch.distributions import constraints
from tinytorch.distributions.distribution import Distribution
from tinytorch.distributions.parameters import broadcast_all
from tinytorch.ops.compare import isclose
from tinytorch.ops.create import ones_like, zeros_like
from tinytorch.ops.join import broadcast_to
from tinytorch.ops.places import where_or_places as where
from tinytorch.ops.random import rand


class GeneralizedPareto(Distribution):
    """Numbers from `loc` on with P(X > x) = (1 + concentration * z) ** (-1 / concentration), z = (x - loc) / scale.

    With concentration 0 it is exp(-z).
    """

    arg_constraints = {
        "loc": constraints.real,
        "scale": constraints.positive,
        "concentration": constraints.real,
    }
    has_rsample = True
    expanded = ("loc", "scale", "concentration")

    def __init__(self, loc, scale, concentration, validate_args=None):
        self.loc, self.scale, self.concentration = broadcast_all(loc, scale, concentration)
        super().__init__(self.loc.size(), validate_args=validate_args)

    def rsample(self, sample_shape=()):
        return self.icdf(rand(self._extended_shape(sample_shape), dtype=self.loc.dtype, device=self.loc.device))

    def log_prob(self, value):
        if self._validate_args:
            self._validate_sample(value)
        z = self._z(value)
        zero, concentration = self._around_zero()
        power = 1 / concentration + ones_like(z)
        return -self.scale.log() - where(zero, z, where(power == 0, power, power * (concentration * z).log1p()))

    def log_survival_function(self, value):
        """The logarithm of the probability of values above `value`."""
        if self._validate_args:
            self._validate_sample(value)
        z = self._z(value)
        zero, concentration = self._around_zero()
        return where(zero, -z, -(concentration * z).log1p() / concentration)

    def log_cdf(self, value):
        """The logarithm of the probability of values up to `value`."""
        return (-self.log_survival_function(value).exp()).log1p()

    def cdf(self, value):
        return self.log_cdf(value).exp()

    def icdf(self, value):
        zero, concentration = self._around_zero()
        logarithm = (-value).log1p()
        made = self.loc + self.scale / concentration * (-concentration * logarithm).expm1()
        return where(zero, self.loc - self.scale * logarithm, made)

    def _z(self, x):
        return (x - self.loc) / self.scale

    def _around_zero(self):
        """Where the concentration is 0, and the concentration with 1 in its place."""
        zero = isclose(self.concentration, zeros_like(self.concentration))
        return zero, where(zero, ones_like(self.concentration), self.concentration)

    @property
    def mean(self):
        valid = self.concentration < 1
        concentration = where(valid, self.concentration, 0.5)
        return where(valid, self.loc + self.scale / (1 - concentration), nan)

    @property
    def variance(self):
        valid = self.concentration < 0.5
        concentration = where(valid, self.concentration, 0.25)
        return where(valid, self.scale**2 / ((1 - concentration) ** 2 * (1 - 2 * concentration)), nan)

    @property
    def mode(self):
        return self.loc

    def entropy(self):
        return broadcast_to(self.scale.log() + self.concentration + 1, self._batch_shape)

    @constraints.dependent_property(is_discrete=False, event_dim=0)
    def support(self):
        upper = where(self.concentration < 0, self.loc - self.scale / self.concentration, inf)
        return constraints.interval(self.loc, upper)
