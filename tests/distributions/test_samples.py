"""Samples of distributions are PyTorch's for the same seed, and so are their densities and their gradients."""

import math

import pytest

import tinytorch as torch
from tinytorch import distributions as d

# fmt: off
SAMPLES = [  # what makes a distribution, three samples of it with seed 0, and their log_prob: PyTorch's
    ("Normal(0.5, 2.0)", [3.581992, -0.086858, -3.857579], [-2.79942, -1.655136, -3.985647]),
    ("Gamma(0.5, 2.0)", [0.000395, 0.022075, 0.171638], [3.692138, 1.636702, 0.312116]),
    ("Beta(2.0, 0.5)", [0.998791, 0.944875, 0.836995], [3.069982, 1.104688, 0.441369]),
    ("Dirichlet(torch.tensor([0.5, 1.0, 3.0]))",
     [0.000258, 0.038922, 0.96082, 0.032555, 0.085532, 0.881913, 0.027231, 0.251689, 0.72108],
     [5.239152, 2.649319, 2.335922]),
    ("Poisson(3.0)", [6.0, 3.0, 2.0], [-2.987577, -1.495923, -1.495923]),
    ("Poisson(30.0)", [29.0, 32.0, 24.0], [-2.622314, -2.719643, -3.155991]),
    ("Binomial(20, 0.7)", [11.0, 14.0, 15.0], [-2.727699, -1.652142, -1.721134]),
    ("Binomial(100, 0.3)", [29.0, 32.0, 25.0], [-2.458496, -2.55603, -3.004547]),
    ("StudentT(3.0)", [1.371144, -0.30946, -3.371132], [-1.97397, -1.063735, -4.133188]),
    ("Categorical(torch.tensor([0.1, 0.2, 0.7]))", [2, 2, 2], [-0.356675, -0.356675, -0.356675]),
    ("Bernoulli(0.3)", [0.0, 0.0, 1.0], [-0.356675, -0.356675, -1.203973]),
    ("Geometric(0.2)", [3.0, 1.0, 10.0], [-2.278869, -1.832582, -3.840873]),
    ("Laplace(0.0, 1.0)", [-0.007515, 0.768827, -1.73186], [-0.700662, -1.461974, -2.425007]),
    ("Gumbel(0.0, 1.0)", [0.355729, 1.333031, -0.885835], [-1.056391, -1.596708, -1.539173]),
    ("VonMises(0.5, 2.0)", [0.161893, -0.087335, 0.300612], [-0.775102, -0.99703, -0.701494]),
    ("NegativeBinomial(5.0, 0.4)", [5.0, 3.0, 1.0], [-2.2993, -1.747652, -1.860981]),
    ("Uniform(-1.0, 1.0)", [-0.007487, 0.536444, -0.823045], [-0.693147, -0.693147, -0.693147]),
    ("Exponential(2.0)", [1.754163, 0.615192, 0.307522], [-2.815179, -0.537238, 0.078103]),
    ("Cauchy(0.0, 1.0)", [10.59773, 0.764767, -0.128299], [-5.874874, -1.605232, -1.161057]),
    ("Weibull(1.0, 2.0)", [1.873053, 1.109227, 0.784247], [-2.18761, -0.433574, -0.164928]),
]
SAMPLERS = [  # five of two hundred numbers with seed 1, and the uniform number that is drawn after them: PyTorch's
    (lambda: torch._standard_gamma(torch.linspace(0.1, 5, 200)), [0.465, 2.4548, 1.3183, 4.1232, 2.4734], 0.6533),
    (lambda: torch.poisson(torch.linspace(0, 60, 200)), [0.0, 15.0, 21.0, 44.0, 61.0], 0.1023),
    (lambda: torch.binomial(torch.arange(200.0), torch.linspace(0, 1, 200)), [0.0, 13.0, 44.0, 115.0, 199.0], 0.0783),
    (lambda: torch._sample_dirichlet(torch.linspace(0.1, 5, 200).reshape(50, 4)),
     [0.9723, 0.3971, 0.2, 0.2973, 0.1355], 0.6533),
]
MOMENTS = [
    "Normal(1.0, 2.0)", "Gamma(0.7, 2.0)", "Gamma(9.0, 2.0)", "Beta(2.0, 3.0)", "Poisson(4.0)", "Poisson(40.0)",
    "Binomial(10, 0.2)", "Binomial(100, 0.6)", "Laplace(1.0, 2.0)", "Gumbel(0.0, 1.0)", "Geometric(0.3)",
    "NegativeBinomial(5.0, 0.4)", "Kumaraswamy(2.0, 3.0)", "HalfNormal(2.0)", "LogNormal(0.0, 0.5)",
    "Weibull(1.0, 2.0)", "InverseGamma(6.0, 2.0)", "StudentT(9.0)", "FisherSnedecor(5.0, 20.0)", "Pareto(1.0, 9.0)",
    "ContinuousBernoulli(0.2)", "GeneralizedPareto(0.0, 1.0, 0.1)",
]
# fmt: on


def made(words):
    return eval(f"d.{words}", {"d": d, "torch": torch})


def numbers(tensor):
    return tensor.reshape(-1).tolist()


@pytest.mark.parametrize(("words", "samples", "densities"), SAMPLES)
def test_samples_and_densities_are_pytorchs(words, samples, densities):
    torch.manual_seed(0)
    drawn = made(words).sample((3,))
    assert numbers(drawn) == pytest.approx(samples, rel=1e-4, abs=1e-6)
    assert numbers(made(words).log_prob(drawn)) == pytest.approx(densities, rel=1e-4, abs=1e-6)


@pytest.mark.parametrize(("draw", "some", "after"), SAMPLERS)
def test_samplers_that_reject_take_as_many_numbers_as_pytorchs(draw, some, after):
    torch.manual_seed(1)
    drawn = draw().flatten()
    assert [drawn[place].item() for place in (0, 50, 100, 150, 199)] == pytest.approx(some, abs=6e-5)
    assert torch.rand(1).item() == pytest.approx(after, abs=6e-5)


@pytest.mark.parametrize("words", MOMENTS)
def test_many_samples_have_the_mean_and_the_spread(words):
    torch.manual_seed(0)
    distribution, count = made(words), 20_000
    drawn = distribution.sample((count,))
    spread = distribution.stddev.item()
    assert abs(drawn.mean().item() - distribution.mean.item()) < 4 * spread / math.sqrt(count)
    assert drawn.std().item() == pytest.approx(spread, rel=0.05)


def test_gamma_samples_move_with_the_concentration():
    concentration = torch.tensor([0.3, 2.0, 9.0, 40.0], requires_grad=True)
    torch.manual_seed(0)
    torch._standard_gamma(concentration).sum().backward()
    assert concentration.grad.tolist() == pytest.approx([2.3372e-4, 0.57441, 1.0269, 0.95177], rel=1e-4)


def test_dirichlet_samples_move_with_the_concentration():
    concentration = torch.tensor([[0.3, 2.0, 9.0], [40.0, 8.0, 0.5]], requires_grad=True)
    torch.manual_seed(0)
    (d.Dirichlet(concentration).rsample() * torch.arange(3.0)).sum().backward()
    expected = [-4.5869e-5, -5.2987e-2, 6.5014e-3, -4.3495e-3, 1.6392e-2, 7.7252e-2]
    assert numbers(concentration.grad) == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize("concentration", [0.4, 2.0, 7.0, 30.0])
def test_the_gradient_of_a_gamma_sample_is_that_of_its_quantile(concentration):
    x, step = torch.tensor(concentration, dtype=torch.float64), 1e-4
    value = torch.linspace(0.3, 2.0, 9, dtype=torch.float64) * x
    cdf = lambda shape: torch.special.gammainc(shape, value)
    slope = -(cdf(x + step) - cdf(x - step)) / (2 * step) / d.Gamma(x, 1.0).log_prob(value).exp()
    found = torch._standard_gamma_grad(x.expand(9), value)
    assert found.tolist() == pytest.approx(slope.tolist(), rel=2e-3)  # what the approximations promise


def test_what_is_no_rate_is_refused():
    with pytest.raises(RuntimeError, match="invalid Poisson rate, expected rate to be non-negative"):
        torch.poisson(torch.tensor([-1.0]))
    with pytest.raises(NotImplementedError, match="\"poisson_cpu\" not implemented for 'Long'"):
        torch.poisson(torch.tensor([1]))
    with pytest.raises(ValueError, match="binomial only supports floating-point dtypes for count, got: Long"):
        torch.binomial(torch.tensor([3]), torch.tensor([0.5]))
    with pytest.raises(NotImplementedError, match="\"gamma_cpu\" not implemented for 'Half'"):
        torch._standard_gamma(torch.ones(2, dtype=torch.float16))


def test_second_derivatives_of_samples_are_refused_by_name():
    x = torch.tensor([2.0], requires_grad=True)
    slope = torch.autograd.grad(torch._standard_gamma(x).sum(), x, create_graph=True)[0]
    with pytest.raises(NotImplementedError, match="the derivative for '_standard_gamma_grad' is not implemented"):
        slope.sum().backward()
