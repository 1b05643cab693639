"""What a sparse tensor has where others have an array: the places of some elements, and their values."""

import math


class Coordinates:
    """Places and values: element (i, j, ...) of the shape is the sum of the values whose place it is, or 0.

    indices:   the places, whole numbers, (sparse_dim, nnz)
    values:    (nnz, *dense), where the dense dimensions are the last ones of the shape
    coalesced: whether the places stand in order, each once
    """

    __slots__ = ("coalesced", "indices", "shape", "values")

    def __init__(self, indices, values, shape, coalesced=False):
        self.indices, self.values, self.shape, self.coalesced = indices, values, tuple(shape), coalesced

    dtype = property(lambda self: self.values.dtype)
    itemsize = property(lambda self: self.values.itemsize)
    ndim = property(lambda self: len(self.shape))
    size = property(lambda self: math.prod(self.shape))
    sparse_dim = property(lambda self: self.indices.shape[0])

    def __getattr__(self, name):
        if name.startswith("__"):  # which Python itself asks for
            raise AttributeError(name)
        raise NotImplementedError("Cannot access storage of SparseTensorImpl")


def rows_of(indices):
    """The places by dimension: a list of arrays (nnz,)."""
    return [indices[row] for row in range(indices.shape[0])]  # a dimension each


def keys_of(xp, indices, sizes):
    """One number for each place, by which places are sorted row by row."""
    keys = xp.zeros(indices.shape[1], "int64")
    for row, size in enumerate(sizes):
        keys = xp.add(xp.multiply(keys, size), indices[row])
    return keys


def places_of(xp, keys, sizes):
    """The places of such numbers."""
    indices = xp.empty((len(sizes), keys.size), "int64")
    for row in range(len(sizes) - 1, -1, -1):
        indices[row] = xp.remainder(keys, sizes[row])
        keys = xp.floor_divide(keys, sizes[row])
    return indices


def sorted_keys(xp, keys, sizes):
    """Such numbers in order, those of one place in the order in which they come, and where each has been."""
    count = keys.size
    if math.prod(sizes) * count < 1 << 62:  # numbers that tell all apart are sorted in a tenth of the time
        both = xp.sort(xp.add(xp.multiply(keys, count), xp.arange(count)))
        keys = xp.floor_divide(both, max(count, 1))
        return keys, xp.subtract(both, xp.multiply(keys, count))
    order = xp.argsort(keys, kind="stable")
    return keys[order], order


def in_order(xp, keys):
    """Whether numbers go up, so that each is there once."""
    return bool(xp.all(xp.greater(keys[1:], keys[:-1])).item())


def same_places(xp, one, other):
    """Whether two arrays of places are the same."""
    return one is other or (one.shape == other.shape and bool(xp.all(xp.equal(one, other)).item()))
