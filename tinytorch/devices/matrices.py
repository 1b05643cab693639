"""What the functions of matrices do to shapes and dtypes on the meta device: NumPy's, and those of `lapack.py`."""

import numpy

from tinytorch.devices.frames import blank
from tinytorch.devices.shapes import kind

factors = {}  # the name of a function of `lapack.py` -> its rule


def factor(names):
    """Makes the decorated function the rule of each of the `names`."""

    def register(rule):
        factors.update(dict.fromkeys(names.split(), rule))
        return rule

    return register


def real_of(dtype):
    """The dtype of the sizes of numbers of a dtype."""
    return numpy.empty(0, dtype).real.dtype


def codes(input):
    """A code for each matrix."""
    return blank(input.shape[:-2], numpy.int32)


@factor("inverse cholesky_factor")
def with_codes(function, input):
    """A matrix and a code for each matrix."""
    return blank(input.shape, input.dtype), codes(input)


@factor("solve")
def solve(function, input, other):
    """As many columns as the right side has, and the codes."""
    return blank(other.shape, other.dtype), codes(input)


@factor("solve_triangular")
def solve_triangular(function, input, other, upper, unitriangular):
    """As many columns as the right side has."""
    return blank(other.shape, other.dtype)


@factor("ldl_solve")
def ldl_solve(function, input, pivots, other, hermitian):
    """As many columns as the right side has."""
    return blank(other.shape, other.dtype)


@factor("lu_factor")
def lu_factor(function, input):
    """The factors, and an exchange of rows for each column or row, whichever are fewer."""
    *lead, rows, columns = input.shape
    return blank(input.shape, input.dtype), blank((*lead, min(rows, columns)), numpy.int32)


@factor("row_order")
def row_order(function, pivots, rows):
    """An index for each row."""
    return blank((*pivots.shape[:-1], rows), numpy.intp)


@factor("ldl_factor")
def ldl_factor(function, input, hermitian):
    """The factors, an exchange for each row, and the codes."""
    return blank(input.shape, input.dtype), blank(input.shape[:-1], numpy.int32), codes(input)


@factor("eigenvectors")
def eigenvectors(function, input):
    """Complex numbers."""
    dtype = numpy.result_type(input.dtype, numpy.complex64)
    return blank(input.shape[:-1], dtype), blank(input.shape, dtype)


@factor("determinant")
def determinant(function, input):
    """A number for each matrix."""
    return blank(input.shape[:-2], input.dtype)


@kind("linalg.slogdet")
def slogdet(function, a):
    """A sign and a real number for each matrix."""
    return blank(a.shape[:-2], a.dtype), blank(a.shape[:-2], real_of(a.dtype))


@factor("eigenvalues")
def eigenvalues(function, input):
    """Complex numbers."""
    return blank(input.shape[:-1], numpy.result_type(input.dtype, numpy.complex64))


@kind("linalg.eigvalsh")
def eigvalsh(function, a, UPLO="L"):
    """A real number for each row."""
    return blank(a.shape[:-1], real_of(a.dtype))


@kind("linalg.eigh")
def eigh(function, a, UPLO="L"):
    """A real number and a vector for each row."""
    return blank(a.shape[:-1], real_of(a.dtype)), blank(a.shape, a.dtype)


@kind("linalg.svd")
def svd(function, a, full_matrices=True, compute_uv=True):
    """Two bases with the singular values between them, or these alone."""
    *lead, rows, columns = a.shape
    least = min(rows, columns)
    values = blank((*lead, least), real_of(a.dtype))
    if not compute_uv:
        return values
    left, right = (rows, columns) if full_matrices else (least, least)
    return blank((*lead, rows, left), a.dtype), values, blank((*lead, right, columns), a.dtype)


@kind("linalg.qr")
def qr(function, a, mode="reduced"):
    """A basis and a triangle, that alone, or the reflections that LAPACK gives with their factors."""
    *lead, rows, columns = a.shape
    least = min(rows, columns)
    if mode == "raw":
        return blank((*lead, columns, rows), a.dtype), blank((*lead, least), a.dtype)
    size = rows if mode == "complete" else least
    triangle = blank((*lead, size, columns), a.dtype)
    return triangle if mode == "r" else (blank((*lead, rows, size), a.dtype), triangle)
