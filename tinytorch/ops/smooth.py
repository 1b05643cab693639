"""Activations that are smooth: sigmoid's relatives, and those that are made of the error function."""

import math

from tinytorch.operation import Rule, elementwise, operation
from tinytorch.ops.activation import sigmoid
from tinytorch.ops.compare import where
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
    floats_only("softplus_cpu"),
    input=lambda grad, input, beta, threshold: where(input * beta > threshold, grad, grad * sigmoid(input * beta)),
)
def softplus(xp, input, beta=1.0, threshold=20.0):
    """log(1 + exp(beta * input)) / beta, and input itself where beta * input is above the threshold."""
    scaled = xp.multiply(input, beta)
    return xp.where(xp.greater(scaled, threshold), input, xp.divide(xp.log1p(xp.exp(scaled)), beta))


@operation(
    Rule(method=False, batch="leading", check=refuse("log_sigmoid_cpu", BOOL, INTEGER, COMPLEX)),
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


# The error function, which NumPy lacks: sums of powers, near 0 of the input, elsewhere of 2 / (2 + abs(input))


NEAR = (
    1.1283791670955126, -0.3761263890318375, 0.11283791670954882, -0.026866170645077334, 0.005223977624823223,
    -0.0008548326981129666, 0.00012055331122299266, -1.4925595519506043e-05, 1.6461004480962034e-06,
    -1.6350354461959655e-07, 1.4660051998394848e-08, -1.1373902296430911e-09, 5.958930743134941e-11,
)  # fmt: skip
FAR = (
    0.47431431913757305, 0.139226283554549, 0.026254509726259045, 0.001980704399255576, -0.000339185765223381,
    -7.173222318753498e-05, 8.551221920709892e-06, 2.3743132364846244e-06, -4.1311415205595394e-07,
    -7.097221476995946e-08, 2.4396412321123115e-08, 6.65848045094596e-10, -1.2903415287343633e-09,
    1.5456283379145474e-10, 4.468633220174326e-11, -1.6672244472264775e-11, 4.699860162133787e-13,
    9.013871097684204e-13, -1.5513269310234503e-13, -1.7616116497205344e-14,
)  # fmt: skip


def polynomial(xp, input, coefficients):
    """The sum of coefficients[i] * input ** i, as a new array."""
    total = xp.add(xp.multiply(input, coefficients[-1]), coefficients[-2])
    for coefficient in coefficients[-3::-1]:
        total = xp.add(xp.multiply(total, input, out=total), coefficient, out=total)
    return total


def erf_of(xp, input):
    """The error function, within 4e-16 in double precision; the two sums are expansions in Chebyshev polynomials."""
    if input.ndim == 0:
        return erf_of(xp, input.reshape(1)).reshape(())
    size = xp.absolute(input)
    inside, outside = xp.minimum(size, 1), xp.minimum(xp.maximum(size, 1), 7)  # erf(7) is 1 in double precision
    near = xp.multiply(input, polynomial(xp, xp.multiply(inside, inside), NEAR))
    fraction = xp.divide(2, xp.add(outside, 2))
    tail = xp.multiply(fraction, polynomial(xp, xp.subtract(xp.multiply(fraction, 4.5), 2), FAR))
    far = xp.subtract(1, xp.multiply(tail, xp.exp(xp.negative(xp.multiply(outside, outside)))))
    return xp.where(xp.less(size, 1), near, xp.copysign(far, input))


@elementwise(
    Rule("float", check=refuse("erf_vml_cpu", COMPLEX)),
    input=lambda grad, input: grad * (2 / math.sqrt(math.pi) * (-(input * input)).exp()),
)
def erf(xp, input):
    """The error function, 2 / sqrt(pi) times the integral of exp(-t * t) from 0 to the input."""
    return erf_of(xp, input)


def refuse_gelu(input, approximate):
    """Refuse an approximation that there is not, and dtypes that PyTorch refuses."""
    if approximate not in ("none", "tanh"):
        raise RuntimeError("approximate argument must be either none or tanh.")
    refuse("GeluKernelImpl", BOOL, INTEGER, COMPLEX)(input)


BEND = math.sqrt(2 / math.pi)
CUBIC = 0.044715


@elementwise(
    Rule(method=False, in_place=False, check=refuse_gelu),
    input=lambda grad, input, approximate: grad * gelu_slope(input, approximate),
)
def gelu(xp, input, *, approximate="none"):
    """input * P(x <= input) for a normal x (Hendrycks and Gimpel, 2016), or with "tanh" nearly so and quicker."""
    if approximate == "none":
        inner = erf_of(xp, xp.multiply(input, math.sqrt(0.5)))
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
