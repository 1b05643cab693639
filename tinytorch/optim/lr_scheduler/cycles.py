"""Schedules that go up and down: triangles, one cycle, and a cosine with restarts; with the rate goes the momentum."""

import math
import types
from collections.abc import Callable

from tinytorch.optim.lr_scheduler.schedule import LRScheduler, check_optimizer, for_each_group, set_lr
from tinytorch.optim.optimizer import Optimizer


class CycledMomentum(LRScheduler):
    """The base of schedules that lower the momentum, or the first of betas, while the rate rises."""

    def begin_momentum(self, base_momentum, max_momentum, last_epoch: int) -> tuple:
        """Find out what the optimizer calls its momentum, let it begin at its largest, and give the limits as lists."""
        defaults = self.optimizer.defaults
        if "momentum" not in defaults and "betas" not in defaults:
            raise ValueError("optimizer must support momentum or beta1 with `cycle_momentum` option enabled")
        self.use_beta1 = "betas" in defaults
        most = for_each_group("max_momentum", self.optimizer, max_momentum)
        least = for_each_group("base_momentum", self.optimizer, base_momentum)
        for group, low, high in zip(self.optimizer.param_groups, least, most, strict=True):
            if last_epoch == -1:
                self.set_momentum(group, high)
                group["max_momentum"], group["base_momentum"] = high, low
        return least, most

    def set_momentum(self, group: dict, momentum) -> None:
        """Give a group its momentum, under the name that it has there."""
        if self.use_beta1:
            group["betas"] = (momentum, *group["betas"][1:])
        else:
            group["momentum"] = momentum


class CyclicLR(CycledMomentum):
    """From `base_lr` up to `max_lr` in `step_size_up` steps and down in `step_size_down`, again and again.

    The height of a cycle is that of the first ("triangular"), half of the one before ("triangular2"), falls by
    `gamma` a step ("exp_range"), or is scaled by `scale_fn` of the cycle or of the step ("iterations"). Smith, 2015.
    """

    def __init__(
        self,
        optimizer: Optimizer,
        base_lr: float | list,
        max_lr: float | list,
        step_size_up: int = 2000,
        step_size_down: int | None = None,
        mode: str = "triangular",
        gamma: float = 1.0,
        scale_fn: Callable | None = None,
        scale_mode: str = "cycle",
        cycle_momentum: bool = True,
        base_momentum: float | list = 0.8,
        max_momentum: float | list = 0.9,
        last_epoch: int = -1,
    ):
        check_optimizer(optimizer)
        self.optimizer = optimizer
        base_lrs = for_each_group("base_lr", optimizer, base_lr)
        if last_epoch == -1:
            for group, lr in zip(optimizer.param_groups, base_lrs, strict=True):
                set_lr(group, lr)
        self.max_lrs = for_each_group("max_lr", optimizer, max_lr)
        up = float(step_size_up)
        self.total_size = up + (up if step_size_down is None else float(step_size_down))
        self.step_ratio = up / self.total_size
        if mode not in ("triangular", "triangular2", "exp_range") and scale_fn is None:
            raise ValueError("mode is invalid and scale_fn is None")
        self.mode, self.gamma, self._scale_fn_custom, self.scale_mode = mode, gamma, scale_fn, scale_mode
        if scale_fn is None:
            self.scale_mode = "iterations" if mode == "exp_range" else "cycle"
        self.cycle_momentum = cycle_momentum
        if cycle_momentum:
            limits = self.begin_momentum(base_momentum, max_momentum, last_epoch)
            self.base_momentums, self.max_momentums = limits
        super().__init__(optimizer, last_epoch)
        self.base_lrs = base_lrs

    def scale_fn(self, x) -> float:
        """The height of cycle `x`, or of step `x`, as a share of the whole."""
        if self._scale_fn_custom is not None:
            return self._scale_fn_custom(x)
        if self.mode == "exp_range":
            return self.gamma**x
        return 1 / 2.0 ** (x - 1) if self.mode == "triangular2" else 1.0

    def get_lr(self) -> list:
        """The rates of the step that begins; the momentum is set on the way."""
        self.warn_outside_of_step()
        cycle = math.floor(1 + self.last_epoch / self.total_size)
        place = 1.0 + self.last_epoch / self.total_size - cycle
        rising = place <= self.step_ratio
        height = place / self.step_ratio if rising else (place - 1) / (self.step_ratio - 1)
        scale = self.scale_fn(cycle if self.scale_mode == "cycle" else self.last_epoch)
        if self.cycle_momentum:
            limits = zip(self.optimizer.param_groups, self.base_momentums, self.max_momentums, strict=True)
            for group, least, most in limits:
                self.set_momentum(group, most - (most - least) * height * scale)
        return [base + (most - base) * height * scale for base, most in zip(self.base_lrs, self.max_lrs, strict=True)]

    def state_dict(self) -> dict:
        """Everything but the optimizer and a plain function; of a callable object its attributes."""
        scale = self._scale_fn_custom
        plain = scale is None or isinstance(scale, types.FunctionType)
        return super().state_dict() | {"_scale_fn_custom": None if plain else vars(scale).copy()}

    def load_state_dict(self, state_dict: dict) -> None:
        """Take over what `state_dict` gave; the function stays that of this schedule."""
        super().load_state_dict({name: value for name, value in state_dict.items() if name != "_scale_fn_custom"})
        if state_dict["_scale_fn_custom"] is not None:
            vars(self._scale_fn_custom).update(state_dict["_scale_fn_custom"])


class OneCycleLR(CycledMomentum):
    """One cycle of `total_steps`: up to `max_lr` in the share `pct_start` of them, then down below where it began.

    It begins at max_lr / div_factor and ends at that / final_div_factor; with `three_phase` it first goes down as it
    came. Smith and Topin, 2017.
    """

    def __init__(
        self,
        optimizer: Optimizer,
        max_lr: float | list,
        total_steps: int | None = None,
        epochs: int | None = None,
        steps_per_epoch: int | None = None,
        pct_start: float = 0.3,
        anneal_strategy: str = "cos",
        cycle_momentum: bool = True,
        base_momentum: float | list = 0.85,
        max_momentum: float | list = 0.95,
        div_factor: float = 25.0,
        final_div_factor: float = 1e4,
        three_phase: bool = False,
        last_epoch: int = -1,
    ):
        check_optimizer(optimizer)
        self.optimizer = optimizer
        self.total_steps = counted_steps(total_steps, epochs, steps_per_epoch)
        self._schedule_phases = phases(self.total_steps, pct_start, three_phase)
        if pct_start < 0 or pct_start > 1 or not isinstance(pct_start, float):
            raise ValueError(f"Expected float between 0 and 1 pct_start, but got {pct_start}")
        if anneal_strategy not in ("cos", "linear"):
            raise ValueError(f"anneal_strategy must be one of 'cos' or 'linear', instead got {anneal_strategy}")
        self._anneal_func_type = anneal_strategy
        rates = for_each_group("max_lr", optimizer, max_lr)
        for group, lr in zip(optimizer.param_groups, rates, strict=True):
            if last_epoch == -1:
                first = lr / div_factor
                group.update(initial_lr=first, max_lr=lr, min_lr=first / final_div_factor)
        self.cycle_momentum = cycle_momentum
        if cycle_momentum:
            self.begin_momentum(base_momentum, max_momentum, last_epoch)
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list:
        """The rates of the step that begins, ValueError after the last; the momentum is set on the way."""
        self.warn_outside_of_step()
        step, start = self.last_epoch, 0.0
        if step > self.total_steps:
            raise ValueError(f"Tried to step {step} times. The specified number of total steps is {self.total_steps}")
        for phase in self._schedule_phases:
            if step <= phase["end_step"]:
                break
            start = start if phase is self._schedule_phases[-1] else phase["end_step"]
        share = (step - start) / (phase["end_step"] - start)
        rates = []
        for group in self.optimizer.param_groups:
            rates.append(self.between(group[phase["start_lr"]], group[phase["end_lr"]], share))
            if self.cycle_momentum:
                ends = group[phase["start_momentum"]], group[phase["end_momentum"]]
                self.set_momentum(group, self.between(*ends, share))
        return rates

    def between(self, start, end, share: float):
        """The number at a share of the way from one to the other."""
        if self._anneal_func_type == "linear":
            return (end - start) * share + start
        return end + (start - end) / 2.0 * (math.cos(math.pi * share) + 1)


def counted_steps(total_steps, epochs, steps_per_epoch) -> int:
    """The number of all steps, from itself or from that of the epochs."""
    if total_steps is None and (epochs is None or steps_per_epoch is None):
        raise ValueError("You must define either total_steps OR (epochs AND steps_per_epoch)")
    given = {"total_steps": total_steps}
    if total_steps is None:
        given = {"epochs": epochs, "steps_per_epoch": steps_per_epoch}
    for name, value in given.items():
        if value <= 0 or not isinstance(value, int):
            raise ValueError(f"Expected positive integer {name}, but got {value}")
    return math.prod(given.values())


def phases(steps: int, share: float, three: bool) -> list:
    """Where each phase of one cycle ends, and which numbers of a group it goes between."""
    back = [float(2 * share * steps) - 2] if three else []
    ends = [float(share * steps) - 1, *back, steps - 1]
    rates = ["initial_lr", "max_lr", "initial_lr", "min_lr"] if three else ["initial_lr", "max_lr", "min_lr"]
    momenta = ["max_momentum", "base_momentum", "max_momentum", "max_momentum"]
    return [
        {
            "end_step": end, "start_lr": rates[place], "end_lr": rates[place + 1],
            "start_momentum": momenta[place], "end_momentum": momenta[place + 1],
        }
        for place, end in enumerate(ends)
    ]  # fmt: skip


class CosineAnnealingWarmRestarts(LRScheduler):
    """From the rate to begin with to `eta_min` along half a wave of the cosine, and again from the start.

    The first time in `T_0` epochs, then each time in `T_mult` times as many. Loshchilov and Hutter, 2016.
    """

    def __init__(self, optimizer: Optimizer, T_0: int, T_mult: int = 1, eta_min: float = 0.0, last_epoch: int = -1):
        if T_0 <= 0 or not isinstance(T_0, int):
            raise ValueError(f"Expected positive integer T_0, but got {T_0}")
        if T_mult < 1 or not isinstance(T_mult, int):
            raise ValueError(f"Expected integer T_mult >= 1, but got {T_mult}")
        if not isinstance(eta_min, (float, int)):
            raise ValueError(f"Expected float or int eta_min, but got {eta_min} of type {type(eta_min)}")
        self.T_0 = self.T_i = T_0
        self.T_mult, self.eta_min, self.T_cur = T_mult, eta_min, last_epoch
        super().__init__(optimizer, last_epoch)

    def next_lr(self, group: dict, base_lr):
        return self.eta_min + (base_lr - self.eta_min) * (1 + math.cos(math.pi * self.T_cur / self.T_i)) / 2

    def step(self, epoch: float | None = None) -> None:
        """Begin the next epoch, or the given one, which may be a fraction: epoch + batch / batches."""
        if epoch is None and self.last_epoch >= 0:
            epoch = self.last_epoch + 1
            self.T_cur += 1
            if self.T_cur >= self.T_i:
                self.T_cur, self.T_i = self.T_cur % self.T_i, self.T_i * self.T_mult
        else:
            epoch = 0 if epoch is None else epoch
            if epoch < 0:
                raise ValueError(f"Expected non-negative epoch, but got {epoch}")
            self.find_cycle(epoch)
        self.last_epoch = math.floor(epoch)
        self.set_rates(self.get_lr)

    def find_cycle(self, epoch: float) -> None:
        """Set the epoch within its cycle, and the cycle's length."""
        if epoch < self.T_0:
            self.T_cur, self.T_i = epoch, self.T_0
        elif self.T_mult == 1:
            self.T_cur = epoch % self.T_0
        else:
            cycle = int(math.log(epoch / self.T_0 * (self.T_mult - 1) + 1, self.T_mult))
            self.T_cur = epoch - self.T_0 * (self.T_mult**cycle - 1) / (self.T_mult - 1)
            self.T_i = self.T_0 * self.T_mult**cycle


for each in (CosineAnnealingWarmRestarts, CyclicLR, OneCycleLR):
    each.__module__ = "torch.optim.lr_scheduler"
