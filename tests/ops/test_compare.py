"""Comparisons, bits and choices: ties, bounds, nan and refusals, as PyTorch 2.13 answers."""

import math
import operator

import pytest

import tinytorch as torch


def gradients(function, *values):
    """The gradients of the sum of a function of tensors with these values."""
    tensors = [torch.tensor(each, dtype=torch.float64, requires_grad=True) for each in values]
    function(*tensors).sum().backward()
    return [each.grad.tolist() for each in tensors]


def test_comparisons_give_booleans_without_history():
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    assert (x < 2).tolist() == [True, False]
    assert not (x == x).requires_grad


def test_a_tensor_equals_no_other_object():
    assert (torch.tensor([1.0]) == None) is False  # noqa: E711 - the operator is asked
    assert torch.tensor([1.0]) != "a"
    with pytest.raises(TypeError, match=r"'<' not supported between instances of 'Tensor' and 'NoneType'"):
        operator.lt(torch.tensor([1.0]), None)


def test_complex_numbers_have_no_order():
    with pytest.raises(NotImplementedError, match=r"lt_cpu. not implemented for 'ComplexFloat'"):
        torch.lt(torch.tensor([1j]), 1)


def test_a_tie_of_maximum_shares_the_gradient():
    assert gradients(torch.maximum, [1.0, 2.0, 3.0], [2.0, 2.0, math.nan]) == [[0, 0.5, 1], [1, 0.5, 1]]


def test_fmax_leaves_nan_out():
    assert gradients(torch.fmax, [math.nan, 1.0], [1.0, 1.0]) == [[0, 1], [1, 0]]


def test_the_gradient_of_clamp_passes_at_its_bounds():
    assert gradients(lambda x: x.clamp(0, 1), [-1.0, 0.0, 0.5, 1.0, 2.0]) == [[0, 1, 1, 1, 0]]


def test_clamp_with_tensors_gives_them_the_gradient_beyond():
    assert gradients(torch.clamp, [0.0, 5.0, 2.0], [1.0, 1.0, 1.0], [3.0, 3.0, 3.0]) == [
        [0, 0, 1],
        [1, 0, 0],
        [0, 1, 0],
    ]


def test_clamp_wants_a_bound():
    with pytest.raises(RuntimeError, match=r"torch.clamp: At least one of 'min' or 'max' must not be None"):
        torch.tensor([1.0]).clamp()


def test_where_sends_the_gradient_where_it_took_the_value():
    condition = torch.tensor([True, False])
    assert gradients(lambda x, y: torch.where(condition, x, y), [1.0, 2.0], [3.0, 4.0]) == [[1, 0], [0, 1]]


def test_where_takes_numbers_and_refuses_a_condition_of_numbers():
    assert torch.where(torch.tensor([True, False]), 1, 2.5).tolist() == [1, 2.5]
    with pytest.raises(RuntimeError, match=r"where expected condition to be a boolean tensor, but got .* dtype Long"):
        torch.where(torch.tensor([1]), 1, 2)


def test_fractions_have_no_bits():
    with pytest.raises(NotImplementedError, match=r"bitwise_and_cpu. not implemented for 'Float'"):
        torch.tensor([1.0]) & 1
    with pytest.raises(TypeError, match=r"~ \(operator.invert\) is only implemented on integer and Boolean"):
        ~torch.tensor([1.0])


def test_numbers_out_of_range_wrap_as_elements_do():
    assert (torch.tensor([1, 200], dtype=torch.uint8) > 300).tolist() == [False, True]


def test_maximum_takes_no_number():
    with pytest.raises(TypeError, match=r"maximum\(\): argument 'other' \(position 2\) must be Tensor, not float"):
        torch.maximum(torch.tensor([1.0]), 1.0)


def test_infinities_are_close_to_themselves_and_nan_if_asked():
    x = torch.tensor([math.inf, math.nan, 1.0])
    assert torch.isclose(x, x).tolist() == [True, False, True]
    assert torch.allclose(x, x, equal_nan=True)


def test_the_condition_says_first_how_a_choice_lies_in_memory():
    condition = (torch.ones(3, 10) > 0).t()
    assert torch.where(condition, torch.ones(10, 3), torch.ones(10, 3)).stride() == (1, 10)
    assert torch.where(condition.contiguous(), torch.ones(3, 10).t(), torch.ones(3, 10).t()).stride() == (3, 1)


@pytest.mark.parametrize(
    ("sizes", "words"), [((3, 2, 2), "3\\) .* b \\(2"), ((2, 3, 2), "2\\) .* b \\(3"), ((2, 2, 3), "2\\) .* b \\(3")]
)
def test_choices_that_do_not_broadcast_are_named_in_the_order_of_the_arguments(sizes, words):
    condition, input, other = [torch.ones(size) for size in sizes]
    with pytest.raises(RuntimeError, match=rf"tensor a \({words}\) at non-singleton dimension 0"):
        torch.where(condition > 0, input, other)


def test_a_mask_that_does_not_broadcast_is_named_first_unless_it_is_written_in_place():
    x, mask = torch.zeros(16), torch.zeros(17, dtype=torch.bool)
    with pytest.raises(RuntimeError, match=r"tensor a \(17\) must match the size of tensor b \(16\)"):
        x.masked_fill(mask, 1)
    with pytest.raises(RuntimeError, match=r"tensor a \(16\) must match the size of tensor b \(17\)"):
        x.masked_fill_(mask, 1)
