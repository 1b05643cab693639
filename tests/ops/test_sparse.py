"""What programs ask of tensors that may be sparse: dense ones answer as in PyTorch, other layouts are refused."""

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


@pytest.mark.parametrize("name", ["sparse_resize_", "_values", "_indices", "_nnz"])
def test_a_dense_tensor_has_no_coordinates(name):
    with pytest.raises(NotImplementedError, match=f"^Could not run 'aten::{name}' with arguments from the 'CPU' backe"):
        getattr(torch.ones(2, 2), name)()


@pytest.mark.parametrize("layout", ["bsr", "bsc"])
def test_other_layouts_are_not_made(layout):
    with pytest.raises(
        NotImplementedError, match=rf"^to_sparse_{layout}: tinytorch has no torch\.sparse_{layout} tens"
    ):
        getattr(torch.ones(2, 2), f"to_sparse_{layout}")()
    with pytest.raises(NotImplementedError, match=rf"^sparse_{layout}_tensor: tinytorch has no torch\.sparse_{layout}"):
        getattr(torch, f"sparse_{layout}_tensor")([0, 1], [0], [1.0], size=(1, 1))
    with pytest.raises(NotImplementedError, match=rf"^zeros\(\): tinytorch has no torch\.sparse_{layout} tensors"):
        torch.zeros(2, layout=getattr(torch, f"sparse_{layout}"))


def test_what_needs_other_layouts_is_refused_by_name():
    with pytest.raises(NotImplementedError, match=r"^torch\.sparse\.sampled_addmm: tinytorch has no such function of"):
        sparse.sampled_addmm(torch.ones(2, 2), torch.ones(2, 2), torch.ones(2, 2))


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
