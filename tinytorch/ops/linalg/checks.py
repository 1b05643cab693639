"""What the functions of matrices refuse, and in which words: shapes, dtypes, and matrices that have no result."""

from tinytorch import dtypes, errors
from tinytorch.batching import all_examples
from tinytorch.ops.refusals import not_implemented
from tinytorch.tensor import Tensor


def need_matrices(name, input, title="A"):
    """Refuse what has less than two dimensions."""
    if not isinstance(input, Tensor):
        raise errors.not_a_tensor(name.replace(".", "_"), title, 1, input)
    if input.ndim < 2:
        raise RuntimeError(f"{name}: The input tensor {title} must have at least 2 dimensions.")


def need_square(name, input, title="A"):
    """Refuse what is no batch of square matrices; no name is a message without one."""
    need_matrices(name or "linalg", input, title)
    rows, columns = input.shape[-2:]
    if rows != columns:
        start = f"{name}: " if name else ""
        raise RuntimeError(f"{start}A must be batches of square matrices, but they are {rows} by {columns} matrices")


def need_float(name, input):
    """Refuse whole numbers."""
    if input.dtype.category < dtypes.FLOAT:
        raise RuntimeError(f"{name}: Expected a floating point or complex tensor as input. Got {input.dtype.title}")


def need_precision(name, input):
    """Refuse whole numbers and half precision."""
    need_float(name, input)
    if input.dtype.numpy in dtypes.HALVES:
        raise RuntimeError(f"{name}: Low precision dtypes not supported. Got {input.dtype.title}")


def need_kernel(kernel, input):
    """Refuse the dtypes that LAPACK has not, whole numbers and half precision, where there are elements."""
    if input.array.size and (input.dtype.category < dtypes.FLOAT or input.dtype.numpy in dtypes.HALVES):
        raise not_implemented(kernel, input.dtype)


def same_dtype(name, one, other, titles=("A", "B")):
    """Refuse two matrices of different dtypes."""
    if one.dtype is not other.dtype:
        raise RuntimeError(
            f"{name}: Expected {titles[0]} and {titles[1]} to have the same dtype, but found {titles[0]} of type "
            f"{one.dtype.title} and {titles[1]} of type {other.dtype.title} instead"
        )


def same_type(other, input):
    """Refuse a right side b of another dtype than the matrix A, in the words of PyTorch's older functions."""
    if other.dtype is not input.dtype:
        raise RuntimeError(
            f"Expected b and A to have the same dtype, but found b of type {other.dtype.title} and A of type "
            f"{input.dtype.title} instead."
        )


def need_rows(other, input):
    """Refuse a right side b that has not as many rows as the matrix A, in words that PyTorch has for all of them."""
    if other.shape[-2] != input.shape[-2]:
        raise RuntimeError(
            f"Incompatible matrix sizes for cholesky_solve: each A matrix is {input.shape[-2]} by {input.shape[-1]} "
            f"but each b matrix is {other.shape[-2]} by {other.shape[-1]}"
        )


def need_columns(name, input, other, left):
    """Refuse a right side whose size is not that of the matrix."""
    if input.shape[-1] != other.shape[-2 if left else -1]:
        equation, sizes = ("AX = B", (input, other)) if left else ("XA = B", (input, other))
        one, two = [f"{each.shape[-2]}x{each.shape[-1]}" for each in sizes]
        raise RuntimeError(f"{name}: Incompatible shapes of A and B for the equation {equation} ({one} and {two})")


def refuse_pivots(name, factors, pivots):
    """Refuse exchanges of rows that are no 32-bit integers, one a row."""
    if pivots.dtype is not dtypes.int32:
        raise RuntimeError(f"{name}: pivots should be a Tensor of scalar type torch.int32")
    if pivots.shape[-1:] != factors.shape[-1:]:
        raise RuntimeError(f"{name}: Number of pivots per batch should be same as the dimension of the matrix")
    if pivots.shape[:-1] != factors.shape[:-2]:
        raise RuntimeError(f"{name}: Batch dimensions of LU and pivots should be the same")


SINGULAR = "The diagonal element {} is zero, the inversion could not be completed because the input matrix is singular."
UNSOLVED = "The solver failed because the input matrix is singular."
NOT_POSITIVE = (
    "The factorization could not be completed because the input is not positive-definite (the leading minor of order "
    "{} is not positive-definite)."
)
DIVIDES_BY_ZERO = (
    "U[{0},{0}] is zero and using it on lu_solve would result in a division by zero. If you still want to perform the "
    "factorization, consider calling linalg.lu(A, pivot) or linalg.lu_factor_ex(A, pivot)"
)
UNFACTORED = "The factorization could not be completed because the block {} is zero."


def check_codes(name, codes, words, error=errors.LinAlgError):
    """Raise the error of the first matrix whose code is not 0; a meta tensor has no codes."""
    codes = all_examples(codes)
    if codes.device.type == "meta" or not codes.any():
        return
    found = codes.reshape(-1).tolist()
    place = next(place for place, code in enumerate(found) if code)
    batch = f" (Batch element {place}):" if codes.ndim else ""
    raise error(f"{name}:{batch} {words.format(found[place])}")
