"""Matrix products."""

import functools
import math

from tinytorch import dtypes, errors
from tinytorch.array_derivatives import Unusual, by_body, in_any_order
from tinytorch.delivery import deliver
from tinytorch.layout import joined_shape
from tinytorch.operation import Rule, operation, operator_of
from tinytorch.ops.arithmetic import times as scaled
from tinytorch.ops.refusals import common
from tinytorch.ops.shape import unsafe_view
from tinytorch.tensor import Tensor


def title_of(array):
    """PyTorch's name of an array's dtype in messages: `Float`."""
    return dtypes.of_numpy[array.dtype].title


def refuse_booleans(kernel, *tensors):
    """Refuse to multiply booleans; of two tensors PyTorch multiplies them where one has no elements."""
    if tensors[0].dtype is dtypes.bool_ and (len(tensors) == 1 or all(each.array.size for each in tensors)):
        raise NotImplementedError(f"\"{kernel}\" not implemented for 'Bool'")


def same_dtypes(input, other, *settings):
    """Refuse two matrices of different dtypes; asked before half precision is widened."""
    if (
        input.dtype is not other.dtype
        and input.ndim == 2 == other.ndim
        and input.array.shape[1] == other.array.shape[0]
    ):
        raise errors.dtypes_differ(input.array.dtype, other.array.dtype)
    refuse_booleans("addmm_impl_cpu_", input, other)


def same_batch_dtypes(one, other, *settings):
    """Refuse two batches of matrices of different dtypes."""
    refuse_booleans("bmm", one, other)
    if one.dtype is not other.dtype:
        raise RuntimeError(f"expected scalar type {one.dtype.title} but found {other.dtype.title}")


def same_vector_dtypes(one, other, *settings):
    """Refuse two vectors of different dtypes."""
    refuse_booleans("dot", one)
    if one.dtype is not other.dtype:
        raise RuntimeError(
            f"dot : expected both vectors to have same dtype, but found {one.dtype.title} and {other.dtype.title}"
        )


def same_added_batch_dtypes(input, one, other, *settings):
    """Refuse a product of batches of one dtype added to something of another."""
    refuse_booleans("baddbmm", one)
    for each in (one, other):
        if each.dtype is not input.dtype:
            raise RuntimeError(f"expected scalar type {input.dtype.title} but found {each.dtype.title}")


def same_three_dtypes(input, one, other, *settings):
    """Refuse a product of one dtype added to something of another."""
    for each in (input, one):
        if each.dtype is not other.dtype:
            raise RuntimeError(
                f"self and mat2 must have the same dtype, but got {each.dtype.title} and {other.dtype.title}"
            )
    refuse_booleans("addmm_impl_cpu_", one)


def same_mixed_dtypes(input, mat, vec, *settings):
    """Refuse a matrix and vectors of different dtypes."""
    if not input.dtype is mat.dtype is vec.dtype:
        raise RuntimeError(
            f"addmv input tensors must have the same dtype, but got {input.dtype.title}, {mat.dtype.title}, and "
            f"{vec.dtype.title}"
        )
    refuse_booleans("addmv_impl_cpu", vec, mat)


@operation(
    Rule(check=same_dtypes, product=("input", "mat2")),
    input=lambda grad, mat2, input_strides: product_like(grad, turned(mat2), input_strides),
    mat2=lambda grad, input, mat2_strides: product_like(turned(input), grad, mat2_strides),
)
def mm(xp, input, mat2, out=None):
    """The product of two matrices: (n, k) @ (k, m) -> (n, m)."""
    if input.ndim == 2 == mat2.ndim and input.dtype == mat2.dtype:
        try:
            return input.dot(mat2, out)  # a third of matmul's time for small matrices
        except ValueError:
            pass
    raise no_matrices(input, mat2)


@by_body(any_order=True)
@operation(
    Rule(title="Bmm", check=same_batch_dtypes, product=("input", "mat2")),
    input=lambda grad, mat2: bmm(grad, turned(mat2)),
    mat2=lambda grad, input: bmm(turned(input), grad),
)
def bmm(xp, input, mat2, out=None):
    """The products of two batches of matrices: (b, n, k) @ (b, k, m) -> (b, n, m)."""
    check_batches(input, mat2)
    return xp.matmul(input, mat2, out=out)


@operation(
    Rule(title="Mv", check=lambda input, vec: same_mixed_dtypes(vec, input, vec), product=("input", "vec")),
    input=lambda grad, vec: grad.unsqueeze(1) * vec.conj(),
    vec=lambda grad, input: input.mH.mv(grad),
)
def mv(xp, input, vec, out=None):
    """The product of a matrix and a vector: (n, k) @ (k,) -> (n,)."""
    check_matrix_and_vector(input, vec)
    return xp.matmul(input, vec, out=out)


@operation(
    Rule(
        exact="result dtype {3} does not match input dtype {2}", check=same_vector_dtypes, product=("input", "tensor")
    ),
    input=lambda grad, tensor: grad * tensor.conj(),
    tensor=lambda grad, input: grad * input.conj(),
)
def dot(xp, input, tensor, out=None):
    """The sum of the products of two vectors: (n,) @ (n,) -> ()."""
    check_vectors(input, tensor)
    return xp.matmul(input, tensor, out=out)


def product_like(one, other, strides):
    """The product of two matrices, laid out by columns where the tensor whose gradient it is lies so."""
    if len(strides) == 2 and strides[0] < strides[1]:
        return other.mT.mm(one.mT).mT
    return one.mm(other)


product_like.on_arrays = in_any_order(lambda xp: functools.partial(product_of_arrays, xp))


def product_of_arrays(xp, one, other, strides):
    """The same of arrays."""
    if len(strides) == 2 and strides[0] < strides[1]:
        return other.T.dot(one.T).T
    return one.dot(other)


def turned(matrices):
    """Matrices with their dimensions exchanged, conjugated."""
    return matrices.mH


turned.on_arrays = in_any_order(lambda xp: lambda matrices: matrices.swapaxes(-2, -1))  # of real ones


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


def check_matrix_and_vector(matrix, vector):
    """Refuse what are not a matrix and a vector that fit."""
    if matrix.ndim != 2 or vector.ndim != 1:
        raise RuntimeError(f"vector + matrix @ vector expected, got 1, {matrix.ndim}, {vector.ndim}")
    if matrix.shape[1] != vector.shape[0]:
        raise RuntimeError(
            f"size mismatch, got input ({matrix.shape[0]}), mat ({matrix.shape[0]}x{matrix.shape[1]}), vec "
            f"({vector.shape[0]})"
        )


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


def matmul(input, other, *, out=None):
    """The matrix product, whose leading dimensions broadcast: (..., n, k) @ (..., k, m) -> (..., n, m).

    A vector on the left is a row, on the right a column, and its dimension is gone from the result.
    """
    if out is not None:
        return deliver("matmul", out, matmul(input, other), errors.OTHER_DTYPE)
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
    batch, single = (other.mT, input.t() if input.array.ndim == 2 else input) if turned else (input, other)
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


# A product added to something


def added(xp, input, product, beta, alpha, out):
    """beta * input + alpha * product, written over the product; the input broadcasts to its shape."""
    if input.shape != product.shape:
        if out is not None:
            raise RuntimeError(
                f"Bad in-place call: input tensor size {list(input.shape)} and output tensor size "
                f"{list(product.shape)} "
                "should match"
            )
        check_expands(input, product.shape)
    if alpha != 1:
        product = scaled(xp, product, alpha)
    if beta != 0:  # NaN in an input that does not count must not spread
        xp.add(product, input if beta == 1 else scaled(xp, input, beta), out=product)
    if out is None:
        return product
    out[...] = product
    return out


def check_expands(array, shape):
    """Refuse an array that does not expand to a shape."""
    if len(shape) < array.ndim:
        raise RuntimeError(
            f"expand({errors.type_name(array)}{{{list(array.shape)}}}, size={list(shape)}): the number of sizes "
            "provided "
            f"({len(shape)}) must be greater or equal to the number of dimensions in the tensor ({array.ndim})"
        )
    lead = len(shape) - array.ndim
    for dim in range(len(shape) - 1, lead - 1, -1):
        size = array.shape[dim - lead]
        if size not in (1, shape[dim]):
            raise RuntimeError(
                f"The expanded size of the tensor ({shape[dim]}) must match the existing size ({size}) at "
                "non-singleton "
                f"dimension {dim}.  Target sizes: {list(shape)}.  Tensor sizes: {list(array.shape)}"
            )


def times(grad, factor):
    """A gradient times the conjugate of a factor that is mostly 1."""
    return grad if factor == 1 else grad * (factor.conjugate() if isinstance(factor, complex) else factor)


@in_any_order
def times_on_arrays(xp):
    """The same of an array, where the factor is 1."""

    def call(grad, factor):
        if factor != 1:
            raise Unusual
        return grad

    return call


times.on_arrays = times_on_arrays


@operation(
    Rule(writes=True, factors=True, check=same_three_dtypes, product=("mat1", "mat2")),
    input=lambda grad, beta: times(grad, beta),
    mat1=lambda grad, mat2, mat1_strides, alpha: times(product_like(grad, turned(mat2), mat1_strides), alpha),
    mat2=lambda grad, mat1, mat2_strides, alpha: times(product_like(turned(mat1), grad, mat2_strides), alpha),
)
def addmm(xp, input, mat1, mat2, *, beta=1, alpha=1, out=None):
    """beta * input + alpha * mat1 @ mat2: (n, k) and (k, m); the input broadcasts to (n, m).

    A RuntimeError for shapes that do not fit and for different dtypes.
    """
    for name, each in (("mat1", mat1), ("mat2", mat2)):
        if each.ndim != 2:
            raise RuntimeError(f"{name} must be a matrix, got {each.ndim}-D tensor")
    if mat1.shape[1] != mat2.shape[0]:
        raise errors.matrices_do_not_fit(mat1.shape, mat2.shape)
    return added(xp, input, mat1.dot(mat2), beta, alpha, out)


@operation(
    Rule(writes=True, factors=True, check=same_added_batch_dtypes, product=("batch1", "batch2")),
    input=lambda grad, beta: times(grad, beta),
    batch1=lambda grad, batch2, alpha: times(bmm(grad, turned(batch2)), alpha),
    batch2=lambda grad, batch1, alpha: times(bmm(turned(batch1), grad), alpha),
)
def baddbmm(xp, input, batch1, batch2, *, beta=1, alpha=1, out=None):
    """beta * input + alpha * batch1 @ batch2: (b, n, k) and (b, k, m); the input broadcasts to (b, n, m)."""
    for each, dims in ((batch1, (0, 1)), (batch2, (2,))):
        if each.ndim < 3 and max(dims) >= each.ndim:
            raise errors.dimension(next(dim for dim in dims if dim >= each.ndim), each.ndim)
    if batch1.ndim == 3 == batch2.ndim and batch1.shape[::2] == batch2.shape[:2]:
        check_expands(input, (*batch1.shape[:2], batch2.shape[2]))
    check_batches(batch1, batch2)
    return added(xp, input, xp.matmul(batch1, batch2), beta, alpha, out)


@operation(
    Rule(writes=True, factors=True, check=same_three_dtypes, product=("batch1", "batch2")),
    input=lambda grad, beta: times(grad, beta),
    batch1=lambda grad, batch1_shape, batch2, alpha: times(over_batch(grad, batch1_shape[0]).bmm(batch2.mH), alpha),
    batch2=lambda grad, batch2_shape, batch1, alpha: times(batch1.mH.bmm(over_batch(grad, batch2_shape[0])), alpha),
)
def addbmm(xp, input, batch1, batch2, *, beta=1, alpha=1, out=None):
    """beta * input + alpha * the sum of batch1 @ batch2 over the batch: (b, n, k), (b, k, m) -> (n, m)."""
    for each, dims in ((batch1, (0, 1)), (batch2, (2,))):
        if each.ndim < 3 and max(dims) >= each.ndim:
            raise errors.dimension(next(dim for dim in dims if dim >= each.ndim), each.ndim)
    check_batches(batch1, batch2)
    return added(xp, input, xp.sum(xp.matmul(batch1, batch2), 0, batch1.dtype), beta, alpha, out)


def over_batch(grad, count):
    """One gradient for each product of a batch that was summed."""
    return grad.unsqueeze(0).expand(count, *grad.array.shape)


@operation(
    Rule(writes=True, factors=True, check=same_mixed_dtypes, product=("mat", "vec")),
    input=lambda grad, beta: times(grad, beta),
    mat=lambda grad, vec, alpha: times(grad.outer(vec.conj()), alpha),
    vec=lambda grad, mat, alpha: times(mat.mH.mv(grad), alpha),
)
def addmv(xp, input, mat, vec, *, beta=1, alpha=1, out=None):
    """beta * input + alpha * mat @ vec: (n, k) and (k,); the input broadcasts to (n,)."""
    if mat.ndim != 2 or vec.ndim != 1 or input.ndim > 1:
        raise RuntimeError(f"vector + matrix @ vector expected, got {input.ndim}, {mat.ndim}, {vec.ndim}")
    size = input.shape[0] if input.ndim else 1
    if mat.shape[1] != vec.shape[0] or size not in (1, mat.shape[0]):
        raise RuntimeError(
            f"size mismatch, got input ({size}), mat ({mat.shape[0]}x{mat.shape[1]}), vec ({vec.shape[0]})"
        )
    return added(xp, input, xp.matmul(mat, vec), beta, alpha, out)


def check_factors(input, vec1, vec2, beta, alpha):
    """Refuse factors of a higher category than the result."""
    dtype = common((input, vec1, vec2))
    for name, factor in (("beta", beta), ("alpha", alpha)):
        if isinstance(factor, bool) and dtype.category != dtypes.BOOL:
            raise RuntimeError(f"Boolean {name} only supported for Boolean results.")
        if isinstance(factor, float | complex) and dtype.category < dtypes.FLOAT:
            raise RuntimeError(f"For integral input tensors, argument {name} must not be a floating point number.")


@operation(
    Rule(writes=True, factors=True, exact=False, check=check_factors, product=("vec1", "vec2")),
    input=lambda grad, beta: times(grad, beta),
    vec1=lambda grad, vec2, alpha: times(grad.mv(vec2.conj()), alpha),
    vec2=lambda grad, vec1, alpha: times(grad.t().mv(vec1.conj()), alpha),
)
def addr(xp, input, vec1, vec2, *, beta=1, alpha=1, out=None):
    """beta * input + alpha * the products of all pairs: (n,) and (m,); the input broadcasts to (n, m)."""
    check_vector_arguments("addr", vec1, vec2, "vec1")
    dtype = dtypes.promote([input, vec1, vec2])
    vec1, vec2, input = [each if each.dtype == dtype else each.astype(dtype) for each in (vec1, vec2, input)]
    return added(xp, input, xp.multiply(vec1.reshape(-1, 1), vec2), beta, alpha, out)


def check_vector_arguments(name, one, other, first):
    """Refuse what are no two vectors."""
    for title, each in ((first, one), ("vec2", other)):
        if each.ndim != 1:
            raise RuntimeError(f"{name}: Expected 1-D argument {title}, but got {each.ndim}-D")
