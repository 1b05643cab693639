"""Python's functions on the elements of tensors, and its copies and pickles of them."""

import copy
import pickle
import warnings

import pytest

import tinytorch as torch


def test_a_function_is_applied_to_each_element_in_place():
    x = torch.arange(6).reshape(2, 3).t().clone()
    assert x.apply_(lambda value: value * 2) is x
    assert x.tolist() == [[0, 6], [2, 8], [4, 10]]
    assert torch.tensor([1, 2]).apply_(lambda value: value + 0.5).tolist() == [1, 2]
    assert torch.tensor([True, False]).apply_(lambda value: not value).tolist() == [False, True]


def test_functions_of_several_tensors_take_their_elements_together():
    x = torch.arange(6.0).reshape(2, 3)
    assert x.clone().map_(x[0], lambda one, other: one * other).tolist() == [[0, 1, 4], [0, 4, 10]]
    assert x.clone().map2_(x, x, lambda a, b, c: a * b + c).tolist() == [[0, 2, 6], [12, 20, 30]]


def test_what_has_a_gradient_or_another_type_is_refused():
    x = torch.ones(2)
    with pytest.raises(RuntimeError, match=r"Can't call apply_\(\) on Variable that requires grad"):
        torch.ones(2, requires_grad=True).apply_(abs)
    with pytest.raises(TypeError, match=r"map_: expected torch.FloatTensor for 'other' \(got torch.LongTensor\)"):
        x.map_(torch.ones(2, dtype=torch.int64), max)
    with pytest.raises(TypeError, match="must be real number, not str"):
        x.apply_(str)


def test_a_capsule_has_the_same_memory():
    x = torch.arange(3)
    other = torch.utils.dlpack.from_dlpack(torch.utils.dlpack.to_dlpack(x))
    x[0] = 7
    assert other.tolist() == [7, 1, 2]
    assert torch.from_dlpack(x.__dlpack__()).tolist() == [7, 1, 2]


@pytest.mark.parametrize("protocol", range(6))
def test_a_pickled_tensor_keeps_its_layout(protocol):
    base = torch.arange(12.0).view(3, 4)
    for tensor in (base, base.t(), base[1:, ::2], base[:1].expand(3, 4), base.view(1, 2, 3, 2).permute(0, 3, 1, 2)):
        again = pickle.loads(pickle.dumps(tensor, protocol))
        assert (again.tolist(), again.stride(), again.dtype) == (tensor.tolist(), tensor.stride(), tensor.dtype)
    nowhere = pickle.loads(pickle.dumps(torch.empty(2, 3, device="meta").t(), protocol))
    assert (nowhere.shape, nowhere.stride(), nowhere.device.type) == ((3, 2), (1, 3), "meta")


def test_what_is_copied_together_shares_its_memory_as_before():
    base = torch.arange(6.0)
    copies = copy.deepcopy([base, base[2:], base.expand(2, 6)])
    copies[1][0] = 9
    assert copies[0].tolist() == [0.0, 1.0, 9.0, 3.0, 4.0, 5.0] and base[2] == 2
    assert (copies[1].storage_offset(), copies[2].stride(), copies[2][1, 2]) == (2, (0, 1), 9)


def test_a_float_of_what_has_a_history_is_warned_of_once(monkeypatch):
    monkeypatch.setattr("tinytorch.ops.python.warned", [])
    x = torch.tensor(1.5, requires_grad=True)
    with pytest.warns(UserWarning, match="requires_grad=True to a scalar") as caught:
        assert (float(x), float(x), complex(x)) == (1.5, 1.5, 1.5)
    assert len(caught) == 1 and caught[0].filename == __file__


def test_what_is_asked_for_by_name_is_not_warned_of(monkeypatch):
    monkeypatch.setattr("tinytorch.ops.python.warned", [])
    x = torch.tensor(1.5, requires_grad=True)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert (x.item(), int(x), bool(x), f"{x:.1f}", x.tolist()) == (1.5, 1, True, "1.5", 1.5)
        with torch.no_grad():
            assert float(x) == 1.5
