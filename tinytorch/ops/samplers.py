"""Random numbers of distributions whose parameters are tensors: gamma, Dirichlet, Poisson and binomial."""

from tinytorch import dtypes, errors
from tinytorch.generator import at, chosen
from tinytorch.layout import joined_shape
from tinytorch.operation import Rule, operation
from tinytorch.ops.refill import nothing
from tinytorch.ops.reparameterization import standard_gamma_grad
from tinytorch.tensor import Tensor


def no_derivative(name):
    """The derivative of random numbers that PyTorch has none for."""

    def refuse_gradient(grad):
        raise RuntimeError(f"derivative for aten::{name} is not implemented")

    return refuse_gradient


@operation(
    Rule(method=False, moves=True, title="StandardGamma"),
    input=lambda grad, input, result: grad * standard_gamma_grad(input, result),
)
def standard_gamma_of(xp, input, generator=None):
    """Numbers of the gamma distribution with rate 1, each of its own concentration."""
    return at(generator, xp).draw_from("gamma", input, input.shape, input.dtype)


def standard_gamma(self, generator=None):
    """Numbers of the gamma distribution with rate 1, each of its own concentration; float32 or float64."""
    return standard_gamma_of(need(self, "_standard_gamma", "self"), chosen(generator, self.device))


@operation(Rule(method=False, moves=True), input=no_derivative("_sample_dirichlet"))
def sample_dirichlet_of(xp, input, generator=None):
    """Numbers of the Dirichlet distribution whose concentrations stand along the last dimension."""
    return at(generator, xp).draw_from("dirichlet", input, input.shape, input.dtype)


def sample_dirichlet(self, generator=None):
    """Numbers of the Dirichlet distribution, whose concentrations stand along the last dimension."""
    return sample_dirichlet_of(need(self, "_sample_dirichlet", "self"), chosen(generator, self.device))


@operation(Rule(method=False, moves=True, title="Poisson"), input=nothing)
def poisson_of(xp, input, generator=None):
    """Numbers of the Poisson distribution, each of its own rate."""
    return at(generator, xp).draw_from("poisson", input, input.shape, input.dtype)


def poisson(input, generator=None):
    """Numbers of the Poisson distribution, each of its own rate; a RuntimeError where one is below 0."""
    return poisson_of(need(input, "poisson", "input"), chosen(generator, input.device))


@operation(Rule(method=False, moves=True), count=no_derivative("binomial"), prob=no_derivative("binomial"))
def binomial_of(xp, count, prob, generator=None):
    """How many of `count` trials succeed that have the chance `prob` each; the shapes broadcast."""
    shape = joined_shape(count.shape, prob.shape)
    both = xp.stack([xp.broadcast_to(count, shape), xp.broadcast_to(prob, shape)])
    return at(generator, xp).draw_from("binomial", both, shape, count.dtype)


def binomial(count, prob, generator=None):
    """How many of `count` trials succeed that have the chance `prob` each, of one float dtype; the shapes broadcast."""
    for position, (name, each) in enumerate({"count": count, "prob": prob}.items(), 1):
        if not isinstance(each, Tensor):
            raise errors.not_a_tensor("binomial", name, position, each)
        if each.dtype.category != dtypes.FLOAT:
            raise ValueError(f"binomial only supports floating-point dtypes for {name}, got: {each.dtype.title}")
    if count.dtype is not prob.dtype:
        raise RuntimeError(f"Found dtype {prob.dtype.title} but expected {count.dtype.title}")
    return binomial_of(count, prob, chosen(generator, count.device))


def need(input, name, parameter):
    """A tensor, as the function of this name needs it; a TypeError for anything else."""
    if not isinstance(input, Tensor):
        raise errors.not_a_tensor(name, parameter, 1, input)
    return input
