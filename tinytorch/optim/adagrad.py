"""Adagrad: steps along the gradient, divided by the root of the sum of all its squares."""

from collections.abc import Iterable
from typing import ClassVar

from tinytorch.optim.counting import CountingOptimizer, filled, step_counter
from tinytorch.optim.optimizer import check_modes, check_not_negative, check_rate, number
from tinytorch.optim.steps import add_ratio, followed, real_parts, with_values
from tinytorch.tensor import Tensor
from tinytorch.update import update


class Adagrad(CountingOptimizer):
    """param -= rate * grad / (sqrt(sum) + eps), rate = lr / (1 + (step - 1) * lr_decay).

    `sum` adds up the gradient's squares and begins at `initial_accumulator_value`. `weight_decay * param` is added to
    the gradient, `maximize` climbs. `foreach` and `fused` change nothing about the numbers.
    A ValueError for options out of range. Duchi et al., 2011.
    """

    def __init__(
        self,
        params: Iterable,
        lr: float | Tensor = 1e-2,
        lr_decay: float = 0,
        weight_decay: float = 0,
        initial_accumulator_value: float = 0,
        eps: float = 1e-10,
        foreach: bool | None = None,
        *,
        maximize: bool = False,
        differentiable: bool = False,
        fused: bool | None = None,
    ):
        check_rate(lr)
        check_not_negative(
            lr_decay=lr_decay, weight_decay=weight_decay, initial_accumulator_value=initial_accumulator_value,
            epsilon=eps,
        )  # fmt: skip
        defaults = dict(
            lr=lr, lr_decay=lr_decay, eps=eps, weight_decay=weight_decay,
            initial_accumulator_value=initial_accumulator_value, foreach=foreach, maximize=maximize,
            differentiable=differentiable, fused=fused,
        )  # fmt: skip
        super().__init__(params, defaults)
        check_modes(foreach, fused, differentiable)
        for group in self.param_groups:
            for param in group["params"]:
                self.state[param]["step"] = step_counter(param, group)
                self.begin(param, group)

    late_options: ClassVar[dict] = dict(maximize=False, foreach=None, differentiable=False, fused=None)

    def share_memory(self) -> None:
        """Let other processes see the sums."""
        for group in self.param_groups:
            for param in group["params"]:
                self.state[param]["sum"].share_memory_()

    def begin(self, param: Tensor, group: dict) -> None:
        """Begin with the sum that all groups have."""
        self.state[param]["sum"] = filled(param, self.defaults["initial_accumulator_value"])

    def move(self, group: dict, params: list, grads: list, states: list, steps: list) -> None:
        """One step of the parameters of a group."""
        places = [place for place, each in enumerate(grads) if each._operate is not None]
        if places:
            for place in places:
                self.move_sparse(group, params[place], grads[place], states[place]["sum"], steps[place])
            params, grads, states, steps = [[each for place, each in enumerate(values) if place not in places]
                                            for values in (params, grads, states, steps)]  # fmt: skip
        adagrad_step(
            params,
            [state["sum"] for state in states],
            grads,
            rates=[number(group["lr"]) / (1 + (count - 1) * group["lr_decay"]) for count in steps],
            eps=group["eps"],
            weight_decay=group["weight_decay"],
            maximize=group["maximize"],
        )

    def check_sparse(self, group: dict) -> None:
        """Refuse sparse gradients with a weight decay, and where a fused step is asked for."""
        if group["fused"]:
            raise RuntimeError("`fused` does not support sparse grad or complex param")
        if group["weight_decay"] != 0:
            raise RuntimeError("weight_decay option is not compatible with sparse gradients")

    def move_sparse(self, group: dict, param: Tensor, grad: Tensor, total: Tensor, count: int) -> None:
        """One step of a parameter whose gradient is sparse: of the rows that it has."""
        grad = (-grad if group["maximize"] else grad).coalesce()
        values = grad.values()
        total.add_(with_values(grad, values.pow(2)))
        root = total.sparse_mask(grad).values().sqrt().add_(group["eps"])
        rate = number(group["lr"]) / (1 + (count - 1) * group["lr_decay"])
        param.add_(with_values(grad, values / root), alpha=-rate)


@update("params", "sums")
def adagrad_step(xp, params, sums, grads, *, rates, eps, weight_decay, maximize):
    """One step of Adagrad, with a learning rate for each parameter."""
    for param, grad, total, rate in real_parts(params, grads, sums, rates):
        grad = followed(xp, param, grad, weight_decay, maximize)
        xp.add(total, xp.multiply(grad, grad), out=total)
        add_ratio(xp, param, grad, xp.add(xp.sqrt(total), eps), -rate)


Adagrad.__module__ = "torch.optim.adagrad"
