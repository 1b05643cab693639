"""Comparisons, logic and bits, and the choice between elements that follows from them."""

from tinytorch import dtypes, errors
from tinytorch.deprecations import warn_once
from tinytorch.modes import no_grad
from tinytorch.operation import Rule, elementwise, operator_of
from tinytorch.ops.arithmetic import reflected
from tinytorch.ops.pointwise import alias
from tinytorch.ops.refusals import BOOL, COMPLEX, FLOAT, input_kind, not_implemented, refuse
from tinytorch.tensor import Tensor


@elementwise(Rule("bool", overwrites=True, numbers="later"))
def eq(xp, input, other, out=None):
    """Whether input == other; nan equals nothing; the shapes broadcast."""
    return xp.equal(input, other, out=out)


@elementwise(Rule("bool", overwrites=True, numbers="later"))
def ne(xp, input, other, out=None):
    """Whether input != other; the shapes broadcast."""
    return xp.not_equal(input, other, out=out)


@elementwise(Rule("bool", overwrites=True, numbers="later", check=refuse("lt_cpu", COMPLEX, operands=2)))
def lt(xp, input, other, out=None):
    """Whether input < other; the shapes broadcast."""
    return xp.less(input, other, out=out)


@elementwise(Rule("bool", overwrites=True, numbers="later", check=refuse("le_cpu", COMPLEX, operands=2)))
def le(xp, input, other, out=None):
    """Whether input <= other; the shapes broadcast."""
    return xp.less_equal(input, other, out=out)


@elementwise(Rule("bool", overwrites=True, numbers="later", check=refuse("gt_cpu", COMPLEX, operands=2)))
def gt(xp, input, other, out=None):
    """Whether input > other; the shapes broadcast."""
    return xp.greater(input, other, out=out)


@elementwise(Rule("bool", overwrites=True, numbers="later", check=refuse("ge_cpu", COMPLEX, operands=2)))
def ge(xp, input, other, out=None):
    """Whether input >= other; the shapes broadcast."""
    return xp.greater_equal(input, other, out=out)


def refuse_unlike(input, other, *_):
    """Refuse to compare closely what has different dtypes."""
    if input.dtype is not other.dtype:
        raise RuntimeError(f"{input.dtype.title} did not match {other.dtype.title}")


@elementwise(Rule("bool", in_place=False, numbers="none", check=refuse_unlike, composed=True))
def isclose(xp, input, other, rtol=1e-05, atol=1e-08, equal_nan=False):
    """Whether abs(input - other) <= atol + rtol * abs(other); infinities are close to themselves."""
    if rtol < 0 or atol < 0:
        name, value = ("rtol", rtol) if rtol < 0 else ("atol", atol)
        raise RuntimeError(f"{name} must be greater than or equal to zero, but got {value:g}")
    close = xp.equal(input, other)
    if equal_nan:
        close = xp.logical_or(close, xp.logical_and(xp.isnan(input), xp.isnan(other)))
    if rtol == 0 and atol == 0:
        return close
    if input.dtype.kind == "b":
        input, other = input.astype("int8"), other.astype("int8")
    allowed = xp.add(atol, xp.absolute(xp.multiply(other, rtol)))
    far = xp.absolute(
        xp.subtract(xp.maximum(input, other), xp.minimum(input, other))
        if input.dtype.kind in "iu"
        else xp.subtract(input, other)
    )
    return xp.logical_or(close, xp.logical_and(xp.isfinite(far), xp.less_equal(far, allowed)))


def allclose(input, other, rtol=1e-05, atol=1e-08, equal_nan=False):
    """Whether all elements are close, as a bool."""
    with no_grad():  # in which no history is asked for, as PyTorch asks for none here
        return bool(isclose(input, other, rtol, atol, equal_nan).all().item())


def equal(input, other):
    """Whether two tensors have the same shape and elements, as a bool."""
    if input.device is not other.device:
        raise errors.devices_differ(other.device, input.device)
    return input.shape == other.shape and bool(eq(input, other).all().item())


@elementwise(Rule("bool", numbers="none"))
def logical_and(xp, input, other, out=None):
    """Whether both are not 0; the shapes broadcast."""
    return xp.logical_and(input, other, out=out)


@elementwise(Rule("bool", numbers="none"))
def logical_or(xp, input, other, out=None):
    """Whether one of both is not 0; the shapes broadcast."""
    return xp.logical_or(input, other, out=out)


@elementwise(Rule("bool", numbers="none"))
def logical_xor(xp, input, other, out=None):
    """Whether exactly one of both is not 0; the shapes broadcast."""
    return xp.logical_xor(input, other, out=out)


@elementwise(Rule("bool"))
def logical_not(xp, input, out=None):
    """Whether an element is 0."""
    return xp.logical_not(input, out=out)


@elementwise(Rule(moves=True, check=refuse("bitwise_and_cpu", FLOAT, COMPLEX, operands=2)))
def bitwise_and(xp, input, other, out=None):
    """The bits that both have; of booleans, whether both are true; the shapes broadcast."""
    refuse_fractions("bitwise_and_cpu", input, other)
    return xp.bitwise_and(input, other, out=out)


@elementwise(Rule(moves=True, check=refuse("bitwise_or_cpu", FLOAT, COMPLEX, operands=2)))
def bitwise_or(xp, input, other, out=None):
    """The bits that one of both has; of booleans, whether one is true; the shapes broadcast."""
    refuse_fractions("bitwise_or_cpu", input, other)
    return xp.bitwise_or(input, other, out=out)


@elementwise(Rule(moves=True, check=refuse("bitwise_xor_cpu", FLOAT, COMPLEX, operands=2)))
def bitwise_xor(xp, input, other, out=None):
    """The bits that exactly one of both has; the shapes broadcast."""
    refuse_fractions("bitwise_xor_cpu", input, other)
    return xp.bitwise_xor(input, other, out=out)


@elementwise(Rule(moves=True, exact=True, check=refuse("bitwise_not_cpu", FLOAT, COMPLEX)))
def bitwise_not(xp, input, out=None):
    """All bits turned over; of booleans, whether they are false."""
    refuse_fractions("bitwise_not_cpu", input)
    return xp.invert(input, out=out)


@elementwise(Rule(moves=True, check=refuse("lshift_cpu", BOOL, FLOAT, COMPLEX, operands=2)))
def bitwise_left_shift(xp, input, other, out=None):
    """The bits of input moved up by other places; the shapes broadcast."""
    refuse_fractions("lshift_cpu", input, other)
    return xp.left_shift(input, other, out=out)


@elementwise(Rule(moves=True, check=refuse("rshift_cpu", BOOL, FLOAT, COMPLEX, operands=2)))
def bitwise_right_shift(xp, input, other, out=None):
    """The bits of input moved down by other places, with its sign kept; the shapes broadcast."""
    refuse_fractions("rshift_cpu", input, other)
    return xp.right_shift(input, other, out=out)


def refuse_fractions(kernel, input, other=None):
    """Refuse the bits of floating point numbers, for usual calls too."""
    if input_kind(input, other) == "f":
        raise not_implemented(kernel, dtypes.of_numpy[getattr(input, "dtype", None) or other.dtype])


def invert(self):
    """The operator ~: bits turned over, or truth."""
    if self.dtype.category > dtypes.INTEGER:
        raise TypeError("~ (operator.invert) is only implemented on integer and Boolean-type tensors")
    return bitwise_not(self)


def refuse_complex(name):
    """The check of an operation that complex numbers have no order for."""
    return refuse(name, operands=2, complex=(RuntimeError, f"{name} not implemented for complex tensors."))


def larger_part(grad, one, other):
    """The gradient where one >= other: half of it where they are equal; also where one of them is nan."""
    return (grad / 2).where(one == other, grad).where(~(one < other), 0)


@elementwise(Rule(in_place=False, numbers="none", check=refuse_complex("maximum")),
    input=lambda grad, input, other: larger_part(grad, input, other),
    other=lambda grad, input, other: larger_part(grad, other, input),
)  # fmt: skip
def maximum(xp, input, other, out=None):
    """The larger of both, nan if one is nan; at a tie each has half of the gradient; the shapes broadcast."""
    return xp.maximum(input, other, out=out)


@elementwise(Rule(in_place=False, numbers="none", check=refuse_complex("minimum")),
    input=lambda grad, input, other: smaller_part(grad, input, other),
    other=lambda grad, input, other: smaller_part(grad, other, input),
)  # fmt: skip
def minimum(xp, input, other, out=None):
    """The smaller of both, nan if one is nan; at a tie each has half of the gradient; the shapes broadcast."""
    return xp.minimum(input, other, out=out)


def smaller_part(grad, one, other):
    """The gradient where one <= other: half of it where they are equal; also where one of them is nan."""
    return (grad / 2).where(one == other, grad).where(~(one > other), 0)


@elementwise(Rule(in_place=False, numbers="none", check=refuse_complex("fmax")),
    input=lambda grad, input, other: grad.where((input >= other) | other.isnan(), 0),
    other=lambda grad, input, other: grad.where(~((input >= other) | other.isnan()), 0),
)  # fmt: skip
def fmax(xp, input, other, out=None):
    """The larger of both, or the other if one is nan; the shapes broadcast."""
    return xp.fmax(input, other, out=out)


@elementwise(Rule(in_place=False, numbers="none", check=refuse_complex("fmin")),
    input=lambda grad, input, other: grad.where((input <= other) | other.isnan(), 0),
    other=lambda grad, input, other: grad.where(~((input <= other) | other.isnan()), 0),
)  # fmt: skip
def fmin(xp, input, other, out=None):
    """The smaller of both, or the other if one is nan; the shapes broadcast."""
    return xp.fmin(input, other, out=out)


def refuse_clamp(input, min, max):
    """Refuse complex numbers and two absent bounds."""
    if min is None and max is None:
        raise RuntimeError("torch.clamp: At least one of 'min' or 'max' must not be None")
    refuse("clamp", operands=3, complex=(NotImplementedError, "clamp is not supported for complex types"))(
        input, min, max
    )


def within(input, min, max):
    """Where input is between its bounds, bounds included."""
    if min is None or max is None:
        return input <= max if min is None else input >= min
    return (input >= min) & (input <= max)


def is_tensor_clamp(input, min, max):
    """PyTorch's node for bounds that are tensors, or numbers."""
    return f"ClampBackward{0 if hasattr(min, 'shape') or hasattr(max, 'shape') else 1}"


@elementwise(Rule(numbers="later", constants=("min", "max"), check=refuse_clamp, overload=is_tensor_clamp),
    input=lambda grad, input, min, max: grad.where(within(input, min, max), 0),
    min=lambda grad, input, min, max: grad.where(input < min if max is None else (input < min) & (min < max), 0),
    max=lambda grad, input, min, max: grad.where(input > max if min is None else (input > max) | (max < min), 0),
)  # fmt: skip
def clamp(xp, input, min=None, max=None, out=None):
    """input between min and max, numbers or tensors; max where min is larger; nan stays. The shapes broadcast."""
    if min is None:
        return xp.minimum(input, max, out=out)
    if max is None:
        return xp.maximum(input, min, out=out)
    return xp.minimum(xp.maximum(input, min), max, out=out)


def refuse_bound(kernel):
    """The check of a clamp to one bound: PyTorch says another word for a tensor than for a number."""

    def check(input, bound):
        if isinstance(bound, Tensor):
            refuse(kernel, COMPLEX, operands=2)(input, bound)
        else:
            refuse_clamp(input, bound, None)

    return check


@elementwise(
    Rule(numbers="later", check=refuse_bound("maximum_cpu"),
         overload=lambda input, min: f"ClampMinBackward{1 if hasattr(min, 'shape') else 0}"),
    input=lambda grad, input, min: grad.where(input >= min, 0),
    min=lambda grad, input, min: grad.where(input < min, 0),
)  # fmt: skip
def clamp_min(xp, input, min, out=None):
    """input, but at least min; nan stays; the shapes broadcast."""
    return xp.maximum(input, min, out=out)


@elementwise(
    Rule(numbers="later", check=refuse_bound("minimum_cpu"),
         overload=lambda input, max: f"ClampMaxBackward{1 if hasattr(max, 'shape') else 0}"),
    input=lambda grad, input, max: grad.where(input <= max, 0),
    max=lambda grad, input, max: grad.where(input > max, 0),
)  # fmt: skip
def clamp_max(xp, input, max, out=None):
    """input, but at most max; nan stays; the shapes broadcast."""
    return xp.minimum(input, max, out=out)


def refuse_condition(condition, input, other):
    """Refuse a condition that is not boolean."""
    if condition.dtype not in (dtypes.bool_, dtypes.uint8):
        raise RuntimeError(
            f"where expected condition to be a boolean tensor, but got a tensor with dtype {condition.dtype.title}"
        )


@elementwise(
    Rule(method=False, in_place=False, moves=True, numbers="all", operands=("input", "other"),
         check=refuse_condition, linear=True),
    input=lambda grad, condition: where(condition, grad, 0),
    other=lambda grad, condition: where(condition, 0, grad),
)  # fmt: skip
def where(xp, condition, input, other):
    """input where the condition is true and other where it is not; the shapes broadcast."""
    if condition.dtype.kind != "b":
        warn_once("where")
        condition = xp.not_equal(condition, 0)
    dtype = (input if hasattr(input, "dtype") else other).dtype
    return xp.where(
        condition, *[each if hasattr(each, "dtype") else xp.asarray(each, dtype) for each in (input, other)]
    )


def chosen_where(self, condition, other):
    """The tensor's elements where the condition is true, and those of other elsewhere; the shapes broadcast."""
    return where(condition, self, other)


Tensor.where = chosen_where
Tensor.equal, Tensor.allclose = equal, allclose
alias(not_equal="ne", less="lt", less_equal="le", greater="gt", greater_equal="ge", clip="clamp")
Tensor.__eq__, Tensor.__ne__ = operator_of(eq), operator_of(ne)
Tensor.__lt__, Tensor.__le__, Tensor.__gt__, Tensor.__ge__ = [operator_of(each) for each in (lt, le, gt, ge)]
Tensor.__and__, Tensor.__or__, Tensor.__xor__ = [operator_of(each) for each in (bitwise_and, bitwise_or, bitwise_xor)]
Tensor.__rand__, Tensor.__ror__, Tensor.__rxor__ = Tensor.__and__, Tensor.__or__, Tensor.__xor__
Tensor.__lshift__, Tensor.__rshift__ = operator_of(bitwise_left_shift), operator_of(bitwise_right_shift)
Tensor.__rlshift__, Tensor.__rrshift__ = reflected(bitwise_left_shift), reflected(bitwise_right_shift)
Tensor.__iand__, Tensor.__ior__, Tensor.__ixor__ = Tensor.bitwise_and_, Tensor.bitwise_or_, Tensor.bitwise_xor_
Tensor.__ilshift__, Tensor.__irshift__ = Tensor.bitwise_left_shift_, Tensor.bitwise_right_shift_
Tensor.__invert__ = invert
