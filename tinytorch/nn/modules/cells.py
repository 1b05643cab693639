"""The cells of recurrent layers: one step, with a batch or without one."""

from tinytorch.nn.modules.module import Module
from tinytorch.nn.modules.recurrent import draw
from tinytorch.nn.parameter import Parameter
from tinytorch.ops.cells import gru_cell, lstm_cell, rnn_relu_cell, rnn_tanh_cell
from tinytorch.ops.create import empty, zeros
from tinytorch.tensor import Tensor


class RNNCellBase(Module):
    """What the cells share: `num_chunks` gates of `hidden_size` numbers each, and how states are taken."""

    def __init__(self, input_size: int, hidden_size: int, bias: bool, num_chunks: int, device=None, dtype=None) -> None:
        super().__init__()
        self.input_size = input_size
        self.hidden_size = hidden_size
        self.bias = bias
        rows = num_chunks * hidden_size
        self.weight_ih = Parameter(empty((rows, input_size), device=device, dtype=dtype))
        self.weight_hh = Parameter(empty((rows, hidden_size), device=device, dtype=dtype))
        for name in ("bias_ih", "bias_hh"):
            self.register_parameter(name, Parameter(empty(rows, device=device, dtype=dtype)) if bias else None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw all parameters anew."""
        draw(self)

    def extra_repr(self) -> str:
        parts = [f"{self.input_size}, {self.hidden_size}"]
        parts += [f"bias={self.bias}"] if self.bias is not True else []
        parts += [f"nonlinearity={self.nonlinearity}"] if self.__dict__.get("nonlinearity", "tanh") != "tanh" else []
        return ", ".join(parts)

    def _weights(self):
        """The parameters in the order in which the cells take them."""
        return self.weight_ih, self.weight_hh, self.bias_ih, self.bias_hh

    def _step(self, cell, input, hx):
        """The next state of a cell with one state, with a batch or without one."""
        self._check_dims(input, "input")
        if hx is not None:
            self._check_dims(hx, "hidden")
        alone = input.dim() == 1
        input = input.unsqueeze(0) if alone else input
        if hx is None:
            hx = self._zeros(input)
        elif alone:
            hx = hx.unsqueeze(0)
        after = cell(input, hx, *self._weights())
        return after.squeeze(0) if alone else after

    def _check_dims(self, tensor, name):
        """Refuse what is neither one element nor a batch of them."""
        if tensor.dim() not in (1, 2):
            raise ValueError(f"{self.family}: Expected {name} to be 1D or 2D, got {tensor.dim()}D instead")

    def _zeros(self, input):
        """A state at the beginning."""
        return zeros(input.size(0), self.hidden_size, dtype=input.dtype, device=input.device)


class RNNCell(RNNCellBase):
    """One step of h' = tanh(W x + b + U h + c), or with relu: (n, in) and (n, hidden), which is 0 if it is not given.

    A RuntimeError for another `nonlinearity` than "tanh" and "relu".

    >>> import tinytorch as torch
    >>> torch.nn.RNNCell(10, 20)(torch.zeros(3, 10)).shape
    torch.Size([3, 20])
    """

    family = "RNNCell"

    def __init__(
        self, input_size: int, hidden_size: int, bias: bool = True, nonlinearity: str = "tanh", device=None, dtype=None
    ) -> None:
        super().__init__(input_size, hidden_size, bias, 1, device=device, dtype=dtype)
        self.nonlinearity = nonlinearity

    def forward(self, input: Tensor, hx: Tensor | None = None) -> Tensor:
        cells = {"tanh": rnn_tanh_cell, "relu": rnn_relu_cell}
        if self.nonlinearity not in cells:
            raise RuntimeError(f"Unknown nonlinearity: {self.nonlinearity}")
        return self._step(cells[self.nonlinearity], input, hx)


class LSTMCell(RNNCellBase):
    """One step of a long short-term memory: (n, in) and a pair of (n, hidden), which are 0 if they are not given.

    >>> import tinytorch as torch
    >>> hidden, cell = torch.nn.LSTMCell(10, 20)(torch.zeros(3, 10))
    >>> hidden.shape, cell.shape
    (torch.Size([3, 20]), torch.Size([3, 20]))
    """

    family = "LSTMCell"

    def __init__(self, input_size: int, hidden_size: int, bias: bool = True, device=None, dtype=None) -> None:
        super().__init__(input_size, hidden_size, bias, 4, device=device, dtype=dtype)

    def forward(self, input: Tensor, hx: tuple[Tensor, Tensor] | None = None) -> tuple[Tensor, Tensor]:
        self._check_dims(input, "input")
        for place, state in enumerate(() if hx is None else hx):
            self._check_dims(state, f"hx[{place}]")
        alone = input.dim() == 1
        input = input.unsqueeze(0) if alone else input
        if hx is None:
            hx = (self._zeros(input),) * 2
        elif alone:
            hx = hx[0].unsqueeze(0), hx[1].unsqueeze(0)
        hidden, cell = lstm_cell(input, hx, *self._weights())
        return (hidden.squeeze(0), cell.squeeze(0)) if alone else (hidden, cell)


class GRUCell(RNNCellBase):
    """One step of a gated recurrent unit: (n, in) and (n, hidden), which is 0 if it is not given.

    >>> import tinytorch as torch
    >>> torch.nn.GRUCell(10, 20)(torch.zeros(3, 10)).shape
    torch.Size([3, 20])
    """

    family = "GRUCell"

    def __init__(self, input_size: int, hidden_size: int, bias: bool = True, device=None, dtype=None) -> None:
        super().__init__(input_size, hidden_size, bias, 3, device=device, dtype=dtype)

    def forward(self, input: Tensor, hx: Tensor | None = None) -> Tensor:
        return self._step(gru_cell, input, hx)


for each in (RNNCellBase, RNNCell, LSTMCell, GRUCell):
    each.__module__ = "torch.nn.modules.rnn"
