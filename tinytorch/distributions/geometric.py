"""The geometric distribution: how many trials fail before one succeeds."""

from tinytorch import dtypes
from tinytorch.distributions import constraints
from tinytorch.distributions.distribution import Distribution
from tinytorch.distributions.parameters import Probability, broadcast_all, one_of
from tinytorch.formats import contiguous_format
from tinytorch.modes import no_grad
from tinytorch.nn.loss import binary_cross_entropy_with_logits
from tinytorch.ops.create import zeros_like


class Geometric(Probability, Distribution):
    """How many trials fail before the first success, each succeeding with `probs`, or 1 / (1 + exp(-logits))."""

    arg_constraints = {"probs": constraints.unit_interval, "logits": constraints.real}
    support = constraints.nonnegative_integer
    expanded = ("probs", "logits", "_param")

    def __init__(self, probs=None, logits=None, validate_args=None):
        name, given = one_of(probs, logits)
        (self._param,) = broadcast_all(given)
        self.__dict__[name] = value = self._param
        super().__init__(value.size(), validate_args=validate_args)
        if self._validate_args and name == "probs":
            valid = value > 0
            if not valid.all():
                raise ValueError(
                    f"Expected parameter probs ({type(value).__name__} of shape {tuple(value.shape)}) of distribution "
                    f"{self!r} to be positive but found invalid values:\n{value.data[~valid]}"
                )

    @property
    def mean(self):
        return 1.0 / self.probs - 1.0

    @property
    def mode(self):
        return zeros_like(self.probs)

    @property
    def variance(self):
        return (1.0 / self.probs - 1.0) / self.probs

    def sample(self, sample_shape=()):
        with no_grad():
            drawn = self.probs.new_empty(self._extended_shape(sample_shape))
            drawn.uniform_(dtypes.finfo(self.probs.dtype).tiny, 1)
            return (drawn.log() / (-self.probs).log1p()).floor()

    def log_prob(self, value):
        if self._validate_args:
            self._validate_sample(value)
        value, probs = broadcast_all(value, self.probs)
        probs = probs.clone(memory_format=contiguous_format)
        probs[(probs == 1) & (value == 0)] = 0
        return value * (-probs).log1p() + self.probs.log()

    def entropy(self):
        return binary_cross_entropy_with_logits(self.logits, self.probs, reduction="none") / self.probs
