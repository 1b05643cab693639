"""The factors of Cholesky of Hermitian positive-definite matrices, and what is solved and inverted with them."""

from tinytorch import return_types
from tinytorch.deprecations import warn_once
from tinytorch.operation import Rule, operation
from tinytorch.ops.linalg.checks import (
    NOT_POSITIVE,
    check_codes,
    need_float,
    need_kernel,
    need_matrices,
    need_rows,
    need_square,
    same_type,
)  # fmt: skip
from tinytorch.ops.linalg.layouts import adjoint, by_columns
from tinytorch.ops.linalg.outputs import all_given, given, given_castable
from tinytorch.ops.linalg.triangular import linalg_solve_triangular, solved


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
    Rule(wide=True, method=False, outputs=("L", "info")),
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
    Rule(wide=True, method=False, title="Cholesky", outputs=("L", "info")),
    input=lambda grads, upper, L: cholesky_derivative(grads[0], upper, L),
)
def cholesky_old(xp, input, upper):
    """As `linalg_cholesky_ex`, under the name that PyTorch's older function gives its nodes."""
    return factor_of(xp, input, upper)


def torch_cholesky(input, upper=False, *, out=None):
    """The lower triangular factors L of L @ L.mH = input, or the upper ones R of R.mH @ R = input."""
    warn_once("cholesky")
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


@operation(Rule(wide=True, method=False, title="CholeskySolve"), (("input", "input2"), solution_derivative))
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
    same_type(input, input2)
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
    Rule(wide=True, method=False, title="CholeskyInverse"),
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
