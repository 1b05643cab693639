"""Bessel's functions of the orders 0 and 1, the modified and the spherical ones, and Airy's."""

from tinytorch.operation import Rule, elementwise
from tinytorch.ops.error_functions import special_rule
from tinytorch.ops.refusals import COMPLEX, refuse


@elementwise(Rule("float", check=refuse("i0_vml_cpu", COMPLEX)), input=lambda grad, input: grad * i1(input))
def i0(xp, input):
    """The modified function of the first kind and order 0."""
    return xp.special.i0(input)


@elementwise(
    special_rule("i0e", title="SpecialI0E"),
    input=lambda grad, input, result: grad * (i1e(input) - input.sgn() * result),
)
def i0e(xp, input):
    """exp(-abs(input)) * i0(input), without overflow."""
    return xp.special.i0e(input)


@elementwise(special_rule("i1"), input=lambda grad, input, result: grad * (i0(input) - over(result, input)))
def i1(xp, input):
    """The modified function of the first kind and order 1."""
    return xp.special.i1(input)


@elementwise(
    special_rule("i1e", title="SpecialI1E"),
    input=lambda grad, input, result: grad * (i0e(input) - input.sgn() * result - over(result, input)),
)
def i1e(xp, input):
    """exp(-abs(input)) * i1(input), without overflow."""
    return xp.special.i1e(input)


def over(result, input):
    """result / input, and its limit 1 / 2 at 0."""
    zero = input == 0
    return (result / input.where(~zero, 1)).where(~zero, 0.5)


@elementwise(special_rule("modified_bessel_i0"))
def modified_bessel_i0(xp, input):
    """The modified function of the first kind and order 0; as PyTorch's, without a derivative."""
    return xp.special.i0(input)


@elementwise(special_rule("modified_bessel_i1"))
def modified_bessel_i1(xp, input):
    """The modified function of the first kind and order 1; as PyTorch's, without a derivative."""
    return xp.special.i1(input)


@elementwise(special_rule("modified_bessel_k0"))
def modified_bessel_k0(xp, input):
    """The modified function of the second kind and order 0; inf at 0, nan below."""
    return xp.special.k0(input)


@elementwise(special_rule("modified_bessel_k1"))
def modified_bessel_k1(xp, input):
    """The modified function of the second kind and order 1; inf at 0, nan below."""
    return xp.special.k1(input)


@elementwise(special_rule("scaled_modified_bessel_k0"))
def scaled_modified_bessel_k0(xp, x):
    """exp(x) * modified_bessel_k0(x), which does not vanish for large x."""
    return xp.special.k0e(x)


@elementwise(special_rule("scaled_modified_bessel_k1"))
def scaled_modified_bessel_k1(xp, x):
    """exp(x) * modified_bessel_k1(x), which does not vanish for large x."""
    return xp.special.k1e(x)


@elementwise(special_rule("bessel_j0"))
def bessel_j0(xp, input):
    """The function of the first kind and order 0."""
    return xp.special.j0(input)


@elementwise(special_rule("bessel_j1"))
def bessel_j1(xp, input):
    """The function of the first kind and order 1."""
    return xp.special.j1(input)


@elementwise(special_rule("bessel_y0"))
def bessel_y0(xp, input):
    """The function of the second kind and order 0; -inf at 0, nan below."""
    return xp.special.y0(input)


@elementwise(special_rule("bessel_y1"))
def bessel_y1(xp, input):
    """The function of the second kind and order 1; -inf at 0, nan below."""
    return xp.special.y1(input)


@elementwise(special_rule("spherical_bessel_j0"))
def spherical_bessel_j0(xp, x):
    """sin(x) / x, the spherical function of the first kind and order 0; 1 at 0 and 0 at infinity."""
    far, near = xp.isinf(x), xp.equal(x, 0)
    inside = xp.where(xp.logical_or(far, near), 1, x).astype(x.dtype)
    return xp.where(far, 0, xp.where(near, 1, xp.divide(xp.sin(inside), inside))).astype(x.dtype)


@elementwise(special_rule("airy_ai"))
def airy_ai(xp, x):
    """Airy's function Ai, the solution of y'' = x * y that vanishes for large x; nan at infinity, as PyTorch's."""
    nearer = xp.where(xp.isfinite(x), xp.minimum(x, 200), x)  # from there on it is 0, where SciPy has nan
    return xp.special.airy(nearer)[0]
