"""Weights that are functions of what is learned: of given length, of largest singular value 1, orthogonal."""

import copy
import pickle

import pytest

import tinytorch
from tinytorch import nn
from tinytorch.nn.utils import parametrizations, parametrize


@pytest.fixture(autouse=True)
def seed():
    tinytorch.manual_seed(0)


def test_a_weight_has_the_lengths_that_are_learned():
    layer = parametrizations.weight_norm(nn.Linear(4, 3))
    before = layer.weight.clone()
    lengths = layer.parametrizations.weight.original0
    assert lengths.flatten().tolist() == pytest.approx(before.norm(2, 1).tolist())
    lengths.data.fill_(2.0)
    assert layer.weight.norm(2, 1).tolist() == pytest.approx([2, 2, 2])
    assert [name for name, _ in layer.named_parameters()] == [
        "bias",
        "parametrizations.weight.original0",
        "parametrizations.weight.original1",
    ]


def test_the_older_form_computes_the_weight_before_each_call():
    with pytest.warns(FutureWarning, match=r"in favor of `torch\.nn\.utils\.parametrizations\.weight_norm`"):
        layer = nn.utils.weight_norm(nn.Linear(4, 3, bias=False))
    layer.weight_g.data.mul_(2)
    result = layer(tinytorch.ones(4))
    assert result.tolist() == pytest.approx(layer.weight.sum(1).tolist())
    nn.utils.remove_weight_norm(layer)
    assert layer(tinytorch.ones(4)).tolist() == pytest.approx(result.tolist())
    assert list(layer.state_dict()) == ["weight"]


@pytest.mark.parametrize("norm", [parametrizations.spectral_norm, nn.utils.spectral_norm])
def test_the_largest_singular_value_becomes_one(norm):
    layer = norm(nn.Linear(5, 4), n_power_iterations=50)
    layer(tinytorch.ones(5))
    assert tinytorch.linalg.svdvals(layer.weight.detach())[0].item() == pytest.approx(1, rel=1e-3)
    before = layer.eval().weight.tolist()
    layer(tinytorch.ones(5))
    assert layer.weight.tolist() == before


@pytest.mark.parametrize("kind", parametrizations.MAPS)
@pytest.mark.parametrize("shape", [(3, 3), (2, 3), (3, 2)])
def test_an_orthogonal_weight_stays_so_while_it_learns(kind, shape):
    layer = parametrizations.orthogonal(nn.Linear(*shape).double(), orthogonal_map=kind)
    optimizer = tinytorch.optim.SGD(layer.parameters(), lr=0.1)
    first = layer.weight.tolist()
    (layer.weight * tinytorch.arange(6 if shape != (3, 3) else 9).reshape(layer.weight.shape)).sum().backward()
    optimizer.step()
    assert layer.weight.tolist() != first
    tall = layer.weight if shape[0] <= shape[1] else layer.weight.T
    assert (tall.T @ tall - tinytorch.eye(min(shape))).abs().max().item() < 1e-12


class Doubled(nn.Module):
    """Twice a tensor."""

    def forward(self, X):
        return X * 2

    def right_inverse(self, Y):
        return Y / 2


def test_a_tensor_goes_through_a_module_and_back():
    layer = parametrize.register_parametrization(nn.Linear(2, 2), "bias", Doubled())
    assert type(layer).__name__ == "ParametrizedLinear"
    layer.bias = tinytorch.tensor([2.0, 4.0])
    assert layer.parametrizations.bias.original.tolist() == [1, 2]
    assert copy.deepcopy(layer).bias.tolist() == [2, 4]
    parametrize.remove_parametrizations(layer, "bias")
    assert type(layer) is nn.Linear and layer.bias.tolist() == [2, 4]


def test_in_a_block_a_tensor_is_computed_once():
    layer = parametrize.register_parametrization(nn.Linear(2, 2), "bias", Doubled())
    with parametrize.cached():
        assert layer.bias is layer.bias
    assert layer.bias is not layer.bias


def test_a_parametrized_module_is_saved_by_its_state_only():
    layer = parametrize.register_parametrization(nn.Linear(2, 2), "bias", Doubled())
    with pytest.raises(RuntimeError, match="only supported through state_dict"):
        pickle.dumps(layer)
    copy.deepcopy(layer).load_state_dict(layer.state_dict())


def test_a_parametrization_is_given_to_another_module_with_what_it_computes_from():
    given, other = nn.Linear(2, 2), nn.Linear(2, 2)
    parametrize.register_parametrization(given, "weight", Doubled())
    assert parametrize.transfer_parametrizations_and_params(given, other) is other
    assert other.weight.tolist() == given.weight.tolist()
    assert other.parametrizations.weight.original is given.parametrizations.weight.original
    bare = nn.Module()
    parametrize.transfer_parametrizations_and_params(parametrizations.weight_norm(nn.Linear(2, 2)), bare, "weight")
    assert list(bare.state_dict()) == ["parametrizations.weight.original0", "parametrizations.weight.original1"]
    assert not parametrize.is_parametrized(parametrize.transfer_parametrizations_and_params(nn.Linear(2, 2), nn.ReLU()))
