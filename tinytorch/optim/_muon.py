"""Muon: steps of matrices along the momentum, made orthogonal."""

import math
from collections.abc import Iterable

from tinytorch.optim.optimizer import Optimizer, number
from tinytorch.tensor import Tensor


class Muon(Optimizer):
    """param = (1 - lr * weight_decay) * param - rate * orthogonal(momentum), for matrices only.

    The momentum is a mean of the gradients, which `nesterov` looks one step ahead of. It is made orthogonal in bfloat16
    by `ns_steps` steps of Newton and Schulz with `ns_coefficients`. The rate is lr for matrices of n rows and m columns
    times sqrt(max(1, n / m)) ("original", or None), or 0.2 * sqrt(max(n, m)) ("match_rms_adamw").
    A ValueError for options out of range and other shapes, a RuntimeError for complex ones. Jordan et al., 2024.
    """

    def __init__(
        self,
        params: Iterable,
        lr: float = 1e-3,
        weight_decay: float = 0.1,
        momentum: float = 0.95,
        nesterov: bool = True,
        ns_coefficients: tuple[float, float, float] = (3.4445, -4.775, 2.0315),
        eps: float = 1e-7,
        ns_steps: int = 5,
        adjust_lr_fn: str | None = None,
    ):
        if isinstance(lr, Tensor) and lr.numel() != 1:
            raise ValueError("Tensor lr must be 1-element")
        for name, value in {"Learning rate": lr, "momentum": momentum, "weight decay": weight_decay}.items():
            if not value >= 0.0:
                raise ValueError(f"{name} should be >= 0 but is: {value}")
        if adjust_lr_fn not in (None, "original", "match_rms_adamw"):
            raise ValueError(f"Adjust learning rate function {adjust_lr_fn} is not supported")
        defaults = dict(
            lr=lr, weight_decay=weight_decay, momentum=momentum, nesterov=nesterov, ns_coefficients=ns_coefficients,
            eps=eps, ns_steps=ns_steps, adjust_lr_fn=adjust_lr_fn,
        )  # fmt: skip
        super().__init__(params, defaults)
        for group in self.param_groups:
            for param in group["params"]:
                if param.ndim != 2:
                    raise ValueError(
                        f"Muon only supports 2D parameters whereas we found a parameter with size: {param.size()}"
                    )

    def update(self, group: dict, params: list, grads: list) -> None:
        """One step of the parameters of a group."""
        lr, momentum = number(group["lr"]), group["momentum"]
        for param, grad in zip(params, grads, strict=True):
            if param.is_complex():
                raise RuntimeError("Muon does not support complex parameters")
            state = self.state[param]
            if "momentum_buffer" not in state:
                state["momentum_buffer"] = grad.new_zeros(grad.shape)
            mean = state["momentum_buffer"].lerp_(grad, 1 - momentum)
            step = grad.lerp(mean, momentum) if group["nesterov"] else mean
            step = orthogonal(step, group["ns_coefficients"], group["ns_steps"], group["eps"])
            param.mul_(1 - lr * group["weight_decay"])
            param.add_(step, alpha=-lr * rate_factor(group["adjust_lr_fn"], *param.shape))


def orthogonal(matrix: Tensor, coefficients: tuple, steps: int, eps: float) -> Tensor:
    """The matrix with all its singular values near 1, in bfloat16."""
    if steps >= 100:
        raise ValueError("Number of steps must be less than 100 for computational efficiency")
    if len(coefficients) != 3:
        raise ValueError("Coefficients must be a tuple of exactly 3 values")
    first, third, fifth = coefficients
    tall = matrix.shape[0] > matrix.shape[1]
    found = matrix.bfloat16().T if tall else matrix.bfloat16()
    found = found / found.norm().clamp(min=eps)
    for _ in range(steps):
        square = found @ found.T
        found = found.addmm(square.addmm(square, square, beta=third, alpha=fifth), found, beta=first)
        # first * found + (third * square + fifth * square @ square) @ found
    return found.T if tall else found


def rate_factor(rule: str | None, rows: int, columns: int) -> float:
    """By how much the learning rate of a matrix differs, so that steps of all matrices change as much."""
    if rule == "match_rms_adamw":
        return 0.2 * math.sqrt(max(rows, columns))
    return math.sqrt(max(1, rows / columns))


Muon.__module__ = "torch.optim"
