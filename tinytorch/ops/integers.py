"""Common divisors and multiples of whole numbers."""

from tinytorch.operation import Rule, elementwise
from tinytorch.ops.refusals import BOOL, COMPLEX, FLOAT, refuse


@elementwise(Rule(numbers="none", check=refuse("gcd_cpu", BOOL, FLOAT, COMPLEX, operands=2)))
def gcd(xp, input, other, out=None):
    """The greatest common divisor, not below 0; that of 0 and 0 is 0; the shapes broadcast."""
    return xp.gcd(input, other, out=out)


@elementwise(Rule(numbers="none", check=refuse("lcm_cpu", BOOL, FLOAT, COMPLEX, operands=2)))
def lcm(xp, input, other, out=None):
    """The least common multiple, not below 0; that of 0 and anything is 0; the shapes broadcast."""
    return xp.lcm(input, other, out=out)
