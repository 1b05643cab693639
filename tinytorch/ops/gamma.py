"""The gamma function: its logarithm and the derivatives of that, its incomplete integrals, and Hurwitz's zeta."""

import math

from tinytorch import errors
from tinytorch.operation import Rule, elementwise
from tinytorch.ops.binary import as_arrays, node_by_numbers
from tinytorch.ops.refusals import BOOL, COMPLEX, INTEGER, refuse
from tinytorch.tensor import Tensor


@elementwise(Rule("float", check=refuse("lgamma_vml_cpu", COMPLEX)), input=lambda grad, input: grad * digamma(input))
def lgamma(xp, input):
    """log(abs(gamma(input))); inf at 0 and at the whole numbers below."""
    return xp.special.gammaln(xp.where(xp.equal(input, -math.inf), xp.asarray(math.inf, input.dtype), input))


@elementwise(Rule("float", check=refuse("digamma", COMPLEX)), input=lambda grad, input: grad * polygamma(1, input))
def digamma(xp, input):
    """The derivative of lgamma; -inf at 0, inf at -0, nan at the whole numbers below."""
    return xp.special.psi(input)


def refuse_order(input, n):
    """Refuse orders that are no whole numbers from 0 up, and complex numbers."""
    if type(n) is not int:
        raise TypeError(f"polygamma(): argument 'n' (position 1) must be int, not {type(n).__name__}")
    if n < 0:
        raise RuntimeError("polygamma(n, x) does not support negative n.")
    refuse({0: "digamma", 1: "trigamma"}.get(n, "polygamma"), COMPLEX)(input)


@elementwise(
    Rule("float", method=False, title="Polygamma", check=refuse_order),
    input=lambda grad, input, n: grad * polygamma(n + 1, input),
)
def digamma_derivative(xp, input, n):
    """The derivative of digamma of order n, (-1) ** (n + 1) * n! * zeta(n + 1, input)."""
    if type(n) is not int or n < 0:
        raise RuntimeError(n)  # the check says it in PyTorch's words
    if n == 0:
        return xp.special.psi(input)
    factorial = math.gamma(n + 1) if n <= 170 else math.inf  # the largest that a double holds
    return xp.multiply(xp.special.zeta(n + 1.0, input), factorial if n % 2 else -factorial)


digamma_derivative_in_place = Tensor.digamma_derivative_
del Tensor.digamma_derivative_  # users write polygamma_(n)


def polygamma(n, input, *, out=None):
    """The derivative of digamma of order n; a RuntimeError for an order below 0."""
    if not isinstance(input, Tensor):
        raise errors.not_a_tensor("polygamma", "input", 2, input)
    return digamma_derivative(input, n, out=out)


def polygamma_of(self, n):
    """The derivative of digamma of order n; a RuntimeError for an order below 0."""
    return polygamma(n, self)


def polygamma_(self, n):
    """The tensor replaced by its `polygamma` of order n."""
    return digamma_derivative_in_place(self, n)


def refuse_dimension(input, p):
    """Refuse dimensions that are no whole numbers from 1 up, booleans and complex numbers."""
    if type(p) is not int:
        raise TypeError(f"mvlgamma(): argument 'p' (position 2) must be int, not {type(p).__name__}")
    refuse("mvlgamma", bool=(RuntimeError, "The input tensor may not be a boolean tensor."))(input)
    if p < 1:
        raise RuntimeError("p has to be greater than or equal to 1")
    refuse("arange_cpu", COMPLEX)(input)


@elementwise(
    Rule("float", check=refuse_dimension),
    input=lambda grad, input, p: grad * digamma(input.unsqueeze(-1) - input.new_tensor(halves(p))).sum(-1),
)
def mvlgamma(xp, input, p):
    """The logarithm of the gamma function of p dimensions, a constant plus lgamma(input - j / 2) added over j < p."""
    if type(p) is not int or p < 1:
        raise RuntimeError(p)  # the check says it in PyTorch's words
    logarithms = xp.special.gammaln(xp.subtract(input[..., None], xp.asarray(halves(p), input.dtype)))
    return xp.add(xp.sum(logarithms, axis=-1), p * (p - 1) / 4 * math.log(math.pi))


def halves(p):
    """0, 1 / 2, 1 ..., as many as p."""
    return [j / 2 for j in range(p)]


def no_derivative(words):
    """The derivative of an input that PyTorch has none for."""

    def refuse_gradient(grad):
        raise NotImplementedError(f"the derivative for '{words}' is not implemented.")

    return refuse_gradient


@elementwise(
    Rule(numbers="none", check=refuse("igamma_cpu", BOOL, INTEGER, COMPLEX, operands=2)),
    input=no_derivative("igamma: input"),
    other=lambda grad, input, other: grad * integrand(input, other),
)
def igamma(xp, input, other):
    """The integral of t ** (input - 1) * exp(-t) from 0 to other, over gamma(input); the shapes broadcast."""
    return xp.special.gammainc(input, other)


@elementwise(
    Rule(numbers="none", check=refuse("igammac_cpu", BOOL, INTEGER, COMPLEX, operands=2)),
    input=no_derivative("igammac: input"),
    other=lambda grad, input, other: -grad * integrand(input, other),
)
def igammac(xp, input, other):
    """1 - igamma(input, other), exact where igamma is near 1; the shapes broadcast."""
    return xp.special.gammaincc(input, other)


def integrand(input, other):
    """other ** (input - 1) * exp(-other) / gamma(input)."""
    return ((input - 1) * other.log() - other - lgamma(input)).exp()


@elementwise(
    Rule(
        "float",
        method=False,
        in_place=False,
        overload=node_by_numbers("SpecialZeta"),
        check=refuse("zeta_cpu", COMPLEX, operands=2),
    ),
    input=no_derivative("zeta"),
    other=lambda grad, input, other: grad * -input * zeta(input + 1, other),
)
def zeta(xp, input, other):
    """The sum of (k + other) ** -input over k = 0, 1, 2 ... (Hurwitz, 1882); the shapes broadcast."""
    return xp.special.zeta(*as_arrays(xp, input, other))


Tensor.polygamma, Tensor.polygamma_ = polygamma_of, polygamma_
