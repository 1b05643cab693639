"""Products of sparse matrices on the CPU: SciPy's."""


def coordinate_product(values, rows, columns, dense, count):
    """The product of a sparse matrix of `count` rows, given by its places, and a dense one, as SciPy computes it."""
    import scipy.sparse

    return scipy.sparse.coo_array((values, (rows, columns)), shape=(count, dense.shape[0])) @ dense
