"""Sums, norms and softmax of sparse tensors."""

from tinytorch.layout import normal_dim
from tinytorch.ops.coordinates.array import keys_of, rows_of
from tinytorch.ops.coordinates.making import empty_like
from tinytorch.ops.coordinates.meanings import means
from tinytorch.ops.coordinates.tensor import coalesced, sparse_of, united, values_of
from tinytorch.tensor import wrap


@means("sum")
def summed(input, dim=None, keepdim=False, dtype=None, title="SumBackward1"):
    """The sum over dimensions, or of all elements; dense if no sparse dimension is left."""
    if dim is None or dim == ():
        return values_of(input).sum(dtype=dtype)
    input = coalesced(input)
    array = input.array
    dims = {normal_dim(each, array.ndim) for each in (dim if isinstance(dim, (tuple, list)) else (dim,))}
    count, values = array.sparse_dim, values_of(input)
    inside = [each - count + 1 for each in sorted(dims) if each >= count]
    if inside or dtype is not None or array.dtype.kind in "biu":
        values = values.sum(inside, keepdim, dtype=dtype) if inside else values.to(dtype) if dtype else widened(values)
    gone = {each for each in dims if each < count}
    shape = [1 if each in dims else size for each, size in enumerate(array.shape) if keepdim or each not in dims]
    if not gone:
        return sparse_of(array.indices, values, shape, True, title)
    xp = input.device.xp
    if len(gone) == count and not keepdim:
        return values.sum(0)
    rows = [xp.zeros_like(row) if each in gone else row for each, row in enumerate(rows_of(array.indices))
            if keepdim or each not in gone]  # fmt: skip
    indices, values = united(xp, xp.stack(rows), values, shape[: len(rows)])
    return sparse_of(indices, values, shape, True, title)


def widened(values):
    """Whole numbers as int64, in which they are added up."""
    return values if values.dtype.is_floating_point or values.dtype.is_complex else values.long()


def sparse_sum(input, dim=None, dtype=None):
    """The sum of a sparse tensor over sparse or dense dimensions, or of all its elements."""
    if not input.is_sparse:
        input.coalesce()
    if dtype is not None:
        input = input.to(dtype)
    return summed(input, dim, title="SparseSumBackward0")


@means("linalg_vector_norm")
def norm(input, order, dim, keepdim, dtype):
    """The norm of all elements."""
    if dim is not None or keepdim:
        raise RuntimeError("norm_sparse currently only supports full reductions, so 'dim' must be None or empty")
    values = values_of(coalesced(input))
    return values.norm(order, dtype=dtype)


@means("any")
def some(input, dim=None, keepdim=False):
    """Whether any element is not 0."""
    return values_of(coalesced(input)).any()


def groups_of(input, dim):
    """Of each value the number of the line along a sparse dimension that it stands in, and how many lines there are."""
    array, xp = input.array, input.device.xp
    sizes = array.shape[: array.sparse_dim]
    rest = [each for each in range(array.sparse_dim) if each != dim]
    rows = xp.stack([array.indices[each] for each in rest]) if rest else array.indices[:0]
    keys = keys_of(xp, rows, [sizes[each] for each in rest])
    found, number = xp.unique(keys, return_inverse=True)
    return wrap(number.reshape(-1), input.device), found.size


def softmax_of(input, dim, dtype, logarithm):
    """softmax, or its logarithm, of the elements that are there: all others count as -inf."""
    if not input.is_sparse:
        raise NotImplementedError("Could not run 'aten::_sparse_softmax' with arguments from the 'CPU' backend.")
    input = coalesced(input if dtype is None else input.to(dtype))
    array = input.array
    dim = normal_dim(dim, array.ndim)
    title = "SparseLogSoftmaxBackward0" if logarithm else "SparseSoftmaxBackward0"
    values = values_of(input)
    if not values.shape[0]:
        return empty_like(input)
    if dim >= array.sparse_dim:
        axis = dim - array.sparse_dim + 1
        made = values.log_softmax(axis) if logarithm else values.softmax(axis)
        return sparse_of(array.indices, made, array.shape, True, title)
    number, count = groups_of(input, dim)
    lines = values.detach().new_full((count, *values.shape[1:]), float("-inf"))
    wide = number.reshape(-1, *[1] * (values.ndim - 1)).expand(values.shape)
    most = lines.scatter_reduce(0, wide, values.detach(), "amax").index_select(0, number)
    shifted = values - most
    totals = values.new_zeros((count, *values.shape[1:])).index_add(0, number, shifted.exp())
    if logarithm:
        made = shifted - totals.log().index_select(0, number)
    else:
        made = shifted.exp() / totals.index_select(0, number)
    return sparse_of(array.indices, made, array.shape, True, title)


def softmax(input, dim, *, dtype=None):
    """exp(x) / sum(exp(x)) over `dim`, of the elements that are there."""
    return softmax_of(input, dim, dtype, False)


def log_softmax(input, dim, *, dtype=None):
    """The logarithm of `softmax`."""
    return softmax_of(input, dim, dtype, True)
