"""Sigmoid, its derivative and sigmoid(input + bias) on the CPU: NumPy for small arrays, one pass for large ones."""

import numpy
from numpy import add, divide, exp, minimum, multiply, ndarray, subtract

from tinytorch.kernels import reference
from tinytorch.kernels.cpu.compile import WORTH_COMPILING, Kernel

FEW, FEW_IN_PLACE = WORTH_COMPILING, 4096  # elements below which a ufunc is called at once
ONE = {char: numpy.ones((), char) for char in "fd"}  # arrays, as NumPy takes longer to understand Python's numbers
SATURATED = {char: numpy.array(reference.SATURATED[char], char) for char in "fd"}
sigmoid_kernel = Kernel("activation", "sigmoid")
sigmoid_backward_kernel = Kernel("activation", "sigmoid_backward")
bias_sigmoid_kernel = Kernel("activation", "bias_sigmoid")
made, made_backward, made_with_bias = sigmoid_kernel.made, sigmoid_backward_kernel.made, bias_sigmoid_kernel.made


def sigmoid(input, out=None):
    """1 / (1 + exp(-input)), element by element; float32 within 1.6e-7 and float64 within 4e-16, relatively.

    Before the kernel is made NumPy computes small arrays, float32 within 3e-7. `out` may be the input; the result has
    its memory order.
    """
    char = input.dtype.char
    if input.size < (FEW if out is None else FEW_IN_PLACE if out is input else 0):
        if char in made:
            return made[char](input, out)
    else:
        result = sigmoid_kernel(out, input)
        if result is not None:
            return result
    if char not in ONE:
        return reference.sigmoid(numpy, input, out)
    sigmoid_kernel.ask(char)
    e = minimum(input, SATURATED[char])
    if type(e) is not ndarray:  # of a 0-d array NumPy gives a number
        return reference.sigmoid(numpy, input, out)
    exp(e, e)
    return divide(e, add(e, ONE[char]), e if out is None else out)


def sigmoid_backward(upstream, result, out=None):
    """upstream * result * (1 - result), element by element; `out` may be either of them."""
    if result.size < (FEW if out is None else FEW_IN_PLACE if out is upstream or out is result else 0):
        char = result.dtype.char
        if char in made_backward and upstream.dtype is result.dtype:
            return made_backward[char](upstream, result, out)
    else:
        product = sigmoid_backward_kernel(out, upstream, result)
        if product is not None:
            return product
    if result.dtype.char not in ONE:
        return reference.sigmoid_backward(numpy, upstream, result, out)
    sigmoid_backward_kernel.ask(result.dtype.char)
    return multiply(multiply(upstream, result), subtract(ONE[result.dtype.char], result), out)


def bias_sigmoid(input, bias, out=None):
    """sigmoid(input + bias); the bias, of shape (n,), broadcasts over the last dimension of the input, (..., n).

    `out` may be the input.
    """
    if input.size < (FEW if out is None else FEW_IN_PLACE if out is input else 0):
        char = input.dtype.char
        if char in made_with_bias and bias.dtype is input.dtype:
            return made_with_bias[char](input, bias, out)
    else:
        result = bias_sigmoid_kernel(out, input, bias)
        if result is not None:
            return result
    return sigmoid(add(input, bias), out)
