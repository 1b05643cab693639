"""Modules called with other parameters and buffers: what they see, what is put back, and many of a kind at once."""

import pytest

import tinytorch as torch
from tinytorch import nn
from tinytorch.func import functional_call, functionalize, grad, stack_module_state
from tinytorch.nn.utils import stateless

X = torch.tensor([1.0, 2.0])


def linear():
    module = nn.Linear(2, 2)
    with torch.no_grad():
        module.weight.fill_(1.0)
        module.bias.zero_()
    return module


class Counted(nn.Module):
    """A module with a tensor under two names, a buffer that it assigns anew and a plain tensor."""

    def __init__(self):
        super().__init__()
        self.first = nn.Parameter(torch.tensor(1.0))
        self.second = self.first
        self.register_buffer("calls", torch.tensor(0.0))
        self.plain = torch.tensor(0.0)

    def forward(self, input, fail=False):
        self.calls = self.calls + 1
        self.plain = self.plain + 5
        if fail:
            raise ValueError("as asked")
        return input + self.first + self.second


def test_a_module_is_called_with_other_parameters_and_keeps_its_own():
    module = linear()
    own = module.weight
    assert functional_call(module, {"weight": torch.eye(2)}, X).tolist() == [1, 2]
    assert module.weight is own
    assert functional_call(module, ({"weight": torch.eye(2)}, {"bias": X}), (X,)).tolist() == [2, 4]
    assert functional_call(module, {}, kwargs={"input": X}).tolist() == [3, 3]


def test_the_module_is_as_it_was_also_when_the_call_fails():
    module, values = Counted(), {"first": torch.tensor(0.0), "calls": torch.tensor(7.0), "new": X}
    before = dict(module.named_parameters()), dict(module.named_buffers())
    with pytest.raises(ValueError, match="as asked"):
        functional_call(module, values, (X, True))
    assert (dict(module.named_parameters()), dict(module.named_buffers())) == before
    assert module.second is module.first
    assert not hasattr(module, "new")
    with pytest.raises(TypeError, match="3 is not an instance"):
        functional_call(module, {"calls": X, "first": 3}, X)
    assert (dict(module.named_parameters()), dict(module.named_buffers())) == before


def test_a_buffer_that_the_module_assigns_anew_is_assigned_in_the_dictionary():
    module, values = Counted(), {"calls": torch.tensor(7.0), "plain": torch.tensor(1.0)}
    functional_call(module, values, X)
    assert (values["calls"].item(), module.calls.item()) == (8, 0)
    assert (values["plain"].item(), module.plain.item()) == (6, 0)


def test_a_tensor_of_two_names_gets_one_value():
    module, zero = Counted(), torch.tensor(0.0)
    assert functional_call(module, {"second": zero}, X).tolist() == [1, 2]
    assert functional_call(module, {"second": zero}, X, tie_weights=False).tolist() == [2, 3]
    with pytest.raises(ValueError, match="got multiple values for keys \\['first', 'second'\\], which are tied"):
        functional_call(module, {"first": X, "second": zero}, X)


def test_a_module_of_two_names_gets_its_own_parameters_back():
    module = nn.Sequential(linear(), nn.ReLU())
    module.append(module[0])
    own = module[0].weight
    assert functional_call(module, {"0.weight": 2 * torch.eye(2)}, X).tolist() == [4, 8]
    assert module[0].weight is own


@pytest.mark.parametrize(
    ("values", "settings", "error", "words"),
    [
        ({"0.weight": X}, {"strict": True}, RuntimeError, "Missing key\\(s\\): '0.bias'"),
        ({"0.weight": X, "0.bias": X, "a.b": X}, {"strict": True}, RuntimeError, "Unexpected key\\(s\\): 'a.b'"),
        ({"a.b": X}, {}, AttributeError, "Sequential has no attribute `a`"),
        ({"0.weight.a": X}, {}, TypeError, "is not an instance of torch.nn.Module"),
        ({"0.in_features": X}, {}, TypeError, "attribute `in_features`: 2 is not an instance of torch.Tensor"),
        ([{"0.bias": X}, {"0.bias": X}], {}, ValueError, "\\['0.bias'\\] appeared in multiple dictionaries"),
        ([{"0.bias": X}, 3], {}, ValueError, "all elements of parameter_and_buffer_dicts to be dictionaries"),
        (3, {}, ValueError, "to be a dict, or a list/tuple of dicts, but got <class 'int'>"),
    ],
)
def test_values_that_do_not_fit_are_refused(values, settings, error, words):
    with pytest.raises(error, match=words):
        functional_call(nn.Sequential(linear()), values, X, **settings)


def test_a_gradient_by_the_parameters_comes_by_name():
    module = nn.Sequential(linear(), nn.ReLU())

    def loss(parameters):
        return functional_call(module, parameters, X).pow(2).sum()

    found = grad(loss)({name: each.detach() for name, each in module.named_parameters()})
    assert found["0.weight"].tolist() == [[6, 12], [6, 12]]
    assert found["0.bias"].tolist() == [6, 6]
    assert not found["0.bias"].requires_grad
    assert all(each.grad is None for each in module.parameters())
    assert grad(loss)(dict(module.named_parameters()))["0.bias"].requires_grad


def test_the_old_name_says_that_it_is_old():
    with pytest.warns(FutureWarning, match="Please use `torch.func.functional_call` instead"):
        assert stateless.functional_call(linear(), {"weight": torch.eye(2)}, X).tolist() == [1, 2]


def test_the_states_of_modules_are_stacked_as_leaves_of_their_own():
    parameters, buffers = stack_module_state([Counted(), Counted(), Counted()])
    assert list(parameters) == ["first"]
    assert parameters["first"].tolist() == [1, 1, 1]
    assert parameters["first"].is_leaf
    assert parameters["first"].requires_grad
    assert buffers["calls"].tolist() == [0, 0, 0]
    assert not buffers["calls"].requires_grad


@pytest.mark.parametrize(
    ("models", "words"),
    [
        ([], "Expected at least one model, got 0"),
        ([linear(), linear().eval()], "the same training/eval mode"),
        ([linear(), nn.Sequential(linear())], "of the same class"),
        ([linear(), linear().requires_grad_(False)], "Expected weight from each model to have the same .requires_grad"),
    ],
)
def test_states_that_cannot_be_stacked_are_refused(models, words):
    with pytest.raises(RuntimeError, match=words):
        stack_module_state(models)


def test_a_functionalized_function_gives_what_the_function_gives():
    x = torch.tensor([1.0, 2.0])
    assert functionalize(lambda x: x.add_(1) * 2, remove="mutations_and_views")(x).tolist() == [4, 6]
    assert x.tolist() == [2, 3]
    with pytest.raises(RuntimeError, match="received invalid argument for remove=views"):
        functionalize(len, remove="views")
