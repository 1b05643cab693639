"""`torch.distributions.utils`: how parameters are given, and matrices as vectors."""

from tinytorch.distributions.parameters import (
    broadcast_all,
    clamp_probs,
    euler_constant,
    lazy_property,
    logits_to_probs,
    probs_to_logits,
    tril_matrix_to_vec,
    vec_to_tril_matrix,
)
from tinytorch.distributions.parameters import standard_normal as _standard_normal
from tinytorch.distributions.parameters import sum_rightmost as _sum_rightmost

__all__ = [
    "broadcast_all",
    "clamp_probs",
    "lazy_property",
    "logits_to_probs",
    "probs_to_logits",
    "tril_matrix_to_vec",
    "vec_to_tril_matrix",
]
