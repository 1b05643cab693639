"""Adafactor: steps along the gradient, divided by a root mean square that is kept as a row and a column."""

from collections.abc import Iterable
from typing import ClassVar

from tinytorch.dtypes import finfo
from tinytorch.optim.counting import CountingOptimizer, blank
from tinytorch.optim.optimizer import check_modes, number
from tinytorch.tensor import Tensor


class Adafactor(CountingOptimizer):
    """param -= size * grad / sqrt(variance), clipped where its root mean square is above `d`.

    The variance of a matrix is kept as means of its rows and of its columns, that of a vector as it is; the means
    follow the square by step ** beta2_decay. `size` is min(lr, 1 / sqrt(step)) times the root mean square of the
    parameter, or eps[1] if that is larger; eps[0] keeps the variance from 0 (None for that of the dtype). The parameter
    shrinks by lr * weight_decay, `maximize` climbs. `foreach` changes nothing about the numbers.
    A ValueError for options out of range, a RuntimeError for complex parameters. Shazeer and Stern, 2018.
    """

    def __init__(
        self,
        params: Iterable,
        lr: float | Tensor = 1e-2,
        beta2_decay: float = -0.8,
        eps: tuple[float | None, float] = (None, 1e-3),
        d: float = 1.0,
        weight_decay: float = 0.0,
        *,
        foreach: bool | None = None,
        maximize: bool = False,
    ):
        if isinstance(lr, Tensor) and lr.numel() != 1:
            raise ValueError("Tensor lr must be 1-element")
        for wrong, words, value in (
            (not lr >= 0.0, "Learning rate should be >= 0", lr),
            (not beta2_decay <= 0.0, "beta2_decay should be <= 0", beta2_decay),
            (eps[0] is not None and not eps[0] >= 0.0, "epsilon1 should be >= 0", eps[0]),
            (not eps[1] >= 0.0, "epsilon2 should be >= 0", eps[1]),
            (not d >= 1.0, "Clipping threshold d should be >= 1", d),
            (not weight_decay >= 0.0, "weight_decay should be >= 0", weight_decay),
        ):
            if wrong:
                raise ValueError(f"{words} but is: {value}")
        defaults = dict(
            lr=lr, beta2_decay=beta2_decay, eps=eps, d=d, weight_decay=weight_decay, foreach=foreach, maximize=maximize
        )
        super().__init__(params, defaults)
        check_modes(foreach, None, False)

    late_options: ClassVar[dict] = dict(foreach=None)

    def begin(self, param: Tensor, group: dict) -> None:
        """Begin with means of 0."""
        state = self.state[param]
        if param.ndim > 1:
            *rest, rows, columns = param.shape
            state.update(row_var=param.new_zeros(*rest, rows, 1), col_var=param.new_zeros(*rest, 1, columns))
        else:
            state["variance"] = blank(param)

    def update(self, group: dict, params: list, grads: list) -> None:
        """One step of the parameters of a group; a RuntimeError for complex ones."""
        if any([each.is_complex() for each in params]):
            raise RuntimeError("Adafactor does not support complex parameters")
        super().update(group, params, grads)

    def move(self, group: dict, params: list, grads: list, states: list, steps: list) -> None:
        """One step of the parameters of a group."""
        lr, (least, least_size) = number(group["lr"]), group["eps"]
        least = finfo(params[0].dtype).eps if least is None else least
        for param, grad, state, count in zip(params, grads, states, steps, strict=True):
            grad = -grad if group["maximize"] else grad
            size = max(least_size, root_mean_square(param)) * min(lr, 1 / count**0.5)
            if group["weight_decay"]:
                param.mul_(1 - lr * group["weight_decay"])
            variance = followed_variance(state, grad, count ** group["beta2_decay"], least)
            step = variance.clamp(min=least * least).rsqrt().mul(grad)
            param.add_(step, alpha=-size / max(1.0, root_mean_square(step) / group["d"]))


def followed_variance(state: dict, grad: Tensor, weight: float, least: float) -> Tensor:
    """The mean square of the gradient, after its state has followed the new one."""
    if grad.ndim < 2:
        return state["variance"].lerp_(grad * grad, weight)
    for name, dim in (("row_var", -1), ("col_var", -2)):
        state[name].lerp_(grad.norm(dim=dim, keepdim=True).square() / grad.size(dim), weight)
    return (state["row_var"] @ state["col_var"]) / state["row_var"].mean(dim=-2, keepdim=True).clamp(min=least)


def root_mean_square(tensor: Tensor) -> float:
    """The root of the mean of the squares of all elements."""
    return tensor.norm(2).item() / tensor.numel() ** 0.5


Adafactor.__module__ = "torch.optim"
