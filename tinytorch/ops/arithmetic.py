"""Addition, multiplication and what follows from them, element by element."""

import cmath
import math

from tinytorch import dtypes, errors
from tinytorch.array_derivatives import Unusual
from tinytorch.evaluate import number_as
from tinytorch.operation import Rule, elementwise, operator_of
from tinytorch.ops.refusals import (
    BOOL,
    COMPLEX,
    INTEGER,
    common,
    input_kind,
    need_tensor,
    refuse,
    refuse_difference,
    refuse_sum,
    refuse_zero,
)
from tinytorch.tensor import Tensor


@elementwise(Rule(usual="add", numbers="all", factors=True, check=refuse_sum, linear=True),
    input=lambda grad: grad,
    other=lambda grad, alpha: grad if alpha == 1 else grad * conj(alpha),
)  # fmt: skip
def add(xp, input, other, *, alpha=1, out=None):
    """input + alpha * other; the shapes broadcast."""
    return xp.add(input, other if alpha == 1 else times(xp, other, alpha), out=out)


def times(xp, value, factor):
    """An operand, an array or a number, times a number, in the operand's dtype."""
    if not hasattr(value, "dtype"):
        return value * factor
    if value.dtype.kind == "b":
        return xp.logical_and(value, bool(factor))
    return xp.multiply(value, number_as(factor, value.dtype))


@elementwise(Rule(usual="subtract", numbers="all", factors=True, check=refuse_difference, linear=True),
    input=lambda grad: grad,
    other=lambda grad, alpha: -grad if alpha == 1 else grad * -conj(alpha),
)  # fmt: skip
def sub(xp, input, other, *, alpha=1, out=None):
    """input - alpha * other; the shapes broadcast. A RuntimeError for booleans."""
    return xp.subtract(input, other if alpha == 1 else times(xp, other, alpha), out=out)


@elementwise(Rule(method=False, in_place=False, numbers="later", check=refuse_difference, operands=("other", "input"),
                  overload=lambda input, other, alpha: f"RsubBackward{0 if hasattr(other, 'shape') else 1}",
                  linear=True),
    input=lambda grad, alpha: -grad if alpha == 1 else grad * -conj(alpha),
    other=lambda grad: grad,
)  # fmt: skip
def rsub(xp, input, other, *, alpha=1, out=None):
    """other - alpha * input; the shapes broadcast. A RuntimeError for booleans."""
    return xp.subtract(other, input if alpha == 1 else times(xp, input, alpha), out=out)


@elementwise(Rule(numbers="all"),
    input=lambda grad, other: grad * conj(other),
    other=lambda grad, input: grad * conj(input),
)  # fmt: skip
def mul(xp, input, other, out=None):
    """input * other; the shapes broadcast."""
    return xp.multiply(input, other, out=out)


@elementwise(Rule("float", numbers="all"),
    input=lambda grad, other: grad / conj(other),
    other=lambda grad, input, other: -grad * conj(input / other / other),
)  # fmt: skip
def div(xp, input, other, out=None):
    """input / other, always a fraction: integers give the default float; the shapes broadcast."""
    return xp.true_divide(input, other, out=out)


div_in_place = Tensor.div_


def divide(input, other, *, rounding_mode=None, out=None):
    """input / other: a fraction, or rounded with `rounding_mode` "trunc" (towards 0) or "floor"; the shapes broadcast.

    A RuntimeError for another mode, and for integers that are divided by 0 and rounded.
    """
    if rounding_mode is None:
        return div(input, other, out=out)
    return div_rounded(input, other, check_mode(rounding_mode), out=out)


def divide_(self, other, *, rounding_mode=None):
    """The tensor divided in-place, as `divide` does."""
    if rounding_mode is None:
        return div_in_place(self, other)
    return div_rounded_in_place(self, other, check_mode(rounding_mode))


def check_mode(mode):
    """The rounding mode, if it is one."""
    if mode not in ("trunc", "floor"):
        raise RuntimeError(f"div expected rounding_mode to be one of None, 'trunc', or 'floor' but found '{mode}'")
    return mode


def refuse_rounding(input, other, mode):
    """Refuse to round quotients of booleans and complex numbers."""
    refuse(f"div_{mode}_cpu", BOOL, COMPLEX, operands=2)(input, other)


@elementwise(Rule(method=False, numbers="all", overload=lambda *_: "DivBackward2", check=refuse_rounding),
    input=lambda grad: grad.new_zeros(grad.shape),
    other=lambda grad: grad.new_zeros(grad.shape),
)  # fmt: skip
def div_rounded(xp, input, other, mode="floor"):
    """input / other rounded down ("floor") or towards 0 ("trunc"); integers stay integers."""
    return quotient(xp, input, other, mode)


div_rounded_in_place = Tensor.div_rounded_
del Tensor.div_rounded_  # users write div_(other, rounding_mode=)


def quotient(xp, input, other, mode):
    """The quotient of two arrays, one of which may be a number, rounded."""
    refuse_zero(xp, input, other)
    if mode == "floor":
        return xp.floor_divide(input, other)
    if input_kind(input, other) == "f":
        return xp.trunc(xp.true_divide(input, other))
    down = xp.floor_divide(input, other)
    inexact = xp.not_equal(xp.multiply(down, other), input)
    return xp.add(down, xp.logical_and(inexact, xp.less(down, 0)), dtype=down.dtype)


def no_gradient(name):
    """Refuse the gradient of what has no derivative in PyTorch, though its result has a history."""
    raise RuntimeError(f"derivative for aten::{name} is not implemented")


@elementwise(
    Rule(numbers="all", overload=lambda *_: "NotImplemented",
         check=refuse("div_floor_cpu", BOOL, COMPLEX, operands=2)),
    input=lambda grad: no_gradient("floor_divide"),
    other=lambda grad: no_gradient("floor_divide"),
)  # fmt: skip
def floor_divide(xp, input, other):
    """input / other rounded down; the shapes broadcast. A RuntimeError for integers divided by 0, and in backward."""
    return quotient(xp, input, other, "floor")


@elementwise(
    Rule(check=refuse("remainder_cpu", BOOL, COMPLEX, operands=2),
         overload=lambda input, other: f"RemainderBackward{1 if hasattr(other, 'shape') else 0}"),
    input=lambda grad: grad,
    other=lambda grad, input, other: -grad * divide(input, other, rounding_mode="floor"),
)  # fmt: skip
def remainder(xp, input, other):
    """What `floor_divide` leaves over, with the sign of other; the shapes broadcast."""
    refuse_zero(xp, input, other)
    return xp.remainder(input, other)


@elementwise(
    Rule(numbers="later", check=refuse("fmod_cpu", BOOL, COMPLEX, operands=2),
         overload=lambda input, other: f"FmodBackward{1 if hasattr(other, 'shape') else 0}"),
    input=lambda grad: grad,
    other=lambda grad, input, other: -grad * divide(input, other, rounding_mode="trunc"),
)  # fmt: skip
def fmod(xp, input, other):
    """What division rounded towards 0 leaves over, with the sign of input; the shapes broadcast."""
    refuse_zero(xp, input, other)
    return xp.fmod(input, other)


def refuse_pow(input, exponent):
    """Refuse powers of booleans, but for those that change nothing."""
    if isinstance(exponent, int) and exponent < 0 and common((input,)).category <= dtypes.INTEGER:
        raise RuntimeError("Integers to negative integer powers are not allowed.")
    if isinstance(exponent, Tensor) or exponent not in (0, 1):
        refuse("pow", BOOL, operands=2)(input, exponent)


def name_of_pow(input, exponent):
    """PyTorch's node for a number as the exponent, two tensors, or a number as the base."""
    return f"PowBackward{2 if not hasattr(input, 'shape') else 1 if hasattr(exponent, 'shape') else 0}"


@elementwise(
    Rule(check=refuse_pow, overload=name_of_pow, constants=("exponent",)),
    input=lambda grad, input, exponent: pow_input(grad, input, exponent),
    exponent=lambda grad, input, exponent, result: pow_exponent(grad, input, exponent, result),
)  # fmt: skip
def pow(xp, input, exponent, out=None):
    """input to the power of exponent; the shapes broadcast. A RuntimeError for integers with a negative number."""
    if input_kind(input, exponent) in "iub":
        return integer_power(xp, input, exponent, out)
    simple = SIMPLE_POWERS.get(exponent) if isinstance(exponent, int | float) else None
    return xp.power(input, exponent, out=out) if simple is None else simple(xp, input, out)


SIMPLE_POWERS = {  # as PyTorch computes them: quicker, and with other limits than the general power
    0.5: lambda xp, input, out: xp.sqrt(input, out=out),
    1.0: lambda xp, input, out: xp.positive(input, out=out),
    2.0: lambda xp, input, out: xp.multiply(input, input, out=out),
    3.0: lambda xp, input, out: xp.multiply(xp.multiply(input, input), input, out=out),
    -1.0: lambda xp, input, out: xp.reciprocal(input, out=out),
    -2.0: lambda xp, input, out: xp.reciprocal(xp.multiply(input, input), out=out),
}


def integer_power(xp, input, exponent, out):
    """A power of integers; a negative exponent in a tensor gives the fraction cut off to 1, -1 or 0."""
    if input_kind(input, exponent) == "b":
        return xp.logical_or(input, not exponent, out=out)
    if isinstance(exponent, int):
        return xp.power(input, exponent, out=out)
    power = xp.power(input, xp.maximum(exponent, 0))
    odd_sign = xp.subtract(1, xp.multiply(2, xp.remainder(exponent, 2)))
    fraction = xp.where(xp.equal(input, 1), 1, xp.where(xp.equal(input, -1), odd_sign, 0))
    return xp.positive(xp.where(xp.less(exponent, 0), fraction, power).astype(power.dtype), out=out)


def pow_input(grad, input, exponent):
    """grad * exponent * input ** (exponent - 1), and 0 where the exponent is 0."""
    if not isinstance(exponent, Tensor):
        return grad * 0 if exponent == 0 else grad * conj(exponent * input ** (exponent - 1))
    product = grad * conj(exponent * input ** (exponent - 1))
    return product.where(exponent != 0, 0)


def square_input_array(xp):
    """The same of a square, as most powers are."""

    def call(grad, input, exponent):
        if type(exponent) is not int or exponent != 2:
            raise Unusual
        return grad * (2 * input)

    return call


pow_input.on_arrays = square_input_array


def pow_exponent(grad, input, exponent, result):
    """grad * result * log(input), and 0 where the power of 0 is 0 for all exponents near."""
    if isinstance(input, Tensor) and result.is_complex():
        input = input.to(result.dtype)
    base_is_zero = input == 0
    factor = conj(
        result
        * (
            input.log()
            if isinstance(input, Tensor)
            else logarithm(complex(input) if result.is_complex() and input != 0 else input)
        )
    )
    if base_is_zero is False:
        return grad * factor
    flat = (exponent.real if exponent.is_complex() else exponent) >= 0
    return grad * factor.where(~flat if base_is_zero is True else ~(flat & base_is_zero), 0)


def logarithm(number):
    """The natural logarithm of a Python number: -inf at 0, nan below."""
    if isinstance(number, complex):
        return cmath.log(number)
    return math.log(number) if number > 0 else -math.inf if number == 0 else math.nan


def square(input, *, out=None):
    """input * input."""
    need_tensor("square", input)
    return pow(input, 2, out=out)


def float_power(input, exponent, *, out=None):
    """input to the power of exponent, both in double precision."""
    operands = [each for each in (input, exponent) if isinstance(each, Tensor)]
    if not operands:
        raise errors.invalid_combination("float_power", (input, exponent))
    double = dtypes.complex128 if any(each.is_complex() for each in operands) else dtypes.float64
    if isinstance(out, Tensor) and out.dtype is not double:
        raise RuntimeError(
            f"the output given to float_power has dtype {out.dtype.title} but the operation's result requires dtype "
            f"{double.title}"
        )
    input, exponent = [each.to(double) if isinstance(each, Tensor) else each for each in (input, exponent)]
    return pow(input, exponent, out=out)


def float_power_(self, exponent):
    """The tensor, which has to be of double precision, to the power of exponent, in-place."""
    is_complex = self.is_complex() or (
        exponent.is_complex() if isinstance(exponent, Tensor) else type(exponent) is complex
    )
    double = dtypes.complex128 if is_complex else dtypes.float64
    if self.dtype is not double:
        raise RuntimeError(
            f"the base given to float_power_ has dtype {self.dtype.title} but the operation's result requires dtype "
            f"{double.title}"
        )
    return self.pow_(exponent.to(double) if isinstance(exponent, Tensor) else exponent)


def add_scaled(xp, input, product, value, out):
    """input + value * product, with the factor as the dtype holds it."""
    return xp.add(input, product if value == 1 else times(xp, product, value), out=out)


def need_factors(name, *factors):
    """Refuse numbers in the place of the two tensors that are multiplied or divided."""
    for place, factor in enumerate(factors, 1):
        if not isinstance(factor, Tensor):
            raise errors.not_a_tensor(name, f"tensor{place}", place + 1, factor)


def refuse_addcmul(input, tensor1, tensor2, value):
    """Refuse numbers, and booleans."""
    need_factors("addcmul", tensor1, tensor2)
    refuse("addcmul_cpu_out", BOOL, operands=3)(input, tensor1, tensor2)


@elementwise(Rule(numbers="later", factors=True, check=refuse_addcmul),
    input=lambda grad: grad,
    tensor1=lambda grad, tensor2, value: grad * conj(tensor2 * value),
    tensor2=lambda grad, tensor1, value: grad * conj(tensor1 * value),
)  # fmt: skip
def addcmul(xp, input, tensor1, tensor2, *, value=1, out=None):
    """input + value * tensor1 * tensor2; the shapes broadcast."""
    return add_scaled(xp, input, xp.multiply(tensor1, tensor2), value, out)


def refuse_addcdiv(input, tensor1, tensor2, value):
    """Refuse to divide integers, and numbers."""
    need_factors("addcdiv", tensor1, tensor2)
    if common((tensor1, tensor2)).category < dtypes.FLOAT:
        raise RuntimeError(
            "Integer division with addcdiv is no longer supported, and in a future  release addcdiv will perform "
            "a true division of tensor1 and tensor2. The historic addcdiv behavior can be implemented as (input "
            "+ value * torch.trunc(tensor1 / tensor2)).to(input.dtype) for integer inputs and as (input + value "
            "* tensor1 / tensor2) for float inputs. The future addcdiv behavior is just the latter "
            "implementation: (input + value * tensor1 / tensor2), for all dtypes."
        )


@elementwise(Rule(numbers="later", factors=True, check=refuse_addcdiv),
    input=lambda grad: grad,
    tensor1=lambda grad, tensor2, value: grad * conj(value / tensor2),
    tensor2=lambda grad, tensor1, tensor2, value: -grad * conj(value * tensor1 / (tensor2 * tensor2)),
)  # fmt: skip
def addcdiv(xp, input, tensor1, tensor2, *, value=1, out=None):
    """input + value * tensor1 / tensor2; the shapes broadcast. A RuntimeError for integers."""
    return add_scaled(xp, input, xp.true_divide(tensor1, tensor2), value, out)


def refuse_lerp(input, end, weight):
    """Refuse operands of different dtypes, and integers."""
    if not isinstance(end, Tensor):
        raise errors.invalid_combination("lerp", (input, end, weight))
    for name, each in (("end", end), ("weight", weight)):
        if isinstance(each, Tensor) and each.dtype is not input.dtype:
            names = [tensor.dtype.title.lower() for tensor in (input, each)]
            raise RuntimeError(f"expected dtype {names[0]} for `{name}` but got dtype {names[1]}")
    kind = "tensor" if isinstance(weight, Tensor) else "scalar"
    refuse(f"lerp_kernel_{kind}", BOOL, INTEGER)(input)


@elementwise(
    Rule(numbers="later", constants=("weight",), check=refuse_lerp,
         overload=lambda input, end, weight: f"LerpBackward{1 if hasattr(weight, 'shape') else 0}"),
    input=lambda grad, weight: grad * conj(1 - weight),
    end=lambda grad, weight: grad * conj(weight),
    weight=lambda grad, input, end: grad * conj(end - input),
)  # fmt: skip
def lerp(xp, input, end, weight):
    """input + weight * (end - input), exact at both ends; the shapes broadcast."""
    way = xp.subtract(end, input)
    if not hasattr(weight, "dtype"):
        if abs(weight) < 0.5:
            return xp.add(input, xp.multiply(way, weight))
        return xp.subtract(end, xp.multiply(way, 1 - weight))
    near, far = xp.add(input, xp.multiply(way, weight)), xp.subtract(end, xp.multiply(way, xp.subtract(1, weight)))
    return xp.where(xp.less(xp.absolute(weight), 0.5), near, far)


def conj(value):
    """The conjugate of a complex tensor or number; a real one is given back as it is."""
    if isinstance(value, Tensor):
        return value.conj() if value.is_complex() else value
    return value.conjugate()


conj.on_arrays = lambda xp: lambda value: value  # of real arrays


def reflected(function):
    """The operator whose left operand is a number, as a method of the tensor on the right."""

    def operator(self, other):
        if isinstance(other, bool | int | float | complex | Tensor):
            return function(other, self)
        if hasattr(other, "item") and getattr(other, "shape", None) == ():  # NumPy's int64 is no int
            return function(other.item(), self)
        return NotImplemented

    return operator


def square_(self):
    """The tensor replaced by its square."""
    return self.pow_(2)


Tensor.square, Tensor.square_ = square, square_
Tensor.float_power, Tensor.float_power_ = float_power, float_power_
Tensor.div = Tensor.divide = divide
Tensor.div_ = Tensor.divide_ = divide_
Tensor.true_divide, Tensor.true_divide_ = div, div_in_place
Tensor.multiply, Tensor.multiply_ = mul, Tensor.mul_
Tensor.subtract, Tensor.subtract_ = sub, Tensor.sub_
Tensor.__add__ = Tensor.__radd__ = operator_of(add)
Tensor.__sub__, Tensor.__rsub__ = operator_of(sub), operator_of(rsub)
Tensor.__mul__ = Tensor.__rmul__ = operator_of(mul)
Tensor.__truediv__ = Tensor.__div__ = operator_of(div)
Tensor.__rtruediv__ = Tensor.__rdiv__ = reflected(lambda other, self: self.reciprocal() * other)
Tensor.__floordiv__, Tensor.__rfloordiv__ = operator_of(floor_divide), reflected(floor_divide)
Tensor.__mod__, Tensor.__rmod__ = operator_of(remainder), reflected(remainder)
Tensor.__pow__, Tensor.__rpow__ = operator_of(pow), reflected(pow)
Tensor.__idiv__ = div_in_place
Tensor.__iadd__, Tensor.__isub__, Tensor.__imul__, Tensor.__itruediv__ = (
    Tensor.add_,
    Tensor.sub_,
    Tensor.mul_,
    div_in_place,
)
Tensor.__ifloordiv__, Tensor.__imod__, Tensor.__ipow__ = Tensor.floor_divide_, Tensor.remainder_, Tensor.pow_
