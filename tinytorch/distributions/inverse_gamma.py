"""The inverse gamma distribution."""

from math import inf

from tinytorch.distributions import constraints
from tinytorch.distributions.gamma import Gamma
from tinytorch.distributions.transformed_distribution import TransformedDistribution
from tinytorch.distributions.transforms import PowerTransform
from tinytorch.ops.places import where_or_places as where


class InverseGamma(TransformedDistribution):
    """1 / x of gamma numbers x."""

    arg_constraints = {"concentration": constraints.positive, "rate": constraints.positive}
    support = constraints.positive
    has_rsample = True
    expanded = ()

    def __init__(self, concentration, rate, validate_args=None):
        base_dist = Gamma(concentration, rate, validate_args=validate_args)
        super().__init__(base_dist, PowerTransform(-base_dist.rate.new_ones(())), validate_args=validate_args)

    @property
    def concentration(self):
        """The first parameter of the gamma distribution."""
        return self.base_dist.concentration

    @property
    def rate(self):
        """The second parameter of the gamma distribution."""
        return self.base_dist.rate

    @property
    def mean(self):
        return where(self.concentration > 1, self.rate / (self.concentration - 1), inf)

    @property
    def mode(self):
        return self.rate / (self.concentration + 1)

    @property
    def variance(self):
        variance = self.rate.square() / ((self.concentration - 1).square() * (self.concentration - 2))
        return where(self.concentration > 2, variance, inf)

    def entropy(self):
        return (
            self.concentration
            + self.rate.log()
            + self.concentration.lgamma()
            - (1 + self.concentration) * self.concentration.digamma()
        )
