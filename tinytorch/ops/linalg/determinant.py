"""Determinants of square matrices, and their signs and logarithms."""

import math

from tinytorch import return_types
from tinytorch.batching import all_examples
from tinytorch.operation import Rule, operation
from tinytorch.ops.compare import where
from tinytorch.ops.linalg.checks import need_float, need_kernel, need_precision, need_square
from tinytorch.ops.linalg.inverse import solve_of
from tinytorch.ops.linalg.layouts import identity
from tinytorch.ops.linalg.outputs import all_given, given
from tinytorch.ops.linalg.spectrum import linalg_svd
from tinytorch.ops.reduce import prod_derivative


@operation(
    Rule(wide=True, method=False),
    A=lambda grad, A, result: det_derivative(grad, A, result),
)
def linalg_det(xp, A):
    """The determinants of square matrices."""
    return xp.determinant(A)


def det(A, *, out=None):
    """The determinants of square matrices: (..., n, n) -> (...)."""
    need_square("linalg.det", A)
    need_float("linalg.det", A)
    need_kernel("lu_cpu", A)
    found = linalg_det(A)
    return given("linalg_det", out, found)


def det_derivative(grad, A, result):
    """grad * conj(det) * A^-H, and by way of singular values where the matrix has no inverse (Higham, 2020)."""
    scaled = grad * result.conj()
    regular = result != 0
    if A.device.type == "meta" or all_examples(regular).all():
        return solve_of(A.mH, scaled[..., None, None] * identity(A))
    if A.ndim == 2 or A.device.batched:
        return cofactors(grad, A)
    found = A.new_zeros(A.shape)
    inverted = solve_of(A[regular].mH, scaled[regular][..., None, None] * identity(A))
    found = found.index_put((regular,), inverted)
    return found.index_put((~regular,), cofactors(grad[~regular], A[~regular]))


def cofactors(grad, A):
    """grad times the conjugate of the matrix of cofactors, which a singular matrix has too."""
    U, S, Vh = linalg_svd(A, False, True)
    scale = (linalg_det(U) * linalg_det(Vh)).conj() * grad
    others = prod_derivative(scale.unsqueeze(-1), S, -1, True, S.prod(-1, True))
    return (U * others.unsqueeze(-2)) @ Vh


@operation(
    Rule(wide=True, method=False, outputs=("sign", "logabsdet")),
    A=lambda grads, A, sign: slogdet_derivative(grads, A, sign),
)
def linalg_slogdet(xp, A):
    """The signs of determinants, and the logarithms of their sizes."""
    return tuple(xp.linalg.slogdet(A))


def slogdet_derivative(grads, A, sign):
    """(g - i * imag(conj(gs) * sign)) * A^-H: a sign turns with a complex determinant only."""
    of_sign, of_size = grads
    factor = of_size
    if of_sign is not None and sign.is_complex():
        turn = -1j * (of_sign.conj() * sign).imag
        factor = turn if of_size is None else turn + of_size
    if factor is None:
        return A.new_zeros(A.shape)
    return solve_of(A.mH, factor[..., None, None] * identity(A))


def slogdet(A, *, out=None):
    """The signs of determinants, and the logarithms of their sizes: -inf for 0."""
    return return_types.linalg_slogdet(sign_and_logarithm(A, out))


def slogdet_of(input, *, out=None):
    """The signs of determinants, and the logarithms of their sizes, as `linalg.slogdet`."""
    return return_types.slogdet(sign_and_logarithm(input, out))


def sign_and_logarithm(A, out=None):
    """The two results of `slogdet`, or `out` with them."""
    need_square("linalg.slogdet", A)
    need_precision("linalg.slogdet", A)
    results = linalg_slogdet(A)
    return all_given("linalg_slogdet", out, results)


def logdet(input):
    """The logarithms of determinants: nan for negative ones."""
    need_square("logdet", input)
    need_precision("logdet", input)
    sign, logarithm = linalg_slogdet(input)
    return sign.log() + logarithm if input.is_complex() else where(sign == -1, math.nan, logarithm)


def torch_det(input):
    """The determinants of square matrices, as `linalg.det`."""
    return det(input)
