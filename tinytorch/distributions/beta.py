"""The beta distribution of one probability."""

from tinytorch.distributions import constraints
from tinytorch.distributions.dirichlet import Dirichlet
from tinytorch.distributions.exp_family import ExponentialFamily
from tinytorch.distributions.parameters import broadcast_all
from tinytorch.ops.join import stack_of


class Beta(ExponentialFamily):
    """Numbers of density x ** (concentration1 - 1) * (1 - x) ** (concentration0 - 1): a Dirichlet of two."""

    arg_constraints = {"concentration1": constraints.positive, "concentration0": constraints.positive}
    support = constraints.unit_interval
    has_rsample = True
    expanded = ("_dirichlet",)

    def __init__(self, concentration1, concentration0, validate_args=None):
        both = stack_of(broadcast_all(concentration1, concentration0), -1)
        self._dirichlet = Dirichlet(both, validate_args=validate_args)
        super().__init__(self._dirichlet._batch_shape, validate_args=validate_args)

    @property
    def mean(self):
        return self.concentration1 / (self.concentration1 + self.concentration0)

    @property
    def mode(self):
        return self._dirichlet.mode[..., 0]

    @property
    def variance(self):
        total = self.concentration1 + self.concentration0
        return self.concentration1 * self.concentration0 / (total.pow(2) * (total + 1))

    def rsample(self, sample_shape=()):
        return self._dirichlet.rsample(sample_shape).select(-1, 0)

    def log_prob(self, value):
        if self._validate_args:
            self._validate_sample(value)
        return self._dirichlet.log_prob(stack_of([value, 1.0 - value], -1))

    def entropy(self):
        return self._dirichlet.entropy()

    @property
    def concentration1(self):
        """The first parameter; the mean grows with it."""
        return self._dirichlet.concentration[..., 0]

    @property
    def concentration0(self):
        """The second parameter; the mean falls with it."""
        return self._dirichlet.concentration[..., 1]

    @property
    def _natural_params(self):
        return self.concentration1, self.concentration0

    def _log_normalizer(self, x, y):
        return x.lgamma() + y.lgamma() - (x + y).lgamma()
