"""The schedule that waits until a number no longer improves."""

import math
import warnings

from tinytorch.optim.lr_scheduler.schedule import EPOCH_GIVEN, LRScheduler, check_optimizer, group_rates, set_lr
from tinytorch.optim.optimizer import Optimizer

GROUPS_CHANGED = (
    "The number of param groups in the `optimizer` ({}) differs from when `ReduceLROnPlateau` was initialized ({}), "
    "usually due to a new param group being added to the optimizer. Please modify the `min_lrs` field to match the "
    "length of the `optimizer` param groups."
)


class ReduceLROnPlateau(LRScheduler):
    """The rate times `factor` when the number that `step` gets has not improved for more than `patience` epochs.

    An improvement is a change by more than `threshold`, a share of the best so far ("rel") or an amount ("abs"),
    downwards (mode "min") or upwards ("max"). After a reduction, `cooldown` epochs do not count.
    """

    def __init__(
        self,
        optimizer: Optimizer,
        mode: str = "min",
        factor: float = 0.1,
        patience: int = 10,
        threshold: float = 1e-4,
        threshold_mode: str = "rel",
        cooldown: int = 0,
        min_lr: list | float = 0,
        eps: float = 1e-8,
    ):
        if factor >= 1.0:
            raise ValueError("Factor should be < 1.0.")
        check_optimizer(optimizer)
        groups = len(optimizer.param_groups)
        if isinstance(min_lr, (list, tuple)) and len(min_lr) != groups:
            raise ValueError(f"expected {groups} min_lrs, got {len(min_lr)}")
        if mode not in ("min", "max"):
            raise ValueError(f"mode {mode} is unknown!")
        if threshold_mode not in ("rel", "abs"):
            raise ValueError(f"threshold mode {threshold_mode} is unknown!")
        self.optimizer, self.factor, self.patience, self.cooldown, self.eps = optimizer, factor, patience, cooldown, eps
        self.min_lrs = list(min_lr) if isinstance(min_lr, (list, tuple)) else [min_lr] * groups
        self.default_min_lr = None if isinstance(min_lr, (list, tuple)) else min_lr
        self.mode, self.threshold, self.threshold_mode = mode, threshold, threshold_mode
        self.last_epoch, self.mode_worse = 0, math.inf if mode == "min" else -math.inf
        self._last_lr = group_rates(optimizer)
        self._reset()

    def _reset(self) -> None:
        """Forget the best and the epochs that were counted."""
        self.best, self.cooldown_counter, self.num_bad_epochs = self.mode_worse, 0, 0

    def step(self, metrics, epoch: int | None = None) -> None:
        """End an epoch with the number that is to improve."""
        if epoch is not None:
            warnings.warn(EPOCH_GIVEN, UserWarning, stacklevel=2)
        self.last_epoch = self.last_epoch + 1 if epoch is None else epoch
        current = float(metrics)
        improved = self._is_better(current, self.best)
        self.best = current if improved else self.best
        self.num_bad_epochs = 0 if improved else self.num_bad_epochs + 1
        if self.in_cooldown:
            self.cooldown_counter -= 1
            self.num_bad_epochs = 0
        if self.num_bad_epochs > self.patience:
            self._reduce_lr(self.last_epoch)  # which programs replace by their own
            self.cooldown_counter, self.num_bad_epochs = self.cooldown, 0
        self._last_lr = group_rates(self.optimizer)

    def _reduce_lr(self, epoch: int) -> None:
        """Multiply each rate by the factor, as far as its least allows."""
        groups, found = len(self.optimizer.param_groups), len(self.min_lrs)
        if groups != found:  # one was added
            if self.default_min_lr is None:
                raise RuntimeError(GROUPS_CHANGED.format(groups, found))
            self.min_lrs = [self.default_min_lr] * groups
        for group, least in zip(self.optimizer.param_groups, self.min_lrs, strict=True):
            lr = max(float(group["lr"]) * self.factor, least)
            if float(group["lr"]) - lr > self.eps:
                set_lr(group, lr)

    @property
    def in_cooldown(self) -> bool:
        """Whether epochs do not count yet."""
        return self.cooldown_counter > 0

    def _is_better(self, a: float, best: float) -> bool:
        """Whether a number improves on the best so far."""
        sign = -1 if self.mode == "min" else 1
        if self.threshold_mode == "rel":
            return sign * a > sign * best * (1 + sign * self.threshold)
        return sign * a > sign * best + self.threshold


ReduceLROnPlateau.__module__ = "torch.optim.lr_scheduler"
