"""Schedules that follow a formula of the epoch, each rate from the one before."""

import math
import types
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable

from tinytorch.optim.lr_scheduler.schedule import LRScheduler, group_rates
from tinytorch.optim.optimizer import Optimizer


class FunctionLR(LRScheduler):
    """The base of schedules that call a function of the epoch for each group."""

    def __init__(self, optimizer: Optimizer, lr_lambda: Callable | list, last_epoch: int = -1):
        groups = len(optimizer.param_groups)
        self.lr_lambdas = list(lr_lambda) if isinstance(lr_lambda, (list, tuple)) else [lr_lambda] * groups
        if len(self.lr_lambdas) != groups:
            raise ValueError(f"Expected {groups} lr_lambdas, but got {len(self.lr_lambdas)}")
        super().__init__(optimizer, last_epoch)

    def state_dict(self) -> dict:
        """Everything but the optimizer and plain functions; of callable objects their attributes."""
        states = [None if isinstance(each, types.FunctionType) else vars(each).copy() for each in self.lr_lambdas]
        return super().state_dict() | {"lr_lambdas": states}

    def load_state_dict(self, state_dict: dict) -> None:
        """Take over what `state_dict` gave; the functions stay those of this schedule."""
        super().load_state_dict({name: value for name, value in state_dict.items() if name != "lr_lambdas"})
        for function, state in zip(self.lr_lambdas, state_dict["lr_lambdas"], strict=True):
            if state is not None:
                vars(function).update(state)


class LambdaLR(FunctionLR):
    """The rate to begin with times `lr_lambda(epoch)`; a list of functions has one for each group."""

    def get_lr(self) -> list:
        """Each rate to begin with times its function's value."""
        self.warn_outside_of_step()
        return [base * each(self.last_epoch) for each, base in zip(self.lr_lambdas, self.base_lrs, strict=True)]


class MultiplicativeLR(FunctionLR):
    """The rate before times `lr_lambda(epoch)`; a list of functions has one for each group."""

    def __init__(self, optimizer: Optimizer, lr_lambda: Callable | list, last_epoch: int = -1):
        for each in lr_lambda if isinstance(lr_lambda, (list, tuple)) else [lr_lambda]:
            if not callable(each):
                raise TypeError(f"lr_lambda should be a function, but got {type(each).__name__}")
        super().__init__(optimizer, lr_lambda, last_epoch)

    def get_lr(self) -> list:
        """Each rate times its function's value."""
        self.warn_outside_of_step()
        rates = group_rates(self.optimizer)
        if self._is_initial:
            return rates
        return [rate * each(self.last_epoch) for each, rate in zip(self.lr_lambdas, rates, strict=True)]


class StepLR(LRScheduler):
    """The rate times `gamma` every `step_size` epochs."""

    def __init__(self, optimizer: Optimizer, step_size: int, gamma: float = 0.1, last_epoch: int = -1):
        self.step_size, self.gamma = step_size, gamma
        super().__init__(optimizer, last_epoch)

    def next_lr(self, group: dict, base_lr):
        due = self.last_epoch > 0 and self.last_epoch % self.step_size == 0
        return group["lr"] * self.gamma if due else group["lr"]

    def lr_at(self, base_lr):
        """The rate of `last_epoch`."""
        return base_lr * self.gamma ** (self.last_epoch // self.step_size)


class MultiStepLR(LRScheduler):
    """The rate times `gamma` in each epoch of `milestones`."""

    def __init__(self, optimizer: Optimizer, milestones: Iterable[int], gamma: float = 0.1, last_epoch: int = -1):
        self.milestones, self.gamma = Counter(milestones), gamma
        super().__init__(optimizer, last_epoch)

    def next_lr(self, group: dict, base_lr):
        return group["lr"] * self.gamma ** self.milestones[self.last_epoch]

    def lr_at(self, base_lr):
        """The rate of `last_epoch`."""
        return base_lr * self.gamma ** bisect_right(sorted(self.milestones.elements()), self.last_epoch)


class ExponentialLR(LRScheduler):
    """The rate times `gamma` every epoch."""

    def __init__(self, optimizer: Optimizer, gamma: float, last_epoch: int = -1):
        self.gamma = gamma
        super().__init__(optimizer, last_epoch)

    def next_lr(self, group: dict, base_lr):
        return group["lr"] if self._is_initial else group["lr"] * self.gamma

    def lr_at(self, base_lr):
        """The rate of `last_epoch`."""
        return base_lr * self.gamma**self.last_epoch


class CosineAnnealingLR(LRScheduler):
    """From the rate to begin with to `eta_min` in `T_max` epochs, along half a wave of the cosine.

    Each rate follows from the one before, so other schedules may change it on the way. Loshchilov and Hutter, 2016.
    """

    def __init__(self, optimizer: Optimizer, T_max: int, eta_min: float = 0.0, last_epoch: int = -1):
        self.T_max, self.eta_min = T_max, eta_min
        super().__init__(optimizer, last_epoch)

    def next_lr(self, group: dict, base_lr):
        epoch, lr = self.last_epoch, group["lr"]
        if self._is_initial:
            return lr
        if self._step_count == 1 and epoch > 0:
            return self.eta_min + (base_lr - self.eta_min) * (1 + math.cos(epoch * math.pi / self.T_max)) / 2
        if (epoch - 1 - self.T_max) % (2 * self.T_max) == 0:  # the rate is eta_min: a ratio would be 0 / 0
            return lr + (base_lr - self.eta_min) * (1 - math.cos(math.pi / self.T_max)) / 2
        before = 1 + math.cos(math.pi * (epoch - 1) / self.T_max)
        return (1 + math.cos(math.pi * epoch / self.T_max)) / before * (lr - self.eta_min) + self.eta_min

    def lr_at(self, base_lr):
        """The rate of `last_epoch`."""
        return self.eta_min + (base_lr - self.eta_min) * (1 + math.cos(math.pi * self.last_epoch / self.T_max)) / 2


class LinearLR(LRScheduler):
    """From `start_factor` to `end_factor` times the rate to begin with, in `total_iters` equal steps."""

    def __init__(
        self,
        optimizer: Optimizer,
        start_factor: float = 1.0 / 3,
        end_factor: float = 1.0,
        total_iters: int = 5,
        last_epoch: int = -1,
    ):
        if start_factor > 1.0 or start_factor <= 0:
            raise ValueError("Starting multiplicative factor expected to be greater than 0 and less or equal to 1.")
        if end_factor > 1.0 or end_factor < 0:
            raise ValueError("Ending multiplicative factor expected to be between 0 and 1.")
        self.start_factor, self.end_factor, self.total_iters = start_factor, end_factor, total_iters
        super().__init__(optimizer, last_epoch)

    def next_lr(self, group: dict, base_lr):
        lr, rise = group["lr"], self.end_factor - self.start_factor
        if self.last_epoch == 0:
            return lr * self.start_factor
        if self._is_initial or self.last_epoch > self.total_iters:
            return lr
        return lr * (1.0 + rise / (self.total_iters * self.start_factor + (self.last_epoch - 1) * rise))

    def lr_at(self, base_lr):
        """The rate of `last_epoch`."""
        done = min(self.total_iters, self.last_epoch) / self.total_iters
        return base_lr * (self.start_factor + (self.end_factor - self.start_factor) * done)


class ConstantLR(LRScheduler):
    """`factor` times the rate to begin with for `total_iters` epochs, and then that rate."""

    def __init__(self, optimizer: Optimizer, factor: float = 1.0 / 3, total_iters: int = 5, last_epoch: int = -1):
        if factor > 1.0 or factor < 0:
            raise ValueError("Constant multiplicative factor expected to be between 0 and 1.")
        self.factor, self.total_iters = factor, total_iters
        super().__init__(optimizer, last_epoch)

    def next_lr(self, group: dict, base_lr):
        if self.last_epoch == 0:
            return group["lr"] * self.factor
        return group["lr"] * (1.0 / self.factor) if self.last_epoch == self.total_iters else group["lr"]

    def lr_at(self, base_lr):
        """The rate of `last_epoch`."""
        return base_lr * (self.factor + (self.last_epoch >= self.total_iters) * (1 - self.factor))


class PolynomialLR(LRScheduler):
    """The rate to begin with times (1 - epoch / total_iters) ** power, until it is 0."""

    def __init__(self, optimizer: Optimizer, total_iters: int = 5, power: float = 1.0, last_epoch: int = -1):
        self.total_iters, self.power = total_iters, power
        super().__init__(optimizer, last_epoch)

    def next_lr(self, group: dict, base_lr):
        if self._is_initial or self.last_epoch > self.total_iters:
            return group["lr"]
        left, before = [1.0 - epoch / self.total_iters for epoch in (self.last_epoch, self.last_epoch - 1)]
        return group["lr"] * (left / before) ** self.power

    def lr_at(self, base_lr):
        """The rate of `last_epoch`."""
        return base_lr * (1.0 - min(self.total_iters, self.last_epoch) / self.total_iters) ** self.power


for each in (
    LambdaLR,
    MultiplicativeLR,
    StepLR,
    MultiStepLR,
    ConstantLR,
    LinearLR,
    ExponentialLR,
    PolynomialLR,
    CosineAnnealingLR,
):
    each.__module__ = "torch.optim.lr_scheduler"
