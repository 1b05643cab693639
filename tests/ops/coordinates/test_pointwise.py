"""Sums, products and functions of each element of sparse tensors."""

import pytest

import tinytorch as torch

pytestmark = pytest.mark.filterwarnings("ignore:Sparse invariant checks")
S = torch.sparse_coo_tensor([[0, 1, 1], [2, 0, 2]], [3.0, 4.0, 5.0], (2, 3), check_invariants=False)
U = torch.sparse_coo_tensor([[0, 0, 1], [1, 1, 0]], [1.0, 2.0, 3.0], (2, 3), check_invariants=False)
DENSE = torch.arange(6.0).view(2, 3)


def parts(tensor):
    return tensor._indices().tolist(), tensor._values().tolist()


def test_functions_that_are_no_sums_add_up_first():
    assert parts(U.abs()) == ([[0, 1], [1, 0]], [3.0, 3.0])
    assert parts(U**2) == ([[0, 1], [1, 0]], [9.0, 9.0]) and parts(U.relu())[1] == [3.0, 3.0]
    assert parts(-U) == ([[0, 0, 1], [1, 1, 0]], [-1.0, -2.0, -3.0])
    with pytest.raises(RuntimeError, match=r"^relu_ requires coalesced input"):
        U.clone().relu_()


def test_a_power_of_zero_would_be_dense():
    with pytest.raises(RuntimeError, match=r"^pow: cannot raise to zeroth power on sparse tensor"):
        S.pow(0)
    with pytest.raises(NotImplementedError, match="aten::pow"):
        2**S


def test_numbers_multiply_and_divide_the_values():
    for found, expected in ((S * 2, [6.0, 8.0, 10.0]), (2 * S, [6.0, 8.0, 10.0]), (S / 2, [1.5, 2.0, 2.5])):
        assert parts(found)[1] == expected
    assert parts(S * torch.tensor(2.0))[1] == [6.0, 8.0, 10.0] and parts(S // 2)[1] == [1.0, 2.0, 2.0]
    with pytest.raises(RuntimeError, match=r"^Sparse division requires a scalar or zero-dim dense tensor divisor"):
        S / DENSE


def test_two_sparse_ones_are_merged_place_by_place():
    assert parts(S + U) == ([[0, 0, 0, 1, 1], [1, 1, 2, 0, 2]], [1.0, 2.0, 3.0, 7.0, 5.0])
    assert parts(S - U)[1] == [-1.0, -2.0, 3.0, 1.0, 5.0]
    assert parts(U + U) == ([[0, 0, 1], [1, 1, 0]], [2.0, 4.0, 6.0])
    both = S.coalesce() + U.coalesce()
    assert both.is_coalesced() and parts(both) == ([[0, 0, 1, 1], [1, 2, 0, 2]], [3.0, 3.0, 7.0, 5.0])


def test_a_dense_one_and_a_sparse_one_have_a_dense_sum():
    assert (DENSE + S).tolist() == [[0.0, 1.0, 5.0], [7.0, 4.0, 10.0]]
    assert (DENSE - S).tolist() == [[0.0, 1.0, -1.0], [-1.0, 4.0, 0.0]]
    for call in (lambda: S + DENSE, lambda: S + 1, lambda: 1 + S):
        with pytest.raises(
            RuntimeError, match=r"^add\(sparse, dense\) is not supported\. Use add\(dense, sparse\) ins"
        ):
            call()


def test_in_place_on_a_dense_one_touches_the_places_alone():
    x = torch.zeros(2, 3)
    x += S
    x.sub_(U, alpha=2)
    assert x.tolist() == [[0.0, -6.0, 3.0], [-2.0, 0.0, 5.0]]
    assert x.mul_(S).tolist() == [[0.0, 0.0, 9.0], [-8.0, 0.0, 25.0]]


def test_products_have_the_places_of_the_sparse_one_or_of_both():
    assert parts(S * DENSE) == parts(DENSE * S) == ([[0, 1, 1], [2, 0, 2]], [6.0, 12.0, 25.0])
    assert parts(S * torch.tensor([1.0, 2.0, 3.0]))[1] == [9.0, 4.0, 15.0]
    assert parts(S.coalesce() * U.coalesce()) == ([[1], [0]], [12.0])
    assert parts(S.coalesce() * U) == ([[0, 0, 1], [1, 1, 0]], [0.0, 0.0, 12.0])


def test_gradients_go_to_both_factors():
    values, x = torch.tensor([1.0, 2.0], requires_grad=True), torch.tensor([3.0, 4.0, 5.0], requires_grad=True)
    (torch.sparse_coo_tensor([[0, 2]], values, (3,)) * x).to_dense().sum().backward()
    assert values.grad.tolist() == [3.0, 5.0] and x.grad.tolist() == [1.0, 0.0, 2.0]


def test_a_sum_of_places_that_differ_sends_each_its_own():
    s = torch.sparse_coo_tensor([[0, 1]], [1.0, 2.0], (3,), requires_grad=True)
    t = torch.sparse_coo_tensor([[1, 2]], [3.0, 4.0], (3,), requires_grad=True)
    ((s + t).to_dense() * torch.tensor([1.0, 2.0, 3.0])).sum().backward()
    assert s.grad._values().tolist() == [1.0, 2.0] and t.grad._values().tolist() == [2.0, 3.0]


def test_copies_in_place_take_places_over():
    s = S.clone()
    assert parts(s.copy_(U)) == parts(U) and s.zero_()._nnz() == 0
    with pytest.raises(RuntimeError, match=r"^copy_\(\) between dense and sparse Tensors is not implemented!"):
        s.copy_(DENSE)
    with pytest.raises(RuntimeError, match=r"^add: expected sizes of 'self' and 'other' to match"):
        S + torch.eye(2).to_sparse()
    with pytest.raises(RuntimeError, match=r"^add: expected 'self' and 'other' to have same density, but 'self'"):
        S + DENSE.to_sparse(1)
