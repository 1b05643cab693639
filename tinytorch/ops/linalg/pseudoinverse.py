"""What a matrix that has no inverse has instead: its rank, its pseudoinverse, the least squares, and a few vectors."""

from tinytorch import dtypes, return_types
from tinytorch.operation import Rule, operation
from tinytorch.ops.compare import where
from tinytorch.ops.create import full
from tinytorch.ops.linalg.checks import need_kernel, need_matrices, need_square
from tinytorch.ops.linalg.layouts import adjoint, is_vector, joined
from tinytorch.ops.linalg.outputs import all_castable, given_castable
from tinytorch.ops.linalg.qr import qr
from tinytorch.ops.linalg.spectrum import NOT_FINITE, converged, eigvalsh, svd, svdvals
from tinytorch.ops.random import randn
from tinytorch.tensor import Tensor


def pseudo_derivative(grad, A, result):
    """-P^H G P^H + (1 - A P) G^H P P^H + P^H P G^H (1 - P A) (Golub and Pereyra, 1973)."""
    P, turned, G = result, result.mH, grad.mH
    if A.shape[-2] <= A.shape[-1]:
        K = G @ P
        outer = K @ turned
        return -(P @ K).mH + outer - (A @ P) @ outer + (turned @ P) @ (G - K @ A)
    K = P @ G
    outer = turned @ K
    return -(K @ P).mH + ((G - A @ K) @ P) @ turned + outer - (outer @ P) @ A


def above(xp, values, atol, rtol):
    """Which of the sizes are more than atol, and than rtol times the largest."""
    largest = (
        xp.amax(values, -1, keepdims=True) if values.shape[-1] else xp.zeros((*values.shape[:-1], 1), values.dtype)
    )
    return xp.greater(values, xp.maximum(xp.multiply(largest, rtol[..., None]), atol[..., None]))


def tolerances(input, atol, rtol):
    """Both tolerances as tensors: without an rtol it is eps * the longer side, and 0 where there is a positive atol."""
    dtype = input.dtype.to_real()
    settled = 0.0 if atol is None else atol
    if rtol is None:
        rtol = dtypes.finfo(dtype).eps * max(input.shape[-2:])
        if isinstance(atol, Tensor):
            rtol = where(atol > 0, 0.0, rtol)
        elif settled > 0:
            rtol = 0.0
    return [
        each.to(dtype) if isinstance(each, Tensor) else full((), each, dtype=dtype, device=input.device)
        for each in (settled, rtol)
    ]


@operation(
    Rule(wide=True, method=False, operands=("input", "atol", "rtol")),
    input=lambda grad, input, result: pseudo_derivative(grad, input, result),
)
def linalg_pinv(xp, input, atol, rtol, hermitian=False):
    """The inverse on the space of the singular vectors whose values are above the tolerances, and 0 elsewhere."""
    if hermitian:
        values, vectors = converged("linalg.eigh", NOT_FINITE, xp.linalg.eigh, input)
        U, S, Vh = vectors, xp.absolute(values), adjoint(xp, vectors)
        signs = xp.sign(values)
    else:
        U, S, Vh = converged("linalg.svd", NOT_FINITE, xp.linalg.svd, input, False)
        signs = 1
    kept = above(xp, S, atol, rtol)
    factors = xp.where(kept, xp.divide(signs, xp.where(kept, S, xp.ones((), S.dtype))), xp.zeros((), S.dtype))
    return xp.ascontiguousarray(xp.matmul(xp.multiply(adjoint(xp, Vh), factors[..., None, :]), adjoint(xp, U)))


def pinv(input, rcond=None, hermitian=False, *, atol=None, rtol=None, out=None):
    """The pseudoinverse (Moore, 1920; Penrose, 1955), in which singular values up to max(atol, rtol * the largest)
    count as 0: (..., n, m) -> (..., m, n).

    Without tolerances rtol is eps * max(n, m); `rcond` is an older name of rtol.
    """
    if input.ndim < 2 or input.dtype.category < dtypes.FLOAT or input.dtype.numpy in dtypes.HALVES:
        raise RuntimeError(
            f"linalg.pinv({input.dtype.title}{{{list(input.shape)}}}): expected a tensor with 2 or more dimensions of "
            "float, double, cfloat or cdouble types"
        )
    if hermitian:
        need_square("linalg.eigh", input)
    if rcond is not None:
        atol, rtol = 0.0, rcond
    found = linalg_pinv(input, *tolerances(input, atol, rtol), hermitian)
    return given_castable("linalg.pinv", out, found)


def pinverse(input, rcond=1e-15):
    """The pseudoinverse, in which singular values up to rcond * the largest count as 0."""
    return pinv(input, rcond)


@operation(Rule(wide=True, method=False))
def rank_of(xp, input, atol, rtol):
    """How many of the sizes of singular values or eigenvalues are above the tolerances."""
    return xp.sum(above(xp, xp.absolute(input), atol, rtol), -1, "int64", None, False)


def matrix_rank(input, tol=None, hermitian=False, *, atol=None, rtol=None, out=None):
    """How many singular values are above max(atol, rtol * the largest); `tol` is an older name of atol.

    Without tolerances rtol is eps times the longer side.
    """
    need_matrices("torch.linalg.matrix_rank", input, "input")
    if input.dtype.category < dtypes.FLOAT or input.dtype.numpy in dtypes.HALVES:
        raise RuntimeError("This function doesn't handle types other than float and double")
    if tol is not None:
        atol, rtol = tol, 0.0
    input = input.detach()
    sizes = eigvalsh(input) if hermitian else svdvals(input)
    found = rank_of(sizes, *tolerances(input, atol, rtol))
    return given_castable("torch.linalg.matrix_rank", out, found)


# Least squares


DRIVERS = ("gels", "gelsy", "gelsd", "gelss")


def squares_derivative(grads, input, b, vector, solution, needed):
    """Through X = pinv(A) B, and through the squares of A X - B."""
    of_solution, of_squares = grads[:2]
    other, found = (b.unsqueeze(-1), solution.unsqueeze(-1)) if vector else (b, solution)
    of_input = of_other = None
    if of_solution is not None:
        grad = of_solution.unsqueeze(-1) if vector else of_solution
        inverse = pinv(input)
        of_input = pseudo_derivative(grad @ other.mH, input, inverse)
        of_other = inverse.mH @ grad
    if of_squares is not None and of_squares.numel():
        error = (input @ found - other) * of_squares.unsqueeze(-2) * 2
        through = error @ found.mH
        of_input = through if of_input is None else of_input + through
        of_other = -error if of_other is None else of_other - error
    if vector and of_other is not None:
        of_other = of_other.squeeze(-1)
    return of_input, of_other


@operation(
    Rule(wide=True, method=False, outputs=("solution", "residuals", "rank", "_singular_values")),
    (("input", "b"), squares_derivative),
)
def linalg_lstsq(xp, input, b, rcond, driver, vector):
    """The X of the smallest norm for which A @ X is nearest to B, by way of singular values for every driver."""
    input, other = joined(xp, input, b[..., None] if vector else b)
    rows, columns = input.shape[-2:]
    U, S, Vh = converged("linalg.lstsq", NOT_FINITE, xp.linalg.svd, input, False)
    kept = above(xp, S, xp.zeros((), S.dtype), xp.asarray(rcond, S.dtype))
    factors = xp.where(kept, xp.divide(1, xp.where(kept, S, xp.ones((), S.dtype))), xp.zeros((), S.dtype))
    inner = xp.multiply(factors[..., None], xp.matmul(adjoint(xp, U), other))
    found = xp.matmul(adjoint(xp, Vh), inner)
    longer = xp.zeros((*found.shape[:-2], found.shape[-1], max(rows, columns)), found.dtype)
    longer[..., :columns] = found.swapaxes(-1, -2)  # LAPACK leaves the solution in the place of the right side
    found = longer[..., :columns].swapaxes(-1, -2)
    rank = xp.sum(kept, -1, "int64", None, False)
    nothing = xp.zeros((0,), S.dtype)
    residuals = nothing
    if rows > columns and driver != "gelsy" and (driver == "gels" or full_rank(xp, rank, columns)):
        error = xp.absolute(xp.subtract(xp.matmul(input, found), other))
        residuals = xp.sum(xp.multiply(error, error), -2, None, None, False)
    values = S if driver in ("gelsd", "gelss") else nothing
    rank = xp.zeros((0,), "int64") if driver == "gels" else rank
    return found[..., 0] if vector else found, residuals, rank, values


def full_rank(xp, rank, columns):
    """Whether all matrices have full rank; a meta tensor, which has no values, is taken to have it."""
    return not xp.anywhere(xp.not_equal(rank, columns))


def lstsq(input, b, rcond=None, *, driver=None, out=None):
    """The X for which A @ X is nearest to B, and of all such X the one of the smallest norm.

    Besides it gives the sums of the squares of A @ X - B, where there are more rows than columns, all of which count;
    the ranks, and the singular values, as the `driver` of LAPACK gives them: "gelsy", "gels", "gelsd" or "gelss".
    Singular values up to rcond * the largest count as 0; `rcond` is eps * the longer side.
    """
    name = "torch.linalg.lstsq"
    if input.ndim < 2:
        raise RuntimeError(f"{name}: input must have at least 2 dimensions.")
    if b.ndim < 1:
        raise RuntimeError(f"{name}: other must have at least 1 dimension.")
    if input.dtype is not b.dtype:
        raise RuntimeError(
            f"{name}: Expected input and other to have the same dtype, but got input's dtype {input.dtype.title} and "
            f"other's dtype {b.dtype.title}"
        )
    if driver is not None and driver not in DRIVERS:
        raise RuntimeError(f"{name}: parameter `driver` should be one of (gels, gelsy, gelsd, gelss)")
    vector = is_vector(input.shape, b.shape)
    if input.shape[-2] != b.shape[-1 if vector else -2]:
        side = "-1" if vector else "-2"
        raise RuntimeError(f"{name}: input.size(-2) should match other.size({side})")
    need_kernel("linalg_lstsq_cpu", input)
    driver = driver or "gelsy"
    if rcond is None or driver == "gels":  # which takes the rank to be full
        rcond = dtypes.finfo(input.dtype).eps * max(input.shape[-2:]) if input.dtype.category >= dtypes.FLOAT else 0.0
    results = linalg_lstsq(input, b, rcond, driver, vector)
    return return_types.linalg_lstsq(
        all_castable("torch.linalg.lstsq", out, results, ("solution", "residuals", "rank", "singular_values"))
    )


# A few singular vectors of a large matrix (Halko, Martinsson and Tropp, 2009)


def approximate_basis(A, q, niter, M):
    """Q with q orthonormal columns, whose space is nearly that of A - M."""

    def times(matrix, subtracted, other):
        product = matrix @ other
        return product if subtracted is None else product - subtracted @ other

    transposed = None if M is None else M.mH
    Q = qr(times(A, M, randn(A.shape[-1], q, dtype=A.dtype, device=A.device)))[0]
    for _ in range(niter):
        Q = qr(times(A.mH, transposed, Q))[0]
        Q = qr(times(A, M, Q))[0]
    return Q


def svd_lowrank(A, q=6, niter=2, M=None):
    """U, S and V with U @ diag(S) @ V.mH nearly A - M, for its q largest singular values; it draws random numbers."""
    q, niter = 6 if q is None else q, 2 if niter is None else niter
    wide = A.shape[-2] < A.shape[-1]
    M = None if M is None else M.broadcast_to(A.shape)
    if wide:
        A, M = A.mH, None if M is None else M.mH
    Q = approximate_basis(A, q, niter, M)
    B = Q.mH @ A
    B = B if M is None else B - Q.mH @ M
    U, S, Vh = svd(B, full_matrices=False)
    U, V = Q @ U, Vh.mH
    return (V, S, U) if wide else (U, S, V)


def pca_lowrank(A, q=None, center=True, niter=2):
    """U, S and V of the principal components of the rows of A, whose mean is subtracted first if `center`."""
    rows, columns = A.shape[-2:]
    if q is None:
        q = min(6, rows, columns)
    elif not 0 <= q <= min(rows, columns):
        raise ValueError(f"q(={q}) must be non-negative integer and not greater than min(m, n)={min(rows, columns)}")
    if niter < 0:
        raise ValueError(f"niter(={niter}) must be non-negative integer")
    if center:
        A = A - A.mean((-2,), True)
    return svd_lowrank(A, q, niter)
