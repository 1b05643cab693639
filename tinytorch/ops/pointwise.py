"""Functions of one number, applied to each element."""

from tinytorch.operation import Rule, elementwise
from tinytorch.tensor import Tensor


@elementwise(input=lambda grad: grad.neg())
def neg(xp, input, out=None):
    """-input."""
    return xp.negative(input, out=out)


@elementwise(Rule("float"), input=lambda grad, result: -grad * (result * result))
def reciprocal(xp, input, out=None):
    """1 / input."""
    return xp.reciprocal(input, out=out)


@elementwise(Rule("float"), input=lambda grad, result: grad * result)
def exp(xp, input, out=None):
    """e to the power of each element."""
    return xp.exp(input, out=out)


@elementwise(Rule("float"), input=lambda grad, input: grad / input)
def log(xp, input, out=None):
    """The natural logarithm; -inf at 0, nan below."""
    return xp.log(input, out=out)


@elementwise(Rule("float"), input=lambda grad, result: grad / (2 * result))
def sqrt(xp, input, out=None):
    """The square root; nan below 0."""
    return xp.sqrt(input, out=out)


@elementwise(Rule("float"), input=lambda grad, input: grad * input.cos())
def sin(xp, input, out=None):
    """The sine of an angle in radians."""
    return xp.sin(input, out=out)


@elementwise(Rule("float"), input=lambda grad, input: grad * -input.sin())
def cos(xp, input, out=None):
    """The cosine of an angle in radians."""
    return xp.cos(input, out=out)


@elementwise(input=lambda grad, input: grad * input.sign())
def abs(xp, input, out=None):
    """The distance from 0; its derivative at 0 is 0."""
    return xp.absolute(input, out=out)


@elementwise(input=lambda grad: grad * 0)
def sign(xp, input, out=None):
    """-1, 0 or 1; 0 for nan."""
    return xp.nan_to_num(xp.sign(input), nan=0.0) if out is None else xp.copyto(out, xp.nan_to_num(xp.sign(input)))


Tensor.__neg__ = neg
Tensor.__abs__ = abs
