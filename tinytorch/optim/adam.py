"""Adam: steps along the mean of the gradient, divided by the root of the mean of its square."""

from collections.abc import Iterable
from typing import ClassVar

from tinytorch.optim.counting import CountingOptimizer, blank
from tinytorch.optim.optimizer import check_beta_range, check_modes, check_not_negative, check_rate, number
from tinytorch.tensor import Tensor
from tinytorch.update import update


class Adam(CountingOptimizer):
    """param -= lr * mean / (sqrt(square) + eps), with means of the gradient and its square that fade by `betas` a step.

    Both means begin at 0 and are corrected for it. `weight_decay * param` is added to the gradient; with
    `decoupled_weight_decay` (AdamW) the parameter shrinks by lr * weight_decay instead. `amsgrad` uses the
    largest `square` so far, `maximize` climbs. `foreach`, `fused` and `capturable` change nothing about the numbers.
    A ValueError for options out of range. Kingma and Ba, 2014; amsgrad: Reddi et al., 2018.
    """

    def __init__(
        self,
        params: Iterable,
        lr: float | Tensor = 1e-3,
        betas: tuple = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        amsgrad: bool = False,
        *,
        foreach: bool | None = None,
        maximize: bool = False,
        capturable: bool = False,
        differentiable: bool = False,
        fused: bool | None = None,
        decoupled_weight_decay: bool = False,
    ):
        if isinstance(lr, Tensor) and foreach and not capturable:
            raise ValueError("lr as a Tensor is not supported for capturable=False and foreach=True")
        check_rate(lr)
        check_not_negative(epsilon=eps)
        check_betas(betas, foreach, capturable)
        check_not_negative(weight_decay=weight_decay)
        defaults = dict(
            lr=lr, betas=tuple(betas), eps=eps, weight_decay=weight_decay, amsgrad=amsgrad, maximize=maximize,
            foreach=foreach, capturable=capturable, differentiable=differentiable, fused=fused,
            decoupled_weight_decay=decoupled_weight_decay,
        )  # fmt: skip
        super().__init__(params, defaults)
        check_modes(foreach, fused, differentiable)

    late_options: ClassVar[dict] = dict(
        amsgrad=False, fused=None, decoupled_weight_decay=False, **CountingOptimizer.late_options
    )  # fmt: skip

    def begin(self, param: Tensor, group: dict) -> None:
        """Begin with means of 0."""
        state = self.state[param]
        state["exp_avg"], state["exp_avg_sq"] = blank(param), blank(param)
        if group["amsgrad"]:
            state["max_exp_avg_sq"] = blank(param)

    def check_sparse(self, group: dict) -> None:
        """Refuse sparse gradients."""
        raise RuntimeError("Adam does not support sparse gradients, please consider SparseAdam instead")

    def move(self, group: dict, params: list, grads: list, states: list, steps: list) -> None:
        """One step of the parameters of a group."""
        adam_step(
            params,
            [state["exp_avg"] for state in states],
            [state["exp_avg_sq"] for state in states],
            [state["max_exp_avg_sq"] for state in states] if group["amsgrad"] else [],
            grads,
            steps=steps,
            lr=number(group["lr"]),
            betas=tuple([number(each) for each in group["betas"]]),
            eps=group["eps"],
            weight_decay=group["weight_decay"],
            decoupled_weight_decay=group["decoupled_weight_decay"],
            maximize=group["maximize"],
        )


def check_betas(betas, foreach, capturable) -> None:
    """Refuse betas outside [0, 1), or of two kinds."""
    check_beta_range(betas)
    if not (all(isinstance(each, float) for each in betas) or all(isinstance(each, Tensor) for each in betas)):
        raise ValueError("betas must be either both floats or both Tensors")
    for place, beta in enumerate(betas):
        if isinstance(beta, Tensor):
            if foreach and not capturable:
                raise ValueError(f"betas[{place}] as a Tensor is not supported for capturable=False and foreach=True")
            if beta.numel() != 1:
                raise ValueError(f"Tensor betas[{place}] must be 1-element")


@update("params", "exp_avgs", "exp_avg_sqs", "max_exp_avg_sqs")
def adam_step(
    xp, params, exp_avgs, exp_avg_sqs, max_exp_avg_sqs, grads, *, steps, lr, betas, eps, weight_decay,
    decoupled_weight_decay, maximize,
):  # fmt: skip
    """One step of Adam, whose number is in `steps`; `max_exp_avg_sqs` is empty without amsgrad."""
    for place, count in enumerate(steps):
        param, grad = params[place], grads[place]
        if maximize:
            grad = xp.negative(grad)
        if weight_decay and decoupled_weight_decay:
            xp.multiply(param, 1 - lr * weight_decay, out=param)
        elif weight_decay:
            grad = xp.add(grad, xp.multiply(param, weight_decay))
        largest = max_exp_avg_sqs[place] if max_exp_avg_sqs else None
        arrays = [param, grad, exp_avgs[place], exp_avg_sqs[place], largest]
        step_size = lr / (1 - betas[0] ** count)
        root = (1 - betas[1] ** count) ** 0.5
        if param.dtype.kind != "c":
            xp.adam_step(*arrays, step_size, betas, root, eps)
            continue
        for part in ("real", "imag"):  # a complex number is a pair of real ones
            parts = [None if each is None else getattr(each, part) for each in arrays]
            xp.adam_step(*parts, step_size, betas, root, eps)


Adam.__module__ = "torch.optim.adam"
