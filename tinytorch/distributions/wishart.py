"""The Wishart distribution of positive definite matrices."""

import math
import warnings

from tinytorch import dtypes
from tinytorch.distributions import constraints
from tinytorch.distributions.chi2 import Chi2
from tinytorch.distributions.exp_family import ExponentialFamily
from tinytorch.distributions.multivariate_normal import MATRICES, half_log_det, scale_tril_of
from tinytorch.distributions.parameters import is_number, lazy_property
from tinytorch.ops.create import eye
from tinytorch.ops.einsum import einsum
from tinytorch.ops.gamma import mvlgamma
from tinytorch.ops.join import broadcast_shapes
from tinytorch.ops.linalg.cholesky import cholesky_solve
from tinytorch.ops.linalg.determinant import slogdet
from tinytorch.ops.random import randn
from tinytorch.ops.ranges import arange
from tinytorch.ops.shape import tril_indices
from tinytorch.ops.values import tensor
from tinytorch.tensor import Size

LOG_2 = math.log(2)
TRIES = 10


class Wishart(ExponentialFamily):
    """The sum of x @ x.T over `df` normal vectors x of mean 0 and the covariance that is given in one of three ways."""

    support = constraints.positive_definite
    has_rsample = True
    expanded = ("df", *MATRICES)
    _mean_carrier_measure = 0

    @property
    def arg_constraints(self):
        return {
            "covariance_matrix": constraints.positive_definite,
            "precision_matrix": constraints.positive_definite,
            "scale_tril": constraints.lower_cholesky,
            "df": constraints.greater_than(self.event_shape[-1] - 1),
        }

    def __init__(self, df, covariance_matrix=None, precision_matrix=None, scale_tril=None, validate_args=None):
        matrices = zip(MATRICES, (covariance_matrix, precision_matrix, scale_tril), strict=True)
        given = {name: matrix for name, matrix in matrices if matrix is not None}
        if len(given) != 1:
            raise AssertionError("Exactly one of covariance_matrix or precision_matrix or scale_tril may be specified.")
        ((name, matrix),) = given.items()
        if matrix.dim() < 2:
            raise ValueError("scale_tril must be at least two-dimensional, with optional leading batch dimensions")
        if is_number(df):
            batch_shape = matrix.shape[:-2]
            self.df = tensor(df, dtype=matrix.dtype, device=matrix.device)
        else:
            batch_shape = broadcast_shapes(matrix.shape[:-2], df.shape)
            self.df = df.expand(batch_shape)
        event_shape = matrix.shape[-2:]
        if self.df.le(event_shape[-1] - 1).any():
            raise ValueError(f"Value of df={df} expected to be greater than ndim - 1 = {event_shape[-1] - 1}.")
        self.__dict__[name] = matrix.expand((*batch_shape, -1, -1))
        if self.df.lt(event_shape[-1]).any():
            warnings.warn(
                "Low df values detected. Singular samples are highly likely to occur for ndim - 1 < df < ndim.",
                stacklevel=2,
            )
        super().__init__(batch_shape, event_shape, validate_args=validate_args)
        self._unbroadcasted_scale_tril = scale_tril_of(name, matrix)
        self._follow()

    def expand(self, batch_shape, _instance=None):
        lower = self._unbroadcasted_scale_tril.expand(Size(batch_shape) + self._event_shape)
        new = super().expand(batch_shape, _instance)
        new._unbroadcasted_scale_tril = lower
        new._follow()
        return new

    def _follow(self):
        """What follows from the batch: its dimensions, and a chi-squared distribution for each row."""
        self._batch_dims = [-(place + 1) for place in range(len(self._batch_shape))]
        rows = arange(
            self._event_shape[-1],
            dtype=self._unbroadcasted_scale_tril.dtype,
            device=self._unbroadcasted_scale_tril.device,
        )
        self._dist_chi2 = Chi2(df=self.df.unsqueeze(-1) - rows.expand((*self._batch_shape, -1)))

    @lazy_property
    def scale_tril(self):
        """The Cholesky factor of the covariance matrix."""
        return self._each(self._unbroadcasted_scale_tril)

    @lazy_property
    def covariance_matrix(self):
        """The covariance of the normal vectors."""
        return self._each(self._unbroadcasted_scale_tril @ self._unbroadcasted_scale_tril.transpose(-2, -1))

    @lazy_property
    def precision_matrix(self):
        """The inverse of the covariance matrix."""
        lower = self._unbroadcasted_scale_tril
        return self._each(cholesky_solve(eye(lower.shape[-1], device=lower.device, dtype=lower.dtype), lower))

    def _each(self, matrix):
        """A matrix for each distribution of the batch."""
        return matrix.expand(self._batch_shape + self._event_shape)

    def _df_of_matrices(self, df):
        return df.view((*self._batch_shape, 1, 1))

    @property
    def mean(self):
        return self._df_of_matrices(self.df) * self.covariance_matrix

    @property
    def mode(self):
        factor = self.df - self.covariance_matrix.shape[-1] - 1
        factor[factor <= 0] = math.nan
        return self._df_of_matrices(factor) * self.covariance_matrix

    @property
    def variance(self):
        diagonal = self.covariance_matrix.diagonal(dim1=-2, dim2=-1)
        products = einsum("...i,...j->...ij", diagonal, diagonal)
        return self._df_of_matrices(self.df) * (self.covariance_matrix.pow(2) + products)

    def _bartlett_sampling(self, sample_shape=()):
        """Matrices made of a lower triangular one of normal numbers, with chi numbers on its diagonal."""
        p = self._event_shape[-1]
        chi = self._dist_chi2.rsample(sample_shape).sqrt()
        noise = chi.clamp(min=dtypes.finfo(chi.dtype).eps).diag_embed(dim1=-2, dim2=-1)
        rows, columns = tril_indices(p, p, offset=-1)
        shape = Size(sample_shape) + self._batch_shape + (p * (p - 1) // 2,)
        noise[..., rows, columns] = randn(shape, dtype=noise.dtype, device=noise.device)
        chol = self._unbroadcasted_scale_tril @ noise
        return chol @ chol.transpose(-2, -1)

    def rsample(self, sample_shape=(), max_try_correction=None):
        """Random matrices; singular ones are drawn again, at most `max_try_correction` times, 10 if it is None.

        As in PyTorch this is done where the first samples are in order: what is called singular there is not.
        """
        sample = self._bartlett_sampling(Size(sample_shape))
        again = self.support.check(sample)
        if self._batch_shape:
            again = again.amax(self._batch_dims)
        if again.any():
            warnings.warn("Singular sample detected.", stacklevel=2)
            for _ in range(TRIES if max_try_correction is None else max_try_correction):
                replaced = self._bartlett_sampling(again[again].shape)
                sample[again] = replaced
                singular = ~self.support.check(replaced)
                if self._batch_shape:
                    singular = singular.amax(self._batch_dims)
                again[again.clone()] = singular
                if not again.any():
                    break
        return sample

    def log_prob(self, value):
        if self._validate_args:
            self._validate_sample(value)
        nu, p = self.df, self._event_shape[-1]
        solved = cholesky_solve(value, self._unbroadcasted_scale_tril)
        return (
            -nu * (p * LOG_2 / 2 + half_log_det(self))
            - mvlgamma(nu / 2, p=p)
            + (nu - p - 1) / 2 * slogdet(value).logabsdet
            - solved.diagonal(dim1=-2, dim2=-1).sum(dim=-1) / 2
        )

    def entropy(self):
        nu, p = self.df, self._event_shape[-1]
        return (
            (p + 1) * (p * LOG_2 / 2 + half_log_det(self))
            + mvlgamma(nu / 2, p=p)
            - (nu - p - 1) / 2 * mvdigamma(nu / 2, p)
            + nu * p / 2
        )

    @property
    def _natural_params(self):
        return -self.precision_matrix / 2, (self.df - self._event_shape[-1] - 1) / 2

    def _log_normalizer(self, x, y):
        p = self._event_shape[-1]
        half = y + (p + 1) / 2
        return half * (-slogdet(-2 * x).logabsdet + LOG_2 * p) + mvlgamma(half, p=p)


def mvdigamma(x, p):
    """The derivative of mvlgamma; an AssertionError where it has none."""
    assert x.gt((p - 1) / 2).all(), "Wrong domain for multivariate digamma function."
    steps = arange(p, dtype=x.dtype, device=x.device).div(2)
    return (x.unsqueeze(-1) - steps.expand((*x.shape, -1))).digamma().sum(-1)
