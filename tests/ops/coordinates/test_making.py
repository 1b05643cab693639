"""Sparse tensors of places and values, and of dense ones; what does not fit; and back."""

import subprocess
import sys

import pytest

import tinytorch as torch

pytestmark = pytest.mark.filterwarnings("ignore:Sparse invariant checks")


def test_places_values_and_a_shape_make_one():
    s = torch.sparse_coo_tensor([[0, 1], [1, 0]], [1.0, 2.0], (2, 3))
    assert s.to_dense().tolist() == [[0.0, 1.0, 0.0], [2.0, 0.0, 0.0]]
    assert torch.sparse_coo_tensor([[0, 4]], [1, 2]).shape == (5,)
    assert torch.sparse_coo_tensor((2, 3)).to_dense().tolist() == [[0.0] * 3] * 2


def test_values_may_have_dense_dimensions():
    s = torch.sparse_coo_tensor([[0, 2]], torch.tensor([[1.0, 2.0], [3.0, 4.0]]), (3, 2))
    assert (s.sparse_dim(), s.dense_dim()) == (1, 1)
    assert s.to_dense().tolist() == [[1.0, 2.0], [0.0, 0.0], [3.0, 4.0]]


def test_values_of_one_place_are_added_up():
    s = torch.sparse_coo_tensor([[1, 0, 1]], [1.0, 2.0, 4.0], (3,))
    assert s.to_dense().tolist() == [2.0, 5.0, 0.0]


def test_the_dtype_that_is_asked_for_wins():
    s = torch.sparse_coo_tensor([[0.0, 1.0]], torch.ones(2), (2,), dtype=torch.int64)
    assert s.dtype is torch.int64 and s._indices().dtype is torch.int64


@pytest.mark.parametrize(
    ("indices", "values", "size", "words"),
    [
        ([[0, 1]], [1.0], (2,), "indices and values must have same nnz, but got nnz from indices: 2, nnz from v"),
        ([[0, 1]], [1.0, 2.0], (2, 2), r"'len\(size\) == sparse_dim \+ dense_dim' is not satisfied: len\(size\) = 2"),
        ([0, 1], [1.0, 2.0], None, r"indices must be sparse_dim x nnz, but got: \[2\]"),
        ([[0, -1]], [1.0, 2.0], None, "found negative index -1 for dim 0"),
        ([[0]], [[1.0, 2.0]], (1, 3), r"values has incorrect size, expected \[1, 3\], got \[1, 2\]"),
    ],
)
def test_what_does_not_fit_is_refused(indices, values, size, words):
    with pytest.raises(RuntimeError, match=f"^{words}"):
        torch.sparse_coo_tensor(indices, torch.tensor(values), size)


def test_places_are_checked_where_that_is_asked_for():
    with pytest.raises(
        RuntimeError, match=r"^size is inconsistent with indices: for dim 0, size is 3 but found index 5"
    ):
        torch.sparse_coo_tensor([[0, 5]], [1.0, 2.0], (3,), check_invariants=True)
    assert not torch.sparse.check_sparse_tensor_invariants.is_enabled()
    with torch.sparse.check_sparse_tensor_invariants():
        with pytest.raises(RuntimeError, match=r"^found negative index -5 for dim 0"):
            torch.sparse_coo_tensor([[0, -5]], [1.0, 2.0], (3,))
        with pytest.raises(RuntimeError, match=r"^cannot set is_coalesced to true"):
            torch.sparse_coo_tensor([[1, 0]], [1.0, 2.0], (3,), is_coalesced=True)
    assert not torch.sparse.check_sparse_tensor_invariants.is_enabled()


def test_the_first_one_warns_that_nothing_is_checked():
    program = (
        "import warnings, tinytorch as torch\n"
        "with warnings.catch_warnings(record=True) as found:\n"
        "    warnings.simplefilter('always')\n"
        "    torch.eye(2).to_sparse()\n"
        "    first = len(found)\n"
        "    for _ in range(2):\n"
        "        torch.sparse_coo_tensor(size=(2,))\n"
        "print(first, len(found), found[0].lineno, str(found[0].message)[:52])\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "0 1 7 Sparse invariant checks are implicitly disabled. Mem\n"


def test_a_dense_tensor_becomes_sparse_and_dense_again():
    x = torch.tensor([[0.0, 1.0], [2.0, 0.0], [0.0, 0.0]], requires_grad=True)
    s = x.to_sparse()
    assert s.is_coalesced() and s._indices().tolist() == [[0, 1], [1, 0]] and s.to_sparse() is s
    assert x.to_sparse(1)._values().tolist() == [[0.0, 1.0], [2.0, 0.0]]
    (s.to_dense() * 3).sum().backward()
    assert x.grad.tolist() == [[0.0, 3.0], [3.0, 0.0], [0.0, 0.0]]
    assert torch.tensor(3.0).to_sparse().to_dense().item() == 3.0


def test_a_number_of_sparse_dimensions_that_there_is_not_is_refused():
    with pytest.raises(RuntimeError, match=r"sparse_dim argument must be in \[0,2\] range, but 3 is given"):
        torch.eye(2).to_sparse(3)
    with pytest.raises(RuntimeError, match="sparse_dim argument must be in >0"):
        torch.eye(2).to_sparse(0)


def test_other_layouts_are_refused_by_name():
    with pytest.raises(NotImplementedError, match=r"^to_sparse: tinytorch has no torch\.sparse_bsr tensors"):
        torch.eye(2).to_sparse(layout=torch.sparse_bsr)
    with pytest.raises(NotImplementedError, match=r"^zeros\(layout=torch\.sparse_coo\): sparse tensors are made by"):
        torch.zeros(2, layout=torch.sparse_coo)


def test_a_mask_takes_what_stands_at_its_places():
    mask = torch.sparse_coo_tensor([[0, 1], [1, 0]], [9.0, 9.0], (2, 2))
    x = torch.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
    found = x.sparse_mask(mask)
    assert found._values().tolist() == [2.0, 3.0]
    found.to_dense().sum().backward()
    assert x.grad.tolist() == [[0.0, 1.0], [1.0, 0.0]]
    assert torch.eye(2).to_sparse().sparse_mask(mask)._values().tolist() == [0.0, 0.0]


def test_diagonals_make_a_matrix():
    s = torch.sparse.spdiags(torch.arange(6.0).view(2, 3), torch.tensor([0, 1]), (3, 3))
    assert s.to_dense().tolist() == [[0.0, 4.0, 0.0], [0.0, 1.0, 5.0], [0.0, 0.0, 2.0]]
