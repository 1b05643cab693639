"""Continuous relaxations of the Bernoulli distribution (Maddison and others, 2017; Jang and others, 2017)."""

from tinytorch.distributions import constraints
from tinytorch.distributions.distribution import Distribution
from tinytorch.distributions.parameters import Probability, broadcast_all, clamp_probs, one_of
from tinytorch.distributions.transformed_distribution import TransformedDistribution
from tinytorch.distributions.transforms import SigmoidTransform
from tinytorch.ops.random import rand


class LogitRelaxedBernoulli(Probability, Distribution):
    """The logits of `RelaxedBernoulli`: those of the parameter and of a uniform number, over the temperature."""

    arg_constraints = {"probs": constraints.unit_interval, "logits": constraints.real}
    support = constraints.real
    expanded = ("probs", "logits", "_param")
    kept = ("temperature",)

    def __init__(self, temperature, probs=None, logits=None, validate_args=None):
        self.temperature = temperature
        name, given = one_of(probs, logits)
        (self._param,) = broadcast_all(given)
        self.__dict__[name] = self._param
        super().__init__(self._param.size(), validate_args=validate_args)

    def rsample(self, sample_shape=()):
        shape = self._extended_shape(sample_shape)
        probs = clamp_probs(self.probs.expand(shape))
        uniform = clamp_probs(rand(shape, dtype=probs.dtype, device=probs.device))
        return (uniform.log() - (-uniform).log1p() + probs.log() - (-probs).log1p()) / self.temperature

    def log_prob(self, value):
        if self._validate_args:
            self._validate_sample(value)
        logits, value = broadcast_all(self.logits, value)
        apart = logits - value.mul(self.temperature)
        return self.temperature.log() + apart - 2 * apart.exp().log1p()


class RelaxedBernoulli(TransformedDistribution):
    """Numbers between 0 and 1, near these for a low temperature, that move with the parameters of a Bernoulli."""

    arg_constraints = {"probs": constraints.unit_interval, "logits": constraints.real}
    support = constraints.unit_interval
    has_rsample = True
    expanded = ()

    def __init__(self, temperature, probs=None, logits=None, validate_args=None):
        base_dist = LogitRelaxedBernoulli(temperature, probs, logits)
        super().__init__(base_dist, SigmoidTransform(), validate_args=validate_args)

    @property
    def temperature(self):
        """The temperature, above 0."""
        return self.base_dist.temperature

    @property
    def logits(self):
        """log(probs / (1 - probs))."""
        return self.base_dist.logits

    @property
    def probs(self):
        """The probability of 1 that is relaxed."""
        return self.base_dist.probs
