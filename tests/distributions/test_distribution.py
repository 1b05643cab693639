"""What all distributions share: shapes, checks and their words, `expand`, text, and what subclasses have to say."""

import importlib
import math
import pickle

import pytest

import tinytorch as torch
from tinytorch import distributions as d
from tinytorch.distributions import constraints
from tinytorch.distributions.utils import lazy_property


def test_shapes_of_batches_and_events_and_samples():
    normal = d.Normal(torch.zeros(3, 1), torch.ones(2))
    assert (normal.batch_shape, normal.event_shape) == (torch.Size([3, 2]), torch.Size([]))
    event = d.Independent(normal, 1)
    assert (event.batch_shape, event.event_shape) == (torch.Size([3]), torch.Size([2]))
    assert event.sample((4, 5)).shape == (4, 5, 3, 2)
    assert event.log_prob(torch.zeros(3, 2)).shape == (3,)


def test_text_shows_single_numbers_and_else_shapes():
    assert repr(d.Normal(0.0, torch.ones(1))) == "Normal(loc: tensor([0.]), scale: tensor([1.]))"
    assert repr(d.Normal(torch.zeros(3), 2.0)) == "Normal(loc: torch.Size([3]), scale: torch.Size([3]))"
    mixture = d.MixtureSameFamily(d.Categorical(torch.ones(2)), d.Poisson(torch.ones(2)))
    chosen = "Categorical(probs: torch.Size([2]), logits: torch.Size([2]))"
    assert repr(mixture) == f"MixtureSameFamily(\n  {chosen},\n  Poisson(rate: torch.Size([2])))"


def test_a_parameter_out_of_range_is_refused_in_pytorchs_words():
    with pytest.raises(ValueError) as caught:
        d.Normal(0.0, torch.tensor([1.0, -1.0]))
    assert str(caught.value) == (
        "Expected parameter scale (Tensor of shape (2,)) of distribution Normal(loc: torch.Size([2]), "
        "scale: torch.Size([2])) to satisfy the constraint GreaterThan(lower_bound=0.0), but found invalid values:\n"
        "tensor([ 1., -1.])"
    )


def test_a_value_outside_the_support_is_refused_in_pytorchs_words():
    with pytest.raises(ValueError) as caught:
        d.Bernoulli(0.5).log_prob(torch.tensor(2.0))
    assert str(caught.value) == (
        "Expected value argument (Tensor of shape ()) to be within the support (Boolean()) of the distribution "
        "Bernoulli(probs: 0.5), but found invalid values:\n2.0"
    )


def test_checks_can_be_switched_off_for_one_and_for_all():
    assert math.isnan(d.Normal(0.0, -1.0, validate_args=False).log_prob(torch.tensor(0.0)).item())
    d.Distribution.set_default_validate_args(False)
    try:
        assert d.Normal(0.0, -1.0).scale.item() == -1
    finally:
        d.Distribution.set_default_validate_args(True)
    with pytest.raises(ValueError, match="satisfy the constraint"):
        d.Normal(0.0, -1.0)


def test_a_distribution_expands_with_its_parameters():
    expanded = d.Beta(torch.tensor([2.0, 3.0]), 1.0).expand((4, 2))
    assert (type(expanded), expanded.batch_shape, expanded.concentration1.shape) == (d.Beta, (4, 2), (4, 2))
    assert expanded.sample((3,)).shape == (3, 4, 2)


def test_a_subclass_with_another_init_has_to_say_how_it_expands():
    class Narrow(d.Normal):
        def __init__(self, loc):
            super().__init__(loc, 0.1)

    with pytest.raises(NotImplementedError, match="Subclass Narrow of Normal that defines a custom __init__"):
        Narrow(0.0).expand((2,))

    class Wide(d.Normal):
        def __init__(self, loc):
            super().__init__(loc, 10.0)

        def expand(self, batch_shape, _instance=None):
            return super().expand(batch_shape, self._get_checked_instance(Wide, _instance))

    assert type(Wide(0.0).expand((2,))) is Wide


def test_a_distribution_of_ones_own_needs_only_what_it_uses():
    class Constant(d.Distribution):
        @property
        def arg_constraints(self):
            return {}

        def rsample(self, sample_shape=()):
            return torch.ones(self._extended_shape(sample_shape))

    assert Constant(torch.Size([2])).sample((3,)).shape == (3, 2)
    for ask in (Constant().entropy, lambda: Constant().mean, lambda: Constant().expand((2,))):
        with pytest.raises(NotImplementedError):
            ask()


def test_a_lazy_property_is_computed_once_and_has_a_history():
    class Square:
        calls = 0

        @lazy_property
        def area(self):
            Square.calls += 1
            return torch.ones(1, requires_grad=True) * 2

    square = Square()
    with torch.no_grad():
        assert square.area.requires_grad
    assert square.area is square.area
    assert Square.calls == 1
    assert isinstance(Square.area, property)


def test_probabilities_follow_from_logits_and_back():
    assert d.Bernoulli(logits=torch.tensor(0.0)).probs.item() == 0.5
    assert d.Categorical(probs=torch.tensor([1.0, 1.0])).logits.tolist() == pytest.approx([math.log(0.5)] * 2)
    with pytest.raises(ValueError, match="Either `probs` or `logits` must be specified, but not both"):
        d.Bernoulli()


def test_the_entropy_of_an_exponential_family_follows_from_its_normalizer():
    for each in (d.Normal(1.0, 2.0), d.Gamma(2.0, 3.0), d.Exponential(2.0), d.Bernoulli(0.3)):
        assert d.ExponentialFamily.entropy(each).item() == pytest.approx(each.entropy().item(), rel=1e-5)


@pytest.mark.parametrize(
    "distribution",
    [d.Normal(1.0, 2.0), d.Cauchy(0.0, 2.0), d.Laplace(1.0, 2.0), d.Gumbel(0.0, 1.0), d.Weibull(1.0, 2.0),
     d.Exponential(2.0), d.HalfNormal(1.0), d.HalfCauchy(1.0), d.Kumaraswamy(2.0, 3.0), d.ContinuousBernoulli(0.3),
     d.LogNormal(0.0, 1.0), d.Uniform(-1.0, 2.0), d.GeneralizedPareto(0.0, 1.0, 0.2), d.Pareto(1.0, 3.0)],
    ids=repr,
)  # fmt: skip
def test_the_inverse_cdf_is_the_inverse_of_the_cdf(distribution):
    chances = torch.linspace(0.05, 0.95, 7)
    assert distribution.cdf(distribution.icdf(chances)).tolist() == pytest.approx(chances.tolist(), rel=1e-4)


def test_the_density_of_a_discrete_distribution_adds_up_to_one():
    for each in (
        d.Bernoulli(0.3),
        d.Binomial(7, 0.3),
        d.Categorical(torch.ones(4)),
        d.OneHotCategorical(torch.ones(4)),
    ):
        assert each.log_prob(each.enumerate_support()).exp().sum().item() == pytest.approx(1, rel=1e-5)


def test_distributions_can_be_stored():
    normal = pickle.loads(pickle.dumps(d.LogNormal(torch.zeros(2), 1.0)))
    assert repr(normal.base_dist) == "Normal(loc: torch.Size([2]), scale: torch.Size([2]))"


def test_the_modules_have_pytorchs_names():
    for name, member in (("normal", "Normal"), ("kl", "kl_divergence"), ("utils", "broadcast_all")):
        assert hasattr(importlib.import_module(f"tinytorch.distributions.{name}"), member)
    assert constraints.is_dependent(d.Uniform.support)
