"""What recurrent layers share: settings, parameters, states, and how sequences are taken, padded, packed or alone."""

import math
import numbers
import warnings

from tinytorch.amp.casting import state
from tinytorch.nn import init
from tinytorch.nn.modules.module import Module
from tinytorch.nn.packed import PackedSequence
from tinytorch.nn.parameter import Parameter
from tinytorch.nn.recurrence import gru, lstm, rnn_relu, rnn_tanh
from tinytorch.ops.create import empty, zeros
from tinytorch.ops.recurrent import GATES
from tinytorch.tensor import Tensor

USUAL = {"proj_size": 0, "num_layers": 1, "bias": True, "batch_first": False, "dropout": 0, "bidirectional": False}
FUNCTIONS = {"LSTM": lstm, "GRU": gru, "RNN_TANH": rnn_tanh, "RNN_RELU": rnn_relu}


def draw(module):
    """Draw all parameters between -k and k with k = 1 / sqrt(hidden_size)."""
    bound = 1 / math.sqrt(module.hidden_size) if module.hidden_size > 0 else 0
    for weight in module.parameters():
        init.uniform_(weight, -bound, bound)


class RNNBase(Module):
    """What `RNN`, `LSTM` and `GRU` share: their settings, parameters and calls.

    `mode` is "RNN_TANH", "RNN_RELU", "LSTM" or "GRU". Layer k has the weights `weight_ih_l{k}` and `weight_hh_l{k}`,
    the biases `bias_ih_l{k}` and `bias_hh_l{k}`, and the projection `weight_hr_l{k}`; those of the way back end in
    `_reverse`. All start between -k and k with k = 1 / sqrt(hidden_size). A ValueError or a TypeError for settings that
    cannot be.
    """

    def __init__(
        self, mode: str, input_size: int, hidden_size: int, num_layers: int = 1, bias: bool = True,
        batch_first: bool = False, dropout: float = 0.0, bidirectional: bool = False, proj_size: int = 0,
        device=None, dtype=None,
    ) -> None:  # fmt: skip
        super().__init__()
        self.mode = mode
        self.input_size = input_size
        self.hidden_size = hidden_size
        self.num_layers = num_layers
        self.bias = bias
        self.batch_first = batch_first
        self.dropout = float(dropout)
        self.bidirectional = bidirectional
        self.proj_size = proj_size
        check_settings(dropout, bias, batch_first, input_size, hidden_size, num_layers, proj_size)
        if mode not in GATES:
            raise ValueError("Unrecognized RNN mode: " + mode)
        rows, out = GATES[mode] * hidden_size, proj_size or hidden_size
        self._all_weights = []
        for layer in range(num_layers):
            for end in ("", "_reverse")[: 1 + bool(bidirectional)]:
                columns = input_size if layer == 0 else out * (1 + bool(bidirectional))
                shapes = {"weight_ih": (rows, columns), "weight_hh": (rows, out)}
                shapes |= {"bias_ih": (rows,), "bias_hh": (rows,)} if bias else {}
                shapes |= {"weight_hr": (proj_size, hidden_size)} if proj_size else {}
                self._all_weights.append([f"{name}_l{layer}{end}" for name in shapes])
                for name, shape in zip(self._all_weights[-1], shapes.values(), strict=True):
                    setattr(self, name, Parameter(empty(shape, device=device, dtype=dtype)))
        self.reset_parameters()

    @property
    def all_weights(self) -> list[list[Parameter]]:
        """The parameters, a list for each layer and direction."""
        return [[getattr(self, name) for name in names] for names in self._all_weights]

    @property
    def _flat_weights_names(self):
        return [name for names in self._all_weights for name in names]

    @property
    def _flat_weights(self):
        return [getattr(self, name, None) for name in self._flat_weights_names]

    def __getstate__(self):
        return self.__dict__ | {"_flat_weights_names": self._flat_weights_names, "_flat_weights": self._flat_weights}

    def __setstate__(self, state):
        state = {"proj_size": 0, **state}  # which the oldest files do not have
        super().__setstate__({name: value for name, value in state.items() if not name.startswith("_flat_weight")})

    def flatten_parameters(self) -> None:
        """Nothing: here the parameters need no common piece of memory."""

    def reset_parameters(self) -> None:
        """Draw all parameters anew."""
        draw(self)

    def check_input(self, input: Tensor, batch_sizes: Tensor | None) -> None:
        """Refuse an input that does not fit: a ValueError for its dtype, a RuntimeError for its shape."""
        dtype = self._flat_weights[0].dtype
        if input.dtype is not dtype and not state.enabled:
            raise ValueError(
                f"RNN input dtype ({input.dtype}) does not match weight dtype ({dtype}). Convert input: "
                f"input.to({dtype}), or convert model: model.to({input.dtype})"
            )
        expected = 3 if batch_sizes is None else 2
        if input.dim() != expected:
            raise RuntimeError(f"input must have {expected} dimensions, got {input.dim()}")
        if self.input_size != input.size(-1):
            raise RuntimeError(
                f"input.size(-1) must be equal to input_size. Expected {self.input_size}, got {input.size(-1)}"
            )

    def get_expected_hidden_size(self, input: Tensor, batch_sizes: Tensor | None) -> tuple[int, int, int]:
        """The shape of the hidden states for an input."""
        batch = input.size(0 if self.batch_first else 1) if batch_sizes is None else int(batch_sizes[0])
        return self.num_layers * (1 + bool(self.bidirectional)), batch, self.proj_size or self.hidden_size

    def check_hidden_size(
        self, hx: Tensor, expected_hidden_size: tuple[int, int, int], msg: str = "Expected hidden size {}, got {}"
    ) -> None:
        """Refuse states of another shape, by a RuntimeError."""
        if hx.size() != expected_hidden_size:
            raise RuntimeError(msg.format(expected_hidden_size, list(hx.size())))

    def check_forward_args(self, input: Tensor, hidden, batch_sizes: Tensor | None) -> None:
        """Refuse an input and states that do not fit."""
        self.check_input(input, batch_sizes)
        self.check_hidden_size(hidden, self.get_expected_hidden_size(input, batch_sizes))

    def permute_hidden(self, hx, permutation: Tensor | None):
        """The states in another order of the batch."""
        return hx if permutation is None else hx.index_select(1, permutation)

    def extra_repr(self) -> str:
        parts = [f"{self.input_size}, {self.hidden_size}"]
        parts += [f"{name}={getattr(self, name)}" for name, value in USUAL.items() if getattr(self, name) != value]
        return ", ".join(parts)

    def _run(self, input, hx):
        """The outputs and the last states for padded or packed sequences or a single one."""
        if isinstance(input, PackedSequence):
            data, batch_sizes, sorted_indices, unsorted_indices = input
            hx = self._zeros(data, batch_sizes) if hx is None else self.permute_hidden(hx, sorted_indices)
            self.check_forward_args(data, hx, batch_sizes)
            output, hidden = self._through(data, hx, batch_sizes)
            output = PackedSequence(output, batch_sizes, sorted_indices, unsorted_indices)
            return output, self.permute_hidden(hidden, unsorted_indices)
        self._check_dims(input)
        alone, place = input.dim() == 2, 0 if self.batch_first else 1
        input = input.unsqueeze(place) if alone else input
        hx = self._zeros(input, None) if hx is None else self._with_batch(hx, alone)
        self.check_forward_args(input, hx, None)
        output, hidden = self._through(input, hx, None)
        if not alone:
            return output, hidden
        return output.squeeze(place), each_state(hidden, lambda state: state.squeeze(1))

    def _check_dims(self, input):
        """Refuse an input that is no sequence and no batch of them."""
        if input.dim() not in (2, 3):
            family, tensor = ("RNN", " tensor") if self.mode.startswith("RNN") else (self.mode, "")
            raise ValueError(f"{family}: Expected input to be 2D or 3D, got {input.dim()}D{tensor} instead")

    def _zeros(self, input, batch_sizes):
        """The states at the beginning."""
        shape = self.get_expected_hidden_size(input, batch_sizes)
        return zeros(shape, dtype=input.dtype, device=input.device)

    def _with_batch(self, hx, alone):
        """Given states with a dimension for the batch."""
        if hx.dim() != 3 - alone:
            kind, dims = ("unbatched", 2) if alone else ("batched", 3)
            raise RuntimeError(f"For {kind} {dims}-D input, hx should also be {dims}-D but got {hx.dim()}-D tensor")
        return hx.unsqueeze(1) if alone else hx

    def _through(self, input, hx, batch_sizes):
        """The outputs and the last states of all layers."""
        settings = self._flat_weights, self.bias, self.num_layers, self.dropout, self.training, self.bidirectional
        if batch_sizes is None:
            output, *hidden = FUNCTIONS[self.mode](input, hx, *settings, self.batch_first)
        else:
            output, *hidden = FUNCTIONS[self.mode](input, batch_sizes, hx, *settings)
        return output, hidden[0] if len(hidden) == 1 else tuple(hidden)


def each_state(hidden, change):
    """A state, or each of a pair, changed."""
    return tuple([change(state) for state in hidden]) if isinstance(hidden, tuple) else change(hidden)


def check_settings(dropout, bias, batch_first, input_size, hidden_size, num_layers, proj_size):
    """Refuse settings that cannot be, and warn of dropout that has no place."""
    if not isinstance(dropout, numbers.Number) or not 0 <= dropout <= 1 or isinstance(dropout, bool):
        raise ValueError(
            "dropout should be a number in range [0, 1] representing the probability of an element being zeroed"
        )
    if dropout > 0 and num_layers == 1:
        warnings.warn(
            "dropout option adds dropout after all but last recurrent layer, so non-zero dropout expects num_layers "
            f"greater than 1, but got dropout={dropout} and num_layers={num_layers}",
            stacklevel=3,
        )
    for name, value in (("bias", bias), ("batch_first", batch_first)):
        if not isinstance(value, bool):
            raise TypeError(f"{name} should be of type bool, got: {type(value).__name__}")
    for name, value in (("input_size", input_size), ("hidden_size", hidden_size)):
        if not isinstance(value, int):
            raise TypeError(f"{name} should be of type int, got: {type(value).__name__}")
        if value <= 0:
            raise ValueError(f"{name} must be greater than zero")
    if num_layers <= 0:
        raise ValueError("num_layers must be greater than zero")
    if proj_size < 0:
        raise ValueError("proj_size should be a positive integer or zero to disable projections")
    if proj_size >= hidden_size:
        raise ValueError("proj_size has to be smaller than hidden_size")


RNNBase.__module__ = "torch.nn.modules.rnn"
