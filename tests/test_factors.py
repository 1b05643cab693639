"""Factors in front of tensors, as older programs write them, with PyTorch's warning."""

import warnings

import pytest

import tinytorch as torch
from tinytorch import deprecations


@pytest.fixture(autouse=True)
def unwarned(monkeypatch):
    monkeypatch.setattr(deprecations, "warned", {"factors"})


SQUARE, VECTOR, BATCH = torch.ones(2, 2), torch.ones(2), torch.ones(1, 2, 2)


@pytest.mark.parametrize(
    ("call", "value"),
    [
        (lambda: torch.add(SQUARE, 0.5, SQUARE), 1.5),
        (lambda: SQUARE.add(torch.tensor(0.5), SQUARE), 1.5),
        (lambda: SQUARE.clone().add_(0.5, SQUARE), 1.5),
        (lambda: SQUARE.clone().sub_(2, SQUARE), -1),
        (lambda: SQUARE.clone().addcmul_(2, SQUARE, SQUARE), 3),
        (lambda: torch.addcdiv(SQUARE, -2, SQUARE, SQUARE), -1),
        (lambda: torch.addmm(2, SQUARE, 3, SQUARE, SQUARE), 8),
        (lambda: torch.addmm(2, SQUARE, SQUARE, SQUARE), 4),
        (lambda: SQUARE.addmm(2, 3, SQUARE, SQUARE), 8),
        (lambda: SQUARE.clone().addmm_(0, SQUARE, SQUARE), 2),
        (lambda: torch.addmv(2, VECTOR, 3, SQUARE, VECTOR), 8),
        (lambda: VECTOR.addmv(2, SQUARE, VECTOR), 4),
        (lambda: SQUARE.clone().addr_(2, 3, VECTOR, VECTOR), 5),
        (lambda: BATCH.baddbmm(2, 3, BATCH, BATCH), 8),
        (lambda: torch.addbmm(2, SQUARE, 3, BATCH, BATCH), 8),
    ],
)
def test_factors_may_stand_in_front(call, value):
    result = call()
    assert set(result.flatten().tolist()) == {value}


def test_factors_in_front_write_to_out_and_have_a_history():
    out = torch.zeros(2, 2)
    assert torch.add(SQUARE, 2, SQUARE, out=out) is out and out.tolist() == [[3, 3], [3, 3]]
    x = torch.ones(2, requires_grad=True)
    (x * 2).add(3.0, x * x).sum().backward()
    assert x.grad.tolist() == [8, 8]


def test_they_are_deprecated_once(monkeypatch):
    monkeypatch.setattr(deprecations, "warned", set())
    x = torch.ones(2)
    with pytest.warns(UserWarning) as found:
        x.addcdiv_(-1, x, x)
    assert str(found[0].message) == (
        "This overload of addcdiv_ is deprecated:\n"
        "\taddcdiv_(Number value, Tensor tensor1, Tensor tensor2)\n"
        "Consider using one of the following signatures instead:\n"
        "\taddcdiv_(Tensor tensor1, Tensor tensor2, *, Number value = 1)"
    )
    assert found[0].filename == __file__
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        SQUARE.addmm(2, SQUARE, SQUARE)


@pytest.mark.parametrize(
    "call",
    [
        lambda: torch.add(SQUARE, SQUARE, 2),
        lambda: torch.add(SQUARE, 2, SQUARE, alpha=3),
        lambda: SQUARE.addcdiv(SQUARE, SQUARE, 2),
        lambda: torch.addmm(SQUARE, SQUARE, SQUARE, 2),
        lambda: SQUARE.add(SQUARE, "2"),
    ],
)
def test_factors_at_other_places_are_refused(call):
    with pytest.raises(TypeError, match="positional arguments but"):
        call()
