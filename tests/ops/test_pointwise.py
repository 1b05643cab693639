"""Functions of one number: limits, dtypes and refusals, as PyTorch 2.13 answers."""

import math

import pytest

import tinytorch as torch


def test_the_sign_of_nan_is_0():
    assert torch.sign(torch.tensor([math.nan, -2.0, 0.0])).tolist() == [0, -1, 0]


def test_rounding_is_half_to_even_and_to_decimals():
    assert torch.round(torch.tensor([0.5, 1.5, 2.5])).tolist() == [0, 2, 2]
    assert torch.round(torch.tensor([123.456], dtype=torch.float64), decimals=-1).tolist() == [120]


@pytest.mark.parametrize("name", ["floor", "ceil", "trunc", "round"])
def test_integers_are_whole_already(name):
    result = getattr(torch, name)(torch.tensor([-3, 2]))
    assert result.dtype is torch.int64
    assert result.tolist() == [-3, 2]


def test_booleans_have_no_negative_no_size_and_no_floor():
    flags = torch.tensor([True])
    with pytest.raises(RuntimeError, match=r"Negation, the `-` operator, on a bool tensor is not supported"):
        torch.neg(flags)
    with pytest.raises(NotImplementedError, match=r"abs_cpu. not implemented for 'Bool'"):
        abs(flags)
    with pytest.raises(NotImplementedError, match=r"floor_vml_cpu. not implemented for 'Bool'"):
        torch.floor(flags)


def test_integers_give_the_default_float():
    assert torch.sqrt(torch.tensor([4, 9])).dtype is torch.float32


def test_the_size_of_a_complex_number_is_real_and_has_a_gradient():
    x = torch.tensor([3 + 4j, 0j], requires_grad=True)
    size = x.abs()
    size.sum().backward()
    assert size.tolist() == [5, 0]
    assert torch.view_as_real(x.grad).tolist() == [[pytest.approx(0.6), pytest.approx(0.8)], [0, 0]]


def test_the_parts_of_a_complex_tensor_share_its_memory():
    x = torch.tensor([1 + 2j, 3 - 1j])
    x.imag.mul_(2)
    assert x.tolist() == [1 + 4j, 3 - 2j]
    assert x.real.tolist() == [1, 3]


def test_a_real_tensor_has_no_imaginary_part():
    with pytest.raises(RuntimeError, match=r"imag is not implemented for tensors with non-complex dtypes."):
        _ = torch.tensor([1.0]).imag


def test_logit_keeps_its_input_between_bounds():
    x = torch.tensor([-1.0, 0.5, 2.0], requires_grad=True)
    x.logit(0.25).sum().backward()
    assert x.grad.tolist() == [0, 4, 0]


def test_relu_lets_nan_through_and_an_infinite_gradient_is_cut_off():
    x = torch.tensor([-1.0, math.nan], requires_grad=True)
    torch.relu(x).backward(torch.tensor([math.inf, 1.0]))
    assert x.grad.tolist() == [0, 1]
