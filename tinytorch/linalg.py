"""Linear algebra: PyTorch's `torch.linalg`."""

from tinytorch.errors import LinAlgError
from tinytorch.ops.linalg.cholesky import cholesky, cholesky_ex
from tinytorch.ops.linalg.determinant import det, slogdet
from tinytorch.ops.linalg.inverse import inv, inv_ex, solve, solve_ex, tensorinv, tensorsolve
from tinytorch.ops.linalg.lu import lu, lu_factor, lu_factor_ex, lu_solve
from tinytorch.ops.linalg.norms import cond, matrix_norm, norm, vector_norm
from tinytorch.ops.linalg.powers import cross, diagonal, matrix_exp, matrix_power, multi_dot, vander, vecdot
from tinytorch.ops.linalg.pseudoinverse import lstsq, matrix_rank, pinv
from tinytorch.ops.linalg.qr import householder_product, qr
from tinytorch.ops.linalg.spectrum import eig, eigh, eigvals, eigvalsh, svd, svdvals
from tinytorch.ops.linalg.symmetric import ldl_factor, ldl_factor_ex, ldl_solve
from tinytorch.ops.linalg.triangular import solve_triangular
from tinytorch.ops.matmul import matmul
