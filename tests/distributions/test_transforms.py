"""Transforms and constraints: inverses, jacobians, shapes, caches, and the transforms to each constraint."""

import pytest

import tinytorch as torch
from tinytorch import distributions as d
from tinytorch.distributions import constraints, transforms

X = torch.tensor([[0.1, -0.2, 0.3], [0.5, 1.0, -1.0], [2.0, 0.7, 0.4]], dtype=torch.float64)
BIJECTIONS = [
    d.ExpTransform(), d.SigmoidTransform(), d.SoftplusTransform(), d.TanhTransform(), d.AffineTransform(1.0, -2.0),
    d.ComposeTransform([d.AffineTransform(1.0, 2.0), d.TanhTransform()]), d.identity_transform,
    d.StackTransform([d.ExpTransform(), d.TanhTransform(), d.ExpTransform()], dim=1),
    d.CatTransform([d.ExpTransform(), d.TanhTransform()], dim=1, lengths=[1, 2]),
]  # fmt: skip
REGIONS = [
    constraints.real, constraints.positive, constraints.greater_than(2.0), constraints.less_than(-1.0),
    constraints.interval(-1.0, 3.0), constraints.unit_interval, constraints.simplex, constraints.lower_cholesky,
    constraints.positive_definite, constraints.independent(constraints.positive, 1), constraints.corr_cholesky,
    constraints.stack([constraints.real, constraints.positive, constraints.real], dim=1),
]  # fmt: skip


@pytest.mark.parametrize("transform", BIJECTIONS, ids=repr)
def test_a_bijection_has_its_inverse_and_its_slope(transform):
    x = X.clone().requires_grad_()
    y = transform(x)
    assert torch.allclose(transform.inv(y), X)
    slope = torch.autograd.grad(y.sum(), x)[0].abs().log()
    assert torch.allclose(transform.log_abs_det_jacobian(x, y), slope)
    assert torch.allclose(transform.inv.log_abs_det_jacobian(y, x), -slope)


@pytest.mark.parametrize("transform", [d.StickBreakingTransform(), d.CorrCholeskyTransform()], ids=repr)
def test_the_jacobian_of_vectors_is_a_determinant(transform):
    y = transform(X)
    assert transform.forward_shape(X.shape) == y.shape
    assert transform.inverse_shape(y.shape) == X.shape
    assert torch.allclose(transform.inv(y), X)
    for x, found in zip(X, transform.log_abs_det_jacobian(X, y), strict=True):
        whole = torch.autograd.functional.jacobian(transform, x).reshape(-1, 3)
        rows = whole[:-1] if y.dim() == 2 else whole[[3, 6, 7]]  # what the others follow from
        assert torch.allclose(torch.linalg.slogdet(rows).logabsdet, found)


def test_a_cache_gives_the_very_tensor_back():
    transform = d.ExpTransform(cache_size=1)
    y = transform(X)
    assert transform.inv(y) is X
    assert transform(X) is y
    assert d.ExpTransform().with_cache(1)._cache_size == 1


@pytest.mark.parametrize("region", REGIONS, ids=repr)
def test_the_transform_to_a_region_leads_there(region):
    assert region.check(d.transform_to(region)(X)).all()


def test_the_inverse_of_the_inverse_is_the_transform():
    transform = d.ExpTransform()
    assert transform.inv.inv is transform
    assert transform == d.ExpTransform()
    assert transform != transform.inv
    assert repr(d.ComposeTransform([transform, transform.inv])) == (
        "ComposeTransform(\n    ExpTransform(),\n    _InverseTransform(ExpTransform())\n)"
    )


def test_constraints_check_whole_events():
    assert constraints.simplex.check(torch.tensor([[0.2, 0.8], [0.5, 0.6]])).tolist() == [True, False]
    assert constraints.positive_definite.check(torch.stack([torch.eye(2), -torch.eye(2)])).tolist() == [True, False]
    assert constraints.integer_interval(0, 2).check(torch.tensor([0.0, 1.5, 3.0])).tolist() == [True, False, False]
    assert repr(constraints.interval(0.0, 2.0)) == "Interval(lower_bound=0.0, upper_bound=2.0)"
    assert repr(constraints.real_vector) == "IndependentConstraint(Real(), 1)"


def test_what_has_no_transform_is_refused_by_name():
    with pytest.raises(NotImplementedError, match="Cannot transform _Boolean constraints"):
        d.biject_to(constraints.boolean)
    with pytest.raises(ValueError, match="cache_size must be 0 or 1"):
        d.ExpTransform(cache_size=2)


def test_a_transformed_distribution_has_the_density_of_its_values():
    mean = torch.zeros(3, dtype=torch.float64)
    made = d.TransformedDistribution(d.Normal(mean, 1.0), [d.AffineTransform(1.0, 2.0), d.ExpTransform()])
    plain = d.LogNormal(mean + 1, 2.0)
    value = plain.sample((5,))
    assert torch.allclose(made.log_prob(value), plain.log_prob(value))
    assert torch.allclose(made.cdf(value), d.Normal(1.0, 2.0).cdf(value.log()))
    assert isinstance(transforms.identity_transform, d.ComposeTransform)
