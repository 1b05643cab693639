"""Products of sparse matrices: with dense ones, whose rows are gathered and added up, and with sparse ones."""

import warnings

from tinytorch import errors
from tinytorch.declaration import registry
from tinytorch.operation import Rule, operation
from tinytorch.ops.coordinates.making import empty
from tinytorch.ops.coordinates.meanings import could_not_run, means
from tinytorch.ops.coordinates.moves import pairs, transposed
from tinytorch.ops.coordinates.tensor import coalesced, sparse_of, united, values_of
from tinytorch.ops.matmul import addmm, mm
from tinytorch.ops.values import frames_to_program
from tinytorch.tensor import Tensor, wrap


@operation(
    Rule(method=False, operands=("values", "dense"), overload=lambda values, dense, indices, count, title: title),
    values=lambda grad, dense, indices: products_at(grad, dense.conj(), indices),
    dense=lambda grad, dense_shape, values, indices: gathered_product(
        values.conj(), grad, indices[::-1], dense_shape[0], "MmBackward0"
    ),
)
def gathered_product(xp, values, dense, indices, count, title):
    """The product of a sparse matrix of `count` rows and a dense one: (nnz,), (k, m) -> (count, m).

    `indices`, an array (2, nnz), has the rows and the columns; `title` names the node.
    """
    return xp.coordinate_product(values, indices[0], indices[1], dense, count)


@operation(
    Rule(method=False, operands=("left", "right")),
    left=lambda grad, left_shape, right, indices: gathered_product(
        grad, right.conj(), indices, left_shape[0], "MmBackward0"
    ),
    right=lambda grad, right_shape, left, indices: gathered_product(
        grad, left.conj(), indices[::-1], right_shape[0], "MmBackward0"
    ),
)
def products_at(xp, left, right, indices):
    """The elements of left @ right.T at places: (n, m), (k, m), an array (2, nnz) -> (nnz,)."""
    return xp.einsum("ij,ij->i", xp.take(left, indices[0], 0), xp.take(right, indices[1], 0))


def product(input, other, title):
    """The product of two matrices of which one or both are sparse: sparse only if both are."""
    one, two = input.array, other.array
    for name, each in (("self", input), ("mat2", other)):
        if each.ndim != 2:
            raise RuntimeError(f"{name} must be a matrix")
    if one.shape[1] != two.shape[0]:
        if input.is_sparse and not other.is_sparse:
            raise RuntimeError(f"addmm: Argument #3 (dense): Expected dim 0 size {one.shape[1]}, got {two.shape[0]}")
        raise errors.matrices_do_not_fit(one.shape, two.shape)
    if one.dtype is not two.dtype:
        raise RuntimeError(f"expected scalar type {input.dtype.title} but found {other.dtype.title}")
    if not input.is_sparse:
        turned = transposed(other, 0, 1)
        return gathered_product(values_of(turned), input.t(), turned.array.indices, two.shape[1], title).t()
    if one.sparse_dim != 2:
        raise RuntimeError(f"addmm: expected a matrix of two sparse dimensions, but got {one.sparse_dim}")
    if other.is_sparse:
        return product_of_both(input, other, title)
    return gathered_product(values_of(input), other, one.indices, one.shape[0], title)


beta_said = []  # not empty once PyTorch's warning about the layout in which it multiplies was given
OF_ROWS = (
    "Sparse CSR tensor support is in beta state. If you miss a functionality in the sparse tensor support, please "
    "submit a feature request to https://github.com/pytorch/pytorch/issues. (Triggered internally at "
    "/__w/pytorch/pytorch/aten/src/ATen/SparseCsrTensorImpl.cpp:49.)"
)


def warn_of_rows():
    """Say once what PyTorch says of matrices by rows."""
    if not beta_said:
        beta_said.append(True)
        warnings.warn(OF_ROWS, UserWarning, stacklevel=frames_to_program())


def product_of_both(input, other, title):
    """The product of two sparse matrices: each element of the first meets the second's row of its column."""
    warn_of_rows()
    other = coalesced(other)
    one, two, xp, device = input.array, other.array, input.device.xp, input.device
    if two.sparse_dim != 2:
        raise RuntimeError(f"mm: expected a matrix of two sparse dimensions, but got {two.sparse_dim}")
    right, left = pairs(xp, two.indices[0], one.indices[1], two.shape[0])
    factors = (
        values_of(input).index_select(0, wrap(left, device)),
        values_of(other).index_select(0, wrap(right, device)),
    )
    shape = one.shape[0], two.shape[1]
    indices = xp.stack([one.indices[0][left], two.indices[1][right]])
    indices, values = united(xp, indices, factors[0] * factors[1], shape)
    return sparse_of(indices, values, shape, True, title)


@means("mm")
def multiplied(input, mat2):
    """The product of two matrices."""
    return product(input, mat2, "MmBackward0")


@means("mv")
def vector_product(input, vec):
    """The product of a sparse matrix and a vector."""
    if vec.is_sparse:
        raise could_not_run(registry["mv"], (input, vec))
    if input.ndim != 2 or vec.ndim != 1:
        raise RuntimeError(
            f"mv: two tensor dim should be 2 and 1, but got SparseTensor Dim: {input.ndim}Tensor Dim: {vec.ndim}"
        )
    if input.shape[1] != vec.shape[0]:
        raise RuntimeError(f"mv: expected self.size(-1) == vec.size(-1), but got {input.shape[1]} and {vec.shape[0]}")
    return product(input, vec.unsqueeze(1), "MvBackward0").squeeze(1)


@means("bmm")
def batched(input, mat2):
    """The products of a batch of sparse matrices and one of dense ones."""
    if not input.is_sparse or mat2.is_sparse:
        raise could_not_run(registry["bmm"], (input, mat2))
    one = input.array
    if one.ndim != 3 or mat2.ndim != 3 or one.shape[0] != mat2.shape[0] or one.shape[2] != mat2.shape[1]:
        raise RuntimeError(f"bmm: sizes {list(input.shape)} and {list(mat2.shape)} do not fit")
    count, rows, columns = one.shape
    xp = input.device.xp
    flat = xp.stack([
        xp.add(xp.multiply(one.indices[0], rows), one.indices[1]),
        xp.add(xp.multiply(one.indices[0], columns), one.indices[2]),
    ])  # fmt: skip
    dense = mat2.reshape(count * columns, mat2.shape[2])
    found = gathered_product(values_of(input), dense, flat, count * rows, "BmmBackward0")
    return found.reshape(count, rows, mat2.shape[2])


@means("addmm")
def added(input, mat1, mat2, beta=1, alpha=1):
    """beta * input + alpha * mat1 @ mat2."""
    found = product(mat1, mat2, "SparseAddmmBackward0")
    found = found if alpha == 1 else found * alpha
    if beta == 0:
        return found
    return (input if beta == 1 else input * beta) + found


@means("affine")
def linear(bias, input, weight):
    """input @ weight.T + bias."""
    return product(input, weight.t(), "MmBackward0") + bias


def sparse_mm(mat1, mat2, reduce=None):
    """The product of two matrices, of which each may be sparse; sparse if both are.

    A NotImplementedError for `reduce`.
    """
    if reduce is not None:
        raise NotImplementedError("sparse.mm(reduce=...): tinytorch adds products up, and does nothing else with them")
    if not (mat1.is_sparse or mat2.is_sparse):
        return mm(mat1, mat2)
    if mat1.is_sparse and mat2.is_sparse:
        return product(mat1, mat2, "SparseSparseMatmulBackward0")
    return addmm(mat2, mat1, mat2, beta=0)  # as PyTorch does, which autocast sees; the first does not count


def sparse_addmm(mat, mat1, mat2, *, beta=1.0, alpha=1.0):
    """beta * mat + alpha * (mat1 @ mat2)."""
    return addmm(mat, mat1, mat2, beta=beta, alpha=alpha)


def hspmm(mat1, mat2):
    """The product of a sparse and a dense matrix, as a sparse tensor whose values are rows."""
    if not mat1.is_sparse:
        raise RuntimeError("hspmm: Argument #1: expected a sparse matrix")
    rows = mat1.device.xp.unique(mat1.array.indices[0])
    found = product(mat1, mat2, "MmBackward0")
    values = found.index_select(0, wrap(rows, mat1.device))
    return sparse_of(rows.reshape(1, -1), values, found.array.shape, True)


def sspaddmm(input, mat1, mat2, *, beta=1, alpha=1, out=None):
    """beta * input + alpha * mat1 @ mat2 as a sparse tensor that has every element of each row that mat1 has."""
    if not isinstance(input, Tensor) or not input.is_sparse:
        raise RuntimeError("tensor.sspaddmm(...) can only be called on sparse tensors")
    rows = hspmm(mat1, mat2)
    xp, width = mat1.device.xp, mat2.shape[1]
    count = rows.array.indices.shape[1]
    indices = xp.stack([xp.repeat(rows.array.indices[0], width), xp.tile(xp.arange(width), count)])
    made = sparse_of(indices, values_of(rows).reshape(-1) * alpha, rows.array.shape, True)
    return made if not input._nnz() else input * beta + made


def smm(input, mat):
    """The product of a sparse and a dense matrix, as a sparse one."""
    if not input.is_sparse:
        raise RuntimeError("tensor.sspaddmm(...) can only be called on sparse tensors")
    return sspaddmm(empty((input.shape[0], mat.shape[1]), input.dtype, input.device), input, mat)
