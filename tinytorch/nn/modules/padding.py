"""Modules that add elements at the ends of the last dimensions; negative numbers cut elements off."""

from tinytorch.nn.modules.module import Module
from tinytorch.nn.modules.tuples import _ntuple
from tinytorch.ops.pad import pad
from tinytorch.tensor import Tensor


class Padding(Module):
    """What all share: one number for all ends, or one for each, those of the last dimension first."""

    _mode = "constant"
    _ends = 2

    def __init__(self, padding) -> None:
        super().__init__()
        self.padding = _ntuple(self._ends)(padding)

    def forward(self, input: Tensor) -> Tensor:
        return pad(input, self.padding, self._mode)

    def extra_repr(self) -> str:
        return f"{self.padding}"


class _CircularPadNd(Padding):
    """What padding shares that goes on at the other end of a dimension."""

    _mode = "circular"

    def _check_input_dim(self, input):
        dims = self._ends // 2 + 1, self._ends // 2 + 2
        if input.ndim not in dims:
            raise ValueError(f"expected {dims[0]}D or {dims[1]}D input (got {input.ndim}D input)")

    def forward(self, input: Tensor) -> Tensor:
        self._check_input_dim(input)
        return super().forward(input)


class CircularPad1d(_CircularPadNd):
    """The length of (n, c, length) goes on with the elements of its other end: (left, right).

    >>> import tinytorch as torch
    >>> torch.nn.CircularPad1d((2, 1))(torch.tensor([[1.0, 2.0, 3.0]]))
    tensor([[2., 3., 1., 2., 3., 1.]])
    """


class CircularPad2d(_CircularPadNd):
    """Height and width of (n, c, height, width) go on at the other end: (left, right, top, bottom)."""

    _ends = 4


class CircularPad3d(_CircularPadNd):
    """Depth, height and width go on at the other end: (left, right, top, bottom, front, back)."""

    _ends = 6


class _ReflectionPadNd(Padding):
    """What padding shares that mirrors."""

    _mode = "reflect"


class ReflectionPad1d(_ReflectionPadNd):
    """The length of (n, c, length) goes on as a mirror at its first and last element shows it: (left, right).

    >>> import tinytorch as torch
    >>> torch.nn.ReflectionPad1d(2)(torch.tensor([[1.0, 2.0, 3.0]]))
    tensor([[3., 2., 1., 2., 3., 2., 1.]])
    """


class ReflectionPad2d(_ReflectionPadNd):
    """Height and width of (n, c, height, width) are mirrored at their ends: (left, right, top, bottom)."""

    _ends = 4


class ReflectionPad3d(_ReflectionPadNd):
    """Depth, height and width are mirrored at their ends: (left, right, top, bottom, front, back)."""

    _ends = 6


class _ReplicationPadNd(Padding):
    """What padding shares that repeats the outermost elements."""

    _mode = "replicate"


class ReplicationPad1d(_ReplicationPadNd):
    """The length of (n, c, length) goes on with its first and its last element: (left, right)."""


class ReplicationPad2d(_ReplicationPadNd):
    """Height and width of (n, c, height, width) go on with their outermost elements: (left, right, top, bottom)."""

    _ends = 4


class ReplicationPad3d(_ReplicationPadNd):
    """Depth, height and width go on with their outermost elements: (left, right, top, bottom, front, back)."""

    _ends = 6


class _ConstantPadNd(Padding):
    """What padding with one value shares."""

    def __init__(self, padding, value: float) -> None:
        super().__init__(padding)
        self.value = value

    def forward(self, input: Tensor) -> Tensor:
        return pad(input, self.padding, "constant", self.value)

    def extra_repr(self) -> str:
        return f"padding={self.padding}, value={self.value}"


class ConstantPad1d(_ConstantPadNd):
    """The length of (n, c, length) goes on with one value: (left, right)."""


class ConstantPad2d(_ConstantPadNd):
    """Height and width of (n, c, height, width) go on with one value: (left, right, top, bottom)."""

    _ends = 4


class ConstantPad3d(_ConstantPadNd):
    """Depth, height and width go on with one value: (left, right, top, bottom, front, back)."""

    _ends = 6


class ZeroPadding(_ConstantPadNd):
    """What padding with zeros shares."""

    def __init__(self, padding) -> None:
        super().__init__(padding, 0.0)

    extra_repr = Padding.extra_repr


class ZeroPad1d(ZeroPadding, ConstantPad1d):
    """The length of (n, c, length) goes on with zeros: (left, right)."""


class ZeroPad2d(ZeroPadding, ConstantPad2d):
    """Height and width of (n, c, height, width) go on with zeros: (left, right, top, bottom)."""


class ZeroPad3d(ZeroPadding, ConstantPad3d):
    """Depth, height and width go on with zeros: (left, right, top, bottom, front, back)."""
