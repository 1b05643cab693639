"""Functions of two numbers, element by element: distances, angles, signs, steps, and logarithms of sums."""

import math

from tinytorch.operation import Rule, elementwise
from tinytorch.ops.arithmetic import conj, no_gradient
from tinytorch.ops.refusals import BOOL, COMPLEX, INTEGER, refuse
from tinytorch.tensor import Tensor

refuse_logaddexp = refuse("logaddexp_cpu", BOOL, INTEGER, operands=2)
refuse_logaddexp2 = refuse("logaddexp2_cpu", BOOL, INTEGER, COMPLEX, operands=2)


@elementwise(Rule(numbers="none", check=refuse("hypot_cpu", BOOL, INTEGER, COMPLEX, operands=2)),
    input=lambda grad, input, result: grad * (input / result),
    other=lambda grad, other, result: grad * (other / result),
)  # fmt: skip
def hypot(xp, input, other, out=None):
    """The square root of input * input + other * other, without overflow; the shapes broadcast."""
    return xp.hypot(input, other, out=out)


@elementwise(Rule("float", numbers="none", check=refuse("atan2_cpu", COMPLEX, operands=2)),
    input=lambda grad, input, other: grad * other * reciprocal_of_square(input, other),
    other=lambda grad, input, other: grad * -input * reciprocal_of_square(input, other),
)  # fmt: skip
def atan2(xp, input, other, out=None):
    """The angle in radians, between -pi and pi, of the point (other, input); the shapes broadcast."""
    return xp.arctan2(input, other, out=out)


def reciprocal_of_square(input, other):
    """1 / (input * input + other * other), and 0 at the origin."""
    square = input * input + other * other
    return square.reciprocal().where(square != 0, 0)


@elementwise(Rule(in_place=False, numbers="none", check=refuse_logaddexp),
    input=lambda grad, input, other: grad / conj(1 + (other - input).exp()),
    other=lambda grad, input, other: grad / conj(1 + (input - other).exp()),
)  # fmt: skip
def logaddexp(xp, input, other):
    """log(exp(input) + exp(other)), without overflow; the shapes broadcast."""
    return complex_logaddexp(xp, input, other) if input.dtype.kind == "c" else xp.logaddexp(input, other)


def complex_logaddexp(xp, one, other):
    """log(exp(one) + exp(other)) of complex numbers, without overflow; nan in both parts if either has one."""
    swapped = xp.less(one.real, other.real)
    high, low = xp.where(swapped, other, one), xp.where(swapped, one, other)
    same = xp.logical_and(xp.equal(high.real, low.real), xp.isinf(high.real))  # whose difference would be nan
    gap = xp.where(same, 0, xp.subtract(low, xp.where(same, 0, high)))
    usual = xp.add(xp.log1p(xp.exp(gap)), high)
    unclear = xp.logical_or(xp.isnan(one), xp.isnan(other))
    infinite = xp.log(xp.add(xp.exp(low), xp.exp(high)))
    found = xp.where(same, xp.where(xp.less(high.real, 0), low, infinite), usual)
    return xp.where(unclear, complex(math.nan, math.nan), found).astype(one.dtype)


@elementwise(Rule(in_place=False, numbers="none", check=refuse_logaddexp2),
    input=lambda grad, input, other: grad / (1 + (other - input).exp2()),
    other=lambda grad, input, other: grad / (1 + (input - other).exp2()),
)  # fmt: skip
def logaddexp2(xp, input, other, out=None):
    """log2(2 ** input + 2 ** other), without overflow; the shapes broadcast."""
    return xp.logaddexp2(input, other, out=out)


@elementwise(
    Rule("float", numbers="later", check=refuse("copysign_cpu", COMPLEX, operands=2),
         overload=lambda input, other: f"CopysignBackward{0 if hasattr(other, 'shape') else 1}"),
    input=lambda grad, input, result: grad * (result / input.where(input != 0, 1)).where(input != 0, 0),
    other=lambda grad: grad.new_zeros(grad.shape),
)  # fmt: skip
def copysign(xp, input, other, out=None):
    """The size of input with the sign of other; the shapes broadcast."""
    return xp.copysign(input, other, out=out)


def node_by_numbers(title):
    """PyTorch's node for two tensors, a number first, or a number second."""
    return lambda input, other: (
        f"{title}Backward{1 if not hasattr(input, 'shape') else 0 if hasattr(other, 'shape') else 2}"
    )


def as_arrays(xp, input, other):
    """Two operands, of which one may be a number, as arrays of one dtype."""
    dtype = (input if hasattr(input, "dtype") else other).dtype
    return [each if hasattr(each, "dtype") else xp.asarray(each, dtype) for each in (input, other)]


def refuse_heaviside(input, values):
    """Refuse complex numbers and operands of different dtypes."""
    words = (RuntimeError, "heaviside is not yet implemented for complex tensors.")
    refuse("heaviside", operands=2, complex=words)(input, values)
    if input.dtype is not values.dtype:
        raise RuntimeError(NO_MIXTURE)


NO_MIXTURE = "heaviside is not yet implemented for tensors with different dtypes."


@elementwise(
    Rule(numbers="none", moves=True, exact=NO_MIXTURE, check=refuse_heaviside, overload=lambda *_: "NotImplemented"),
    input=lambda grad: no_gradient("heaviside"),
    values=lambda grad: no_gradient("heaviside"),
)
def heaviside(xp, input, values):
    """0 below 0, 1 above, and at 0 the element of values; of nan 0; the shapes broadcast."""
    return xp.where(xp.equal(input, 0), values, xp.greater(input, 0).astype(input.dtype))


Tensor.arctan2, Tensor.arctan2_ = atan2, Tensor.atan2_
