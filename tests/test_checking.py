"""Conditions that a program states with `torch._check` and its kind."""

import pytest

import tinytorch as torch


@pytest.mark.parametrize(
    ("check", "error"),
    [
        (torch._check, RuntimeError), (torch._check_index, IndexError), (torch._check_value, ValueError),
        (torch._check_type, TypeError), (torch._check_not_implemented, NotImplementedError),
    ],
)  # fmt: skip
def test_each_raises_its_own_error_in_the_words_of_the_program(check, error):
    assert check(True) is None
    with pytest.raises(error, match="Expected cond to be True, but got False"):
        check(False)
    with pytest.raises(error, match="sizes 3 and 4"):
        check(False, lambda: "sizes 3 and 4")


def test_an_error_of_any_class_can_be_asked_for():
    with pytest.raises(KeyError, match="absent"):
        torch._check_with(KeyError, False, lambda: "absent")
    with pytest.raises(KeyError, match="absent"):
        torch._check_tensor_all_with(KeyError, torch.tensor([True, False]), lambda: "absent")


def test_all_elements_of_a_tensor_have_to_be_true():
    assert torch._check_tensor_all(torch.tensor([True, True])) is None
    with pytest.raises(RuntimeError, match="Expected cond to be True"):
        torch._check_tensor_all(torch.tensor([True, False]))


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: torch._check(1), "cond must be a bool, but got <class 'int'>"),
        (lambda: torch._check(torch.tensor(True)), "cond must be a bool, but got a Tensor. For tensor conditions, use"),
        (lambda: torch._check(False, "words"), "message must be a callable"),
        (lambda: torch._check_tensor_all(True), "cond must be a tensor, but got <class 'bool'>"),
        (
            lambda: torch._check_tensor_all(torch.ones(1)),
            "cond tensor must have dtype torch.bool, but got torch.float32",
        ),
    ],
)
def test_what_is_no_condition_is_refused(call, words):
    with pytest.raises(TypeError, match=words):
        call()
