"""Embeddings beyond the table: tables that are renormed, gradients that meet in a row, what is refused."""

import pytest

import tinytorch as torch
from tinytorch.nn import functional as F


def test_rows_that_are_too_long_are_scaled_down_in_the_table_itself():
    table = torch.tensor([[3.0, 4.0], [0.3, 0.4], [6.0, 8.0]], requires_grad=True)
    found = F.embedding(torch.tensor([0, 1, 0]), table, max_norm=1.0)
    assert found.detach().flatten().tolist() == pytest.approx([0.6, 0.8, 0.3, 0.4, 0.6, 0.8])
    assert table.detach()[2].tolist() == [6.0, 8.0]
    assert table.is_leaf
    assert table._version == 1


def test_many_gradients_of_few_rows_add_up():
    table = torch.zeros(5, 3, requires_grad=True)
    index = torch.arange(1000) % 4
    F.embedding(index, table).backward(torch.ones(1000, 3))
    assert table.grad.tolist() == [[250.0] * 3] * 4 + [[0.0] * 3]


def test_gradients_of_one_row_are_added_by_neighbours():
    table = torch.zeros(1, 1, requires_grad=True)
    F.embedding(torch.zeros(1 << 20, dtype=torch.int64), table).backward(torch.full((1 << 20, 1), 0.1))
    assert table.grad.item() == pytest.approx(104857.6, rel=1e-7)


def test_sparse_gradients_are_refused_with_a_way_out():
    for call in (F.embedding, F.embedding_bag):
        with pytest.raises(NotImplementedError, match=r"tinytorch has no sparse tensors; leave it out"):
            call(torch.tensor([[0]]), torch.zeros(2, 2), sparse=True)


def test_torch_takes_the_table_first_and_gives_bags_with_their_sizes():
    table = torch.arange(8.0).reshape(4, 2)
    assert torch.embedding(table, torch.tensor([1])).tolist() == [[2.0, 3.0]]
    found, bags, sizes, _ = torch.embedding_bag(table, torch.tensor([0, 1, 3]), torch.tensor([0, 2]), False, 1)
    assert (found.tolist(), bags.tolist(), sizes.tolist()) == ([[1.0, 2.0], [6.0, 7.0]], [0, 0, 1], [2, 1])


def test_the_second_derivative_goes_through_the_rows():
    table = torch.tensor([[1.0], [2.0], [3.0]], requires_grad=True)
    rows = F.embedding(torch.tensor([0, 2, 2]), table)
    (first,) = torch.autograd.grad((rows**3).sum(), table, create_graph=True)
    (second,) = torch.autograd.grad(first.sum(), table)
    assert first.detach().flatten().tolist() == [3.0, 0.0, 54.0]
    assert second.flatten().tolist() == [6.0, 0.0, 36.0]
