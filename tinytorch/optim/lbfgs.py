"""L-BFGS: steps along the gradient as the last changes of gradients and parameters say that the surface is curved."""

from collections.abc import Callable, Iterable

from tinytorch.modes import enable_grad, no_grad
from tinytorch.ops.complex import view_as_real
from tinytorch.ops.join import concatenate
from tinytorch.optim.line_search import strong_wolfe
from tinytorch.optim.optimizer import Optimizer, check_rate
from tinytorch.tensor import Tensor

KEPT = ("d", "t", "old_dirs", "old_stps", "ro", "H_diag", "prev_flat_grad", "prev_loss")  # from step to step


class LBFGS(Optimizer):
    """Up to `max_iter` moves a step; `step` needs a closure, which it calls once a move, and up to `max_eval` times.

    It stops where no element of the gradient is above `tolerance_grad`, or a move or the loss changes by less than
    `tolerance_change`. `history_size` changes are kept. Each move is `lr` long, or with `line_search_fn="strong_wolfe"`
    as long as serves. There is one group. Liu and Nocedal, 1989, in the form of minFunc.
    """

    def __init__(
        self,
        params: Iterable,
        lr: float | Tensor = 1,
        max_iter: int = 20,
        max_eval: int | None = None,
        tolerance_grad: float = 1e-7,
        tolerance_change: float = 1e-9,
        history_size: int = 100,
        line_search_fn: str | None = None,
    ):
        check_rate(lr)
        defaults = dict(
            lr=lr, max_iter=max_iter, max_eval=max_iter * 5 // 4 if max_eval is None else max_eval,
            tolerance_grad=tolerance_grad, tolerance_change=tolerance_change, history_size=history_size,
            line_search_fn=line_search_fn,
        )  # fmt: skip
        super().__init__(params, defaults)
        if len(self.param_groups) != 1:
            raise ValueError("LBFGS doesn't support per-parameter options (parameter groups)")

    def step(self, closure: Callable):
        """Move up to `max_iter` times; the loss before the first move, which `closure` computes, is returned."""
        with no_grad():
            return self.moved(enable_grad()(closure))

    def moved(self, closure: Callable):
        """The loss to begin with, after the moves of one step."""
        (group,) = self.param_groups
        lr = group["lr"].reshape(()) if isinstance(group["lr"], Tensor) else group["lr"]
        state = self.state[group["params"][0]]
        state.setdefault("func_evals", 0)
        state.setdefault("n_iter", 0)
        first_loss = closure()
        loss, grad, evaluations = float(first_loss), self.flat_grad(), 1
        state["func_evals"] += 1
        if grad.abs().max() <= group["tolerance_grad"]:
            return first_loss
        for name in KEPT:
            state.setdefault(name, None)
        for move in range(1, group["max_iter"] + 1):
            state["n_iter"] += 1
            self.turn(state, group, grad)
            state["prev_flat_grad"], state["prev_loss"] = grad.clone(), loss
            direction = state["d"]
            state["t"] = min(1.0, 1.0 / grad.abs().sum()) * lr if state["n_iter"] == 1 else lr
            slope = grad.dot(direction)
            if slope > -group["tolerance_change"]:
                break
            calls, last = 0, move == group["max_iter"]
            if group["line_search_fn"] is not None:
                if group["line_search_fn"] != "strong_wolfe":
                    raise RuntimeError("only 'strong_wolfe' is supported")
                loss, grad, state["t"], calls = strong_wolfe(
                    self.probe(closure, direction), state["t"], direction, loss, grad, slope,
                    group["max_eval"] - evaluations,
                )  # fmt: skip
            self.go(state["t"], direction)
            if group["line_search_fn"] is None and not last:
                loss, grad, calls = float(closure()), self.flat_grad(), 1
            evaluations += calls
            state["func_evals"] += calls
            if (
                last
                or evaluations >= group["max_eval"]
                or grad.abs().max() <= group["tolerance_grad"]
                or direction.mul(state["t"]).abs().max() <= group["tolerance_change"]
                or abs(loss - state["prev_loss"]) < group["tolerance_change"]
            ):
                break
        return first_loss

    def turn(self, state: dict, group: dict, grad: Tensor) -> None:
        """Remember the last change, and find the next direction."""
        if state["n_iter"] == 1:
            state.update(d=grad.neg(), old_dirs=[], old_stps=[], ro=[], H_diag=1)
            return
        change, step = grad.sub(state["prev_flat_grad"]), state["d"].mul(state["t"])
        curvature = change.dot(step)
        changes, steps, inverses = state["old_dirs"], state["old_stps"], state["ro"]
        if curvature > 1e-10:
            if len(changes) == group["history_size"]:
                for each in (changes, steps, inverses):
                    each.pop(0)
            changes.append(change)
            steps.append(step)
            inverses.append(1.0 / curvature)
            state["H_diag"] = curvature / change.dot(change)
        shares = state.setdefault("al", [None] * group["history_size"])
        direction = grad.neg()
        for place in reversed(range(len(changes))):
            shares[place] = steps[place].dot(direction) * inverses[place]
            direction.add_(changes[place].mul(shares[place]), alpha=-1)
        direction.mul_(state["H_diag"])
        for place in range(len(changes)):
            share = changes[place].dot(direction) * inverses[place]
            direction.add_(steps[place].mul(shares[place] - share))
        state["d"] = direction

    def flat_grad(self) -> Tensor:
        """All gradients as one vector, those of complex parameters as pairs of numbers."""
        params = self.param_groups[0]["params"]
        return concatenate(
            [flat(each.new_zeros(each.shape) if each.grad is None else each.grad.to_dense()) for each in params]
        )

    def go(self, length: float, direction: Tensor) -> None:
        """Move all parameters along a direction."""
        start = 0
        for param in self.param_groups[0]["params"]:
            numbers = view_as_real(param) if param.is_complex() else param
            numbers.add_(direction[start : start + numbers.numel()].view_as(numbers) * length)
            start += numbers.numel()

    def probe(self, closure: Callable, direction: Tensor) -> Callable:
        """A function of a length: the loss and the gradient there; the parameters are where they were afterwards."""
        params = self.param_groups[0]["params"]
        before = [each.clone() for each in params]

        def evaluate(length):
            self.go(length, direction)
            loss, grad = float(closure()), self.flat_grad()
            for param, value in zip(params, before, strict=True):
                param.copy_(value)
            return loss, grad

        return evaluate


def flat(tensor: Tensor) -> Tensor:
    """A tensor as a vector of real numbers."""
    return (view_as_real(tensor) if tensor.is_complex() else tensor).reshape(-1)


LBFGS.__module__ = "torch.optim.lbfgs"
