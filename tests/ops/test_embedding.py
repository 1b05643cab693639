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


def test_a_sparse_gradient_has_a_row_for_each_index():
    table = torch.zeros(5, 2, requires_grad=True)
    F.embedding(torch.tensor([[1, 3], [1, 0]]), table, sparse=True, padding_idx=3).sum().backward()
    assert table.grad.is_sparse and table.grad.shape == (5, 2) and not table.grad.is_coalesced()
    assert table.grad._indices().tolist() == [[1, 1, 0]] and table.grad._values().tolist() == [[1.0, 1.0]] * 3
    F.embedding(torch.tensor([4]), table, sparse=True).sum().backward()
    assert table.grad.to_dense()[:, 0].tolist() == [1.0, 2.0, 0.0, 0.0, 1.0]


def test_a_sparse_and_a_dense_gradient_add_up_to_a_dense_one():
    table = torch.zeros(3, 2, requires_grad=True)
    F.embedding(torch.tensor([1]), table, sparse=True).sum().backward()
    table.sum().backward()
    F.embedding(torch.tensor([1]), table, sparse=True).sum().backward()
    assert table.grad.tolist() == [[1.0, 1.0], [3.0, 3.0], [1.0, 1.0]]
    table.grad = None
    (F.embedding(torch.tensor([1]), table, sparse=True).sum() + table.sum()).backward()
    assert table.grad.tolist() == [[1.0, 1.0], [2.0, 2.0], [1.0, 1.0]]


def test_a_sparse_gradient_goes_on_to_what_the_table_was_made_of():
    table = torch.ones(3, 2, requires_grad=True)
    F.embedding(torch.tensor([1, 1]), table * 2, sparse=True).sum().backward()
    assert table.grad.is_sparse and table.grad.to_dense().tolist() == [[0.0, 0.0], [4.0, 4.0], [0.0, 0.0]]


def test_a_bag_has_sparse_gradients_too():
    table = torch.zeros(4, 1, requires_grad=True)
    for mode, values in (("sum", [1.0, 1.0]), ("mean", [0.5, 0.5])):
        table.grad = None
        bags = F.embedding_bag(torch.tensor([[1, 0, 2]]), table, mode=mode, sparse=True, padding_idx=2)
        bags.sum().backward()
        assert table.grad._indices().tolist() == [[1, 0]] and table.grad._values().flatten().tolist() == values


def test_sparse_gradients_are_not_scaled_by_frequency():
    table = torch.zeros(2, 2, requires_grad=True)
    found = F.embedding(torch.tensor([0]), table, scale_grad_by_freq=True, sparse=True)
    with pytest.raises(RuntimeError, match=r"^embedding_backward: scale_grad_by_freq not supported with sparse gr"):
        found.sum().backward()


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
