"""Linear algebra: factors, inverses, spectra, norms and products of matrices, a family a file."""

from tinytorch.ops.linalg import (
    cholesky,
    determinant,
    inverse,
    lu,
    methods,
    norms,
    powers,
    pseudoinverse,
    qr,
    spectrum,
    symmetric,
    triangular,
)
