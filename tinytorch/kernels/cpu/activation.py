"""Sigmoid, its derivative and sigmoid(input + bias) on the CPU: NumPy for small arrays, one pass for large ones."""

import numpy
from numpy import add, divide, exp, minimum, multiply, ndarray, subtract

from tinytorch.kernels import reference
from tinytorch.kernels.cpu.compile import FLOATS, WORTH_COMPILING, Kernel

FEW, FEW_IN_PLACE = WORTH_COMPILING, 4096  # elements below which a ufunc is called at once
ONE = {dtype: numpy.ones((), dtype) for dtype in FLOATS}  # arrays: NumPy takes longer to understand Python's numbers
SATURATED = {dtype: numpy.array(reference.SATURATED[dtype.char], dtype) for dtype in FLOATS}
sigmoid_kernel = Kernel("activation", "sigmoid")
sigmoid_backward_kernel = Kernel("activation", "sigmoid_backward")
bias_sigmoid_kernel = Kernel("activation", "bias_sigmoid")
made, made_backward, made_with_bias = sigmoid_kernel.made, sigmoid_backward_kernel.made, bias_sigmoid_kernel.made


def sigmoid(input, out=None):
    """1 / (1 + exp(-input)), element by element; float32 within 1.6e-7 and float64 within 4e-16, relatively.

    Before the kernel is made NumPy computes small arrays, float32 within 3e-7. `out` may be the input; the result has
    its memory order.
    """
    if input.size < (FEW if out is None else FEW_IN_PLACE if out is input else 0):
        ufunc = made.get(input.dtype)
        if ufunc is not None:
            return ufunc(input) if out is None else ufunc(input, out)
    else:
        result = sigmoid_kernel(out, input)
        if result is not None:
            return result
    dtype = input.dtype
    if dtype not in ONE:
        return reference.sigmoid(numpy, input, out)
    sigmoid_kernel.ask(dtype)
    e = minimum(input, SATURATED[dtype])
    if type(e) is not ndarray:  # of a 0-d array NumPy gives a number
        return reference.sigmoid(numpy, input, out)
    exp(e, e)
    return divide(e, add(e, ONE[dtype]), e if out is None else out)


def sigmoid_backward(upstream, result, out=None):
    """upstream * result * (1 - result), element by element; `out` may be either of them."""
    if result.size < (FEW if out is None else FEW_IN_PLACE if out is upstream or out is result else 0):
        ufunc = made_backward.get(result.dtype)
        if ufunc is not None and upstream.dtype is result.dtype:
            return ufunc(upstream, result) if out is None else ufunc(upstream, result, out)
    else:
        product = sigmoid_backward_kernel(out, upstream, result)
        if product is not None:
            return product
    dtype = result.dtype
    if dtype not in ONE:
        return reference.sigmoid_backward(numpy, upstream, result, out)
    sigmoid_backward_kernel.ask(dtype)
    return multiply(multiply(upstream, result), subtract(ONE[dtype], result), out)


def bias_sigmoid(input, bias, out=None):
    """sigmoid(input + bias); the bias, of shape (n,), broadcasts over the last dimension of the input, (..., n).

    `out` may be the input.
    """
    if input.size < (FEW if out is None else FEW_IN_PLACE if out is input else 0):
        ufunc = made_with_bias.get(input.dtype)
        if ufunc is not None and bias.dtype is input.dtype:
            return ufunc(input, bias) if out is None else ufunc(input, bias, out)
    else:
        result = bias_sigmoid_kernel(out, input, bias)
        if result is not None:
            return result
    return sigmoid(add(input, bias), out)
