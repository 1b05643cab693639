"""Activations compared live with PyTorch: values, derivatives of both orders, node names and refusals."""

import numpy
import pytest
import torch
from torch.nn import functional as theirs

import tinytorch
from tinytorch.nn import functional as ours

CALLS = [
    ("relu", {}), ("leaky_relu", {}), ("leaky_relu", {"negative_slope": 0.3}), ("threshold",
    {"threshold": 0.4, "value": 2.5}),
    ("hardtanh", {}), ("hardtanh", {"min_val": -2, "max_val": 0.5}), ("relu6", {}), ("elu", {}), ("elu",
    {"alpha": 0.7}),
    ("celu", {}), ("celu", {"alpha": 1.75}), ("selu", {}), ("hardsigmoid", {}), ("hardswish", {}), ("hardshrink", {}),
    ("hardshrink", {"lambd": 1.0}), ("softshrink", {}), ("silu", {}), ("mish", {}), ("softplus", {}),
    ("softplus", {"beta": 2, "threshold": 3}), ("logsigmoid", {}), ("softsign", {}), ("tanhshrink", {}), ("gelu", {}),
    ("gelu", {"approximate": "tanh"}), ("glu", {}), ("glu", {"dim": 0}), ("softmax", {"dim": 1}), ("softmax",
    {"dim": 0}),
    ("softmin", {"dim": -1}), ("log_softmax", {"dim": 1}), ("log_softmax", {"dim": -2}),
]  # fmt: skip
NAMES = sorted({name for name, _ in CALLS})
every_call = pytest.mark.parametrize(("name", "settings"), CALLS)
TOLERANCE = {"float64": 1e-14, "float32": 1e-6, "float16": 2e-3, "bfloat16": 2e-2}
ROUNDED = {"hardsigmoid": 1e-8}  # PyTorch's derivative is 1 / 6 rounded to float32 in every dtype


def values():
    """Numbers on both sides of every bend, and none on one."""
    return numpy.random.RandomState(3).uniform(-7, 7, (4, 6)) * numpy.array([1, 0.1, 3, 0.5, 1, 0.2])


def both(numbers, dtype="float64", layout="rows"):
    made = []
    for library in (tinytorch, torch):
        tensor = library.tensor(numbers.tolist(), dtype=getattr(library, dtype)).reshape(numbers.shape)
        made.append(tensor.t() if layout == "columns" else tensor)
    return made


def as_numbers(tensor):
    return numpy.array(tensor.tolist(), dtype=numpy.float64)


def close(one, other, tolerance):
    numpy.testing.assert_allclose(as_numbers(one), as_numbers(other), rtol=tolerance, atol=tolerance)
    assert tuple(one.shape) == tuple(other.shape)
    assert str(one.dtype) == str(other.dtype)


@every_call
@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize("layout", ["rows", "columns"])
def test_values_are_pytorchs(name, settings, dtype, layout):
    one, other = both(values(), dtype, layout)
    found, expected = getattr(ours, name)(one, **settings), getattr(theirs, name)(other, **settings)
    close(found, expected, TOLERANCE[dtype])
    assert found.stride() == expected.stride()


@every_call
def test_what_is_not_finite_is_pytorchs(name, settings):
    infinity = 3e4 if name == "gelu" else numpy.inf  # of which PyTorch makes inf or nan, by the number of elements
    special = numpy.array([[numpy.nan, infinity, -infinity, 0.0], [-0.0, 500.0, -500.0, 1e-30]])
    one, other = both(special, "float32")
    found, expected = getattr(ours, name)(one, **settings), getattr(theirs, name)(other, **settings)
    numpy.testing.assert_allclose(as_numbers(found), as_numbers(expected), rtol=1e-5)


@every_call
@pytest.mark.parametrize("layout", ["rows", "columns"])
def test_derivatives_of_both_orders_and_node_names_are_pytorchs(name, settings, layout):
    orders = []
    for library, functions, tensor in zip(
        (tinytorch, torch), (ours, theirs), both(values(), layout=layout), strict=True
    ):
        tensor.requires_grad_()
        result = getattr(functions, name)(tensor, **settings)
        weights = library.arange(result.numel(), dtype=library.float64).reshape(result.shape).sin()
        (first,) = library.autograd.grad((result * weights).sum(), tensor, create_graph=True)
        second = None
        if first.requires_grad and name != "hardsigmoid":  # which has no second derivative in PyTorch
            (second,) = library.autograd.grad((first * first).sum(), tensor, allow_unused=True)
        orders.append((result.grad_fn.name(), first, second))
    (node, first, second), (their_node, their_first, their_second) = orders
    assert node == their_node
    close(first, their_first, ROUNDED.get(name, 1e-13))
    if second is None or their_second is None:
        assert all(each is None or not each.any() for each in (second, their_second))
    else:
        close(second, their_second, 1e-12)


def refusal(function, *args, **settings):
    try:
        return str(function(*args, **settings).dtype)
    except (RuntimeError, TypeError, ValueError, IndexError) as error:
        return type(error).__name__, str(error)


@every_call
@pytest.mark.parametrize("dtype", ["int64", "bool", "complex64"])
def test_dtypes_are_refused_in_pytorchs_words(name, settings, dtype):
    found = refusal(getattr(ours, name), tinytorch.ones(2, 4, dtype=getattr(tinytorch, dtype)), **settings)
    expected = refusal(getattr(theirs, name), torch.ones(2, 4, dtype=getattr(torch, dtype)), **settings)
    assert found == expected


@pytest.mark.parametrize(
    "name",
    ["relu", "leaky_relu", "hardtanh", "relu6", "elu", "celu", "selu", "hardsigmoid", "hardswish", "silu", "mish"],
)
def test_in_place_gives_the_same_values_and_gradient(name):
    found = []
    for library, functions, tensor in zip((tinytorch, torch), (ours, theirs), both(values()), strict=True):
        tensor.requires_grad_()
        inner = tensor * 1
        result = getattr(functions, name)(inner, inplace=True)
        assert result is inner and inner._version == 1
        result.sum().backward()
        found.append((result, tensor.grad))
        assert library is not None
    close(found[0][0], found[1][0], 1e-14)
    close(found[0][1], found[1][1], ROUNDED.get(name, 1e-14))


@pytest.mark.parametrize("shape", [(3,), (2, 3), (2, 3, 4)])
@pytest.mark.parametrize("count", [1, 3])
def test_prelu_and_its_gradients_are_pytorchs(shape, count):
    numbers = numpy.random.RandomState(1).randn(*shape)
    results = []
    for library, functions, tensor in zip((tinytorch, torch), (ours, theirs), both(numbers), strict=True):
        weight = library.full((count,), 0.3, dtype=library.float64, requires_grad=True)
        if count == 3 and len(shape) == 1:
            results.append(refusal(functions.prelu, tensor, weight))
            continue
        result = functions.prelu(tensor.requires_grad_(), weight)
        results.append((result, *library.autograd.grad(result.sum(), (tensor, weight)), result.grad_fn.name()))
    if isinstance(results[0], tuple) and isinstance(results[0][0], str):
        assert results[0] == results[1]
        return
    for one, other in zip(results[0][:3], results[1][:3], strict=True):
        close(one, other, 1e-14)
    assert results[0][3] == results[1][3]


@pytest.mark.parametrize(
    ("name", "shape", "settings"),
    [
        ("gelu", (2,), {"approximate": "x"}), ("glu", (3,), {}), ("glu", (), {}), ("hardtanh", (2,),
        {"min_val": 1, "max_val": -1}),
        ("softshrink", (2,), {"lambd": -1}), ("softmax", (2,), {"dim": 1}), ("log_softmax", (2, 3), {"dim": -3}),
        ("softmax", (), {"dim": 1}), ("softmax", (2, 2), {"dim": 0.5}),
    ],
)  # fmt: skip
def test_wrong_settings_are_refused_in_pytorchs_words(name, shape, settings):
    found = refusal(getattr(ours, name), tinytorch.ones(shape), **settings)
    expected = refusal(getattr(theirs, name), torch.ones(shape), **settings)
    assert found[0] == expected[0]
    assert found == expected or found[0] == "TypeError"


@pytest.mark.parametrize("name", ["softmax", "log_softmax", "softmin"])
@pytest.mark.parametrize("shape", [(), (3,), (2, 3), (2, 3, 4), (2, 0, 3), (0, 3)])
def test_softmax_of_each_number_of_dimensions_is_pytorchs(name, shape):
    one, other = both(numpy.random.RandomState(0).randn(*shape) if shape else numpy.array(1.5), "float32")
    for dim in range(-max(len(shape), 1), max(len(shape), 1)):
        found, expected = getattr(ours, name)(one, dim), getattr(theirs, name)(other, dim)
        if expected.numel():
            close(found, expected, 1e-6)
        assert tuple(found.shape) == tuple(expected.shape)
    with pytest.warns(UserWarning, match="Implicit dimension"):
        getattr(ours, name)(one)


def test_softmax_casts_before_it_computes():
    for dtype in ("int64", "float32"):
        one, other = both(numpy.array([[1.0, 3.0], [2.0, 2.0]]), dtype)
        close(ours.softmax(one, 1, dtype=tinytorch.float64), theirs.softmax(other, 1, dtype=torch.float64), 1e-15)
    one = tinytorch.ones(2, requires_grad=True)
    one.softmax(0, tinytorch.float64)[0].backward()
    assert one.grad.dtype is tinytorch.float32


def test_the_error_function_is_pytorchs():
    one, other = both(numpy.linspace(-8, 8, 4001))
    close(tinytorch.erf(one), torch.erf(other), 5e-16)
