"""Transforms of vectors to simplices and of numbers to matrices."""

import math

from tinytorch import dtypes
from tinytorch.distributions import constraints
from tinytorch.distributions.parameters import tril_matrix_to_vec, vec_to_tril_matrix
from tinytorch.distributions.transforms.elementwise import clipped_sigmoid
from tinytorch.distributions.transforms.transform import FEW, Transform
from tinytorch.ops.create import eye
from tinytorch.ops.linalg.cholesky import cholesky
from tinytorch.ops.pad import pad
from tinytorch.ops.smooth import log_sigmoid, softplus
from tinytorch.tensor import Size


class CorrCholeskyTransform(Transform):
    """Vectors of D (D - 1) / 2 numbers as Cholesky factors of correlation matrices.

    tanh gives partial correlations, which fill the lower triangle; each row breaks what is left of a stick of length 1.
    """

    domain = constraints.real_vector
    codomain = constraints.corr_cholesky
    bijective = True

    def _call(self, x):
        x = x.tanh()
        eps = dtypes.finfo(x.dtype).eps
        r = vec_to_tril_matrix(x.clamp(min=-1 + eps, max=1 - eps), diag=-1)
        left = (1 - r**2).sqrt().cumprod(-1)
        r = r + eye(r.shape[-1], dtype=r.dtype, device=r.device)
        return r * pad(left[..., :-1], [1, 0], value=1)

    def _inverse(self, y):
        left = pad((1 - (y * y).cumsum(dim=-1))[..., :-1], [1, 0], value=1)
        t = tril_matrix_to_vec(y, diag=-1) / tril_matrix_to_vec(left, diag=-1).sqrt()
        return (t.log1p() - t.neg().log1p()) / 2

    def log_abs_det_jacobian(self, x, y, intermediates=None):
        left = tril_matrix_to_vec(1 - (y * y).cumsum(dim=-1), diag=-2)
        sticks = 0.5 * left.log().sum(-1)
        return sticks + -2 * (x + softplus(-2 * x) - math.log(2.0)).sum(dim=-1)

    def forward_shape(self, shape):
        need_dims(shape, 1)
        count = shape[-1]
        rows = round((0.25 + 2 * count) ** 0.5 + 0.5)
        if rows * (rows - 1) // 2 != count:
            raise ValueError("Input is not a flattened lower-diagonal number")
        return shape[:-1] + Size((rows, rows))

    def inverse_shape(self, shape):
        need_dims(shape, 2)
        if shape[-2] != shape[-1]:
            raise ValueError("Input is not square")
        return shape[:-2] + Size((shape[-1] * (shape[-1] - 1) // 2,))


class SoftmaxTransform(Transform):
    """y = softmax(x) along the last dimension, which many x have in common."""

    domain = constraints.real_vector
    codomain = constraints.simplex

    def __eq__(self, other):
        return isinstance(other, SoftmaxTransform)

    def _call(self, x):
        probs = (x - x.max(-1, True)[0]).exp()
        return probs / probs.sum(-1, True)

    def _inverse(self, y):
        return y.log()

    def forward_shape(self, shape):
        need_dims(shape, 1)
        return shape

    inverse_shape = forward_shape


class StickBreakingTransform(Transform):
    """Vectors as points of a simplex of one dimension more: each number says how much of the rest to break off."""

    domain = constraints.real_vector
    codomain = constraints.simplex
    bijective = True

    def __eq__(self, other):
        return isinstance(other, StickBreakingTransform)

    def _call(self, x):
        z = clipped_sigmoid(x - offsets(x).log())
        return pad(z, [0, 1], value=1) * pad((1 - z).cumprod(-1), [1, 0], value=1)

    def _inverse(self, y):
        cropped = y[..., :-1]
        rest = (1 - cropped.cumsum(-1)).clamp(min=dtypes.finfo(y.dtype).tiny)
        return cropped.log() - rest.log() + offsets(cropped).log()

    def log_abs_det_jacobian(self, x, y):
        x = x - offsets(x).log()
        return (-x + log_sigmoid(x) + y[..., :-1].log()).sum(-1)

    def forward_shape(self, shape):
        need_dims(shape, 1)
        return shape[:-1] + Size((shape[-1] + 1,))

    def inverse_shape(self, shape):
        need_dims(shape, 1)
        return shape[:-1] + Size((shape[-1] - 1,))


class LowerCholeskyTransform(Transform):
    """Matrices as lower triangular ones with a positive diagonal, exp of what stands there."""

    domain = constraints.independent(constraints.real, 2)
    codomain = constraints.lower_cholesky

    def __eq__(self, other):
        return isinstance(other, LowerCholeskyTransform)

    def _call(self, x):
        return x.tril(-1) + x.diagonal(dim1=-2, dim2=-1).exp().diag_embed()

    def _inverse(self, y):
        return y.tril(-1) + y.diagonal(dim1=-2, dim2=-1).log().diag_embed()


class PositiveDefiniteTransform(Transform):
    """Matrices as positive definite ones, by way of their Cholesky factors."""

    domain = constraints.independent(constraints.real, 2)
    codomain = constraints.positive_definite

    def __eq__(self, other):
        return isinstance(other, PositiveDefiniteTransform)

    def _call(self, x):
        x = LowerCholeskyTransform()(x)
        return x @ x.mT

    def _inverse(self, y):
        return LowerCholeskyTransform().inv(cholesky(y))


def offsets(x):
    """n, n - 1 ... 1 along the last dimension, by which the sticks of x = 0 have equal lengths."""
    return x.shape[-1] + 1 - x.new_ones(x.shape[-1]).cumsum(-1)


def need_dims(shape, count):
    """A ValueError for a shape that has fewer dimensions."""
    if len(shape) < count:
        raise ValueError(FEW)
