"""The Kullback-Leibler divergence: PyTorch's numbers, the mean that it is, and how formulas are found."""

import pytest

import tinytorch as torch
from tinytorch import distributions as d

# fmt: off
RECORDED = [
    ("d.Normal(0.5, 2.0), d.Normal(-1.0, 1.0)", 1.93185),
    ("d.Gamma(2.0, 3.0), d.Gamma(1.0, 0.5)", 0.54788),
    ("d.Beta(2.0, 3.0), d.Beta(1.0, 0.5)", 0.63639),
    ("d.Dirichlet(torch.tensor([1.0, 2.0])), d.Dirichlet(torch.tensor([2.0, 0.5]))", 1.73083),
    ("d.MultivariateNormal(torch.zeros(2), torch.tensor([[2.0, 0.3], [0.3, 0.25]])), "
     "d.MultivariateNormal(torch.ones(2), torch.eye(2))", 1.5708),
    ("d.Uniform(0.2, 0.6), d.Beta(2.0, 3.0)", 0.4529),
    ("d.Normal(0.0, 1.0), d.Laplace(1.0, 2.0)", 0.55067),
    ("d.Exponential(2.0), d.Gumbel(0.0, 1.0)", 0.85981),
    ("d.Poisson(2.0), d.Binomial(3, 0.5)", float("inf")),
    ("d.Pareto(1.0, 3.0), d.Normal(0.0, 2.0)", 1.75236),
    ("d.Laplace(0.0, 1.0), d.Normal(1.0, 2.0)", 0.29394),
    ("d.ContinuousBernoulli(0.3), d.Uniform(-1.0, 2.0)", 1.128),
    ("d.Categorical(torch.tensor([0.2, 0.8])), d.Categorical(torch.tensor([0.5, 0.5]))", 0.19274),
]
# fmt: on


def pair(words):
    return eval(f"({words})", {"d": d, "torch": torch})


@pytest.mark.parametrize(("words", "expected"), RECORDED)
def test_divergences_are_pytorchs(words, expected):
    assert d.kl_divergence(*pair(words)).item() == pytest.approx(expected, abs=2e-5)


@pytest.mark.parametrize("words", [words for words, expected in RECORDED if 0 < expected < 9])
def test_a_divergence_is_the_mean_of_the_difference_of_log_densities(words):
    torch.manual_seed(0)
    p, q = pair(words)
    x = p.sample((20_000,))
    difference = p.log_prob(x) - q.log_prob(x)
    error = difference.std().item() / 20_000**0.5
    assert abs(difference.mean().item() - d.kl_divergence(p, q).item()) < 5 * error


def test_a_subclass_uses_the_formula_of_its_base():
    class Mine(d.Normal):
        pass

    assert d.kl_divergence(Mine(0.0, 1.0), d.Normal(0.0, 1.0)).item() == 0


def test_the_nearest_registered_formula_is_used():
    class Near(d.Normal):
        pass

    d.register_kl(Near, d.Normal)(lambda p, q: torch.ones(()))
    try:
        assert d.kl_divergence(Near(0.0, 1.0), Near(0.0, 1.0)).item() == 1
        assert d.kl_divergence(d.Normal(0.0, 1.0), Near(0.0, 1.0)).item() == 0
    finally:
        del d.kl._KL_REGISTRY[Near, d.Normal]


def test_what_has_no_formula_is_refused_by_name():
    with pytest.raises(NotImplementedError, match="is implemented for p type Cauchy and q type Normal"):
        d.kl_divergence(d.Cauchy(0.0, 1.0), d.Normal(0.0, 1.0))
