"""Adadelta: steps whose size is the ratio of the sizes of the steps and of the gradients before."""

from collections.abc import Iterable

from tinytorch.optim.counting import CountingOptimizer, blank
from tinytorch.optim.optimizer import check_modes, check_not_negative, check_rate, number
from tinytorch.optim.steps import fade_and_add, followed, real_parts
from tinytorch.tensor import Tensor
from tinytorch.update import update


class Adadelta(CountingOptimizer):
    """param -= lr * delta, delta = grad * sqrt(deltas + eps) / sqrt(squares + eps).

    `deltas` and `squares` are means of the squares of delta and of the gradient that fade by `rho` a step.
    `weight_decay * param` is added to the gradient, `maximize` climbs. `foreach` and `capturable` change nothing about
    the numbers. A ValueError for options out of range. Zeiler, 2012.
    """

    def __init__(
        self,
        params: Iterable,
        lr: float | Tensor = 1.0,
        rho: float = 0.9,
        eps: float = 1e-6,
        weight_decay: float = 0,
        foreach: bool | None = None,
        *,
        capturable: bool = False,
        maximize: bool = False,
        differentiable: bool = False,
    ):
        check_rate(lr)
        if not 0.0 <= rho <= 1.0:
            raise ValueError(f"Invalid rho value: {rho}")
        check_not_negative(epsilon=eps, weight_decay=weight_decay)
        defaults = dict(
            lr=lr, rho=rho, eps=eps, weight_decay=weight_decay, maximize=maximize, capturable=capturable,
            foreach=foreach, differentiable=differentiable,
        )  # fmt: skip
        super().__init__(params, defaults)
        check_modes(foreach, None, differentiable)

    def begin(self, param: Tensor, group: dict) -> None:
        """Begin with means of 0."""
        self.state[param].update(square_avg=blank(param), acc_delta=blank(param))

    def move(self, group: dict, params: list, grads: list, states: list, steps: list) -> None:
        """One step of the parameters of a group."""
        adadelta_step(
            params,
            [state["square_avg"] for state in states],
            [state["acc_delta"] for state in states],
            grads,
            lr=number(group["lr"]),
            rho=group["rho"],
            eps=group["eps"],
            weight_decay=group["weight_decay"],
            maximize=group["maximize"],
        )


@update("params", "square_avgs", "acc_deltas")
def adadelta_step(xp, params, square_avgs, acc_deltas, grads, *, lr, rho, eps, weight_decay, maximize):
    """One step of Adadelta."""
    for param, grad, square, deltas in real_parts(params, grads, square_avgs, acc_deltas):
        grad = followed(xp, param, grad, weight_decay, maximize)
        fade_and_add(xp, square, rho, grad, grad, 1 - rho)
        ratio = xp.divide(xp.sqrt(xp.add(deltas, eps)), xp.sqrt(xp.add(square, eps)))
        delta = xp.multiply(ratio, grad)
        fade_and_add(xp, deltas, rho, delta, delta, 1 - rho)
        xp.add(param, xp.multiply(delta, -lr), out=param)


Adadelta.__module__ = "torch.optim.adadelta"
