"""Sparse tensors turned, joined and taken apart."""

import pytest

import tinytorch as torch

S = torch.sparse_coo_tensor([[0, 1, 1], [2, 0, 2]], [3.0, 4.0, 5.0], (2, 3), check_invariants=False)
H = torch.sparse_coo_tensor([[0, 2]], torch.tensor([[1.0, 2.0], [3.0, 4.0]]), (3, 2), check_invariants=False)
DENSE = S.to_dense()


def test_dimensions_change_places():
    for found in (S.t(), S.T, S.mT, S.transpose(0, 1), S.permute(1, 0)):
        assert found._indices().tolist() == [[2, 0, 2], [0, 1, 1]] and found.shape == (3, 2)
    with pytest.raises(RuntimeError, match=r"^sparse transpose: transposed dimensions must be sparse Got sparse_dim"):
        H.t()


def test_an_index_selects_a_slice_or_a_number():
    assert S[0].to_dense().tolist() == [0.0, 0.0, 3.0] and S[1, 2].item() == 5.0 and S[0, 0].item() == 0.0
    assert S[:, 2].to_dense().tolist() == [3.0, 5.0] and S[..., 0].to_dense().tolist() == [0.0, 4.0]
    assert S[None].shape == (1, 2, 3) and [each.to_dense().tolist() for each in S] == DENSE.tolist()
    assert H[2].tolist() == [3.0, 4.0] and H[:, 1].to_dense().tolist() == [2.0, 0.0, 4.0]
    with pytest.raises(NotImplementedError, match=r"^Could not run 'aten::as_strided' with arguments from the 'Sparse"):
        S[0:1]
    with pytest.raises(IndexError, match=r"^index 5 is out of bounds for dimension 0 with size 2"):
        S[5]


def test_indices_select_in_their_order():
    found = S.index_select(0, torch.tensor([1, 0, 1]))
    assert found._indices().tolist() == [[0, 0, 1, 2, 2], [0, 2, 2, 0, 2]]
    assert found.to_dense().tolist() == DENSE[[1, 0, 1]].tolist()
    assert H.index_select(1, torch.tensor([1])).to_dense().tolist() == [[2.0], [0.0], [4.0]]
    with pytest.raises(IndexError, match="out of range for dimension 0 of size 2"):
        S.index_select(0, torch.tensor([2]))


def test_a_large_dimension_costs_no_more_than_what_is_there():
    s = torch.sparse_coo_tensor([[5, 1 << 40], [0, 1]], [1.0, 2.0], (1 << 41, 2), check_invariants=False)
    assert s.index_select(0, torch.tensor([1 << 40, 7, 5])).to_dense().tolist() == [[0.0, 2.0], [0.0, 0.0], [1.0, 0.0]]


def test_sparse_ones_stand_one_after_the_other_or_on_each_other():
    for dim in (0, 1):
        assert torch.cat([S, S], dim).to_dense().tolist() == torch.cat([DENSE, DENSE], dim).tolist()
        assert torch.cat([H, H], dim).to_dense().tolist() == torch.cat([H.to_dense()] * 2, dim).tolist()
    assert torch.stack([S, S], 1).to_dense().tolist() == torch.stack([DENSE, DENSE], 1).tolist()
    with pytest.raises(RuntimeError, match=r"^Concatenating sparse tensors, but a dense tensor was found at positio"):
        torch.cat([S, DENSE])


def test_gradients_follow_the_places():
    s = S.detach().clone().requires_grad_()
    weights = torch.arange(6.0).view(3, 2)
    (torch.cat([s.t(), s.t()], 1).to_dense() * torch.cat([weights, 2 * weights], 1)).sum().backward()
    assert s.grad._values().tolist() == [12.0, 3.0, 15.0]
    s.grad = None
    (s[1].to_dense() + s.index_select(0, torch.tensor([1, 1])).to_dense().sum(0)).sum().backward()
    assert s.grad.to_dense().tolist() == [[0.0, 0.0, 0.0], [3.0, 0.0, 3.0]]
