"""Activation functions: what a unit makes of its input."""

from tinytorch.operation import Rule, elementwise
from tinytorch.ops.arithmetic import conj
from tinytorch.ops.refusals import BOOL, INTEGER, refuse


@elementwise(Rule("float"), input=lambda grad, result: sigmoid_backward(grad, result))
def sigmoid(xp, input, out=None):
    """1 / (1 + exp(-input)), in one pass over memory."""
    return xp.sigmoid(input, out=out)


@elementwise(Rule(method=False, in_place=False, numbers="none"),
    upstream=lambda grad, upstream, result: sigmoid_backward(grad, conj(result)),  # PyTorch asks for upstream too
    result=lambda grad, upstream, result: conj(grad) * upstream * (1 - 2 * conj(result)),
)  # fmt: skip
def sigmoid_backward(xp, upstream, result, out=None):
    """upstream * result * (1 - result): the derivative of sigmoid, differentiable in its turn."""
    return xp.sigmoid_backward(upstream, result, out=out)


@elementwise(Rule("float"), input=lambda grad, result: tanh_backward(grad, result))
def tanh(xp, input, out=None):
    """The hyperbolic tangent, between -1 and 1."""
    return xp.tanh(input, out=out)


@elementwise(
    Rule(method=False, in_place=False, numbers="none", check=refuse("tanh_backward_cpu", BOOL, INTEGER, operands=2)),
    upstream=lambda grad, upstream, result: tanh_backward(grad, conj(result)),
    result=lambda grad, upstream, result: conj(grad) * (-2 * conj(result) * upstream),
)
def tanh_backward(xp, upstream, result):
    """upstream * (1 - result * result): the derivative of tanh, differentiable in its turn."""
    return xp.multiply(upstream, xp.conj(xp.subtract(1, xp.multiply(result, result))))


refuse_relu = refuse(
    "relu",
    bool=(RuntimeError, "Boolean inputs not supported for relu"),
    complex=(NotImplementedError, "clamp is not supported for complex types"),
)


@elementwise(Rule(check=refuse_relu), input=lambda grad, result: threshold_backward(grad, result))
def relu(xp, input, out=None):
    """max(input, 0); its derivative at 0 is 0."""
    return xp.maximum(input, 0, out=out)


@elementwise(Rule(method=False, in_place=False, operands=("result", "upstream")),
    upstream=lambda grad, result: threshold_backward(grad, result),
    result=lambda grad: grad.new_zeros(grad.shape),
)  # fmt: skip
def threshold_backward(xp, upstream, result):
    """upstream where result is above 0, and 0 elsewhere: the derivative of relu."""
    return xp.where(xp.less_equal(result, 0), xp.asarray(0, upstream.dtype), upstream)
