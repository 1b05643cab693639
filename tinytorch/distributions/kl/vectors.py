"""Kullback-Leibler divergences of normal distributions of vectors."""

from tinytorch.distributions.kl.registry import register_kl
from tinytorch.distributions.lowrank_multivariate_normal import (
    LowRankMultivariateNormal,
    lowrank_log_det,
    lowrank_mahalanobis,
)
from tinytorch.distributions.multivariate_normal import MultivariateNormal, _batch_mahalanobis, half_log_det
from tinytorch.ops.join import broadcast_shapes
from tinytorch.ops.linalg.triangular import solve_triangular


def same_events(p, q, kind):
    """A ValueError for vectors of different lengths."""
    if p.event_shape != q.event_shape:
        raise ValueError(f"KL-divergence between two {kind} with{' ' * 26}different event shapes cannot be computed")


def batch_trace(matrices):
    """The trace of M @ M.T: the sum of all squares."""
    flat = matrices.reshape(-1, matrices.size(-1) * matrices.size(-2))
    return flat.pow(2).sum(-1).reshape(matrices.shape[:-2])


def projected(q):
    """The capacitance's Cholesky factor ** -1 @ W.T @ D ** -1."""
    scaled = q._unbroadcasted_cov_factor.mT / q._unbroadcasted_cov_diag.unsqueeze(-2)
    return solve_triangular(q._capacitance_tril, scaled, upper=False)


@register_kl(LowRankMultivariateNormal, LowRankMultivariateNormal)
def _kl_lowrankmultivariatenormal_lowrankmultivariatenormal(p, q):
    same_events(p, q, "Low Rank Multivariate Normals")
    p_diag, q_diag = p._unbroadcasted_cov_diag, q._unbroadcasted_cov_diag
    term1 = lowrank_log_det(q) - lowrank_log_det(p)
    term3 = lowrank_mahalanobis(q, q.loc - p.loc)
    solved = projected(q)
    term2 = (
        (p_diag / q_diag).sum(-1)
        + batch_trace(p._unbroadcasted_cov_factor * q_diag.rsqrt().unsqueeze(-1))
        - batch_trace(solved * p_diag.sqrt().unsqueeze(-2))
        - batch_trace(solved.matmul(p._unbroadcasted_cov_factor))
    )
    return 0.5 * (term1 + term2 + term3 - p.event_shape[0])


@register_kl(MultivariateNormal, LowRankMultivariateNormal)
def _kl_multivariatenormal_lowrankmultivariatenormal(p, q):
    same_events(p, q, "(Low Rank) Multivariate Normals")
    term1 = lowrank_log_det(q) - 2 * half_log_det(p)
    term3 = lowrank_mahalanobis(q, q.loc - p.loc)
    scaled = p._unbroadcasted_scale_tril * q._unbroadcasted_cov_diag.rsqrt().unsqueeze(-1)
    term2 = batch_trace(scaled) - batch_trace(projected(q).matmul(p._unbroadcasted_scale_tril))
    return 0.5 * (term1 + term2 + term3 - p.event_shape[0])


@register_kl(LowRankMultivariateNormal, MultivariateNormal)
def _kl_lowrankmultivariatenormal_multivariatenormal(p, q):
    same_events(p, q, "(Low Rank) Multivariate Normals")
    term1 = 2 * half_log_det(q) - lowrank_log_det(p)
    term3 = _batch_mahalanobis(q._unbroadcasted_scale_tril, q.loc - p.loc)
    diagonal = p._unbroadcasted_cov_diag.sqrt().diag_embed()
    term2 = traces(q, p._unbroadcasted_cov_factor.shape[:-2], p._unbroadcasted_cov_factor, diagonal)
    return 0.5 * (term1 + term2 + term3 - p.event_shape[0])


@register_kl(MultivariateNormal, MultivariateNormal)
def _kl_multivariatenormal_multivariatenormal(p, q):
    same_events(p, q, "Multivariate Normals")
    term2 = traces(q, p._unbroadcasted_scale_tril.shape[:-2], p._unbroadcasted_scale_tril)
    term3 = _batch_mahalanobis(q._unbroadcasted_scale_tril, q.loc - p.loc)
    return half_log_det(q) - half_log_det(p) + 0.5 * (term2 + term3 - p.event_shape[0])


def traces(q, batch_shape, *roots):
    """The sum of the traces of covariance ** -1 @ R @ R.T."""
    lower = q._unbroadcasted_scale_tril
    shape = broadcast_shapes(lower.shape[:-2], batch_shape)
    lower = lower.expand((*shape, -1, -1))
    return sum([batch_trace(solve_triangular(lower, each.expand((*shape, -1, -1)), upper=False)) for each in roots])
