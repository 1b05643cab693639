"""What may be given as `out`, and what may stand in the place of a tensor."""

import pytest

import tinytorch as torch


@pytest.mark.parametrize("name", ["floor", "neg", "sgn", "amax", "softmax", "tril", "argmax", "any", "isposinf"])
def test_an_out_of_another_dtype_is_refused_where_pytorch_casts_none(name):
    settings = {"dim": 0} if name in ("amax", "softmax") else {}
    before = torch.ones(3, 3, dtype=torch.complex128)
    with pytest.raises(RuntimeError):
        getattr(torch, name)(torch.ones(3, 3, dtype=torch.float64), **settings, out=before)
    assert before.tolist() == torch.ones(3, 3, dtype=torch.complex128).tolist()


@pytest.mark.parametrize("name", ["exp", "add", "sum", "mean", "var", "logsumexp", "outer"])
def test_other_results_are_cast_to_a_wider_out(name):
    input = torch.ones(3)
    settings = {"add": (input,), "outer": (input,), "logsumexp": (0,), "sum": (0,)}.get(name, ())
    out = torch.empty(0, dtype=torch.float64)
    getattr(torch, name)(input, *settings, out=out)
    assert torch.allclose(out, getattr(torch, name)(input, *settings).double())


def test_a_running_sum_is_made_in_the_dtype_of_its_out():
    out = torch.empty(2, dtype=torch.int64)
    assert torch.cumsum(torch.tensor([1.5, 1.5]), 0, out=out).tolist() == [1, 2]


def test_tensors_are_joined_only_into_an_out_of_their_kind():
    for join in (torch.cat, torch.stack):
        with pytest.raises(TypeError, match="can't be cast to the desired output type Long"):
            join([torch.ones(1, 2)], out=torch.empty(0, dtype=torch.int64))


@pytest.mark.parametrize("name", ["eq", "lt", "fmod", "rsub", "clamp_max", "copysign"])
def test_a_number_is_no_first_operand_where_pytorch_has_no_such_form(name):
    with pytest.raises(TypeError, match=f"{name}\\(\\) received an invalid combination of arguments"):
        getattr(torch, name)(2, torch.ones(2))


@pytest.mark.parametrize("name", ["pow", "remainder", "xlogy", "bitwise_and", "float_power"])
def test_one_of_two_operands_is_a_tensor(name):
    with pytest.raises(TypeError, match=f"{name}\\(\\) received an invalid combination of arguments"):
        getattr(torch, name)(2, 3)
    assert torch.add(2, 3).item() == 5


def test_tensors_that_all_lie_channels_last_are_joined_so():
    image = torch.ones(2, 3, 4, 5).contiguous(memory_format=torch.channels_last)
    assert torch.cat([image, image]).stride() == (60, 1, 15, 3)
    assert torch.cat([image, image.contiguous()]).stride() == (60, 20, 5, 1)


def test_in_place_views_take_their_settings_by_name():
    found = torch.arange(6).reshape(2, 3)
    assert found.transpose_(dim0=0, dim1=1).shape == (3, 2)
    assert found.as_strided_((2,), (1,), storage_offset=3).tolist() == [3, 4]


def test_float_power_in_place_needs_double_precision():
    found = torch.tensor([2.0, 3.0], dtype=torch.float64)
    assert found.float_power_(2).tolist() == [4.0, 9.0]
    with pytest.raises(RuntimeError, match="has dtype Float but the operation's result requires dtype Double"):
        torch.ones(2).float_power_(2)


def test_a_view_of_memory_before_its_tensor_has_a_gradient():
    whole = torch.arange(6.0)
    part = whole[2:].detach().requires_grad_()
    part.as_strided((3,), (1,), 1).sum().backward()
    assert part.grad.tolist() == [1.0, 1.0, 0.0, 0.0]


def test_an_out_that_shares_memory_with_what_is_joined_or_picked_is_refused():
    whole = torch.arange(6.0).reshape(3, 2)
    with pytest.raises(RuntimeError, match="refer to a single memory location"):
        torch.cat([whole[:1], whole[:2]], out=whole)
    with pytest.raises(RuntimeError, match="refer to a single memory location"):
        torch.index_select(whole, 0, torch.tensor([2, 1, 0]), out=whole)
    assert torch.add(whole, whole, out=whole).tolist() == [[0.0, 2.0], [4.0, 6.0], [8.0, 10.0]]
