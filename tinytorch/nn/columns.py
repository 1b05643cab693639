"""Windows of images as columns and back, with the arguments that `torch.nn.functional` gives them."""

from tinytorch.ops.columns import col2im, im2col
from tinytorch.tensor import Tensor


def pair(value):
    """Two numbers: one counts for both dimensions."""
    return (value, value) if isinstance(value, int) else tuple(value)


def unfold(input: Tensor, kernel_size, dilation=1, padding=0, stride=1) -> Tensor:
    """All windows of images as columns: (n, c, height, width) -> (n, c * kernel elements, windows).

    The batch may be absent. A RuntimeError where no window fits.
    """
    return im2col(input, pair(kernel_size), pair(dilation), pair(padding), pair(stride))


def fold(input: Tensor, output_size, kernel_size, dilation=1, padding=0, stride=1) -> Tensor:
    """The columns of `unfold` added up to images of `output_size`, each where its window lies.

    The batch may be absent. A RuntimeError where the columns are not those of such images.
    """
    settings = (pair(output_size), pair(kernel_size), pair(dilation), pair(padding), pair(stride))
    return col2im(input, *settings)
