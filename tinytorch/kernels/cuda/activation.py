"""Sigmoid, its derivative and sigmoid(input + bias) on the GPU, each in one pass over memory."""

from tinytorch.kernels import reference
from tinytorch.kernels.cuda.source import TYPES, Elementwise, launch

# exp of a negative number does not overflow, and e / (1 + e) keeps small results; overloads choose float or double.
LOGISTIC = "const T e = exp(-fabs(x)); return (x >= T(0) ? T(1) : e) / (T(1) + e);"
sigmoid_kernel = Elementwise("sigmoid", ["x"], LOGISTIC)
sigmoid_backward_kernel = Elementwise(
    "sigmoid_backward", ["upstream", "result"], "return upstream * result * (T(1) - result);"
)
bias_sigmoid_kernel = Elementwise("bias_sigmoid", ["input", "bias"], f"const T x = input + bias; {LOGISTIC}", ["bias"])


def sigmoid(input, out=None):
    """1 / (1 + exp(-input)), element by element, in the memory order of the input; `out` may be the input."""
    if input.dtype.char not in TYPES:
        import cupy

        return reference.sigmoid(cupy, input, out)
    return launch(sigmoid_kernel, out, input)


def sigmoid_backward(upstream, result, out=None):
    """upstream * result * (1 - result), element by element; `out` may be either of them."""
    if result.dtype.char not in TYPES or upstream.dtype != result.dtype or upstream.shape != result.shape:
        import cupy

        return reference.sigmoid_backward(cupy, upstream, result, out)
    return launch(sigmoid_backward_kernel, out, upstream, result)


def bias_sigmoid(input, bias, out=None):
    """sigmoid(input + bias); the bias, of shape (n,), broadcasts over the last dimension of the input, (..., n).

    `out` may be the input.
    """
    if input.dtype.char not in TYPES or bias.dtype != input.dtype or bias.shape != input.shape[-1:]:
        import cupy

        return reference.bias_sigmoid(cupy, input, bias, out)
    return launch(bias_sigmoid_kernel, out, input, bias)
