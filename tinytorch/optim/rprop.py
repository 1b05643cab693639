"""Rprop: steps of a size of each parameter's own, which grows while the gradient keeps its sign."""

from collections.abc import Iterable

from tinytorch.optim.counting import CountingOptimizer, blank, filled
from tinytorch.optim.optimizer import check_modes, check_rate
from tinytorch.optim.steps import real_parts
from tinytorch.tensor import Tensor
from tinytorch.update import update


class Rprop(CountingOptimizer):
    """param -= sign(grad) * size; the size changes by `etas[1]` where the sign is the one before, else by `etas[0]`.

    The sizes begin at lr and stay between `step_sizes`. Where the sign has changed, there is no step. `maximize`
    climbs. `foreach` and `capturable` change nothing about the numbers. A ValueError for options out of range.
    Riedmiller and Braun, 1993.
    """

    def __init__(
        self,
        params: Iterable,
        lr: float | Tensor = 1e-2,
        etas: tuple[float, float] = (0.5, 1.2),
        step_sizes: tuple[float, float] = (1e-6, 50),
        *,
        capturable: bool = False,
        foreach: bool | None = None,
        maximize: bool = False,
        differentiable: bool = False,
    ):
        check_rate(lr)
        if not 0.0 < etas[0] < 1.0 < etas[1]:
            raise ValueError(f"Invalid eta values: {etas[0]}, {etas[1]}")
        defaults = dict(
            lr=lr, etas=etas, step_sizes=step_sizes, foreach=foreach, maximize=maximize,
            differentiable=differentiable, capturable=capturable,
        )  # fmt: skip
        super().__init__(params, defaults)
        check_modes(foreach, None, differentiable)

    def begin(self, param: Tensor, group: dict) -> None:
        """Begin without a gradient before, and with steps of the learning rate."""
        self.state[param].update(prev=blank(param), step_size=filled(param, float(group["lr"])))

    def move(self, group: dict, params: list, grads: list, states: list, steps: list) -> None:
        """One step of the parameters of a group."""
        rprop_step(
            params,
            [state["prev"] for state in states],
            [state["step_size"] for state in states],
            grads,
            etas=group["etas"],
            limits=group["step_sizes"],
            maximize=group["maximize"],
        )


@update("params", "befores", "step_sizes")
def rprop_step(xp, params, befores, step_sizes, grads, *, etas, limits, maximize):
    """One step of Rprop; `befores` are the gradients of the step before, 0 where their sign had changed."""
    for param, grad, before, size in real_parts(params, grads, befores, step_sizes):
        grad = xp.negative(grad) if maximize else grad
        agreement = xp.multiply(grad, before)
        turned = xp.less(agreement, 0)
        changed = xp.where(turned, xp.multiply(size, etas[0]), size)
        changed = xp.where(xp.greater(agreement, 0), xp.multiply(size, etas[1]), changed)
        xp.minimum(xp.maximum(changed, limits[0]), limits[1], out=size)
        before[...] = xp.where(turned, 0, grad)
        xp.subtract(param, xp.multiply(xp.sign(before), size), out=param)


Rprop.__module__ = "torch.optim.rprop"
