"""Layers that learn from their first input how large their parameters are."""

import copy
import pickle

import pytest

import tinytorch
from tinytorch import nn


def test_the_first_call_makes_the_parameters_and_the_usual_class():
    layer = nn.LazyLinear(2)
    assert repr(layer.weight) == "<UninitializedParameter>"
    before = layer.weight
    assert layer(tinytorch.ones(4, 3)).shape == (4, 2)
    assert type(layer) is nn.Linear and layer.in_features == 3
    assert layer.weight is before and type(before) is nn.Parameter


def test_a_parameter_without_a_size_cannot_be_used():
    weight = nn.LazyLinear(2).weight
    with pytest.raises(RuntimeError, match="Can't access the shape of an uninitialized parameter"):
        _ = weight.shape
    with pytest.raises(ValueError, match="Attempted to use an uninitialized parameter"):
        weight + 1


def test_a_dtype_that_is_asked_for_before_is_kept():
    norm = nn.LazyBatchNorm1d().double()
    norm(tinytorch.ones(4, 3, dtype=tinytorch.float64))
    assert {name: str(each.dtype) for name, each in norm.state_dict().items()} == {
        **dict.fromkeys(("weight", "bias", "running_mean", "running_var"), "torch.float64"),
        "num_batches_tracked": "torch.int64",
    }
    assert type(norm.running_mean) is tinytorch.Tensor


def test_copies_and_pickles_wait_too():
    layer = nn.LazyConv1d(2, 3)
    for again in (copy.deepcopy(layer), pickle.loads(pickle.dumps(layer))):
        again(tinytorch.ones(1, 4, 5))
        assert repr(again) == "Conv1d(4, 2, kernel_size=(3,), stride=(1,))"
    assert layer.has_uninitialized_params()


def test_a_state_brings_the_sizes_along():
    layer = nn.LazyConv2d(2, 3)
    layer.load_state_dict(nn.Conv2d(5, 2, 3).state_dict())
    assert layer.weight.shape == (2, 5, 3, 3)
    assert nn.LazyLinear(2).load_state_dict(nn.LazyLinear(2).state_dict()).missing_keys == []


def test_a_class_of_ones_own_is_asked_once():
    class Scale(nn.modules.lazy.LazyModuleMixin, nn.Module):
        def __init__(self):
            super().__init__()
            self.factor = nn.UninitializedParameter()

        def initialize_parameters(self, input):
            self.factor.materialize(input.shape[-1:])
            nn.init.constant_(self.factor, 2.0)

        def forward(self, input):
            return input * self.factor

    scale = Scale()
    assert scale(tinytorch.ones(2)).tolist() == [2, 2]
    with pytest.raises(RuntimeError):
        scale(tinytorch.ones(3))


def test_a_layer_of_ones_own_draws_its_parameters_itself():
    class Layer(nn.modules.lazy.LazyModuleMixin, nn.Linear):
        cls_to_become = nn.Linear

        def __init__(self, out_features):
            super().__init__(1, 1, bias=False)
            self.out_features, self.weight = out_features, nn.UninitializedParameter()

        def initialize_parameters(self, input):
            self.in_features = input.shape[-1]
            self.weight.materialize((self.out_features, self.in_features))
            self.reset_parameters()

    layer = Layer(2)
    layer(tinytorch.ones(1, 4))
    assert 0 < layer.weight.abs().max().item() < 0.5
