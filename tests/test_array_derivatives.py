"""Derivatives on raw arrays: the same numbers as those of tensors, to the last bit, and the cases that they leave."""

import pytest

import tinytorch as torch
from tests.captured import calls
from tinytorch import array_derivatives
from tinytorch.apply import apply
from tinytorch.declaration import registry
from tinytorch.tensor import Tensor

WITH_TWINS = [name for name, op in registry.items() if op.node.twins is not None]


def leaf(value):
    """A tensor as a leaf that wants its gradient, where it can."""
    if not isinstance(value, Tensor):
        return value
    fresh = value.detach()
    return fresh.requires_grad_() if fresh.is_floating_point() else fresh


def gradients(op, args, create_graph):
    """The gradients of a call, given numbers that are no ones."""
    args = tuple([leaf(value) for value in args])
    for each in args:
        if isinstance(each, torch.Generator):
            each.manual_seed(0)  # every call draws the same numbers
    inputs = [args[place] for place in op.input_positions if isinstance(args[place], Tensor)]
    inputs = [each for each in inputs if each.requires_grad]
    result = apply(op, args)
    if not isinstance(result, Tensor) or not result.requires_grad:
        return []
    weights = torch.arange(1, result.numel() + 1, dtype=result.dtype).reshape(result.shape) * 0.3
    return torch.autograd.grad(result, inputs, weights, create_graph=create_graph, allow_unused=True)


def same(one, other):
    return one is other is None or torch.equal(torch.nan_to_num(one), torch.nan_to_num(other))


@pytest.mark.parametrize("name", WITH_TWINS)
def test_gradients_on_arrays_are_those_on_tensors(name):
    op = registry[name]
    for args, in_place in calls().get(name, []):
        if in_place:
            continue
        try:
            expected = gradients(op, args, True)
        except (RuntimeError, NotImplementedError):
            continue  # what has no derivative says so either way
        found = gradients(op, args, False)
        assert all(same(one, other) for one, other in zip(found, expected, strict=True)), args


def test_the_usual_formulas_never_see_a_tensor(monkeypatch):
    monkeypatch.setattr(array_derivatives, "pull_by_tensors", None)
    x, y = torch.rand(3, requires_grad=True), torch.rand(3, requires_grad=True)
    for formula in (
        lambda: ((x * y).exp() + x / y - y).sum(),
        lambda: (x.sigmoid() * y.tanh()).mean(),
        lambda: ((x - y) ** 2).sum(),
        lambda: (x.relu() + y.sqrt().log() - x.sin() * y.cos()).sum(),
    ):
        formula().backward()
    assert torch.isfinite(x.grad).all()


def test_a_value_that_was_written_over_is_refused():
    x = torch.rand(3, requires_grad=True)
    y = x * 2
    z = y.exp()
    z.mul_(2)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        z.sum().backward()


def test_a_graph_that_was_freed_is_refused():
    x = torch.rand(3, requires_grad=True)
    y = (x * x).sum()
    y.backward()
    with pytest.raises(RuntimeError, match="backward through the graph a second time"):
        y.backward()


def test_other_orders_of_memory_and_dtypes_go_by_tensors():
    x = torch.rand(3, 4, requires_grad=True)
    (x.t() * torch.rand(4, 3)).sum().backward()
    half = torch.rand(3, dtype=torch.float16, requires_grad=True)
    half.exp().sum().backward()
    assert half.grad.dtype == torch.float16 and x.grad.shape == (3, 4)
