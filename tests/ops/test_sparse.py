"""What programs ask of sparse tensors: dense ones answer as in PyTorch, others are refused by name."""

import copy
import pickle

import pytest

import tinytorch as torch
from tinytorch import sparse


def test_a_tensor_says_that_it_is_dense():
    x = torch.ones(2, 3)
    assert x.layout is torch.strided and not x.is_sparse and not x.is_sparse_csr and not x.is_nested
    assert x.to_dense() is x and (x.sparse_dim(), x.dense_dim()) == (0, 2)
    assert x.to_dense(torch.float64).dtype is torch.float64


@pytest.mark.parametrize(
    ("name", "layout"),
    [
        ("coalesce", "coordinate tensor"), ("is_coalesced", "coordinate tensor"), ("indices", "coordinate tensor"),
        ("values", "tensor"), ("crow_indices", "row compressed tensor"), ("col_indices", "row compressed tensor"),
        ("ccol_indices", "column compressed tensor"), ("row_indices", "column compressed tensor"),
    ],
)  # fmt: skip
def test_parts_of_sparse_tensors_are_refused_in_pytorch_s_words(name, layout):
    with pytest.raises(RuntimeError, match=f"^{name} expected sparse {layout} layout but got Strided$"):
        getattr(torch.ones(2, 2), name)()


@pytest.mark.parametrize("name", ["to_sparse", "to_sparse_csr", "to_sparse_coo", "sparse_mask", "_values"])
def test_a_dense_tensor_does_not_become_sparse(name):
    with pytest.raises(NotImplementedError, match=f"^{name}: tinytorch has no sparse tensors$"):
        getattr(torch.ones(2, 2), name)()


@pytest.mark.parametrize("name", ["sparse_coo_tensor", "sparse_csr_tensor", "sparse_csc_tensor"])
def test_sparse_tensors_are_not_made(name):
    with pytest.raises(NotImplementedError, match=f"^{name}: tinytorch has no sparse tensors$"):
        getattr(torch, name)([[0], [0]], [1.0], size=(2, 2))
    with pytest.raises(NotImplementedError, match=r"tinytorch has no torch\.sparse_coo tensors"):
        torch.zeros(2, layout=torch.sparse_coo)


def test_products_of_dense_matrices_are_products():
    x = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
    assert sparse.mm(x, x).tolist() == torch.spmm(x, x).tolist() == torch.mm(x, x).tolist()
    assert sparse.addmm(x, x, x, beta=2).tolist() == torch.addmm(x, x, x, beta=2).tolist()
    with pytest.raises(RuntimeError, match="coalesce expected sparse coordinate tensor layout"):
        sparse.sum(x)


def test_layouts_are_told_apart_and_copied():
    assert repr(torch.sparse_csr) == "torch.sparse_csr" and isinstance(torch.sparse_coo, torch.layout)
    assert pickle.loads(pickle.dumps(torch.sparse_bsc)) is torch.sparse_bsc
    assert copy.deepcopy(torch.jagged) is torch.jagged
