"""Modules that normalise rows, groups of channels, and elements by their neighbours in other channels."""

from tinytorch.nn import init
from tinytorch.nn import normalization as functional
from tinytorch.nn.modules.module import Module
from tinytorch.nn.parameter import Parameter
from tinytorch.ops.create import empty
from tinytorch.ops.ranges import arange
from tinytorch.tensor import Tensor


class Affine(Module):
    """What modules share whose weight starts at 1, and whose bias starts at 0."""

    def _make(self, shape, weight, bias, **place):
        """The weight and the bias that are wanted."""
        for name, wanted in (("weight", weight), ("bias", bias)):
            self.register_parameter(name, Parameter(empty(shape, **place)) if wanted else None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Set the weight back to 1, and the bias to 0."""
        if self.weight is not None:
            init.ones_(self.weight)
        if self.bias is not None:
            init.zeros_(self.bias)


class LayerNorm(Affine):
    """(input - mean) / sqrt(variance + eps) * weight + bias over the last dimensions, `normalized_shape`.

    Weight and bias have the shape `normalized_shape`; there are none unless `elementwise_affine` (Ba et al., 2016).

    >>> import tinytorch as torch
    >>> torch.nn.LayerNorm(3)
    LayerNorm((3,), eps=1e-05, elementwise_affine=True, bias=True)
    """

    def __init__(
        self,
        normalized_shape,
        eps: float = 1e-5,
        elementwise_affine: bool = True,
        bias: bool = True,
        device=None,
        dtype=None,
    ) -> None:
        super().__init__()
        self.normalized_shape = sizes_of(normalized_shape)
        self.eps = eps
        self.elementwise_affine = elementwise_affine
        affine = elementwise_affine
        self._make(self.normalized_shape, affine, affine and bias, device=device, dtype=dtype)

    def forward(self, input: Tensor) -> Tensor:
        return functional.layer_norm(input, self.normalized_shape, self.weight, self.bias, self.eps)

    def extra_repr(self) -> str:
        return (
            f"{self.normalized_shape}, eps={self.eps}, elementwise_affine={self.elementwise_affine}, "
            f"bias={self.bias is not None}"
        )


class GroupNorm(Affine):
    """`LayerNorm` of each of `num_groups` groups of channels: (n, num_channels, ...) (Wu and He, 2018).

    Weight and bias are one number for each channel. A ValueError if the groups do not divide the channels.

    >>> import tinytorch as torch
    >>> torch.nn.GroupNorm(3, 6)(torch.zeros(20, 6, 10, 10)).shape
    torch.Size([20, 6, 10, 10])
    """

    def __init__(
        self,
        num_groups: int,
        num_channels: int,
        eps: float = 1e-5,
        affine: bool = True,
        device=None,
        dtype=None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__()
        if num_channels % num_groups != 0:
            raise ValueError(f"num_channels ({num_channels}) must be divisible by num_groups ({num_groups})")
        self.num_groups = num_groups
        self.num_channels = num_channels
        self.eps = eps
        self.affine = affine
        self._make(num_channels, affine, affine and bias, device=device, dtype=dtype)

    def forward(self, input: Tensor) -> Tensor:
        return functional.group_norm(input, self.num_groups, self.weight, self.bias, self.eps)

    def extra_repr(self) -> str:
        return (
            f"{self.num_groups}, {self.num_channels}, eps={self.eps}, affine={self.affine}, "
            f"bias={self.bias is not None}"
        )


class RMSNorm(Module):
    """input / sqrt(mean(input * input) + eps) * weight over the last dimensions (Zhang and Sennrich, 2019).

    Without an eps it is the smallest step from 1 in the input's dtype.

    >>> import tinytorch as torch
    >>> torch.nn.RMSNorm(2)(torch.tensor([3.0, 4.0]))
    tensor([0.8485, 1.1314], grad_fn=<MulBackward0>)
    """

    def __init__(
        self,
        normalized_shape,
        eps: float | None = None,
        elementwise_affine: bool = True,
        device=None,
        dtype=None,
    ) -> None:
        super().__init__()
        self.normalized_shape = sizes_of(normalized_shape)
        self.eps = eps
        self.elementwise_affine = elementwise_affine
        made = Parameter(empty(self.normalized_shape, device=device, dtype=dtype)) if elementwise_affine else None
        self.register_parameter("weight", made)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Set the weight back to 1."""
        if self.weight is not None:
            init.ones_(self.weight)

    def forward(self, x: Tensor) -> Tensor:
        return functional.rms_norm(x, self.normalized_shape, self.weight, self.eps)

    def extra_repr(self) -> str:
        return f"{self.normalized_shape}, eps={self.eps}, elementwise_affine={self.elementwise_affine}"


class LocalResponseNorm(Module):
    """input / (k + alpha * m) ** beta, m the mean of the squares of `size` neighbouring channels: (n, channels, ...).

    Channels beyond the first and the last count as 0 (Krizhevsky et al., 2012).
    """

    def __init__(self, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0) -> None:
        super().__init__()
        self.size = size
        self.alpha = alpha
        self.beta = beta
        self.k = k

    def forward(self, input: Tensor) -> Tensor:
        return functional.local_response_norm(input, self.size, self.alpha, self.beta, self.k)

    def extra_repr(self) -> str:
        return f"{self.size}, alpha={self.alpha}, beta={self.beta}, k={self.k}"


class CrossMapLRN2d(LocalResponseNorm):
    """`LocalResponseNorm` of images (n, channels, height, width) as the library before PyTorch had it.

    The sums are PyTorch's, which never let go of the first channel once it is in; the gradient is that of these
    numbers, where PyTorch's is another's. A ValueError for other than 4 dimensions.
    """

    def __init__(self, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1) -> None:
        super().__init__(size, alpha, beta, k)

    def forward(self, input: Tensor) -> Tensor:
        if input.ndim != 4:
            raise ValueError(f"CrossMapLRN2d: Expected input to be 4D, got {input.ndim}D instead.")
        reach = int((self.size - 1) / 2 + 1)
        place = arange(input.shape[1], device=input.device)
        near = (place - place.unsqueeze(1)).abs() < reach
        first = (place == 0) & (place.unsqueeze(1) >= reach)
        sums = (input * input).movedim(1, -1) @ (near | first).to(input.dtype).T  # (n, height, width, channels)
        return input * (sums.movedim(-1, 1) * (self.alpha / self.size) + self.k).pow(-self.beta)


def sizes_of(normalized_shape):
    """The sizes of the last dimensions as a tuple."""
    return (normalized_shape,) if hasattr(normalized_shape, "__index__") else tuple(normalized_shape)
