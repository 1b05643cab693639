"""Stochastic gradient descent, with momentum."""

from collections.abc import Iterable
from typing import ClassVar

from tinytorch.optim.optimizer import Optimizer, check_modes, number
from tinytorch.tensor import Tensor
from tinytorch.update import update


class SGD(Optimizer):
    """param -= lr * grad; with momentum, grad is a sum of all gradients so far that fades by `momentum` a step.

    `weight_decay * param` is added to the gradient. `dampening` is taken off the share of the new gradient, `nesterov`
    looks one step of momentum ahead, `maximize` climbs. `foreach` and `fused` are taken and make no difference.
    A ValueError for options out of range. Sutskever et al., 2013, in the form that applies lr after the momentum.
    """

    def __init__(
        self,
        params: Iterable,
        lr: float | Tensor = 1e-3,
        momentum: float = 0,
        dampening: float = 0,
        weight_decay: float | Tensor = 0,
        nesterov: bool = False,
        *,
        maximize: bool = False,
        foreach: bool | None = None,
        differentiable: bool = False,
        fused: bool | None = None,
    ):
        if isinstance(lr, Tensor) and lr.numel() != 1:
            raise ValueError("Tensor lr must be 1-element")
        if lr < 0.0:
            raise ValueError(f"Invalid learning rate: {lr}")
        if momentum < 0.0:
            raise ValueError(f"Invalid momentum value: {momentum}")
        if weight_decay < 0.0:
            raise ValueError(f"Invalid weight_decay value: {weight_decay}")
        if nesterov and (momentum <= 0 or dampening != 0):
            raise ValueError("Nesterov momentum requires a momentum and zero dampening")
        defaults = dict(
            lr=lr, momentum=momentum, dampening=dampening, weight_decay=weight_decay, nesterov=nesterov,
            maximize=maximize, foreach=foreach, differentiable=differentiable, fused=fused,
        )  # fmt: skip
        super().__init__(params, defaults)
        check_modes(foreach, fused, differentiable)

    late_options: ClassVar[dict] = dict(nesterov=False, maximize=False, foreach=None, differentiable=False, fused=False)

    def update(self, group: dict, params: list, grads: list) -> None:
        """One step of the parameters of a group; a buffer of momentum begins as the first gradient, undampened."""
        places = [place for place, each in enumerate(grads) if each._operate is not None]
        if places:
            for place in places:
                self.update_sparse(group, params[place], grads[place])
            params, grads = [[each for place, each in enumerate(values) if place not in places]
                             for values in (params, grads)]  # fmt: skip
        options = dict(
            lr=number(group["lr"]), momentum=group["momentum"], weight_decay=number(group["weight_decay"]),
            nesterov=group["nesterov"], maximize=group["maximize"],
        )  # fmt: skip
        if not group["momentum"]:
            sgd_step(params, grads, [], dampening=0, **options)
            return
        states = [self.state[each] for each in params]
        begun = [state.get("momentum_buffer") is not None for state in states]
        for param, state, has_begun in zip(params, states, begun, strict=True):
            if not has_begun:
                state["momentum_buffer"] = param.new_zeros(param.shape)
        for old, dampening in ((True, group["dampening"]), (False, 0)):
            places = [place for place, each in enumerate(begun) if each is old]
            buffers = [states[place]["momentum_buffer"] for place in places]
            sgd_step([params[n] for n in places], [grads[n] for n in places], buffers, dampening=dampening, **options)

    def check_sparse(self, group: dict) -> None:
        """Refuse sparse gradients where a fused step is asked for."""
        if group["fused"]:
            raise RuntimeError("`_fused_sgd` does not support sparse gradients")

    def update_sparse(self, group: dict, param: Tensor, grad: Tensor) -> None:
        """One step of a parameter whose gradient is sparse, and so its buffer of momentum: rows without one stay."""
        momentum = group["momentum"]
        grad = -grad if group["maximize"] else grad
        if group["weight_decay"] != 0:
            grad = grad.add(param, alpha=number(group["weight_decay"]))
        if momentum:
            state = self.state[param]
            if state.get("momentum_buffer") is None:
                state["momentum_buffer"] = grad.detach().clone()
            else:
                state["momentum_buffer"].mul_(momentum).add_(grad, alpha=1 - group["dampening"])
            buffer = state["momentum_buffer"]
            grad = grad.add(buffer, alpha=momentum) if group["nesterov"] else buffer
        param.add_(grad, alpha=-number(group["lr"]))


@update("params", "momentum_buffers")
def sgd_step(xp, params, grads, momentum_buffers, *, lr, momentum, dampening, weight_decay, nesterov, maximize):
    """One step of stochastic gradient descent; without momentum there are no buffers."""
    for place, (param, grad) in enumerate(zip(params, grads, strict=True)):
        buffer = momentum_buffers[place] if momentum else None
        grad = xp.negative(grad) if maximize else grad
        xp.sgd_step(param, grad, buffer, lr, momentum, dampening, weight_decay, nesterov)


SGD.__module__ = "torch.optim.sgd"
