"""Whether images lie in memory with their channels innermost, as PyTorch sees it from strides, and results as they."""


def channels_last(array):
    """Whether an array (n, c, *sizes) of one to three spatial dimensions has its channels innermost.

    A single row is seen as an image of height 1, as PyTorch's convolutions see it.
    """
    sizes, strides = list(array.shape), list(array.strides)
    if len(sizes) == 3:
        sizes.insert(2, 1)
        strides.insert(2, sizes[3] * strides[2])
    if strides[1] == 0:
        return False
    least = 0
    for dim in (1, *range(len(sizes) - 1, 1, -1), 0):
        if sizes[dim] == 0 or strides[dim] < least:
            return False
        if dim == 0 and least == strides[1]:  # one element for each channel: nothing tells the two orders apart
            return False
        least = strides[dim] * max(sizes[dim], 1)
    return True


def laid_out(xp, result, *like):
    """The result with its channels innermost if one of the arrays lies so."""
    if not any(channels_last(each) for each in like):
        return result
    return xp.ascontiguousarray(outermost(result)).transpose(0, result.ndim - 1, *range(1, result.ndim - 1))


def outermost(array):
    """(n, c, *sizes) -> (n, *sizes, c)."""
    return array.transpose(0, *range(2, array.ndim), 1)
