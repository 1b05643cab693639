"""The convolutions as functions, with the arguments that `torch.nn.functional` gives them."""

from tinytorch.deprecations import warn_once
from tinytorch.ops import convolution as operations
from tinytorch.ops.convolution_settings import each_dim, refuse_dtypes
from tinytorch.ops.join import concatenate
from tinytorch.storage import need_tensor
from tinytorch.tensor import Tensor


def conv1d(
    input: Tensor, weight: Tensor, bias: Tensor | None = None, stride=1, padding=0, dilation=1, groups: int = 1
) -> Tensor:
    """Windows of (n, c, length), or of (c, length), times weights (out, c / groups, kernel) -> (n, out, count).

    `padding` is a number of zeros on both sides, "valid" for none, or "same" for as many results as elements.
    """
    return convolved("conv1d", 1, input, weight, bias, stride, padding, dilation, groups)


def conv2d(
    input: Tensor, weight: Tensor, bias: Tensor | None = None, stride=1, padding=0, dilation=1, groups: int = 1
) -> Tensor:
    """Windows of (n, c, height, width), or of (c, height, width), times weights (out, c / groups, rows, columns).

    `padding` is one or two numbers of zeros on both sides, "valid" for none, or "same" to keep height and width.
    """
    return convolved("conv2d", 2, input, weight, bias, stride, padding, dilation, groups)


def conv3d(
    input: Tensor, weight: Tensor, bias: Tensor | None = None, stride=1, padding=0, dilation=1, groups: int = 1
) -> Tensor:
    """Windows of (n, c, depth, height, width), or without n, times weights (out, c / groups, *kernel).

    `padding` is one or three numbers of zeros on both sides, "valid" for none, or "same" to keep the sizes.
    """
    return convolved("conv3d", 3, input, weight, bias, stride, padding, dilation, groups)


def conv_transpose1d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride=1,
    padding=0,
    output_padding=0,
    groups: int = 1,
    dilation=1,
) -> Tensor:
    """The transposed map of `conv1d`, which is its gradient: (n, c, count), weights (c, out / groups, kernel)."""
    settings = (stride, padding, dilation, groups)
    return convolved("conv_transpose1d", 1, input, weight, bias, *settings, output_padding)


def conv_transpose2d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride=1,
    padding=0,
    output_padding=0,
    groups: int = 1,
    dilation=1,
) -> Tensor:
    """The transposed map of `conv2d`, which is its gradient: (n, c, rows, columns), weights (c, out / groups, *kernel).

    `output_padding` says which of the sizes that `conv2d` makes the input's is meant (Zeiler et al., 2010).
    """
    settings = (stride, padding, dilation, groups)
    return convolved("conv_transpose2d", 2, input, weight, bias, *settings, output_padding)


def conv_transpose3d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride=1,
    padding=0,
    output_padding=0,
    groups: int = 1,
    dilation=1,
) -> Tensor:
    """The transposed map of `conv3d`, which is its gradient: (n, c, *counts), weights (c, out / groups, *kernel)."""
    settings = (stride, padding, dilation, groups)
    return convolved("conv_transpose3d", 3, input, weight, bias, *settings, output_padding)


def convolved(name, spatial, input, weight, bias, stride, padding, dilation, groups, output_padding=None):
    """A convolution of images, or of one without a dimension for the batch; transposed if output_padding is given."""
    need_tensor(name, input)
    need_tensor(name, weight, "weight", 2)
    if input.ndim not in (spatial + 1, spatial + 2):
        raise RuntimeError(
            f"Expected {spatial + 1}D (unbatched) or {spatial + 2}D (batched) input to {name}, but got input of size: "
            f"{list(input.shape)}"
        )
    batch = input if input.ndim == spatial + 2 else input.unsqueeze(0)
    stride, dilation = each_dim(stride, spatial), each_dim(dilation, spatial)
    if isinstance(padding, str):
        batch, padding = zeros_by_name(batch, weight, stride, padding, dilation)
    transposed = output_padding is not None
    more = each_dim(output_padding if transposed else 0, spatial)
    apply = in_parts if input.is_complex() and weight.is_complex() else operations.convolution
    result = apply(batch, weight, bias, stride, each_dim(padding, spatial), dilation, transposed, more, groups)
    return result if batch.ndim == input.ndim else result.squeeze(0)


def zeros_by_name(input, weight, stride, padding, dilation):
    """The input and the padding that "valid" or "same" mean; an odd number of zeros has one more at the end."""
    spatial = weight.ndim - 2
    if padding == "valid":
        return input, (0,) * spatial
    if padding != "same":
        raise RuntimeError(f"Invalid padding string: '{padding}'")
    if input.ndim != weight.ndim:
        raise RuntimeError(
            f"Expected {weight.ndim}-dimensional input for {weight.ndim}-dimensional weight{list(weight.shape)}, but "
            f"got {input.ndim}-dimensional input of size {list(input.shape)} instead"
        )
    if any(step != 1 for step in stride):
        raise RuntimeError("padding='same' is not supported for strided convolutions")
    reach = [apart * (kernel - 1) for apart, kernel in zip(each_dim(dilation, spatial), weight.shape[2:], strict=True)]
    for dim, far in enumerate(reach):
        if far % 2:
            warn_once("same")
            shape = [1 if each == dim + 2 else size for each, size in enumerate(input.shape)]
            input = concatenate([input, input.new_zeros(shape)], dim + 2)
    return input, tuple([far // 2 for far in reach])


def in_parts(input, weight, bias, *settings):
    """A convolution of complex numbers by three of real ones: (a + b i) (c + d i) by a c, b d and (a + b) (c + d)."""
    if bias is not None and bias.dtype is not input.dtype:
        refuse_dtypes(input, weight, bias, transposed=settings[3])
    parts = (None, None) if bias is None else (bias.real, bias.imag)
    real = operations.convolution(input.real, weight.real, parts[0], *settings)
    imag = operations.convolution(input.imag, weight.imag, None, *settings)
    both = operations.convolution(
        input.real + input.imag, weight.real + weight.imag, None if bias is None else sum(parts), *settings
    )
    return (real - imag) + (both - real - imag) * 1j
