"""The methods that tensors have of linear algebra, under PyTorch's names."""

from tinytorch.ops.linalg import cholesky, determinant, inverse, lu, powers, pseudoinverse, qr, spectrum, triangular
from tinytorch.tensor import Tensor

Tensor.cholesky = cholesky.torch_cholesky
Tensor.cholesky_inverse = cholesky.cholesky_inverse
Tensor.cholesky_solve = cholesky.cholesky_solve
Tensor.triangular_solve = triangular.triangular_solve
Tensor.inverse = inverse.inverse
Tensor.pinverse = pseudoinverse.pinverse
Tensor.det = determinant.torch_det
Tensor.logdet = determinant.logdet
Tensor.slogdet = determinant.slogdet_of
Tensor.lu = lu.lu_of
Tensor.lu_solve = lu.torch_lu_solve
Tensor.qr, Tensor.geqrf = qr.torch_qr, qr.geqrf
Tensor.orgqr, Tensor.ormqr = qr.orgqr, qr.ormqr
Tensor.svd = spectrum.torch_svd
Tensor.matrix_exp, Tensor.matrix_power = powers.matrix_exp, powers.matrix_power
Tensor.cross = powers.torch_cross
