"""Adding at indices, as often as they name a place, in order and without a loop."""

from tinytorch.layout import joined_shape
from tinytorch.ops.windows import rows

WHOLE = slice(None)


def add_at(xp, out, values, indices, dims):
    """Add values, in memory row by row, at indices, as often as these name a place."""
    if xp.shows_values and len(dims) == 1 and out.size > out.shape[dims[0]] and values.size > 4 * indices[0].size:
        add_slices(xp, out, values, indices[0], dims[0])
        return
    places = flat_places(xp, out.shape, indices, dims)
    shape = result_shape(out.shape, [each.shape for each in indices], dims)
    flat = out.reshape(-1)
    xp.ufunc_at("add", flat, places.reshape(-1), spread_to(xp, values, shape).reshape(-1))
    if not out.flags.c_contiguous:
        out[...] = flat.reshape(out.shape)


def spread_to(xp, values, shape):
    """Values in a larger shape; leading dimensions of size 1 too many are left out."""
    while values.ndim > len(shape):
        values = values[0]
    return values if values.shape == tuple(shape) else xp.broadcast_to(values, shape)


def add_slices(xp, out, values, index, dim):
    """Add slices of values along `dim` at indices: those of one place are added up first, in their order."""
    size = out.shape[dim]
    flat = xp.ascontiguousarray(index).reshape(-1)
    flat = xp.where(xp.less(flat, 0), xp.add(flat, size), flat)
    shape = (*out.shape[:dim], flat.size, *out.shape[dim + 1 :])
    wide = spread_to(xp, values, (*out.shape[:dim], *index.shape, *out.shape[dim + 1 :])).reshape(shape)
    order = xp.argsort(flat, kind="stable")
    lines = xp.take(wide, order, dim)
    places, sums, _ = united(xp, xp.ascontiguousarray(xp.moveaxis(lines, dim, 0)) if dim else lines, flat[order])
    where = (WHOLE,) * dim + (places,)
    out[where] = xp.add(out[where], xp.moveaxis(sums, 0, dim))


def united(xp, rows, places):
    """The sums of the rows of each place, where the places are sorted: the places, the sums and the counts.

    `rows` are written over. Neighbours are added first, then their sums, so there are as many steps as the most
    frequent place can be halved, and the error grows no faster than they do.
    """
    counts = xp.ones(places.shape, "int64")
    alive = xp.arange(places.size)
    while True:
        first = xp.concatenate([xp.ones(min(places.size, 1), "bool"), xp.not_equal(places[1:], places[:-1])])
        starts = xp.nonzero(first)[0]
        if starts.size == places.size:
            return places, rows if alive.size == rows.shape[0] else rows[alive], counts
        rank = xp.subtract(xp.arange(places.size), starts[xp.subtract(xp.cumsum(first), 1)])
        odd = xp.equal(xp.remainder(rank, 2), 1)
        right = xp.nonzero(odd)[0]
        left = xp.subtract(right, 1)
        rows[alive[left]] = xp.add(rows[alive[left]], rows[alive[right]])
        counts[left] = xp.add(counts[left], counts[right])
        even = xp.nonzero(xp.logical_not(odd))[0]
        alive, places, counts = alive[even], places[even], counts[even]


def flat_places(xp, shape, indices, dims):
    """Where in memory, row by row, the elements at indices lie, in the shape of the result of indexing."""
    result = result_shape(shape, [each.shape for each in indices], dims)
    count = max(each.ndim for each in indices)
    lead = dims[0] if dims[-1] - dims[0] + 1 == len(dims) else 0
    steps = rows(shape)[1]
    after = len(result) - lead - count
    places = xp.zeros(result, "int64")
    for each, dim in zip(indices, dims, strict=True):
        each = xp.where(xp.less(each, 0), xp.add(each, shape[dim]), each)
        places = xp.add(places, xp.multiply(each, steps[dim]).reshape(*each.shape, *[1] * after))
    kept = [dim for dim in range(len(shape)) if dim not in dims]
    for number, dim in enumerate(kept):
        at = number if number < lead else number + count
        line = xp.multiply(xp.arange(shape[dim]), steps[dim])
        places = xp.add(places, line.reshape(*[-1 if other == at else 1 for other in range(len(result))]))
    return places


def result_shape(shape, index_shapes, dims):
    """The shape of what indices of these shapes select."""
    joined = ()
    for each in index_shapes:
        joined = joined_shape(joined, each)
    lead = dims[0] if dims[-1] - dims[0] + 1 == len(dims) else 0
    kept = [size for dim, size in enumerate(shape) if dim not in dims]
    return (*kept[:lead], *joined, *kept[lead:])
