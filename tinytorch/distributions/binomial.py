"""The binomial distribution: how many of several trials succeed."""

from tinytorch.distributions import constraints
from tinytorch.distributions.distribution import Distribution
from tinytorch.distributions.parameters import Probability, broadcast_all, one_of
from tinytorch.modes import no_grad
from tinytorch.ops.ranges import arange
from tinytorch.ops.samplers import binomial


class Binomial(Probability, Distribution):
    """How many of `total_count` trials succeed, each with probability `probs`, or 1 / (1 + exp(-logits))."""

    arg_constraints = {
        "total_count": constraints.nonnegative_integer,
        "probs": constraints.unit_interval,
        "logits": constraints.real,
    }
    has_enumerate_support = True
    expanded = ("total_count", "probs", "logits", "_param")

    def __init__(self, total_count=1, probs=None, logits=None, validate_args=None):
        name, given = one_of(probs, logits)
        total_count, self._param = broadcast_all(total_count, given)
        self.total_count = total_count.type_as(self._param)
        self.__dict__[name] = self._param
        super().__init__(self._param.size(), validate_args=validate_args)

    @constraints.dependent_property(is_discrete=True, event_dim=0)
    def support(self):
        return constraints.integer_interval(0, self.total_count)

    @property
    def mean(self):
        return self.total_count * self.probs

    @property
    def mode(self):
        return ((self.total_count + 1) * self.probs).floor().clamp(max=self.total_count)

    @property
    def variance(self):
        return self.total_count * self.probs * (1 - self.probs)

    def sample(self, sample_shape=()):
        shape = self._extended_shape(sample_shape)
        with no_grad():
            return binomial(self.total_count.expand(shape), self.probs.expand(shape))

    def log_prob(self, value):
        if self._validate_args:
            self._validate_sample(value)
        failures = self.total_count - value
        # log(1 + exp(logits)) without overflow, and with both halves of the gradient at 0
        softplus = self.total_count * clamp_by_zero(self.logits) + self.total_count * (-self.logits.abs()).exp().log1p()
        normalizer = softplus - (self.total_count + 1).lgamma()
        return value * self.logits - (value + 1).lgamma() - (failures + 1).lgamma() - normalizer

    def entropy(self):
        self._same_count("entropy")
        log_prob = self.log_prob(self.enumerate_support(False))
        return -(log_prob.exp() * log_prob).sum(0)

    def enumerate_support(self, expand=True):
        total_count = self._same_count("enumerate_support")
        values = arange(1 + total_count, dtype=self._param.dtype, device=self._param.device)
        values = values.view((-1,) + (1,) * len(self._batch_shape))
        return values.expand((-1, *self._batch_shape)) if expand else values

    def _same_count(self, asker):
        """The number of trials; a NotImplementedError where the distributions have different ones."""
        total_count = int(self.total_count.max())
        if not self.total_count.min() == total_count:
            raise NotImplementedError(f"Inhomogeneous total count not supported by `{asker}`.")
        return total_count


def clamp_by_zero(x):
    """x where it is positive; at 0 the derivative is 1 / 2."""
    return (x.clamp(min=0) + x - x.clamp(max=0)) / 2
