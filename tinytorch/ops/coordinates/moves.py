"""Sparse tensors turned, joined and taken apart: what changes places and leaves values as they are."""

from tinytorch.layout import normal_dim
from tinytorch.ops.coordinates.array import rows_of
from tinytorch.ops.coordinates.meanings import means
from tinytorch.ops.coordinates.tensor import sparse_of, values_of
from tinytorch.ops.join import cat
from tinytorch.tensor import wrap

SLICED = "Could not run 'aten::as_strided' with arguments from the 'Sparse{}' backend."


@means("transpose")
def transposed(input, dim0, dim1, title="TransposeBackward0"):
    """Two sparse dimensions in each other's place."""
    array = input.array
    dim0, dim1 = normal_dim(dim0, array.ndim), normal_dim(dim1, array.ndim)
    order = list(range(array.ndim))
    order[dim0], order[dim1] = dim1, dim0
    if dim0 != dim1 and max(dim0, dim1) >= array.sparse_dim:
        raise RuntimeError(
            f"sparse transpose: transposed dimensions must be sparse Got sparse_dim: {array.sparse_dim}, d0: {dim0}, "
            f"d1: {dim1}"
        )
    return ordered(input, order, title)


@means("t")
def turned(input):
    """The transposed matrix."""
    if input.ndim > 2:
        raise RuntimeError(f"t() expects a tensor with <= 2 dimensions, but self is {input.ndim}D")
    return transposed(input, 0, input.ndim - 1, "TBackward0") if input.ndim == 2 else input


@means("permute")
def permuted(input, dims):
    """The dimensions in another order, sparse ones among themselves."""
    array = input.array
    if len(dims) != array.ndim:
        raise RuntimeError(
            "permute(sparse_coo): number of dimensions in the tensor input does not match the length of the desired "
            f"ordering of dimensions i.e. input.dim() = {array.ndim} is not equal to len(dims) = {len(dims)}"
        )
    order = [normal_dim(dim, array.ndim) for dim in dims]
    if sorted(order) != list(range(array.ndim)):
        raise RuntimeError("permute(): duplicate dims are not allowed.")
    if any((dim < array.sparse_dim) is not (place < array.sparse_dim) for place, dim in enumerate(order)):
        raise RuntimeError("permute(): sparse and dense dimensions cannot change places")
    return ordered(input, order, "PermuteBackward0")


def ordered(input, order, title):
    """A sparse tensor with its dimensions in an order, in which sparse ones stand first."""
    array = input.array
    count = array.sparse_dim
    indices = input.device.xp.stack([array.indices[dim] for dim in order[:count]])
    values = values_of(input)
    if order[count:] != list(range(count, array.ndim)):
        values = values.permute(0, *[dim - count + 1 for dim in order[count:]])
    same = array.coalesced and order[:count] == list(range(count))
    return sparse_of(indices, values, [array.shape[dim] for dim in order], same, title)


@means("unsqueeze")
def unsqueezed(input, dim):
    """One more dimension of size 1."""
    array, xp = input.array, input.device.xp
    dim = normal_dim(dim, array.ndim + 1)
    shape = (*array.shape[:dim], 1, *array.shape[dim:])
    values, indices = values_of(input), array.indices
    if dim <= array.sparse_dim:
        row = xp.zeros((1, indices.shape[1]), "int64")
        indices = xp.concatenate([indices[:dim], row, indices[dim:]])
    else:
        values = values.unsqueeze(dim - array.sparse_dim + 1)
    return sparse_of(indices, values, shape, array.coalesced, "UnsqueezeBackward0")


@means("select")
def selected(input, dim, index):
    """What stands at one index of a dimension, without it: dense if no sparse dimension is left."""
    array = input.array
    dim = normal_dim(dim, array.ndim)
    size = array.shape[dim]
    if not -size <= index < size:
        raise IndexError(
            f"select(): index {index} out of range for tensor of size {list(array.shape)} at dimension {dim}"
        )
    index %= size
    shape = (*array.shape[:dim], *array.shape[dim + 1 :])
    values = values_of(input)
    if dim >= array.sparse_dim:
        values = values.select(dim - array.sparse_dim + 1, index)
        return sparse_of(array.indices, values, shape, array.coalesced, "SelectBackward0")
    xp, device = input.device.xp, input.device
    there = xp.nonzero(xp.equal(array.indices[dim], index))[0]
    values = values.index_select(0, wrap(there, device))
    if array.sparse_dim == 1:
        return values.sum(0)
    rows = [row[there] for place, row in enumerate(rows_of(array.indices)) if place != dim]
    return sparse_of(xp.stack(rows), values, shape, False, "SelectBackward0")


@means("unbind")
def unbound(input, dim):
    """All that stands at the indices of a dimension."""
    count = input.array.shape[normal_dim(dim, input.ndim)]
    return tuple([selected(input, dim, index) for index in range(count)])


@means("index_select")
def chosen(input, dim, index):
    """What stands at some indices of a dimension, in their order."""
    array, xp, device = input.array, input.device.xp, input.device
    dim = normal_dim(dim, array.ndim)
    numbers = index.reshape(-1).array
    size = array.shape[dim]
    if numbers.size and (xp.amin(numbers).item() < -size or xp.amax(numbers).item() >= size):
        raise IndexError(f"index_select(): index out of range for dimension {dim} of size {size}")
    numbers = xp.where(xp.less(numbers, 0), xp.add(numbers, size), numbers)
    shape = (*array.shape[:dim], numbers.size, *array.shape[dim + 1 :])
    values = values_of(input)
    if dim >= array.sparse_dim:
        values = values.index_select(dim - array.sparse_dim + 1, wrap(numbers, device))
        return sparse_of(array.indices, values, shape, array.coalesced, "IndexSelectBackward0")
    order = xp.argsort(array.indices[dim], kind="stable")
    found, target = pairs(xp, array.indices[dim][order], numbers, size)
    found = order[found]
    indices = array.indices[:, found]
    indices[dim] = target
    values = values.index_select(0, wrap(found, device))
    return sparse_of(indices, values, shape, False, "IndexSelectBackward0")


def pairs(xp, keys, wanted, size):
    """Which of sorted keys, below `size`, equal each one that is wanted: their numbers, and those of the wanted."""
    if size < 16 * (keys.size + wanted.size):  # the borders of all are found faster than those of each
        borders = xp.searchsorted(keys, xp.arange(size + 1))
        starts, ends = borders[wanted], borders[xp.add(wanted, 1)]
    else:
        starts, ends = xp.searchsorted(keys, wanted, side="left"), xp.searchsorted(keys, wanted, side="right")
    counts = xp.subtract(ends, starts)
    target = xp.repeat(xp.arange(wanted.size), counts)
    before = xp.subtract(xp.cumsum(counts), counts)
    return xp.add(starts[target], xp.subtract(xp.arange(target.size), before[target])), target


@means("cat")
def concatenated(tensors, dim):
    """Sparse tensors one after the other along a dimension."""
    for place, each in enumerate(tensors):
        if not each.is_sparse:
            raise RuntimeError(f"Concatenating sparse tensors, but a dense tensor was found at position {place}.")
    first = tensors[0].array
    dim = normal_dim(dim, first.ndim)
    for place, each in enumerate(tensors):
        if (*each.array.shape[:dim], *each.array.shape[dim + 1 :]) != (*first.shape[:dim], *first.shape[dim + 1 :]):
            raise RuntimeError(
                f"All tensors must have the same shape: {list(first.shape)} (except in the concatenating dimension), "
                f"but found shape: {list(each.shape)} at position {place}"
            )
        if each.array.sparse_dim != first.sparse_dim:
            raise RuntimeError(
                f"All tensors must have the same sparse_dim and dense_dim: {first.sparse_dim}, "
                f"{first.ndim - first.sparse_dim}, but tensor at position {place} has {each.array.sparse_dim}, "
                f"{each.ndim - each.array.sparse_dim}"
            )
    total = sum([each.array.shape[dim] for each in tensors])
    shape = (*first.shape[:dim], total, *first.shape[dim + 1 :])
    xp, start, places, parts = tensors[0].device.xp, 0, [], []
    for each in tensors:
        indices, values = each.array.indices, values_of(each)
        if dim < first.sparse_dim:
            indices = indices.copy()
            indices[dim] = xp.add(indices[dim], start)
        else:
            axis = dim - first.sparse_dim + 1
            sides = [(*values.shape[:axis], size, *values.shape[axis + 1 :])
                     for size in (start, total - start - values.shape[axis])]  # fmt: skip
            values = cat([values.new_zeros(sides[0]), values, values.new_zeros(sides[1])], axis)
        places.append(indices)
        parts.append(values)
        start += each.array.shape[dim]
    return sparse_of(xp.concatenate(places, 1), cat(parts), shape, False, "CatBackward0")


@means("stack")
def stacked(tensors, dim):
    """Sparse tensors along a new dimension."""
    return concatenated([unsqueezed(each, dim) for each in tensors], normal_dim(dim, tensors[0].ndim + 1))


@means("basic_index")
def between_brackets(input, key):
    """What integers, `:`, None and `...` select; a NotImplementedError for other slices."""
    dim, taken = 0, len([each for each in key if each is not None and each is not Ellipsis])
    for each in key:
        if each is None:
            input = unsqueezed(input, dim)
            dim += 1
        elif each is Ellipsis:
            dim += input.ndim - dim - taken
        elif type(each) is slice:
            if each.indices(input.array.shape[dim]) != (0, input.array.shape[dim], 1):
                raise NotImplementedError(SLICED.format(input.device.type.upper()))
            dim, taken = dim + 1, taken - 1
        else:
            if not -input.array.shape[dim] <= each < input.array.shape[dim]:
                raise IndexError(
                    f"index {each} is out of bounds for dimension {dim} with size {input.array.shape[dim]}"
                )
            input = input.select(dim, each)
            taken -= 1
    return input
