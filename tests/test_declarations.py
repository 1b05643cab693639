"""What operations declare for forward mode is true: that they are linear, in every call of theirs."""

import numpy
import pytest

import tinytorch
from tests.captured import calls
from tinytorch.apply import compute
from tinytorch.declaration import registry
from tinytorch.tensor import Tensor

EXACT = {"float64": 1e-9, "complex128": 1e-9, "float16": 1e-2}


def result_of(op, args, in_place):
    """What a call gives, as a list of arrays."""
    if in_place:
        target = args[0].clone()
        return [compute(op, (target, *args[1:]), target).numpy()]
    found = compute(op, tuple(args))
    return [each.numpy() for each in (found if isinstance(found, tuple) else (found,))]


def mapped(function, *values):
    """A function of tensors or numbers, through lists of them."""
    if isinstance(values[0], (list, tuple)):
        return type(values[0])([mapped(function, *each) for each in zip(*values, strict=True)])
    return function(*values)


def random_like(value, chance):
    """Other numbers in the place of a tensor or a number; the first call's shapes and dtypes."""
    if not isinstance(value, Tensor):
        return value if value is None else float(chance.normal())
    numbers = chance.normal(size=value.shape)
    if value.is_complex():
        numbers = numbers + 1j * chance.normal(size=value.shape)
    return tinytorch.tensor(numbers, dtype=value.dtype)


def nonlinear(op, args, in_place):
    """How a call is not linear in all differentiable inputs together, or ""."""
    chance = numpy.random.RandomState(3)
    inputs = [args[place] for place in op.input_positions]
    exact = max([EXACT.get(str(each.dtype).removeprefix("torch."), 1e-4) for each in tensors_in(inputs)])
    one, other = [mapped(lambda each: random_like(each, chance), inputs) for _ in range(2)]
    both = mapped(lambda x, y: None if x is None else x * 2 - y * 3, one, other)

    def image(inputs):
        given = dict(zip(op.input_positions, inputs, strict=True))
        return result_of(op, [given.get(place, each) for place, each in enumerate(args)], in_place)

    try:
        results = zip(image(one), image(other), image(both), strict=True)
    except RuntimeError as error:  # some take no other numbers
        return str(error)
    for x, y, whole in results:
        if not x.size or (numpy.isnan(x).all() and numpy.isnan(whole).all()):
            continue  # the mean of nothing says nothing
        if not all(numpy.isfinite(each).all() for each in (x, y, whole)):
            return "some results are not finite"
        near = max(exact, EXACT.get(str(whole.dtype), 1e-4))
        if whole.dtype.kind in "fc" and not numpy.allclose(2 * x - 3 * y, whole, near, near):
            return f"f(2x - 3y) is {whole.ravel()[:3]}, 2f(x) - 3f(y) is {(2 * x - 3 * y).ravel()[:3]}"
    return ""


def tensors_in(value):
    """The tensors in an argument: itself, or those of a list."""
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, (list, tuple)):
        for each in value:
            yield from tensors_in(each)


def has_derivatives(op, args):
    """Whether a differentiable input of a call has numbers that can have a derivative."""
    inputs = tensors_in([args[place] for place in op.input_positions])
    return any(each.is_floating_point() or each.is_complex() for each in inputs)


def wrong(name):
    """How calls of an operation are not linear, or ""."""
    op = registry[name]
    found = [call for call in calls().get(name, []) if has_derivatives(op, call[0])]
    complaints = [complaint for args in found if (complaint := nonlinear(op, *args))]
    return "\n".join([f"{len(found)} calls", *complaints]) if complaints or not found else ""


NOT_SAMPLED = {
    "embed_first": "PyTorch refuses the gradient that leads to it",
    "scattered": "tests/ops/coordinates/ call it",
    "scattered_onto": "tests/ops/coordinates/ call it",
    "rows_of_steps": "tests/nn/test_packed_sequences.py calls it",
    "steps_side_by_side": "tests/nn/test_packed_sequences.py calls it",
}
LINEAR = sorted(name for name, op in registry.items() if op.rule.linear)
LOOKS_LINEAR = {  # what is linear in all its samples, but not in all calls
    "nan_to_num": "not where there is nan",
    "nansum": "not where there is nan",
    "nextafter": "but for the last bit",
    "scatter_at": 'not with reduce="multiply"',
}


def test_each_derivative_names_what_its_node_has():
    for op in registry.values():
        assert len(op.node.derivatives) == len(op.inputs), op  # which are wired here, or else when backward first comes
        assert len(getattr(op.node, "groups", ())) == len(op.shared), op


@pytest.mark.parametrize("name", [each for each in LINEAR if each not in NOT_SAMPLED])
def test_what_is_declared_linear_is(name):
    assert wrong(name) == ""


def test_what_is_linear_is_declared_so():
    undeclared = [name for name, op in registry.items() if op.inputs and name not in LINEAR]
    assert sorted(name for name in undeclared if wrong(name) == "") == sorted(LOOKS_LINEAR)


def test_a_false_declaration_is_noticed():
    assert "f(2x - 3y) is" in wrong("sin")
