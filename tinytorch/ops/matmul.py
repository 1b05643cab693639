"""Matrix products."""

import math

from tinytorch import errors
from tinytorch.layout import joined_shape
from tinytorch.operation import Rule, operation, operator_of
from tinytorch.ops.shape import unsafe_view
from tinytorch.tensor import Tensor


@operation(
    input=lambda grad, mat2, input_strides: product_like(grad, mat2.mH, input_strides),
    mat2=lambda grad, input, mat2_strides: product_like(input.mH, grad, mat2_strides),
)
def mm(xp, input, mat2, out=None):
    """The product of two matrices: (n, k) @ (k, m) -> (n, m)."""
    if input.ndim == 2 == mat2.ndim and input.dtype == mat2.dtype:
        try:
            return input.dot(mat2, out)  # a third of matmul's time for small matrices
        except ValueError:
            pass
    raise no_matrices(input, mat2)


@operation(Rule(title="Bmm"), input=lambda grad, mat2: grad.bmm(mat2.mH), mat2=lambda grad, input: input.mH.bmm(grad))
def bmm(xp, input, mat2, out=None):
    """The products of two batches of matrices: (b, n, k) @ (b, k, m) -> (b, n, m)."""
    check_batches(input, mat2)
    return xp.matmul(input, mat2, out=out)


@operation(Rule(title="Mv"), input=lambda grad, vec: grad.unsqueeze(1) * vec.conj(), vec=lambda grad, input: input.mH.mv(grad))
def mv(xp, input, vec, out=None):
    """The product of a matrix and a vector: (n, k) @ (k,) -> (n,)."""
    check_matrix_and_vector(input, vec)
    return xp.matmul(input, vec, out=out)


@operation(input=lambda grad, tensor: grad * tensor.conj(), tensor=lambda grad, input: grad * input.conj())
def dot(xp, input, tensor, out=None):
    """The sum of the products of two vectors: (n,) @ (n,) -> ()."""
    check_vectors(input, tensor)
    return xp.matmul(input, tensor, out=out)


def product_like(one, other, strides):
    """The product of two matrices, laid out by columns where the tensor whose gradient it is lies so."""
    if len(strides) == 2 and strides[0] < strides[1]:
        return other.mT.mm(one.mT).mT
    return one.mm(other)


def no_matrices(one, other):
    """Why two arrays are not two matrices of one dtype that fit."""
    for name, each in (("self", one), ("mat2", other)):
        if each.ndim != 2:
            return RuntimeError(f"{name} must be a matrix")
    if one.shape[1] != other.shape[0]:
        return errors.matrices_do_not_fit(one.shape, other.shape)
    return errors.dtypes_differ(one.dtype, other.dtype)


def check_batches(one, other):
    """Refuse what are not two batches of as many matrices that fit."""
    for name, each in (("batch1", one), ("batch2", other)):
        if each.ndim != 3:
            raise RuntimeError(f"{name} must be a 3D tensor")
    if one.shape[0] != other.shape[0] or one.shape[2] != other.shape[1]:
        raise RuntimeError(
            f"Expected size for first two dimensions of batch2 tensor to be: [{one.shape[0]}, {one.shape[2]}] but got: "
            f"[{other.shape[0]}, {other.shape[1]}]."
        )
    check_dtypes(one, other)


def check_matrix_and_vector(matrix, vector):
    """Refuse what are not a matrix and a vector that fit."""
    if matrix.ndim != 2 or vector.ndim != 1:
        raise RuntimeError(f"vector + matrix @ vector expected, got 1, {matrix.ndim}, {vector.ndim}")
    if matrix.shape[1] != vector.shape[0]:
        raise RuntimeError(f"size mismatch, got input ({matrix.shape[0]}), mat ({matrix.shape[0]}x{matrix.shape[1]}), vec ({vector.shape[0]})")
    check_dtypes(matrix, vector)


def check_vectors(one, other):
    """Refuse what are not two vectors of one length."""
    if one.ndim != 1 or other.ndim != 1:
        raise RuntimeError(f"1D tensors expected, but got {one.ndim}D and {other.ndim}D tensors")
    if one.shape != other.shape:
        raise RuntimeError(
            "inconsistent tensor size, expected tensor "
            f"[{one.shape[0]}] and src [{other.shape[0]}] to have the same number of elements, but got "
            f"{one.shape[0]} and {other.shape[0]} elements respectively"
        )
    check_dtypes(one, other)


def check_dtypes(one, other):
    """Refuse operands of different dtypes."""
    if one.dtype != other.dtype:
        raise errors.dtypes_differ(one.dtype, other.dtype)


def matmul(input, other, *, out=None):
    """The matrix product, whose leading dimensions broadcast: (..., n, k) @ (..., k, m) -> (..., n, m).

    A vector on the left is a row, on the right a column, and its dimension is gone from the result.
    """
    if out is not None:
        return out.copy_(matmul(input, other))
    left, right = input.array.ndim, other.array.ndim
    if left == 2 == right:
        return mm(input, other)
    if left == 0 or right == 0:
        raise RuntimeError(f"both arguments to matmul need to be at least 1D, but they are {left}D and {right}D")
    if left == 1 == right:
        return dot(input, other)
    if left == 2 and right == 1:
        return mv(input, other)
    if left == 1 and right == 2:
        return mm(input.unsqueeze(0), other).squeeze_(0)
    return fold(input, other) if folds(input, other) else batched(input, other)


def folds(input, other):
    """Whether a batch times one matrix is computed as one product of all rows, as PyTorch decides it."""
    larger, smaller = (input, other) if input.array.ndim >= other.array.ndim else (other.mT, input)
    if smaller.array.ndim > 2:
        return False
    if smaller.requires_grad:  # the other way its gradient would be a batch that has to be summed
        return True
    if input.array.ndim == 2:
        return False
    shape, strides = larger.array.shape, larger.array.strides
    return all(strides[d] == strides[d + 1] * shape[d + 1] for d in range(len(shape) - 2))


def fold(input, other):
    """A batch of matrices times one matrix or vector, in either order, as one product of all rows."""
    turned = other.array.ndim > input.array.ndim
    batch, single = (other.mT, input.t()) if turned else (input, other)
    shape = batch.array.shape
    rows = batch.reshape(math.prod(shape[:-1]), shape[-1])
    if single.array.ndim == 1:
        return unsafe_view(mv(rows, single), shape[:-1])
    product = unsafe_view(mm(rows, single), (*shape[:-1], single.array.shape[1]))
    return product.mT.contiguous() if turned else product


def batched(input, other):
    """Batches of matrices, whose leading dimensions broadcast, as one batch; a vector is a row or a column."""
    lead = joined_shape(input.array.shape[:-2], other.array.shape[:-2])
    count = math.prod(lead)
    n, k = input.array.shape[-2:] if input.array.ndim > 1 else (1, input.array.shape[0])
    left = input.expand(*lead, n, k).reshape(count, n, k)
    size = other.array.shape[-2:] if other.array.ndim > 1 else other.array.shape
    right = other.expand(*lead, *size).reshape(count, *size)
    ends = (n,) if input.array.ndim > 1 else ()
    if other.array.ndim == 1:
        return unsafe_view(bmm(left, right.unsqueeze(2)).squeeze(-1), (*lead, *ends))
    return unsafe_view(bmm(left, right), (*lead, *ends, size[1]))


def matmul_operator(op, args, out=None):
    """`@` where the operands are not two matrices of one float dtype."""
    input, other = args
    return matmul(input, other) if isinstance(other, Tensor) else NotImplemented


def rmatmul(self, other):
    """other @ self."""
    return matmul(other, self)


Tensor.matmul = matmul
Tensor.__matmul__ = operator_of(mm, matmul_operator)
Tensor.__rmatmul__ = rmatmul
