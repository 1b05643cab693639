"""The normal distribution of vectors whose covariance is a matrix of low rank and a diagonal."""

import math

from tinytorch.distributions import constraints
from tinytorch.distributions.distribution import Distribution
from tinytorch.distributions.multivariate_normal import _batch_mahalanobis, _batch_mv
from tinytorch.distributions.parameters import lazy_property, standard_normal
from tinytorch.ops.join import broadcast_tensors
from tinytorch.ops.linalg.cholesky import cholesky
from tinytorch.ops.linalg.triangular import solve_triangular


class LowRankMultivariateNormal(Distribution):
    """Vectors of mean `loc` and covariance cov_factor @ cov_factor.T + diag(cov_diag).

    With W the factor and D the diagonal, determinant and inverse follow from the capacitance I + W.T @ D ** -1 @ W,
    whose size is the rank.
    """

    arg_constraints = {
        "loc": constraints.real_vector,
        "cov_factor": constraints.independent(constraints.real, 2),
        "cov_diag": constraints.independent(constraints.positive, 1),
    }
    support = constraints.real_vector
    has_rsample = True
    expanded = ("loc", "cov_diag", "cov_factor")
    kept = ("_unbroadcasted_cov_factor", "_unbroadcasted_cov_diag", "_capacitance_tril")

    def __init__(self, loc, cov_factor, cov_diag, validate_args=None):
        if loc.dim() < 1:
            raise ValueError("loc must be at least one-dimensional.")
        event_shape = loc.shape[-1:]
        if cov_factor.dim() < 2:
            raise ValueError("cov_factor must be at least two-dimensional, with optional leading batch dimensions")
        if cov_factor.shape[-2:-1] != event_shape:
            raise ValueError(f"cov_factor must be a batch of matrices with shape {event_shape[0]} x m")
        if cov_diag.shape[-1:] != event_shape:
            raise ValueError(f"cov_diag must be a batch of vectors with shape {event_shape}")
        try:
            columns = broadcast_tensors(loc.unsqueeze(-1), cov_factor, cov_diag.unsqueeze(-1))
        except RuntimeError as error:
            raise ValueError(
                f"Incompatible batch shapes: loc {loc.shape}, cov_factor {cov_factor.shape}, cov_diag {cov_diag.shape}"
            ) from error
        self.loc, self.cov_factor, self.cov_diag = columns[0][..., 0], columns[1], columns[2][..., 0]
        self._unbroadcasted_cov_factor = cov_factor
        self._unbroadcasted_cov_diag = cov_diag
        capacitance = (cov_factor.mT / cov_diag.unsqueeze(-2)) @ cov_factor
        self._capacitance_tril = cholesky(plus_identity(capacitance))
        super().__init__(self.loc.shape[:-1], event_shape, validate_args=validate_args)

    @property
    def mean(self):
        return self.loc

    @property
    def mode(self):
        return self.loc

    @lazy_property
    def variance(self):
        variance = self._unbroadcasted_cov_factor.pow(2).sum(-1) + self._unbroadcasted_cov_diag
        return variance.expand(self._batch_shape + self._event_shape)

    @lazy_property
    def scale_tril(self):
        """The Cholesky factor of the covariance matrix."""
        root = self._unbroadcasted_cov_diag.sqrt().unsqueeze(-1)
        scaled = self._unbroadcasted_cov_factor / root
        return self._each(root * cholesky(plus_identity(scaled @ scaled.mT)))

    @lazy_property
    def covariance_matrix(self):
        """The covariance of each two elements."""
        factor = self._unbroadcasted_cov_factor
        return self._each(factor @ factor.mT + self._unbroadcasted_cov_diag.diag_embed())

    @lazy_property
    def precision_matrix(self):
        """The inverse of the covariance matrix."""
        scaled = self._unbroadcasted_cov_factor.mT / self._unbroadcasted_cov_diag.unsqueeze(-2)
        solved = solve_triangular(self._capacitance_tril, scaled, upper=False)
        return self._each(self._unbroadcasted_cov_diag.reciprocal().diag_embed() - solved.mT @ solved)

    def _each(self, matrix):
        """A matrix for each distribution of the batch."""
        return matrix.expand(self._batch_shape + self._event_shape + self._event_shape)

    def rsample(self, sample_shape=()):
        shape, kind = self._extended_shape(sample_shape), (self.loc.dtype, self.loc.device)
        common = standard_normal(shape[:-1] + self.cov_factor.shape[-1:], *kind)
        own = standard_normal(shape, *kind)
        return self.loc + _batch_mv(self._unbroadcasted_cov_factor, common) + self._unbroadcasted_cov_diag.sqrt() * own

    def log_prob(self, value):
        if self._validate_args:
            self._validate_sample(value)
        distance = lowrank_mahalanobis(self, value - self.loc)
        return -0.5 * (self._event_shape[0] * math.log(2 * math.pi) + lowrank_log_det(self) + distance)

    def entropy(self):
        entropy = 0.5 * (self._event_shape[0] * (1.0 + math.log(2 * math.pi)) + lowrank_log_det(self))
        return entropy.expand(self._batch_shape) if self._batch_shape else entropy


def plus_identity(matrices):
    """Matrices with 1 added to each element of the diagonal."""
    n, matrices = matrices.size(-1), matrices.contiguous()
    matrices.view(-1, n * n)[:, :: n + 1] += 1
    return matrices


def lowrank_log_det(distribution):
    """The logarithm of the determinant of the covariance (Sylvester)."""
    diagonal = distribution._capacitance_tril.diagonal(dim1=-2, dim2=-1)
    return 2 * diagonal.log().sum(-1) + distribution._unbroadcasted_cov_diag.log().sum(-1)


def lowrank_mahalanobis(distribution, x):
    """x.T @ covariance ** -1 @ x (Woodbury, 1950)."""
    diagonal = distribution._unbroadcasted_cov_diag
    projected = _batch_mv(distribution._unbroadcasted_cov_factor.mT / diagonal.unsqueeze(-2), x)
    return (x.pow(2) / diagonal).sum(-1) - _batch_mahalanobis(distribution._capacitance_tril, projected)
