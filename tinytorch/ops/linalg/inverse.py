"""Inverses, and systems of linear equations, of square matrices and of tensors."""

import math

from tinytorch import return_types
from tinytorch.operation import Rule, operation
from tinytorch.ops.linalg.checks import (
    SINGULAR,
    UNSOLVED,
    check_codes,
    need_columns,
    need_float,
    need_kernel,
    need_precision,
    need_square,
    same_dtype,
)  # fmt: skip
from tinytorch.ops.linalg.layouts import by_columns, is_vector, joined
from tinytorch.ops.linalg.outputs import all_given, given, given_castable


@operation(
    Rule(wide=True, method=False, outputs=("inverse", "info")),
    A=lambda grads, inverse: -(inverse.mH @ (grads[0] @ inverse.mH)),
)
def linalg_inv_ex(xp, A):
    """The inverses of square matrices, and for each a code, which is 0 if there is one."""
    inverse, info = xp.inverse(A)
    return by_columns(xp, inverse), info


def inv_ex(A, *, check_errors=False, out=None):
    """The inverses and codes of matrices: the number of the diagonal element of U that is zero, or 0.

    A LinAlgError for the first such matrix, if `check_errors`.
    """
    need_square("linalg.inv", A)
    need_precision("linalg.inv", A)
    inverse, info = linalg_inv_ex(A)
    if check_errors:
        check_codes("linalg.inv_ex", info, SINGULAR)
    results = all_given("linalg_inv_ex", out, (inverse, info))
    return return_types.linalg_inv_ex(results)


def inv(A, *, out=None):
    """The inverses of square matrices; a LinAlgError where there is none."""
    need_square("linalg.inv", A)
    need_precision("linalg.inv", A)
    inverse, info = linalg_inv_ex(A)
    check_codes("linalg.inv", info, SINGULAR)
    return given("linalg_inv", out, inverse)


def inverse(input, *, out=None):
    """The inverses of square matrices, as `linalg.inv`."""
    return inv(input, out=out)


def solve_derivative(grads, A, left, vector, result, needed):
    """Of X = A^-1 B: gB = A^-H gX and gA = -gB X^H, in the orders that belong to A on the right."""
    of_other = solve_of(A.mH, grads[0], left, vector)
    if not needed[0]:
        return None, of_other
    if vector:
        return -(of_other.unsqueeze(-1) @ result.conj().unsqueeze(-2)), of_other
    return -(of_other @ result.mH if left else result.mH @ of_other), of_other


@operation(
    Rule(wide=True, method=False, title="LinalgSolveEx", outputs=("result", "info")),
    (("A", "B"), solve_derivative),
)
def linalg_solve_ex(xp, A, B, left=True, vector=False):
    """The solutions X of A @ X = B, or of X @ A = B, and a code for each matrix; B may be a vector for each."""
    right = B[..., None] if vector else B
    if not left:
        A, right = A.swapaxes(-1, -2), right.swapaxes(-1, -2)
    found, info = xp.solve(*joined(xp, A, right))
    if vector:
        found = found[..., 0]
        return by_columns(xp, found) if found.ndim > 1 else found, info
    found = by_columns(xp, found)
    return found if left else found.swapaxes(-1, -2), info


def solve_of(A, B, left=True, vector=False):
    """The solutions alone, without a look at the codes."""
    return linalg_solve_ex(A, B, left, vector)[0]


def check_system(A, B, left):
    """Refuse what is no system of equations."""
    need_square("linalg.solve", A)
    need_float("linalg.solve", A)
    same_dtype("linalg.solve", A, B)
    vector = is_vector(A.shape, B.shape)
    need_columns("linalg.solve", A, B.unsqueeze(-1) if vector else B, left)
    need_kernel("lu_cpu", A)


def solve_ex(A, B, *, left=True, check_errors=False, out=None):
    """The solutions X of A @ X = B, or of X @ A = B, and for each matrix a code, which is 0 if there is one.

    A LinAlgError for the first singular matrix, if `check_errors`.
    """
    check_system(A, B, left)
    results = linalg_solve_ex(A, B, left, is_vector(A.shape, B.shape))
    if check_errors:
        check_codes("linalg.solve_ex", results[1], UNSOLVED)
    return return_types.linalg_solve_ex(all_given("linalg_solve_ex", out, results))


def solve(A, B, *, left=True, out=None):
    """The solutions X of A @ X = B, or of X @ A = B: (..., n, n) and (..., n, k), or a vector for each matrix.

    A LinAlgError for a singular matrix.
    """
    check_system(A, B, left)
    found, info = linalg_solve_ex(A, B, left, is_vector(A.shape, B.shape))
    check_codes("torch.linalg.solve", info, UNSOLVED)
    return given("linalg_solve", out, found)


def tensorinv(input, ind=2, *, out=None):
    """The inverse of the map that a tensor is, from its dimensions from `ind` on to those before."""
    if ind <= 0:
        raise RuntimeError(f"Expected a strictly positive integer for 'ind', but got {ind}")
    shape = tuple(input.shape)
    if ind > len(shape):
        raise RuntimeError(f"ArrayRef: invalid slice, N = {ind}; size = {len(shape)}")
    left, right = shape[:ind], shape[ind:]
    if math.prod(left) != math.prod(right):
        raise RuntimeError(
            "Expected self to satisfy the requirement prod(self.shape[ind:]) == prod(self.shape[:ind]), but got "
            f"{math.prod(right)} != {math.prod(left)}"
        )
    size = math.prod(left)
    found = inv(input.reshape(size, size)).reshape(*right, *left)
    return given_castable("tensorinv", out, found)


def tensorsolve(input, other, dims=None, *, out=None):
    """The tensor X with tensordot(input, X, X.ndim) = other; `dims` of the input are moved to its end first."""
    if dims is not None:
        input = input.movedim(list(dims), list(range(-len(dims), 0)))
    shape = tuple(input.shape[other.ndim :])
    size, given = math.prod(shape), other.numel()
    if size != given:
        raise RuntimeError(
            "Expected self to satisfy the requirement prod(self.shape[other.ndim:]) == prod(self.shape[:other.ndim]), "
            f"but got {size} != {given}"
        )
    found = solve(input.reshape(size, size), other.flatten()).reshape(shape)
    return given_castable("tensorsolve", out, found)
