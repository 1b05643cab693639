"""Products of numbers with logarithms, which are 0 where the number is 0: the terms of entropies."""

import math

from tinytorch.operation import Rule, elementwise
from tinytorch.ops.arithmetic import logarithm
from tinytorch.ops.binary import as_arrays, node_by_numbers
from tinytorch.ops.error_functions import special_rule
from tinytorch.ops.refusals import COMPLEX, refuse
from tinytorch.tensor import Tensor


@elementwise(
    Rule("float", check=refuse("xlogy_cpu", COMPLEX, operands=2), overload=node_by_numbers("Xlogy")),
    input=lambda grad, input, other: grad * log_unless(input, other),
    other=lambda grad, input, other: grad * input / other,
)  # fmt: skip
def xlogy(xp, input, other):
    """input * log(other), and 0 where input is 0 and other is a number; the shapes broadcast."""
    return product(xp, input, other, xp.log)


@elementwise(
    Rule("float", method=False, in_place=False, check=refuse("xlog1py_cpu", COMPLEX, operands=2),
         overload=node_by_numbers("SpecialXlog1Py")),
    input=lambda grad, input, other: grad * log1p_unless(input, other),
    other=lambda grad, input, other: grad * input / (other + 1),
)  # fmt: skip
def xlog1py(xp, input, other):
    """input * log(1 + other), and 0 where input is 0 and other is a number; the shapes broadcast."""
    return product(xp, input, other, xp.log1p)


def product(xp, input, other, function):
    """input * function(other), and 0 where input is 0 and other is a number."""
    input, other = as_arrays(xp, input, other)
    result = xp.multiply(input, function(other))
    nothing = xp.logical_and(xp.equal(input, 0), xp.logical_not(xp.isnan(other)))
    return xp.where(nothing, xp.zeros((), result.dtype), result)


def log_unless(input, other):
    """log(other), and 0 where input is 0 and other is not above 0."""
    return unless_nothing(other.log() if isinstance(other, Tensor) else logarithm(other), input, other > 0)


def log1p_unless(input, other):
    """log(1 + other), and 0 where input is 0 and other is not above -1."""
    if isinstance(other, Tensor):
        return unless_nothing(other.log1p(), input, other > -1)
    return unless_nothing(math.log1p(other) if other > -1 else logarithm(other + 1), input, other > -1)


def unless_nothing(factor, input, positive):
    """A logarithm, of a tensor or a number, and 0 where input is 0 and the logarithm is of nothing positive."""
    if isinstance(factor, Tensor):
        return factor.where(positive | (input != 0), 0)
    return factor if positive else (input * 0 + factor).where(input != 0, 0)


@elementwise(special_rule("entr"), input=lambda grad, input: -grad * (input.log() + 1))
def entr(xp, input):
    """-input * log(input), 0 at 0, and -inf below."""
    return xp.special.entr(input)
