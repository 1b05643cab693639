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


def row_moments(xp, input, eps):
    """The mean of each row of a matrix, and 1 / sqrt(variance + eps), as two columns, (rows, 1)."""
    count = xp.asarray(input.shape[1], input.dtype)
    mean = xp.true_divide(xp.sum(input, 1, input.dtype, None, True), count)
    distance = xp.subtract(input, mean)
    xp.multiply(distance, distance, out=distance)
    variance = xp.true_divide(xp.sum(distance, 1, input.dtype, None, True), count)
    return mean, xp.divide(1, xp.sqrt(xp.add(variance, eps)))


def row_norm(xp, input, weight, bias, mean, rstd):
    """(input - mean) * rstd * weight + bias for each row of a matrix; weight and bias are rows, or None."""
    result = xp.subtract(input, mean)
    xp.multiply(result, rstd, out=result)
    if weight is not None:
        xp.multiply(result, weight, out=result)
    return result if bias is None else xp.add(result, bias, out=result)


def row_norm_backward(xp, upstream, input, weight, mean, rstd):
    """The gradients of `row_norm` for input, weight and bias, where mean and rstd are those of `row_moments`."""
    count = xp.asarray(input.shape[1], input.dtype)
    standard = row_norm(xp, input, None, None, mean, rstd)
    scaled = upstream if weight is None else xp.multiply(upstream, weight)
    product = xp.multiply(scaled, standard)
    share = xp.true_divide(xp.sum(product, 1, input.dtype, None, True), count)
    middle = xp.true_divide(xp.sum(scaled, 1, input.dtype, None, True), count)
    grad = xp.subtract(scaled, xp.multiply(standard, share, out=product), out=product)
    xp.multiply(xp.subtract(grad, middle, out=grad), rstd, out=grad)
    of_weight = xp.sum(xp.multiply(upstream, standard, out=standard), 0, input.dtype, None, False)
    return grad, of_weight, xp.sum(upstream, 0, input.dtype, None, False)


def adam_step(xp, param, grad, exp_avg, exp_avg_sq, max_exp_avg_sq, step_size, betas, root, eps):
    """The means of the gradient and of its square, and then the parameter, all in place, rounded in PyTorch's order.

    `root` is the root of 1 - betas[1] ** steps, `step_size` the learning rate over 1 - betas[0] ** steps;
    `max_exp_avg_sq` is None, or the largest mean of the square so far.
    """
    scratch, other = xp.empty_like(param), xp.empty_like(param)
    weight = 1 - betas[0]
    xp.subtract(grad, exp_avg, out=scratch)
    if weight < 0.5:
        xp.add(exp_avg, xp.multiply(scratch, weight, out=scratch), out=exp_avg)
    else:
        xp.subtract(grad, xp.multiply(scratch, 1 - weight, out=scratch), out=exp_avg)
    xp.multiply(exp_avg_sq, betas[1], out=exp_avg_sq)
    xp.multiply(grad, 1 - betas[1], out=scratch)
    xp.add(exp_avg_sq, xp.multiply(scratch, grad, out=scratch), out=exp_avg_sq)
    if max_exp_avg_sq is not None:
        exp_avg_sq = xp.maximum(max_exp_avg_sq, exp_avg_sq, out=max_exp_avg_sq)
    xp.divide(xp.sqrt(exp_avg_sq, out=scratch), root, out=scratch)
    xp.add(scratch, eps, out=scratch)
    xp.multiply(exp_avg, -step_size, out=other)
    xp.add(param, xp.divide(other, scratch, out=other), out=param)


def sgd_step(xp, param, grad, buffer, lr, momentum, dampening, weight_decay, nesterov):
    """The buffer of the momentum, which is None without it, and then the parameter, both in place."""
    scratch = xp.empty_like(param)
    if weight_decay:
        grad = xp.add(grad, xp.multiply(param, weight_decay, out=scratch))
    if buffer is not None:
        xp.multiply(buffer, momentum, out=buffer)
        xp.add(buffer, grad if dampening == 0 else xp.multiply(grad, 1 - dampening, out=scratch), out=buffer)
        grad = xp.add(grad, xp.multiply(buffer, momentum, out=scratch)) if nesterov else buffer
    xp.add(param, xp.multiply(grad, -lr, out=scratch), out=param)
