"""Addition, multiplication and what follows from them, element by element."""

from tinytorch.operation import Rule, elementwise, operator_of
from tinytorch.tensor import Tensor


@elementwise(
    input=lambda grad: grad,
    other=lambda grad, alpha: grad if alpha == 1 else grad * alpha,
)
def add(xp, input, other, *, alpha=1, out=None):
    """input + alpha * other; the shapes broadcast."""
    return xp.add(input, other if alpha == 1 else xp.multiply(other, alpha), out=out)


@elementwise(
    input=lambda grad: grad,
    other=lambda grad, alpha: grad.neg() if alpha == 1 else grad * -alpha,
)
def sub(xp, input, other, *, alpha=1, out=None):
    """input - alpha * other; the shapes broadcast."""
    return xp.subtract(input, other if alpha == 1 else xp.multiply(other, alpha), out=out)


@elementwise(Rule(method=False, in_place=False, title="Rsub", overload=lambda *_: "RsubBackward1"),
    input=lambda grad, alpha: grad.neg() if alpha == 1 else grad * -alpha,
    other=lambda grad: grad,
)  # fmt: skip
def rsub(xp, input, other, *, alpha=1, out=None):
    """other - alpha * input; the shapes broadcast."""
    return xp.subtract(other, input if alpha == 1 else xp.multiply(input, alpha), out=out)


@elementwise(
    input=lambda grad, other: grad * conj(other),
    other=lambda grad, input: grad * conj(input),
)
def mul(xp, input, other, out=None):
    """input * other; the shapes broadcast."""
    return xp.multiply(input, other, out=out)


@elementwise(Rule("float"),
    input=lambda grad, other: grad / conj(other),
    other=lambda grad, input, other: -grad * conj(input / other / other),
)  # fmt: skip
def div(xp, input, other, out=None):
    """input / other, always a fraction: integers give the default float; the shapes broadcast."""
    return xp.true_divide(input, other, out=out)


@elementwise(
    input=lambda grad, input, exponent: pow_derivative(grad, input, exponent),
    exponent=lambda grad, input, exponent, result: grad * result * input.log(),
)
def pow(xp, input, exponent, out=None):
    """input to the power of exponent; the shapes broadcast."""
    return xp.power(input, exponent, out=out)


def pow_derivative(grad, input, exponent):
    """grad * exponent * input ** (exponent - 1), and 0 where the exponent is 0."""
    if not isinstance(exponent, Tensor):
        return grad * 0 if exponent == 0 else grad * (exponent * input ** (exponent - 1))
    return grad * (exponent * input ** (exponent - 1))


def conj(value):
    """The conjugate of a complex tensor or number; a real one is given back as it is."""
    if isinstance(value, Tensor):
        return value.conj() if value.is_complex() else value
    return value.conjugate()


Tensor.__add__ = Tensor.__radd__ = operator_of(add)
Tensor.__sub__, Tensor.__rsub__ = operator_of(sub), operator_of(rsub)
Tensor.__mul__ = Tensor.__rmul__ = operator_of(mul)
Tensor.__truediv__ = operator_of(div)
Tensor.__rtruediv__ = lambda self, other: self.reciprocal() * other
Tensor.__pow__ = operator_of(pow)
Tensor.__iadd__, Tensor.__isub__, Tensor.__imul__, Tensor.__itruediv__ = Tensor.add_, Tensor.sub_, Tensor.mul_, Tensor.div_
