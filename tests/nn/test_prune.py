"""Pruning: which elements go, how methods follow one another, and how it ends."""

import copy
import pickle

import pytest

import tinytorch
from tinytorch import nn
from tinytorch.nn.utils import prune


def layer(rows=2, columns=3):
    """A linear layer with the weights 1, 2, 3 ..."""
    made = nn.Linear(columns, rows)
    made.weight.data = tinytorch.arange(1.0, rows * columns + 1).reshape(rows, columns)
    return made


def test_the_smallest_elements_are_pruned_and_the_parameter_is_kept():
    module = prune.l1_unstructured(layer(), "weight", amount=2)
    assert module.weight.tolist() == [[0.0, 0.0, 3.0], [4.0, 5.0, 6.0]]
    assert list(module.state_dict()) == ["bias", "weight_orig", "weight_mask"]
    assert [name for name, _ in module.named_parameters()] == ["bias", "weight_orig"]
    assert prune.is_pruned(nn.Sequential(module))


def test_scores_decide_in_the_place_of_the_parameter():
    scores = tinytorch.tensor([[6.0, 5.0, 4.0], [3.0, 2.0, 1.0]])
    module = prune.l1_unstructured(layer(), "weight", amount=1 / 3, importance_scores=scores)
    assert module.weight_mask.tolist() == [[1.0, 1.0, 1.0], [1.0, 0.0, 0.0]]


def test_whole_channels_are_pruned():
    assert prune.ln_structured(layer(), "weight", 1, n=2, dim=0).weight_mask.tolist() == [[0.0] * 3, [1.0] * 3]
    module = layer()
    tinytorch.manual_seed(0)  # draws 0.4963, 0.7682 and 0.0885
    assert prune.random_structured(module, "weight", 1, dim=1).weight_mask[0].tolist() == [1.0, 1.0, 0.0]


def test_elements_are_drawn_from_pytorchs_stream():
    module = layer()
    tinytorch.manual_seed(0)  # draws 0.4963, 0.7682, 0.0885, 0.1320, 0.3074 and 0.6341
    prune.random_unstructured(module, "weight", amount=2)
    assert module.weight_mask.tolist() == [[1.0, 0.0, 1.0], [1.0, 1.0, 0.0]]


def test_a_method_prunes_what_those_before_have_left():
    module = prune.ln_structured(layer(), "weight", 1, n=2, dim=0)
    prune.l1_unstructured(module, "weight", amount=1)
    assert module.weight_mask.tolist() == [[0.0] * 3, [0.0, 1.0, 1.0]]
    (container,) = prune.hooks_of(module).values()
    assert len(container) == 2


def test_several_parameters_are_pruned_as_one():
    small, large = layer(), layer(1, 2)
    small.weight.data *= 0.1
    prune.global_unstructured([(small, "weight"), (large, "weight")], prune.L1Unstructured, amount=7)
    assert small.weight_mask.sum().item() == 0
    assert large.weight_mask.tolist() == [[0.0, 1.0]]


def test_the_mask_is_put_on_before_every_call():
    module = prune.custom_from_mask(layer(), "weight", mask=tinytorch.tensor([[1, 0, 0], [0, 0, 0]]))
    module.bias.data.zero_()
    module(tinytorch.ones(3)).sum().backward()
    assert module.weight_orig.grad.tolist() == [[1.0, 0.0, 0.0], [0.0, 0.0, 0.0]]
    module.weight_orig.data.fill_(7.0)
    assert module(tinytorch.ones(3)).tolist() == [7.0, 0.0]


def test_what_is_pruned_becomes_the_parameter():
    module = prune.remove(prune.l1_unstructured(layer(), "weight", amount=5), "weight")
    assert module.weight.tolist() == [[0.0] * 3, [0.0, 0.0, 6.0]]
    assert isinstance(module.weight, nn.Parameter)
    assert not prune.is_pruned(module)
    with pytest.raises(ValueError, match="has to be pruned before pruning can be removed"):
        prune.remove(module, "weight")


def test_a_method_that_fails_leaves_the_parameter_as_it_was():
    module = layer()
    with pytest.raises(ValueError, match="amount=7 should be smaller than the number of parameters to prune=6"):
        prune.l1_unstructured(module, "weight", amount=7)
    assert isinstance(module.weight, nn.Parameter)
    assert sorted(module.state_dict()) == ["bias", "weight"]


def test_a_program_has_its_own_methods():
    class EverySecond(prune.BasePruningMethod):
        PRUNING_TYPE = "unstructured"

        def compute_mask(self, t, default_mask):
            mask = default_mask.clone()
            mask.view(-1)[::2] = 0
            return mask

    module = layer()
    EverySecond.apply(module, "weight")
    EverySecond.apply(module, "weight")
    assert module.weight_mask.tolist() == [[0.0, 0.0, 0.0], [1.0, 0.0, 0.0]]


def test_methods_are_copied_and_pickled():
    method = prune.LnStructured(2, n=1)
    for again in (copy.deepcopy(method), pickle.loads(pickle.dumps(method))):
        assert (type(again), vars(again)) == (prune.LnStructured, {"amount": 2, "n": 1, "dim": -1})


@pytest.mark.parametrize(
    ("amount", "kind", "words"),
    [
        ("a", TypeError, "Invalid type for amount: a. Must be int or float."),
        (1.5, ValueError, "amount=1.5 should either be a float in the range [0, 1] or a non-negative integer"),
        (-1, ValueError, "amount=-1 should either be a float in the range [0, 1] or a non-negative integer"),
    ],
)
def test_amounts_that_are_none_are_refused(amount, kind, words):
    with pytest.raises(kind) as caught:
        prune.RandomUnstructured(amount)
    assert str(caught.value) == words
