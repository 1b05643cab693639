"""Products of sparse matrices with dense and sparse ones, and their derivatives."""

import pytest

import tinytorch as torch

pytestmark = pytest.mark.filterwarnings("ignore:Sparse")
S = torch.sparse_coo_tensor([[1, 0, 1, 1], [0, 2, 2, 2]], [4.0, 3.0, 2.0, 3.0], (2, 3), check_invariants=False)
DENSE = torch.arange(6.0).view(3, 2)
PRODUCT = [[12.0, 15.0], [20.0, 29.0]]


def test_a_dense_matrix_gives_a_dense_product():
    for found in (S @ DENSE, S.mm(DENSE), torch.spmm(S, DENSE), torch.sparse.mm(S, DENSE), torch.matmul(S, DENSE)):
        assert found.tolist() == PRODUCT
    assert (DENSE.t() @ S.t()).tolist() == torch.tensor(PRODUCT).t().tolist()
    assert (S @ torch.ones(3)).tolist() == [3.0, 9.0]
    assert torch.bmm(torch.stack([S, S]), torch.stack([DENSE, 2 * DENSE]))[1].tolist() == [[24.0, 30.0], [40.0, 58.0]]


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64, torch.int64, torch.complex64])
def test_other_dtypes_multiply_too(dtype):
    assert (S.to(dtype) @ DENSE.to(dtype)).tolist() == torch.tensor(PRODUCT).to(dtype).tolist()


def test_something_is_added_to_a_product():
    added = torch.ones(2, 2)
    expected = [[2 + 3 * each for each in row] for row in PRODUCT]
    assert torch.sparse.addmm(added, S, DENSE, beta=2, alpha=3).tolist() == expected
    assert torch.addmm(added, S, DENSE).tolist() == [[1 + each for each in row] for row in PRODUCT]
    assert torch.nn.functional.linear(S, DENSE.t(), torch.ones(2)).tolist() == [[1 + x for x in row] for row in PRODUCT]


def test_two_sparse_ones_give_a_sparse_one():
    found = torch.sparse.mm(S, DENSE.to_sparse())
    assert found.is_sparse and found.is_coalesced() and found.to_dense().tolist() == PRODUCT
    assert (S @ S.t()).to_dense().tolist() == (S.to_dense() @ S.to_dense().t()).tolist()


def test_sparse_products_with_a_dense_matrix_have_their_names():
    assert torch.hspmm(S, DENSE)._values().tolist() == PRODUCT
    assert torch.smm(S, DENSE).to_dense().tolist() == PRODUCT
    sparse = torch.sparse_coo_tensor([[0], [0]], [1.0], (2, 2))
    assert torch.sspaddmm(sparse, S, DENSE, beta=2).to_dense().tolist() == [[14.0, 15.0], [20.0, 29.0]]


def test_what_does_not_fit_is_refused():
    with pytest.raises(RuntimeError, match=r"^addmm: Argument #3 \(dense\): Expected dim 0 size 3, got 2"):
        S @ torch.ones(2, 2)
    with pytest.raises(RuntimeError, match=r"^expected scalar type Float but found Double"):
        S @ DENSE.double()
    with pytest.raises(RuntimeError, match=r"^mv: expected self\.size\(-1\) == vec\.size\(-1\)"):
        S @ torch.ones(2)
    with pytest.raises(NotImplementedError, match=r"^sparse\.mm\(reduce=\.\.\.\): tinytorch adds products up"):
        torch.sparse.mm(S, DENSE, "sum")


def test_gradients_go_to_values_and_to_the_dense_matrix():
    values, dense = S._values().clone().requires_grad_(), DENSE.clone().requires_grad_()
    found = torch.sparse.mm(torch.sparse_coo_tensor(S._indices(), values, (2, 3)), dense)
    assert found.grad_fn.name() == "SparseAddmmBackward0" and (S @ dense).grad_fn.name() == "MmBackward0"
    (found * torch.tensor([[1.0, 2.0], [3.0, 4.0]])).sum().backward()
    assert values.grad.tolist() == [4.0, 14.0, 32.0, 32.0]
    assert dense.grad.tolist() == [[12.0, 16.0], [0.0, 0.0], [18.0, 26.0]]


def test_gradients_of_a_sparse_product_go_to_both():
    s = S.detach().clone().requires_grad_()
    (torch.sparse.mm(s, DENSE.to_sparse()).to_dense() * torch.tensor([[1.0, 2.0], [3.0, 4.0]])).sum().backward()
    assert s.grad._values().tolist() == [4.0, 14.0, 32.0, 32.0]


def test_autocast_multiplies_in_half_precision():
    with torch.autocast("cpu", dtype=torch.bfloat16):
        found = torch.sparse.mm(S, DENSE), S @ DENSE
    assert [each.dtype for each in found] == [torch.bfloat16] * 2 and found[0].tolist() == PRODUCT


def test_forward_mode_goes_through():
    _, tangent = torch.func.jvp(lambda dense: torch.sparse.mm(S, dense), (DENSE,), (torch.ones(3, 2),))
    assert tangent.tolist() == [[3.0, 3.0], [9.0, 9.0]]
    values = S._values()
    with pytest.raises(NotImplementedError, match=r"^Trying to use forward AD with a sparse tensor"):
        torch.func.jvp(lambda v: torch.sparse_coo_tensor(S._indices(), v, (2, 3)) @ DENSE, (values,), (values,))


def test_the_formula_and_the_cpu_agree():
    from tinytorch.devices import CPU
    from tinytorch.kernels import reference

    torch.manual_seed(0)
    rows, columns = torch.randint(0, 50, (2, 400)).numpy()
    values, dense = torch.rand(400).numpy(), torch.rand(50, 7).numpy()
    found = CPU.xp.coordinate_product(values, rows, columns, dense, 60)
    expected = reference.coordinate_product(CPU.xp, values, rows, columns, dense, 60)
    assert found.shape == (60, 7) and found.dtype == expected.dtype and abs(found - expected).max() < 1e-5
