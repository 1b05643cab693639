"""The negative binomial distribution: how many trials succeed before some fail."""

from tinytorch.distributions import constraints
from tinytorch.distributions.distribution import Distribution
from tinytorch.distributions.gamma import Gamma
from tinytorch.distributions.parameters import Probability, broadcast_all, lazy_property, one_of
from tinytorch.modes import no_grad
from tinytorch.ops.samplers import poisson
from tinytorch.ops.smooth import log_sigmoid


class NegativeBinomial(Probability, Distribution):
    """How many trials succeed, each with `probs` or 1 / (1 + exp(-logits)), before `total_count` of them failed."""

    arg_constraints = {
        "total_count": constraints.greater_than_eq(0),
        "probs": constraints.half_open_interval(0.0, 1.0),
        "logits": constraints.real,
    }
    support = constraints.nonnegative_integer
    expanded = ("total_count", "probs", "logits", "_param")

    def __init__(self, total_count, probs=None, logits=None, validate_args=None):
        name, given = one_of(probs, logits)
        total_count, self._param = broadcast_all(total_count, given)
        self.total_count = total_count.type_as(self._param)
        self.__dict__[name] = self._param
        super().__init__(self._param.size(), validate_args=validate_args)

    @property
    def mean(self):
        return self.total_count * self.logits.exp()

    @property
    def mode(self):
        return ((self.total_count - 1) * self.logits.exp()).floor().clamp(min=0.0)

    @property
    def variance(self):
        return self.mean / (-self.logits).sigmoid()

    @lazy_property
    def _gamma(self):
        return Gamma(concentration=self.total_count, rate=(-self.logits).exp(), validate_args=False)

    def sample(self, sample_shape=()):
        with no_grad():
            return poisson(self._gamma.sample(sample_shape=sample_shape))

    def log_prob(self, value):
        if self._validate_args:
            self._validate_sample(value)
        unnormalized = self.total_count * log_sigmoid(-self.logits) + value * log_sigmoid(self.logits)
        trials = self.total_count + value
        normalizer = -trials.lgamma() + (1.0 + value).lgamma() + self.total_count.lgamma()
        return unnormalized - normalizer.masked_fill(trials == 0.0, 0.0)
