"""Pooling: ties, nan and padding of maxima, what counts in a mean, and windows that share an input."""

import math

import pytest

import tinytorch as torch
from tinytorch.nn import functional as F

NAN = math.nan


def test_the_first_of_equal_elements_has_the_gradient():
    x = torch.ones(1, 1, 3, 3, requires_grad=True)
    F.max_pool2d(x, 2, 1).sum().backward()
    assert x.grad.tolist() == [[[[1.0, 1.0, 0.0], [1.0, 1.0, 0.0], [0.0, 0.0, 0.0]]]]


def test_nan_is_larger_than_any_number_and_the_last_one_counts(device):
    x = torch.tensor([[[NAN, 5.0, NAN, 1.0]]], device=device)
    values, index = F.max_pool1d(x, 3, 1, return_indices=True)
    assert [math.isnan(each) for each in values.flatten().tolist()] == [True, True]
    assert index.tolist() == [[[2, 2]]]


def test_padding_is_never_the_maximum(device):
    x = torch.full((1, 1, 2, 2), -math.inf, device=device)
    values, index = F.max_pool2d(x, 3, 1, 1, return_indices=True)
    assert values.flatten().tolist() == [-math.inf] * 4
    assert index.flatten().tolist() == [0, 0, 0, 0]
    assert (
        F.max_pool2d(-torch.ones(1, 1, 2, 2, dtype=torch.int64, device=device), 2, 2, 1).flatten().tolist() == [-1] * 4
    )


def test_a_result_may_be_written_over_before_backward():
    x = torch.tensor([[[[1.0, -2.0], [-3.0, -4.0]]]], requires_grad=True)
    F.relu(F.max_pool2d(x * 2, 2), inplace=True).sum().backward()
    assert x.grad.tolist() == [[[[2.0, 0.0], [0.0, 0.0]]]]


def test_the_second_derivative_of_a_maximum_goes_through_the_gradient():
    x = torch.tensor([[[1.0, 3.0, 2.0, 5.0]]], dtype=torch.float64, requires_grad=True)
    first = torch.autograd.grad((F.max_pool1d(x, 2) ** 3).sum(), x, create_graph=True)[0]
    assert torch.autograd.grad(first.sum(), x)[0].tolist() == [[[0.0, 18.0, 0.0, 30.0]]]


@pytest.mark.parametrize(("count_include_pad", "corner"), [(True, 4 / 9), (False, 1.0)])
def test_zeros_of_the_padding_count_unless_they_are_told_not_to(device, count_include_pad, corner):
    x = torch.ones(1, 1, 3, 3, device=device)
    result = F.avg_pool2d(x, 3, 1, 1, count_include_pad=count_include_pad)
    assert math.isclose(result[0, 0, 0, 0].item(), corner, rel_tol=1e-6)
    assert result[0, 0, 1, 1].item() == 1.0


def test_a_window_that_the_end_cuts_counts_only_what_it_has():
    assert F.avg_pool1d(torch.tensor([[[1.0, 2.0, 4.0]]]), 2, 2, ceil_mode=True).tolist() == [[[1.5, 4.0]]]


def test_the_mean_of_whole_numbers_is_rounded_towards_zero():
    x = torch.tensor([[[-3, -4, 3, 4]]])
    assert F.avg_pool1d(x, 2).tolist() == [[[-3, 3]]]


@pytest.mark.parametrize("count", [1, 2, 3, 5, 7, 11])
def test_shares_of_an_input_begin_and_end_as_the_formula_says(device, count):
    x = torch.arange(7, dtype=torch.float64, device=device).reshape(1, 1, 7)
    ends = [(math.floor(i * 7 / count), math.ceil((i + 1) * 7 / count)) for i in range(count)]
    means = [sum(range(begin, end)) / (end - begin) for begin, end in ends]
    assert torch.allclose(F.adaptive_avg_pool1d(x, count).cpu(), torch.tensor([[means]], dtype=torch.float64))
    assert F.adaptive_max_pool1d(x, count).tolist() == [[[end - 1.0 for _, end in ends]]]


def test_the_gradient_of_shares_is_spread_over_all_that_they_overlap():
    x = torch.zeros(1, 1, 5, dtype=torch.float64, requires_grad=True)
    F.adaptive_avg_pool1d(x, 3).sum().backward()  # [0, 2), [1, 4), [3, 5)
    assert torch.allclose(x.grad, torch.tensor([[[1 / 2, 1 / 2 + 1 / 3, 1 / 3, 1 / 3 + 1 / 2, 1 / 2]]], dtype=x.dtype))


def test_one_infinite_element_spoils_only_the_means_of_its_windows(device):
    x = torch.tensor([[[math.inf, 1.0, 2.0, 3.0, 4.0]]], device=device)
    assert F.adaptive_avg_pool1d(x, 2).tolist() == [[[math.inf, 3.0]]]


def test_unpooling_puts_maxima_back_where_they_were_found():
    x = torch.tensor([[[[1.0, 2.0], [4.0, 3.0]]]])
    values, index = F.max_pool2d(x, 2, return_indices=True)
    assert F.max_unpool2d(values, index, 2).tolist() == [[[[0.0, 0.0], [4.0, 0.0]]]]
