"""Activations that are made of pieces: lines, or a line and a curve, each with its own derivative."""

from tinytorch.creation import does_not_fit, held
from tinytorch.operation import Rule, elementwise
from tinytorch.ops.compare import where
from tinytorch.ops.refusals import BOOL, COMPLEX, INTEGER, refuse
from tinytorch.tensor import Tensor

SELU_ALPHA, SELU_SCALE = 1.6732632423543772848170429916717, 1.0507009873554804934193349852946


def floats_only(kernel, exact=None):
    """A rule for an activation that PyTorch has for floating point numbers alone, and not as a method."""
    return Rule(method=False, in_place=False, exact=exact, check=refuse(kernel, BOOL, INTEGER, COMPLEX))


@elementwise(
    floats_only("leaky_relu_cpu"),
    input=lambda grad, input, negative_slope: grad.where(input > 0, grad * negative_slope),
)
def leaky_relu(xp, input, negative_slope=0.01):
    """input above 0, and negative_slope * input elsewhere."""
    return xp.where(xp.greater(input, 0), input, xp.multiply(input, negative_slope))


@elementwise(
    Rule(method=False, in_place=False, check=refuse("threshold_cpu", BOOL, COMPLEX)),
    input=lambda grad, input, threshold: grad.where(~(input <= threshold), 0),
)
def threshold(xp, input, threshold, value):
    """input above the threshold, and the value elsewhere."""
    if input.dtype.kind == "u" and value < 0:
        raise does_not_fit(input.dtype)
    return xp.where(xp.less_equal(input, threshold), xp.asarray(held(value, input.dtype), input.dtype), input)


def refuse_limits(input, min_val, max_val):
    """Refuse limits and dtypes that PyTorch refuses."""
    refuse(
        "hardtanh",
        bool=(RuntimeError, "Bool inputs not supported for hardtanh"),
        complex=(NotImplementedError, "clamp is not supported for complex types"),
    )(input)
    if input.dtype.name == "uint8" and min_val < 0:
        raise RuntimeError("cannot do hardtanh on an unsigned type with negative limits")


@elementwise(
    Rule(method=False, in_place=False, check=refuse_limits),
    input=lambda grad, input, min_val, max_val: grad.where(~((input <= min_val) | (input >= max_val)), 0),
)
def hardtanh(xp, input, min_val=-1.0, max_val=1.0):
    """input between min_val and max_val, and the nearer of them elsewhere; the derivative at both is 0."""
    if input.dtype.kind in "iu":
        min_val, max_val = int(min_val), int(max_val)
    return xp.minimum(xp.maximum(input, min_val), max_val)


@elementwise(
    floats_only("elu_cpu"),
    input=lambda grad, input, alpha, scale, input_scale: elu_derivative(grad, input, alpha, scale, input_scale),
)
def elu(xp, input, alpha=1.0, scale=1.0, input_scale=1.0):
    """scale * input from 0 up, and scale * alpha * (exp(input_scale * input) - 1) below (Clevert et al., 2015)."""
    return line_and_exponential(xp, input, alpha, scale, input_scale)


@elementwise(
    floats_only("elu_cpu"), input=lambda grad, input, alpha: elu_derivative(grad, input, alpha, 1.0, 1.0 / alpha)
)
def celu(xp, input, alpha=1.0):
    """input from 0 up, and alpha * (exp(input / alpha) - 1) below (Barron, 2017)."""
    return line_and_exponential(xp, input, alpha, 1.0, 1.0 / alpha)


def selu(input):
    """`elu` with the scale and alpha that keep mean 0 and variance 1 over layers (Klambauer et al., 2017)."""
    return elu(input, SELU_ALPHA, SELU_SCALE)


def line_and_exponential(xp, input, alpha, scale, input_scale):
    """A line from 0 up, an exponential function below."""
    below = xp.multiply(xp.expm1(xp.multiply(input, input_scale)), alpha * scale)
    return xp.where(xp.less(input, 0), below, xp.multiply(input, scale))


def elu_derivative(grad, input, alpha, scale, input_scale):
    """The derivative of a line from 0 up and an exponential function up to 0."""
    below = grad * (input.clamp(max=0) * input_scale).exp() * (alpha * scale * input_scale)
    return where(input <= 0, below, grad * scale)


@elementwise(floats_only("hardsigmoid_cpu"), input=lambda grad, input: (grad / 6).where((input > -3) & (input < 3), 0))
def hardsigmoid(xp, input):
    """input / 6 + 1 / 2, but not below 0 and not above 1."""
    return xp.divide(xp.minimum(xp.maximum(xp.add(input, 3), 0), 6), 6)


@elementwise(
    floats_only("hardswish_cpu"),
    input=lambda grad, input: where(input < 3, (grad * (input / 3 + 0.5)).where(input > -3, 0), grad),
)
def hardswish(xp, input):
    """input * hardsigmoid(input) (Howard et al., 2019)."""
    return xp.divide(xp.multiply(input, xp.minimum(xp.maximum(xp.add(input, 3), 0), 6)), 6)


@elementwise(
    Rule(in_place=False, exact=True, check=refuse("hardshrink_cpu", BOOL, INTEGER, COMPLEX)),
    input=lambda grad, input, lambd: grad.where(~((input >= -lambd) & (input <= lambd)), 0),
)
def hardshrink(xp, input, lambd=0.5):
    """0 between -lambd and lambd, and input elsewhere."""
    inside = xp.logical_and(xp.greater_equal(input, -lambd), xp.less_equal(input, lambd))
    return xp.where(inside, xp.asarray(0, input.dtype), input)


LARGEST = {"float16": "65504", "bfloat16": "3.38953e+38", "float32": "3.40282e+38", "float64": "1.79769e+308"}


def refuse_shrinking(input, lambd):
    """Refuse a negative lambd and dtypes that PyTorch refuses."""
    refuse("softshrink_check", BOOL, INTEGER, COMPLEX)(input)
    if lambd < 0:
        raise RuntimeError(
            f"lambda must be in range [0, {LARGEST[input.dtype.name]}] for input dtype {input.dtype.title}, but found "
            f"{lambd:g}"
        )


@elementwise(
    Rule(method=False, in_place=False, exact=True, check=refuse_shrinking),
    input=lambda grad, input, lambd: grad.where(~((input >= -lambd) & (input <= lambd)), 0),
)
def softshrink(xp, input, lambd=0.5):
    """0 between -lambd and lambd, and elsewhere input, nearer to 0 by lambd."""
    if lambd < 0:
        raise ValueError(lambd)  # the check says it in PyTorch's words
    lower, upper = xp.less(input, -lambd), xp.greater(input, lambd)
    between = xp.multiply(input, 0)  # nan stays nan
    return xp.where(upper, xp.subtract(input, lambd), xp.where(lower, xp.add(input, lambd), between))


@elementwise(
    Rule(method=False, in_place=False, check=refuse("prelu_cpu", BOOL, INTEGER, COMPLEX, operands=2)),
    input=lambda grad, input, weight: grad.where(input > 0, grad * weight),
    weight=lambda grad, input: (grad * input).where(input <= 0, 0),
)
def prelu_kernel(xp, input, weight):
    """input above 0, and weight * input elsewhere; the shapes broadcast."""
    return xp.where(xp.greater(input, 0), input, xp.multiply(input, weight))


def prelu(input, weight):
    """input above 0, and weight * input elsewhere: one weight, or one for each channel, the second dimension.

    A RuntimeError if there are as many weights as neither.
    """
    if weight.dtype is not input.dtype:
        raise RuntimeError(f"prelu: Type promoting not supported. Got {input.dtype.title} and {weight.dtype.title}")
    count = weight.numel()
    if weight.ndim > 1:
        raise RuntimeError(f"prelu: Expected `weight` to be a scalar or 1D tensor, but got: ndim = {weight.ndim}")
    if count != 1:
        if input.ndim == 0:
            raise RuntimeError("Not allow zero-dim input tensor.")
        channels = input.shape[1] if input.ndim > 1 else 1
        if count != channels:
            raise RuntimeError(
                "Mismatch of parameter numbers and input channel size. Found parameter numbers = "
                f"{count} and channel size = {channels}."
            )
    if weight.ndim and input.ndim != 1:
        weight = weight.view([count if dim == 1 else 1 for dim in range(input.ndim)])
    return prelu_kernel(input, weight)


Tensor.prelu = prelu
