"""Reductions and scans: dtypes, empty input, ties, accuracy and gradients, as PyTorch 2.13 answers."""

import math
import warnings

import pytest

import tinytorch as torch


def test_integers_add_and_multiply_to_int64():
    x = torch.tensor([200, 100], dtype=torch.uint8)
    assert (x.sum().dtype, x.sum().item()) == (torch.int64, 300)
    assert (x.prod().dtype, x.prod().item()) == (torch.int64, 20000)


def test_a_dtype_is_cast_to_before_the_sum():
    assert torch.tensor([1.7, 1.7]).sum(dtype=torch.int64).item() == 2
    assert torch.tensor([1.0], dtype=torch.bfloat16).sum(dtype=torch.float64).dtype is torch.float64


def test_whole_numbers_have_no_mean_and_no_deviation():
    with pytest.raises(RuntimeError, match=r"mean\(\): could not infer output dtype. Input dtype must be .* Got: Long"):
        torch.tensor([1]).mean()
    with pytest.raises(RuntimeError, match=r"std and var only support floating point and complex dtypes"):
        torch.tensor([1]).std()


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_the_variance_of_one_element_warns_and_is_nan():
    with pytest.warns(UserWarning, match=r"degrees of freedom is <= 0"):
        assert math.isnan(torch.tensor([1.0]).var().item())


def test_long_float32_reductions_are_accurate():
    x = torch.zeros(1000000, 1) + 0.1
    assert x.sum(0).item() == pytest.approx(100000, rel=1e-6)
    assert x.cumsum(0)[-1].item() == pytest.approx(100000, rel=1e-6)
    assert x.var(0).item() < 1e-12


def test_half_precision_is_added_in_float32():
    x = torch.zeros(4000, dtype=torch.bfloat16) + 1
    assert x.sum().item() == 4000


@pytest.mark.parametrize("zeros", [0, 1, 2])
def test_the_gradient_of_a_product_with_zeros(zeros):
    values = [0.0] * zeros + [2.0] * (3 - zeros)
    x = torch.tensor(values, requires_grad=True)
    x.prod().backward()
    assert x.grad.tolist() == [math.prod(values[:place] + values[place + 1 :]) for place in range(3)]


def test_the_gradient_of_the_product_of_a_single_zero_has_its_shape():
    x = torch.zeros(1, requires_grad=True)
    x.prod(0).backward()
    assert x.grad.tolist() == [1.0]


def test_the_running_product_has_a_second_derivative_at_zero():
    x = torch.tensor([2.0, 0.0, 3.0], requires_grad=True)
    (gradient,) = torch.autograd.grad(x.cumprod(0).sum(), x, create_graph=True)
    assert gradient.tolist() == [1, 8, 0]
    (second,) = torch.autograd.grad(gradient.sum(), x)
    assert second.tolist() == [4, 6, 2]


def test_max_along_a_dimension_is_a_named_tuple():
    x = torch.tensor([[1.0, 3.0, 3.0]], requires_grad=True)
    found = x.max(1)
    assert repr(found.indices.tolist()) == "[1]"
    assert repr(torch.tensor([1, 2]).max(0)) == "torch.return_types.max(\nvalues=tensor(2),\nindices=tensor(1))"
    found.values.sum().backward()
    assert x.grad.tolist() == [[0, 1, 0]]


def test_the_largest_of_all_shares_its_gradient():
    x = torch.tensor([1.0, 3.0, 3.0], requires_grad=True)
    x.max().backward()
    assert x.grad.tolist() == [0, 0.5, 0.5]


def test_nan_wins():
    x = torch.tensor([1.0, math.nan, 2.0])
    assert x.argmax().item() == x.argmin().item() == 1
    assert math.isnan(x.max().item())
    assert x.cummax(0).indices.tolist() == [0, 1, 1]


def test_there_is_no_extreme_of_nothing():
    with pytest.raises(
        RuntimeError, match=r"max\(\): Expected reduction dim to be specified for input.numel\(\) == 0."
    ):
        torch.zeros(0).max()
    with pytest.raises(IndexError, match=r"argmax\(\): Expected reduction dim 1 to have non-zero size."):
        torch.zeros(2, 0).argmax(1)


def test_sums_of_nothing_are_neutral():
    assert torch.zeros(0).sum().item() == 0
    assert torch.zeros(0).prod().item() == 1
    assert torch.zeros(2, 0).logsumexp(1).tolist() == [-math.inf, -math.inf]


def test_the_truth_of_bytes_is_a_byte():
    assert torch.tensor([1, 2], dtype=torch.uint8).all().dtype is torch.uint8
    assert torch.tensor([1, 2]).all().dtype is torch.bool


def test_no_dimension_of_any_is_each_element():
    assert torch.zeros(2, 2).any(dim=()).tolist() == [[False, False], [False, False]]


@pytest.mark.parametrize(
    ("order", "value"), [(2, 5), (1, 7), (0, 2), (math.inf, 4), (-math.inf, 0), ("fro", 5), (3, 91 ** (1 / 3))]
)
def test_norms(order, value):
    x = torch.tensor([3.0, -4.0, 0.0], dtype=torch.float64)
    assert x.norm(order).item() == pytest.approx(value)


def test_the_norm_of_zeros_has_a_gradient():
    x = torch.zeros(2, requires_grad=True)
    x.norm().backward()
    assert x.grad.tolist() == [0, 0]


def test_running_extremes_give_the_last_of_equal_ones():
    assert torch.tensor([1, 3, 3, 2]).cummax(0).indices.tolist() == [0, 1, 2, 2]
    assert torch.tensor([1, 3, 1, 1]).cummin(0).indices.tolist() == [0, 0, 2, 3]


def test_the_middle_is_the_lower_of_two():
    assert torch.tensor([4, 1, 3, 2]).median().item() == 2
    assert torch.tensor([1.0, math.nan, 3.0]).nanmedian().item() == 1


def test_the_most_frequent_is_the_smallest_of_equals():
    found = torch.tensor([2, 1, 2, 1, 3]).mode()
    assert (found.values.item(), found.indices.item()) == (1, 3)


def test_numpys_names_are_understood():
    x = torch.zeros(2, 3) + 1
    assert x.sum(axis=0, keepdims=True).tolist() == [[2, 2, 2]]
    assert x.cumsum(axis=0)[-1].tolist() == [2, 2, 2]


def test_a_variance_without_freedom_has_an_infinite_gradient():
    source = torch.tensor([1.0, 2.0, 4.0], requires_grad=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the degrees of freedom, in both libraries
        variance = torch.var(source, correction=4)
    assert variance.isinf() and torch.autograd.grad(variance, source)[0].tolist() == [float("inf")] * 3
