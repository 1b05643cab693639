"""Gathering and scattering: places named twice, refusals, derivatives."""

import pytest

import tinytorch as torch
from tinytorch.autograd import gradcheck


def test_scatter_add_adds_as_often_as_a_place_is_named():
    x = torch.zeros(3).scatter_add(0, torch.tensor([1, 1, 2]), torch.tensor([1.0, 2.0, 3.0]))
    assert x.tolist() == [0.0, 3.0, 3.0]


def test_negative_indices_are_refused():
    with pytest.raises(RuntimeError, match="index -1 is out of bounds for dimension 0 with size 2"):
        torch.zeros(2).gather(0, torch.tensor([-1]))
    with pytest.raises(IndexError, match="index out of range in self"):
        torch.zeros(2).index_select(0, torch.tensor([-1]))


@pytest.mark.parametrize("reduce", ["sum", "prod", "mean", "amax", "amin"])
@pytest.mark.parametrize("include_self", [True, False])
def test_the_derivatives_of_scatter_reduce_are_those_of_its_differences(reduce, include_self):
    x = torch.tensor([[1.0, 2.0, 3.5], [4.0, 5.5, 6.0]], dtype=torch.float64, requires_grad=True)
    source = torch.tensor([[1.5, 0.5, 2.0], [3.0, 7.0, 0.25]], dtype=torch.float64, requires_grad=True)
    index = torch.tensor([[0, 0, 1], [1, 0, 1]])
    assert gradcheck(lambda a, b: a.scatter_reduce(0, index, b, reduce, include_self=include_self), (x, source))


def test_a_source_of_another_float_type_is_refused_before_it_is_widened():
    with pytest.raises(RuntimeError, match=r"Expected self\.dtype to be equal to src\.dtype"):
        torch.zeros(2, dtype=torch.bfloat16).scatter_add(0, torch.tensor([0]), torch.ones(1))
