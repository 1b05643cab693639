"""Modules that pool: what is left of the elements of a window is their maximum, their mean or their norm."""

from tinytorch.nn import adaptive_pooling, pooling
from tinytorch.nn.modules.settings import Settings
from tinytorch.nn.modules.tuples import _ntuple
from tinytorch.tensor import Tensor


class _MaxPoolNd(Settings):
    """What maximum pooling shares; the stride is the kernel's size if it is None."""

    shown = ("kernel_size", "stride", "padding", "dilation", "ceil_mode")

    def __init__(
        self, kernel_size, stride=None, padding=0, dilation=1, return_indices: bool = False, ceil_mode: bool = False
    ) -> None:
        super().__init__()
        self.kernel_size = kernel_size
        self.stride = kernel_size if stride is None else stride
        self.padding = padding
        self.dilation = dilation
        self.return_indices = return_indices
        self.ceil_mode = ceil_mode

    def forward(self, input: Tensor):
        settings = self.kernel_size, self.stride, self.padding, self.dilation
        return self._function(input, *settings, ceil_mode=self.ceil_mode, return_indices=self.return_indices)


class MaxPool1d(_MaxPoolNd):
    """The largest element of each window of (n, c, length), or (c, length), and with `return_indices` where it is.

    >>> import tinytorch as torch
    >>> torch.nn.MaxPool1d(2)(torch.tensor([[1.0, 3.0, 2.0, 0.0]]))
    tensor([[3., 2.]])
    """

    _function = staticmethod(pooling.max_pool1d)


class MaxPool2d(_MaxPoolNd):
    """The largest element of each window of (n, c, height, width), or without n.

    >>> import tinytorch as torch
    >>> torch.nn.MaxPool2d(3, stride=2)(torch.zeros(20, 16, 50, 32)).shape
    torch.Size([20, 16, 24, 15])
    """

    _function = staticmethod(pooling.max_pool2d)


class MaxPool3d(_MaxPoolNd):
    """The largest element of each window of (n, c, depth, height, width), or without n."""

    _function = staticmethod(pooling.max_pool3d)


class _MaxUnpoolNd(Settings):
    """What shares the way back from maxima to a tensor of zeros around them."""

    shown = ("kernel_size", "stride", "padding")
    _spatial = 1

    def __init__(self, kernel_size, stride=None, padding=0) -> None:
        super().__init__()
        several = _ntuple(self._spatial)
        self.kernel_size = several(kernel_size)
        self.stride = several(kernel_size if stride is None else stride)
        self.padding = several(padding)

    def forward(self, input: Tensor, indices: Tensor, output_size=None) -> Tensor:
        return self._function(input, indices, self.kernel_size, self.stride, self.padding, output_size)


class MaxUnpool1d(_MaxUnpoolNd):
    """Rows of zeros in which each element stands where `MaxPool1d` found it, at its index."""

    _function = staticmethod(pooling.max_unpool1d)


class MaxUnpool2d(_MaxUnpoolNd):
    """Planes of zeros in which each element stands where `MaxPool2d` found it, at its index.

    >>> import tinytorch as torch
    >>> values, index = torch.nn.MaxPool2d(2, return_indices=True)(torch.tensor([[[1.0, 2.0], [4.0, 3.0]]]))
    >>> torch.nn.MaxUnpool2d(2)(values, index)
    tensor([[[0., 0.],
             [4., 0.]]])
    """

    _function = staticmethod(pooling.max_unpool2d)
    _spatial = 2


class MaxUnpool3d(_MaxUnpoolNd):
    """Volumes of zeros in which each element stands where `MaxPool3d` found it, at its index."""

    _function = staticmethod(pooling.max_unpool3d)
    _spatial = 3


class _AvgPoolNd(Settings):
    """What average pooling prints."""

    shown = ("kernel_size", "stride", "padding")


class AvgPool1d(_AvgPoolNd):
    """The mean of each window of (n, c, length), or (c, length).

    >>> import tinytorch as torch
    >>> torch.nn.AvgPool1d(3, stride=2)(torch.tensor([[1.0, 2, 3, 4, 5, 6, 7]]))
    tensor([[2., 4., 6.]])
    """

    def __init__(
        self, kernel_size, stride=None, padding=0, ceil_mode: bool = False, count_include_pad: bool = True
    ) -> None:
        super().__init__()
        several = _ntuple(1)
        self.kernel_size = several(kernel_size)
        self.stride = several(kernel_size if stride is None else stride)
        self.padding = several(padding)
        self.ceil_mode = ceil_mode
        self.count_include_pad = count_include_pad

    def forward(self, input: Tensor) -> Tensor:
        settings = self.kernel_size, self.stride, self.padding
        return pooling.avg_pool1d(input, *settings, self.ceil_mode, self.count_include_pad)


class AveragePool(_AvgPoolNd):
    """What the means of images and volumes share; they are sums over `divisor_override` if it is given."""

    def __init__(
        self,
        kernel_size,
        stride=None,
        padding=0,
        ceil_mode: bool = False,
        count_include_pad: bool = True,
        divisor_override: int | None = None,
    ) -> None:
        super().__init__()
        self.kernel_size = kernel_size
        self.stride = kernel_size if stride is None else stride
        self.padding = padding
        self.ceil_mode = ceil_mode
        self.count_include_pad = count_include_pad
        self.divisor_override = divisor_override

    def forward(self, input: Tensor) -> Tensor:
        settings = self.kernel_size, self.stride, self.padding, self.ceil_mode, self.count_include_pad
        return self._function(input, *settings, self.divisor_override)


class AvgPool2d(AveragePool):
    """The mean of each window of (n, c, height, width), or without n; zeros of the padding count unless told otherwise.

    >>> import tinytorch as torch
    >>> torch.nn.AvgPool2d(3, stride=2)(torch.zeros(20, 16, 50, 32)).shape
    torch.Size([20, 16, 24, 15])
    """

    _function = staticmethod(pooling.avg_pool2d)


class AvgPool3d(AveragePool):
    """The mean of each window of (n, c, depth, height, width), or without n."""

    _function = staticmethod(pooling.avg_pool3d)


class FractionalMaxPool(Settings):
    """What maximum pooling with windows of random sizes shares; one of output size and ratio says how many there are.

    A ValueError for none of them or both, and for a ratio that is not between 0 and 1.
    """

    _spatial = 2

    def __init__(
        self, kernel_size, output_size=None, output_ratio=None, return_indices: bool = False, _random_samples=None
    ) -> None:
        super().__init__()
        several = _ntuple(self._spatial)
        self.kernel_size = several(kernel_size)
        self.return_indices = return_indices
        self.register_buffer("_random_samples", _random_samples)
        self.output_size = None if output_size is None else several(output_size)
        self.output_ratio = None if output_ratio is None else several(output_ratio)
        if output_size is None and output_ratio is None:
            raise ValueError(f"{type(self).__name__} requires specifying either an output size, or a pooling ratio")
        if output_size is not None and output_ratio is not None:
            raise ValueError("only one of output_size and output_ratio may be specified")
        if self.output_ratio is not None and not all(0 < each < 1 for each in self.output_ratio):
            raise ValueError(f"output_ratio must be between 0 and 1 (got {output_ratio})")

    def forward(self, input: Tensor):
        return self._function(
            input,
            self.kernel_size,
            self.output_size,
            self.output_ratio,
            self.return_indices,
            _random_samples=self._random_samples,
        )


class FractionalMaxPool2d(FractionalMaxPool):
    """The largest elements of windows of (n, c, height, width) whose places are drawn at random (Graham, 2015)."""

    _function = staticmethod(adaptive_pooling.fractional_max_pool2d)


class FractionalMaxPool3d(FractionalMaxPool):
    """The largest elements of windows of (n, c, depth, height, width) whose places are drawn at random.

    A ValueError for a kernel that is not above 0, and as `FractionalMaxPool2d` has them.
    """

    _function = staticmethod(adaptive_pooling.fractional_max_pool3d)
    _spatial = 3

    def __init__(
        self, kernel_size, output_size=None, output_ratio=None, return_indices: bool = False, _random_samples=None
    ) -> None:
        if any(each <= 0 for each in _ntuple(1)(kernel_size)):
            raise ValueError(f"kernel_size must be greater than 0, but got {kernel_size}")
        super().__init__(kernel_size, output_size, output_ratio, return_indices, _random_samples)


class _LPPoolNd(Settings):
    """What pooling by a norm shares."""

    shown = ("norm_type", "kernel_size", "stride", "ceil_mode")

    def __init__(self, norm_type: float, kernel_size, stride=None, ceil_mode: bool = False) -> None:
        super().__init__()
        self.norm_type = norm_type
        self.kernel_size = kernel_size
        self.stride = stride
        self.ceil_mode = ceil_mode

    def forward(self, input: Tensor) -> Tensor:
        return self._function(input, float(self.norm_type), self.kernel_size, self.stride, self.ceil_mode)


class LPPool1d(_LPPoolNd):
    """The `norm_type`-norm of each window of (n, c, length), or (c, length)."""

    _function = staticmethod(pooling.lp_pool1d)


class LPPool2d(_LPPoolNd):
    """The `norm_type`-norm of each window of (n, c, height, width), or without n."""

    _function = staticmethod(pooling.lp_pool2d)


class LPPool3d(_LPPoolNd):
    """The `norm_type`-norm of each window of (n, c, depth, height, width), or without n."""

    _function = staticmethod(pooling.lp_pool3d)


class _AdaptiveAvgPoolNd(Settings):
    """What means of windows share that are as large as the size of the result asks for."""

    shown = ("output_size",)

    def __init__(self, output_size) -> None:
        super().__init__()
        self.output_size = output_size

    def forward(self, input: Tensor) -> Tensor:
        return self._function(input, self.output_size)


class AdaptiveAvgPool1d(_AdaptiveAvgPoolNd):
    """The means of `output_size` windows that cover (n, c, length), or (c, length)."""

    _function = staticmethod(adaptive_pooling.adaptive_avg_pool1d)


class AdaptiveAvgPool2d(_AdaptiveAvgPoolNd):
    """The means of windows that cover (n, c, height, width), so many that the result has the size; None keeps one.

    >>> import tinytorch as torch
    >>> torch.nn.AdaptiveAvgPool2d((5, None))(torch.zeros(1, 64, 10, 9)).shape
    torch.Size([1, 64, 5, 9])
    """

    _function = staticmethod(adaptive_pooling.adaptive_avg_pool2d)


class AdaptiveAvgPool3d(_AdaptiveAvgPoolNd):
    """The means of windows that cover (n, c, depth, height, width), so many that the result has the size."""

    _function = staticmethod(adaptive_pooling.adaptive_avg_pool3d)


class _AdaptiveMaxPoolNd(Settings):
    """What maxima of windows share that are as large as the size of the result asks for."""

    shown = ("output_size",)

    def __init__(self, output_size, return_indices: bool = False) -> None:
        super().__init__()
        self.output_size = output_size
        self.return_indices = return_indices

    def forward(self, input: Tensor):
        return self._function(input, self.output_size, self.return_indices)


class AdaptiveMaxPool1d(_AdaptiveMaxPoolNd):
    """The maxima of `output_size` windows that cover (n, c, length), or (c, length)."""

    _function = staticmethod(adaptive_pooling.adaptive_max_pool1d)


class AdaptiveMaxPool2d(_AdaptiveMaxPoolNd):
    """The maxima of windows that cover (n, c, height, width), so many that the result has the size."""

    _function = staticmethod(adaptive_pooling.adaptive_max_pool2d)


class AdaptiveMaxPool3d(_AdaptiveMaxPoolNd):
    """The maxima of windows that cover (n, c, depth, height, width), so many that the result has the size."""

    _function = staticmethod(adaptive_pooling.adaptive_max_pool3d)
