"""How elements lie in memory: shapes that broadcast, orders of dimensions, and memory that overlaps."""

import functools

from tinytorch import errors


def joined_shape(one, other):
    """The shape that two shapes broadcast to, or PyTorch's error."""
    longer, shorter = (one, other) if len(one) >= len(other) else (other, one)
    joined = list(longer)
    for step in range(1, len(shorter) + 1):
        size = shorter[-step]
        if joined[-step] == 1:
            joined[-step] = size
        elif size not in (1, joined[-step]):
            raise errors.broadcast(one, other)
    return tuple(joined)


def normal_dim(dim, ndim):
    """A dimension counted from the front; a tensor without dimensions accepts 0 and -1."""
    if not -max(ndim, 1) <= dim < max(ndim, 1):
        raise errors.dimension(dim, ndim)
    return dim % max(ndim, 1)


def alike(one, other):
    """Whether NumPy surely lays the result of two arrays out as PyTorch does: same strides, or both row by row."""
    if one.strides == other.strides:
        return True
    if one.flags.c_contiguous and other.flags.c_contiguous:
        shape, other_shape = one.shape, other.shape
        if shape == other_shape or not (1 in shape or 1 in other_shape):
            return True
    return in_rows(one) and in_rows(other)


def in_rows(array):
    """Whether elements lie row by row, those that are repeated with a stride of 0, by the strides of every dimension.

    Those of dimensions of size 1 have a say in PyTorch's order.
    """
    return strides_of_rows(array.shape, array.strides, array.itemsize)


@functools.lru_cache(maxsize=4096)
def strides_of_rows(shape, strides, step):
    """Whether strides are those of rows, found once for each layout."""
    for size, stride in zip(reversed(shape), reversed(strides), strict=True):
        if stride == 0 and size > 1:
            continue
        if stride != step:
            return False
        step *= size
    return True


def memory_order(shape, operands):
    """The dimensions from the outermost in memory inwards, sorted by insertion as PyTorch's TensorIterator does."""
    return list(layout_of(tuple(shape), tuple([(each.shape, each.strides) for each in operands]), 1)[0])


@functools.lru_cache(maxsize=4096)
def layout_of(shape, operands, step):
    """That order for operands of these shapes and strides, and the strides of a result in it, of items of `step` bytes.

    Found once for each combination.
    """
    strides = [broadcast_strides(*each, shape) for each in operands]
    order = list(range(len(shape)))[::-1]  # innermost first
    for start in range(1, len(order)):
        place = start
        for before in range(start - 1, -1, -1):
            wrong = stands_wrong(order[before], order[place], shape, strides)
            if wrong:
                order[before], order[place] = order[place], order[before]
                place = before
            elif wrong is False:
                break
    packed = [0] * len(shape)
    for dim in order:
        packed[dim] = step
        step *= shape[dim]
    return tuple(order[::-1]), tuple(packed)


def broadcast_strides(own_shape, own_strides, shape):
    """The strides of an array of one shape seen in a larger one: 0 where it is repeated."""
    lead = len(shape) - len(own_shape)
    own = zip(own_shape, own_strides, shape[lead:], strict=True)
    return [0] * lead + [0 if size == 1 != wanted else stride for size, stride, wanted in own]


def stands_wrong(inner, outer, shape, strides):
    """Whether two dimensions should change places; None if no operand has a say. The first that has one decides."""
    for each in strides:
        if each[inner] == 0 or each[outer] == 0:
            continue
        if each[inner] != each[outer]:
            return each[inner] > each[outer]
        if shape[inner] > shape[outer]:
            return True
    return None


def channels_last(array):
    """Whether the second of four or five dimensions is the innermost in memory, as PyTorch asks it of strides."""
    return array.ndim in (4, 5) and channels_innermost(array.shape, array.strides)


def channels_innermost(sizes, strides):
    """Whether the second of these dimensions is the innermost, and the others follow in order, the first last."""
    least = 0
    for dim in (1, *range(len(sizes) - 1, 1, -1), 0):
        if sizes[dim] == 0 or strides[dim] < max(least, 1):
            return False
        if dim == 0 and least == strides[1]:  # one element for each channel: nothing tells the two orders apart
            return False
        least = strides[dim] * max(sizes[dim], 1)
    return True


def overlaps_itself(array):
    """Whether elements of an array share memory for certain: a stride of 0 over more than one element."""
    if not array.size or 0 not in array.strides:
        return False
    return any(s == 0 and n > 1 for s, n in zip(array.strides, array.shape, strict=True))


def overlap(one, other, xp):
    """Whether two dense arrays of one memory share elements."""
    if one.size == 0 or other.size == 0 or not (dense(one) and dense(other)):
        return False
    if one.itemsize > other.itemsize:
        one, other = other, one
    return -one.size < xp.offset_between(one, other) < other.size * (other.itemsize // one.itemsize)


def overlap_partly(one, other, xp):
    """Whether two dense arrays of one memory share elements without being the same."""
    same = one.size == other.size and one.strides == other.strides and one.itemsize == other.itemsize
    return not (same and xp.offset_between(one, other) == 0) and overlap(one, other, xp)


def dense(array):
    """Whether the elements fill their memory without gaps, in whatever order of dimensions."""
    expected = array.itemsize
    for stride, size in sorted((s, n) for s, n in zip(array.strides, array.shape, strict=True) if n != 1):
        if stride != expected:
            return False
        expected *= size
    return True


def fits(array, home):
    """Whether a gradient lies in memory as PyTorch lets it: as its leaf, or row by row where that has gaps."""
    if array.flags.c_contiguous and home.flags.c_contiguous:
        return True
    if not dense(home):
        return array.flags.c_contiguous
    return all(
        size == 1 or one == other for size, one, other in zip(array.shape, array.strides, home.strides, strict=True)
    )
