"""Modules: what belongs to them, how they are called, saved, copied and freed."""

import copy
import pickle
import weakref

import pytest

import tinytorch
from tinytorch import nn

# nn.Linear(3, 2) of PyTorch 2.13 after manual_seed(7)
WEIGHT = [
    [0.04032507538795471, -0.3477921187877655, 0.18384182453155518],
    [0.1811612844467163, -0.3085803687572479, -0.0865316316485405],
]
BIAS = [-0.33822792768478394, 0.1498066484928131]


def network():
    return nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Sequential(nn.Linear(4, 2, bias=False)))


def test_a_parameter_that_is_assigned_belongs_to_the_module():
    module = nn.Module()
    module.scale = nn.Parameter(tinytorch.ones(2))
    assert [name for name, _ in module.named_parameters()] == ["scale"]
    assert "scale" not in vars(module)
    assert "scale" in dir(module)


def test_a_tensor_that_is_assigned_is_an_attribute_only():
    module = nn.Module()
    module.table = tinytorch.ones(2)
    assert list(module.parameters()) == list(module.buffers()) == []


def test_a_name_changes_its_kind_with_what_is_assigned():
    module = nn.Module()
    module.part = 3
    module.part = nn.ReLU()
    assert list(module._modules) == ["part"]
    module.part = nn.Parameter(tinytorch.ones(1))
    assert (list(module._modules), list(module._parameters)) == ([], ["part"])
    module.part = None
    assert module.part is None and list(module.parameters()) == []


def test_what_is_deleted_is_gone():
    layer = nn.Linear(2, 2)
    del layer.bias
    with pytest.raises(AttributeError, match="'Linear' object has no attribute 'bias'"):
        _ = layer.bias
    assert list(layer.state_dict()) == ["weight"]


def test_a_buffer_that_does_not_persist_is_not_in_the_state():
    module = nn.Module()
    module.register_buffer("kept", tinytorch.ones(1))
    module.register_buffer("left", tinytorch.ones(1), persistent=False)
    module.typed = nn.Buffer(tinytorch.ones(1))
    assert list(module.state_dict()) == ["kept", "typed"]
    assert [name for name, _ in module.named_buffers()] == ["kept", "left", "typed"]


def test_train_and_eval_reach_every_module():
    net = network().eval()
    assert not any(module.training for module in net.modules())
    assert all(module.training for module in net.train().modules())


def test_casting_keeps_the_parameters_and_casts_their_gradients():
    layer = nn.Linear(2, 2)
    before = layer.weight
    layer(tinytorch.ones(1, 2)).sum().backward()
    layer.double()
    assert layer.weight is before
    assert layer.weight.dtype is layer.weight.grad.dtype is tinytorch.float64


def test_a_module_on_the_meta_device_becomes_empty_elsewhere():
    layer = nn.Linear(2, 3, device="meta")
    assert layer.weight.device.type == "meta"
    assert layer.to_empty(device="cpu").weight.shape == (3, 2)
    assert layer.weight.device.type == "cpu"


def test_zero_grad_forgets_or_zeroes():
    layer = nn.Linear(2, 2)
    layer(tinytorch.ones(1, 2)).sum().backward()
    layer.zero_grad(set_to_none=False)
    assert not layer.weight.grad.any()
    layer.zero_grad()
    assert layer.weight.grad is None


def test_a_state_is_loaded_into_the_same_memory():
    source, target = network(), network()
    before = target[0].weight
    assert repr(target.load_state_dict(source.state_dict())) == "<All keys matched successfully>"
    assert target[0].weight is before
    assert before.tolist() == source[0].weight.tolist()


def test_assigning_a_state_takes_its_tensors_over():
    source, target = network(), network().requires_grad_(False)
    state = source.state_dict()
    target.load_state_dict(state, assign=True)
    assert target[0].weight.data.numpy() is not None
    assert not target[0].weight.requires_grad
    state["0.weight"].zero_()
    assert not target[0].weight.any()


def test_what_does_not_fit_is_said_all_at_once():
    with pytest.raises(RuntimeError) as error:
        nn.Linear(3, 4).load_state_dict({"weight": tinytorch.ones(2, 3), "other": tinytorch.ones(1)})
    assert str(error.value) == (
        'Error(s) in loading state_dict for Linear:\n\tMissing key(s) in state_dict: "bias". '
        '\n\tUnexpected key(s) in state_dict: "other". \n\tsize mismatch for weight: copying a param with shape '
        "torch.Size([2, 3]) from checkpoint, the shape in current model is torch.Size([4, 3])."
    )


def test_without_strict_missing_and_unexpected_names_are_reported():
    keys = nn.Linear(3, 4).load_state_dict({"other": tinytorch.ones(1)}, strict=False)
    assert (keys.missing_keys, keys.unexpected_keys) == (["weight", "bias"], ["other"])


class Counter(nn.Module):
    """A module with a state that is no tensor."""

    def __init__(self):
        super().__init__()
        self.count = 0

    def get_extra_state(self):
        return self.count

    def set_extra_state(self, state):
        self.count = state


def test_extra_state_goes_with_the_rest():
    source, target = nn.Sequential(Counter()), nn.Sequential(Counter())
    source[0].count = 7
    assert source.state_dict() == {"0._extra_state": 7}
    target.load_state_dict(source.state_dict())
    assert target[0].count == 7


def test_hooks_before_and_after_forward_replace_arguments_and_output():
    layer = nn.Identity()
    before = layer.register_forward_pre_hook(lambda module, args: args[0] + 1)
    layer.register_forward_hook(lambda module, args, output: output * 10)
    assert layer(tinytorch.ones(1)).tolist() == [20]
    before.remove()
    assert layer(tinytorch.ones(1)).tolist() == [10]


def test_hooks_with_keywords_see_and_replace_them():
    class Scaled(nn.Module):
        def forward(self, input, factor=1):
            return input * factor

    module = Scaled()
    module.register_forward_pre_hook(lambda module, args, kwargs: (args, {"factor": 3}), with_kwargs=True)
    assert module(tinytorch.ones(1), factor=2).tolist() == [3]


def test_a_hook_that_is_always_called_sees_failures():
    class Failing(nn.Module):
        def forward(self):
            raise ValueError("no")

    seen = []
    module = Failing()
    module.register_forward_hook(lambda module, args, output: seen.append(output), always_call=True)
    with pytest.raises(ValueError, match="no"):
        module()
    assert seen == [None]


def test_hooks_of_loading_may_change_what_is_missing():
    layer = nn.Linear(2, 2)
    layer.register_load_state_dict_post_hook(lambda module, keys: keys.missing_keys.clear())
    assert layer.load_state_dict({}).missing_keys == []


def test_copies_and_pickles_have_their_own_parameters():
    net = network()
    for again in (copy.deepcopy(net), pickle.loads(pickle.dumps(net))):
        assert repr(again) == repr(net)
        assert type(again[0].weight) is nn.Parameter
        again[0].weight.data.zero_()
        assert net[0].weight.any()


def test_a_network_is_freed_with_its_last_name():
    net = network()
    net(tinytorch.ones(2, 3)).sum().backward()
    gone = weakref.ref(net[0].weight), weakref.ref(net)
    del net
    assert [each() for each in gone] == [None, None]


def test_a_parameter_shares_the_memory_it_is_made_of():
    tensor = tinytorch.ones(2)
    parameter = nn.Parameter(tensor)
    parameter.data[0] = 5
    assert tensor.tolist() == [5, 1]
    assert parameter.requires_grad and parameter.is_leaf
    assert repr(parameter) == "Parameter containing:\ntensor([5., 1.], requires_grad=True)"


def test_the_seed_decides_the_weights():
    tinytorch.manual_seed(7)
    layer = nn.Linear(3, 2)
    assert layer.weight.tolist() == WEIGHT
    assert layer.bias.tolist() == BIAS


def test_a_sequence_is_cut_joined_and_changed():
    net = nn.Sequential(nn.ReLU(), nn.Tanh(), nn.Sigmoid())
    assert [type(each) for each in net[1:]] == [nn.Tanh, nn.Sigmoid]
    assert len(net + net[:1]) == 4
    assert len(net[:2] * 3) == 6
    net.insert(1, nn.Identity())
    del net[0]
    assert [type(each) for each in net] == [nn.Identity, nn.Tanh, nn.Sigmoid]
    assert list(net._modules) == ["0", "1", "2"]
    assert type(net.pop(-1)) is nn.Sigmoid


def test_dictionaries_and_lists_register_what_they_hold():
    module = nn.Module()
    module.parts = nn.ModuleDict({"one": nn.Linear(1, 1, bias=False)})
    module.values = nn.ParameterList([tinytorch.ones(1), "text"])
    module.named = nn.ParameterDict({"b": tinytorch.ones(1)})
    assert [name for name, _ in module.named_parameters()] == ["parts.one.weight", "values.0", "named.b"]
    assert module.values[1] == "text"
    assert module.named.pop("b").shape == (1,) and len(module.named) == 0


def test_an_entry_that_is_absent_has_a_default():
    entries = nn.ParameterDict({"a": tinytorch.ones(1)})
    assert entries.get("a") is entries["a"]
    assert entries.get("b", 3) == 3
    with pytest.raises(KeyError, match="dictionary is empty"):
        nn.ParameterDict().popitem()


def test_values_are_not_copied_to_a_module_on_the_meta_device():
    layer, state = nn.Linear(2, 2, device="meta"), nn.Linear(2, 2).state_dict()
    with pytest.warns(UserWarning, match="to a meta parameter in the current model, which is a no-op"):
        layer.load_state_dict(state)
    layer.load_state_dict(state, assign=True)
    assert layer.weight.tolist() == state["weight"].tolist()
    with pytest.raises(NotImplementedError, match=r"Please use torch.nn.Module.to_empty\(\)"):
        nn.Linear(2, 2, device="meta").to("cpu")


def test_what_cannot_be_copied_is_said_with_the_name():
    words = 'While copying the parameter named "weight", whose dimensions in the model are torch.Size'
    with pytest.raises(RuntimeError, match=words):
        nn.Linear(2, 2).load_state_dict(nn.Linear(2, 2, device="meta").state_dict())


def test_a_state_is_asked_for_by_place_with_a_warning():
    with pytest.warns(FutureWarning, match="Positional args are being deprecated"):
        assert list(nn.Linear(2, 2).state_dict(None, "a.")) == ["a.weight", "a.bias"]
