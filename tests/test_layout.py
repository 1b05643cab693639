"""How results lie in memory, where operands repeat elements or have dimensions of size 1, as PyTorch 2.13 answers."""

import pytest

import tinytorch as torch
from tinytorch.layout import alike, in_rows


def test_rows_are_told_by_the_strides_of_every_dimension():
    x = torch.zeros(2, 3, 4)
    assert in_rows(x.array)
    assert in_rows(torch.zeros(2, 1, 4).expand(2, 3, 4).array)
    assert in_rows(torch.zeros(2, 1, 4).array)
    assert not in_rows(x.transpose(0, 1).array)
    assert not in_rows(x[:, ::2].array)
    assert not in_rows(torch.zeros(1, 2, 4).transpose(0, 1).array)  # row by row, but for a stride of size 1


def test_an_operand_that_broadcasts_lies_like_the_other():
    x, mean = torch.zeros(2, 3, 4), torch.zeros(2, 3, 1)
    assert alike(x.array, mean.array) and alike(mean.array, x.array)
    assert alike(x.array, mean.expand(2, 3, 4).array)
    assert not alike(x.array, torch.zeros(4, 3, 2).permute(2, 1, 0).array)


@pytest.mark.parametrize(
    ("first", "second", "strides"),
    [
        (lambda: torch.zeros(2, 3, 4), lambda: torch.zeros(2, 3, 1), (12, 4, 1)),
        (lambda: torch.zeros(2, 1, 1), lambda: torch.zeros(2, 3, 4), (12, 4, 1)),
        (lambda: torch.zeros(2, 3, 4), lambda: torch.zeros(2, 3, 1).expand(2, 3, 4), (12, 4, 1)),
        (lambda: torch.zeros(4).expand(2, 3, 4), lambda: torch.zeros(2, 3, 1).expand(2, 3, 4), (12, 4, 1)),
        (lambda: torch.zeros(3, 2, 4).transpose(0, 1), lambda: torch.zeros(2, 3, 1), (4, 8, 1)),
        (lambda: torch.zeros(2, 3, 1), lambda: torch.zeros(3, 2, 4).transpose(0, 1), (12, 4, 1)),
        (lambda: torch.zeros(1, 3, 1, 2).permute(0, 3, 1, 2), lambda: torch.zeros(2, 1, 1), (6, 1, 2, 2)),
    ],
)
def test_the_first_operand_that_has_a_say_orders_the_result(first, second, strides):
    one, other = first().requires_grad_(), second().requires_grad_()
    assert (one * other).stride() == (one.detach() * other.detach()).stride() == strides
    assert torch.addcmul(one, other, other).stride() == strides


def test_gradients_through_repeated_elements_are_those_of_a_product():
    x = torch.arange(6.0).reshape(1, 2, 3).requires_grad_()
    scale = torch.tensor([[[2.0], [3.0]]], requires_grad=True)
    (x / scale.expand_as(x)).sum().backward()
    assert x.grad.tolist() == torch.tensor([[[0.5] * 3, [1 / 3] * 3]]).tolist()
    assert scale.grad.flatten().tolist() == pytest.approx([-0.75, -4 / 3])


def test_strides_of_single_rows_have_a_say_where_a_number_takes_part():
    """All operands of `x * x` have one shape, and PyTorch asks no further; a number has another one."""
    x = torch.ones(1, 2).t()
    assert x.stride() == (1, 2)
    assert [each.stride() for each in (x * x, x.exp(), x**2, x.clamp(0, 1), x.lerp(x, 0.5))] == [(1, 1)] * 5
    zero_dimensional = torch.tensor(2.0)
    changed = x + 1, 1 - x, x / 2, x > 1, x**zero_dimensional, x * zero_dimensional, torch.where(x > 0, x, 1.0)
    assert [each.stride() for each in changed] == [(1, 2)] * 7


def test_a_part_of_a_complex_number_shares_its_memory():
    number = torch.tensor(1 + 2j)
    for part in (number.real, number.imag):
        for write in (lambda part=part: part.add_(number), lambda part=part: number.mul_(part)):
            with pytest.raises(RuntimeError, match="refer to a single memory location"):
                write()
    numbers = torch.ones(2, dtype=torch.complex64)
    numbers.mul_(numbers.real)  # parts of several have gaps, of which PyTorch does not ask
    assert numbers.tolist() == [1, 1]
