"""Adam for sparse gradients: only the rows that a gradient has take a step."""

import math
from collections.abc import Iterable

from tinytorch.ops.create import zeros_like
from tinytorch.optim.optimizer import Optimizer, check_beta_range, check_rate, number
from tinytorch.optim.steps import with_values
from tinytorch.tensor import Tensor


class SparseAdam(Optimizer):
    """Adam of the rows that a sparse gradient has: their means move, and they alone; those of other rows wait.

    A ValueError for options out of range, for sparse and for complex parameters; a step with a dense gradient is a
    RuntimeError. Kingma and Ba, 2015.
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
        for kind, refused, reason in (
            ("Sparse", lambda param: param.is_sparse, "SparseAdam requires dense parameter tensors"),
            ("Complex", lambda param: param.is_complex(), "SparseAdam does not support complex parameters"),
        ):
            places = [
                [row, place]
                for row, group in enumerate(self.param_groups)
                for place, param in enumerate(group["params"])
                if refused(param)
            ]
            if places:
                raise ValueError(f"{kind} params at indices {places}: {reason}")

    def check_sparse(self, group: dict) -> None:
        """Sparse gradients are what it is for."""

    def update(self, group: dict, params: list, grads: list) -> None:
        """One step of the parameters of a group; a RuntimeError for a dense gradient."""
        if not all([each.is_sparse for each in grads]):
            raise RuntimeError("SparseAdam does not support dense gradients, please consider Adam instead")
        for param, grad in zip(params, grads, strict=True):
            state = self.state[param]
            if not state:
                state.update(step=0, exp_avg=zeros_like(param), exp_avg_sq=zeros_like(param))
            state["step"] += 1
            self.move(group, param, (-grad if group["maximize"] else grad).coalesce(), state)

    def move(self, group: dict, param: Tensor, grad: Tensor, state: dict) -> None:
        """One step of a parameter: the rows of its means and itself that the gradient has."""
        values, (first, second), count = grad.values(), group["betas"], state["step"]
        if not values.numel():
            return
        mean = moved(state["exp_avg"], grad, values, first)
        square = moved(state["exp_avg_sq"], grad, values.pow(2), second)
        rate = number(group["lr"]) * math.sqrt(1 - second**count) / (1 - first**count)
        param.add_(with_values(grad, -rate * (mean / square.sqrt().add_(group["eps"]))))


def moved(mean, grad, values, beta):
    """A mean whose rows move towards values by 1 - beta; these rows, as they are then, are returned."""
    before = mean.sparse_mask(grad).values()
    change = values.sub(before).mul_(1 - beta)
    mean.add_(with_values(grad, change))
    return change.add_(before)


SparseAdam.__module__ = "torch.optim.sparse_adam"
