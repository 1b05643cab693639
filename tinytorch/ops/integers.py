"""Common divisors and multiples of whole numbers."""

from tinytorch import dtypes
from tinytorch.operation import Rule, elementwise
from tinytorch.ops.refusals import BOOL, COMPLEX, FLOAT, input_kind, not_implemented, refuse, refuse_number


def check_of(name):
    """The check of an operation of two tensors of integers."""
    return refuse(f"{name}_cpu", BOOL, FLOAT, COMPLEX, operands=2, tensors=name)


def refuse_usual(name, input, other):
    """Refuse numbers and floats in usual calls too, which skip the check."""
    refuse_number(name, "other", other)
    if input_kind(input, other) not in "iu":
        raise not_implemented(f"{name}_cpu", dtypes.of_numpy[input.dtype])


@elementwise(Rule(check=check_of("gcd")))
def gcd(xp, input, other, out=None):
    """The greatest common divisor, not below 0; that of 0 and 0 is 0; the shapes broadcast."""
    refuse_usual("gcd", input, other)
    return xp.gcd(input, other, out=out)


@elementwise(Rule(check=check_of("lcm")))
def lcm(xp, input, other, out=None):
    """The least common multiple, not below 0; that of 0 and anything is 0; the shapes broadcast."""
    refuse_usual("lcm", input, other)
    return xp.lcm(input, other, out=out)
