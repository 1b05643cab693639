"""Adam for sparse gradients, which there are not: what PyTorch's refuses of dense ones, this refuses always."""

from collections.abc import Iterable

from tinytorch.optim.optimizer import Optimizer, check_beta_range, check_rate
from tinytorch.tensor import Tensor


class SparseAdam(Optimizer):
    """Adam for sparse gradients; as there are none here, a step with any gradient is a RuntimeError.

    A ValueError for options out of range and for complex parameters.
    """

    def __init__(
        self,
        params: Iterable,
        lr: float | Tensor = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        maximize: bool = False,
    ):
        check_rate(lr)
        if not lr > 0.0:
            raise ValueError(f"Invalid learning rate: {lr}")
        if not eps > 0.0:
            raise ValueError(f"Invalid epsilon value: {eps}")
        check_beta_range(betas)
        super().__init__(params, dict(lr=lr, betas=betas, eps=eps, maximize=maximize))
        places = [
            [row, place]
            for row, group in enumerate(self.param_groups)
            for place, param in enumerate(group["params"])
            if param.is_complex()
        ]
        if places:
            raise ValueError(f"Complex params at indices {places}: SparseAdam does not support complex parameters")

    def update(self, group: dict, params: list, grads: list) -> None:
        """Refuse dense gradients."""
        raise RuntimeError("SparseAdam does not support dense gradients, please consider Adam instead")


SparseAdam.__module__ = "torch.optim.sparse_adam"
