"""Systems of equations with triangular matrices."""

from tinytorch import return_types
from tinytorch.deprecations import warn_once
from tinytorch.operation import Rule, operation
from tinytorch.ops.linalg.checks import need_columns, need_kernel, need_matrices, need_rows, need_square, same_type
from tinytorch.ops.linalg.layouts import by_columns, joined
from tinytorch.ops.linalg.outputs import FOUND, all_given, given


def triangle_derivative(grad, input, result, upper, left, unitriangular, needed):
    """Of X = A^-1 B: gB = A^-H gX, and gA is the triangle of -gB X^H, in the orders that belong to A on the right."""
    of_other = linalg_solve_triangular(input.mH, grad, upper=not upper, left=left, unitriangular=unitriangular)
    if not needed[0]:
        return None, of_other
    product = -(of_other @ result.mH if left else result.mH @ of_other)
    diagonal = int(unitriangular)
    return product.triu(diagonal) if upper else product.tril(-diagonal), of_other


@operation(Rule(wide=True, method=False), (("input", "B"), triangle_derivative))
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
    Rule(wide=True, method=False, title="TriangularSolve", outputs=("solution", "cloned_coefficient")),
    (("input", "A"), old_triangle_derivative),
)
def triangular_solve_of(xp, input, A, upper, transpose, unitriangular):
    """The solutions of A @ X = input, or with the transposed A, and a copy of A."""
    input, A = joined(xp, input, A)
    turned = A.swapaxes(-1, -2) if transpose else A
    return solved(xp, turned, input, upper != transpose, True, unitriangular), by_columns(xp, A.copy())


def triangular_solve(input, A, upper=True, transpose=False, unitriangular=False, *, out=None):
    """The solutions X of A @ X = input, or with the transposed A, and a copy of A, which is triangular."""
    warn_once("triangular_solve")
    for title, each in (("b", input), ("A", A)):
        if each.ndim < 2:
            raise RuntimeError(
                f"torch.triangular_solve: Expected {title} to have at least 2 dimensions, but it has {each.ndim} "
                "dimensions instead"
            )
    same_type(input, A)
    need_square("", A)
    need_rows(input, A)
    need_kernel("triangular_solve_cpu", A)
    results = triangular_solve_of(input, A, upper, transpose, unitriangular)
    return return_types.triangular_solve(all_given("triangular_solve", out, results))
