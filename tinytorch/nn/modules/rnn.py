"""The recurrent layers, over whole sequences; their cells are found here too."""

import warnings

from tinytorch.nn.modules.cells import GRUCell, LSTMCell, RNNCell, RNNCellBase
from tinytorch.nn.modules.recurrent import RNNBase
from tinytorch.ops.create import zeros
from tinytorch.tensor import Tensor

__all__ = ["GRU", "LSTM", "RNN", "GRUCell", "LSTMCell", "RNNBase", "RNNCell", "RNNCellBase"]


class RNN(RNNBase):
    """Layers of h' = tanh(W x + b + U h + c), or with relu, over sequences: (steps, n, in) -> (steps, n, hidden).

    The outputs of the last layer come with the last states of all layers and directions, (layers, n, hidden). A
    `PackedSequence` gives one; an input (steps, in) is a sequence without a batch. Its arguments are those of `RNNBase`
    with `nonlinearity`, "tanh" or "relu", behind `num_layers` (Elman, 1990).

    >>> import tinytorch as torch
    >>> output, hidden = torch.nn.RNN(10, 20, 2)(torch.zeros(5, 3, 10))
    >>> output.shape, hidden.shape
    (torch.Size([5, 3, 20]), torch.Size([2, 3, 20]))
    """

    def __init__(self, *args, **kwargs):
        if "proj_size" in kwargs:
            raise ValueError("proj_size argument is only supported for LSTM, not RNN or GRU")
        if len(args) > 3:
            self.nonlinearity = args[3]
            args = args[:3] + args[4:]
        else:
            self.nonlinearity = kwargs.pop("nonlinearity", "tanh")
        if self.nonlinearity not in ("tanh", "relu"):
            raise ValueError(f"Unknown nonlinearity '{self.nonlinearity}'. Select from 'tanh' or 'relu'.")
        super().__init__(f"RNN_{self.nonlinearity.upper()}", *args, **kwargs)

    def forward(self, input, hx=None):
        return self._run(input, hx)


class LSTM(RNNBase):
    """Layers of long short-term memory over sequences: (steps, n, in) -> (steps, n, hidden).

    The gates i, f and o are sigmoid(W x + b + U h + c), g is tanh of that; c' = f * c + i * g and h' = o * tanh(c'),
    which `weight_hr` projects where there is a `proj_size`. The outputs of the last layer come with the last hidden and
    cell states of all layers and directions. A `PackedSequence` gives one; an input (steps, in) is a sequence without
    a batch. Its arguments are those of `RNNBase` (Hochreiter and Schmidhuber, 1997).

    >>> import tinytorch as torch
    >>> output, (hidden, cell) = torch.nn.LSTM(10, 20, 2)(torch.zeros(5, 3, 10))
    >>> output.shape, cell.shape
    (torch.Size([5, 3, 20]), torch.Size([2, 3, 20]))
    """

    def __init__(self, *args, **kwargs):
        super().__init__("LSTM", *args, **kwargs)

    def get_expected_cell_size(self, input: Tensor, batch_sizes: Tensor | None) -> tuple[int, int, int]:
        """The shape of the cell states for an input."""
        return *self.get_expected_hidden_size(input, batch_sizes)[:2], self.hidden_size

    def check_forward_args(self, input: Tensor, hidden, batch_sizes: Tensor | None) -> None:
        """Refuse an input and states that do not fit."""
        self.check_input(input, batch_sizes)
        expected = (
            self.get_expected_hidden_size(input, batch_sizes),
            self.get_expected_cell_size(input, batch_sizes),
        )
        for place, shape in enumerate(expected):
            self.check_hidden_size(hidden[place], shape, f"Expected hidden[{place}] size {{}}, got {{}}")

    def permute_hidden(self, hx, permutation: Tensor | None):
        """The states in another order of the batch."""
        return hx if permutation is None else tuple([hx[place].index_select(1, permutation) for place in range(2)])

    def _zeros(self, input, batch_sizes):
        """The states at the beginning."""
        shapes = self.get_expected_hidden_size(input, batch_sizes), self.get_expected_cell_size(input, batch_sizes)
        return tuple([zeros(shape, dtype=input.dtype, device=input.device) for shape in shapes])

    def _with_batch(self, hx, alone):
        """Given states with a dimension for the batch."""
        hidden, cell = hx[0], hx[1]
        if hidden.dim() != 3 - alone or cell.dim() != 3 - alone:
            kind, dims = ("unbatched", 2) if alone else ("batched", 3)
            raise RuntimeError(
                f"For {kind} {dims}-D input, hx and cx should also be {dims}-D but got ({hidden.dim()}-D, "
                f"{cell.dim()}-D) tensors"
            )
        return (hidden.unsqueeze(1), cell.unsqueeze(1)) if alone else hx

    def forward(self, input, hx=None):
        return self._run(input, hx)


class GRU(RNNBase):
    """Layers of gated recurrent units over sequences: (steps, n, in) -> (steps, n, hidden).

    The gates r and z are sigmoid(W x + b + U h + c), n is tanh(W x + b + r * (U h + c)), and h' = (1 - z) * n + z * h.
    The outputs of the last layer come with the last states of all layers and directions. A `PackedSequence` gives one;
    an input (steps, in) is a sequence without a batch. Its arguments are those of `RNNBase` (Cho et al., 2014).

    >>> import tinytorch as torch
    >>> output, hidden = torch.nn.GRU(10, 20, bidirectional=True)(torch.zeros(5, 3, 10))
    >>> output.shape, hidden.shape
    (torch.Size([5, 3, 40]), torch.Size([2, 3, 20]))
    """

    def __init__(self, *args, **kwargs):
        if "proj_size" in kwargs:
            raise ValueError("proj_size argument is only supported for LSTM, not RNN or GRU")
        super().__init__("GRU", *args, **kwargs)

    def forward(self, input, hx=None):
        return self._run(input, hx)


def apply_permutation(tensor: Tensor, permutation: Tensor, dim: int = 1) -> Tensor:
    """The older name of `tensor.index_select(dim, permutation)`."""
    warnings.warn(
        "`apply_permutation` is deprecated, please use `tensor.index_select(dim, permutation)` instead",
        category=FutureWarning,
        stacklevel=2,
    )
    return tensor.index_select(dim, permutation)
