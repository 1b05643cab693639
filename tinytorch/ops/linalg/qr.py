"""Orthonormal bases: the factors Q and R, and products of reflections, as LAPACK writes them."""

from tinytorch import return_types
from tinytorch.deprecations import warn_once
from tinytorch.operation import Rule, operation
from tinytorch.ops.create import eye
from tinytorch.ops.join import cat
from tinytorch.ops.linalg.checks import need_float, need_kernel, need_matrices
from tinytorch.ops.linalg.layouts import adjoint, by_columns, diagonals
from tinytorch.ops.linalg.outputs import all_castable, all_given, given, given_castable
from tinytorch.ops.linalg.triangular import linalg_solve_triangular

DTYPES = (
    "torch.ormqr: Expected input and result to have the same dtype, but input has dtype{0} and result has dtype {1}"
)
MODES = ("reduced", "complete", "r")


def halved(matrices):
    """X + X^H with the real part of X in the diagonal."""
    both = matrices + matrices.mH
    return both - (diagonals(both) * 0.5).diag_embed()


def factors_derivative(of_Q, of_R, Q, R, mode):
    """(gQ + Q * halved(triu(gR R^H - Q^H gQ))) R^-H (Walter and Lehmann, 2018); of a wide matrix the columns behind
    the square are Q^H times those of A.
    """
    if mode == "r":
        raise RuntimeError(
            "The derivative of linalg.qr depends on Q, which is not computed when mode='r'. Please use "
            "linalg.qr(A, mode='reduced') if you are going to differentiate through linalg.qr."
        )
    rows, columns = Q.shape[-2], R.shape[-1]
    if mode == "complete" and rows > columns:
        raise RuntimeError("The QR decomposition is not differentiable when mode='complete' and nrows > ncols.")
    square, rest = R, None
    of_square = of_R
    if columns > rows:
        square = R.narrow(-1, 0, rows)
        if of_R is not None:
            of_square, behind = of_R.narrow(-1, 0, rows), of_R.narrow(-1, rows, columns - rows)
            rest = Q @ behind
            through = rest.new_zeros(Q.shape) + Q @ (R.narrow(-1, rows, columns - rows) @ behind.mH)
            of_Q = through if of_Q is None else of_Q + through
        else:
            rest = R.new_zeros((*R.shape[:-1], columns - rows))
    middle = None if of_square is None else of_square @ square.mH
    if of_Q is not None:
        turned = Q.mH @ of_Q
        middle = -turned if middle is None else middle - turned
    found = Q @ halved(middle.triu())
    found = found if of_Q is None else found + of_Q
    found = linalg_solve_triangular(square.mH, found, upper=False, left=False)
    return found if rest is None else cat([found, rest], -1)


@operation(
    Rule(wide=True, method=False, outputs=("Q", "R")),
    A=lambda grads, mode, Q, R: factors_derivative(*grads, Q, R, mode),
)
def linalg_qr(xp, A, mode="reduced"):
    """The factors of Q @ R = A."""
    if mode == "r":
        return xp.zeros((0,), A.dtype), by_columns(xp, xp.linalg.qr(A, "r"))
    return tuple([by_columns(xp, each) for each in xp.linalg.qr(A, mode)])


def qr(A, mode="reduced", *, out=None):
    """Q with orthonormal columns and an upper triangular R, with Q @ R = A: (..., n, m) -> (..., n, k), (..., k, m).

    k is the smaller of n and m, with "complete" it is n; with "r" there is no Q.
    """
    return return_types.linalg_qr(orthonormal(A, mode, out))


def torch_qr(input, some=True, *, out=None):
    """The factors Q and R, as `linalg.qr`; with `some` false, of the mode "complete"."""
    warn_once("qr")
    return return_types.qr(orthonormal(input, "reduced" if some else "complete", out))


def orthonormal(A, mode, out):
    """The two factors, or `out` with them."""
    need_matrices("linalg.qr", A)
    if mode not in MODES:
        raise RuntimeError(
            f"qr received unrecognized mode '{mode}' but expected one of 'reduced' (default), 'r', or 'complete'"
        )
    need_float("linalg.qr", A)
    need_kernel("geqrf_cpu", A)
    results = linalg_qr(A, mode)
    return all_given("linalg_qr", out, results)


# Reflections: H_i = 1 - tau_i v_i v_i^H, and H_1 H_2 ... = 1 - V T V^H (Schreiber and Van Loan, 1989)


def no_derivative(grads):
    """PyTorch has none."""
    raise NotImplementedError("the derivative for 'geqrf' is not implemented.")


@operation(Rule(wide=True, method=False, title="Geqrf", outputs=("a", "tau")), input=no_derivative)
def reflections_of(xp, input):
    """R above the vectors of the reflections, and their factors."""
    a, tau = xp.linalg.qr(input, "raw")
    return by_columns(xp, a.swapaxes(-1, -2)), xp.ascontiguousarray(tau)


def geqrf(input, *, out=None):
    """R in the upper triangle of `a`, below it the vectors of the reflections whose product is Q, and their `tau`.

    It has no derivative.
    """
    if input.ndim < 2:
        raise RuntimeError("torch.geqrf: input must have at least 2 dimensions.")
    need_kernel("geqrf_cpu", input)
    results = reflections_of(input)
    return return_types.geqrf(all_castable("torch.geqrf", out, results, ("a", "tau")))


def check_reflections(name, input, tau, other=None):
    """Refuse what are no reflections."""
    if input.ndim < 2:
        raise RuntimeError(f"{name}: input must have at least 2 dimensions.")
    if other is None and input.shape[-2] < input.shape[-1]:
        raise RuntimeError(f"{name}: input.shape[-2] must be greater than or equal to input.shape[-1]")
    if other is None and input.shape[-1] < tau.shape[-1]:
        raise RuntimeError(f"{name}: input.shape[-1] must be greater than or equal to tau.shape[-1]")
    if input.ndim - tau.ndim != 1:
        raise RuntimeError(
            f"{name}: Expected tau to have one dimension less than input, but got tau.ndim equal to {tau.ndim} and "
            f"input.ndim is equal to {input.ndim}"
        )
    if tau.shape[:-1] != input.shape[:-2]:
        raise RuntimeError(
            f"{name}: Expected batch dimensions of tau to be equal to input.shape[:-2], but got {list(tau.shape[:-1])}"
        )
    if tau.dtype is not input.dtype:
        raise RuntimeError(f"{name}: tau dtype {tau.dtype.title} does not match input dtype {input.dtype.title}")


def vectors(xp, input, tau):
    """V, with ones in the diagonal and zeros above it, and T = D (1 + triu(V^H V, 1) D)^-1 with D = diag(tau)."""
    rows, count = input.shape[-2], tau.shape[-1]
    unit = xp.eye(rows, count, dtype=input.dtype)
    V = xp.add(xp.tril(input[..., :, :count], -1), unit)
    scaled = xp.multiply(xp.triu(xp.matmul(adjoint(xp, V), V), 1), tau[..., None, :])
    inner = xp.broadcast_to(xp.eye(count, dtype=input.dtype), scaled.shape)
    inverse = xp.solve_triangular(scaled, inner, True, True)
    return V, xp.multiply(tau[..., None], inverse)


def vectors_of(input, tau):
    """The same two matrices, as tensors, and the two that their derivatives need besides."""
    rows, count = input.shape[-2], tau.shape[-1]
    V = input.narrow(-1, 0, count).tril(-1) + eye(rows, count, dtype=input.dtype, device=input.device)
    above = (V.mH @ V).triu(1)
    inner = eye(count, dtype=input.dtype, device=input.device).expand(above.shape)
    inverse = linalg_solve_triangular(above * tau.unsqueeze(-2), inner, upper=True, unitriangular=True)
    return V, above, inverse, tau.unsqueeze(-1) * inverse


def reflected_derivative(grad, input, tau):
    """The gradients of the vectors and factors of Q = 1 - V T V^H, of which some columns are given."""
    columns = grad.shape[-1]
    V, above, inverse, T = vectors_of(input, tau)
    head = V.narrow(-2, 0, columns)
    of_V = -(grad @ (head @ T.mH))
    of_head = -(grad.mH @ (V @ T))
    of_head = cat([of_head, of_head.new_zeros((*V.shape[:-2], V.shape[-2] - columns, V.shape[-1]))], -2)
    of_T = -(V.mH @ (grad @ head))
    of_inner = -(T.mH @ (of_T @ inverse.mH))
    of_tau = diagonals(of_T @ inverse.mH) + diagonals(above.mH @ of_inner)
    of_above = (of_inner * tau.conj().unsqueeze(-2)).triu(1)
    of_V = of_V + of_head + V @ (of_above + of_above.mH)
    count = tau.shape[-1]
    of_input = of_V.tril(-1)
    if input.shape[-1] > count:
        of_input = cat([of_input, of_input.new_zeros((*input.shape[:-1], input.shape[-1] - count))], -1)
    return of_input, of_tau


@operation(
    Rule(wide=True, method=False),
    (("input", "tau"), lambda grad, input, tau, needed: reflected_derivative(grad, input, tau)),
)
def linalg_householder_product(xp, input, tau):
    """The first columns of the product of reflections."""
    V, T = vectors(xp, input, tau)
    rows, columns = input.shape[-2:]
    head = adjoint(xp, V[..., :columns, :])
    product = xp.matmul(V, xp.matmul(T, head))
    return by_columns(xp, xp.subtract(xp.eye(rows, columns, dtype=input.dtype), product))


def householder_product(input, tau, *, out=None):
    """The first columns of the product of the reflections that `geqrf` gives: (..., n, m), (..., k) -> (..., n, m)."""
    check_reflections("torch.linalg.householder_product", input, tau)
    need_kernel("orgqr_cpu", input)
    found = linalg_householder_product(input, tau)
    return given_castable("torch.linalg.householder_product", out, found)


def orgqr(input, input2, *, out=None):
    """The first columns of the product of the reflections that `geqrf` gives, as `linalg.householder_product`."""
    return householder_product(input, input2, out=out)


def product_derivative(grad, input, tau, other, left, transpose, needed):
    """The gradient of the product's factor, and through Q those of its reflections."""
    of_other = reflected_product(input, tau, grad, left, not transpose) if needed[2] else None
    if not (needed[0] or needed[1]):
        return None, None, of_other
    of_Q = grad @ other.mH if left else other.mH @ grad
    return *reflected_derivative(of_Q.mH if transpose else of_Q, input, tau), of_other


@operation(
    Rule(wide=True, method=False, title="Ormqr", operands=("input", "tau", "other")),
    (("input", "tau", "other"), product_derivative),
)
def reflected_product(xp, input, tau, other, left=True, transpose=False):
    """Q @ other or other @ Q, with Q or its adjoint, for the reflections whose product Q is."""
    V, T = vectors(xp, input, tau)
    T = adjoint(xp, T) if transpose else T
    if left:
        change = xp.matmul(V, xp.matmul(T, xp.matmul(adjoint(xp, V), other)))
    else:
        change = xp.matmul(xp.matmul(xp.matmul(other, V), T), adjoint(xp, V))
    return by_columns(xp, xp.subtract(other, change))


def ormqr(input, input2, input3, left=True, transpose=False, *, out=None):
    """Q @ input3 or input3 @ Q, with Q or its adjoint: the product of the reflections that `geqrf` gives, all n of its
    columns.
    """
    name = "torch.ormqr"
    check_ormqr(name, input, input2, input3, left)
    need_kernel("ormqr_cpu", input)
    found = reflected_product(input, input2, input3, left, transpose)
    return given("ormqr", out, found, DTYPES)


def check_ormqr(name, input, tau, other, left):
    """Refuse reflections that do not fit together, or not what they are multiplied with."""
    if input.ndim < 2:
        raise RuntimeError(f"{name}: input must have at least 2 dimensions.")
    if other.ndim < 2:
        raise RuntimeError(f"{name}: other must have at least 2 dimensions.")
    side = -2 if left else -1
    least = min(other.shape[side], input.shape[-1])
    if other.shape[side] < tau.shape[-1]:
        raise RuntimeError(f"{name}: other.shape[{side}] must be greater than or equal to tau.shape[-1]")
    if tau.shape[-1] != least:
        raise RuntimeError(f"{name}: tau.shape[-1] must be equal to min(other.shape[{side}], input.shape[-1])")
    if other.shape[side] != input.shape[-2]:
        raise RuntimeError(f"{name}: other.shape[{side}] must be equal to input.shape[-2]")
    if tau.dtype is not input.dtype:
        raise RuntimeError(
            f"{name}: Expected input and tau to have the same dtype, but input has dtype{input.dtype.title} and tau "
            f"has dtype {tau.dtype.title}"
        )
    if other.dtype is not input.dtype:
        raise RuntimeError(
            f"{name}: Expected input and other to have the same dtype, but input has dtype{input.dtype.title} and "
            f"other has dtype {other.dtype.title}"
        )
