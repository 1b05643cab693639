"""What PyTorch warns of once: the words, the line of the program, and that it is once."""

import warnings

import pytest

import tinytorch as torch
from tinytorch import deprecations


@pytest.fixture(autouse=True)
def nothing_said(monkeypatch):
    monkeypatch.setattr(deprecations, "warned", set())


EYE, VECTOR = torch.eye(3), torch.ones(3)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: torch.qr(EYE), "torch.qr is deprecated in favor of torch.linalg.qr"),
        (lambda: EYE.cholesky(), "torch.cholesky is deprecated in favor of torch.linalg.cholesky"),
        (lambda: torch.triangular_solve(EYE, EYE), "torch.triangular_solve is deprecated in favor of"),
        (lambda: torch.lu(EYE), "torch.lu is deprecated in favor of torch.linalg.lu_factor"),
        (lambda: torch.chain_matmul(EYE, EYE), "torch.chain_matmul is deprecated and will be removed"),
        (lambda: torch.cross(VECTOR, VECTOR), "Using torch.cross without specifying the dim arg is deprecated."),
        (lambda: torch.meshgrid(VECTOR, VECTOR), "torch.meshgrid: in an upcoming release, it will be required to pass"),
        (lambda: torch.where(VECTOR.byte(), 1.0, VECTOR), "where received a uint8 condition tensor."),
        (lambda: torch.ones(2, 3, 4).T, "The use of `x.T` on tensors of dimension other than 2"),
        (
            lambda: torch.nn.Conv2d(1, 1, 2, padding="same")(torch.ones(1, 1, 4, 4)),
            "Using padding='same' with even kernel lengths and odd dilation may require",
        ),
    ],
)
def test_it_is_said_once_at_the_line_of_the_program(call, words):
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always")
        call()
        call()
    assert [str(each.message).startswith(words) for each in found] == [True]
    assert found[0].category is UserWarning and found[0].filename == __file__


def test_what_says_how_it_is_meant_is_not_warned_of():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        torch.meshgrid(VECTOR, VECTOR, indexing="ij")
        torch.cross(VECTOR, VECTOR, dim=0)
        torch.nn.Conv2d(1, 1, 3, padding="same")(torch.ones(1, 1, 4, 4))
