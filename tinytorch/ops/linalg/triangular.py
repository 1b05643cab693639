"""Triangular matrices: systems of equations with them, and the factors of Cholesky."""

from tinytorch import return_types
from tinytorch.operation import Rule, operation
from tinytorch.ops.linalg.checks import (
    NOT_POSITIVE,
    check_codes,
    need_columns,
    need_float,
    need_kernel,
    need_matrices,
    need_square,
)  # fmt: skip
from tinytorch.ops.linalg.layouts import adjoint, by_columns, joined
from tinytorch.ops.linalg.outputs import FOUND, all_given, given, given_castable


def triangle_derivative(grad, input, result, upper, left, unitriangular, needed):
    """Of X = A^-1 B: gB = A^-H gX, and gA is the triangle of -gB X^H, in the orders that belong to A on the right."""
    of_other = linalg_solve_triangular(input.mH, grad, upper=not upper, left=left, unitriangular=unitriangular)
    if not needed[0]:
        return None, of_other
    product = -(of_other @ result.mH if left else result.mH @ of_other)
    diagonal = int(unitriangular)
    return product.triu(diagonal) if upper else product.tril(-diagonal), of_other


@operation(Rule(method=False, batch="leading"), (("input", "B"), triangle_derivative))
def linalg_solve_triangular(xp, input, B, *, upper, left=True, unitriangular=False):
    """The solutions X of A @ X = B, or of X @ A = B, for triangular matrices A."""
    return by_columns(xp, solved(xp, input, B, upper, left, unitriangular))


def solved(xp, input, other, upper, left=True, unitriangular=False):
    """The solutions as an array, column by column; those of X @ A = B are found from transposed matrices."""
    if not left:
        turned = solved(xp, input.swapaxes(-1, -2), other.swapaxes(-1, -2), not upper, True, unitriangular)
        return turned.swapaxes(-1, -2)
    return by_columns(xp, xp.solve_triangular(*joined(xp, input, other), upper, unitriangular))


def solve_triangular(input, B, *, upper, left=True, unitriangular=False, out=None):
    """The solutions X of A @ X = B, or of X @ A = B, of which the upper or the lower triangle of A is read.

    With `unitriangular` the diagonal of A is taken to be 1.
    """
    name = "linalg.solve_triangular"
    need_matrices(name, input)
    need_matrices(name, B, "B")
    need_square(name, input)
    need_columns(name, input, B, left)
    need_kernel("triangular_solve_cpu", input)
    if input.dtype is not B.dtype:
        raise RuntimeError(
            f"{name}: Expected A and B to have the same dtype, but found A of type {input.dtype.title} and B of type "
            f"{B.dtype.title} instead"
        )
    found = linalg_solve_triangular(input, B, upper=upper, left=left, unitriangular=unitriangular)
    return given("solve_triangular", out, found, FOUND)


def old_triangle_derivative(grads, A, upper, transpose, unitriangular, solution, needed):
    """That of the solution, and the gradient of the copied coefficients."""
    of_solution, of_copy = grads
    of_other = of_triangle = None
    if of_solution is not None:
        turned = A.mT if transpose else A
        flags = (needed[1], needed[0])
        of_triangle, of_other = triangle_derivative(
            of_solution, turned, solution, upper != transpose, True, unitriangular, flags
        )
        if of_triangle is not None and transpose:
            of_triangle = of_triangle.mT
    if of_copy is not None:
        of_triangle = of_copy if of_triangle is None else of_triangle + of_copy
    return of_other, of_triangle


@operation(
    Rule(method=False, title="TriangularSolve", outputs=("solution", "cloned_coefficient")),
    (("input", "A"), old_triangle_derivative),
)
def triangular_solve_of(xp, input, A, upper, transpose, unitriangular):
    """The solutions of A @ X = input, or with the transposed A, and a copy of A."""
    input, A = joined(xp, input, A)
    turned = A.swapaxes(-1, -2) if transpose else A
    return solved(xp, turned, input, upper != transpose, True, unitriangular), by_columns(xp, A.copy())


def triangular_solve(input, A, upper=True, transpose=False, unitriangular=False, *, out=None):
    """The solutions X of A @ X = input, or with the transposed A, and a copy of A, which is triangular."""
    need_two(
        "triangular_solve",
        input,
        A,
        "torch.triangular_solve: Expected {} to have at least 2 dimensions, but it has {} dimensions instead",
    )
    need_square("", A)
    need_rows(input, A)
    need_kernel("triangular_solve_cpu", A)
    results = triangular_solve_of(input, A, upper, transpose, unitriangular)
    return return_types.triangular_solve(all_given("triangular_solve", out, results))


def need_two(name, other, input, words):
    """Refuse what are no two batches of matrices of one dtype."""
    for title, each in (("b", other), ("A", input)):
        if each.ndim < 2:
            raise RuntimeError(words.format(title, each.ndim))
    if other.dtype is not input.dtype:
        raise RuntimeError(
            f"Expected b and A to have the same dtype, but found b of type {other.dtype.title} and A of type "
            f"{input.dtype.title} instead."
        )


def need_rows(other, input):
    """Refuse a right side that has not as many rows as the matrices."""
    if other.shape[-2] != input.shape[-2]:
        raise RuntimeError(
            f"Incompatible matrix sizes for cholesky_solve: each A matrix is {input.shape[-2]} by {input.shape[-1]} "
            f"but each b matrix is {other.shape[-2]} by {other.shape[-1]}"
        )


# Cholesky


def cholesky_derivative(grad, upper, factor):
    """L^-H S L^-1, with S the Hermitian half of the lower triangle of L^H gL (Murray, 2016)."""
    L, of_factor = (factor.mH, grad.mH) if upper else (factor, grad)
    lower = (L.mH @ of_factor).tril()
    middle = (lower + lower.tril(-1).mH) * 0.5
    first = linalg_solve_triangular(L.mH, middle, upper=True)
    return linalg_solve_triangular(L, first, upper=False, left=False)


def factor_of(xp, input, upper):
    """The factors as arrays, column by column, and the codes."""
    factor, info = xp.cholesky_factor(adjoint(xp, input) if upper else input)
    return by_columns(xp, adjoint(xp, factor) if upper else factor), info


@operation(
    Rule(method=False, outputs=("L", "info"), batch="leading"),
    input=lambda grads, upper, L: cholesky_derivative(grads[0], upper, L),
)
def linalg_cholesky_ex(xp, input, upper=False):
    """The lower triangular factors L of L @ L.mH = input, or the upper ones L of L.mH @ L, and a code for each."""
    return factor_of(xp, input, upper)


def check_cholesky(input):
    """Refuse what has no factors by its shape or dtype."""
    need_square("linalg.cholesky", input)
    need_float("linalg.cholesky", input)
    need_kernel("cholesky_cpu", input)


def cholesky_ex(input, *, upper=False, check_errors=False, out=None):
    """The triangular factors of Hermitian positive-definite matrices, and the order of a minor that is not, or 0.

    A LinAlgError for the first such matrix, if `check_errors`.
    """
    check_cholesky(input)
    results = linalg_cholesky_ex(input, upper)
    if check_errors:
        check_codes("linalg.cholesky_ex", results[1], NOT_POSITIVE)
    return return_types.linalg_cholesky_ex(all_given("linalg_cholesky_ex", out, results))


def cholesky(input, *, upper=False, out=None):
    """The lower triangular factors L of L @ L.mH = input, or the upper ones R of R.mH @ R = input.

    One triangle of the input is read. A LinAlgError where it is not positive-definite.
    """
    check_cholesky(input)
    factor, info = linalg_cholesky_ex(input, upper)
    check_codes("linalg.cholesky", info, NOT_POSITIVE)
    return given("linalg_cholesky", out, factor)


@operation(
    Rule(method=False, title="Cholesky", outputs=("L", "info"), batch="leading"),
    input=lambda grads, upper, L: cholesky_derivative(grads[0], upper, L),
)
def cholesky_old(xp, input, upper):
    """As `linalg_cholesky_ex`, under the name that PyTorch's older function gives its nodes."""
    return factor_of(xp, input, upper)


def torch_cholesky(input, upper=False, *, out=None):
    """The lower triangular factors L of L @ L.mH = input, or the upper ones R of R.mH @ R = input."""
    need_matrices("cholesky", input)
    if not input.array.size and input.shape[-1] != input.shape[-2]:
        return given_castable("cholesky", out, input.clone())
    need_square("cholesky", input)
    need_kernel("cholesky_cpu", input)
    factor, info = cholesky_old(input, upper)
    check_codes("cholesky", info, NOT_POSITIVE)
    return factor if out is None else given_castable("cholesky", out, factor.contiguous())


def solution_derivative(grad, input2, upper, result, needed):
    """Of X = (L L^H)^-1 B: gB = (L L^H)^-1 gX, and gL = -(gB X^H + X gB^H) L."""
    of_other = cholesky_solution(grad, input2, upper)
    if not needed[1]:
        return of_other, None
    product = of_other @ result.mH
    both = product + product.mH
    return of_other, -(input2 @ both if upper else both @ input2)


@operation(Rule(method=False, title="CholeskySolve", batch="leading"), (("input", "input2"), solution_derivative))
def cholesky_solution(xp, input, input2, upper=False):
    """The solutions X of A @ X = input, for a triangular factor of A."""
    turned = adjoint(xp, input2)
    first, second = (turned, input2) if upper else (input2, turned)
    return solved(xp, second, solved(xp, first, input, False), True)


def cholesky_solve(input, input2, upper=False, *, out=None):
    """The solutions X of A @ X = input, where A = L @ L.mH for the factor L = input2, or R.mH @ R for `upper`."""
    if input.ndim < 2:
        raise RuntimeError(f"b should have at least 2 dimensions, but has {input.ndim} dimensions instead")
    if input2.ndim < 2:
        raise RuntimeError(f"u should have at least 2 dimensions, but has {input2.ndim} dimensions instead")
    need_two("cholesky_solve", input, input2, "{}{}")
    need_square("", input2)
    need_rows(input, input2)
    need_kernel("cholesky_solve_cpu", input)
    found = cholesky_solution(input, input2, upper)
    return found if out is None else given_castable("cholesky_solve", out, found.contiguous())


def inverse_derivative(grad, input, upper, result):
    """Of X = (L L^H)^-1: gL = -X (gX + gX^H) X L."""
    both = result @ (grad + grad.mH) @ result
    return -(input @ both if upper else both @ input)


@operation(
    Rule(method=False, title="CholeskyInverse", batch="leading"),
    input=lambda grad, input, upper, result: inverse_derivative(grad, input, upper, result),
)
def cholesky_inverted(xp, input, upper=False):
    """The inverse of A, for a triangular factor of A."""
    size = input.shape[-1]
    turned = adjoint(xp, input)
    first, second = (turned, input) if upper else (input, turned)
    unit = xp.broadcast_to(xp.eye(size, dtype=input.dtype), input.shape)
    return solved(xp, second, solved(xp, first, unit, False), True)


def cholesky_inverse(input, upper=False, *, out=None):
    """The inverse of A, where A = L @ L.mH for the factor L = input, or R.mH @ R for `upper`."""
    need_square("cholesky_inverse", input)
    need_kernel("cholesky_inverse_out_cpu", input)
    found = cholesky_inverted(input, upper)
    return given_castable("cholesky_inverse", out, found)
