"""Schedules and averages of weights beside PyTorch's: rates, momenta, states, warnings and refusals."""

import copy
import warnings

import numpy
import pytest
import torch

import tinytorch


class Halving:
    """A function with an attribute, which a state keeps."""

    def __init__(self):
        self.share = 0.5

    def __call__(self, epoch):
        return self.share**epoch


SCHEDULES = [  # what makes one, of the room of schedules and an optimizer of two groups
    lambda room, opt: room.LambdaLR(opt, [lambda epoch: 0.9**epoch, Halving()]),
    lambda room, opt: room.MultiplicativeLR(opt, lambda epoch: 0.95),
    lambda room, opt: room.MultiplicativeLR(opt, [lambda epoch: 1 / epoch, Halving()]),
    lambda room, opt: room.StepLR(opt, 4, 0.3),
    lambda room, opt: room.MultiStepLR(opt, [2, 5, 5, 20], 0.5),
    lambda room, opt: room.ConstantLR(opt),
    lambda room, opt: room.ConstantLR(opt, 0.25, 12),
    lambda room, opt: room.LinearLR(opt, 0.25, 0.75, 12),
    lambda room, opt: room.ExponentialLR(opt, 0.9),
    lambda room, opt: room.PolynomialLR(opt),
    lambda room, opt: room.PolynomialLR(opt, 20, 2.5),
    lambda room, opt: room.CosineAnnealingLR(opt, 7, 0.01),
    lambda room, opt: room.CosineAnnealingWarmRestarts(opt, 5),
    lambda room, opt: room.CosineAnnealingWarmRestarts(opt, 3, 2, 0.01),
    lambda room, opt: room.CyclicLR(opt, 0.01, 0.1, 4),
    lambda room, opt: room.CyclicLR(opt, [0.01, 0.02], [0.1, 0.3], 4, 3, "triangular2"),
    lambda room, opt: room.CyclicLR(opt, 0.01, 0.1, 4, 7, "exp_range", 0.95, base_momentum=[0.6, 0.7]),
    lambda room, opt: room.CyclicLR(opt, 0.01, 0.1, 4, scale_fn=lambda x: 1 / x, cycle_momentum=False),
    lambda room, opt: room.CyclicLR(opt, 0.01, 0.1, 4, scale_fn=Halving(), scale_mode="iterations"),
    lambda room, opt: room.OneCycleLR(opt, 0.5, 30),
    lambda room, opt: room.OneCycleLR(opt, [0.5, 0.1], epochs=6, steps_per_epoch=6, anneal_strategy="linear"),
    lambda room, opt: room.OneCycleLR(opt, 0.5, 40, 0, 0, 0.4, three_phase=True, div_factor=10, final_div_factor=100),
    lambda room, opt: room.OneCycleLR(opt, 0.5, 30, cycle_momentum=False),
    lambda room, opt: room.ChainedScheduler([room.ConstantLR(opt, 0.1, 4), room.ExponentialLR(opt, 0.9)]),
    lambda room, opt: room.ChainedScheduler([room.LinearLR(opt), room.StepLR(opt, 3)], opt),
    lambda room, opt: room.SequentialLR(opt, [room.ConstantLR(opt, 0.1, 20), room.ExponentialLR(opt, 0.9)], [5]),
    lambda room, opt: room.SequentialLR(
        opt, [room.LinearLR(opt, 0.1), room.CosineAnnealingLR(opt, 9), room.StepLR(opt, 2)], [3, 12]
    ),
    lambda room, opt: room.SequentialLR(
        opt,
        [room.ChainedScheduler([room.LinearLR(opt), room.ConstantLR(opt)]), room.CosineAnnealingWarmRestarts(opt, 4)],
        [6],
    ),
    lambda room, opt: module_of(room).optim.swa_utils.SWALR(opt, 0.05),
    lambda room, opt: module_of(room).optim.swa_utils.SWALR(opt, [0.05, 0.5], 4, "linear"),
    lambda room, opt: module_of(room).optim.swa_utils.SWALR(opt, 0.05, 0),
]
OPTIMIZERS = [
    lambda module, groups: module.optim.SGD(groups, lr=0.7, momentum=0.5),
    lambda module, groups: module.optim.Adam(groups, lr=module.tensor(0.7, dtype=module.float64)),
]


def module_of(room):
    """The library of a room."""
    return torch if room is torch.optim.lr_scheduler else tinytorch


def optimizer_of(module, make):
    groups = [{"params": [module.zeros(1).requires_grad_()]}, {"params": [module.zeros(1).requires_grad_()]}]
    if make is OPTIMIZERS[0]:
        groups[1]["lr"] = 0.2
    return make(module, groups)


def plain(value):
    """Numbers in the place of tensors, at any depth; what follows from other entries is left out."""
    if isinstance(value, dict):
        return {name: plain(each) for name, each in value.items() if name not in ("params", "anneal_func")}
    if isinstance(value, (list, tuple)):
        return [plain(each) for each in value]
    return value.item() if hasattr(value, "item") else value


def run(module, schedule, make):
    """The rates and the groups over 30 steps, with a saved state after 12, and the last state."""
    optimizer = optimizer_of(module, make)
    scheduler = schedule(module.optim.lr_scheduler, optimizer)
    seen = []
    for step in range(30):
        seen.append(plain([scheduler.get_last_lr(), optimizer.param_groups]))
        optimizer.step()
        scheduler.step()
        if step == 12:
            saved, trained = copy.deepcopy(scheduler.state_dict()), optimizer.state_dict()
            optimizer = optimizer_of(module, make)
            scheduler = schedule(module.optim.lr_scheduler, optimizer)
            optimizer.load_state_dict(trained)
            scheduler.load_state_dict(saved)
    return seen, plain(scheduler.state_dict())


@pytest.mark.parametrize("make", OPTIMIZERS)
@pytest.mark.parametrize("schedule", SCHEDULES)
@pytest.mark.filterwarnings("ignore:Detected call")
def test_thirty_steps_give_the_rates_and_the_state_of_pytorch(schedule, make):
    ours, theirs = run(tinytorch, schedule, make), run(torch, schedule, make)
    assert ours == theirs


@pytest.mark.parametrize("schedule", SCHEDULES[:14])
def test_a_given_epoch_gives_the_rate_of_pytorch_with_its_warning(schedule):
    found = []
    for module in (tinytorch, torch):
        optimizer = optimizer_of(module, OPTIMIZERS[0])
        scheduler = schedule(module.optim.lr_scheduler, optimizer)
        optimizer.step()
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            for epoch in (3, 11, 2):
                scheduler.step(epoch)
        found.append((scheduler.get_last_lr(), scheduler.last_epoch, [str(each.message) for each in caught]))
    assert found[0] == found[1]


def overridden(optimizer):
    optimizer.step = lambda: None


@pytest.mark.parametrize("change", [lambda optimizer: None, lambda optimizer: optimizer.step(), overridden])
def test_a_step_before_the_optimizers_gives_the_warnings_of_pytorch(change):
    found = []
    for module in (tinytorch, torch):
        optimizer = optimizer_of(module, OPTIMIZERS[0])
        scheduler = module.optim.lr_scheduler.StepLR(optimizer, 3)
        change(optimizer)
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            for _ in range(3):
                scheduler.step()
        found.append([(str(each.message), each.category, each.filename == __file__) for each in caught])
    assert found[0] == found[1]


@pytest.mark.parametrize("make", OPTIMIZERS)
def test_the_epoch_of_a_restart_may_be_a_fraction(make):
    def rates(module):
        optimizer = optimizer_of(module, make)
        scheduler = module.optim.lr_scheduler.CosineAnnealingWarmRestarts(optimizer, 3, 2)
        found = []
        for place in range(60):
            scheduler.step(place / 4)
            found.append(plain([scheduler.get_last_lr(), scheduler.state_dict()]))
        return found

    assert rates(tinytorch) == rates(torch)


def test_a_plateau_finds_the_groups_that_were_added():
    def state(module):
        optimizer = optimizer_of(module, OPTIMIZERS[0])
        scheduler = module.optim.lr_scheduler.ReduceLROnPlateau(optimizer, patience=1)
        optimizer.add_param_group({"params": [module.zeros(1).requires_grad_()], "lr": 0.3})
        for _ in range(5):
            scheduler.step(1.0)
        return scheduler.state_dict(), scheduler.in_cooldown

    assert state(tinytorch) == state(torch)


def plateau_with_another_group(module, opt):
    scheduler = module.optim.lr_scheduler.ReduceLROnPlateau(opt, patience=0, min_lr=[0.1, 0.1])
    opt.add_param_group({"params": [module.zeros(1).requires_grad_()]})
    for _ in range(3):
        scheduler.step(1.0)


def overrun(module, opt):
    scheduler = module.optim.lr_scheduler.OneCycleLR(opt, 0.1, 2)
    for _ in range(5):
        opt.step()
        scheduler.step()


REFUSALS = [
    plateau_with_another_group,
    overrun,
    lambda module, opt: module.optim.lr_scheduler.MultiplicativeLR(opt, 3),
    lambda module, opt: module.optim.lr_scheduler.MultiplicativeLR(opt, [len]),
    lambda module, opt: module.optim.lr_scheduler.ConstantLR(opt, 1.5),
    lambda module, opt: module.optim.lr_scheduler.LinearLR(opt, 0),
    lambda module, opt: module.optim.lr_scheduler.CyclicLR(opt, [0.1], 0.2),
    lambda module, opt: module.optim.lr_scheduler.CyclicLR(opt, 0.1, [0.2, 0.3, 0.4]),
    lambda module, opt: module.optim.lr_scheduler.CyclicLR(opt, 0.1, 0.2, mode="up"),
    lambda module, opt: module.optim.lr_scheduler.CyclicLR(3, 0.1, 0.2),
    lambda module, opt: module.optim.lr_scheduler.CyclicLR(
        module.optim.Rprop([module.zeros(1).requires_grad_()]), 0.1, 0.2
    ),
    lambda module, opt: module.optim.lr_scheduler.OneCycleLR(opt, 0.1),
    lambda module, opt: module.optim.lr_scheduler.OneCycleLR(opt, 0.1, 0),
    lambda module, opt: module.optim.lr_scheduler.OneCycleLR(opt, 0.1, 2.5),
    lambda module, opt: module.optim.lr_scheduler.OneCycleLR(opt, 0.1, epochs=0, steps_per_epoch=3),
    lambda module, opt: module.optim.lr_scheduler.OneCycleLR(opt, 0.1, epochs=3, steps_per_epoch=-1),
    lambda module, opt: module.optim.lr_scheduler.OneCycleLR(opt, 0.1, epochs=3),
    lambda module, opt: module.optim.lr_scheduler.OneCycleLR(opt, 0.1, 9, pct_start=1.5),
    lambda module, opt: module.optim.lr_scheduler.OneCycleLR(opt, 0.1, 9, anneal_strategy="up"),
    lambda module, opt: module.optim.lr_scheduler.OneCycleLR(opt, [0.1], 9),
    lambda module, opt: module.optim.lr_scheduler.CosineAnnealingWarmRestarts(opt, 0),
    lambda module, opt: module.optim.lr_scheduler.CosineAnnealingWarmRestarts(opt, 3, 0.5),
    lambda module, opt: module.optim.lr_scheduler.CosineAnnealingWarmRestarts(opt, 3).step(-1),
    lambda module, opt: module.optim.lr_scheduler.ChainedScheduler([]),
    lambda module, opt: module.optim.lr_scheduler.ChainedScheduler([3], opt),
    lambda module, opt: module.optim.lr_scheduler.ChainedScheduler([module.optim.lr_scheduler.ReduceLROnPlateau(opt)]),
    lambda module, opt: module.optim.lr_scheduler.ChainedScheduler(
        [module.optim.lr_scheduler.StepLR(each, 3) for each in (opt, optimizer_of(module, OPTIMIZERS[0]))]
    ),
    lambda module, opt: module.optim.lr_scheduler.SequentialLR(opt, [], []),
    lambda module, opt: module.optim.lr_scheduler.SequentialLR(opt, [module.optim.lr_scheduler.StepLR(opt, 3)], [3]),
    lambda module, opt: module.optim.swa_utils.SWALR(opt, [0.1]),
    lambda module, opt: module.optim.swa_utils.SWALR(opt, 0.1, -1),
    lambda module, opt: module.optim.swa_utils.SWALR(opt, 0.1, anneal_strategy="up"),
    lambda module, opt: module.optim.swa_utils.get_ema_avg_fn(1.5),
    lambda module, opt: module.optim.swa_utils.get_ema_multi_avg_fn(-1),
    lambda module, opt: module.optim.swa_utils.AveragedModel(module.nn.Linear(1, 1), None, len, len),
]


@pytest.mark.parametrize("refused", REFUSALS)
def test_refusals_have_the_class_and_the_words_of_pytorch(refused):
    found = []
    for module in (tinytorch, torch):
        with pytest.raises(Exception) as caught:
            refused(module, optimizer_of(module, OPTIMIZERS[0]))
        found.append((caught.type, str(caught.value)))
    assert found[0] == found[1]


AVERAGES = [
    lambda utils: {},
    lambda utils: {"use_buffers": True},
    lambda utils: {"avg_fn": utils.get_ema_avg_fn(0.9)},
    lambda utils: {"avg_fn": utils.get_swa_avg_fn(), "use_buffers": True},
    lambda utils: {"multi_avg_fn": utils.get_ema_multi_avg_fn(0.9), "use_buffers": True},
    lambda utils: {"multi_avg_fn": utils.get_swa_multi_avg_fn()},
    lambda utils: {"avg_fn": lambda average, weight, number: average + weight * number},
]


@pytest.mark.parametrize("options", AVERAGES)
def test_averages_of_weights_agree(options):
    found = []
    for module in (tinytorch, torch):
        module.manual_seed(0)
        model = module.nn.Sequential(module.nn.Linear(3, 4), module.nn.BatchNorm1d(4), module.nn.Linear(4, 2))
        averaged = module.optim.swa_utils.AveragedModel(model, **options(module.optim.swa_utils))
        optimizer = module.optim.SGD(model.parameters(), lr=0.05)
        random = numpy.random.RandomState(0)
        batches = [module.tensor(random.randn(8, 3).tolist()) for _ in range(4)]
        for batch in batches:
            optimizer.zero_grad()
            model(batch).square().mean().backward()
            optimizer.step()
            averaged.update_parameters(model)
        states = [{name: each.tolist() for name, each in averaged.state_dict().items()}]
        module.optim.swa_utils.update_bn([(each, None) for each in batches], averaged)
        states.append({name: each.tolist() for name, each in averaged.state_dict().items()})
        found.append((states, averaged.training, averaged(batches[0]).tolist(), averaged.module[1].momentum))
    ours, theirs = found
    assert ours[1] == theirs[1] and ours[3] == theirs[3]
    for one, other in zip([*ours[0], {"output": ours[2]}], [*theirs[0], {"output": theirs[2]}], strict=True):
        assert one.keys() == other.keys()
        for name, value in one.items():
            assert numpy.allclose(value, other[name], rtol=1e-5, atol=1e-5)
