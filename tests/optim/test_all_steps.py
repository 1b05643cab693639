"""The steps of the optimizers beside SGD and Adam: the numbers that PyTorch gives, their states and their options."""

import copy
import pickle

import pytest

import tinytorch as torch
from tinytorch import optim

RECORDED = [  # optimizer, options, the parameter after five steps under PyTorch 2.13
    ("RMSprop", {"lr": 0.1},
     [7.846936406441379e-16, -0.09831011849320784, 0.6025132768878299, -0.010345749803626639,
      -0.0026766758255290495, -3.923509584283382e-16]),
    ("RMSprop", {"lr": 0.05, "alpha": 0.9, "momentum": 0.5, "centered": True, "weight_decay": 0.1},
     [0.17143653913906015, -1.0633825701905653, 2.0332043147404266, -0.0782069229205524, 0.004154352118590675,
      -0.1714365350700132]),
    ("Adadelta", {},
     [0.983631323953412, -1.983599157691552, 2.9835884333675757, 0.4836959669173229, 0.23382735477760896,
      -0.9836313081044986]),
    ("Adadelta", {"lr": 0.5, "rho": 0.5, "weight_decay": 0.1, "maximize": True},
     [1.0044326386118094, -2.0044311533289596, 3.004430659593995, 0.504435597964071, 0.2544413942573512,
      -1.00443263983581]),
    ("Adagrad", {"lr": 0.5},
     [0.050891304251296135, -0.6827902184734933, 1.569639728919697, 5.000004352815638e-51, -0.004530980444731339,
      -0.050891304245439466]),
    ("Adagrad", {"lr": 0.5, "lr_decay": 0.1, "weight_decay": 0.1, "initial_accumulator_value": 0.5},
     [0.10504198954140329, -0.8366204532402611, 1.7225769189674989, 0.0010417912334343706, 0.002042385714687605,
      -0.09322420662489692]),
    ("Adamax", {"lr": 0.1},
     [0.5515538030612309, -1.5257775475601842, 2.516963592660503, 0.1001837237238595, -0.06364749094694712,
      -0.5515538020665252]),
    ("Adamax", {"lr": 0.1, "betas": (0.3, 0.9), "weight_decay": 0.1, "maximize": True},
     [1.4891835167451428, -2.4939351173592494, 3.4957817678417245, 0.9820868408807655, 0.7229927812330873,
      -1.489183517844464]),
    ("ASGD", {"lr": 0.1},
     [0.3276656667925704, -1.180924237122049, 0.23327222861902713, 0.1638328333962852, 0.14761552964025612,
      -0.07775740953967573]),
    ("ASGD", {"lr": 0.1, "lambd": 0.1, "alpha": 0.5, "t0": 2, "weight_decay": 0.1},
     [0.2927192541926084, -1.0625191022848157, 0.20396738822430752, 0.1463596270963042, 0.13281488778560196,
      -0.06798912940810249]),
    ("NAdam", {"lr": 0.1},
     [0.6236628908148997, -1.6084596261062452, 2.6037987478960614, 0.15963907080499323, -0.004066917681491278,
      -0.6236628898770779]),
    ("NAdam", {"lr": 0.1, "weight_decay": 0.1, "decoupled_weight_decay": True, "momentum_decay": 0.1},
     [0.5871623766358925, -1.5229960800581352, 2.4693345855935287, 0.1473956498523183, -0.005693202333009101,
      -0.5871623757230665]),
    ("RAdam", {"lr": 0.1},
     [0.20164796308087313, -1.104728390203796, -0.7594591099069035, 0.10082398154043656, 0.1380910487754745,
      0.2531530366356345]),
    ("RAdam", {"lr": 0.1, "betas": (0.5, 0.7), "weight_decay": 0.1},
     [0.24182225003354843, -1.0702762066764158, -0.20244525157063, 0.12091112501677422, 0.13378452583455197,
      0.06748175052354324]),
    ("RAdam", {"lr": 0.1, "weight_decay": 0.1, "decoupled_weight_decay": True},
     [0.17888527285432176, -1.0350276297490213, -0.7720748278287872, 0.08944263642716088, 0.12937845371862766,
      0.25735827594292904]),
    ("Rprop", {"lr": 0.3},
     [0.12399999999999997, 0.23248000000000002, 0.7675200000000004, 0.020000000000000018, 0.02500000000000001,
      -0.12399999999999997]),
    ("Rprop", {"lr": 0.7, "etas": (0.3, 1.4), "step_sizes": (0.1, 0.9)},
     [0.04800000000000004, 0.22999999999999998, -0.40000000000000013, -0.08999999999999997, 0.05400000000000002,
      -0.04800000000000004]),
    ("Adafactor", {"lr": 0.3},
     [0.04466766170259949, -0.6025096749670636, 1.5224682608162354, -0.1489854993596554, 1.04612719680136e-05,
      -0.03173252944161211]),
    ("Adafactor", {"lr": 0.3, "d": 2.0, "weight_decay": 0.1, "maximize": True},
     [4.68674178319793, -7.3549039709548705, 7.420347901788291, 9.071754982688601, 2.8148614523795095,
      -5.764700133807504]),
    ("LBFGS", {"lr": 0.1, "max_iter": 2},
     [0.6777617565156631, -1.5425850561399441, 1.9110903330907447, 0.33888087825783153, 0.19282313201749302,
      -0.6370301110302481]),
]  # fmt: skip
TOLERANCE = {"float64": 1e-13, "float32": 1e-6}  # of the numbers' size
NAMES = sorted({name for name, _, _ in RECORDED} - {"LBFGS"})
STATES = {
    "Adadelta": ["step", "square_avg", "acc_delta"],
    "Adafactor": ["step", "row_var", "col_var"],
    "Adagrad": ["step", "sum"],
    "Adamax": ["step", "exp_avg", "exp_inf"],
    "ASGD": ["step", "eta", "mu", "ax"],
    "NAdam": ["step", "mu_product", "exp_avg", "exp_avg_sq"],
    "RAdam": ["step", "exp_avg", "exp_avg_sq"],
    "RMSprop": ["step", "square_avg"],
    "Rprop": ["step", "prev", "step_size"],
}


def start(dtype="float64", device="cpu"):
    values = torch.tensor([[1.0, -2.0, 3.0], [0.5, 0.25, -1.0]], dtype=getattr(torch, dtype), device=device)
    return values.requires_grad_()


def five_steps(optimizer, param):
    weight = torch.tensor([1.0, 0.5, 2.0], dtype=param.dtype, device=param.device)

    def closure():
        optimizer.zero_grad()
        loss = (param * param * weight).sum().abs()
        loss.backward()
        return loss

    for _ in range(5):
        optimizer.step(closure)
    return [each for row in param.tolist() for each in row]


@pytest.mark.parametrize(("name", "options", "expected"), RECORDED)
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_five_steps_are_those_of_pytorch(device, name, options, expected, dtype):
    param = start(dtype, device)
    found = five_steps(getattr(optim, name)([param], **options), param)
    assert found == pytest.approx(expected, rel=TOLERANCE[dtype], abs=TOLERANCE[dtype])
    assert param.dtype is getattr(torch, dtype)


@pytest.mark.parametrize("name", STATES)
def test_the_state_has_the_names_and_dtypes_of_pytorch(name):
    param = start("float64")
    optimizer = getattr(optim, name)([param])
    five_steps(optimizer, param)
    state = optimizer.state[param]
    assert list(state) == STATES[name]
    assert repr(state["step"]) == "tensor(5.)"
    assert {each.dtype for key, each in state.items() if key not in ("step", "eta", "mu", "mu_product")} == {
        torch.float64
    }


@pytest.mark.parametrize("name", [each for each in NAMES if each != "Adafactor"])
def test_a_complex_number_is_a_pair_of_real_ones(name):
    whole = torch.tensor([1 + 2j, 3 - 1j], requires_grad=True)
    pair = torch.tensor([[1.0, 2.0], [3.0, -1.0]], requires_grad=True)
    for param, grad in ((whole, torch.tensor([0.5 - 1j, 2 + 0.25j])), (pair, torch.tensor([[0.5, -1.0], [2.0, 0.25]]))):
        optimizer = getattr(optim, name)([param], lr=0.1)
        for _ in range(3):
            param.grad = grad
            optimizer.step()
    assert [[each.real, each.imag] for each in whole.tolist()] == pair.tolist()


@pytest.mark.parametrize("name", NAMES)
def test_a_parameter_without_dimensions_learns_downhill(name):
    param = torch.tensor(2.0, requires_grad=True)
    optimizer = getattr(optim, name)([param], lr=0.1)
    for _ in range(3):
        param.grad = torch.tensor(1.0)
        optimizer.step()
    assert param.item() < 2.0 and optimizer.state[param]["step"].item() == 3


@pytest.mark.parametrize("name", NAMES)
def test_the_gradient_is_left_as_it_was(name):
    param = torch.tensor([1.0, 2.0], requires_grad=True)
    param.grad = grad = torch.tensor([3.0, 4.0])
    getattr(optim, name)([param], maximize=True).step()
    assert grad.tolist() == [3.0, 4.0] and param.grad is grad


@pytest.mark.parametrize("name", NAMES)
def test_training_goes_on_from_a_saved_state_as_if_it_had_not_stopped(name):
    straight, first = start(), start()
    optimizer = getattr(optim, name)([straight])
    five_steps(optimizer, straight)
    five_steps(optimizer, straight)
    stopped = getattr(optim, name)([first])
    five_steps(stopped, first)
    second = first.detach().clone().requires_grad_()
    resumed = getattr(optim, name)([second])
    resumed.load_state_dict(copy.deepcopy(stopped.state_dict()))
    five_steps(resumed, second)
    expected = straight.flatten().tolist()
    assert second.flatten().tolist() == pytest.approx(expected, rel=1e-6, abs=1e-9)  # mu_product of NAdam is single


@pytest.mark.parametrize("name", [*NAMES, "LBFGS", "Muon"])
def test_an_optimizer_can_be_pickled(name):
    param = start()
    optimizer = getattr(optim, name)([param])
    five_steps(optimizer, param)
    again = pickle.loads(pickle.dumps(optimizer))
    assert repr(again) == repr(optimizer)
    (other,) = again.param_groups[0]["params"]
    assert five_steps(again, other) == five_steps(optimizer, param)


@pytest.mark.parametrize("name", NAMES)
def test_a_number_of_steps_in_an_older_file_becomes_a_tensor(name):
    param = start()
    optimizer = getattr(optim, name)([param])
    five_steps(optimizer, param)
    saved = copy.deepcopy(optimizer.state_dict())
    saved["state"][0]["step"] = 5
    optimizer.load_state_dict(saved)
    assert repr(optimizer.state[param]["step"]) == "tensor(5.)"


def test_the_mean_of_asgd_is_that_of_the_parameters_from_a_step_on():
    param, seen = torch.tensor([1.0, 2.0], dtype=torch.float64, requires_grad=True), []
    optimizer = optim.ASGD([param], lr=0.1, t0=2)
    for _ in range(6):
        param.grad = param.detach().clone()
        optimizer.step()
        seen.append(param.detach().clone())
    expected = (seen[3] + seen[4] + seen[5]) / 3
    assert optimizer.state[param]["ax"].tolist() == pytest.approx(expected.tolist(), rel=1e-6)


def test_a_state_of_adagrad_is_there_before_the_first_step():
    param = torch.tensor([1 + 1j], requires_grad=True)
    optimizer = optim.Adagrad([param], initial_accumulator_value=0.5)
    assert optimizer.state[param]["sum"].tolist() == [0.5 + 0.5j]
    assert optimizer.state[param]["step"].item() == 0


def test_muon_moves_along_an_orthogonal_matrix():
    param = torch.zeros(2, 3, requires_grad=True)
    param.grad = torch.tensor([[3.0, 0.0, 0.0], [0.0, 0.0, -0.5]])
    optim.Muon([param], lr=1.0, weight_decay=0.0, momentum=0.0).step()
    rows = param.detach()
    assert (rows @ rows.T - torch.eye(2)).abs().max() < 0.6
    assert rows[0, 0] < -0.6 and rows[1, 2] > 0.6


def banana(param):
    return (1 - param[0]) ** 2 + 100 * (param[1] - param[0] ** 2) ** 2


def searched(options, steps):
    """The place that a search finds for the least value of Rosenbrock's function, and its number of calls."""
    param = torch.tensor([-1.5, 2.0], dtype=torch.float64, requires_grad=True)
    optimizer = optim.LBFGS([param], **options)

    def closure():
        optimizer.zero_grad()
        loss = banana(param)
        loss.backward()
        return loss

    for _ in range(steps):
        optimizer.step(closure)
    return param.tolist(), optimizer.state[param]["func_evals"]


def test_a_search_with_wolfes_conditions_finds_the_end_of_a_bent_valley():
    place, calls = searched({"line_search_fn": "strong_wolfe"}, 3)
    assert place == pytest.approx([0.9999979943196398, 0.9999973438921708], abs=1e-11)  # where PyTorch ends
    assert calls == 53


REFUSED = [
    (lambda: optim.LBFGS([start()], line_search_fn="golden"), RuntimeError, "only 'strong_wolfe' is supported"),
    (
        lambda: optim.LBFGS([{"params": [start()]}, {"params": [start()]}]),
        ValueError,
        "LBFGS doesn't support per-parameter options (parameter groups)",
    ),
    (lambda: optim.Rprop([start()], etas=(1.0, 0.5)), ValueError, "Invalid eta values: 1.0, 0.5"),
    (lambda: optim.Adadelta([start()], rho=1.1), ValueError, "Invalid rho value: 1.1"),
    (lambda: optim.RMSprop([start()], lr=start()), ValueError, "Tensor lr must be 1-element"),
    (lambda: optim.Adafactor([start()], d=0.5), ValueError, "Clipping threshold d should be >= 1 but is: 0.5"),
    (
        lambda: optim.Adafactor([torch.ones(6, dtype=torch.complex64).reshape(2, 3).requires_grad_()]),
        RuntimeError,
        "Adafactor does not support complex parameters",
    ),
    (lambda: optim.Muon([start()], momentum=-1), ValueError, "momentum should be >= 0 but is: -1"),
    (
        lambda: optim.SparseAdam([start()]),
        RuntimeError,
        "SparseAdam does not support dense gradients, please consider Adam instead",
    ),
    (
        lambda: optim.NAdam([start()], differentiable=True),
        NotImplementedError,
        "differentiable=True: write the step with operations of tensors instead",
    ),
]


@pytest.mark.parametrize(("make", "kind", "message"), REFUSED)
def test_wrong_options_and_steps_are_refused(make, kind, message):
    with pytest.raises(kind) as caught:
        optimizer = make()
        five_steps(optimizer, optimizer.param_groups[0]["params"][0])
    assert str(caught.value) == message
