"""The multinomial distribution: how often each category is drawn."""

from math import inf

from tinytorch.distributions import constraints
from tinytorch.distributions.binomial import Binomial
from tinytorch.distributions.categorical import Categorical
from tinytorch.distributions.distribution import Distribution
from tinytorch.distributions.parameters import broadcast_all
from tinytorch.formats import contiguous_format
from tinytorch.ops.create import ones_like
from tinytorch.ops.values import tensor
from tinytorch.tensor import Size


class Multinomial(Distribution):
    """How often each category is drawn in `total_count` draws, with the probabilities of `Categorical`."""

    arg_constraints = {"probs": constraints.simplex, "logits": constraints.real_vector}
    expanded = ("_categorical",)
    kept = ("total_count",)

    def __init__(self, total_count=1, probs=None, logits=None, validate_args=None):
        if not isinstance(total_count, int):
            raise NotImplementedError("inhomogeneous total_count is not supported")
        self.total_count = total_count
        self._categorical = Categorical(probs=probs, logits=logits)
        self._binomial = Binomial(total_count=total_count, probs=self.probs)
        super().__init__(self._categorical.batch_shape, self._categorical.param_shape[-1:], validate_args=validate_args)

    def _new(self, *args, **kwargs):
        return self._categorical._new(*args, **kwargs)

    @property
    def mean(self):
        return self.probs * self.total_count

    @property
    def variance(self):
        return self.total_count * self.probs * (1 - self.probs)

    @constraints.dependent_property(is_discrete=True, event_dim=1)
    def support(self):
        return constraints.multinomial(self.total_count)

    @property
    def logits(self):
        """The logarithms of the probabilities."""
        return self._categorical.logits

    @property
    def probs(self):
        """The probabilities of the categories."""
        return self._categorical.probs

    @property
    def param_shape(self):
        """The shape of the parameter that was given."""
        return self._categorical.param_shape

    def sample(self, sample_shape=()):
        sample_shape = Size(sample_shape)
        samples = self._categorical.sample(Size((self.total_count,)) + sample_shape)
        samples = samples.permute(*range(1, samples.dim()), 0)  # the draws stand last
        counts = samples.new_zeros(self._extended_shape(sample_shape))
        return counts.scatter_add_(-1, samples, ones_like(samples)).type_as(self.probs)

    def entropy(self):
        n = tensor(self.total_count)
        support = self._binomial.enumerate_support(expand=False)[1:]
        weighted = self._binomial.log_prob(support).exp() * (support + 1).lgamma()
        return n * self._categorical.entropy() - (n + 1).lgamma() + weighted.sum([0, -1])

    def log_prob(self, value):
        if self._validate_args:
            self._validate_sample(value)
        logits, value = broadcast_all(self.logits, value)
        logits = logits.clone(memory_format=contiguous_format)
        logits[(value == 0) & (logits == -inf)] = 0
        factorials = (value.sum(-1) + 1).lgamma() - (value + 1).lgamma().sum(-1)
        return factorials + (logits * value).sum(-1)
