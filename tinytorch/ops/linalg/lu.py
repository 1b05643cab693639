"""The factors of Gauss, P @ L @ U with exchanges of rows, and systems of equations with them."""

from tinytorch import return_types
from tinytorch.deprecations import warn_once
from tinytorch.layout import joined_shape
from tinytorch.operation import Rule, operation
from tinytorch.ops.join import cat
from tinytorch.ops.linalg.checks import (
    DIVIDES_BY_ZERO,
    check_codes,
    need_columns,
    need_float,
    need_kernel,
    need_matrices,
    need_square,
    refuse_pivots,
    same_dtype,
)  # fmt: skip
from tinytorch.ops.linalg.layouts import adjoint as conjugated
from tinytorch.ops.linalg.layouts import by_columns
from tinytorch.ops.linalg.outputs import all_given, given
from tinytorch.ops.linalg.triangular import linalg_solve_triangular, solved


def factors_derivative(of_L, of_U, P, L, U):
    """P L^-H (tril(L^H gL, -1) + triu(gU U^H)) U^-H for square matrices; others have a square and a rest."""
    of_L = L.new_zeros(L.shape) if of_L is None else of_L
    of_U = U.new_zeros(U.shape) if of_U is None else of_U
    rows, columns = L.shape[-2], U.shape[-1]
    return P @ (wide_derivative if rows <= columns else tall_derivative)(of_L, of_U, L, U)


def wide_derivative(of_L, of_U, L, U):
    """The columns behind the square are U2 = L^-1 A2."""
    size, rest = L.shape[-1], U.shape[-1] - L.shape[-1]
    square, behind = U.narrow(-1, 0, size), U.narrow(-1, size, rest)
    of_square, of_behind = of_U.narrow(-1, 0, size), of_U.narrow(-1, size, rest)
    middle = (L.mH @ of_L - of_behind @ behind.mH).tril(-1) + (of_square @ square.mH).triu()
    found = linalg_solve_triangular(square.mH, middle, upper=False, left=False)
    return linalg_solve_triangular(L.mH, cat([found, of_behind], -1), upper=True, unitriangular=True)


def tall_derivative(of_L, of_U, L, U):
    """The rows below the square are L2 = A2 U^-1."""
    size, rest = U.shape[-2], L.shape[-2] - U.shape[-2]
    square, below = L.narrow(-2, 0, size), L.narrow(-2, size, rest)
    of_square, of_below = of_L.narrow(-2, 0, size), of_L.narrow(-2, size, rest)
    middle = (square.mH @ of_square).tril(-1) + (of_U @ U.mH - below.mH @ of_below).triu()
    found = linalg_solve_triangular(square.mH, middle, upper=True, unitriangular=True)
    return linalg_solve_triangular(U.mH, cat([found, of_below], -2), upper=False, left=False)


def parts(xp, factors):
    """L and U, row by row, of the array that holds both."""
    rows, columns = factors.shape[-2:]
    least = min(rows, columns)
    unit = xp.eye(rows, least, dtype=factors.dtype)
    lower = xp.add(xp.tril(factors[..., :, :least], -1), unit)
    return xp.ascontiguousarray(lower), xp.ascontiguousarray(xp.triu(factors[..., :least, :]))


def permutation(xp, pivots, rows, dtype):
    """The matrix P of exchanges of rows that were made one after the other, so that P @ L @ U is the matrix."""
    order = xp.row_order(pivots, rows)
    return xp.equal(xp.arange(rows).reshape(rows, 1), order[..., None, :]).astype(dtype)


def first_zero(xp, factors):
    """For each matrix the place, from 1 on, of the first zero in the diagonal of U, or 0."""
    zero = xp.equal(xp.diagonal(factors, 0, -2, -1), 0)
    if not zero.shape[-1]:
        return xp.zeros(zero.shape[:-1], "int32")
    return xp.where(xp.any(zero, -1), xp.add(xp.argmax(zero, -1), 1), 0).astype("int32")


@operation(
    Rule(wide=True, method=False, outputs=("LU", "pivots", "info")),
    A=lambda grads, LU, pivots: packed_derivative(grads[0], LU, pivots),
)
def linalg_lu_factor_ex(xp, A):
    """L below and U above the diagonal of one matrix, the exchanges of rows, and a code for each matrix."""
    factors, pivots = xp.lu_factor(A)
    return by_columns(xp, factors), pivots, first_zero(xp, factors)


def packed_derivative(grad, LU, pivots):
    """The derivative through both factors, whose gradients lie in one matrix."""
    P, L, U = lu_parts(LU, pivots)
    least = min(LU.shape[-2:])
    return factors_derivative(grad.narrow(-1, 0, least).tril(-1), grad.narrow(-2, 0, least).triu(), P, L, U)


def check_lu(name, A, pivot):
    """Refuse what has no factors by its shape or dtype, and factors without exchanges of rows."""
    if A.ndim < 2:
        raise RuntimeError(f"{name}: Expected tensor with 2 or more dimensions. Got size: {list(A.shape)} instead")
    need_kernel("lu_cpu", A)
    if not pivot:
        raise RuntimeError("linalg.lu_factor: LU without pivoting is not implemented on the CPU")


def lu_factor_ex(A, *, pivot=True, check_errors=False, out=None):
    """L and U in one matrix, the exchanges of rows counted from 1, and the place of a zero in U's diagonal, or 0.

    A RuntimeError for the first such matrix, if `check_errors`.
    """
    check_lu("torch.lu_factor", A, pivot)
    results = linalg_lu_factor_ex(A)
    if check_errors:
        check_codes("torch.linalg.lu_factor_ex", results[2], DIVIDES_BY_ZERO, RuntimeError)
    return return_types.linalg_lu_factor_ex(all_given("linalg_lu_factor_ex", out, results))


def lu_factor(A, *, pivot=True, out=None):
    """L and U in one matrix, and the exchanges of rows counted from 1; a RuntimeError where U has a zero."""
    check_lu("torch.lu_factor", A, pivot)
    factors, pivots, info = linalg_lu_factor_ex(A)
    check_codes("torch.linalg.lu_factor", info, DIVIDES_BY_ZERO, RuntimeError)
    results = (factors, pivots)
    return return_types.linalg_lu_factor(all_given("linalg_lu_factor", out, results))


def torch_lu(A, pivot=True, get_infos=False, out=None):
    """L and U in one matrix, the exchanges of rows, and with `get_infos` the codes, as `linalg.lu_factor_ex`."""
    warn_once("lu")
    check_lu("torch.lu_factor", A, pivot)
    results = linalg_lu_factor_ex(A)
    if not get_infos:
        check_codes("torch.linalg.lu_factor", results[2], DIVIDES_BY_ZERO, RuntimeError)
    results = results if get_infos else results[:2]
    if out is None:
        return results
    if len(out) != len(results):
        raise TypeError(f"expected tuple of {len(results)} elements but got {len(out)}")
    for each, result in zip(out, results, strict=True):
        each.resize_as_(result).copy_(result)
    return out


def lu_of(self, pivot=True, get_infos=False):
    """L and U in one matrix, the exchanges of rows, and with `get_infos` the codes, as `linalg.lu_factor_ex`."""
    return torch_lu(self, pivot, get_infos)


@operation(
    Rule(wide=True, method=False, title="LinalgLu", outputs=("_P", "L", "U")),
    A=lambda grads, _P, L, U: factors_derivative(grads[1], grads[2], _P, L, U),
)
def linalg_lu(xp, A):
    """P, L and U with P @ L @ U = A."""
    factors, pivots = xp.lu_factor(A)
    return permutation(xp, pivots, A.shape[-2], A.dtype), *parts(xp, factors)


def lu(A, *, pivot=True, out=None):
    """P, L and U with P @ L @ U = A: exchanges of rows, a lower triangle with ones in its diagonal, an upper one."""
    check_lu("linalg.lu", A, pivot)
    results = linalg_lu(A)
    return return_types.linalg_lu(all_given("linalg_lu", out, results))


def unpacked_derivative(grads, LU_data_shape):
    """The gradients of L and U in one matrix."""
    _, of_L, of_U = grads
    rows, columns = LU_data_shape[-2:]
    total = None
    if of_L is not None:
        lower = of_L.tril(-1)
        if columns > rows:
            lower = cat([lower, lower.new_zeros((*LU_data_shape[:-1], columns - rows))], -1)
        total = lower
    if of_U is not None:
        upper = of_U.triu()
        if rows > columns:
            upper = cat([upper, upper.new_zeros((*LU_data_shape[:-2], rows - columns, columns))], -2)
        total = upper if total is None else total + upper
    return total


@operation(
    Rule(wide=True, method=False, title="LuUnpack", outputs=("_P", "L", "U"), operands=("LU_data",)),
    LU_data=lambda grads, LU_data_shape: unpacked_derivative(grads, LU_data_shape),
)
def lu_parts(xp, LU_data, LU_pivots, unpack_data=True, unpack_pivots=True):
    """P, L and U of the factors in one matrix and of the exchanges of rows; empty ones for what is not asked for."""
    nothing = xp.zeros((0,), LU_data.dtype)
    order = permutation(xp, LU_pivots, LU_data.shape[-2], LU_data.dtype) if unpack_pivots else nothing
    return order, *(parts(xp, LU_data) if unpack_data else (nothing, nothing))


def lu_unpack(LU_data, LU_pivots, unpack_data=True, unpack_pivots=True, *, out=None):
    """P, L and U of the results of `linalg.lu_factor`; an empty tensor in the place of what is not to be unpacked."""
    if LU_data.ndim < 2:
        raise RuntimeError(
            f"torch.lu_unpack: Expected tensor with 2 or more dimensions. Got size: {list(LU_data.shape)} instead"
        )
    if unpack_pivots and LU_pivots.dtype.name != "int32":
        raise RuntimeError(
            "torch.lu_unpack: LU_pivots is expected to be a contiguous tensor of torch.int32 dtype.\n"
            "Note: this function is intended to be used with the output produced by torch.linalg.lu_factor"
        )
    results = lu_parts(LU_data, LU_pivots, unpack_data, unpack_pivots)
    return return_types.lu_unpack(all_given("lu_unpack", out, results))


# Systems of equations


def solution_derivative(grad, LU, pivots, left, adjoint, result, needed):
    """Of A X = B the gradient of B is that of A^H, and those of L and U come from each triangular step."""
    of_other = linalg_lu_solve(LU, pivots, grad, left, not adjoint)
    if not needed[0]:
        return None, of_other
    if not left:  # X A = B is A^H X^H = B^H
        return factors_gradient(grad.mH, LU, pivots, not adjoint, result.mH), of_other
    return factors_gradient(grad, LU, pivots, adjoint, result), of_other


def factors_gradient(grad, LU, pivots, adjoint, result):
    """The gradients of L and U, in one matrix, of X = U^-1 L^-1 P^T B, or with `adjoint` of X = P L^-H U^-H B."""
    P, L, U = lu_parts(LU, pivots)
    if adjoint:
        last = P.mT @ result
        of_middle = linalg_solve_triangular(L, P.mT @ grad, upper=False, unitriangular=True)
        of_first = linalg_solve_triangular(U, of_middle, upper=True)
        return -((last @ of_middle.mH).tril(-1) + ((L.mH @ last) @ of_first.mH).triu())
    of_middle = linalg_solve_triangular(U.mH, grad, upper=False)
    of_first = linalg_solve_triangular(L.mH, of_middle, upper=True, unitriangular=True)
    return -((of_first @ (U @ result).mH).tril(-1) + (of_middle @ result.mH).triu())


@operation(Rule(wide=True, method=False, operands=("LU", "B")), (("LU", "B"), solution_derivative))
def linalg_lu_solve(xp, LU, pivots, B, left=True, adjoint=False):
    """The solutions X of A @ X = B, or of X @ A = B, with A or its adjoint, for the factors of A."""
    if not left:
        turned = from_factors(xp, LU, pivots, conjugated(xp, B), not adjoint)
        return xp.ascontiguousarray(conjugated(xp, turned))
    return by_columns(xp, from_factors(xp, LU, pivots, B, adjoint))


def from_factors(xp, LU, pivots, other, adjoint):
    """The solutions as arrays: two triangular systems, and the rows in their order."""
    lead = joined_shape(other.shape[:-2], LU.shape[:-2])
    rows = LU.shape[-1]
    order = xp.row_order(pivots, rows)
    order = xp.argsort(order, -1) if adjoint else order
    order = xp.broadcast_to(order[..., None], (*lead, rows, other.shape[-1]))
    other = xp.broadcast_to(other, (*lead, *other.shape[-2:]))
    if adjoint:
        turned = conjugated(xp, LU)
        found = solved(xp, turned, solved(xp, turned, other, False), True, True, True)
        return xp.take_along_axis(found, order, -2)
    other = xp.take_along_axis(other, order, -2)
    return solved(xp, LU, solved(xp, LU, other, False, True, True), True)


def lu_solve(LU, pivots, B, *, left=True, adjoint=False, out=None):
    """The solutions X of A @ X = B, or of X @ A = B, with A or its adjoint, for what `lu_factor` gives of A."""
    need_square("torch.linalg.lu_solve", LU)
    need_float("torch.linalg.lu_solve", LU)
    same_dtype("linalg.lu_solve", LU, B, ("LU", "B"))
    refuse_pivots("linalg.lu_solve", LU, pivots)
    need_matrices("linalg.lu_solve", B, "B")
    need_columns("linalg.lu_solve", LU, B, left)
    need_kernel("lu_solve_cpu", LU)
    found = linalg_lu_solve(LU, pivots, B, left, adjoint)
    return given("linalg_lu_solve", out, found)


def torch_lu_solve(input, LU_data, LU_pivots, *, out=None):
    """The solutions X of A @ X = input, for what `linalg.lu_factor` gives of A."""
    warn_once("lu_solve")
    return lu_solve(LU_data, LU_pivots, input, out=out)
