"""Optimizers that count the steps of each parameter and keep tensors like it."""

from typing import ClassVar

from tinytorch import dtypes
from tinytorch.devices import CPU
from tinytorch.optim.optimizer import Optimizer
from tinytorch.tensor import Tensor, wrap


class CountingOptimizer(Optimizer):
    """An optimizer with a number of steps for each parameter; a subclass writes `begin(param, group)`, which makes the
    state of a parameter beside that number, and `move(group, params, grads, states, steps)`, which takes a step.
    """

    late_options: ClassVar[dict] = dict(maximize=False, foreach=None, capturable=False, differentiable=False)
    counters = ("step",)  # names of what is a tensor of one number in the state; files of older versions have numbers

    def __setstate__(self, state: dict) -> None:
        super().__setstate__(state)
        for group in self.param_groups:
            for param in group["params"]:
                found = self.state.get(param)
                for name in self.counters if found else ():
                    if not isinstance(found[name], Tensor):
                        found[name] = step_counter(param, group, float(found[name]))

    def update(self, group: dict, params: list, grads: list) -> None:
        """One step of the parameters of a group."""
        for param in params:
            if not self.state[param]:
                self.state[param]["step"] = step_counter(param, group)
                self.begin(param, group)
        states = [self.state[param] for param in params]
        self.move(group, params, grads, states, [state["step"].add_(1).item() for state in states])

    def begin(self, param: Tensor, group: dict) -> None:
        """Make the state of a parameter before its first step."""
        raise NotImplementedError

    def move(self, group: dict, params: list, grads: list, states: list, steps: list) -> None:
        """Take a step, whose number for each parameter is in `steps`."""
        raise NotImplementedError


def step_counter(param: Tensor, group: dict, value: float = 0.0) -> Tensor:
    """The number of steps as a tensor, on the CPU unless the group says otherwise: reading it then waits for no GPU."""
    fused = group.get("fused")
    device = param.device if group.get("capturable") or fused else CPU
    wide = not fused and dtypes.get_default_dtype() is dtypes.float64
    array = CPU.asarray(value, (dtypes.float64 if wide else dtypes.float32).numpy)
    return wrap(device.asarray(array), device)


def blank(param: Tensor) -> Tensor:
    """Zeros like a parameter, in its order of memory."""
    return wrap(param.device.xp.zeros_like(param.array), param.device)


def filled(param: Tensor, value: float) -> Tensor:
    """A number everywhere like a parameter, in both parts of a complex one, in its order of memory."""
    value = complex(value, value) if param.dtype.is_complex else value
    return wrap(param.device.xp.full_like(param.array, value), param.device)
