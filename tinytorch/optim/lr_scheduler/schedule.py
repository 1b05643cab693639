"""What every schedule has: the rates to begin with, the number of the epoch, and the frame of a step."""

import warnings
from collections.abc import Callable

from tinytorch.optim.optimizer import Optimizer, found_by, new_object
from tinytorch.tensor import Tensor

TOO_EARLY = (
    "Detected call of `lr_scheduler.step()` before `optimizer.step()`. In PyTorch 1.1.0 and later, you should call "
    "them in the opposite order: `optimizer.step()` before `lr_scheduler.step()`.  Failure to do this will result in "
    "PyTorch skipping the first value of the learning rate schedule. See more details at "
    "https://pytorch.org/docs/stable/optim.html#how-to-adjust-learning-rate"
)
OVERRIDDEN = (
    "Seems like `optimizer.step()` has been overridden after learning rate scheduler initialization. Please, make sure "
    "to call `optimizer.step()` before `lr_scheduler.step()`. See more details at "
    "https://pytorch.org/docs/stable/optim.html#how-to-adjust-learning-rate"
)
EPOCH_GIVEN = (
    "The epoch parameter in `scheduler.step()` was not necessary and is being deprecated where possible. Please use "
    "`scheduler.step()` to step the scheduler. During the deprecation, if epoch is different from None, the closed "
    "form is used instead of the new chainable form, where available. Please open an issue if you are unable to "
    "replicate your use case: https://github.com/pytorch/pytorch/issues/new/choose."
)
ASK_LAST = "To get the last learning rate computed by the scheduler, please use `get_last_lr()`."
NOT_RESUMABLE = (
    "param 'initial_lr' is not specified in param_groups[{}] when resuming scheduler with last_epoch >= 0.\n"
    "This typically happens when:\n"
    "1. You're trying to resume training from a checkpoint but haven't properly loaded the optimizer state\n"
    "2. You're using last_epoch >= 0 for a fresh training run (not recommended)"
)


def copied(value):
    """A learning rate that does not change with another's: a clone of a tensor, a number as it is."""
    return value.clone() if isinstance(value, Tensor) else value


def set_lr(group: dict, lr) -> None:
    """Give a group its learning rate; a tensor stays the same tensor."""
    if isinstance(group["lr"], Tensor):
        group["lr"].fill_(lr.item() if isinstance(lr, Tensor) else lr)
    else:
        group["lr"] = lr


def group_rates(optimizer: Optimizer) -> list:
    """The rate of each group."""
    return [copied(group["lr"]) for group in optimizer.param_groups]


def for_each_group(name: str, optimizer: Optimizer, value) -> list:
    """An option as a list of one value for each group."""
    groups = len(optimizer.param_groups)
    values = list(value) if isinstance(value, (list, tuple)) else [value] * groups
    if len(values) != groups:
        raise ValueError(
            f"{name} must have the same length as optimizer.param_groups. {name} has {len(values)} values, "
            f"param_groups has {groups}."
        )
    return [copied(each) for each in values]


def check_optimizer(optimizer) -> None:
    """Refuse what is no optimizer."""
    if not isinstance(optimizer, Optimizer):
        raise TypeError(f"{type(optimizer).__name__} is not an Optimizer")


class LRScheduler:
    """The base of schedules; a subclass writes `next_lr(group, base_lr)`, or `get_lr()` for all groups at once.

    The first rate is set when the schedule is made. `last_epoch` is the number of steps so far; to go on where training
    was left, the groups need their "initial_lr", which the optimizer's state_dict keeps.
    """

    _get_lr_called_within_step = False
    _is_initial = False

    def __init__(self, optimizer: Optimizer, last_epoch: int = -1):
        check_optimizer(optimizer)
        self.optimizer = optimizer
        for place, group in enumerate(optimizer.param_groups):
            if last_epoch == -1:
                group.setdefault("initial_lr", copied(group["lr"]))
            elif "initial_lr" not in group:
                raise KeyError(NOT_RESUMABLE.format(place))
        self.base_lrs = [copied(group["initial_lr"]) for group in optimizer.param_groups]
        self.last_epoch = last_epoch
        if optimizer._opt_called is None:
            optimizer._opt_called = False
        optimizer._own_step = vars(optimizer).get("step")  # of this optimizer alone, in the place of its class's
        self._initial_step()

    def _initial_step(self) -> None:
        """Set the first rate."""
        self._step_count, self._is_initial = 0, True
        self.step()
        self._is_initial = False

    def __reduce_ex__(self, protocol):
        return new_object, (found_by(type(self)),), vars(self).copy()

    def state_dict(self) -> dict:
        """Everything but the optimizer."""
        return {name: value for name, value in vars(self).items() if name != "optimizer"}

    def load_state_dict(self, state_dict: dict) -> None:
        """Take over what `state_dict` gave."""
        vars(self).update(state_dict)

    def get_last_lr(self) -> list:
        """The rates that were set last, one for each group."""
        return self._last_lr

    def get_lr(self) -> list:
        """The rates of the epoch that begins; it is for `step` to call, others ask `get_last_lr`."""
        self.warn_outside_of_step()
        groups = self.optimizer.param_groups
        return [copied(self.next_lr(group, base)) for group, base in zip(groups, self.base_lrs, strict=True)]

    def warn_outside_of_step(self) -> None:
        """Warn who calls `get_lr`, as its answer is meant for `step`."""
        if not self._get_lr_called_within_step:
            warnings.warn(ASK_LAST, UserWarning, stacklevel=3)

    def next_lr(self, group: dict, base_lr):
        """The rate of one group in the epoch `last_epoch`, from the one it has or the one it began with."""
        raise NotImplementedError

    def step(self, epoch: int | None = None) -> None:
        """Begin the next epoch, or the given one."""
        if self._step_count == 1:
            if vars(self.optimizer).get("step") is not self.optimizer._own_step:
                warnings.warn(OVERRIDDEN, UserWarning, stacklevel=2)
            elif not self.optimizer._opt_called:
                warnings.warn(TOO_EARLY, UserWarning, stacklevel=2)
        self._step_count += 1
        if epoch is not None:
            warnings.warn(EPOCH_GIVEN, UserWarning, stacklevel=2)
        self._update_lr(epoch)

    def _update_lr(self, epoch: int | None = None) -> None:
        """Set the rates of the next epoch, or of the given one."""
        self.last_epoch = self.last_epoch + 1 if epoch is None else epoch
        chained = epoch is None or self.lr_at is None
        self.set_rates(self.get_lr if chained else lambda: [self.lr_at(base) for base in self.base_lrs])

    def set_rates(self, find: Callable) -> None:
        """Give each group its rate, which `find()` finds, and remember them."""
        self._get_lr_called_within_step = True
        try:
            values = find()
        finally:
            self._get_lr_called_within_step = False
        for group, lr in zip(self.optimizer.param_groups, values, strict=True):
            set_lr(group, lr)
        self._last_lr = group_rates(self.optimizer)

    lr_at = None  # a method of a rate to begin with: the rate of `last_epoch`, where there is a formula


class _LRScheduler(LRScheduler):
    """The older name of the base, for programs that derive from it."""


for each in (LRScheduler, _LRScheduler):
    each.__module__ = "torch.optim.lr_scheduler"
