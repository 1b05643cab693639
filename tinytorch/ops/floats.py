"""How floating point numbers are made: mantissa, exponent, and the next number that there is."""

import math

from tinytorch import return_types
from tinytorch.delivery import deliver_all
from tinytorch.operation import Rule, elementwise, operation
from tinytorch.ops.arithmetic import conj
from tinytorch.ops.refusals import BOOL, COMPLEX, INTEGER, need_tensor, refuse
from tinytorch.tensor import Tensor

WORDS = (
    "torch.frexp() expects mantissa to have dtype {0} but got {1}",
    "torch.frexp() expects exponent to have int dtype but got {1}",
)
NO_FRACTIONS = (RuntimeError, "torch.frexp() only supports floating-point dtypes")


@operation(
    Rule(
        method=False,
        title="Frexp",
        check=refuse("frexp", bool=NO_FRACTIONS, integer=NO_FRACTIONS, complex=NO_FRACTIONS),
    ),
    input=lambda grads, input: ldexp(grads[0], -parts(input)[1]),
)
def parts(xp, input):
    """Mantissas, from 0.5 up to 1 in size, and exponents, as int32, with input = mantissa * 2 ** exponent."""
    return xp.frexp(input)


def frexp(input, *, out=None):
    """Mantissas, from 0.5 up to 1 in size, and exponents with input = mantissa * 2 ** exponent."""
    need_tensor("frexp", input)
    found = parts(input)
    if out is not None:
        found = deliver_all("frexp", out, found, *WORDS)
    return return_types.frexp(found)


@elementwise(
    Rule("float", numbers="none"),
    input=lambda grad, other: ldexp(grad, conj(other)),
    other=lambda grad, result: grad * conj(result) * math.log(2),
)
def ldexp(xp, input, other):
    """input * 2 ** other; a power beyond the dtype does no harm where the product is within; the shapes broadcast."""
    if other.dtype.kind == "c":
        return xp.multiply(input, xp.power(2, other))
    half = xp.minimum(xp.maximum(xp.floor(xp.multiply(other, 0.5)), -1000), 1000)
    return xp.multiply(xp.multiply(input, xp.exp2(half)), xp.exp2(xp.subtract(other, half)))


@elementwise(
    Rule(moves=True, numbers="none", check=refuse("nextafter_cpu", BOOL, INTEGER, COMPLEX, operands=2)),
    input=lambda grad: grad,
    other=lambda grad: grad.new_zeros(grad.shape),
)
def nextafter(xp, input, other):
    """The number of the dtype next to input on the side of other; the shapes broadcast."""
    return xp.nextafter(input, other)


Tensor.frexp = frexp
