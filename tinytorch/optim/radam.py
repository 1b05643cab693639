"""RAdam: Adam that divides by the root of the mean square only from the step on where that mean can be trusted."""

from collections.abc import Iterable
from typing import ClassVar

from tinytorch.optim.counting import CountingOptimizer, blank
from tinytorch.optim.optimizer import check_beta_range, check_modes, check_not_negative, check_rate, number
from tinytorch.optim.steps import fade_and_add, follow, followed, real_parts
from tinytorch.tensor import Tensor
from tinytorch.update import update


class RAdam(CountingOptimizer):
    """Adam whose steps are rectified by how many gradients the mean of the square is made of.

    `weight_decay * param` is added to the gradient; with `decoupled_weight_decay` the parameter shrinks by
    lr * weight_decay instead. `maximize` climbs. `foreach` and `capturable` change nothing about the numbers.
    A ValueError for options out of range. Liu et al., 2019.
    """

    def __init__(
        self,
        params: Iterable,
        lr: float | Tensor = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        decoupled_weight_decay: bool = False,
        *,
        foreach: bool | None = None,
        maximize: bool = False,
        capturable: bool = False,
        differentiable: bool = False,
    ):
        check_rate(lr)
        check_not_negative(epsilon=eps)
        check_beta_range(betas)
        check_not_negative(weight_decay=weight_decay)
        defaults = dict(
            lr=lr, betas=betas, eps=eps, weight_decay=weight_decay, maximize=maximize, foreach=foreach,
            capturable=capturable, decoupled_weight_decay=decoupled_weight_decay, differentiable=differentiable,
        )  # fmt: skip
        super().__init__(params, defaults)
        check_modes(foreach, None, differentiable)

    late_options: ClassVar[dict] = dict(decoupled_weight_decay=False, **CountingOptimizer.late_options)

    def begin(self, param: Tensor, group: dict) -> None:
        """Begin with means of 0."""
        self.state[param].update(exp_avg=blank(param), exp_avg_sq=blank(param))

    def move(self, group: dict, params: list, grads: list, states: list, steps: list) -> None:
        """One step of the parameters of a group."""
        lr = number(group["lr"])
        radam_step(
            params,
            [state["exp_avg"] for state in states],
            [state["exp_avg_sq"] for state in states],
            grads,
            rectifications=[rectification(count, group["betas"][1]) for count in steps],
            corrections=[1 - group["betas"][0] ** count for count in steps],
            lr=lr,
            betas=group["betas"],
            eps=group["eps"],
            weight_decay=0 if group["decoupled_weight_decay"] else group["weight_decay"],
            shrinkage=1 - lr * group["weight_decay"] if group["decoupled_weight_decay"] else 1,
            maximize=group["maximize"],
        )


def rectification(count: float, beta: float) -> float | None:
    """The factor of a step, its bias corrected, or None where the mean square is made of too few gradients."""
    correction, most = 1 - beta**count, 2 / (1 - beta) - 1
    length = most - 2 * count * beta**count / correction
    if length <= 5.0:
        return None
    return correction**0.5 * ((length - 4) * (length - 2) * most / ((most - 4) * (most - 2) * length)) ** 0.5


@update("params", "exp_avgs", "exp_avg_sqs")
def radam_step(
    xp, params, exp_avgs, exp_avg_sqs, grads, *, rectifications, corrections, lr, betas, eps, weight_decay, shrinkage,
    maximize,
):  # fmt: skip
    """One step of RAdam; `corrections` are those of the mean, a rectification of None leaves the square out."""
    entries = real_parts(params, grads, exp_avgs, exp_avg_sqs, rectifications, corrections)
    for param, grad, mean, square, factor, correction in entries:
        if shrinkage != 1:
            xp.multiply(param, shrinkage, out=param)
        grad = followed(xp, param, grad, weight_decay, maximize)
        follow(xp, mean, grad, 1 - betas[0])
        fade_and_add(xp, square, betas[1], grad, grad, 1 - betas[1])
        step = xp.multiply(xp.divide(mean, correction), lr)
        if factor is not None:
            step = xp.multiply(step, xp.divide(factor, xp.add(xp.sqrt(square), eps)))
        xp.subtract(param, step, out=param)


RAdam.__module__ = "torch.optim.radam"
