"""The normal distribution of vectors."""

import math

from tinytorch.distributions import constraints
from tinytorch.distributions.distribution import Distribution
from tinytorch.distributions.parameters import lazy_property, standard_normal
from tinytorch.ops.create import eye
from tinytorch.ops.join import broadcast_shapes
from tinytorch.ops.linalg.cholesky import cholesky, cholesky_inverse
from tinytorch.ops.linalg.triangular import solve_triangular

MATRICES = ("covariance_matrix", "precision_matrix", "scale_tril")


class MultivariateNormal(Distribution):
    """Vectors of mean `loc`, with a covariance matrix, its inverse, or its Cholesky factor `scale_tril`.

    >>> import tinytorch as torch
    >>> MultivariateNormal(torch.zeros(2), torch.eye(2)).log_prob(torch.zeros(2))
    tensor(-1.8379)
    """

    arg_constraints = {
        "loc": constraints.real_vector,
        "covariance_matrix": constraints.positive_definite,
        "precision_matrix": constraints.positive_definite,
        "scale_tril": constraints.lower_cholesky,
    }
    support = constraints.real_vector
    has_rsample = True
    expanded = ("loc", *MATRICES)
    kept = ("_unbroadcasted_scale_tril",)

    def __init__(self, loc, covariance_matrix=None, precision_matrix=None, scale_tril=None, validate_args=None):
        if loc.dim() < 1:
            raise ValueError("loc must be at least one-dimensional.")
        matrices = zip(MATRICES, (covariance_matrix, precision_matrix, scale_tril), strict=True)
        given = {name: matrix for name, matrix in matrices if matrix is not None}
        if len(given) != 1:
            raise ValueError("Exactly one of covariance_matrix or precision_matrix or scale_tril may be specified.")
        ((name, matrix),) = given.items()
        if matrix.dim() < 2:
            kind = "scale_tril matrix" if name == "scale_tril" else name
            raise ValueError(f"{kind} must be at least two-dimensional, with optional leading batch dimensions")
        batch_shape = broadcast_shapes(matrix.shape[:-2], loc.shape[:-1])
        self.__dict__[name] = matrix.expand((*batch_shape, -1, -1))
        self.loc = loc.expand((*batch_shape, -1))
        super().__init__(batch_shape, self.loc.shape[-1:], validate_args=validate_args)
        self._unbroadcasted_scale_tril = scale_tril_of(name, matrix)

    @lazy_property
    def scale_tril(self):
        """The Cholesky factor of the covariance matrix."""
        return self._each(self._unbroadcasted_scale_tril)

    @lazy_property
    def covariance_matrix(self):
        """The covariance of each two elements."""
        return self._each(self._unbroadcasted_scale_tril @ self._unbroadcasted_scale_tril.mT)

    @lazy_property
    def precision_matrix(self):
        """The inverse of the covariance matrix."""
        return self._each(cholesky_inverse(self._unbroadcasted_scale_tril))

    def _each(self, matrix):
        """A matrix for each distribution of the batch."""
        return matrix.expand(self._batch_shape + self._event_shape + self._event_shape)

    @property
    def mean(self):
        return self.loc

    @property
    def mode(self):
        return self.loc

    @property
    def variance(self):
        return self._unbroadcasted_scale_tril.pow(2).sum(-1).expand(self._batch_shape + self._event_shape)

    def rsample(self, sample_shape=()):
        drawn = standard_normal(self._extended_shape(sample_shape), self.loc.dtype, self.loc.device)
        return self.loc + _batch_mv(self._unbroadcasted_scale_tril, drawn)

    def log_prob(self, value):
        if self._validate_args:
            self._validate_sample(value)
        distance = _batch_mahalanobis(self._unbroadcasted_scale_tril, value - self.loc)
        return -0.5 * (self._event_shape[0] * math.log(2 * math.pi) + distance) - half_log_det(self)

    def entropy(self):
        entropy = 0.5 * self._event_shape[0] * (1.0 + math.log(2 * math.pi)) + half_log_det(self)
        return entropy.expand(self._batch_shape) if self._batch_shape else entropy


def scale_tril_of(name, matrix):
    """The Cholesky factor of the covariance, of it, of its inverse or of itself."""
    if name == "scale_tril":
        return matrix
    return cholesky(matrix) if name == "covariance_matrix" else _precision_to_scale_tril(matrix)


def _precision_to_scale_tril(precision):
    """The Cholesky factor of a matrix's inverse, from that of the matrix turned around, which is upper triangular."""
    turned = cholesky(precision.flip((-2, -1))).flip((-2, -1)).transpose(-2, -1)
    identity = eye(precision.shape[-1], dtype=precision.dtype, device=precision.device)
    return solve_triangular(turned, identity, upper=False)


def half_log_det(distribution):
    """Half the logarithm of the determinant of the covariance."""
    return distribution._unbroadcasted_scale_tril.diagonal(dim1=-2, dim2=-1).log().sum(-1)


def _batch_mv(matrices, vectors):
    """The products of matrices with vectors; the batches broadcast."""
    return (matrices @ vectors.unsqueeze(-1)).squeeze(-1)


def _batch_mahalanobis(lower, vectors):
    """The squared length of L ** -1 x; the batch of x is as long as that of L, with multiples of its sizes, or longer.

    All x that belong to one L are columns of one system.
    """
    n, batch_shape = vectors.size(-1), vectors.shape[:-1]
    own, outer = lower.dim() - 2, len(batch_shape) - (lower.dim() - 2)
    shape = list(vectors.shape[:outer])
    for size, whole in zip(lower.shape[:-2], vectors.shape[outer:-1], strict=True):
        shape += [whole // size, size]
    last = outer + 2 * own
    order = [*range(outer), *range(outer, last, 2), *range(outer + 1, last, 2)]  # (outer, times, sizes of L)
    spread = vectors.reshape([*shape, n]).permute([*order, last])
    flat = lower.reshape(-1, n, n)
    columns = spread.reshape(-1, flat.size(0), n).permute(1, 2, 0)  # (L, n, times)
    squares = solve_triangular(flat, columns, upper=False).pow(2).sum(-2).t().reshape(spread.shape[:-1])
    back = [*range(outer)]
    for place in range(outer, outer + own):
        back += [place, place + own]
    return squares.permute(back).reshape(batch_shape)
