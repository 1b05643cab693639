"""The distribution of Lewandowski, Kurowicka and Joe (2009) over correlation matrices, by their Cholesky factors."""

import math

from tinytorch import dtypes
from tinytorch.distributions import constraints
from tinytorch.distributions.beta import Beta
from tinytorch.distributions.distribution import Distribution
from tinytorch.distributions.parameters import broadcast_all
from tinytorch.ops.gamma import mvlgamma
from tinytorch.ops.join import concatenate
from tinytorch.ops.random import randn
from tinytorch.ops.ranges import arange
from tinytorch.tensor import Size


class LKJCholesky(Distribution):
    """Cholesky factors of correlation matrices C of `dim` rows, of density det(C) ** (concentration - 1) for C."""

    arg_constraints = {"concentration": constraints.positive}
    support = constraints.corr_cholesky
    expanded = ("concentration", "_beta")
    kept = ("dim",)

    def __init__(self, dim, concentration=1.0, validate_args=None):
        if dim < 2:
            raise ValueError(f"Expected dim to be an integer greater than or equal to 2. Found dim={dim}.")
        self.dim = dim
        (self.concentration,) = broadcast_all(concentration)
        # the squared length of each row below the diagonal is a beta number: the onion method
        marginal = self.concentration + 0.5 * (dim - 2)
        offset = arange(dim - 1, dtype=self.concentration.dtype, device=self.concentration.device)
        offset = concatenate([offset.new_zeros((1,)), offset])
        self._beta = Beta(offset + 0.5, marginal.unsqueeze(-1) - 0.5 * offset)
        super().__init__(self.concentration.size(), Size((dim, dim)), validate_args)

    def sample(self, sample_shape=()):
        y = self._beta.sample(sample_shape).unsqueeze(-1)
        normal = randn(self._extended_shape(sample_shape), dtype=y.dtype, device=y.device).tril(-1)
        directions = normal / normal.norm(dim=-1, keepdim=True)
        directions[..., 0, :].fill_(0.0)
        w = y.sqrt() * directions
        rest = (1 - (w**2).sum(dim=-1)).clamp(min=dtypes.finfo(w.dtype).tiny)
        w += rest.sqrt().diag_embed()
        return w

    def log_prob(self, value):
        if self._validate_args:
            self._validate_sample(value)
        diagonal = value.diagonal(dim1=-1, dim2=-2)[..., 1:]
        order = arange(2, self.dim + 1, device=self.concentration.device)
        order = 2 * (self.concentration - 1).unsqueeze(-1) + self.dim - order
        unnormalized = (order * diagonal.log()).sum(dim=-1)
        rows = self.dim - 1
        alpha = self.concentration + 0.5 * rows
        normalizer = 0.5 * rows * math.log(math.pi) + mvlgamma(alpha - 0.5, rows) - alpha.lgamma() * rows
        return unnormalized - normalizer
