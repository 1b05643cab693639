"""Recurrent networks: layers on one another, in both directions, over sequences of one length or packed ones."""

from tinytorch import dtypes, errors
from tinytorch.ops.cells import gru_cell, lstm_cell, rnn_relu_cell, rnn_tanh_cell
from tinytorch.ops.dropout import torch_dropout
from tinytorch.ops.join import concatenate as cat
from tinytorch.ops.join import stack_of as stack
from tinytorch.ops.linear import linear
from tinytorch.ops.recurrent import Course, layer
from tinytorch.tensor import Tensor

__all__ = ["gru", "gru_cell", "lstm", "lstm_cell", "rnn_relu", "rnn_relu_cell", "rnn_tanh", "rnn_tanh_cell"]

SETTINGS = ("params", "has_biases", "num_layers", "dropout", "train", "bidirectional")
PADDED = ("input", "hx", *SETTINGS, "batch_first")
PACKED = ("data", "batch_sizes", "hx", *SETTINGS)


def lstm(*args, **kwargs):
    """Layers of long short-term memory: the outputs of the last one, and the last hidden and cell states of all.

    Called with (input, hx, params, has_biases, num_layers, dropout, train, bidirectional, batch_first), or for packed
    sequences with (data, batch_sizes, hx, params, ..., bidirectional); `hx` are a hidden and a cell state.
    """
    return run("lstm", "LSTM", args, kwargs)


def gru(*args, **kwargs):
    """Layers of gated recurrent units: the outputs of the last one, and the last states of all; called as `lstm`."""
    return run("gru", "GRU", args, kwargs)


def rnn_tanh(*args, **kwargs):
    """Layers of tanh(W x + U h): the outputs of the last one, and the last states of all; called as `lstm`."""
    return run("rnn_tanh", "RNN_TANH", args, kwargs)


def rnn_relu(*args, **kwargs):
    """Layers of relu(W x + U h): the outputs of the last one, and the last states of all; called as `lstm`."""
    return run("rnn_relu", "RNN_RELU", args, kwargs)


def run(name, kind, args, kwargs):
    """A call of one of the functions above: the sequences in order of time, and through all layers."""
    packed = "data" in kwargs or (len(args) > 3 and isinstance(args[3], tuple | list))
    names = PACKED if packed else PADDED
    given = dict(zip(names, args, strict=False)) | kwargs
    settings, hx = [given.get(each) for each in SETTINGS], given.get("hx")
    pair = kind == "LSTM"
    lists = isinstance(settings[0], tuple | list) and isinstance(hx, tuple | list if pair else Tensor)
    if not lists or given.keys() != set(names) or len(args) + len(kwargs) != len(names):
        raise errors.invalid_combination(name, (*args, *kwargs.values()))
    if pair and len(hx) != 2:
        raise RuntimeError("lstm expects two hidden states")
    states = list(hx) if pair else [hx]
    if packed:
        course = Course(kind, tuple(given["batch_sizes"].tolist()), False, "CatBackward0")
        return stacked(given["data"], states, course, *settings)
    output, *states = stacked(*in_time(given["input"], states, kind, given["batch_first"]), *settings)
    if given["batch_first"]:
        output = output.transpose(0, 1) if pair else output.transpose_(0, 1)
    return output, *states


def in_time(input, states, kind, batch_first):
    """Padded sequences step by step, the states, and how a layer goes through them."""
    if input.dim() != 3:
        raise RuntimeError(f"input must have 3 dimensions, got {input.dim()}")
    input = input.transpose(0, 1) if batch_first else input
    if not len(input):
        raise RuntimeError("Expected sequence length to be larger than 0 in RNN")
    title = "StackBackward0"
    if kind == "LSTM" and input.dtype is dtypes.float32 and states[0].shape == states[1].shape:
        title = "MkldnnRnnLayerBackward0"  # the library that PyTorch asks on the CPU
    return input, states, Course(kind, (input.size(1),) * len(input), False, title)


def stacked(data, states, course, params, has_biases, num_layers, dropout, train, bidirectional):
    """The outputs of the last layer, and the last states of all layers and directions."""
    projected = len(states) == 2 and states[0].shape[-1] != states[1].shape[-1]
    each, directions = 2 + 2 * bool(has_biases) + projected, 1 + bool(bidirectional)
    if len(params) % each:
        raise RuntimeError("got an incorrect number of RNN parameters")
    if bidirectional and (len(params) // each % 2 or states[0].shape[0] % 2):
        raise RuntimeError("Odd number of params or hiddens given to a bidirectional RNN")
    if len(params) < num_layers * directions * each:
        raise RuntimeError("Expected more weights in stacked_rnn")
    weights = [params[start : start + each] for start in range(0, len(params), each)]
    ends = []
    for number in range(num_layers):
        found = []
        for direction in range(directions):
            place, way = number * directions + direction, course._replace(reverse=bool(direction))
            found.append(one_layer(data, [state[place] for state in states], way, *weights[place]))
        data = cat([output for output, *_ in found], -1) if bidirectional else found[0][0]
        ends += [last for _, *last in found]
        if dropout != 0 and train and number < num_layers - 1:
            data = torch_dropout(data, dropout, True)
    return data, *[stack(state) for state in zip(*ends, strict=True)]


def one_layer(data, states, course, w_ih, w_hh, *others):
    """One direction of one layer: its outputs, and its last states."""
    hidden, cell = (*states, None)[:2]
    b_ih, b_hh = others[:2] if len(others) > 1 else (None, None)
    projection = others[-1] if len(others) % 2 else None
    if b_ih is not None and course.kind != "GRU":  # which resets only what the state gives, with its bias
        b_ih, b_hh = b_ih + b_hh, None
    return layer(linear(data.contiguous(), w_ih, b_ih), hidden, cell, w_hh, b_hh, projection, course)
