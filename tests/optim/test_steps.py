"""The steps of the optimizers: the numbers that PyTorch gives in float64, on each device and in each dtype."""

import copy
import pickle

import pytest

import tinytorch as torch
from tinytorch import optim

RECORDED = [  # optimizer, options, the parameter after five steps under PyTorch 2.13
    ("SGD", {"lr": 0.1}, [0.32768, -1.1809800000000001, 0.23327999999999993, 0.16384, 0.14762250000000002, -0.07776]),
    (
        "SGD",
        {"lr": 0.1, "momentum": 0.9},
        [-0.58042, 0.058319999999999955, -2.187, -0.29021, -0.007289999999999994, 0.7290000000000001],
    ),
    (
        "SGD",
        {"lr": 0.1, "momentum": 0.9, "dampening": 0.3, "weight_decay": 0.1},
        [-0.4629808881760101, -0.13046688858897995, -2.51045080793103, -0.23149044408800504, 0.016308361073622494,
         0.83681693597701],
    ),
    (
        "SGD",
        {"lr": 0.1, "momentum": 0.9, "nesterov": True, "weight_decay": 0.1},
        [-0.420547501037399, 0.32649799559889825, -0.44087911088189685, -0.2102737505186995, -0.04081224944986228,
         0.14695970362729902],
    ),
    (
        "SGD",
        {"lr": 0.01, "momentum": 0.5, "maximize": True},
        [1.1688911231999999, -2.1650351401999997, 4.060914067200001, 0.5844455615999999, 0.27062939252499996,
         -1.3536380224000002],
    ),
    (
        "Adam",
        {"lr": 0.1},
        [0.5079636592643418, -1.5029557825929858, 2.5017794557996105, 0.02781445137060952, -0.12760392840214693,
         -0.5079636579329025],
    ),
    (
        "Adam",
        {"lr": 0.1, "weight_decay": 0.1, "amsgrad": True},
        [0.5079636591375382, -1.5029557823569908, 2.5017794557891797, 0.02781445112488881, -0.12760392919452002,
         -0.5079636579004284],
    ),
    (
        "Adam",
        {"lr": 0.1, "betas": (0.3, 0.9), "maximize": True},
        [1.526284159623017, -2.5144119994973777, 3.5099175570938046, 1.0443179882940326, 0.8163077357939273,
         -1.5262841608572681],
    ),
    (
        "AdamW",
        {"lr": 0.1, "weight_decay": 0.3},
        [0.39926380734775835, -1.2518651931597893, 2.10911078644013, -0.007205287772141411, -0.12462886890659752,
         -0.3992638060709695],
    ),
]  # fmt: skip
TOLERANCE = {"float64": 1e-14, "float32": 3e-7, "bfloat16": 2**-7}  # of the numbers' size, after five steps


def start(dtype="float64", device="cpu"):
    values = torch.tensor([[1.0, -2.0, 3.0], [0.5, 0.25, -1.0]], dtype=getattr(torch, dtype), device=device)
    return values.requires_grad_()


def five_steps(optimizer, param):
    weight = torch.tensor([1.0, 0.5, 2.0], dtype=param.dtype, device=param.device)
    for _ in range(5):
        optimizer.zero_grad()
        (param * param * weight).sum().backward()
        optimizer.step()
    return [each for row in param.tolist() for each in row]


@pytest.mark.parametrize(("name", "options", "expected"), RECORDED)
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_five_steps_are_those_of_pytorch(device, name, options, expected, dtype):
    param = start(dtype, device)
    found = five_steps(getattr(optim, name)([param], **options), param)
    assert found == pytest.approx(expected, rel=TOLERANCE[dtype], abs=TOLERANCE[dtype])
    assert param.dtype is getattr(torch, dtype)


@pytest.mark.parametrize("name", ["SGD", "Adam"])
def test_half_precision_parameters_stay_near_those_of_float64(name):
    halves, doubles = start("bfloat16"), start("float64")
    found = five_steps(getattr(optim, name)([halves], lr=0.01), halves)
    expected = five_steps(getattr(optim, name)([doubles], lr=0.01), doubles)
    assert halves.dtype is torch.bfloat16
    assert found == pytest.approx(expected, rel=2 * TOLERANCE["bfloat16"])


@pytest.mark.parametrize(("name", "options"), [("SGD", {"momentum": 0.9}), ("Adam", {}), ("Adam", {"amsgrad": True})])
def test_a_transposed_parameter_learns_as_a_contiguous_one(name, options):
    values = [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]
    plain = torch.tensor(values, requires_grad=True)
    turned = torch.tensor(values).t().clone().t().requires_grad_()
    for param in (plain, turned):
        optimizer = getattr(optim, name)([param], lr=0.1, **options)
        for _ in range(3):
            param.grad = torch.tensor(values)
            optimizer.step()
    assert turned.tolist() == plain.tolist()


def test_adam_takes_a_complex_number_for_a_pair_of_real_ones():
    whole = torch.tensor([1 + 2j, 3 - 1j], requires_grad=True)
    pair = torch.tensor([[1.0, 2.0], [3.0, -1.0]], requires_grad=True)
    for param, grad in ((whole, torch.tensor([0.5 - 1j, 2 + 0.25j])), (pair, torch.tensor([[0.5, -1.0], [2.0, 0.25]]))):
        optimizer = optim.Adam([param], lr=0.1)
        for _ in range(3):
            param.grad = grad
            optimizer.step()
    assert [[each.real, each.imag] for each in whole.tolist()] == pair.tolist()


def test_a_parameter_without_dimensions_learns():
    param = torch.tensor(2.0, requires_grad=True)
    for optimizer in (optim.SGD([param], lr=0.5, momentum=0.9, nesterov=True), optim.Adam([param], lr=0.5)):
        param.grad = torch.tensor(1.0)
        optimizer.step()
    assert param.item() == pytest.approx(2.0 - 0.5 * 1.9 - 0.5)


def test_a_parameter_without_gradient_stays_and_has_no_state():
    used, unused = start(), start()
    optimizer = optim.Adam([used, unused], lr=0.1)
    used.grad = torch.ones_like(used)
    optimizer.step()
    assert unused.tolist() == start().tolist()
    assert list(optimizer.state) == [used]


def test_a_buffer_of_momentum_begins_with_the_gradient_undampened_whenever_its_parameter_joins():
    early, late = torch.tensor([1.0], requires_grad=True), torch.tensor([1.0], requires_grad=True)
    optimizer = optim.SGD([early, late], lr=1.0, momentum=0.5, dampening=0.5)
    early.grad = torch.tensor([1.0])
    optimizer.step()
    late.grad = torch.tensor([1.0])
    optimizer.step()
    assert optimizer.state[early]["momentum_buffer"].tolist() == [0.5 * 1.0 + 0.5 * 1.0]
    assert optimizer.state[late]["momentum_buffer"].tolist() == [1.0]


def test_the_gradient_is_left_as_it_was():
    for name, options in [("SGD", {"momentum": 0.9, "weight_decay": 0.1, "nesterov": True, "maximize": True}),
                          ("Adam", {"weight_decay": 0.1, "maximize": True})]:  # fmt: skip
        param = torch.tensor([1.0, 2.0], requires_grad=True)
        param.grad = grad = torch.tensor([3.0, 4.0])
        getattr(optim, name)([param], **options).step()
        assert grad.tolist() == [3.0, 4.0] and param.grad is grad


def test_a_step_is_a_new_version_of_the_parameter():
    param = torch.tensor([1.0], requires_grad=True)
    result = (param * param).sum()
    param.grad = torch.tensor([1.0])
    optim.SGD([param]).step()
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        result.backward()


def test_a_learning_rate_can_be_a_tensor():
    for name in ("SGD", "Adam"):
        number, tensor = torch.tensor([1.0], requires_grad=True), torch.tensor([1.0], requires_grad=True)
        for param, lr in ((number, 0.25), (tensor, torch.tensor(0.25))):
            param.grad = torch.tensor([1.0])
            getattr(optim, name)([param], lr=lr).step()
        assert tensor.tolist() == number.tolist()


def test_the_closure_runs_with_gradients_on_and_its_loss_is_returned():
    param = torch.tensor([3.0], requires_grad=True)
    optimizer = optim.SGD([param], lr=0.5)

    def closure():
        optimizer.zero_grad()
        loss = (param * param).sum()
        loss.backward()
        return loss

    with torch.no_grad():
        assert optimizer.step(closure).item() == 9.0
    assert param.tolist() == [0.0]


def test_the_state_of_adam_has_the_names_and_dtypes_of_pytorch():
    param = start("bfloat16")
    param.grad = torch.ones_like(param)
    optimizer = optim.Adam([param], amsgrad=True)
    optimizer.step()
    state = optimizer.state[param]
    assert list(state) == ["step", "exp_avg", "exp_avg_sq", "max_exp_avg_sq"]
    assert repr(state["step"]) == "tensor(1.)"
    assert state["exp_avg"].dtype is torch.bfloat16 and state["exp_avg"].shape == param.shape


def test_training_goes_on_from_a_saved_state_as_if_it_had_not_stopped():
    for name, options in [("SGD", {"lr": 0.01, "momentum": 0.9}), ("AdamW", {"lr": 0.01, "amsgrad": True})]:
        straight, first = start(), start()
        optimizer = getattr(optim, name)([straight], **options)
        five_steps(optimizer, straight)
        five_steps(optimizer, straight)
        stopped = getattr(optim, name)([first], **options)
        five_steps(stopped, first)
        second = first.detach().clone().requires_grad_()
        resumed = getattr(optim, name)([second], lr=7.0)
        resumed.load_state_dict(copy.deepcopy(stopped.state_dict()))
        five_steps(resumed, second)
        assert second.tolist() == straight.tolist()


def test_an_optimizer_can_be_pickled():
    param = start()
    optimizer = optim.Adam([param], lr=0.1)
    five_steps(optimizer, param)
    again = pickle.loads(pickle.dumps(optimizer))
    assert repr(again) == repr(optimizer)
    (other,) = again.param_groups[0]["params"]
    assert five_steps(again, other) == five_steps(optimizer, param)
