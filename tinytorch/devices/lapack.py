"""Matrices on the CPU beyond NumPy: LAPACK's factorizations, and results with a code for each matrix that has none.

Each function takes any number of leading dimensions. A code is 0, or the place of the pivot or minor that failed,
counted from 1. NumPy computes a whole batch in one call; SciPy, which is imported at first use, one matrix at a time.
"""

import math

import numpy

__all__ = ["own"]


silent = numpy.errstate(over="ignore")  # NumPy computes in double precision, and warns when it casts what is too large


@silent
def determinant(input):
    """The determinants."""
    return numpy.linalg.det(input)


@silent
def inverse(input):
    """The inverses, and the codes."""
    try:
        return numpy.linalg.inv(input), codes(input)
    except numpy.linalg.LinAlgError:
        identity = numpy.broadcast_to(numpy.eye(input.shape[-1], dtype=input.dtype), input.shape)
        return solve_regular(input, identity)


@silent
def solve(input, other):
    """The solutions X of input @ X = other, and the codes."""
    try:
        return numpy.linalg.solve(input, other), codes(input)
    except numpy.linalg.LinAlgError:
        return solve_regular(input, other)


def solve_regular(input, other):
    """The solutions where there are some, and nan for matrices that are singular."""
    diagonal = lu_factor(input)[0].diagonal(0, -2, -1) == 0
    info = numpy.where(diagonal.any(-1), diagonal.argmax(-1) + 1, 0).astype(numpy.int32)
    found = numpy.full(other.shape, numpy.nan, other.dtype)
    found[info == 0] = numpy.linalg.solve(input[info == 0], other[info == 0])
    return found, info


def codes(input):
    """The code 0 for each matrix."""
    return numpy.zeros(input.shape[:-2], numpy.int32)


def cholesky_factor(input):
    """The lower triangular factors L of L @ L.mH, of which the lower triangle of the input is read, and the codes."""
    try:
        return numpy.linalg.cholesky(input), codes(input)
    except numpy.linalg.LinAlgError:
        (potrf,) = routines(input, "potrf")
        found, info = numpy.empty(input.shape, input.dtype), codes(input)
        for index in numpy.ndindex(input.shape[:-2]):
            found[index], info[index] = potrf(input[index], lower=1)
        return found, info


def lu_factor(input):
    """L below and U above the diagonal, in one array, and which row, from 1 on, each row was exchanged with."""
    *lead, rows, columns = input.shape
    found, pivots = numpy.empty(input.shape, input.dtype), numpy.empty((*lead, min(rows, columns)), numpy.int32)
    if input.size:
        (getrf,) = routines(input, "getrf")
        for index in numpy.ndindex(*lead):
            found[index], pivots[index], _ = getrf(input[index])
    return found, pivots + 1


def row_order(pivots, rows):
    """Which row of a matrix each row of L @ U is, for exchanges of rows that were made one after the other."""
    lead = pivots.shape[:-1]
    count = math.prod(lead)
    order = numpy.tile(numpy.arange(rows), (count, 1))
    every = numpy.arange(count)
    for place, other in enumerate(pivots.reshape(count, pivots.shape[-1]).T - 1):
        order[every, place], order[every, other] = order[every, other], order[every, place]
    return order.reshape(*lead, rows)


def solve_triangular(input, other, upper, unitriangular):
    """The solutions X of input @ X = other, of which one triangle of the input is read."""
    found = numpy.empty(other.shape, other.dtype)
    if other.size:
        from scipy.linalg import get_blas_funcs

        (trsm,) = get_blas_funcs(("trsm",), dtype=input.dtype)
        for index in numpy.ndindex(input.shape[:-2]):
            found[index] = trsm(1, input[index], other[index], lower=not upper, diag=unitriangular)
    return found


def ldl_factor(input, hermitian):
    """L and the blocks of D in one array, LAPACK's exchanges of rows, and the codes (Bunch and Kaufman, 1977)."""
    found, pivots = numpy.empty(input.shape, input.dtype), numpy.empty(input.shape[:-1], numpy.int32)
    info = codes(input)
    if input.size:
        (sytrf,) = routines(input, "hetrf" if hermitian and input.dtype.kind == "c" else "sytrf")
        for index in numpy.ndindex(input.shape[:-2]):
            found[index], pivots[index], info[index] = sytrf(input[index], lower=1)
    return numpy.tril(found), pivots, info


def ldl_solve(input, pivots, other, hermitian):
    """The solutions X of A @ X = other for the factors of A and their exchanges of rows."""
    found = numpy.empty(other.shape, other.dtype)
    if other.size:
        (sytrs,) = routines(input, "hetrs" if hermitian and input.dtype.kind == "c" else "sytrs")
        for index in numpy.ndindex(input.shape[:-2]):
            found[index], _ = sytrs(input[index], pivots[index], other[index], lower=1)
    return found


def eigenvectors(input):
    """The eigenvalues and the right eigenvectors of any matrices, as complex numbers."""
    values, vectors = numpy.linalg.eig(input)
    dtype = numpy.result_type(input.dtype, numpy.complex64)
    return values.astype(dtype, copy=False), vectors.astype(dtype, copy=False)


def eigenvalues(input):
    """The eigenvalues of any matrices, as complex numbers."""
    return numpy.linalg.eigvals(input).astype(numpy.result_type(input.dtype, numpy.complex64), copy=False)


def routines(input, *names):
    """LAPACK's routines of these names for the dtype of an array."""
    from scipy.linalg import get_lapack_funcs

    return get_lapack_funcs(names, dtype=input.dtype)


OWN = (
    determinant, inverse, solve, cholesky_factor, lu_factor, row_order, solve_triangular, ldl_factor, ldl_solve,
    eigenvectors, eigenvalues,
)  # fmt: skip
own = {function.__name__: function for function in OWN}
