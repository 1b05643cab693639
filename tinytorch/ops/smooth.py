"""Activations that are smooth: sigmoid's relatives, and gelu."""

import math

from tinytorch.operation import Rule, elementwise, operation
from tinytorch.ops.activation import sigmoid
from tinytorch.ops.compare import where
from tinytorch.ops.error_functions import erf
from tinytorch.ops.join import cat
from tinytorch.ops.pieces import floats_only
from tinytorch.ops.refusals import BOOL, COMPLEX, INTEGER, refuse


@elementwise(
    Rule(method=False, in_place=False, check=refuse("silu_cpu", BOOL, INTEGER)),
    input=lambda grad, input: silu_derivative(grad, input),
)
def silu(xp, input):
    """input * sigmoid(input), also called swish (Hendrycks and Gimpel, 2016)."""
    return xp.multiply(input, xp.sigmoid(input))


def silu_derivative(grad, input):
    """grad * s * (1 + input * (1 - s)) with s = sigmoid(input); complex numbers are conjugated."""
    s = sigmoid(input)
    slope = s * (1 + input * (1 - s))
    return grad * (slope.conj() if slope.is_complex() else slope)


@elementwise(floats_only("mish_cpu"), input=lambda grad, input: mish_derivative(grad, input))
def mish(xp, input):
    """input * tanh(log(1 + exp(input))) (Misra, 2019)."""
    return xp.multiply(input, xp.tanh(xp.log1p(xp.exp(input))))


def mish_derivative(grad, input):
    """grad * (t + input * sigmoid(input) * (1 - t * t)) with t = tanh(softplus(input))."""
    t = softplus(input).tanh()
    return grad * (t + input * sigmoid(input) * (1 - t * t))


@elementwise(
    floats_only("softplus_cpu", exact=True),
    input=lambda grad, input, beta, threshold: where(input * beta > threshold, grad, grad * sigmoid(input * beta)),
)
def softplus(xp, input, beta=1.0, threshold=20.0):
    """log(1 + exp(beta * input)) / beta, and input itself where beta * input is above the threshold."""
    scaled = xp.multiply(input, beta)
    return xp.where(xp.greater(scaled, threshold), input, xp.divide(xp.log1p(xp.exp(scaled)), beta))


@operation(
    Rule(method=False, check=refuse("log_sigmoid_cpu", BOOL, INTEGER, COMPLEX)),
    input=lambda grad, input: grad * sigmoid(-input),
)
def log_sigmoid(xp, input):
    """log(sigmoid(input)), without overflow; the result lies row by row in memory."""
    input = input if input.flags.c_contiguous else input.copy()
    return xp.subtract(xp.minimum(input, 0), xp.log1p(xp.exp(xp.negative(xp.absolute(input)))))


def softsign(input):
    """input / (1 + abs(input))."""
    return input / (input.abs() + 1)


def tanhshrink(input):
    """input - tanh(input)."""
    return input - input.tanh()


def refuse_gelu(input, approximate):
    """Refuse an approximation that there is not, and dtypes that PyTorch refuses."""
    if approximate not in ("none", "tanh"):
        raise RuntimeError("approximate argument must be either none or tanh.")
    refuse("GeluKernelImpl", BOOL, INTEGER, COMPLEX)(input)


BEND = math.sqrt(2 / math.pi)
CUBIC = 0.044715


@elementwise(
    Rule(method=False, in_place=False, exact=True, check=refuse_gelu),
    input=lambda grad, input, approximate: grad * gelu_slope(input, approximate),
)
def gelu(xp, input, *, approximate="none"):
    """input * P(x <= input) for a normal x (Hendrycks and Gimpel, 2016), or with "tanh" nearly so and quicker."""
    if approximate == "none":
        inner = xp.special.erf(xp.multiply(input, math.sqrt(0.5)))
    else:
        cubed = xp.multiply(xp.multiply(xp.multiply(input, input), input), CUBIC)
        inner = xp.tanh(xp.multiply(xp.add(input, cubed), BEND))
    return xp.multiply(xp.multiply(input, 0.5), xp.add(inner, 1))


def gelu_slope(input, approximate):
    """The derivative of gelu."""
    if approximate == "none":
        density = (input * input * -0.5).exp() * (1 / math.sqrt(2 * math.pi))
        return (erf(input * math.sqrt(0.5)) + 1) * 0.5 + input * density
    squared = input * input
    t = ((input + squared * input * CUBIC) * BEND).tanh()
    return (t + 1) * 0.5 + input * (1 - t * t) * (squared * (3 * CUBIC) + 1) * (0.5 * BEND)


def refuse_halving(input, dim):
    """Refuse what has no two halves."""
    if input.ndim == 0:
        raise RuntimeError("glu does not support scalars because halving size must be even")
    if -input.ndim <= dim < input.ndim and input.shape[dim] % 2:
        raise RuntimeError(
            f"Halving dimension must be even, but dimension {dim % input.ndim} is size {input.shape[dim]}"
        )
    refuse("glu_cpu", BOOL, INTEGER, COMPLEX)(input)


@operation(Rule(method=False, check=refuse_halving), input=lambda grad, input, dim: glu_derivative(grad, input, dim))
def glu(xp, input, dim=-1):
    """The first half of the input along `dim` times the sigmoid of the second (Dauphin et al., 2016)."""
    if input.ndim == 0 or input.shape[dim] % 2:
        raise RuntimeError(dim)  # the check says it in PyTorch's words
    half, before = input.shape[dim] // 2, (slice(None),) * (dim % input.ndim)
    return xp.multiply(input[(*before, slice(half))], xp.sigmoid(input[(*before, slice(half, None))]))


def glu_derivative(grad, input, dim):
    """The gradients of both halves, one after the other."""
    half = input.shape[dim] // 2
    first, second = input.narrow(dim, 0, half), sigmoid(input.narrow(dim, half, half))
    return cat([grad * second, grad * first * second * (1 - second)], dim)
