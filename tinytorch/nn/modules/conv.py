"""Modules that convolve, and those that transpose a convolution."""

import math

from tinytorch.formats import contiguous_format
from tinytorch.modes import no_grad
from tinytorch.nn import convolution, init
from tinytorch.nn.modules.lazy import LazyLayer
from tinytorch.nn.modules.module import Module
from tinytorch.nn.modules.tuples import _ntuple, _reverse_repeat_tuple
from tinytorch.nn.parameter import Parameter
from tinytorch.ops.create import empty, empty_like
from tinytorch.ops.pad import pad
from tinytorch.tensor import Tensor

MODES = {"zeros", "reflect", "replicate", "circular"}


class _ConvNd(Module):
    """What all share: settings that fit, a weight and a bias between -k and k, k = 1 / sqrt(fan in).

    The weight is (out_channels, in_channels / groups, *kernel_size), or if `transposed` with in and out exchanged. A
    ValueError where the groups do not divide the channels, and for a padding or a mode that there is not.
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: tuple[int, ...],
        stride: tuple[int, ...],
        padding: str | tuple[int, ...],
        dilation: tuple[int, ...],
        transposed: bool,
        output_padding: tuple[int, ...],
        groups: int,
        bias: bool,
        padding_mode: str,
        device=None,
        dtype=None,
    ) -> None:
        super().__init__()
        check_groups(in_channels, out_channels, groups)
        check_padding(padding, padding_mode, stride)
        self.in_channels = in_channels
        self.out_channels = out_channels
        self.kernel_size = kernel_size
        self.stride = stride
        self.padding = padding
        self.dilation = dilation
        self.transposed = transposed
        self.output_padding = output_padding
        self.groups = groups
        self.padding_mode = padding_mode
        self._reversed_padding_repeated_twice = ends_of(padding, dilation, kernel_size)
        self.weight = Parameter(empty(self._weight_shape(), device=device, dtype=dtype))
        if bias:
            self.bias = Parameter(empty(out_channels, device=device, dtype=dtype))
        else:
            self.register_parameter("bias", None)
        self.reset_parameters()

    def _weight_shape(self):
        """The sizes of the weight."""
        channels = [self.out_channels, self.in_channels]
        first, second = reversed(channels) if self.transposed else channels
        return first, second // self.groups, *self.kernel_size

    @no_grad()
    def reset_parameters(self) -> None:
        """Draw the weight and the bias anew."""
        weight = self.weight
        if not weight.is_contiguous():  # numbers are drawn in the order of the dimensions, whatever that of memory
            weight = empty_like(weight, memory_format=contiguous_format)
        init.kaiming_uniform_(weight, a=math.sqrt(5))  # the bound of it is 1 / sqrt(fan in)
        if weight is not self.weight:
            self.weight.copy_(weight)
        if self.bias is not None:
            fan_in, _ = init._calculate_fan_in_and_fan_out(self.weight)
            bound = 1 / math.sqrt(fan_in) if fan_in > 0 else 0
            init.uniform_(self.bias, -bound, bound)

    def extra_repr(self) -> str:
        spatial = len(self.kernel_size)
        usual = {"padding": (0,) * spatial, "dilation": (1,) * spatial, "output_padding": (0,) * spatial, "groups": 1}
        shown = [f"{name}={getattr(self, name)}" for name, value in usual.items() if getattr(self, name) != value]
        shown += ["bias=False"] * (self.bias is None)
        shown += [f"padding_mode={self.padding_mode}"] * (self.padding_mode != "zeros")
        first = f"{self.in_channels}, {self.out_channels}, kernel_size={self.kernel_size}, stride={self.stride}"
        return ", ".join([first, *shown])


class Convolution(_ConvNd):
    """What the convolutions share."""

    _spatial = 1

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size,
        stride=1,
        padding=0,
        dilation=1,
        groups: int = 1,
        bias: bool = True,
        padding_mode: str = "zeros",
        device=None,
        dtype=None,
    ) -> None:
        several = _ntuple(self._spatial)
        super().__init__(
            in_channels,
            out_channels,
            several(kernel_size),
            several(stride),
            padding if isinstance(padding, str) else several(padding),
            several(dilation),
            False,
            several(0),
            groups,
            bias,
            padding_mode,
            device,
            dtype,
        )

    def _conv_forward(self, input, weight, bias):
        padding = self.padding
        if self.padding_mode != "zeros":
            input = pad(input, self._reversed_padding_repeated_twice, mode=self.padding_mode)
            padding = (0,) * self._spatial
        return self._function(input, weight, bias, self.stride, padding, self.dilation, self.groups)

    def forward(self, input: Tensor) -> Tensor:
        return self._conv_forward(input, self.weight, self.bias)


class Conv1d(Convolution):
    """Windows of (n, in_channels, length), or without n, times the weight, plus the bias -> (n, out_channels, count).

    >>> import tinytorch as torch
    >>> torch.nn.Conv1d(16, 33, 3, stride=2)(torch.zeros(20, 16, 50)).shape
    torch.Size([20, 33, 24])
    """

    _function = staticmethod(convolution.conv1d)


class Conv2d(Convolution):
    """Windows of (n, in_channels, height, width), or without n, times the weight, plus the bias.

    The padding is one or two numbers, "valid" for none, or "same" to keep height and width; `padding_mode` says what
    stands there: "zeros", "reflect", "replicate" or "circular".

    >>> import tinytorch as torch
    >>> torch.nn.Conv2d(16, 33, (3, 5), stride=(2, 1), padding=(4, 2), dilation=(3, 1))
    Conv2d(16, 33, kernel_size=(3, 5), stride=(2, 1), padding=(4, 2), dilation=(3, 1))
    """

    _function = staticmethod(convolution.conv2d)
    _spatial = 2


class Conv3d(Convolution):
    """Windows of (n, in_channels, depth, height, width), or without n, times the weight, plus the bias."""

    _function = staticmethod(convolution.conv3d)
    _spatial = 3


class _ConvTransposeNd(_ConvNd):
    """What the transposed convolutions share; a ValueError for a padding mode other than "zeros"."""

    _spatial = 1

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size,
        stride=1,
        padding=0,
        output_padding=0,
        groups: int = 1,
        bias: bool = True,
        dilation=1,
        padding_mode: str = "zeros",
        device=None,
        dtype=None,
    ) -> None:
        if padding_mode != "zeros":
            raise ValueError(f'Only "zeros" padding mode is supported for {type(self).__name__}')
        several = _ntuple(self._spatial)
        super().__init__(
            in_channels,
            out_channels,
            several(kernel_size),
            several(stride),
            several(padding),
            several(dilation),
            True,
            several(output_padding),
            groups,
            bias,
            padding_mode,
            device,
            dtype,
        )

    def forward(self, input: Tensor, output_size: list[int] | None = None) -> Tensor:
        sizes = self.stride, self.padding, self.kernel_size, self._spatial, self.dilation
        more = self._output_padding(input, output_size, *sizes)
        return self._function(
            input, self.weight, self.bias, self.stride, self.padding, more, self.groups, self.dilation
        )

    def _output_padding(self, input, output_size, stride, padding, kernel_size, num_spatial_dims, dilation=None):
        """What is to be added to the least size of a result to have `output_size`."""
        if output_size is None:
            return self.output_padding
        other = 2 if input.ndim == num_spatial_dims + 2 else 1
        if len(output_size) == other + num_spatial_dims:
            output_size = output_size[other:]
        if len(output_size) != num_spatial_dims:
            raise ValueError(
                f"ConvTranspose{num_spatial_dims}D: for {input.ndim}D input, output_size must have {num_spatial_dims} "
                f"or {other + num_spatial_dims} elements (got {len(output_size)})"
            )
        dilation = (1,) * num_spatial_dims if dilation is None else dilation
        settings = zip(input.shape[other:], stride, padding, kernel_size, dilation, strict=False)
        least = [(size - 1) * step - 2 * zeros + far * (kernel - 1) + 1 for size, step, zeros, kernel, far in settings]
        most = [size + step - 1 for size, step in zip(least, stride, strict=True)]
        if any(not low <= size <= high for low, size, high in zip(least, output_size, most, strict=True)):
            raise ValueError(
                f"requested an output size of {output_size}, but valid sizes range from {least} to {most} (for an "
                f"input of {input.shape[2:]})"
            )
        return [size - low for size, low in zip(output_size, least, strict=True)]


class ConvTranspose1d(_ConvTransposeNd):
    """The transposed map of `Conv1d`, which is its gradient: (n, in_channels, count) -> (n, out_channels, length)."""

    _function = staticmethod(convolution.conv_transpose1d)


class ConvTranspose2d(_ConvTransposeNd):
    """The transposed map of `Conv2d`, which is its gradient (Zeiler et al., 2010).

    `output_padding`, or the `output_size` of a call, says which of the sizes that `Conv2d` makes the input's is meant.

    >>> import tinytorch as torch
    >>> up = torch.nn.ConvTranspose2d(16, 16, 3, stride=2, padding=1)
    >>> up(torch.zeros(1, 16, 6, 6), output_size=(12, 12)).shape
    torch.Size([1, 16, 12, 12])
    """

    _function = staticmethod(convolution.conv_transpose2d)
    _spatial = 2


class ConvTranspose3d(_ConvTransposeNd):
    """The transposed map of `Conv3d`, which is its gradient."""

    _function = staticmethod(convolution.conv_transpose3d)
    _spatial = 3


class _LazyConvXdMixin(LazyLayer):
    """What convolutions share whose in_channels are those of the first input."""

    def initialize_parameters(self, input: Tensor, *args, **kwargs) -> None:
        """Take over the input's channels, and draw weight and bias; a ValueError if the groups do not divide them."""
        if self.has_uninitialized_params():
            self.in_channels = self._get_in_channels(input)
            check_groups(self.in_channels, self.out_channels, self.groups)
            self._materialize(weight=self._weight_shape(), bias=(self.out_channels,))

    def _get_in_channels(self, input):
        spatial = self._spatial
        if input.ndim not in (spatial + 1, spatial + 2):
            raise RuntimeError(
                f"Expected {spatial + 1}D (unbatched) or {spatial + 2}D (batched) input to {type(self).__name__}, but "
                f"got input of size: {input.shape}"
            )
        return input.shape[-spatial - 1]


class LazyConvolution(_LazyConvXdMixin):
    """A convolution that waits for its in_channels."""

    def __init__(
        self,
        out_channels: int,
        kernel_size,
        stride=1,
        padding=0,
        dilation=1,
        groups: int = 1,
        bias: bool = True,
        padding_mode: str = "zeros",
        device=None,
        dtype=None,
    ) -> None:
        super().__init__(0, 0, kernel_size, stride, padding, dilation, groups, False, padding_mode, device, dtype)
        self.out_channels = out_channels
        self._wait_for("weight", "bias" if bias else None, device=device, dtype=dtype)


class LazyConv1d(LazyConvolution, Conv1d):
    """A `Conv1d` whose in_channels are those of the first input.

    >>> import tinytorch as torch
    >>> layer = torch.nn.LazyConv1d(33, 3)
    >>> layer(torch.zeros(20, 16, 50)).shape, layer
    (torch.Size([20, 33, 48]), Conv1d(16, 33, kernel_size=(3,), stride=(1,)))
    """

    cls_to_become = Conv1d


class LazyConv2d(LazyConvolution, Conv2d):
    """A `Conv2d` whose in_channels are those of the first input."""

    cls_to_become = Conv2d


class LazyConv3d(LazyConvolution, Conv3d):
    """A `Conv3d` whose in_channels are those of the first input."""

    cls_to_become = Conv3d


class LazyTransposedConvolution(_LazyConvXdMixin):
    """A transposed convolution that waits for its in_channels."""

    def __init__(
        self,
        out_channels: int,
        kernel_size,
        stride=1,
        padding=0,
        output_padding=0,
        groups: int = 1,
        bias: bool = True,
        dilation=1,
        padding_mode: str = "zeros",
        device=None,
        dtype=None,
    ) -> None:
        settings = stride, padding, output_padding, groups, False, dilation, padding_mode
        super().__init__(0, 0, kernel_size, *settings, device, dtype)
        self.out_channels = out_channels
        self._wait_for("weight", "bias" if bias else None, device=device, dtype=dtype)


class LazyConvTranspose1d(LazyTransposedConvolution, ConvTranspose1d):
    """A `ConvTranspose1d` whose in_channels are those of the first input."""

    cls_to_become = ConvTranspose1d


class LazyConvTranspose2d(LazyTransposedConvolution, ConvTranspose2d):
    """A `ConvTranspose2d` whose in_channels are those of the first input."""

    cls_to_become = ConvTranspose2d


class LazyConvTranspose3d(LazyTransposedConvolution, ConvTranspose3d):
    """A `ConvTranspose3d` whose in_channels are those of the first input."""

    cls_to_become = ConvTranspose3d


def check_groups(in_channels, out_channels, groups):
    """Refuse groups that the channels do not divide into."""
    if groups <= 0:
        raise ValueError("groups must be a positive integer")
    for name, channels in (("in", in_channels), ("out", out_channels)):
        if channels % groups != 0:
            raise ValueError(f"{name}_channels must be divisible by groups")


def check_padding(padding, padding_mode, stride):
    """Refuse words for a padding that say nothing, and "same" where the stride leaves elements out."""
    names = {"same", "valid"}
    if isinstance(padding, str):
        if padding not in names:
            raise ValueError(f"Invalid padding string {padding!r}, should be one of {names}")
        if padding == "same" and any(step != 1 for step in stride):
            raise ValueError("padding='same' is not supported for strided convolutions")
    if padding_mode not in MODES:
        raise ValueError(f"padding_mode must be one of {MODES}, but got padding_mode='{padding_mode}'")


def ends_of(padding, dilation, kernel_size):
    """The padding as `pad` takes it: of both ends of each dimension, the last one first."""
    if not isinstance(padding, str):
        return _reverse_repeat_tuple(padding, 2)
    if padding == "valid":
        return [0, 0] * len(kernel_size)
    reach = [apart * (kernel - 1) for apart, kernel in zip(dilation, kernel_size, strict=False)]
    return [each for total in reversed(reach) for each in (total // 2, total - total // 2)]
