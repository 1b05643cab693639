"""Where the elements along one dimension of a result come from, and with which weights: the tables by which padding and
interpolation read their input, and their transposes.

A table is a list of taps (rows, index, weight): the elements of the result that a tap reaches, None for all of them,
from where it reads for each of these, and with which weights, None for ones. Tables are made on the host, once for the
same sizes and settings, and then placed on a device.
"""

from tinytorch.devices import CPU
from tinytorch.layout import channels_last

host = CPU.xp


def read_last(xp, input, tables, sizes, read):
    """The last dimensions read through a table each, the last one first; the channels stay last in memory where they
    are."""
    result = input
    for place in reversed(range(len(sizes))):
        result = read(xp, result, input.ndim - len(sizes) + place, sizes[place], tables[place])
    if result.dtype != input.dtype:  # half precision, added up in float32
        result = result.astype(input.dtype)
    if input.ndim == len(sizes) + 2 and channels_last(input):
        order = (0, *range(2, input.ndim), 1)
        return xp.ascontiguousarray(result.transpose(order)).transpose([order.index(dim) for dim in range(input.ndim)])
    return xp.ascontiguousarray(result)


def read_through(xp, input, dim, size, taps):
    """The sum over all taps of what they read along `dim`, times their weights: `size` elements along `dim`."""
    result = None
    for rows, index, weight in taps:
        part = xp.take(input, index, dim)
        if weight is not None:
            part = xp.multiply(part, weight.reshape([-1 if each == dim else 1 for each in range(input.ndim)]))
        if result is None and rows is None:
            result = part
            continue
        if result is None:
            result = xp.zeros((*input.shape[:dim], size, *input.shape[dim + 1 :]), input.dtype)
        reached = (*[slice(None)] * dim, slice(None) if rows is None else rows)
        result[reached] = xp.add(result[reached], part)
    return result


def tabled(index, weight=None, counts=None):
    """The taps of tables of shape (taps, size); with `counts` only the first so many of each column are there."""
    taps = []
    for tap in range(len(index)):
        rows = None if counts is None or counts.min() > tap else host.flatnonzero(counts > tap)
        chosen = [None if each is None else each[tap] if rows is None else each[tap][rows] for each in (index, weight)]
        taps.append((rows, *chosen))
    return taps


def transposed(taps, size_in, size_out):
    """The taps of the way back: which of the `size_out` elements of the result each of the input has gone to."""
    places = host.arange(size_out)
    target = host.concatenate([index for _, index, _ in taps])
    source = host.concatenate([places if rows is None else rows for rows, _, _ in taps])
    order = host.argsort(target, kind="stable")
    target, source = target[order], source[order]
    counts = host.bincount(target, minlength=size_in)
    rank = host.arange(len(target)) - (host.cumsum(counts) - counts)[target]
    index = host.zeros((max(int(counts.max()), 1), size_in), "int64")
    index[rank, target] = source
    if taps[0][2] is None:
        return tabled(index, None, counts)
    weights = host.concatenate([weight for _, _, weight in taps])[order]
    table = host.zeros(index.shape, weights.dtype)
    table[rank, target] = weights
    return tabled(index, table, counts)


def placed(place, taps):
    """The taps as arrays of a device."""
    return [tuple([None if each is None else place.asarray(each) for each in tap]) for tap in taps]
