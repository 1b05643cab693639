"""The factors L @ D @ L.mT of symmetric matrices, which need not be positive-definite."""

from tinytorch import return_types
from tinytorch.operation import Rule, operation
from tinytorch.ops.linalg.checks import (
    UNFACTORED,
    check_codes,
    need_columns,
    need_float,
    need_kernel,
    need_matrices,
    need_square,
    same_type,
)  # fmt: skip
from tinytorch.ops.linalg.layouts import by_columns, joined
from tinytorch.ops.linalg.outputs import all_given, given


def no_derivative(name):
    """A derivative that PyTorch does not have either: a NotImplementedError when it is asked for."""

    def refuse(grads):
        raise NotImplementedError(f"derivative for aten::{name} is not implemented")

    return refuse


@operation(
    Rule(wide=True, method=False, title="NotImplemented", outputs=("LD", "pivots", "info")),
    input=no_derivative("linalg_ldl_factor_ex"),
)
def linalg_ldl_factor_ex(xp, input, hermitian=False):
    """L below the blocks of D in one matrix, LAPACK's exchanges of rows, and a code for each matrix."""
    factors, pivots, info = xp.ldl_factor(input, hermitian)
    return by_columns(xp, factors), pivots, info


def check_ldl(input):
    """Refuse what has no factors by its shape or dtype."""
    need_square("torch.linalg.ldl_factor_ex", input)
    need_float("torch.linalg.ldl_factor_ex", input)
    need_kernel("ldl_factor_kernel_cpu", input)


def ldl_factor_ex(input, *, hermitian=False, check_errors=False, out=None):
    """L and D with L @ D @ L.mT = input, of which the lower triangle is read, exchanges of rows, and codes.

    With `hermitian` it is L @ D @ L.mH. It has no derivative.
    """
    check_ldl(input)
    results = linalg_ldl_factor_ex(input, hermitian)
    if check_errors:
        check_codes("torch.linalg.ldl_factor_ex", results[2], UNFACTORED, RuntimeError)
    return return_types.linalg_ldl_factor_ex(all_given("linalg_ldl_factor_ex", out, results))


def ldl_factor(input, *, hermitian=False, out=None):
    """L and D with L @ D @ L.mT = input, of which the lower triangle is read, and exchanges of rows.

    With `hermitian` it is L @ D @ L.mH. A RuntimeError where a block of D is zero. It has no derivative.
    """
    check_ldl(input)
    factors, pivots, info = linalg_ldl_factor_ex(input, hermitian)
    check_codes("torch.linalg.ldl_factor", info, UNFACTORED, RuntimeError)
    results = (factors, pivots)
    return return_types.linalg_ldl_factor(all_given("linalg_ldl_factor", out, results))


@operation(
    Rule(wide=True, method=False, title="NotImplemented", operands=("LD", "B")),
    (("LD", "B"), lambda grad, needed: no_derivative("linalg_ldl_solve")(grad)),
)
def linalg_ldl_solve(xp, LD, pivots, B, hermitian=False):
    """The solutions X of A @ X = B for the factors of a symmetric matrix A."""
    LD, B = joined(xp, LD, B)
    return by_columns(xp, xp.ldl_solve(LD, xp.broadcast_to(pivots, LD.shape[:-1]), B, hermitian))


def ldl_solve(LD, pivots, B, *, hermitian=False, out=None):
    """The solutions X of A @ X = B for what `ldl_factor` gives of A. It has no derivative."""
    name = "torch.linalg.ldl_solve"
    need_square(name, LD)
    need_float(name, LD)
    need_matrices(name, B, "B")
    same_type(B, LD)
    need_kernel("ldl_solve_kernel_cpu", LD)
    need_columns(name, LD, B, True)
    found = linalg_ldl_solve(LD, pivots, B, hermitian)
    return given("linalg_ldl_solve", out, found)
