"""One step of a recurrent layer: the gates of a cell and its next state, and a whole layer step by step.

The weights of all gates stand below one another: input, forget, cell, output (LSTM), reset, update, new (GRU).
"""

from tinytorch import dtypes, errors
from tinytorch.ops.activation import relu, tanh
from tinytorch.ops.join import cat
from tinytorch.ops.join import stack_of as stack
from tinytorch.ops.linear import linear


def lstm_cell(input, hx, w_ih, w_hh, b_ih=None, b_hh=None):
    """The next hidden and cell state of a long short-term memory: (n, in) and a pair of (n, hidden).

    c' = f * c + i * g and h' = o * tanh(c') (Hochreiter and Schmidhuber, 1997; Gers et al., 2000).
    """
    if len(hx) != 2:
        raise RuntimeError("lstm_cell expects two hidden states")
    check_cell(input, hx, w_ih, w_hh, 4)
    return lstm_step(linear(input, w_ih, b_ih), linear(hx[0], w_hh, b_hh), hx[1])


def gru_cell(input, hx, w_ih, w_hh, b_ih=None, b_hh=None):
    """The next state of a gated recurrent unit: (n, in) and (n, hidden).

    h' = (1 - z) * n + z * h, where n = tanh(W x + r * (U h)) (Cho et al., 2014).
    """
    check_cell(input, (hx,), w_ih, w_hh, 3)
    return gru_step(linear(input, w_ih, b_ih), linear(hx, w_hh, b_hh), hx)


def rnn_tanh_cell(input, hx, w_ih, w_hh, b_ih=None, b_hh=None):
    """tanh(input @ w_ih.T + b_ih + hx @ w_hh.T + b_hh): (n, in) and (n, hidden) (Elman, 1990)."""
    check_cell(input, (hx,), w_ih, w_hh, 1)
    return tanh(linear(input, w_ih, b_ih) + linear(hx, w_hh, b_hh))


def rnn_relu_cell(input, hx, w_ih, w_hh, b_ih=None, b_hh=None):
    """relu(input @ w_ih.T + b_ih + hx @ w_hh.T + b_hh): (n, in) and (n, hidden)."""
    check_cell(input, (hx,), w_ih, w_hh, 1)
    return relu(linear(input, w_ih, b_ih) + linear(hx, w_hh, b_hh))


def check_cell(input, states, w_ih, w_hh, gates):
    """Refuse states and weights that do not fit; the words are PyTorch's."""
    batch, features = input.size(0), input.size(1)
    if features != w_ih.size(1):
        raise RuntimeError(f"input has inconsistent input_size: got {features} expected {w_ih.size(1)}")
    hidden_size = w_hh.size(1)
    for place, each in enumerate(states):
        if batch != each.size(0):
            raise RuntimeError(f"Input batch size {batch} doesn't match hidden{place} batch size {each.size(0)}")
        if each.size(1) != hidden_size:
            raise RuntimeError(
                f"hidden{place} has inconsistent hidden_size: got {each.size(1)}, expected {hidden_size}"
            )
    for name, each in (("weight_ih", w_ih), ("weight_hh", w_hh)):
        if each.size(0) != gates * hidden_size:
            raise RuntimeError(
                f"{name} first dim must be {gates} * hidden_size = {gates * hidden_size}, but got {each.size(0)}"
            )


def refuse_integers(gates):
    """Refuse integers, which have no sigmoid of their own dtype."""
    if gates.dtype.category < dtypes.FLOAT:
        raise errors.result_cast(dtypes.get_default_dtype().numpy, gates.dtype.numpy)


def lstm_step(projected, recurrent, cell):
    """The next hidden and cell state for what input and hidden state give to the gates."""
    refuse_integers(projected)
    entrance, forget, new, exit = (projected + recurrent).chunk(4, 1)
    cell = forget.sigmoid() * cell + entrance.sigmoid() * new.tanh()
    return exit.sigmoid() * cell.tanh(), cell


def gru_step(projected, recurrent, hidden):
    """The next state for what input and state give to the gates."""
    refuse_integers(projected)
    size = hidden.shape[1]
    gates = (projected[:, : 2 * size] + recurrent[:, : 2 * size]).sigmoid()
    reset, update = gates.chunk(2, 1)
    new = (projected[:, 2 * size :] + reset * recurrent[:, 2 * size :]).tanh()
    return (hidden - new) * update + new


def in_steps(projected, hidden, cell, weight, bias, projection, course):
    """The outputs and the last states of a layer, step by step in operations that have derivatives of every order."""
    parts = projected.reshape(-1, projected.shape[-1]).split(list(course.sizes))
    outputs = [None] * len(parts)
    for step, count in course.steps():
        part, before = parts[step], hidden[:count]
        recurrent = linear(before, weight, bias)
        if course.kind == "LSTM":
            after, inner = lstm_step(part, recurrent, cell[:count])
            cell = inner if count == len(cell) else cat((inner, cell[count:]))
            after = after if projection is None else linear(after, projection)
        elif course.kind == "GRU":
            after = gru_step(part, recurrent, before)
        else:
            after = (part + recurrent).tanh() if course.kind == "RNN_TANH" else (part + recurrent).relu()
        outputs[step] = after
        hidden = after if count == len(hidden) else cat((after, hidden[count:]))
    output = cat(outputs) if projected.ndim == 2 else stack(outputs)
    return (output, hidden) if cell is None else (output, hidden, cell)
