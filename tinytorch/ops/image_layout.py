"""Whether images lie in memory with their channels innermost, as PyTorch sees it from strides, and results as they."""

from tinytorch.layout import channels_innermost


def laid_out(xp, result, *like):
    """The result with its channels innermost if one of the arrays lies so."""
    return with_channels_last(xp, result) if any(map(images_channels_last, like)) else result


def images_channels_last(array):
    """Whether an array (n, c, *sizes) of one to three spatial dimensions has its channels innermost.

    A single row is seen as an image of height 1, as PyTorch's convolutions see it.
    """
    sizes, strides = list(array.shape), list(array.strides)
    if len(sizes) == 3:
        sizes.insert(2, 1)
        strides.insert(2, sizes[3] * strides[2])
    return channels_innermost(sizes, strides)


def with_channels_last(xp, result):
    """A copy whose second dimension is the innermost in memory."""
    return xp.moveaxis(xp.ascontiguousarray(xp.moveaxis(result, 1, -1)), -1, 1)
