"""Adamax: Adam with the largest gradient that has not faded in the place of the mean of its square."""

from collections.abc import Iterable

from tinytorch.optim.counting import CountingOptimizer, blank
from tinytorch.optim.optimizer import check_beta_range, check_modes, check_not_negative, check_rate, number
from tinytorch.optim.steps import add_ratio, follow, followed, real_parts
from tinytorch.tensor import Tensor
from tinytorch.update import update


class Adamax(CountingOptimizer):
    """param -= lr / (1 - betas[0] ** step) * mean / largest, largest = max(betas[1] * largest, |grad| + eps).

    `weight_decay * param` is added to the gradient, `maximize` climbs. `foreach` and `capturable` change nothing about
    the numbers. A ValueError for options out of range. Kingma and Ba, 2014.
    """

    def __init__(
        self,
        params: Iterable,
        lr: float | Tensor = 2e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        foreach: bool | None = None,
        *,
        maximize: bool = False,
        differentiable: bool = False,
        capturable: bool = False,
    ):
        check_rate(lr)
        check_not_negative(epsilon=eps)
        check_beta_range(betas)
        check_not_negative(weight_decay=weight_decay)
        defaults = dict(
            lr=lr, betas=betas, eps=eps, weight_decay=weight_decay, foreach=foreach, maximize=maximize,
            differentiable=differentiable, capturable=capturable,
        )  # fmt: skip
        super().__init__(params, defaults)
        check_modes(foreach, None, differentiable)

    def begin(self, param: Tensor, group: dict) -> None:
        """Begin with a mean and a largest gradient of 0."""
        self.state[param].update(exp_avg=blank(param), exp_inf=blank(param))

    def move(self, group: dict, params: list, grads: list, states: list, steps: list) -> None:
        """One step of the parameters of a group."""
        adamax_step(
            params,
            [state["exp_avg"] for state in states],
            [state["exp_inf"] for state in states],
            grads,
            rates=[number(group["lr"]) / (1 - group["betas"][0] ** count) for count in steps],
            betas=group["betas"],
            eps=group["eps"],
            weight_decay=group["weight_decay"],
            maximize=group["maximize"],
        )


@update("params", "exp_avgs", "exp_infs")
def adamax_step(xp, params, exp_avgs, exp_infs, grads, *, rates, betas, eps, weight_decay, maximize):
    """One step of Adamax, with a learning rate for each parameter."""
    for param, grad, mean, largest, rate in real_parts(params, grads, exp_avgs, exp_infs, rates):
        grad = followed(xp, param, grad, weight_decay, maximize)
        follow(xp, mean, grad, 1 - betas[0])
        xp.multiply(largest, betas[1], out=largest)
        xp.maximum(largest, xp.add(xp.absolute(grad), eps), out=largest)
        add_ratio(xp, param, mean, largest, -rate)


Adamax.__module__ = "torch.optim.adamax"
