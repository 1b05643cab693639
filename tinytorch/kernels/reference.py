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


def depthwise(xp, shown, weight):
    """The sums of windows, each times the weights of its channel: (n, c, *kernel, *counts) -> (n, c, *counts).

    The windows may be a view of the planes in which they slide; the weights have the shape (c, *kernel).
    """
    count, channels, rows, columns, lines, places = shown.shape
    windows = shown.reshape(count, channels, rows * columns, lines * places)
    return xp.matmul(weight.reshape(channels, 1, rows * columns), windows).reshape(count, channels, lines, places)


def depthwise_weight(xp, shown, upstream):
    """The sums of windows, each times the gradient that came to it: (n, c, *kernel, *counts) -> (c, *kernel)."""
    count, channels, rows, columns, lines, places = shown.shape
    windows = shown.reshape(count, channels, rows * columns, lines * places)
    product = xp.matmul(upstream.reshape(count, channels, 1, lines * places), windows.swapaxes(2, 3))
    return xp.sum(product, 0, None, None, False).reshape(channels, rows, columns)


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


def recurrent_steps(xp, kind, sizes, reverse, projected, hidden, cell, weight, bias, projection):
    """All steps in time of a recurrent layer: the outputs, what backward needs, and the hidden states before the steps.

    A row of `projected` is what the input gives to the gates. The rows lie step by step, `sizes[k]` of them for step k,
    never more than for the one before; `reverse` begins with the last. `hidden` and `cell` change to the states behind;
    `cell` is used by kind "LSTM" alone, the other kinds are "GRU", "RNN_TANH" and "RNN_RELU".
    """
    step, parts = STEPS[kind]
    size = hidden.shape[1] if projection is None else projection.shape[1]
    columns, factor = weight.T.copy(), None if projection is None else projection.T.copy()
    output = xp.empty((len(projected), hidden.shape[1]), hidden.dtype)
    kept, before = xp.empty((len(projected), parts, size), hidden.dtype), xp.empty_like(output)
    for place, count in turns(sizes, reverse):
        current = hidden[:count]
        before[place] = current
        given = xp.matmul(current, columns)
        if bias is not None:
            xp.add(given, bias, out=given)
        after = output[place] if factor is None else xp.empty((count, size), hidden.dtype)
        step(xp, projected[place], given, cell[:count] if kind == "LSTM" else current, kept[place], after)
        if factor is not None:
            xp.matmul(after, factor, out=output[place])
        current[...] = output[place]
    return output, kept, before


def turns(sizes, reverse):
    """Pairs of the rows that belong to a step and how many they are, from the first step, or from the last."""
    places, end = [], 0
    for count in sizes:
        places.append((slice(end, end + count), count))
        end += count
    return places[::-1] if reverse else places


def lstm_step(xp, projected, given, inner, kept, out):
    """Kept are the four gates, the cell state before, and the tanh of that behind."""
    size = inner.shape[1]
    xp.add(given, projected, out=given)
    xp.tanh(given[:, 2 * size : 3 * size], out=kept[:, 2])
    sigmoid(xp, given, out=given)
    kept[:, :2], kept[:, 3] = given[:, : 2 * size].reshape(-1, 2, size), given[:, 3 * size :]
    entrance, forget, new, exit, before, shown = [kept[:, place] for place in range(6)]
    before[...] = inner
    xp.multiply(inner, forget, out=inner)
    xp.add(inner, xp.multiply(new, entrance), out=inner)
    xp.multiply(xp.tanh(inner, out=shown), exit, out=out)


def gru_step(xp, projected, given, state, kept, out):
    """Kept are the three gates, and what the state gave to the last."""
    size = state.shape[1]
    gates = xp.add(given[:, : 2 * size], projected[:, : 2 * size])
    kept[:, :2] = sigmoid(xp, gates, gates).reshape(-1, 2, size)
    reset, update, new, recurrent = [kept[:, place] for place in range(4)]
    recurrent[...] = given[:, 2 * size :]
    xp.multiply(reset, recurrent, out=new)
    xp.tanh(xp.add(new, projected[:, 2 * size :], out=new), out=new)
    xp.multiply(xp.subtract(state, new), update, out=out)
    xp.add(out, new, out=out)


def tanh_step(xp, projected, given, state, kept, out):
    """Kept is the result."""
    xp.tanh(xp.add(given, projected, out=given), out=out)
    kept[:, 0] = out


def relu_step(xp, projected, given, state, kept, out):
    """Kept is the result."""
    xp.maximum(xp.add(given, projected, out=given), 0, out=out)
    kept[:, 0] = out


STEPS = {"LSTM": (lstm_step, 6), "GRU": (gru_step, 4), "RNN_TANH": (tanh_step, 1), "RNN_RELU": (relu_step, 1)}


def recurrent_steps_back(xp, kind, sizes, reverse, flows, of_hidden, of_cell, kept, before, weight, projection):
    """The gradients of what the state gave to the gates, a row for each step and sequence, and of `projected`.

    `flows` are the gradients of the outputs, to which those from later steps are added; `of_hidden` and `of_cell` are
    those of the states behind, and change to those of the states before.
    """
    slopes, through = SLOPES[kind](xp, before, kept)
    size, gates = kept.shape[2], weight.shape[0]
    of_gates = xp.empty((len(kept), gates // size, size), kept.dtype)
    for place, count in turns(sizes, not reverse):
        flow = xp.add(flows[place], of_hidden[:count], out=flows[place])
        flow = flow if projection is None else xp.matmul(flow, projection)
        if kind == "LSTM":
            inner = of_cell[:count]
            xp.add(inner, xp.multiply(flow, through[place]), out=inner)
            xp.multiply(slopes[place, :3], inner[:, None], out=of_gates[place, :3])
            xp.multiply(slopes[place, 3], flow, out=of_gates[place, 3])
            xp.multiply(inner, kept[place, 1], out=inner)
        else:
            xp.multiply(slopes[place, : gates // size], flow[:, None], out=of_gates[place])
        xp.matmul(of_gates[place].reshape(count, gates), weight, out=of_hidden[:count])
        if kind == "GRU":
            xp.add(of_hidden[:count], xp.multiply(flow, through[place]), out=of_hidden[:count])
    of_gates = of_gates.reshape(len(kept), gates)
    of_projected = of_gates
    if kind == "GRU":  # the input's part of the new gate is not reset
        of_projected = of_gates.copy()
        xp.multiply(flows, slopes[:, 3], out=of_projected[:, 2 * size :])
    return of_gates, of_projected


# How gates move with what comes out of a step, and the state before with that behind


def lstm_slopes(xp, before, kept):
    """Of the first three gates with the cell state, of the last with what comes out; of the cell state with that."""
    entrance, forget, new, exit, inner, shown = [kept[:, place] for place in range(6)]
    slopes = xp.empty((len(kept), 4, kept.shape[2]), kept.dtype)
    xp.multiply(new, logistic_slope(xp, entrance), out=slopes[:, 0])
    xp.multiply(inner, logistic_slope(xp, forget), out=slopes[:, 1])
    xp.multiply(entrance, tanh_slope(xp, new), out=slopes[:, 2])
    xp.multiply(shown, logistic_slope(xp, exit), out=slopes[:, 3])
    return slopes, xp.multiply(exit, tanh_slope(xp, shown))


def gru_slopes(xp, before, kept):
    """Of what the state gave to the three gates, and of what the input gave to the last; of the state behind."""
    reset, update, new, given = [kept[:, place] for place in range(4)]
    slopes = xp.empty(kept.shape, kept.dtype)
    xp.multiply(xp.subtract(1, update), tanh_slope(xp, new), out=slopes[:, 3])
    xp.multiply(slopes[:, 3], reset, out=slopes[:, 2])
    xp.multiply(xp.multiply(slopes[:, 3], given), logistic_slope(xp, reset), out=slopes[:, 0])
    xp.multiply(xp.subtract(before, new), logistic_slope(xp, update), out=slopes[:, 1])
    return slopes, update


def logistic_slope(xp, value):
    """The derivative of the logistic function, by its value."""
    return xp.multiply(value, xp.subtract(1, value))


def tanh_slope(xp, value):
    """The derivative of tanh, by its value."""
    return xp.subtract(1, xp.multiply(value, value))


SLOPES = {
    "LSTM": lstm_slopes,
    "GRU": gru_slopes,
    "RNN_TANH": lambda xp, before, kept: (tanh_slope(xp, kept), None),
    "RNN_RELU": lambda xp, before, kept: (xp.logical_not(xp.less_equal(kept, 0)).astype(kept.dtype), None),
}


# Sparse matrices


def coordinate_product(xp, values, rows, columns, dense, count):
    """The product of a sparse matrix of `count` rows, (nnz,) and the places of each, and a dense one, (k, m)."""
    width = dense.shape[1]
    result = xp.zeros((count * width,), values.dtype)
    places = xp.add(xp.multiply(rows.reshape(-1, 1), width), xp.arange(width))
    lines = xp.multiply(values.reshape(-1, 1), xp.take(dense, columns, 0))
    xp.ufunc_at("add", result, places.reshape(-1), lines.reshape(-1))
    return result.reshape(count, width)
