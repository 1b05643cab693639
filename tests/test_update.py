"""Operations that write into lists of tensors: versions, refusals, interpreters, half precision."""

import pytest

import tinytorch as torch
from tinytorch.interpreters import Interpreter
from tinytorch.update import update, updates


@update("params")
def halved_towards(xp, params, targets, *, rate=0.5):
    """params += rate * (targets - params)."""
    for param, target in zip(params, targets, strict=True):
        xp.add(param, xp.multiply(xp.subtract(target, param), rate), out=param)


def test_it_writes_and_counts_a_new_version(device):
    param, target = torch.tensor([1.0, 2.0], device=device), torch.tensor([3.0, 6.0], device=device)
    halved_towards([param], [target])
    assert param.tolist() == [2.0, 4.0]
    assert (param._version, target._version) == (1, 0)


def test_a_setting_is_given_by_name():
    param = torch.tensor([1.0])
    halved_towards([param], [torch.tensor([2.0])], rate=1.0)
    assert param.tolist() == [2.0]


def test_it_writes_to_a_leaf_that_requires_grad():
    param = torch.tensor([1.0], requires_grad=True)
    halved_towards([param], [torch.tensor([2.0])])
    assert param.tolist() == [1.5]
    assert param.is_leaf and param.requires_grad


def test_backward_notices_that_a_kept_value_was_written_over():
    param = torch.tensor([1.0], requires_grad=True)
    result = (param * param).sum()
    halved_towards([param], [torch.tensor([2.0])])
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        result.backward()


def test_half_precision_is_computed_in_float32_and_rounded_once():
    param = torch.tensor([1.0], dtype=torch.bfloat16)
    halved_towards([param], [torch.tensor([1.0 + 2**-7], dtype=torch.bfloat16)], rate=0.75)
    assert param.dtype is torch.bfloat16
    assert param.tolist() == [1.0 + 2**-7]


def test_tensors_of_two_devices_are_refused():
    with pytest.raises(RuntimeError, match="Tensor on device meta is not on the expected device cpu!"):
        halved_towards([torch.tensor([1.0]), torch.zeros(1, device="meta")], [torch.tensor([1.0])] * 2)


def test_wrong_arguments_are_refused():
    with pytest.raises(TypeError, match="takes params, targets, rate"):
        halved_towards([torch.tensor([1.0])])
    with pytest.raises(TypeError, match="takes params, targets, rate"):
        halved_towards([], [], speed=1)


def test_nothing_happens_to_empty_lists():
    assert halved_towards([], []) is None


def test_an_interpreter_sees_the_call_in_normal_form():
    seen = []
    param, target = torch.tensor([1.0]), torch.tensor([2.0])

    class Watcher(Interpreter):
        def interpret(self, op, args, out):
            seen.append((op, args, out))

    with Watcher():
        halved_towards([param], [target])
    assert seen == [(updates["halved_towards"], ([param], [target], 0.5), None)]
    assert param.tolist() == [1.0]


def test_a_name_that_is_no_list_cannot_be_written():
    with pytest.raises(TypeError, match="stand before its settings"):

        @update("rate")
        def wrong(xp, params, *, rate):
            """Never made."""
