"""The logistic-normal distribution of probabilities that add up to 1."""

from tinytorch.distributions import constraints
from tinytorch.distributions.normal import Normal
from tinytorch.distributions.transformed_distribution import TransformedDistribution
from tinytorch.distributions.transforms import StickBreakingTransform


class LogisticNormal(TransformedDistribution):
    """Points of a simplex that stick-breaking makes of normal vectors, of one dimension less."""

    arg_constraints = {"loc": constraints.real, "scale": constraints.positive}
    support = constraints.simplex
    has_rsample = True
    expanded = ()

    def __init__(self, loc, scale, validate_args=None):
        base_dist = Normal(loc, scale, validate_args=validate_args)
        if not base_dist.batch_shape:
            base_dist = base_dist.expand([1])
        super().__init__(base_dist, StickBreakingTransform(), validate_args=validate_args)

    @property
    def loc(self):
        """The means of the normal vectors."""
        return self.base_dist.base_dist.loc

    @property
    def scale(self):
        """The standard deviations of the normal vectors."""
        return self.base_dist.base_dist.scale
