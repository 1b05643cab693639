"""Sums, norms and softmax of sparse tensors."""

import math

import pytest

import tinytorch as torch

S = torch.sparse_coo_tensor([[0, 1, 1], [2, 0, 2]], [3.0, 4.0, 5.0], (2, 3), check_invariants=False)
H = torch.sparse_coo_tensor([[0, 2, 0]], torch.arange(6.0).view(3, 2), (3, 2), check_invariants=False)


def test_a_sum_of_all_is_dense_and_one_over_a_dimension_sparse():
    assert S.sum().item() == torch.sparse.sum(S).item() == 12.0
    assert S.sum(1).to_dense().tolist() == [3.0, 9.0] and S.sum(1).is_sparse and S.sum(0).is_coalesced()
    assert torch.sparse.sum(S, (0, 1)).item() == 12.0 and S.sum(0, keepdim=True).to_dense().tolist() == [[4.0, 0, 8]]
    assert S.long().sum(1).dtype is torch.int64 and torch.sparse.sum(S, 0, torch.float64).dtype is torch.float64


def test_dense_dimensions_are_summed_too():
    assert torch.sparse.sum(H, 0).tolist() == [6.0, 9.0]
    assert H.sum(1)._indices().tolist() == [[0, 2]] and H.sum(1)._values().tolist() == [10.0, 5.0]


def test_a_gradient_of_a_sum_has_the_places():
    s = S.detach().clone().requires_grad_()
    (torch.sparse.sum(s, 1).to_dense() * torch.tensor([1.0, 2.0])).sum().backward()
    assert s.grad._values().tolist() == [1.0, 2.0, 2.0]


def test_the_norm_is_that_of_all_elements():
    assert S.norm().item() == pytest.approx(math.sqrt(50)) and torch.norm(S, 1).item() == 12.0
    with pytest.raises(RuntimeError, match=r"^norm_sparse currently only supports full reductions"):
        S.norm(2, 0)


def test_softmax_is_that_of_the_elements_that_are_there():
    found = torch.sparse.softmax(S, 1)._values().tolist()
    assert found == pytest.approx([1.0, 1 / (1 + math.e), math.e / (1 + math.e)])
    assert torch.sparse.log_softmax(S, 0)._values().exp().tolist() == pytest.approx(
        [1 / (1 + math.e**2), 1.0, 0.880797]
    )
    assert torch.sparse.softmax(H, 1)._values().sum(1).tolist() == pytest.approx([1.0, 1.0])


def test_softmax_has_derivatives():
    values = torch.tensor([3.0, 4.0, 5.0], dtype=torch.float64, requires_grad=True)
    for function in (torch.sparse.softmax, torch.sparse.log_softmax):
        call = lambda values, f=function: f(torch.sparse_coo_tensor(S._indices(), values, (2, 3)), 1).to_dense()
        assert torch.autograd.gradcheck(call, (values,))
