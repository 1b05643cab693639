"""Eigenvalues and singular values, with their vectors."""

from tinytorch import dtypes, return_types
from tinytorch.batching import all_examples
from tinytorch.errors import LinAlgError
from tinytorch.modes import levels, mode
from tinytorch.operation import Rule, operation
from tinytorch.ops.compare import allclose, where
from tinytorch.ops.linalg.checks import need_float, need_kernel, need_matrices, need_square
from tinytorch.ops.linalg.inverse import solve_of
from tinytorch.ops.linalg.layouts import by_columns, diagonals, identity
from tinytorch.ops.linalg.outputs import all_castable, all_given, given, given_castable

NO_CONVERGENCE = "{}: The algorithm failed to converge because {}"
REPEATED = "the input matrix is ill-conditioned or has too many repeated eigenvalues."
NOT_FINITE = "the input matrix contained non-finite values."


def converged(name, words, compute, *arguments):
    """What NumPy's function gives, or PyTorch's error where it does not converge."""
    try:
        return compute(*arguments)
    except ValueError as error:  # NumPy's LinAlgError is one, on every device
        if type(error).__name__ != "LinAlgError":
            raise
        raise LinAlgError(NO_CONVERGENCE.format(name, words)) from error


def phase_free(name, turn):
    """Refuse a loss that depends on the phases of complex vectors, which are arbitrary."""
    turn = all_examples(turn.detach())
    if turn.device.type != "meta" and not allclose(turn, turn.new_zeros(turn.shape), 1e-2, 1e-2):
        raise RuntimeError(name)


PHASE = (
    "{}: The eigenvectors in the complex case are specified up to multiplication by e^{{i phi}}. The specified loss "
    "function depends on this quantity, so it is ill-defined."
)
SINGULAR_PHASE = (
    "svd_backward: The singular vectors in the complex case are specified up to multiplication by e^{i phi}. The "
    "specified loss function depends on this phase term, making it ill-defined."
)


def tracked(input):
    """Whether a gradient may be asked for, or a tangent."""
    return bool(levels) or (mode.grad and input.requires_grad)


# Hermitian matrices


def hermitian_derivative(grads, values, vectors):
    """V (diag(gL) + V^H gV / E) V^H with E_ij = L_j - L_i (Giles, 2008)."""
    of_values, of_vectors = grads
    if of_vectors is None:
        return (vectors * of_values.unsqueeze(-2)) @ vectors.mH
    turned = vectors.mH @ of_vectors
    if vectors.is_complex():
        phase_free(PHASE.format("linalg_eigh_backward"), diagonals(turned).imag)
    gaps = values.unsqueeze(-2) - values.unsqueeze(-1)
    unit = identity(values)
    middle = turned / (gaps + unit) * (1 - unit)
    if of_values is not None:
        middle = middle + of_values.diag_embed()
    return vectors @ middle @ vectors.mH


@operation(
    Rule(wide=True, method=False, outputs=("eigenvalues", "eigenvectors")),
    A=lambda grads, eigenvalues, eigenvectors: hermitian_derivative(grads, eigenvalues, eigenvectors),
)
def linalg_eigh(xp, A, UPLO="L", compute_v=True):
    """The eigenvalues in ascending order, and the eigenvectors, or none."""
    if not compute_v:
        values = converged("linalg.eigh", REPEATED, xp.linalg.eigvalsh, A, UPLO)
        return values, xp.zeros((0,), A.dtype)
    values, vectors = converged("linalg.eigh", REPEATED, xp.linalg.eigh, A, UPLO)
    return values, by_columns(xp, vectors)


def hermitian(input, UPLO, compute_v=True):
    """The two results, for what is not refused."""
    need_square("linalg.eigh", input)
    if UPLO.upper() not in ("L", "U"):
        raise RuntimeError(f"Expected UPLO argument to be 'L' or 'U', but got {UPLO}")
    need_kernel("linalg_eigh_cpu", input)
    return linalg_eigh(input, UPLO.upper(), compute_v or tracked(input))


def eigh(input, UPLO="L", *, out=None):
    """The eigenvalues of Hermitian matrices, in ascending order, and orthonormal eigenvectors as columns.

    The lower triangle of the input is read, or the upper one for "U".
    """
    results = hermitian(input, UPLO)
    return return_types.linalg_eigh(all_given("linalg_eigh", out, results))


def eigvalsh(input, UPLO="L", *, out=None):
    """The eigenvalues of Hermitian matrices, in ascending order."""
    values = hermitian(input, UPLO, compute_v=False)[0]
    return given("linalg_eigvalsh", out, values)


# Any square matrices


def eigen_derivative(grads, A, values, vectors):
    """V^-H (diag(gL) + (V^H gV - V^H V * real(diag(V^H gV))) / conj(E)) V^H (Boeddeker et al., 2017)."""
    of_values, of_vectors = grads
    if of_vectors is None:
        found = solve_of(vectors.mH, of_values.unsqueeze(-1) * vectors.mH)
    else:
        turned = vectors.mH @ of_vectors
        phase_free(PHASE.format("linalg_eig_backward"), diagonals(turned).imag)
        gaps = (values.unsqueeze(-2) - values.unsqueeze(-1)).conj()
        unit = identity(values)
        middle = turned - vectors.mH @ (vectors * diagonals(turned).real.unsqueeze(-2))
        middle = middle / (gaps + unit) * (1 - unit)
        if of_values is not None:
            middle = middle + of_values.diag_embed()
        found = solve_of(vectors.mH, middle @ vectors.mH)
    return found if A.is_complex() else found.real


@operation(
    Rule(wide=True, method=False, outputs=("eigenvalues", "eigenvectors")),
    input=lambda grads, input, eigenvalues, eigenvectors: eigen_derivative(grads, input, eigenvalues, eigenvectors),
)
def linalg_eig(xp, input):
    """The eigenvalues and the eigenvectors, as complex numbers."""
    values, vectors = xp.eigenvectors(input)
    return values, by_columns(xp, vectors)


def check_eig(name, input):
    """Refuse what has no eigenvalues by its shape or dtype, or has numbers that are not finite."""
    need_square(name, input)
    if input.dtype.category < dtypes.FLOAT:
        raise RuntimeError(f"Unknown Complex ScalarType for {input.dtype.title}")
    need_kernel("linalg_eig_out_cpu", input)
    if input.device.type != "meta" and not all_examples(input.detach().isfinite()).all():
        raise RuntimeError(f"torch.{name}: input tensor should not contain infs or NaNs.")


def eig(input, *, out=None):
    """The eigenvalues of square matrices, in no order, and eigenvectors of length 1 as columns; both are complex."""
    check_eig("linalg.eig", input)
    results = linalg_eig(input)
    return return_types.linalg_eig(all_castable("torch.linalg.eig", out, results, ("eigenvalues", "eigenvectors")))


@operation(Rule(wide=True, method=False))
def linalg_eigvals(xp, input):
    """The eigenvalues, as complex numbers, where no gradient is wanted."""
    return xp.eigenvalues(input)


def eigvals(input, *, out=None):
    """The eigenvalues of square matrices, in no order, as complex numbers."""
    check_eig("linalg.eigvals", input)
    values = linalg_eig(input)[0] if tracked(input) else linalg_eigvals(input)
    return given_castable("torch.linalg.eigvals", out, values, "eigenvalues")


# Singular values


def singular_derivative(grads, U, S, Vh, full):
    """U ((skew(U^H gU) / E) S + S (skew(V^H gV) / E) + diag(gS)) V^H with E_ij = S_j^2 - S_i^2 (Townsend, 2016).

    Where U or V is no square, what lies beside its columns adds (1 - U U^H) gU S^-1 V^H, and the like of V.
    """
    of_U, of_S, of_Vh = grads
    least = S.shape[-1]
    if full:
        U, Vh = U.narrow(-1, 0, least), Vh.narrow(-2, 0, least)
        of_U = None if of_U is None else of_U.narrow(-1, 0, least)
        of_Vh = None if of_Vh is None else of_Vh.narrow(-2, 0, least)
    if of_U is None and of_Vh is None:
        return (U * of_S.unsqueeze(-2)) @ Vh
    rows, columns = U.shape[-2], Vh.shape[-1]
    turned_U = None if of_U is None else U.mH @ of_U
    turned_V = None if of_Vh is None else Vh @ of_Vh.mH
    if U.is_complex():
        turns = [diagonals(each).imag for each in (turned_U, turned_V) if each is not None]
        phase_free(SINGULAR_PHASE, turns[0] if len(turns) == 1 else turns[0] + turns[1])
    squares, unit = S * S, identity(S)
    gaps = squares.unsqueeze(-2) - squares.unsqueeze(-1) + unit
    middle = None if of_S is None else of_S.diag_embed()
    if turned_U is not None:
        part = (turned_U - turned_U.mH) / gaps * S.unsqueeze(-2)
        if U.is_complex():
            part = part * (1 - unit) + (1j * diagonals(turned_U).imag / where(S == 0, 1, S)).diag_embed()
        middle = part if middle is None else middle + part
    if turned_V is not None:
        part = S.unsqueeze(-1) * ((turned_V - turned_V.mH) / gaps)
        part = part * (1 - unit) if U.is_complex() else part
        middle = part if middle is None else middle + part
    found = U @ middle @ Vh
    if of_U is not None and rows > least:
        beside = (of_U - U @ turned_U) / S.unsqueeze(-2)
        found = found + beside @ Vh
    if of_Vh is not None and columns > least:
        beside = (of_Vh - turned_V.mH @ Vh) / S.unsqueeze(-1)
        found = found + U @ beside
    return found


@operation(
    Rule(wide=True, method=False, outputs=("U", "S", "Vh")),
    A=lambda grads, full_matrices, U, S, Vh: singular_derivative(grads, U, S, Vh, full_matrices),
)
def linalg_svd(xp, A, full_matrices=True, compute_uv=True):
    """U, the singular values in descending order, and Vh, or the values alone."""
    if not compute_uv:
        nothing = xp.zeros((0,), A.dtype)
        return nothing, converged("linalg.svd", NOT_FINITE, singular_values, xp, A), nothing
    U, S, Vh = converged("linalg.svd", NOT_FINITE, xp.linalg.svd, A, full_matrices)
    return by_columns(xp, U), S, by_columns(xp, Vh)


def singular_values(xp, A):
    """The singular values as an array."""
    return xp.linalg.svd(A, compute_uv=False)


def singular(A, full_matrices, compute_uv=True, driver=None):
    """The three results, for what is not refused."""
    need_matrices("linalg.svd", A)
    if driver is not None and A.device.type == "cpu":
        raise RuntimeError(
            "torch.linalg.svd: keyword argument `driver=` is only supported on CUDA inputs with cuSOLVER backend."
        )
    need_float("linalg.svd", A)
    need_kernel("linalg_svd_cpu", A)
    return linalg_svd(A, full_matrices, compute_uv or tracked(A))


def svd(A, full_matrices=True, *, driver=None, out=None):
    """U, S and Vh with U @ diag(S) @ Vh = A; the singular values S are in descending order.

    U and Vh are square, or without `full_matrices` have as many columns and rows as there are singular values.
    """
    results = singular(A, full_matrices, True, driver)
    return return_types.linalg_svd(all_given("linalg_svd", out, results))


def svdvals(A, *, driver=None, out=None):
    """The singular values, in descending order."""
    values = singular(A, False, False, driver)[1]
    return given("linalg_svdvals", out, values)


def torch_svd(input, some=True, compute_uv=True, *, out=None):
    """U, S and V with U @ diag(S) @ V.mH = input; without `compute_uv` U and V are zeros."""
    if input.ndim < 2:
        raise RuntimeError(
            f"linalg.svd: input should have at least 2 dimensions, but has {input.ndim} dimensions instead"
        )
    if compute_uv:
        U, S, Vh = singular(input, not some)
        results = (U, S, Vh.mH)
    else:
        *lead, rows, columns = input.shape
        S = singular(input, False, False)[1]
        results = input.new_zeros((*lead, rows, rows)), S, input.new_zeros((*lead, columns, columns)).mT
    return return_types.svd(all_given("svd", out, results))
