"""What every optimizer has: groups, refusals in PyTorch's words, the state dict, hooks, and its printed form."""

import pytest

import tinytorch as torch
from tinytorch import optim
from tinytorch.optim.optimizer import register_optimizer_step_post_hook, register_optimizer_step_pre_hook


def leaf(*values):
    return torch.tensor(values or (1.0, 2.0), requires_grad=True)


def stepped(param, optimizer):
    param.grad = torch.ones_like(param)
    optimizer.step()
    return optimizer


REFUSED = [
    (lambda: optim.SGD([]), ValueError, "optimizer got an empty parameter list"),
    (
        lambda: optim.SGD(leaf()),
        TypeError,
        "params argument given to the optimizer should be an iterable of Tensors or dicts, but got torch.FloatTensor",
    ),
    (lambda: optim.SGD([leaf() * 2]), ValueError, "can't optimize a non-leaf Tensor"),
    (lambda: optim.SGD([3]), TypeError, "optimizer can only optimize Tensors, but one of the params is int"),
    (
        lambda: optim.SGD([{"params": {leaf()}}]),
        TypeError,
        "optimizer parameters need to be organized in ordered collections, but the ordering of tensors in sets will "
        "change between runs. Please use a list instead.",
    ),
    (
        lambda: optim.SGD([("weight", leaf()), leaf()]),
        ValueError,
        "all optimizer params should be with/without names. Some param names are missing",
    ),
    (lambda: optim.SGD([leaf()], lr=-1), ValueError, "Invalid learning rate: -1"),
    (lambda: optim.SGD([leaf()], momentum=-1), ValueError, "Invalid momentum value: -1"),
    (lambda: optim.SGD([leaf()], weight_decay=-1), ValueError, "Invalid weight_decay value: -1"),
    (
        lambda: optim.SGD([leaf()], nesterov=True),
        ValueError,
        "Nesterov momentum requires a momentum and zero dampening",
    ),
    (lambda: optim.SGD([leaf()], lr=leaf()), ValueError, "Tensor lr must be 1-element"),
    (lambda: optim.Adam([leaf()], lr=-1), ValueError, "Invalid learning rate: -1"),
    (lambda: optim.Adam([leaf()], eps=-1), ValueError, "Invalid epsilon value: -1"),
    (lambda: optim.Adam([leaf()], betas=(1.0, 0.9)), ValueError, "Invalid beta parameter at index 0: 1.0"),
    (lambda: optim.Adam([leaf()], betas=(0.9, -1.0)), ValueError, "Invalid beta parameter at index 1: -1.0"),
    (lambda: optim.Adam([leaf()], betas=(0, 0.9)), ValueError, "betas must be either both floats or both Tensors"),
    (lambda: optim.AdamW([leaf()], weight_decay=-1), ValueError, "Invalid weight_decay value: -1"),
    (
        lambda: optim.Adam([leaf()], fused=True, foreach=True),
        RuntimeError,
        "`fused` and `foreach` cannot be `True` together.",
    ),
]


@pytest.mark.parametrize(("make", "kind", "message"), REFUSED)
def test_wrong_arguments_are_refused_in_the_words_of_pytorch(make, kind, message):
    with pytest.raises(kind) as caught:
        make()
    assert str(caught.value) == message


def test_a_parameter_in_two_groups_is_refused_and_the_second_group_not_added():
    param = leaf()
    optimizer = optim.SGD([param])
    with pytest.raises(ValueError, match="some parameters appear in more than one parameter group"):
        optimizer.add_param_group({"params": param})
    assert len(optimizer.param_groups) == 1


def test_a_parameter_twice_in_a_group_is_warned_of():
    param = leaf()
    with pytest.warns(UserWarning, match="optimizer contains a parameter group with duplicate parameters"):
        optim.SGD([param, param])


def test_groups_have_options_of_their_own():
    slow, fast = leaf(1.0), leaf(1.0)
    optimizer = optim.SGD([{"params": [slow]}, {"params": [fast], "lr": 0.5}], lr=0.25)
    slow.grad, fast.grad = torch.tensor([1.0]), torch.tensor([1.0])
    optimizer.step()
    assert (slow.item(), fast.item()) == (0.75, 0.5)


def test_an_optimizer_prints_as_in_pytorch():
    assert repr(optim.SGD([{"params": [leaf()]}, {"params": [leaf()], "lr": 0.5}], lr=0.1, momentum=0.9)) == (
        "SGD (\nParameter Group 0\n    dampening: 0\n    differentiable: False\n    foreach: None\n    fused: None\n"
        "    lr: 0.1\n    maximize: False\n    momentum: 0.9\n    nesterov: False\n    weight_decay: 0\n\n"
        "Parameter Group 1\n    dampening: 0\n    differentiable: False\n    foreach: None\n    fused: None\n"
        "    lr: 0.5\n    maximize: False\n    momentum: 0.9\n    nesterov: False\n    weight_decay: 0\n)"
    )


def test_names_of_parameters_are_kept_and_saved():
    optimizer = optim.SGD([("weight", leaf()), ("bias", leaf())])
    assert optimizer.param_groups[0]["param_names"] == ["weight", "bias"]
    assert optimizer.state_dict()["param_groups"][0]["param_names"] == ["weight", "bias"]


def test_gradients_are_forgotten_or_filled_with_zeros():
    param = leaf()
    optimizer = optim.SGD([param])
    param.grad = grad = torch.ones_like(param)
    optimizer.zero_grad(set_to_none=False)
    assert param.grad is grad and grad.tolist() == [0.0, 0.0]
    optimizer.zero_grad()
    assert param.grad is None


def test_the_state_dict_numbers_the_parameters():
    first, second = leaf(), leaf()
    optimizer = optim.SGD([{"params": [first]}, {"params": [second], "lr": 0.5}], lr=0.1, momentum=0.9)
    stepped(second, optimizer)
    saved = optimizer.state_dict()
    assert list(saved) == ["state", "param_groups"]
    assert [group["params"] for group in saved["param_groups"]] == [[0], [1]]
    assert list(saved["state"]) == [1]
    assert saved["state"][1]["momentum_buffer"] is optimizer.state[second]["momentum_buffer"]


def test_a_loaded_state_has_the_dtype_of_the_parameters_but_for_the_step():
    single, double = leaf(), torch.tensor([1.0, 2.0], dtype=torch.float64, requires_grad=True)
    saved = stepped(single, optim.Adam([single])).state_dict()
    optimizer = optim.Adam([double])
    optimizer.load_state_dict(saved)
    state = optimizer.state[double]
    assert (state["exp_avg"].dtype, state["step"].dtype) == (torch.float64, torch.float32)


@pytest.mark.parametrize(
    ("groups", "message"),
    [
        (1, "loaded state dict contains a parameter group that doesn't match the size of optimizer's group"),
        (2, "loaded state dict has a different number of parameter groups"),
    ],
)
def test_a_state_of_other_groups_is_refused_and_nothing_changes(groups, message):
    optimizer = optim.SGD([leaf()], lr=0.5)
    saved = optim.SGD([{"params": [leaf(), leaf()]} for _ in range(groups)]).state_dict()
    with pytest.raises(ValueError, match=message):
        optimizer.load_state_dict(saved)
    assert optimizer.param_groups[0]["lr"] == 0.5


def test_hooks_run_around_a_step_in_order_until_they_are_removed():
    calls = []
    param = leaf()
    optimizer = optim.SGD([param])
    handles = [
        register_optimizer_step_pre_hook(lambda *_: calls.append("before all")),
        optimizer.register_step_pre_hook(lambda *_: calls.append("before")),
        optimizer.register_step_post_hook(lambda *_: calls.append("after")),
        register_optimizer_step_post_hook(lambda *_: calls.append("after all")),
    ]
    stepped(param, optimizer)
    assert calls == ["before all", "before", "after", "after all"]
    for handle in handles:
        handle.remove()
    stepped(param, optimizer)
    assert len(calls) == 4


def test_a_hook_can_change_the_arguments_of_a_step():
    optimizer = optim.SGD([leaf()])
    optimizer.register_step_pre_hook(lambda optimizer, args, kwargs: (args, {"closure": lambda: 7}))
    assert optimizer.step() == 7


def test_hooks_of_the_state_dict_can_replace_it():
    param = leaf()
    optimizer = optim.SGD([param], lr=0.5)
    optimizer.register_state_dict_post_hook(lambda optimizer, saved: saved | {"note": "here"})
    optimizer.register_load_state_dict_pre_hook(
        lambda optimizer, saved: {key: saved[key] for key in saved if key != "note"}
    )
    seen = []
    optimizer.register_load_state_dict_post_hook(lambda optimizer: seen.append(optimizer.param_groups[0]["lr"]))
    saved = optimizer.state_dict()
    assert saved["note"] == "here"
    saved["param_groups"][0]["lr"] = 0.25
    optimizer.load_state_dict(saved)
    assert seen == [0.25]


def test_an_optimizer_of_ones_own_writes_an_update():
    class Sign(optim.Optimizer):
        def __init__(self, params, lr):
            super().__init__(params, {"lr": lr})

        def update(self, group, params, grads):
            for param, grad in zip(params, grads, strict=True):
                param.add_(grad.sign(), alpha=-group["lr"])

    param = leaf(1.0, 1.0)
    param.grad = torch.tensor([5.0, -5.0])
    Sign([param], 0.5).step()
    assert param.tolist() == [0.5, 1.5]


def test_an_optimizer_of_ones_own_writes_a_whole_step_and_its_hooks_run_once():
    class Twice(optim.SGD):
        def step(self, closure=None):
            super().step(closure)
            return super().step(closure)

    param = leaf(1.0)
    optimizer = Twice([param], lr=0.25)
    calls = []
    optimizer.register_step_post_hook(lambda *_: calls.append("after"))
    stepped(param, optimizer)
    assert param.tolist() == [0.5]
    assert calls == ["after"]
