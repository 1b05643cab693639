"""Functions of one number, applied to each element."""

import math

from tinytorch.operation import Rule, elementwise
from tinytorch.ops.arithmetic import conj
from tinytorch.ops.refusals import BOOL, COMPLEX, INTEGER, need_tensor, refuse
from tinytorch.tensor import Tensor

LOG_2, LOG_10 = math.log(2), math.log(10)
NO_NEGATION = (
    "Negation, the `-` operator, on a bool tensor is not supported. "
    "If you are trying to invert a mask, use the `~` or `logical_not()` operator instead."
)
NO_SIGN = "Unlike NumPy, torch.sign is not intended to support complex numbers. Please use torch.sgn instead."


@elementwise(
    Rule(exact=True, check=refuse("neg", bool=(RuntimeError, NO_NEGATION)), linear=True), input=lambda grad: -grad
)
def neg(xp, input, out=None):
    """-input; a RuntimeError for booleans."""
    return xp.negative(input, out=out)


def positive(input):
    """The input itself; a RuntimeError for booleans."""
    need_tensor("positive", input)
    refuse("positive", bool=(RuntimeError, "The `+` operator, on a bool tensor is not supported."))(input)
    return input


@elementwise(Rule(exact=True, check=refuse("abs_cpu", BOOL)), input=lambda grad, input: grad * sgn(input))
def abs(xp, input, out=None):
    """The distance from 0, a real number; its derivative at 0 is 0."""
    return xp.absolute(input, out=out)


@elementwise(
    Rule(exact=True, check=refuse("sign", complex=(NotImplementedError, NO_SIGN))),
    input=lambda grad: grad.new_zeros(grad.shape),
)
def sign(xp, input):
    """-1, 0 or 1; 0 for nan."""
    return sign_of(xp, input)


def sign_of(xp, input):
    """The sign of real numbers, where nan has none, as 0 has none."""
    if input.dtype.kind == "b":
        return input.copy()
    return xp.sign(input) if input.dtype.kind in "iu" else xp.nan_to_num(xp.sign(input), nan=0.0)


@elementwise(Rule(exact=True), input=lambda grad, input, result: sgn_derivative(grad, input, result))
def sgn(xp, input):
    """The direction of a complex number, input / abs(input), and 0 for 0; the sign of a real one."""
    if input.dtype.kind != "c":
        return sign_of(xp, input)
    size = xp.absolute(input)
    return xp.divide(input, xp.where(xp.equal(size, 0), xp.ones((), size.dtype), size))


def sgn_derivative(grad, input, result):
    """The part of grad that is at right angles to the direction, over the distance from 0."""
    if not input.is_complex():
        return grad * 0
    size = input.abs()
    along = (grad * result.conj()).real * result
    return ((grad - along) / size).where(size != 0, 0)


@elementwise(
    Rule(
        "bool",
        in_place=False,
        exact="signbit does not support non-boolean outputs.",
        check=refuse("signbit", complex=(NotImplementedError, "signbit is not implemented for complex tensors.")),
    )
)
def signbit(xp, input, out=None):
    """Whether the sign is set: of numbers below 0, and of -0."""
    return xp.less(input, 0, out=out) if input.dtype.kind in "biu" else xp.signbit(input, out=out)


@elementwise(Rule("float"), input=lambda grad, result: -grad * conj(result * result))
def reciprocal(xp, input, out=None):
    """1 / input."""
    return xp.reciprocal(input, out=out)


@elementwise(Rule("float"), input=lambda grad, result: grad / (2 * conj(result)))
def sqrt(xp, input, out=None):
    """The square root; nan below 0."""
    return xp.sqrt(input, out=out)


@elementwise(Rule("float"), input=lambda grad, result: -0.5 * grad * conj(result.pow(3)))
def rsqrt(xp, input, out=None):
    """1 / sqrt(input)."""
    return xp.reciprocal(xp.sqrt(input), out=out)


@elementwise(Rule("float"), input=lambda grad, result: grad * conj(result))
def exp(xp, input, out=None):
    """e to the power of each element."""
    return xp.exp(input, out=out)


@elementwise(Rule("float"), input=lambda grad, result: grad * conj(result) * LOG_2)
def exp2(xp, input, out=None):
    """2 to the power of each element."""
    return xp.exp2(input, out=out)


@elementwise(Rule("float"), input=lambda grad, result: grad * conj(result + 1))
def expm1(xp, input, out=None):
    """exp(input) - 1, exact near 0."""
    return xp.expm1(input, out=out)


@elementwise(Rule("float"), input=lambda grad, input: grad / conj(input))
def log(xp, input, out=None):
    """The natural logarithm; -inf at 0, nan below."""
    return xp.log(input, out=out)


@elementwise(Rule("float"), input=lambda grad, input: grad / (conj(input) * LOG_2))
def log2(xp, input, out=None):
    """The logarithm to the base 2; -inf at 0, nan below."""
    return xp.log2(input, out=out)


@elementwise(Rule("float"), input=lambda grad, input: grad / (conj(input) * LOG_10))
def log10(xp, input, out=None):
    """The logarithm to the base 10; -inf at 0, nan below."""
    return xp.log10(input, out=out)


@elementwise(Rule("float", title="Log1P"), input=lambda grad, input: grad / conj(input + 1))
def log1p(xp, input, out=None):
    """log(1 + input), exact near 0."""
    return xp.log1p(input, out=out)


@elementwise(
    Rule("float", check=refuse("logit_cpu", COMPLEX)), input=lambda grad, input, eps: logit_derivative(grad, input, eps)
)
def logit(xp, input, eps=None, out=None):
    """log(input / (1 - input)), the inverse of sigmoid; `eps` keeps input between eps and 1 - eps."""
    if eps is not None:
        input = xp.minimum(xp.maximum(input, eps), 1 - eps)
    return xp.log(xp.divide(input, xp.subtract(1, input)), out=out)


def logit_derivative(grad, input, eps):
    """grad / (input * (1 - input)) between eps and 1 - eps; beyond it 0, or nan without eps."""
    low = 0.0 if eps is None else eps
    inside = (input >= low) & (input <= 1 - low)
    return (grad / (input * (1 - input))).where(inside, math.nan if eps is None else 0.0)


@elementwise(Rule("float"), input=lambda grad, input: grad * conj(cos(input)))
def sin(xp, input, out=None):
    """The sine of an angle in radians."""
    return xp.sin(input, out=out)


@elementwise(Rule("float"), input=lambda grad, input: grad * -conj(sin(input)))
def cos(xp, input, out=None):
    """The cosine of an angle in radians."""
    return xp.cos(input, out=out)


@elementwise(Rule("float"), input=lambda grad, result: grad * conj(1 + result * result))
def tan(xp, input, out=None):
    """The tangent of an angle in radians."""
    return xp.tan(input, out=out)


@elementwise(Rule("float"), input=lambda grad, input: grad * conj(rsqrt(1 - input * input)))
def asin(xp, input, out=None):
    """The angle in radians whose sine is input; nan beyond -1 and 1."""
    return xp.arcsin(input, out=out)


@elementwise(Rule("float"), input=lambda grad, input: -grad * conj(rsqrt(1 - input * input)))
def acos(xp, input, out=None):
    """The angle in radians whose cosine is input; nan beyond -1 and 1."""
    return xp.arccos(input, out=out)


@elementwise(Rule("float"), input=lambda grad, input: grad / conj(input * input + 1))
def atan(xp, input, out=None):
    """The angle in radians whose tangent is input."""
    return xp.arctan(input, out=out)


@elementwise(Rule("float"), input=lambda grad, input: grad * conj(cosh(input)))
def sinh(xp, input, out=None):
    """The hyperbolic sine."""
    return xp.sinh(input, out=out)


@elementwise(Rule("float"), input=lambda grad, input: grad * conj(sinh(input)))
def cosh(xp, input, out=None):
    """The hyperbolic cosine."""
    return xp.cosh(input, out=out)


@elementwise(Rule("float"), input=lambda grad, input: grad * conj(rsqrt(input * input + 1)))
def asinh(xp, input, out=None):
    """The number whose hyperbolic sine is input."""
    return xp.arcsinh(input, out=out)


@elementwise(Rule("float"), input=lambda grad, input: grad * conj(rsqrt(input * input - 1)))
def acosh(xp, input, out=None):
    """The number whose hyperbolic cosine is input; nan below 1."""
    return xp.arccosh(input, out=out)


@elementwise(Rule("float"), input=lambda grad, input: grad / conj(1 - input * input))
def atanh(xp, input, out=None):
    """The number whose hyperbolic tangent is input; nan beyond -1 and 1."""
    return xp.arctanh(input, out=out)


@elementwise(Rule("float"), input=lambda grad, input: grad * conj(sinc_derivative(input)))
def sinc(xp, input):
    """sin(pi * input) / (pi * input), and 1 at 0."""
    angle = xp.multiply(input, math.pi)
    zero = xp.equal(angle, 0)
    return xp.where(zero, 1, xp.true_divide(xp.sin(angle), xp.where(zero, 1, angle))).astype(input.dtype)


def sinc_derivative(input):
    """(cos(pi * input) - sinc(input)) / input, and 0 at 0."""
    angle, square = input * math.pi, input * input
    return ((angle * angle.cos() - angle.sin()) / square / math.pi).where(square != 0, 0)


@elementwise(
    Rule(
        "float",
        title="Deg2Rad",
        check=refuse("deg2rad", complex=(RuntimeError, "deg2rad is not supported for complex tensors.")),
        linear=True,
    ),
    input=lambda grad: grad * (math.pi / 180),
)
def deg2rad(xp, input, out=None):
    """Degrees as radians."""
    return xp.multiply(input, math.pi / 180, out=out)


@elementwise(
    Rule(
        "float",
        title="Rad2Deg",
        check=refuse("rad2deg", complex=(RuntimeError, "rad2deg is not supported for complex tensors.")),
        linear=True,
    ),
    input=lambda grad: grad * (180 / math.pi),
)
def rad2deg(xp, input, out=None):
    """Radians as degrees."""
    return xp.multiply(input, 180 / math.pi, out=out)


def refuse_to_round(name):
    """The check of an operation that rounds."""
    words = (NotImplementedError, f"{name} is not supported for complex inputs")
    return refuse(f"{name}_vml_cpu", BOOL, complex=words)


def whole(xp, function, input, out):
    """What `function` makes of fractions; integers are whole already."""
    return xp.positive(input, out=out) if input.dtype.kind in "iu" else function(input, out=out)


@elementwise(Rule(exact=True, check=refuse_to_round("floor")), input=lambda grad: grad.new_zeros(grad.shape))
def floor(xp, input, out=None):
    """The largest whole number that is not above input."""
    return whole(xp, xp.floor, input, out)


@elementwise(Rule(exact=True, check=refuse_to_round("ceil")), input=lambda grad: grad.new_zeros(grad.shape))
def ceil(xp, input, out=None):
    """The smallest whole number that is not below input."""
    return whole(xp, xp.ceil, input, out)


@elementwise(Rule(exact=True, check=refuse_to_round("trunc")), input=lambda grad: grad.new_zeros(grad.shape))
def trunc(xp, input, out=None):
    """The whole number next to input on the side of 0."""
    return whole(xp, xp.trunc, input, out)


def refuse_round(input, decimals):
    """Refuse to round booleans and complex numbers, and integers to decimals."""
    refuse("round_vml_cpu" if decimals == 0 else "round_cpu", BOOL, COMPLEX, *((INTEGER,) if decimals else ()))(input)


@elementwise(
    Rule(exact=True, check=refuse_round, overload=lambda input, decimals: f"RoundBackward{int(decimals != 0)}"),
    input=lambda grad: grad.new_zeros(grad.shape),
)
def round(xp, input, *, decimals=0, out=None):
    """The nearest number with `decimals` decimals, half to even; negative decimals round to tens, hundreds ..."""
    if decimals == 0:
        return whole(xp, xp.rint, input, out)
    scale = 10.0 ** (decimals if decimals > 0 else -decimals)
    if decimals > 0:
        return xp.divide(xp.rint(xp.multiply(input, scale)), scale, out=out)
    return xp.multiply(xp.rint(xp.divide(input, scale)), scale, out=out)


@elementwise(Rule(exact=True, check=refuse("frac_cpu", BOOL, INTEGER, COMPLEX)), input=lambda grad: grad)
def frac(xp, input, out=None):
    """input - trunc(input), with the sign of input."""
    return xp.subtract(input, xp.trunc(input), out=out)


@elementwise(Rule("bool", in_place=False, method=True))
def isnan(xp, input):
    """Whether an element is not a number."""
    return xp.isnan(input)


@elementwise(Rule("bool", in_place=False))
def isinf(xp, input):
    """Whether an element is infinite."""
    return xp.isinf(input)


@elementwise(Rule("bool", in_place=False, composed=True))
def isfinite(xp, input):
    """Whether an element is neither infinite nor nan."""
    return xp.isfinite(input)


@elementwise(
    Rule(
        "bool",
        in_place=False,
        exact="isposinf does not support non-boolean outputs.",
        check=refuse("isposinf", complex=(RuntimeError, "isposinf does not support complex inputs.")),
    )
)
def isposinf(xp, input):
    """Whether an element is inf."""
    return xp.logical_and(xp.isinf(input), xp.greater(input, 0))


@elementwise(
    Rule(
        "bool",
        in_place=False,
        exact="isneginf does not support non-boolean outputs.",
        check=refuse("isneginf", complex=(RuntimeError, "isneginf does not support complex inputs.")),
    )
)
def isneginf(xp, input):
    """Whether an element is -inf."""
    return xp.logical_and(xp.isinf(input), xp.less(input, 0))


@elementwise(Rule("bool", in_place=False, moves=True))
def isreal(xp, input):
    """Whether an element has no imaginary part."""
    return xp.equal(input.imag, 0) if input.dtype.kind == "c" else xp.ones(input.shape, "bool")


@elementwise(
    Rule(moves=True, exact="nan_to_num: dtype of out: {3} should be same as input: {2}"),
    input=lambda grad, input: grad * input.isfinite(),
)
def nan_to_num(xp, input, nan=None, posinf=None, neginf=None):
    """`nan`, inf and -inf replaced, by 0 and by the largest and smallest numbers of the dtype unless given."""
    if input.dtype.kind in "biu":
        return input.copy()
    if input.dtype.kind == "V":
        wide = input.astype("float32")
        posinf, neginf = LARGEST_BFLOAT16 if posinf is None else posinf, -LARGEST_BFLOAT16 if neginf is None else neginf
        return xp.nan_to_num(wide, nan=nan or 0.0, posinf=posinf, neginf=neginf).astype(input.dtype)
    return xp.nan_to_num(input, nan=nan or 0.0, posinf=posinf, neginf=neginf)


LARGEST_BFLOAT16 = (2 - 2**-7) * 2.0**127


def alias(**names):
    """The methods under the names that PyTorch has beside its own, in-place forms included."""
    for name, of in names.items():
        for ending in ("", "_"):
            if hasattr(Tensor, of + ending):
                setattr(Tensor, name + ending, getattr(Tensor, of + ending))


alias(absolute="abs", negative="neg", fix="trunc", arcsin="asin", arccos="acos", arctan="atan")
alias(arcsinh="asinh", arccosh="acosh", arctanh="atanh")
Tensor.positive = Tensor.__pos__ = positive
Tensor.__neg__, Tensor.__abs__ = neg, abs
