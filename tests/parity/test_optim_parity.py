"""Optimizers and schedules beside PyTorch's: parameters after random gradients, printed forms, states and refusals."""

import numpy
import pytest
import torch

import tinytorch

OPTIMIZERS = [
    ("SGD", {"lr": 0.1}),
    ("SGD", {"lr": 0.1, "momentum": 0.9, "dampening": 0.3, "weight_decay": 0.1}),
    ("SGD", {"lr": 0.1, "momentum": 0.9, "nesterov": True, "weight_decay": 0.1, "maximize": True}),
    ("Adam", {}),
    ("Adam", {"lr": 0.1, "weight_decay": 0.1, "amsgrad": True}),
    ("Adam", {"betas": (0.3, 0.9), "maximize": True}),
    ("AdamW", {"lr": 0.01, "weight_decay": 0.3, "foreach": False}),
]
TOLERANCE = {"float64": 1e-14, "float32": 2e-6, "complex64": 2e-6, "complex128": 1e-14}


def trained(module, name, options, dtype, steps=20):
    """Three parameters after random gradients, and their optimizer."""
    random = numpy.random.RandomState(0)

    def values(shape):
        found = random.standard_normal(shape)
        return found + 1j * random.standard_normal(shape) if dtype.startswith("complex") else found

    def tensor(array):
        return module.tensor(array.tolist(), dtype=getattr(module, dtype))

    params = [tensor(values(shape)).requires_grad_() for shape in ((5, 3), (7,), ())]
    optimizer = getattr(module.optim, name)(params, **options)
    for _ in range(steps):
        for param in params:
            param.grad = tensor(values(param.shape))
        optimizer.step()
    return [numpy.array(param.tolist()) for param in params], optimizer


@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize(("name", "options"), OPTIMIZERS)
def test_twenty_steps_agree(name, options, dtype):
    ours, optimizer = trained(tinytorch, name, options, dtype)
    theirs, reference = trained(torch, name, options, dtype)
    for one, other in zip(ours, theirs, strict=True):
        assert numpy.abs(one - other).max() <= TOLERANCE[dtype] * max(1, numpy.abs(other).max())
    assert repr(optimizer) == repr(reference)


@pytest.mark.parametrize(("name", "options"), OPTIMIZERS)
def test_state_dicts_have_the_same_keys_dtypes_and_shapes(name, options):
    def described(optimizer):
        saved = optimizer.state_dict()
        state = {
            key: {name: (str(value.dtype), tuple(value.shape)) for name, value in values.items()}
            for key, values in saved["state"].items()
        }
        return state, saved["param_groups"]

    ours, theirs = [described(trained(module, name, options, "float32", 2)[1]) for module in (tinytorch, torch)]
    assert ours == theirs


SCHEDULES = [
    ("StepLR", {"step_size": 3, "gamma": 0.3}),
    ("MultiStepLR", {"milestones": [2, 5, 5], "gamma": 0.5}),
    ("ExponentialLR", {"gamma": 0.9}),
    ("CosineAnnealingLR", {"T_max": 4, "eta_min": 0.01}),
    ("LinearLR", {"start_factor": 0.25, "total_iters": 6}),
    ("LambdaLR", {"lr_lambda": lambda epoch: 0.95**epoch}),
]


@pytest.mark.parametrize(("name", "options"), SCHEDULES)
def test_the_rates_of_a_schedule_and_its_state_agree(name, options):
    def run(module):
        optimizer = module.optim.SGD([module.zeros(1).requires_grad_()], lr=0.7)
        scheduler = getattr(module.optim.lr_scheduler, name)(optimizer, **options)
        rates = []
        for _ in range(15):
            rates.append(scheduler.get_last_lr())
            optimizer.step()
            scheduler.step()
        return rates, scheduler.state_dict()

    assert run(tinytorch) == run(torch)


def test_a_plateau_agrees():
    numbers = numpy.random.RandomState(0).rand(60).cumsum() ** -0.5

    def run(module, **options):
        optimizer = module.optim.SGD([module.zeros(1).requires_grad_()], lr=0.7)
        scheduler = module.optim.lr_scheduler.ReduceLROnPlateau(optimizer, factor=0.5, patience=1, **options)
        rates = []
        for number in numbers.tolist():
            scheduler.step(number)
            rates.append(optimizer.param_groups[0]["lr"])
        return rates

    for options in (
        {},
        {"threshold": 0.05},
        {"mode": "max"},
        {"threshold_mode": "abs", "threshold": 0.02, "cooldown": 3},
    ):
        assert run(tinytorch, **options) == run(torch, **options)


REFUSALS = [
    lambda module, leaf: module.optim.SGD([]),
    lambda module, leaf: module.optim.SGD(leaf),
    lambda module, leaf: module.optim.SGD([leaf * 2]),
    lambda module, leaf: module.optim.SGD([3]),
    lambda module, leaf: module.optim.SGD([{"params": {leaf}}]),
    lambda module, leaf: module.optim.SGD([[leaf]]),
    lambda module, leaf: module.optim.SGD([("a", leaf), leaf]),
    lambda module, leaf: module.optim.SGD([{"params": [leaf]}, {"params": [leaf]}]),
    lambda module, leaf: module.optim.SGD([{"params": [leaf]}]).add_param_group([leaf]),
    lambda module, leaf: module.optim.SGD([leaf], lr=-0.5),
    lambda module, leaf: module.optim.SGD([leaf], momentum=-1),
    lambda module, leaf: module.optim.SGD([leaf], weight_decay=-1),
    lambda module, leaf: module.optim.SGD([leaf], nesterov=True),
    lambda module, leaf: module.optim.SGD([leaf], fused=True, foreach=True),
    lambda module, leaf: module.optim.Adam([leaf], lr=-1),
    lambda module, leaf: module.optim.Adam([leaf], eps=-1),
    lambda module, leaf: module.optim.Adam([leaf], betas=(1.0, 0.5)),
    lambda module, leaf: module.optim.Adam([leaf], betas=(0.5, 1.5)),
    lambda module, leaf: module.optim.Adam([leaf], betas=(0, 0.5)),
    lambda module, leaf: module.optim.Adam([leaf], lr=module.tensor(0.5), foreach=True),
    lambda module, leaf: module.optim.Adam([leaf], weight_decay=-1),
    lambda module, leaf: module.optim.SGD([leaf]).load_state_dict({"state": {}, "param_groups": []}),
    lambda module, leaf: module.optim.lr_scheduler.StepLR(3, 1),
    lambda module, leaf: module.optim.lr_scheduler.StepLR(module.optim.SGD([leaf]), 1, last_epoch=2),
    lambda module, leaf: module.optim.lr_scheduler.LambdaLR(module.optim.SGD([leaf]), []),
    lambda module, leaf: module.optim.Optimizer([leaf], {}).step(),
]


@pytest.mark.parametrize("refused", REFUSALS)
def test_refusals_have_the_class_and_the_words_of_pytorch(refused):
    found = []
    for module in (tinytorch, torch):
        leaf = module.tensor([1.0, 2.0]).requires_grad_()
        leaf.grad = module.tensor([1.0, 2.0])
        with pytest.raises(Exception) as caught:
            refused(module, leaf)
        found.append((caught.type, str(caught.value)))
    assert found[0] == found[1]
