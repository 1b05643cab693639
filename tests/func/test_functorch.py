"""functorch: the older names, which warn, and modules as functions of tuples."""

import subprocess
import sys

import pytest

import tinytorch as torch
from tinytorch import functorch, nn


def test_its_functions_are_those_of_torch_func_and_warn():
    with pytest.warns(FutureWarning, match=r"`functorch.grad` is deprecated as of PyTorch 2.0") as caught:
        assert functorch.grad(lambda x: x**2)(torch.tensor(3.0)).item() == 6
    assert caught[0].filename == __file__


@pytest.mark.filterwarnings("ignore::FutureWarning")
def test_a_module_becomes_a_function_of_its_parameters():
    model = nn.Linear(2, 1)
    function, params = functorch.make_functional(model)
    assert [each.shape for each in params] == [(1, 2), (1,)]
    assert all(each.requires_grad for each in params)
    x = torch.ones(3, 2)
    assert function([2 * each for each in params], x).equal(2 * model(x))
    assert repr(function) == (
        "FunctionalModule(\n  (stateless_model): Linear(in_features=2, out_features=1, bias=True)\n)"
    )


@pytest.mark.filterwarnings("ignore::FutureWarning")
def test_buffers_are_given_beside_the_parameters():
    function, params, buffers = functorch.make_functional_with_buffers(nn.BatchNorm1d(1), True)
    assert not any(each.requires_grad for each in params)
    mean, variance, count = torch.tensor([5.0]), torch.tensor([4.0]), buffers[2]
    function.eval()
    assert function(params, (mean, variance, count), torch.tensor([[7.0]])).item() == pytest.approx(1, abs=1e-5)


@pytest.mark.filterwarnings("ignore::FutureWarning")
def test_an_ensemble_is_one_function_of_stacked_states():
    models = [nn.Linear(2, 1) for _ in range(3)]
    function, params, buffers = functorch.combine_state_for_ensemble(models)
    x = torch.ones(4, 2)
    found = functorch.vmap(function, in_dims=(0, 0, None))(params, buffers, x)
    assert torch.allclose(found, torch.stack([model(x) for model in models]))


def test_programs_import_it_by_its_own_name():
    code = "import functorch; print(functorch.__file__.endswith('tinytorch/functorch.py'), functorch.jvp.__name__)"
    done = subprocess.run([sys.executable, "-m", "tinytorch", "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "True jvp\n"
