"""Schedules of the learning rate: the rates that PyTorch gives."""

import math
import pickle

import pytest

import tinytorch as torch
from tinytorch import optim
from tinytorch.optim import lr_scheduler


def optimizer(lr=1.0, groups=1):
    return optim.SGD([{"params": [torch.tensor([1.0], requires_grad=True)]} for _ in range(groups)], lr=lr)


def rates(scheduler, steps):
    """The rate of the first group in each epoch."""
    found = []
    for _ in range(steps):
        found.append(scheduler.optimizer.param_groups[0]["lr"])
        scheduler.optimizer.step()
        scheduler.step()
    return found


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (lambda opt: lr_scheduler.StepLR(opt, 2, 0.5), [1, 1, 0.5, 0.5, 0.25, 0.25]),
        (lambda opt: lr_scheduler.MultiStepLR(opt, [1, 4, 4], 0.5), [1, 0.5, 0.5, 0.5, 0.125, 0.125]),
        (lambda opt: lr_scheduler.ExponentialLR(opt, 0.5), [1, 0.5, 0.25, 0.125, 0.0625, 0.03125]),
        (lambda opt: lr_scheduler.LambdaLR(opt, lambda epoch: 1 / (1 + epoch)), [1, 1 / 2, 1 / 3, 1 / 4, 1 / 5, 1 / 6]),
        (lambda opt: lr_scheduler.MultiplicativeLR(opt, lambda epoch: epoch / 2), [1, 0.5, 0.5, 0.75, 1.5, 3.75]),
        (lambda opt: lr_scheduler.ConstantLR(opt, 0.25, 3), [0.25, 0.25, 0.25, 1, 1, 1]),
        (lambda opt: lr_scheduler.PolynomialLR(opt, 4, 2.0), [1, 9 / 16, 4 / 16, 1 / 16, 0, 0]),
        (lambda opt: lr_scheduler.CyclicLR(opt, 1.0, 3.0, 2), [1, 2, 3, 2, 1, 2]),
        (lambda opt: lr_scheduler.CyclicLR(opt, 1.0, 3.0, 1, 1, "triangular2"), [1, 3, 1, 2, 1, 1.5]),
        (lambda opt: lr_scheduler.CyclicLR(opt, 1.0, 3.0, 1, 2, "exp_range", 0.5), [1, 2, 1.25, 1, 1.125, 1.03125]),
        (
            lambda opt: lr_scheduler.OneCycleLR(opt, 9.0, 6, pct_start=0.5, anneal_strategy="linear", div_factor=9.0),
            [1, 5, 9, 6.00003333333, 3.00006666667, 1e-4],
        ),
        (
            lambda opt: lr_scheduler.CosineAnnealingWarmRestarts(opt, 2, 2),
            [1, 0.5, 1, 0.5 + 0.5 * 0.5**0.5, 0.5, 0.5 - 0.5 * 0.5**0.5],
        ),
        (
            lambda opt: lr_scheduler.ChainedScheduler(
                [lr_scheduler.ConstantLR(opt, 0.5, 2), lr_scheduler.ExponentialLR(opt, 0.5)]
            ),
            [0.5, 0.25, 0.25, 0.125, 0.0625, 0.03125],
        ),
        (
            lambda opt: lr_scheduler.SequentialLR(
                opt, [lr_scheduler.ConstantLR(opt, 0.5, 9), lr_scheduler.ExponentialLR(opt, 0.5)], [2]
            ),
            [0.5, 0.5, 1, 0.5, 0.25, 0.125],
        ),
        (lambda opt: lr_scheduler.LinearLR(opt, 0.5, 1.0, 4), [0.5, 0.625, 0.75, 0.875, 1, 1]),
        (
            lambda opt: lr_scheduler.CosineAnnealingLR(opt, 4, 0.5),
            [0.5 + 0.25 * (1 + math.cos(math.pi * epoch / 4)) for epoch in range(6)],
        ),
    ],
)
def test_the_rates_follow_the_formula(make, expected):
    assert rates(make(optimizer()), 6) == pytest.approx(expected, rel=1e-11)


@pytest.mark.parametrize("base", [lr_scheduler.LRScheduler, lr_scheduler._LRScheduler])
def test_a_schedule_of_ones_own_writes_the_rates_of_an_epoch(base):
    class Falling(base):
        def get_lr(self):
            return [lr / (1 + self.last_epoch) for lr in self.base_lrs]

    assert rates(Falling(optimizer()), 3) == [1, 1 / 2, 1 / 3]


def test_each_group_has_its_own_function():
    opt = optimizer(groups=2)
    lr_scheduler.LambdaLR(opt, [lambda epoch: 0.5, lambda epoch: 0.25])
    assert [group["lr"] for group in opt.param_groups] == [0.5, 0.25]
    with pytest.raises(ValueError, match="Expected 2 lr_lambdas, but got 1"):
        lr_scheduler.LambdaLR(opt, [lambda epoch: 0.5])


def test_the_momentum_falls_while_the_rate_rises():
    opt = optimizer()
    scheduler = lr_scheduler.CyclicLR(opt, 1.0, 3.0, 2, base_momentum=0.5, max_momentum=0.75)
    found = []
    for _ in range(4):
        found.append(opt.param_groups[0]["momentum"])
        opt.step()
        scheduler.step()
    assert found == [0.75, 0.625, 0.5, 0.625]


def test_the_first_of_betas_stands_for_the_momentum():
    opt = optim.Adam([torch.tensor([1.0], requires_grad=True)], betas=(0.9, 0.99))
    lr_scheduler.OneCycleLR(opt, 1.0, 5, max_momentum=0.95)
    assert opt.param_groups[0]["betas"] == (0.95, 0.99)


def test_a_schedule_can_be_pickled_with_its_optimizer():
    scheduler = lr_scheduler.OneCycleLR(optimizer(), 1.0, 20)
    rates(scheduler, 3)
    again = pickle.loads(pickle.dumps(scheduler))
    assert rates(again, 5) == rates(scheduler, 5)


def test_a_sequence_knows_its_schedules_again():
    def made():
        opt = optimizer()
        parts = [lr_scheduler.LinearLR(opt, 0.5), lr_scheduler.CosineAnnealingLR(opt, 5)]
        return lr_scheduler.SequentialLR(opt, parts, [3])

    straight, first, second = made(), made(), made()
    expected = rates(straight, 10)
    before = rates(first, 5)
    second.optimizer.load_state_dict(first.optimizer.state_dict())
    second.load_state_dict(first.state_dict())
    assert before + rates(second, 5) == expected


def test_a_step_before_the_optimizers_is_warned_of():
    scheduler = lr_scheduler.StepLR(optimizer(), 2)
    with pytest.warns(UserWarning, match=r"Detected call of `lr_scheduler.step\(\)` before `optimizer.step\(\)`"):
        scheduler.step()


def test_asking_get_lr_outside_of_a_step_is_warned_of():
    scheduler = lr_scheduler.StepLR(optimizer(), 2)
    with pytest.warns(UserWarning, match=r"please use `get_last_lr\(\)`"):
        scheduler.get_lr()
    assert scheduler.get_last_lr() == [1.0]


def test_a_schedule_goes_on_from_a_saved_state():
    straight = rates(lr_scheduler.CosineAnnealingLR(optimizer(), 5), 5)
    opt = optimizer()
    first = lr_scheduler.CosineAnnealingLR(opt, 5)
    before = rates(first, 2)
    other = optimizer()
    second = lr_scheduler.CosineAnnealingLR(other, 5)
    other.load_state_dict(opt.state_dict())
    second.load_state_dict(first.state_dict())
    assert before + rates(second, 3) == straight


def test_resuming_needs_the_rate_to_begin_with():
    with pytest.raises(KeyError, match="param 'initial_lr' is not specified in param_groups"):
        lr_scheduler.StepLR(optimizer(), 2, last_epoch=3)


def test_a_rate_that_is_a_tensor_stays_the_same_tensor():
    lr = torch.tensor(1.0)
    opt = optimizer(lr)
    scheduler = lr_scheduler.ExponentialLR(opt, 0.5)
    opt.step()
    scheduler.step()
    assert opt.param_groups[0]["lr"] is lr
    assert lr.item() == 0.5


def test_only_an_optimizer_has_a_schedule():
    with pytest.raises(TypeError, match="int is not an Optimizer"):
        lr_scheduler.StepLR(3, 2)


def plateau(numbers, **options):
    opt = optimizer()
    scheduler = lr_scheduler.ReduceLROnPlateau(opt, factor=0.5, **options)
    found = []
    for number in numbers:
        scheduler.step(number)
        found.append(opt.param_groups[0]["lr"])
    return found


def test_the_rate_falls_when_the_loss_stays_for_longer_than_patience():
    assert plateau([3.0, 2.0, 2.0, 2.0, 2.0, 1.0], patience=1) == [1, 1, 1, 0.5, 0.5, 0.5]


def test_during_the_cooldown_no_epoch_counts():
    assert plateau([1.0] * 6, patience=0, cooldown=2) == [1, 0.5, 0.5, 0.5, 0.25, 0.25]


def test_an_accuracy_is_to_rise():
    assert plateau([0.5, 0.6, 0.6], mode="max", patience=0) == [1, 1, 0.5]


def test_the_rate_never_falls_below_its_least():
    assert plateau([1.0] * 4, patience=0, min_lr=0.25) == [1, 0.5, 0.25, 0.25]


def test_a_program_may_reduce_and_judge_in_its_own_way():
    class Own(lr_scheduler.ReduceLROnPlateau):
        def _is_better(self, a, best):
            return False

    scheduler, epochs = Own(optimizer(), patience=1), []
    scheduler._reduce_lr = epochs.append
    for number in (3.0, 2.0, 1.0):
        scheduler.step(number)
    assert epochs == [2] and scheduler.best == math.inf and scheduler.num_bad_epochs == 1
    scheduler._reset()
    assert scheduler.num_bad_epochs == 0


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"mode": "up"}, "mode up is unknown!"),
        ({"threshold_mode": "up"}, "threshold mode up is unknown!"),
        ({"factor": 1.0}, "Factor should be < 1.0."),
        ({"min_lr": [0, 0]}, "expected 1 min_lrs, got 2"),
    ],
)
def test_wrong_options_of_a_plateau_are_refused(options, message):
    with pytest.raises(ValueError) as caught:
        lr_scheduler.ReduceLROnPlateau(optimizer(), **options)
    assert str(caught.value) == message
