"""`assert_close` says what PyTorch's says."""

import re

import pytest

import tinytorch as torch
from tinytorch.testing import assert_close

NAN = float("nan")
CLOSE = [
    ([1.0, 2.0], [1.0, 2.0 + 1e-6], {}),
    ([1.0, NAN], [1.0, NAN], {"equal_nan": True}),
    ([float("inf")], [float("inf")], {}),
    ([1.0, 2.0], [1.5, 2.5], {"rtol": 0, "atol": 0.5}),
    ([], [], {}),
]
APART = [
    (
        [1.0, 2.0], [1.0, 3.0], {},
        "Tensor-likes are not close!\n\nMismatched elements: 1 / 2 (50.0%)\n"
        "Greatest absolute difference: 1.0 at index (1,) "
        "(up to 1e-05 allowed)\nGreatest relative difference: 0.3333333432674408 at index (1,) (up to 1.3e-06 allowed)",
    ),
    (
        [1, 2], [1, 3], {},
        "Tensor-likes are not equal!\n\nMismatched elements: 1 / 2 (50.0%)\n"
        "Greatest absolute difference: 1 at index (1,)\n"
        "Greatest relative difference: 0.3333333432674408 at index (1,)",
    ),
    (
        [1.0, NAN], [1.0, NAN], {},
        "Tensor-likes are not close!\n\nMismatched elements: 1 / 2 (50.0%)\n"
        "Greatest absolute difference: nan at index (1,) "
        "(up to 1e-05 allowed)\nGreatest relative difference: nan at index (1,) (up to 1.3e-06 allowed)",
    ),
    (
        1.0, 1.5, {},
        "Scalars are not close!\n\nExpected 1.5 but got 1.0.\nAbsolute difference: 0.5 (up to 1e-05 allowed)\n"
        "Relative difference: 0.3333333333333333 (up to 1.3e-06 allowed)",
    ),
    ([1.0], [1.0, 2.0], {}, "The values for attribute 'shape' do not match: torch.Size([1]) != torch.Size([2])."),
    ([1.0], [1], {}, "The values for attribute 'dtype' do not match: torch.float32 != torch.int64."),
]  # fmt: skip


@pytest.mark.parametrize(("actual", "expected", "settings"), CLOSE)
def test_what_is_close_passes(actual, expected, settings):
    assert_close(torch.tensor(actual), torch.tensor(expected), **settings)


@pytest.mark.parametrize(("actual", "expected", "settings", "words"), APART)
def test_what_is_apart_is_told_in_pytorchs_words(actual, expected, settings, words):
    with pytest.raises(AssertionError) as caught:
        assert_close(torch.tensor(actual), torch.tensor(expected), **settings)
    assert str(caught.value) == words


def test_the_item_of_a_structure_is_named():
    with pytest.raises(AssertionError, match=re.escape("The failure occurred for item ['a'][1]")):
        assert_close({"a": [1.0, 2.0]}, {"a": [1.0, 2.5]})
    with pytest.raises(AssertionError, match="The length of the sequences mismatch: 1 != 2"):
        assert_close([1], [1, 2])
    with pytest.raises(AssertionError, match=r"Missing keys in the actual mapping: \['b'\]"):
        assert_close({}, {"b": 1})


def test_numbers_of_other_types_and_strange_values_are_refused():
    with pytest.raises(AssertionError, match=r"The \(d\)types do not match: <class 'int'> != <class 'float'>."):
        assert_close(1, 1.0)
    with pytest.raises(
        TypeError, match=r"No comparison pair was able to handle inputs of type <class 'str'> and <class 'str'>\."
    ):
        assert_close("a", "a")
    with pytest.raises(ValueError, match="but got no atol"):
        assert_close(1.0, 1.0, rtol=1)


def test_a_message_replaces_or_extends_the_usual_one():
    with pytest.raises(AssertionError, match=r"^mine$"):
        assert_close(1, 2, msg="mine")
    with pytest.raises(AssertionError, match=r"^mine: Scalars are not equal!"):
        assert_close(1, 2, msg=lambda usual: f"mine: {usual}")


@pytest.mark.parametrize("dtype", ["bool", "uint8", "int64", "float16", "float32", "complex64"])
def test_tensors_for_tests_have_what_was_asked_for(dtype):
    dtype = getattr(torch, dtype)
    made = torch.testing.make_tensor((3, 4), dtype=dtype, device="cpu", low=0, high=2, noncontiguous=True)
    assert made.dtype is dtype and made.shape == (3, 4) and not made.is_contiguous()
    assert torch.testing.make_tensor(50, dtype=dtype, device="cpu", exclude_zero=True).ne(0).all()


def test_tensors_for_tests_are_pytorchs_for_a_seed():
    torch.manual_seed(0)
    drawn = torch.testing.make_tensor(2, 2, dtype=torch.float32, device="cpu")
    assert_close(
        drawn, torch.tensor([[-0.06738138198852539, 4.8279924392700195], [-7.407406330108643, -6.623451232910156]])
    )
    assert torch.testing.make_tensor(3, dtype=torch.int64, device="cpu").tolist() == [2, -2, -4]


def test_bounds_that_do_not_go_together_are_refused():
    with pytest.raises(ValueError, match="`low` must be less than `high`, but got 3 >= 1"):
        torch.testing.make_tensor(2, dtype=torch.int64, device="cpu", low=3, high=1)
    with pytest.raises(ValueError, match="`requires_grad=True` is not supported for boolean and integral dtypes"):
        torch.testing.make_tensor(2, dtype=torch.int64, device="cpu", requires_grad=True)
