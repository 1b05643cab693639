"""ASGD: stochastic gradient descent, with the mean of the parameters beside it."""

from collections.abc import Iterable

from tinytorch.optim.counting import CountingOptimizer, blank, step_counter
from tinytorch.optim.optimizer import check_modes, check_not_negative, check_rate, number
from tinytorch.optim.steps import followed, real_parts
from tinytorch.tensor import Tensor
from tinytorch.update import update


class ASGD(CountingOptimizer):
    """param = (1 - lambd * eta) * param - eta * grad, where eta falls as lr / (1 + lambd * lr * step) ** alpha.

    The state "ax" is the parameter, and from step `t0` on the mean of the parameters since. `weight_decay * param` is
    added to the gradient, `maximize` climbs. `foreach` and `capturable` change nothing about the numbers.
    A ValueError for options out of range. Polyak and Juditsky, 1992.
    """

    def __init__(
        self,
        params: Iterable,
        lr: float | Tensor = 1e-2,
        lambd: float = 1e-4,
        alpha: float = 0.75,
        t0: float = 1e6,
        weight_decay: float = 0,
        foreach: bool | None = None,
        maximize: bool = False,
        differentiable: bool = False,
        capturable: bool = False,
    ):
        check_rate(lr)
        check_not_negative(weight_decay=weight_decay)
        defaults = dict(
            lr=lr, lambd=lambd, alpha=alpha, t0=t0, weight_decay=weight_decay, foreach=foreach, maximize=maximize,
            differentiable=differentiable, capturable=capturable,
        )  # fmt: skip
        super().__init__(params, defaults)
        check_modes(foreach, None, differentiable)

    counters = ("step", "eta", "mu")

    def begin(self, param: Tensor, group: dict) -> None:
        """Begin with the learning rate, and with the parameter for its mean."""
        eta, mu = [step_counter(param, group, value) for value in (float(group["lr"]), 1.0)]
        self.state[param].update(eta=eta, mu=mu, ax=blank(param))

    def move(self, group: dict, params: list, grads: list, states: list, steps: list) -> None:
        """One step of the parameters of a group, and then the numbers of the next."""
        asgd_step(
            params,
            [state["ax"] for state in states],
            grads,
            rates=[state["eta"].item() for state in states],
            weights=[state["mu"].item() for state in states],
            lambd=group["lambd"],
            weight_decay=group["weight_decay"],
            maximize=group["maximize"],
        )
        lr = number(group["lr"])
        for param, state, count in zip(params, states, steps, strict=True):
            rate = lr / (1 + group["lambd"] * lr * count) ** group["alpha"]
            state["eta"].copy_(step_counter(param, group, rate))
            state["mu"].copy_(step_counter(param, group, 1 / max(1, count - group["t0"])))


@update("params", "means")
def asgd_step(xp, params, means, grads, *, rates, weights, lambd, weight_decay, maximize):
    """One step of ASGD, with a learning rate and a weight in the mean for each parameter."""
    for param, grad, mean, rate, weight in real_parts(params, grads, means, rates, weights):
        grad = followed(xp, param, grad, weight_decay, maximize)
        xp.multiply(param, 1 - lambd * rate, out=param)
        xp.add(param, xp.multiply(grad, -rate), out=param)
        if weight == 1:
            mean[...] = param
        else:
            xp.add(mean, xp.multiply(xp.subtract(param, mean), weight), out=mean)


ASGD.__module__ = "torch.optim.asgd"
