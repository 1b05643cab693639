"""Putting together and taking apart: promotion, empty vectors, views, refusals."""

import pytest

import tinytorch as torch


def test_vectors_without_elements_do_not_count():
    assert torch.cat([torch.zeros(0), torch.ones(2, 3)], 1).shape == (2, 3)


def test_the_parts_of_a_split_share_memory_but_refuse_in_place_when_recorded():
    x = torch.zeros(4)
    x.split(2)[1].fill_(1.0)
    assert x.tolist() == [0.0, 0.0, 1.0, 1.0]
    y = torch.zeros(4, requires_grad=True) * 1
    with pytest.raises(RuntimeError, match="is the output of a function that returns multiple views"):
        y.chunk(2)[0].mul_(2)


def test_the_parts_of_tensor_split_may_be_written_to():
    y = torch.ones(4, requires_grad=True) * 1
    y.tensor_split(2)[0].mul_(2)
    assert y.tolist() == [2.0, 2.0, 1.0, 1.0]


def test_sizes_that_differ_are_named():
    with pytest.raises(RuntimeError) as caught:
        torch.cat([torch.zeros(2, 3), torch.zeros(2, 4)])
    assert str(caught.value) == (
        "Sizes of tensors must match except in dimension 0. Expected size 3 but got size 4 for tensor "
        "number 1 in the list."
    )


def test_what_is_repeated_once_has_memory_of_its_own():
    given = torch.zeros(2)
    given.repeat(1).add_(1)
    assert given.tolist() == [0, 0]
    assert given.repeat(1, 1).add_(1).tolist() == [[1, 1]]
