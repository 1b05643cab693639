"""Schedules that are made of schedules: several at once, or one after another."""

from bisect import bisect_right
from collections.abc import Sequence

from tinytorch.optim.lr_scheduler.plateau import ReduceLROnPlateau
from tinytorch.optim.lr_scheduler.schedule import LRScheduler, group_rates, set_lr
from tinytorch.optim.optimizer import Optimizer


class CombinedLR(LRScheduler):
    """The base of schedules that are made of schedules of one optimizer."""

    def take(self, schedulers: Sequence, optimizer: Optimizer, empty: str) -> None:
        """Check the schedules and keep them; a ValueError in the words of `empty` if there are none."""
        name = type(self).__name__
        if len(schedulers) < 1:
            raise ValueError(f"{name} expects at least one scheduler{empty}, but got no scheduler.")
        optimizer = schedulers[0].optimizer if optimizer is None else optimizer
        for place, each in enumerate(schedulers):
            if not hasattr(each, "optimizer"):
                raise TypeError(f"{name} at index {place} should have `optimizer` as its attribute.")
            if isinstance(each, ReduceLROnPlateau):
                raise ValueError(
                    f"{name} does not support `ReduceLROnPlateau` scheduler as it requires additional kwargs to be "
                    f"specified when calling `step`, but got one at index {place} in the given schedulers sequence."
                )
            if each.optimizer is not optimizer:
                raise ValueError(
                    f"{name} expects all schedulers to belong to the same optimizer, but got scheduler "
                    f"{type(each).__name__} at index {place} has {each.optimizer}, which is different from "
                    f"{type(optimizer).__name__}."
                )
        self._schedulers, self.optimizer = schedulers, optimizer

    def state_dict(self) -> dict:
        """Everything but the optimizer, with the states of the schedules."""
        return super().state_dict() | {"_schedulers": [each.state_dict() for each in self._schedulers]}

    def load_state_dict(self, state_dict: dict) -> None:
        """Take over what `state_dict` gave, in the same schedules."""
        super().load_state_dict({name: value for name, value in state_dict.items() if name != "_schedulers"})
        for each, state in zip(self._schedulers, state_dict["_schedulers"], strict=True):
            each.load_state_dict(state)


class ChainedScheduler(CombinedLR):
    """Every schedule takes its step, one on the rate of the other."""

    def __init__(self, schedulers: Sequence, optimizer: Optimizer | None = None):
        self.take(schedulers, optimizer, " to be chained")
        self._last_lr = group_rates(self.optimizer)

    def step(self) -> None:
        """Begin the next epoch."""
        for each in self._schedulers:
            each.step()
        self._last_lr = group_rates(self.optimizer)


class SequentialLR(CombinedLR):
    """One schedule after the other; the next begins, at its epoch 0, in each epoch of `milestones`."""

    def __init__(self, optimizer: Optimizer, schedulers: Sequence, milestones: list, last_epoch: int = -1):
        self.take(schedulers, optimizer, "")
        if len(milestones) != len(schedulers) - 1:
            raise ValueError(
                "Sequential Schedulers expects number of schedulers provided to be one more than the number of "
                f"milestone points, but got number of schedulers {len(schedulers)} and the number of milestones to be "
                f"equal to {len(milestones)}"
            )
        self._milestones, self.last_epoch = milestones, last_epoch + 1
        for group in optimizer.param_groups:
            set_lr(group, group["initial_lr"])
        self.recursive_undo()  # each has set its first rate when it was made
        first = schedulers[bisect_right(milestones, 0)]
        first._initial_step()
        self._last_lr = first.get_last_lr()

    def recursive_undo(self, sched: LRScheduler | None = None) -> None:
        """Let these schedules, or one, and those that it is made of, be where they were before their first step."""
        sched = self if sched is None else sched
        if hasattr(sched, "_schedulers"):
            for each in sched._schedulers:
                self.recursive_undo(each)
        elif hasattr(sched, "last_epoch"):
            sched.last_epoch -= 1

    def step(self) -> None:
        """Begin the next epoch, in the schedule whose turn it is."""
        self.last_epoch += 1
        place = bisect_right(self._milestones, self.last_epoch)
        scheduler = self._schedulers[place]
        if place > 0 and self._milestones[place - 1] == self.last_epoch:
            scheduler._update_lr(0)
        else:
            scheduler.step()
        self._last_lr = scheduler.get_last_lr()


for each in (ChainedScheduler, SequentialLR):
    each.__module__ = "torch.optim.lr_scheduler"
