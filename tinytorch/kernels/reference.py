"""Every kernel as a plain formula in the vocabulary `xp`: the specification, the oracle, the start of a new device."""

SATURATED = {"e": 11.0, "f": 60.0, "d": 600.0}  # by dtype.char: sigmoid is 1 from here on, and exp has not overflowed


def sigmoid(xp, input, out=None):
    """1 / (1 + exp(-input)), element by element, without overflow; subnormal results are kept.

    Real input is computed as e / (1 + e) with e = exp(input), where input is cut off at a number for which it is 1.
    """
    if input.dtype.kind == "c":
        return xp.divide(1, xp.add(xp.exp(xp.negative(input)), 1), out=out)
    e = xp.exp(xp.minimum(input, SATURATED.get(input.dtype.char, 60.0)))
    return xp.divide(e, xp.add(e, 1), out=out)


def sigmoid_backward(xp, upstream, result, out=None):
    """upstream * result * (1 - result), the derivative of `sigmoid` at its result; complex results are conjugated."""
    if result.dtype.kind == "c":
        result = xp.conj(result)
    return xp.multiply(xp.multiply(upstream, result), xp.subtract(1, result), out=out)


def bias_sigmoid(xp, input, bias, out=None):
    """sigmoid(input + bias); the bias, of shape (n,), broadcasts over the last dimension of the input, (..., n)."""
    return sigmoid(xp, xp.add(input, bias), out=out)
