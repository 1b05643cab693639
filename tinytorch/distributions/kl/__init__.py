"""`torch.distributions.kl`: the Kullback-Leibler divergence of two distributions, and its table of formulas."""

from tinytorch.distributions.kl import alike, between, vectors
from tinytorch.distributions.kl.alike import _kl_expfamily_expfamily
from tinytorch.distributions.kl.registry import _KL_MEMOIZE, _KL_REGISTRY, kl_divergence, register_kl

__all__ = ["kl_divergence", "register_kl"]
