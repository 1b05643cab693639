"""Mixtures of distributions of one family."""

from tinytorch.distributions import constraints
from tinytorch.distributions.categorical import Categorical
from tinytorch.distributions.distribution import Distribution
from tinytorch.modes import no_grad


class MixtureSameFamily(Distribution):
    """A value of one of the components, which stand along the last dimension of their batch; `Categorical` chooses."""

    arg_constraints = {}
    has_rsample = False
    expanded = ("_component_distribution", "_mixture_distribution")
    kept = ("_num_component", "_event_ndims")

    def __init__(self, mixture_distribution, component_distribution, validate_args=None):
        self._mixture_distribution = mixture_distribution
        self._component_distribution = component_distribution
        if not isinstance(mixture_distribution, Categorical):
            raise ValueError(" The Mixture distribution needs to be an  instance of torch.distributions.Categorical")
        if not isinstance(component_distribution, Distribution):
            raise ValueError("The Component distribution needs to be an instance of torch.distributions.Distribution")
        chosen, batch_shape = mixture_distribution.batch_shape, component_distribution.batch_shape[:-1]
        for own, other in zip(reversed(chosen), reversed(batch_shape), strict=False):
            if own != 1 and other != 1 and own != other:
                raise ValueError(
                    f"`mixture_distribution.batch_shape` ({chosen}) is not compatible with "
                    f"`component_distribution.batch_shape`({batch_shape})"
                )
        choices, components = mixture_distribution.logits.shape[-1], component_distribution.batch_shape[-1]
        if choices != components:
            raise ValueError(
                f"`mixture_distribution component` ({choices}) does not equal "
                f"`component_distribution.batch_shape[-1]` ({components})"
            )
        self._num_component = choices
        self._event_ndims = len(component_distribution.event_shape)
        super().__init__(batch_shape, component_distribution.event_shape, validate_args=validate_args)

    @constraints.dependent_property
    def support(self):
        return constraints.MixtureSameFamilyConstraint(self._component_distribution.support)

    @property
    def mixture_distribution(self):
        """What chooses the component."""
        return self._mixture_distribution

    @property
    def component_distribution(self):
        """The components, along the last dimension of its batch."""
        return self._component_distribution

    @property
    def mean(self):
        return self._average(self.component_distribution.mean)

    @property
    def variance(self):
        within = self._average(self.component_distribution.variance)
        between = self._average((self.component_distribution.mean - self._pad(self.mean)).pow(2.0))
        return within + between

    def cdf(self, x):
        return (self.component_distribution.cdf(self._pad(x)) * self.mixture_distribution.probs).sum(dim=-1)

    def log_prob(self, x):
        if self._validate_args:
            self._validate_sample(x)
        log_prob = self.component_distribution.log_prob(self._pad(x))
        return (log_prob + self.mixture_distribution.logits.log_softmax(dim=-1)).logsumexp(dim=-1)

    def sample(self, sample_shape=()):
        with no_grad():
            dim, event = len(sample_shape) + len(self.batch_shape), self.event_shape
            choice = self.mixture_distribution.sample(sample_shape)
            samples = self.component_distribution.sample(sample_shape)
            places = choice.reshape(choice.shape + (1,) * (len(event) + 1))
            places = places.repeat((1,) * choice.dim() + (1, *event))
            return samples.gather(dim, places).squeeze(dim)

    def _average(self, values):
        """The average of what each component has."""
        return (self._pad_mixture_dimensions(self.mixture_distribution.probs) * values).sum(dim=-1 - self._event_ndims)

    def _pad(self, x):
        return x.unsqueeze(-1 - self._event_ndims)

    def _pad_mixture_dimensions(self, x):
        """Probabilities with dimensions for the batch of the components and for events."""
        own = len(self.mixture_distribution.batch_shape)
        more = 0 if own == 1 else len(self.batch_shape) - own
        return x.reshape(x.shape[:-1] + (1,) * more + x.shape[-1:] + (1,) * self._event_ndims)

    def __repr__(self):
        return f"MixtureSameFamily(\n  {self.mixture_distribution},\n  {self.component_distribution})"
