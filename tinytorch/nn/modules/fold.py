"""Modules that make columns of windows, and images of columns."""

from tinytorch.nn import columns
from tinytorch.nn.modules.settings import Settings
from tinytorch.tensor import Tensor


class Unfold(Settings):
    """All windows of images as columns: (n, c, height, width) -> (n, c * kernel elements, windows).

    >>> import tinytorch as torch
    >>> torch.nn.Unfold(kernel_size=(2, 3))(torch.zeros(2, 5, 3, 4)).shape
    torch.Size([2, 30, 4])
    """

    shown = ("kernel_size", "dilation", "padding", "stride")

    def __init__(self, kernel_size, dilation=1, padding=0, stride=1) -> None:
        super().__init__()
        self.kernel_size = kernel_size
        self.dilation = dilation
        self.padding = padding
        self.stride = stride

    def forward(self, input: Tensor) -> Tensor:
        return columns.unfold(input, self.kernel_size, self.dilation, self.padding, self.stride)


class Fold(Settings):
    """The columns of `Unfold` added up to images of `output_size`, each where its window lies.

    >>> import tinytorch as torch
    >>> torch.nn.Fold(output_size=(4, 5), kernel_size=(2, 2))(torch.zeros(1, 3 * 2 * 2, 12)).shape
    torch.Size([1, 3, 4, 5])
    """

    shown = ("output_size", "kernel_size", "dilation", "padding", "stride")

    def __init__(self, output_size, kernel_size, dilation=1, padding=0, stride=1) -> None:
        super().__init__()
        self.output_size = output_size
        self.kernel_size = kernel_size
        self.dilation = dilation
        self.padding = padding
        self.stride = stride

    def forward(self, input: Tensor) -> Tensor:
        settings = self.output_size, self.kernel_size, self.dilation, self.padding, self.stride
        return columns.fold(input, *settings)
