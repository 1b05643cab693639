"""Matrices on NVIDIA's GPUs beyond CuPy: the functions of `lapack.py`, through cuSOLVER and cuBLAS where CuPy has them.

Nothing here imports CuPy before a function is called.
"""

import functools
import warnings

import numpy

from tinytorch.devices import lapack


def determinant(input):
    """The determinants."""
    import cupy

    return cupy.linalg.det(input)


def inverse(input):
    """The inverses, and the codes."""
    import cupy

    identity = cupy.broadcast_to(cupy.eye(input.shape[-1], dtype=input.dtype), input.shape)
    return solve(input, identity)


def solve(input, other):
    """The solutions X of input @ X = other, and the codes, for which CuPy has no place: they are read from U."""
    import cupy

    factors, pivots = lu_factor(input)
    diagonal = factors.diagonal(0, -2, -1) == 0
    info = cupy.where(diagonal.any(-1), diagonal.argmax(-1) + 1, 0).astype(numpy.int32) if input.size else codes(input)
    order = row_order(pivots, input.shape[-1])
    other = cupy.take_along_axis(other, order[..., None], -2)
    return solve_triangular(factors, solve_triangular(factors, other, False, True), True, False), info


def codes(input):
    """The code 0 for each matrix."""
    import cupy

    return cupy.zeros(input.shape[:-2], numpy.int32)


def cholesky_factor(input):
    """The lower triangular factors, and the codes: cuSOLVER leaves the pivot where it failed as it is, or nan."""
    import cupy

    found = cupy.linalg.cholesky(input)
    if not input.size:
        return found, codes(input)
    failed = ~(found.diagonal(0, -2, -1).real > 0)
    return found, cupy.where(failed.any(-1), failed.argmax(-1) + 1, 0).astype(numpy.int32)


def lu_factor(input):
    """L and U in one array, and the exchanges of rows; CuPy's function takes one matrix at a time."""
    import cupy
    import cupyx.scipy.linalg

    *lead, rows, columns = input.shape
    found, pivots = cupy.empty(input.shape, input.dtype), cupy.zeros((*lead, min(rows, columns)), numpy.int32)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # a singular matrix has factors too; the caller looks at them
        for index in numpy.ndindex(*lead) if input.size else ():
            found[index], pivots[index] = cupyx.scipy.linalg.lu_factor(input[index], check_finite=False)
    return found, pivots + 1


def solve_triangular(input, other, upper, unitriangular):
    """The solutions X of input @ X = other, of which one triangle of the input is read."""
    import cupy
    import cupyx.scipy.linalg

    if not other.size:
        return cupy.empty(other.shape, other.dtype)
    return cupyx.scipy.linalg.solve_triangular(input, other, lower=not upper, unit_diagonal=unitriangular)


def on_host(name):
    """The CPU's function of that name, for what CuPy has nothing for; the results come back to the GPU."""
    function = lapack.own[name]

    @functools.wraps(function)
    def call(*arguments, **settings):
        import cupy

        found = function(*[cupy.asnumpy(each) if isinstance(each, cupy.ndarray) else each for each in arguments],
                         **settings)  # fmt: skip
        return tuple([cupy.asarray(each) for each in found]) if isinstance(found, tuple) else cupy.asarray(found)

    return call


row_order = on_host("row_order")  # a few integers, exchanged one after the other
ldl_factor = on_host("ldl_factor")
ldl_solve = on_host("ldl_solve")
eigenvectors = on_host("eigenvectors")  # cuSOLVER has them from CUDA 12.6 on
eigenvalues = on_host("eigenvalues")
