"""Pooling as functions, with the arguments that `torch.nn.functional` gives them."""

import math

from tinytorch import dtypes
from tinytorch.nn.window_settings import each, one_int, refuse_max_pool1d, refuse_row, windows_of
from tinytorch.ops import pooling as operations
from tinytorch.ops.activation import relu
from tinytorch.ops.refusals import BOOL, COMPLEX, given_to, refuse
from tinytorch.storage import need_tensor
from tinytorch.tensor import Tensor


def max_pool1d(
    input: Tensor, kernel_size, stride=None, padding=0, dilation=1, ceil_mode: bool = False, return_indices=False
) -> Tensor:
    """The largest element of each window of (n, c, length), or (c, length), and with `return_indices` where it is."""
    need_tensor("max_pool1d", input)
    if return_indices:
        return max_pool1d_with_indices(input, kernel_size, stride, padding, dilation, ceil_mode)
    refuse_max_pool1d(input, kernel_size, stride, padding, dilation, ceil_mode)
    row = row_settings("max_pool1d", kernel_size, stride, padding, dilation)
    return max_pool2d(input.contiguous().unsqueeze(-2), *row, ceil_mode).squeeze(-2)


def max_pool2d(
    input: Tensor, kernel_size, stride=None, padding=0, dilation=1, ceil_mode: bool = False, return_indices=False
) -> Tensor:
    """The largest element of each window of (n, c, height, width), or (c, height, width); nan is larger than any.

    `padding` is at most half of the kernel. With `return_indices` also where in its plane, row by row, it is.
    """
    return maxima("max_pool2d", 2, input, kernel_size, stride, padding, dilation, ceil_mode, return_indices)


def max_pool3d(
    input: Tensor, kernel_size, stride=None, padding=0, dilation=1, ceil_mode: bool = False, return_indices=False
) -> Tensor:
    """The largest element of each window of (n, c, depth, height, width), or without n; nan is larger than any.

    `padding` is at most half of the kernel. With `return_indices` also where in its volume, row by row, it is.
    """
    return maxima("max_pool3d", 3, input, kernel_size, stride, padding, dilation, ceil_mode, return_indices)


def max_pool1d_with_indices(
    input: Tensor, kernel_size, stride=None, padding=0, dilation=1, ceil_mode: bool = False, return_indices=False
) -> tuple[Tensor, Tensor]:
    """`max_pool1d`, and where in its row the largest element of each window is: the first of equal ones."""
    need_tensor("max_pool1d", input)
    refuse_row("max_pool1d", input)
    row = row_settings("max_pool1d", kernel_size, stride, padding, dilation)
    values, index = max_pool2d(input.unsqueeze(-2), *row, ceil_mode, True)
    return values.squeeze(-2), index.squeeze(-2)


def max_pool2d_with_indices(
    input: Tensor, kernel_size, stride=None, padding=0, dilation=1, ceil_mode: bool = False, return_indices=False
) -> tuple[Tensor, Tensor]:
    """`max_pool2d`, and where in its plane, row by row, the largest element is: the first of equal ones."""
    return maxima("max_pool2d", 2, input, kernel_size, stride, padding, dilation, ceil_mode, True)


def max_pool3d_with_indices(
    input: Tensor, kernel_size, stride=None, padding=0, dilation=1, ceil_mode: bool = False, return_indices=False
) -> tuple[Tensor, Tensor]:
    """`max_pool3d`, and where in its volume, row by row, the largest element is: the first of equal ones."""
    return maxima("max_pool3d", 3, input, kernel_size, stride, padding, dilation, ceil_mode, True)


def row_settings(name, kernel_size, stride, padding, dilation):
    """The settings of a row as those of an image of height 1."""
    kernel, step, zeros, apart = [
        one_int(name, title, value)
        for title, value in (
            ("kernel_size", kernel_size), ("stride", stride), ("padding", padding), ("dilation", dilation)
        )
    ]  # fmt: skip
    return (1, kernel), (1, kernel if step is None else step), (0, zeros), (1, apart)


def maxima(name, spatial, input, kernel_size, stride, padding, dilation, ceil_mode, return_indices):
    """The largest elements of windows, and if asked for where they are."""
    need_tensor(name, input)
    windows = windows_of(name, input, kernel_size, stride, padding, dilation, ceil_mode, spatial)
    refuse(name, BOOL, COMPLEX)(input)
    if not return_indices:
        return operations.max_pool(input, windows)
    index = operations.max_pool_places(input, windows)
    node = operations.node_of(input, windows)
    return operations.taken_from_planes(input, index, spatial, node), index


def max_unpool1d(input: Tensor, indices: Tensor, kernel_size, stride=None, padding=0, output_size=None) -> Tensor:
    """Rows of zeros in which each element stands where `max_pool1d` found it, at its index.

    `output_size` says which of the lengths that `max_pool1d` makes the input's is meant.
    """
    need_tensor("max_unpool1d", input)
    sizes = unpooled_sizes(input, each(kernel_size), stride, padding, output_size)
    image, index = input.unsqueeze(-1), indices.unsqueeze(-1)
    return unpooled("max_unpooling2d", image, index, (*sizes, 1), 2).squeeze(-1)


def max_unpool2d(input: Tensor, indices: Tensor, kernel_size, stride=None, padding=0, output_size=None) -> Tensor:
    """Planes of zeros in which each element stands where `max_pool2d` found it, at its index.

    `output_size` says which of the sizes that `max_pool2d` makes the input's is meant.
    """
    need_tensor("max_unpool2d", input)
    kernel_size = each(kernel_size) * 2 if isinstance(kernel_size, int) else tuple(kernel_size)
    sizes = unpooled_sizes(input, kernel_size, stride, padding, output_size)
    if len(sizes) != 2:
        raise RuntimeError(
            f"There should be exactly two elements (height, width) in output_size, but got {len(sizes)} elements."
        )
    return unpooled("max_unpooling2d", input, indices, sizes, 2)


def max_unpool3d(input: Tensor, indices: Tensor, kernel_size, stride=None, padding=0, output_size=None) -> Tensor:
    """Volumes of zeros in which each element stands where `max_pool3d` found it, at its index.

    `output_size` says which of the sizes that `max_pool3d` makes the input's is meant.
    """
    need_tensor("max_unpool3d", input)
    kernel_size = each(kernel_size) * 3 if isinstance(kernel_size, int) else tuple(kernel_size)
    sizes = unpooled_sizes(input, kernel_size, stride, padding, output_size)
    steps = kernel_size if stride is None else each(stride) * (3 // len(each(stride)))
    if min(steps) <= 0:
        raise RuntimeError(f"strides should be greater than zero, but got stride: {list(steps)}")
    return unpooled("max_unpooling3d", input, indices, sizes, 3)


def unpooled_sizes(input, kernel_size, stride, padding, output_size):
    """The sizes that `max_pool` made the input's of, or the ones asked for if they are possible."""
    spatial = len(kernel_size)
    stride = kernel_size if stride is None else each(stride) * (spatial if isinstance(stride, int) else 1)
    padding = each(padding) * (spatial if isinstance(padding, int) else 1)
    usual = [
        (input.shape[dim - spatial] - 1) * stride[dim] + kernel_size[dim] - 2 * padding[dim] for dim in range(spatial)
    ]
    if output_size is None:
        return tuple(usual)
    if len(output_size) == spatial + 2:
        output_size = output_size[2:]
    if len(output_size) != spatial:
        raise ValueError(
            f"output_size should be a sequence containing {spatial} or {spatial + 2} elements, but it has a length of "
            f"'{len(output_size)}'"
        )
    for dim, (size, step) in enumerate(zip(usual, stride, strict=True)):
        if not size - step < output_size[dim] < size + step:
            raise ValueError(
                f'invalid output_size "{output_size}" (dim {dim} must be between {size - step} and {size + step})'
            )
    return tuple(output_size)


def unpooled(name, input, indices, sizes, spatial):
    """The operation after PyTorch's refusals."""
    if indices.dtype is not dtypes.int64:
        but = f" but got: {indices.dtype.title}" if spatial == 2 else ""
        raise RuntimeError(f"elements in indices should be type int64{but}")
    if input.ndim not in (spatial + 1, spatial + 2):
        raise RuntimeError(
            f"Input to {name} should be a {spatial + 1}d or {spatial + 2}d Tensor, but got a tensor with {input.ndim} "
            "dimensions."
        )
    if input.shape != indices.shape:
        raise RuntimeError(
            f"Expected shape of indices to be same as that of the input tensor ({list(input.shape)}) but got indices "
            f"tensor with shape: {list(indices.shape)}"
        )
    for dim in range(1, input.ndim):
        if input.shape[dim] == 0:
            raise RuntimeError(
                f"{name}_forward_out_cpu(): Expected input to have non-zero size for non-batch dimensions, but got "
                f"{list(input.shape)} with dimension {dim} being empty."
            )
    if input.numel():
        refuse(f"max_unpool{spatial}d", BOOL, COMPLEX)(input)
    return operations.max_unpool(input, indices, sizes)


# Means


def avg_pool1d(
    input: Tensor, kernel_size, stride=(), padding=0, ceil_mode: bool = False, count_include_pad: bool = True
) -> Tensor:
    """The mean of each window of (n, c, length), or (c, length); zeros of the padding count unless told otherwise."""
    need_tensor("avg_pool1d", input)
    refuse_row("avg_pool1d", input)
    kernel, step, zeros, _ = row_settings("avg_pool1d", kernel_size, stride, padding, 1)
    return avg_pool2d(input.unsqueeze(-2), kernel, step, zeros, ceil_mode, count_include_pad).squeeze(-2)


def avg_pool2d(
    input: Tensor,
    kernel_size,
    stride=None,
    padding=0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
    *,
    out: Tensor | None = None,
) -> Tensor:
    """The mean of each window of (n, c, height, width), or (c, height, width).

    Zeros of the padding count unless `count_include_pad` is False; `divisor_override` divides each sum instead.
    """
    settings = (kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override)
    return means("avg_pool2d", 2, input, *settings, out)


def avg_pool3d(
    input: Tensor,
    kernel_size,
    stride=None,
    padding=0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
    *,
    out: Tensor | None = None,
) -> Tensor:
    """The mean of each window of (n, c, depth, height, width), or without n.

    Zeros of the padding count unless `count_include_pad` is False; `divisor_override` divides each sum instead.
    """
    settings = (kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override)
    return means("avg_pool3d", 3, input, *settings, out)


def means(name, spatial, input, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override, out):
    """The means of windows, perhaps written into `out`."""
    need_tensor(name, input)
    windows = windows_of(name, input, kernel_size, stride, padding, 1, ceil_mode, spatial)
    if divisor_override == 0:
        raise RuntimeError("divisor must be not zero")
    refuse("avg_pool2d" if spatial == 2 else "avg_pool3d_out_frame", BOOL, COMPLEX)(input)
    result = operations.avg_pool(input, windows, operations.Divisors(bool(count_include_pad), divisor_override))
    return given_to(name, out, result, "Expected out tensor to have dtype {}, but got {} instead")


def lp_pool1d(input: Tensor, norm_type: float, kernel_size: int, stride=None, ceil_mode: bool = False) -> Tensor:
    """(the sum of x ** p) ** (1 / p) over each window of (n, c, length), or (c, length), with p = `norm_type`."""
    if norm_type in (math.inf, -math.inf):
        return extreme_norm(max_pool1d, input, norm_type, kernel_size, stride, ceil_mode)
    means = avg_pool1d(input.pow(norm_type), kernel_size, () if stride is None else stride, 0, ceil_mode)
    return power_norm(means, kernel_size, norm_type)


def lp_pool2d(input: Tensor, norm_type: float, kernel_size, stride=None, ceil_mode: bool = False) -> Tensor:
    """(the sum of x ** p) ** (1 / p) over each window of (n, c, height, width), or without n, with p = `norm_type`."""
    height, width = (kernel_size, kernel_size) if isinstance(kernel_size, int) else kernel_size
    if norm_type in (math.inf, -math.inf):
        return extreme_norm(max_pool2d, input, norm_type, kernel_size, stride, ceil_mode)
    return power_norm(avg_pool2d(input.pow(norm_type), kernel_size, stride, 0, ceil_mode), height * width, norm_type)


def lp_pool3d(input: Tensor, norm_type: float, kernel_size, stride=None, ceil_mode: bool = False) -> Tensor:
    """(the sum of x ** p) ** (1 / p) over each window of (n, c, *sizes), or without n, with p = `norm_type`."""
    depth, height, width = (kernel_size,) * 3 if isinstance(kernel_size, int) else kernel_size
    if norm_type in (math.inf, -math.inf):
        return extreme_norm(max_pool3d, input, norm_type, kernel_size, stride, ceil_mode)
    means = avg_pool3d(input.pow(norm_type), kernel_size, stride, 0, ceil_mode)
    return power_norm(means, depth * height * width, norm_type)


def extreme_norm(pool, input, norm_type, kernel_size, stride, ceil_mode):
    """The limit of the norms of windows: the largest size of an element, or the smallest."""
    if norm_type > 0:
        return pool(input.abs(), kernel_size, stride, 0, 1, ceil_mode)
    return -pool(-input.abs(), kernel_size, stride, 0, 1, ceil_mode)


def power_norm(means, count, norm_type):
    """The norms of windows of `count` elements from the means of their powers; the gradient is 0 where the norm is."""
    return (means.sign() * relu(means.abs())).mul(count).pow(1.0 / norm_type)
