"""Windows of images as columns and back, with the arguments that `torch.nn.functional` gives them."""

import math

from tinytorch.ops.columns import col2im, counts_of, im2col
from tinytorch.storage import need_tensor
from tinytorch.tensor import Tensor


def pair(value):
    """Two numbers: one counts for both dimensions."""
    return (value, value) if isinstance(value, int) else tuple(value)


def unfold(input: Tensor, kernel_size, dilation=1, padding=0, stride=1) -> Tensor:
    """All windows of images as columns: (n, c, height, width) -> (n, c * kernel elements, windows).

    The batch may be absent. A RuntimeError where no window fits.
    """
    need_tensor("unfold", input)
    settings = [pair(each) for each in (kernel_size, dilation, padding, stride)]
    refuse_unfold(input, *settings)
    return im2col(input, *settings)


def fold(input: Tensor, output_size, kernel_size, dilation=1, padding=0, stride=1) -> Tensor:
    """The columns of `unfold` added up to images of `output_size`, each where its window lies.

    The batch may be absent. A RuntimeError where the columns are not those of such images.
    """
    need_tensor("fold", input)
    settings = [pair(each) for each in (output_size, kernel_size, dilation, padding, stride)]
    refuse_fold(input, *settings)
    return col2im(input, *settings)


def refuse_unfold(input, kernel_size, dilation, padding, stride):
    """Refuse what has no windows of this size."""
    refuse_places(kernel_size, dilation, padding, stride)
    if input.ndim not in (3, 4) or 0 in input.shape[1 if input.ndim == 4 else 0 :]:
        raise RuntimeError(
            "Expected 3D or 4D (batch mode) tensor with possibly 0 batch size and other non-zero dimensions for input, "
            f"but got: {list(input.shape)}"
        )
    sizes = tuple(input.shape[-2:])
    counts = counts_of(sizes, kernel_size, stride, padding, dilation)
    if min(counts) < 1:
        raise RuntimeError(
            f"Given input with spatial size {sizes}, kernel_size={tuple(kernel_size)}, dilation={tuple(dilation)}, "
            f"padding={tuple(padding)}, calculated shape of the array of sliding blocks as {counts}, but its "
            "components must be at least one."
        )


def refuse_fold(input, output_size, kernel_size, dilation, padding, stride):
    """Refuse columns that are not those of an image of this size."""
    if len(output_size) != 2:
        raise RuntimeError(f"It is expected output_size equals to 2, but got size {len(output_size)}")
    refuse_places(kernel_size, dilation, padding, stride)
    if input.ndim not in (2, 3) or 0 in input.shape[1 if input.ndim == 3 else 0 :]:
        raise RuntimeError(
            "Expected 2D or 3D (batch mode) tensor for input with possibly 0 batch size and non-zero dimensions for "
            f"input, but got: {list(input.shape)}"
        )
    rows, columns = input.shape[-2:]
    if rows % math.prod(kernel_size):
        raise RuntimeError(
            "Expected size of input's dimension 1 to be divisible by the product of kernel_size, but got "
            f"input.size(1)={rows} and kernel_size={tuple(kernel_size)}."
        )
    counts = counts_of(output_size, kernel_size, stride, padding, dilation)
    if math.prod(counts) != columns or min(counts) < 1:
        raise RuntimeError(
            f"Given output_size={tuple(output_size)}, kernel_size={tuple(kernel_size)}, dilation={tuple(dilation)}, "
            f"padding={tuple(padding)}, stride={tuple(stride)}, expected size of input's dimension 2 to match the "
            f"calculated number of sliding blocks {counts[0]} * {counts[1]} = {math.prod(counts)}, but got "
            f"input.size(2)={columns}."
        )


def refuse_places(kernel_size, dilation, padding, stride):
    """Refuse settings of `unfold` and `fold` that are no pairs of positive numbers."""
    settings = {"kernel_size": kernel_size, "dilation": dilation, "padding": padding, "stride": stride}
    for title, value in settings.items():
        if len(value) != 2:
            raise RuntimeError(f"It is expected {title} equals to 2, but got size {len(value)}")
    for title, value in (("kernel size", kernel_size), ("stride", stride), ("dilation", dilation)):
        if min(value) <= 0:
            short = title.split()[0]
            raise RuntimeError(
                f"{title} should be greater than zero, but got {short}_height: {value[0]} {short}_width: {value[1]}"
            )
    if min(padding) < 0:
        raise RuntimeError(f"padding should be non-negative, but got pad_height: {padding[0]} pad_width: {padding[1]}")
