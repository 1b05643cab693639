"""Products of sparse matrices on the GPU: the formula, whose sums CuPy adds in atomic steps."""

from tinytorch.kernels import reference


def coordinate_product(values, rows, columns, dense, count):
    """The product of a sparse matrix of `count` rows, given by its places, and a dense one."""
    from tinytorch.devices.cuda import xp

    return reference.coordinate_product(xp, values, rows, columns, dense, count)
