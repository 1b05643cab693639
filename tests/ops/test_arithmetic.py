"""Division, powers and what is refused, as PyTorch 2.13 answers."""

import math

import numpy
import pytest

import tinytorch as torch

INTEGERS = [-7, 7, -3]


@pytest.mark.parametrize(
    ("mode", "values"), [(None, [-3.5, 3.5, -1.5]), ("floor", [-4, 3, -2]), ("trunc", [-3, 3, -1])]
)
def test_division_rounds_as_asked(mode, values):
    result = torch.div(torch.tensor(INTEGERS), 2, rounding_mode=mode)
    assert result.tolist() == values
    assert result.dtype is (torch.float32 if mode is None else torch.int64)


def test_another_rounding_mode_is_refused():
    with pytest.raises(RuntimeError, match=r"rounding_mode to be one of None, 'trunc', or 'floor' but found 'up'"):
        torch.div(torch.tensor(INTEGERS), 2, rounding_mode="up")


@pytest.mark.parametrize("function", [torch.floor_divide, torch.remainder, torch.fmod])
@pytest.mark.parametrize("divisor", [0, torch.tensor([1, 0, 2])])
def test_integers_are_not_divided_by_zero(function, divisor):
    with pytest.raises(RuntimeError, match=r"^ZeroDivisionError$"):
        function(torch.tensor(INTEGERS), divisor)


def test_fractions_are_divided_by_zero():
    assert (torch.tensor([-7.0, 7.0]) // 0).tolist() == [-math.inf, math.inf]


def test_remainder_has_the_sign_of_the_divisor_and_fmod_that_of_the_input():
    assert (torch.tensor(INTEGERS) % -3).tolist() == [-1, -2, 0]
    assert torch.fmod(torch.tensor(INTEGERS), 3).tolist() == [-1, 1, 0]


def test_numbers_stand_on_the_left_of_every_operator():
    x = torch.tensor([2.0, 4.0])
    results = [1 - x, 1 / x, 2**x, 7 // x, 7 % x]
    assert [each.tolist() for each in results] == [[-1, -3], [0.5, 0.25], [4, 16], [3, 1], [1, 3]]


def test_a_negative_power_of_integers_is_refused_as_a_number_and_cut_off_as_a_tensor():
    with pytest.raises(RuntimeError, match=r"Integers to negative integer powers are not allowed."):
        torch.tensor(INTEGERS) ** -1
    assert (torch.tensor([1, -1, 2, -1]) ** torch.tensor([-2, -3, -1, -2])).tolist() == [1, -1, 0, 1]


def test_powers_have_derivatives_at_zero():
    x = torch.tensor([0.0, 2.0], requires_grad=True)
    y = torch.tensor([2.0, 0.0], requires_grad=True)
    (x**y).sum().backward()
    assert x.grad.tolist() == [0, 0]
    assert y.grad.tolist() == [0, pytest.approx(math.log(2))]


def test_booleans_add_but_do_not_subtract():
    flags = torch.tensor([True, False])
    assert (flags + flags).tolist() == [True, False]
    with pytest.raises(RuntimeError, match=r"Subtraction, the `-` operator, with two bool tensors is not supported"):
        torch.sub(flags, flags)
    with pytest.raises(RuntimeError, match=r"with a bool tensor is not supported. If you are trying to invert a mask"):
        torch.rsub(flags, 1)


def test_alpha_must_fit_the_result():
    with pytest.raises(RuntimeError, match=r"For integral input tensors, argument alpha must not be a floating point"):
        torch.add(torch.tensor([1]), 1, alpha=1.5)


def test_floor_division_has_a_history_but_no_derivative():
    x = torch.tensor([3.0], requires_grad=True)
    result = x // 2
    assert result.requires_grad
    with pytest.raises(RuntimeError, match=r"derivative for aten::floor_divide is not implemented"):
        result.sum().backward()


def test_lerp_wants_one_dtype():
    with pytest.raises(RuntimeError, match=r"expected dtype float for `end` but got dtype double"):
        torch.lerp(torch.tensor([1.0]), torch.tensor([1.0], dtype=torch.float64), 0.5)


def test_nodes_have_the_names_of_overloads():
    x = torch.tensor([2.0], requires_grad=True)
    names = [(x**2).grad_fn.name(), (x**x).grad_fn.name(), (2**x).grad_fn.name(), (x % 2).grad_fn.name()]
    assert names == ["PowBackward0", "PowBackward1", "PowBackward2", "RemainderBackward0"]


@pytest.mark.parametrize(
    ("calculate", "answer"),
    [
        (lambda number, x: number**x, [7, 49, 343]), (lambda number, x: number // x, [7, 3, 2]),
        (lambda number, x: number % x, [0, 1, 1]), (lambda number, x: number - x, [6, 5, 4]),
    ],
)  # fmt: skip
def test_a_whole_number_of_numpy_s_stands_on_the_left_as_python_s_does(calculate, answer):
    found = calculate(numpy.int64(7), torch.tensor([1, 2, 3]))
    assert type(found) is torch.Tensor and found.tolist() == answer
