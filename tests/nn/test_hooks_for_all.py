"""Hooks of all modules: on calls, on backward, and on what is registered."""

import pytest

import tinytorch as torch
from tinytorch import nn
from tinytorch.nn.modules import module as rooms


@pytest.fixture
def seen():
    """A list for hooks to write to."""
    return []


def network():
    return nn.Sequential(nn.Linear(2, 2), nn.ReLU())


def test_every_call_of_every_module_is_seen(seen):
    name = lambda module: type(module).__name__
    before = rooms.register_module_forward_pre_hook(lambda module, args: seen.append(f"before {name(module)}"))
    with before, rooms.register_module_forward_hook(lambda module, args, output: seen.append(f"after {name(module)}")):
        network()(torch.ones(1, 2))
    assert seen == [
        "before Sequential", "before Linear", "after Linear", "before ReLU", "after ReLU", "after Sequential"
    ]  # fmt: skip
    network()(torch.ones(1, 2))
    assert len(seen) == 6 and nn.Module._hooks is None


def test_a_hook_of_all_modules_is_called_before_a_modules_own(seen):
    layer = nn.ReLU()
    layer.register_forward_hook(lambda module, args, output: seen.append("own"))
    with rooms.register_module_forward_hook(lambda module, args, kwargs, output: output + 1, with_kwargs=True):
        assert layer(torch.zeros(1)).item() == 1.0
    assert seen == ["own"]


def test_a_hook_that_is_always_called_sees_a_failed_call(seen):
    with (
        rooms.register_module_forward_hook(lambda module, args, output: seen.append(output), always_call=True),
        pytest.raises(RuntimeError),
    ):
        nn.Linear(2, 2)(torch.ones(5))
    assert seen == [None]


def test_gradients_of_every_module_are_seen(seen):
    with (
        rooms.register_module_full_backward_hook(lambda module, given, got: seen.append(type(module).__name__)),
        rooms.register_module_full_backward_pre_hook(lambda module, got: (got[0] * 2,)),
    ):
        model = network()
        input = torch.ones(1, 2, requires_grad=True)
        model(input).sum().backward()
        with pytest.raises(
            RuntimeError, match="regular backward hooks and full backward hooks as a global Module hook"
        ):
            rooms.register_module_backward_hook(print)
    assert seen == ["ReLU", "Linear", "Sequential"]


def test_what_is_registered_is_seen_and_may_be_replaced(seen):
    with (
        rooms.register_module_parameter_registration_hook(lambda module, name, parameter: seen.append(name)),
        rooms.register_module_buffer_registration_hook(lambda module, name, buffer: buffer + 1),
        rooms.register_module_module_registration_hook(lambda module, name, child: nn.ReLU()),
    ):
        module = nn.Module()
        module.scale = nn.Parameter(torch.ones(1))
        module.register_buffer("count", torch.zeros(1))
        module.child = nn.Tanh()
    assert seen == ["scale"] and module.count.item() == 1.0 and isinstance(module.child, nn.ReLU)
    module.other = nn.Tanh()
    assert isinstance(module.other, nn.Tanh)


def test_hooks_of_a_module_can_be_counted_and_cleared(seen):
    layer = nn.ReLU()
    layer.register_forward_hook(lambda module, args, output: seen.append("called"))
    assert len(layer._forward_hooks) == 1
    layer._forward_hooks.clear()
    layer(torch.ones(1))
    assert seen == []


def test_an_error_of_a_hook_after_an_error_is_warned_of():
    def fails(module, args, output):
        raise KeyError("hook")

    layer = nn.Linear(2, 2)
    layer.register_forward_hook(fails, always_call=True)
    with pytest.warns(UserWarning, match="raised an exception that was silenced"), pytest.raises(RuntimeError):
        layer(torch.ones(5))
