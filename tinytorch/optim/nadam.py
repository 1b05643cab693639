"""NAdam: Adam that looks one step of the gradient's mean ahead."""

from collections.abc import Iterable
from typing import ClassVar

from tinytorch.optim.counting import CountingOptimizer, blank, step_counter
from tinytorch.optim.optimizer import check_beta_range, check_modes, check_not_negative, check_rate, number
from tinytorch.optim.steps import add_ratio, fade_and_add, follow, followed, real_parts
from tinytorch.tensor import Tensor
from tinytorch.update import update


class NAdam(CountingOptimizer):
    """Adam with Nesterov's momentum, which grows to betas[0] as mu = betas[0] * (1 - 0.96 ** (step * decay) / 2).

    `decay` is `momentum_decay`. `weight_decay * param` is added to the gradient; with `decoupled_weight_decay` the
    parameter shrinks by lr * weight_decay instead. `maximize` climbs. `foreach` and `capturable` change nothing about
    the numbers. A ValueError for options out of range. Dozat, 2016.
    """

    def __init__(
        self,
        params: Iterable,
        lr: float | Tensor = 2e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        momentum_decay: float = 4e-3,
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
        check_not_negative(weight_decay=weight_decay, momentum_decay=momentum_decay)
        defaults = dict(
            lr=lr, betas=betas, eps=eps, weight_decay=weight_decay, momentum_decay=momentum_decay,
            decoupled_weight_decay=decoupled_weight_decay, maximize=maximize, foreach=foreach, capturable=capturable,
            differentiable=differentiable,
        )  # fmt: skip
        super().__init__(params, defaults)
        check_modes(foreach, None, differentiable)

    late_options: ClassVar[dict] = dict(decoupled_weight_decay=False, **CountingOptimizer.late_options)
    counters = ("step", "mu_product")

    def begin(self, param: Tensor, group: dict) -> None:
        """Begin with means of 0."""
        product = step_counter(param, group, 1.0)
        self.state[param].update(mu_product=product, exp_avg=blank(param), exp_avg_sq=blank(param))

    def move(self, group: dict, params: list, grads: list, states: list, steps: list) -> None:
        """One step of the parameters of a group."""
        lr, factors = number(group["lr"]), []
        for state, count in zip(states, steps, strict=True):
            now, ahead = [
                group["betas"][0] * (1.0 - 0.5 * 0.96 ** (each * group["momentum_decay"]))
                for each in (count, count + 1)
            ]
            product = state["mu_product"].mul_(now).item()
            factors.append((-lr * (1.0 - now) / (1.0 - product), -lr * ahead / (1.0 - product * ahead)))
        nadam_step(
            params,
            [state["exp_avg"] for state in states],
            [state["exp_avg_sq"] for state in states],
            grads,
            factors=factors,
            corrections=[1 - group["betas"][1] ** count for count in steps],
            betas=group["betas"],
            eps=group["eps"],
            weight_decay=0 if group["decoupled_weight_decay"] else group["weight_decay"],
            shrinkage=1 - lr * group["weight_decay"] if group["decoupled_weight_decay"] else 1,
            maximize=group["maximize"],
        )


@update("params", "exp_avgs", "exp_avg_sqs")
def nadam_step(
    xp, params, exp_avgs, exp_avg_sqs, grads, *, factors, corrections, betas, eps, weight_decay, shrinkage, maximize
):
    """One step of NAdam; `factors` has those of the gradient and of its mean, `corrections` that of the square."""
    entries = real_parts(params, grads, exp_avgs, exp_avg_sqs, factors, corrections)
    for param, grad, mean, square, (of_grad, of_mean), correction in entries:
        if shrinkage != 1:
            xp.multiply(param, shrinkage, out=param)
        grad = followed(xp, param, grad, weight_decay, maximize)
        follow(xp, mean, grad, 1 - betas[0])
        fade_and_add(xp, square, betas[1], grad, grad, 1 - betas[1])
        root = xp.add(xp.sqrt(xp.divide(square, correction)), eps)
        add_ratio(xp, param, grad, root, of_grad)
        add_ratio(xp, param, mean, root, of_mean)


NAdam.__module__ = "torch.optim.nadam"
