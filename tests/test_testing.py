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


def test_the_older_name_takes_wider_tolerances_and_any_dtype():
    with pytest.warns(FutureWarning, match="assert_allclose"):
        torch.testing.assert_allclose([1.0, 2.0], torch.tensor([1.00005, 2.0], dtype=torch.float64))
    with pytest.warns(FutureWarning), pytest.raises(AssertionError, match="Tensor-likes are not close"):
        torch.testing.assert_allclose(torch.tensor([1.0, 2.0]), [1.001, 2.0])
