"""Averages of a model's weights: the model that holds them, how they follow, and the schedule that goes with it."""

import math
from collections.abc import Callable, Iterable
from copy import deepcopy

from tinytorch.dtypes import int64
from tinytorch.modes import no_grad
from tinytorch.nn.modules.batchnorm import _BatchNorm
from tinytorch.nn.modules.module import Module
from tinytorch.ops.create import zeros
from tinytorch.optim.lr_scheduler.schedule import LRScheduler, for_each_group
from tinytorch.optim.optimizer import Optimizer


def get_ema_multi_avg_fn(decay: float = 0.999) -> Callable:
    """A function that lets a list of averages follow a list of weights, by 1 - decay of the distance."""
    check_decay(decay)

    @no_grad()
    def ema_update(averages, weights, _):
        for average, weight in zip(averages, weights, strict=True):
            if average.is_floating_point() or average.is_complex():
                average.lerp_(weight, 1 - decay)
            else:
                average.copy_(average * decay + weight * (1 - decay))

    return ema_update


def get_swa_multi_avg_fn() -> Callable:
    """A function that takes a list of weights into a list of plain means of `num_averaged` before.

    A RuntimeError for whole numbers, among which the mean is not.
    """

    @no_grad()
    def swa_update(averages, weights, num_averaged):
        for average, weight in zip(averages, weights, strict=True):
            share = 1 / (float(num_averaged) + 1)
            if average.is_floating_point() or average.is_complex():
                average.lerp_(weight, share)
            else:
                average.add_(weight - average, alpha=share)

    return swa_update


def get_ema_avg_fn(decay: float = 0.999) -> Callable:
    """A function of an average, a weight and a number: the average after it has followed by 1 - decay."""
    check_decay(decay)

    @no_grad()
    def ema_update(average, weight, num_averaged):
        return decay * average + (1 - decay) * weight

    return ema_update


def get_swa_avg_fn() -> Callable:
    """A function of a mean, a weight and the number of weights before: the mean of them all."""

    @no_grad()
    def swa_update(average, weight, num_averaged):
        return average + (weight - average) / (num_averaged + 1)

    return swa_update


def check_decay(decay: float) -> None:
    """Refuse a decay outside [0, 1]."""
    if decay < 0.0 or decay > 1.0:
        raise ValueError(f"Invalid decay value {decay} provided. Please provide a value in [0,1] range.")


class AveragedModel(Module):
    """A copy of a model, `module`, whose parameters become averages of those that `update_parameters` gets.

    The average is the plain mean unless `avg_fn(average, weight, n_averaged)` gives another, or
    `multi_avg_fn(averages, weights, n_averaged)` writes it into lists. Buffers are averaged with `use_buffers`, and
    else copied. Izmailov et al., 2018.
    """

    def __init__(
        self,
        model: Module,
        device=None,
        avg_fn: Callable | None = None,
        multi_avg_fn: Callable | None = None,
        use_buffers: bool = False,
    ):
        super().__init__()
        if avg_fn is not None and multi_avg_fn is not None:
            raise AssertionError("Only one of avg_fn and multi_avg_fn should be provided")
        self.module = deepcopy(model)
        if device is not None:
            self.module = self.module.to(device)
        self.register_buffer("n_averaged", zeros((), dtype=int64, device=device))
        self.avg_fn, self.multi_avg_fn, self.use_buffers = avg_fn, multi_avg_fn, use_buffers

    def forward(self, *args, **kwargs):
        """What the averaged model answers."""
        return self.module(*args, **kwargs)

    def update_parameters(self, model: Module) -> None:
        """Take the parameters of a model into the averages; the first time they are copied."""
        averages, weights = [
            [each.detach() for each in (*of.parameters(), *(of.buffers() if self.use_buffers else ()))]
            for of in (self.module, model)
        ]
        weights = [weight.to(average.device) for average, weight in zip(averages, weights, strict=True)]
        if self.n_averaged == 0:
            for average, weight in zip(averages, weights, strict=True):
                average.copy_(weight)
        elif self.multi_avg_fn is not None:
            for ours, theirs in alike(averages, weights):
                self.multi_avg_fn(ours, theirs, self.n_averaged.to(ours[0].device))
        else:
            found = self.avg_fn or get_swa_avg_fn()
            for average, weight in zip(averages, weights, strict=True):
                average.copy_(found(average, weight, self.n_averaged.to(average.device)))
        if not self.use_buffers:
            for ours, theirs in zip(self.module.buffers(), model.buffers(), strict=True):
                ours.detach().copy_(theirs.detach().to(ours.device))
        self.n_averaged += 1


def alike(averages: list, weights: list) -> list:
    """Both lists, in pairs of lists of one device and one dtype each."""
    groups = {}
    for average, weight in zip(averages, weights, strict=True):
        ours, theirs = groups.setdefault((average.device, average.dtype), ([], []))
        ours.append(average)
        theirs.append(weight)
    return list(groups.values())


@no_grad()
def update_bn(loader: Iterable, model: Module, device=None) -> None:
    """Find the means and variances of all batch normalizations anew, over the batches of a loader.

    Of a batch that is a list or a tuple, the first entry goes into the model.
    """
    momenta = {each: each.momentum for each in model.modules() if isinstance(each, _BatchNorm)}
    if not momenta:
        return
    was_training = model.training
    model.train()
    for each in momenta:
        each.reset_running_stats()
        each.momentum = None  # the plain mean of all batches
    for batch in loader:
        batch = batch[0] if isinstance(batch, (list, tuple)) else batch
        model(batch if device is None else batch.to(device))
    for each, momentum in momenta.items():
        each.momentum = momentum
    model.train(was_training)


class SWALR(LRScheduler):
    """From the rate that a group has to `swa_lr` in `anneal_epochs`, along a cosine or a line ("cos", "linear")."""

    def __init__(
        self,
        optimizer: Optimizer,
        swa_lr: float,
        anneal_epochs: int = 10,
        anneal_strategy: str = "cos",
        last_epoch: int = -1,
    ):
        for group, lr in zip(optimizer.param_groups, for_each_group("swa_lr", optimizer, swa_lr), strict=True):
            group["swa_lr"] = lr
        if anneal_strategy not in ("cos", "linear"):
            raise ValueError(f"anneal_strategy must be one of 'cos' or 'linear', instead got {anneal_strategy}")
        if not isinstance(anneal_epochs, int) or anneal_epochs < 0:
            raise ValueError(f"anneal_epochs must be equal or greater than 0, got {anneal_epochs}")
        self._anneal_strategy, self.anneal_epochs = anneal_strategy, anneal_epochs
        super().__init__(optimizer, last_epoch)

    def next_lr(self, group: dict, base_lr):
        step = self._step_count - 1
        step = max(1, step) if self.anneal_epochs == 0 else step
        before, now = self.share(step - 1), self.share(step)
        lr = group["swa_lr"] if before == 1 else (group["lr"] - before * group["swa_lr"]) / (1 - before)
        return group["swa_lr"] * now + lr * (1 - now)

    def share(self, step: int) -> float:
        """The share of the way that is gone after a step."""
        gone = max(0, min(1, step / max(1, self.anneal_epochs)))
        return gone if self._anneal_strategy == "linear" else (1 - math.cos(math.pi * gone)) / 2


for each in (AveragedModel, SWALR):
    each.__module__ = "torch.optim.swa_utils"
