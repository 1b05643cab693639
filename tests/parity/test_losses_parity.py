"""Losses compared live with PyTorch: values, derivatives of both orders, node names and refusals."""

import numpy
import pytest
import torch
from torch.nn import functional as theirs

import tinytorch
from tinytorch.nn import functional as ours

REDUCTIONS = ("mean", "sum", "none")
random = numpy.random.RandomState(5)
PLAIN, OTHER = random.randn(4, 3) * 2, random.randn(4, 3)
BETWEEN, SHARES = random.uniform(0.05, 0.95, (4, 3)), random.uniform(0, 1, (4, 3))
WEIGHTS = random.uniform(0.5, 2, (4, 3))
DISTANCES = [
    ("mse_loss", PLAIN, OTHER, {}), ("l1_loss", PLAIN, OTHER, {}), ("smooth_l1_loss", PLAIN, OTHER, {}),
    ("smooth_l1_loss", PLAIN, OTHER, {"beta": 0.3}), ("smooth_l1_loss", PLAIN, OTHER, {"beta": 0}), ("huber_loss",
    PLAIN, OTHER, {}),
    ("huber_loss", PLAIN, OTHER, {"delta": 0.4}), ("kl_div", PLAIN, SHARES, {}), ("kl_div",
    PLAIN, OTHER, {"log_target": True}),
    ("binary_cross_entropy", BETWEEN, SHARES, {}), ("binary_cross_entropy", BETWEEN, SHARES, {"weight": WEIGHTS}),
    ("binary_cross_entropy_with_logits", PLAIN, SHARES, {}),
    ("binary_cross_entropy_with_logits", PLAIN, SHARES, {"weight": WEIGHTS}),
    ("binary_cross_entropy_with_logits", PLAIN, SHARES, {"pos_weight": WEIGHTS[0]}),
]  # fmt: skip
SETTINGS = [
    {}, {"weight": [*WEIGHTS[:, 0].tolist(), 0.7]}, {"ignore_index": 1}, {"ignore_index": -7},
    {"weight": [*WEIGHTS[:, 0].tolist(), 0.7], "ignore_index": 2},
]  # fmt: skip


def tensor(library, values, dtype="float64"):
    numbers = numpy.asarray(values)
    return library.tensor(numbers.tolist(), dtype=getattr(library, dtype)).reshape(numbers.shape)


def numbers(values):
    return numpy.array(values.clone().tolist(), dtype=numpy.float64)  # PyTorch's zeros may have no memory of their own


def same(one, other, tolerance=1e-13):
    numpy.testing.assert_allclose(numbers(one), numbers(other), rtol=tolerance, atol=tolerance)
    assert tuple(one.shape) == tuple(other.shape)
    assert str(one.dtype) == str(other.dtype)


def settled(library, settings):
    """Settings with tensors in the place of arrays and lists."""
    return {
        name: tensor(library, value) if isinstance(value, list | numpy.ndarray) else value
        for name, value in settings.items()
    }


def derivatives(library, result, inputs):
    """The gradients of a weighted sum of the result, and those of the sum of their squares."""
    weights = library.arange(result.numel(), dtype=library.float64).reshape(result.shape).cos()
    first = library.autograd.grad((result * weights).sum(), inputs, create_graph=True)
    total = sum((each * each).sum() for each in first)
    second = library.autograd.grad(total, inputs, allow_unused=True) if total.requires_grad else [None] * len(inputs)
    return first, second


def same_derivatives(found, expected, second=1e-12):
    for one, other in zip(found[0], expected[0], strict=True):
        same(one, other)
    for one, other in zip(found[1], expected[1], strict=True):
        if one is None or other is None:
            assert all(each is None or not each.any() for each in (one, other))
        else:
            same(one, other, second)


@pytest.mark.filterwarnings("ignore:reduction. 'mean':UserWarning")
@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize(("name", "input", "target", "settings"), DISTANCES)
def test_distances_and_their_derivatives_are_pytorchs(name, input, target, settings, reduction):
    found = []
    for library, functions in ((tinytorch, ours), (torch, theirs)):
        inputs = tensor(library, input).requires_grad_(), tensor(library, target).requires_grad_()
        result = getattr(functions, name)(*inputs, reduction=reduction, **settled(library, settings))
        found.append((result, derivatives(library, result, inputs), result.grad_fn.name()))
    same(found[0][0], found[1][0])
    adds_to_denominators = name == "binary_cross_entropy"  # as PyTorch does, 1e-12, in the second derivative alone
    same_derivatives(found[0][1], found[1][1], 1e-10 if adds_to_denominators else 1e-12)
    assert found[0][2] == found[1][2]


@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("settings", SETTINGS)
@pytest.mark.parametrize("name", ["nll_loss", "cross_entropy"])
@pytest.mark.parametrize("shape", [(5,), (4, 5), (4, 5, 3), (2, 5, 3, 2), (2, 5, 2, 1, 3), (0, 5)])
def test_losses_of_classes_and_their_derivatives_are_pytorchs(name, shape, settings, reduction):
    input = numpy.random.RandomState(0).randn(*shape)
    target = numpy.random.RandomState(1).randint(0, 5, (*shape[:1], *shape[2:]) if len(shape) > 1 else ())
    if settings.get("ignore_index") == -7 and target.size > 1:
        target.reshape(-1)[1] = -7
    found = []
    for library, functions in ((tinytorch, ours), (torch, theirs)):
        leaf = tensor(library, input).requires_grad_()
        result = getattr(functions, name)(
            leaf, tensor(library, target, "int64"), reduction=reduction, **settled(library, settings)
        )
        found.append((result, derivatives(library, result, (leaf,)), result.grad_fn.name()))
    same(found[0][0], found[1][0])
    same_derivatives(found[0][1], found[1][1])
    if not (reduction == "none" and len(shape) in (3, 5)):  # which PyTorch views as four dimensions and back
        assert found[0][2] == found[1][2]


@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("settings", SETTINGS)
def test_label_smoothing_is_pytorchs(settings, reduction):
    input, target = numpy.random.RandomState(0).randn(4, 5, 2), numpy.random.RandomState(1).randint(0, 5, (4, 2))
    found = []
    for library, functions in ((tinytorch, ours), (torch, theirs)):
        leaf = tensor(library, input).requires_grad_()
        result = functions.cross_entropy(
            leaf,
            tensor(library, target, "int64"),
            reduction=reduction,
            label_smoothing=0.1,
            **settled(library, settings),
        )
        found.append((result, derivatives(library, result, (leaf,))))
    same(found[0][0], found[1][0])
    same_derivatives(found[0][1], found[1][1])


@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("smoothing", [0.0, 0.2])
@pytest.mark.parametrize("shape", [(5,), (4, 5), (4, 5, 3)])
@pytest.mark.parametrize("weighted", [False, True])
def test_probabilities_as_targets_are_pytorchs(shape, weighted, smoothing, reduction):
    input, target = numpy.random.RandomState(0).randn(*shape), numpy.random.RandomState(1).rand(*shape)
    found = []
    for library, functions in ((tinytorch, ours), (torch, theirs)):
        inputs = tensor(library, input).requires_grad_(), tensor(library, target).requires_grad_()
        weight = tensor(library, [1, 2, 0.5, 1.5, 0.25]) if weighted else None
        result = functions.cross_entropy(*inputs, weight=weight, reduction=reduction, label_smoothing=smoothing)
        found.append((result, derivatives(library, result, inputs)))
    same(found[0][0], found[1][0])
    same_derivatives(found[0][1], found[1][1])


def refusal(call):
    try:
        return str(call().dtype)
    except (RuntimeError, TypeError, ValueError, IndexError) as error:
        return type(error).__name__, str(error)


def classes(shape, targets, dtype="int64", input_dtype="float32", name="cross_entropy", **settings):
    """A call of a loss of classes, as a function of the library and its functions."""

    def call(library, functions):
        input = library.ones(shape, dtype=getattr(library, input_dtype))
        given = {key: library.ones(value) if isinstance(value, tuple) else value for key, value in settings.items()}
        return getattr(functions, name)(input, tensor(library, targets, dtype), **given)

    return call


def distance(name, shape, other, dtype="float32", value=0.5, **settings):
    def call(library, functions):
        made = [library.full(each, value, dtype=getattr(library, dtype)) for each in (shape, other)]
        return getattr(functions, name)(*made, **settings)

    return call


WRONG = [
    classes((3, 5), [0, 5, 1]), classes((3, 5), [0, -1, 1]), classes((3, 5), [0, 1, 1], "int32"),
    classes((3, 5), [0, 1, 1], "float32"), classes((3, 5), [0, 1, 1], "uint8"), classes((3, 5), [0, 1]),
    classes((3, 5), [[0, 1, 1]]),
    classes((3, 5), 1), classes((3, 5), [0, 1, 1], weight=(4,)), classes((3, 5), [0, 1, 1], reduction="avg"),
    classes((3, 5), [0, 1, 1], label_smoothing=2.0), classes((), 1), classes((3, 5), [0, 1, 1], input_dtype="int64"),
    classes((), 1, name="nll_loss"), classes((3, 5), [[0, 1, 1]], name="nll_loss"), classes((2, 3),
    [1, 2], input_dtype="int64", name="nll_loss"),
    classes((2, 3, 4), [[0] * 5] * 2, name="nll_loss"), classes((2, 3, 4), [[0] * 4] * 3, name="nll_loss"),
    classes((2, 3), [7, -100], name="nll_loss", reduction="none"), classes((2, 3), [-100, -100], name="nll_loss"),
    classes((2, 2), [[1, 0], [0, 1]]), classes((2, 2), [[1, 0], [0, 1]], "float32", ignore_index=1),
    distance("mse_loss", (2, 3), (2, 3), reduction="x"), distance("mse_loss", (2, 3), (2, 3), "int64"),
    distance("mse_loss", (2, 3), (2, 3), "bool"), distance("l1_loss", (2, 3), (2, 3), "int64"),
    distance("smooth_l1_loss", (2, 3), (2, 3), beta=-1.0), distance("huber_loss", (2, 3), (2, 3), delta=0.0),
    distance("binary_cross_entropy", (2, 3), (2, 3), value=1.5), distance("binary_cross_entropy", (2, 3), (2,)),
    distance("binary_cross_entropy_with_logits", (2, 3), (2,)),
]  # fmt: skip


@pytest.mark.parametrize("place", range(len(WRONG)))
def test_refusals_are_pytorchs(place):
    call = WRONG[place]
    assert refusal(lambda: call(tinytorch, ours)) == refusal(lambda: call(torch, theirs))


def test_shapes_that_broadcast_are_warned_of():
    for functions, library in ((ours, tinytorch), (theirs, torch)):
        with pytest.warns(UserWarning, match="Using a target size"):
            functions.mse_loss(library.ones(2, 3), library.zeros(3))


@pytest.mark.parametrize(
    "dtypes", [("float32", "float64"), ("float64", "float32"), ("float32", "int64"), ("float16", "float16")]
)
def test_the_dtype_of_a_loss_is_pytorchs(dtypes):
    found = []
    for library, functions in ((tinytorch, ours), (torch, theirs)):
        one, other = tensor(library, PLAIN, dtypes[0]).requires_grad_(), tensor(library, OTHER, dtypes[1])
        loss = functions.mse_loss(one, other)
        loss.backward()
        found.append((loss, one.grad))
    same(found[0][0], found[1][0], 1e-3 if "float16" in dtypes else 1e-6)
    same(found[0][1], found[1][1], 1e-3 if "float16" in dtypes else 1e-6)
