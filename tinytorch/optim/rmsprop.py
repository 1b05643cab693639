"""RMSprop: steps along the gradient, divided by the root of the mean of its square."""

from collections.abc import Iterable
from typing import ClassVar

from tinytorch.optim.counting import CountingOptimizer, blank
from tinytorch.optim.optimizer import check_modes, check_not_negative, check_rate, number
from tinytorch.optim.steps import add_ratio, fade_and_add, follow, followed, real_parts
from tinytorch.tensor import Tensor
from tinytorch.update import update


class RMSprop(CountingOptimizer):
    """param -= lr * grad / (sqrt(square) + eps), with a mean of the gradient's square that fades by `alpha` a step.

    `centered` takes the square of the gradient's mean off `square`; with `momentum` the steps add up and fade.
    `weight_decay * param` is added to the gradient, `maximize` climbs. `foreach` and `capturable` change nothing about
    the numbers. A ValueError for options out of range. Hinton, lecture 6e; centered: Graves, 2013.
    """

    def __init__(
        self,
        params: Iterable,
        lr: float | Tensor = 1e-2,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0,
        momentum: float = 0,
        centered: bool = False,
        capturable: bool = False,
        foreach: bool | None = None,
        maximize: bool = False,
        differentiable: bool = False,
    ):
        check_rate(lr)
        check_not_negative(epsilon=eps, momentum=momentum, weight_decay=weight_decay, alpha=alpha)
        defaults = dict(
            lr=lr, momentum=momentum, alpha=alpha, eps=eps, centered=centered, weight_decay=weight_decay,
            capturable=capturable, foreach=foreach, maximize=maximize, differentiable=differentiable,
        )  # fmt: skip
        super().__init__(params, defaults)
        check_modes(foreach, None, differentiable)

    late_options: ClassVar[dict] = dict(momentum=0, centered=False, **CountingOptimizer.late_options)

    def begin(self, param: Tensor, group: dict) -> None:
        """Begin with means of 0."""
        state = self.state[param]
        state["square_avg"] = blank(param)
        if group["momentum"] > 0:
            state["momentum_buffer"] = blank(param)
        if group["centered"]:
            state["grad_avg"] = blank(param)

    def move(self, group: dict, params: list, grads: list, states: list, steps: list) -> None:
        """One step of the parameters of a group."""
        rmsprop_step(
            params,
            [state["square_avg"] for state in states],
            [state["grad_avg"] for state in states] if group["centered"] else [],
            [state["momentum_buffer"] for state in states] if group["momentum"] > 0 else [],
            grads,
            lr=number(group["lr"]),
            alpha=group["alpha"],
            eps=group["eps"],
            weight_decay=group["weight_decay"],
            momentum=group["momentum"],
            maximize=group["maximize"],
        )


@update("params", "square_avgs", "grad_avgs", "momentum_buffers")
def rmsprop_step(
    xp, params, square_avgs, grad_avgs, momentum_buffers, grads, *, lr, alpha, eps, weight_decay, momentum, maximize
):
    """One step of RMSprop; `grad_avgs` is empty unless centered, `momentum_buffers` without momentum."""
    means, buffers = grad_avgs or [None] * len(params), momentum_buffers or [None] * len(params)
    for param, grad, square, mean, buffer in real_parts(params, grads, square_avgs, means, buffers):
        grad = followed(xp, param, grad, weight_decay, maximize)
        fade_and_add(xp, square, alpha, grad, grad, 1 - alpha)
        if mean is not None:
            follow(xp, mean, grad, 1 - alpha)
            square = xp.subtract(square, xp.multiply(mean, mean))
        root = xp.add(xp.sqrt(square), eps)
        if buffer is None:
            add_ratio(xp, param, grad, root, -lr)
        else:
            xp.multiply(buffer, momentum, out=buffer)
            xp.add(buffer, xp.divide(grad, root), out=buffer)
            xp.add(param, xp.multiply(buffer, -lr), out=param)


RMSprop.__module__ = "torch.optim.rmsprop"
