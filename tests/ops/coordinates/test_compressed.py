"""Sparse matrices by rows and by columns."""

import copy
import pickle

import pytest

import tinytorch as torch

pytestmark = pytest.mark.filterwarnings("ignore:Sparse")
DENSE = torch.tensor([[0.0, 0.0, 3.0], [4.0, 0.0, 5.0]])
OTHER = torch.arange(6.0).view(3, 2)
MAKE = [torch.Tensor.to_sparse_csr, torch.Tensor.to_sparse_csc]


def by_rows(values=(3.0, 4.0, 5.0), **settings):
    return torch.sparse_csr_tensor([0, 1, 3], [2, 0, 2], torch.tensor(values), (2, 3), **settings)


def test_a_matrix_prints_where_its_lines_begin():
    assert repr(by_rows(requires_grad=True)) == (
        "tensor(crow_indices=tensor([0, 1, 3]),\n"
        "       col_indices=tensor([2, 0, 2]),\n"
        "       values=tensor([3., 4., 5.]), size=(2, 3), nnz=3,\n"
        "       layout=torch.sparse_csr, requires_grad=True)"
    )
    assert repr(DENSE.to_sparse_csc()) == (
        "tensor(ccol_indices=tensor([0, 1, 1, 3]),\n"
        "       row_indices=tensor([1, 0, 1]),\n"
        "       values=tensor([4., 3., 5.]), size=(2, 3), nnz=3,\n"
        "       layout=torch.sparse_csc)"
    )


def test_a_matrix_says_its_layout():
    s = by_rows()
    assert s.layout is torch.sparse_csr and s.is_sparse_csr and not s.is_sparse and s._nnz() == 3
    assert DENSE.to_sparse_csc().layout is torch.sparse_csc and not DENSE.to_sparse_csc().is_sparse_csr
    with pytest.raises(RuntimeError, match=r"^indices expected sparse coordinate tensor layout but got SparseCsr"):
        s.indices()
    with pytest.raises(RuntimeError, match=r"^crow_indices expected sparse row compressed tensor layout but got Str"):
        DENSE.crow_indices()


def test_layouts_become_each_other():
    s = by_rows()
    assert s.to_dense().tolist() == DENSE.tolist() and s.to_sparse_csr() is s and s.to_sparse(layout=s.layout) is s
    assert s.to_sparse()._indices().tolist() == [[0, 1, 1], [2, 0, 2]] and s.to_sparse_coo().is_sparse
    assert DENSE.to_sparse(layout=torch.sparse_csr).layout is torch.sparse_csr
    assert s.to_sparse_csc().to_sparse_csr().to_dense().tolist() == DENSE.tolist()
    assert s.t().layout is torch.sparse_csc and s.t().t().layout is torch.sparse_csr
    assert s.transpose(0, 1).to_dense().tolist() == DENSE.t().tolist()
    with pytest.raises(NotImplementedError, match=r"^to_sparse_csr: tinytorch has matrices of the layout torch"):
        torch.ones(2, 2, 2).to_sparse_csr()


@pytest.mark.parametrize("make", MAKE)
def test_products_are_those_of_the_dense_matrix(make):
    s = make(DENSE)
    for found in (s @ OTHER, torch.mm(s, OTHER), torch.sparse.mm(s, OTHER), torch.addmm(torch.zeros(2, 2), s, OTHER)):
        assert found.tolist() == (DENSE @ OTHER).tolist()
    assert (OTHER.t() @ s.t()).tolist() == (DENSE @ OTHER).t().tolist() and (s @ torch.ones(3)).tolist() == [3.0, 9.0]
    assert (s @ make(OTHER)).layout is s.layout and (s @ make(OTHER)).to_dense().tolist() == (DENSE @ OTHER).tolist()
    assert torch.nn.functional.linear(torch.ones(1, 3), s).tolist() == [[3.0, 9.0]]


@pytest.mark.parametrize("make", MAKE)
def test_functions_of_each_element_keep_the_layout(make):
    s = make(DENSE)
    for found, expected in (
        (s * 2, DENSE * 2),
        (-s, -DENSE),
        (s.sqrt(), DENSE.sqrt()),
        (s + s, DENSE * 2),
        (s * s, DENSE**2),
    ):
        assert found.layout is s.layout and found.to_dense().tolist() == expected.tolist()
    assert (s + 1 * torch.ones(2, 3)).tolist() == (torch.ones(2, 3) + s).tolist() == (DENSE + 1).tolist()
    assert s.sum().item() == 12.0 and s.double().dtype is torch.float64 and torch.zeros_like(s).layout is s.layout
    with pytest.raises(RuntimeError, match=r"^unsupported tensor layout: SparseCs"):
        s.exp()
    with pytest.raises(RuntimeError, match=r"^unsupported tensor layout: SparseCs"):
        torch.cat([s, s])
    with pytest.raises(RuntimeError, match=r"^reduction operations on CSR tensors with keepdim=False is unsupported"):
        s.sum(1)


def test_gradients_reach_values_and_have_the_layout():
    values = torch.tensor([3.0, 4.0, 5.0], requires_grad=True)
    s = torch.sparse_csr_tensor([0, 1, 3], [2, 0, 2], values, (2, 3))
    assert s.grad_fn.name() == "SparseCompressedTensorBackward0"
    (s @ OTHER).sum().backward()
    assert values.grad.tolist() == [9.0, 1.0, 9.0]
    leaf = by_rows(requires_grad=True)
    for _ in range(2):
        torch.sparse.mm(leaf, OTHER).sum().backward()
    assert leaf.grad.layout is torch.sparse_csr and leaf.grad.values().tolist() == [18.0, 2.0, 18.0]
    x = DENSE.clone().requires_grad_()
    (x.to_sparse_csr() * 2).to_dense().sum().backward()
    assert x.grad.tolist() == [[0.0, 0.0, 2.0], [2.0, 0.0, 2.0]]


@pytest.mark.parametrize(
    ("starts", "numbers", "values", "size", "words"),
    [
        ([0, 1, 3], [2, 0, 2], [3.0, 4.0], (2, 3), r"number of elements in col_indices \(3\) and values \(2\) must"),
        ([0, 1, 3], [2, 0, 2], [3.0, 4.0, 5.0], (2, 2), "`0 <= col_indices < ncols` is not satisfied."),
        ([0, 3, 1], [2, 0, 2], [3.0, 4.0, 5.0], (2, 3), r"`crow_indices\[0\] == 0` and `crow_indices\[-1\] == nnz`"),
        ([0, 1, 3], [2, 0, 2], [3.0, 4.0, 5.0], (3, 3), r"crow_indices.shape\[-1\] must be the size \[3, 3\] al"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused(starts, numbers, values, size, words):
    with pytest.raises(RuntimeError, match=f"^{words}"):
        torch.sparse_csr_tensor(starts, numbers, torch.tensor(values), size)


def test_a_size_that_is_not_given_is_the_smallest():
    assert torch.sparse_csr_tensor([0, 1, 3], [2, 0, 1], [1, 2, 3]).shape == (2, 3)
    assert torch.sparse_csc_tensor([0, 1, 3], [2, 0, 1], [1, 2, 3]).shape == (3, 2)


@pytest.mark.parametrize("make", MAKE)
def test_copies_keep_the_layout(make):
    s = make(DENSE)
    for other in (s.clone(), s.detach(), copy.deepcopy(s), pickle.loads(pickle.dumps(s))):
        assert other.layout is s.layout and other.to_dense().tolist() == DENSE.tolist()
