"""Linear algebra: what matrices have no result, which losses have no gradient, and what keeps what for backward."""

import subprocess
import sys
import warnings

import pytest

import tinytorch as torch
from tinytorch import linalg
from tinytorch.ops.linalg.powers import cheapest

A = torch.tensor([[4.0, 1.0, 0.5], [2.0, 5.0, 1.0], [0.5, 1.0, 6.0]], dtype=torch.float64)


def test_a_singular_matrix_is_an_error_of_its_own_class_that_names_the_matrix_and_the_place():
    matrices = torch.stack([A, torch.ones(3, 3, dtype=torch.float64)])
    with pytest.raises(linalg.LinAlgError, match=r"linalg.inv: \(Batch element 1\): The diagonal element 2 is zero"):
        linalg.inv(matrices)
    assert linalg.LinAlgError.__qualname__ == "_LinAlgError" and linalg.LinAlgError.__module__ == "torch._C"
    assert issubclass(linalg.LinAlgError, RuntimeError)


def test_codes_say_which_matrices_of_a_batch_have_no_inverse_and_the_others_have_theirs():
    matrices = torch.stack([A, torch.zeros(3, 3, dtype=torch.float64)])
    inverse, info = linalg.inv_ex(matrices)
    assert info.tolist() == [0, 1] and info.dtype is torch.int32
    assert torch.allclose(inverse[0], linalg.inv(A))


def test_codes_become_errors_when_they_are_to_be_checked():
    for function in (linalg.inv_ex, linalg.cholesky_ex, linalg.lu_factor_ex):
        with pytest.raises(RuntimeError, match=r"linalg\.(inv|cholesky|lu_factor)_ex: "):
            function(torch.zeros(2, 2), check_errors=True)


def test_the_order_of_the_minor_that_is_not_positive_is_told():
    with pytest.raises(linalg.LinAlgError, match="the leading minor of order 3 is not positive-definite"):
        linalg.cholesky(torch.tensor([1.0, 2.0, -1.0]).diag())


def test_eigenvalues_of_what_is_not_finite_are_refused():
    with pytest.raises(RuntimeError, match=r"torch.linalg.eig: input tensor should not contain infs or NaNs"):
        linalg.eig(torch.full((2, 2), float("nan")))
    with pytest.raises(linalg.LinAlgError, match=r"linalg.svd: The algorithm failed to converge"):
        linalg.svd(torch.full((2, 2), float("nan")))


def test_factors_multiply_to_the_matrix():
    P, L, U = linalg.lu(A[:, :2])
    Q, R = linalg.qr(A, "complete")
    left, values, right = linalg.svd(A)
    sizes, vectors = linalg.eigh(A + A.mT)
    LD, pivots = linalg.ldl_factor(A + A.mT)
    for found, wanted in (
        (P @ L @ U, A[:, :2]), (Q @ R, A), (left * values @ right, A), (vectors * sizes @ vectors.mT, A + A.mT),
        ((A + A.mT) @ linalg.ldl_solve(LD, pivots, A), A), (A @ linalg.lu_solve(*linalg.lu_factor(A), A), A),
    ):  # fmt: skip
        assert torch.allclose(found, wanted)


def test_reflections_multiply_to_the_orthonormal_factor():
    a, tau = torch.geqrf(A[:, :2])
    Q, R = linalg.qr(A[:, :2])
    assert torch.allclose(linalg.householder_product(a, tau), Q)
    assert torch.allclose(torch.ormqr(a, tau, A[:, :2], transpose=True)[:2], R)


def test_a_loss_that_depends_on_the_phase_of_vectors_has_no_gradient():
    x = (A + 1j * A.tril(-1)).requires_grad_()
    with pytest.raises(RuntimeError, match="linalg_eigh_backward: The eigenvectors in the complex case"):
        linalg.eigh(x).eigenvectors.real.sum().backward()
    with pytest.raises(RuntimeError, match="linalg_eig_backward: The eigenvectors in the complex case"):
        linalg.eig(x).eigenvectors.real.sum().backward()
    with pytest.raises(RuntimeError, match="svd_backward: The singular vectors in the complex case"):
        linalg.svd(x).U.real.sum().backward()


def test_a_qr_without_q_or_with_too_many_columns_has_no_gradient():
    x = A[:, :2].clone().requires_grad_()
    with pytest.raises(RuntimeError, match="depends on Q, which is not computed when mode='r'"):
        linalg.qr(x, "r").R.sum().backward()
    with pytest.raises(RuntimeError, match="not differentiable when mode='complete' and nrows > ncols"):
        linalg.qr(x, "complete").Q.sum().backward()


def test_the_gradient_of_a_determinant_of_zero_is_that_of_its_cofactors():
    x = torch.tensor([[1.0, 2.0], [2.0, 4.0]], dtype=torch.float64, requires_grad=True)
    linalg.det(x).backward()
    assert torch.allclose(x.grad, torch.tensor([[4.0, -2.0], [-2.0, 1.0]], dtype=torch.float64))


def test_a_determinant_that_is_too_large_is_infinite_without_a_warning():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert linalg.det(torch.eye(3) * 1e30).item() == float("inf")


def test_a_result_that_backward_needs_may_not_be_written_over():
    x = A.clone().requires_grad_()
    values, vectors = linalg.eigh(x)
    with torch.no_grad():
        vectors.zero_()
    with pytest.raises(RuntimeError, match=r"which is output 1 of LinalgEigh.*is at version 1; expected version 0"):
        values.sum().backward()


def test_results_without_a_gradient_require_none():
    x = A.clone().requires_grad_()
    assert [each.requires_grad for each in linalg.lu(x)] == [False, True, True]
    assert [each.requires_grad for each in linalg.lstsq(x, A, driver="gelsd")] == [True, True, False, False]


def test_results_have_names():
    assert linalg.slogdet(A).logabsdet.ndim == 0
    assert repr(torch.geqrf(torch.ones(1, 1))).startswith("torch.return_types.geqrf(\na=tensor(")


@pytest.mark.filterwarnings("ignore:torch.* is deprecated in favor of torch.linalg")
def test_the_methods_are_the_functions():
    x = A @ A.mT
    for name in (
        "inverse",
        "det",
        "logdet",
        "pinverse",
        "cholesky",
        "matrix_exp",
        "cov",
        "corrcoef",
        "cholesky_inverse",
    ):
        assert torch.equal(getattr(x, name)(), getattr(torch, name)(x)), name
    for name in ("slogdet", "svd", "qr", "lu", "geqrf"):
        for one, other in zip(getattr(x, name)(), getattr(torch, name)(x), strict=True):
            assert torch.equal(one, other), name
    assert torch.equal(x.matrix_power(2), x @ x)


def test_the_cheapest_order_multiplies_narrow_matrices_first():
    wide, narrow = torch.ones(50, 2), torch.ones(2, 50)
    assert linalg.multi_dot([wide, narrow, wide]).shape == (50, 2)
    assert cheapest([50, 2, 50, 2])[0, 2] == 0  # narrow @ wide first


def test_importing_the_library_does_not_import_scipy():
    program = "import sys, tinytorch; tinytorch.linalg.inv(tinytorch.eye(2)); sys.exit('scipy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_points_at_the_same_place_have_a_distance_without_a_slope():
    x = torch.zeros(2, 3, requires_grad=True)
    torch.cdist(x, x.detach()).sum().backward()
    torch.nn.functional.pdist(x).sum().backward()
    assert x.grad.tolist() == [[0.0] * 3] * 2


def test_many_distances_are_those_of_few():
    torch.manual_seed(3)
    x, y = torch.randn(40, 3, dtype=torch.float64), torch.randn(30, 3, dtype=torch.float64)
    many = torch.cdist(x, y)
    assert torch.allclose(many, torch.cdist(x, y, compute_mode="donot_use_mm_for_euclid_dist"))


def test_a_covariance_without_enough_observations_warns():
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        torch.cov(torch.ones(2, 1))
    assert any("degrees of freedom is <= 0" in str(each.message) for each in caught)


def test_cross_without_a_dimension_is_warned_of_once(monkeypatch):
    monkeypatch.setattr("tinytorch.deprecations.warned", set())
    a, b = torch.tensor([1.0, 0.0, 0.0]), torch.tensor([0.0, 1.0, 0.0])
    with pytest.warns(UserWarning, match=r"Using torch.cross without specifying the dim arg is deprecated") as caught:
        assert torch.cross(a, b).tolist() == [0, 0, 1]
    assert caught[0].filename == __file__
    assert a.cross(b).tolist() == [0, 0, 1]  # and no warning, which would be an error here
