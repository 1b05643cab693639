"""What operations declare for forward mode and vmap is true: `linear` of every call, `batch` of what can be stacked."""

import itertools

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


def stacked(op, args, in_place):
    """How a dimension more in front of all tensors is not one more in front of the result, or ""."""
    return not_batched(op, args, in_place, tensors_of(args), tinytorch.stack)


def folded(op, args, in_place):
    """How no choice of tensors can have a batch in the first dimension, so that the result has it there, or ""."""
    places = tensors_of(args)
    choices = [some for count in range(1, len(places) + 1) for some in itertools.combinations(places, count)]
    found = [not_batched(op, args, in_place, some, tinytorch.cat) for some in choices]
    return "" if "" in found else " or ".join(found)


def tensors_of(args):
    """The places of tensors among arguments."""
    return [place for place, each in enumerate(args) if isinstance(each, Tensor)]


def not_batched(op, args, in_place, places, join):
    """How the result of two calls' joined arguments, at some places, is not the two results joined, or ""."""
    chance = numpy.random.RandomState(3)
    again = list(args)
    for place in places:
        again[place] = random_like(args[place], chance) if args[place].is_floating_point() else args[place]
    try:
        results = zip(result_of(op, args, in_place), result_of(op, again, in_place), strict=True)
        both = [join(pair) if place in places else pair[0] for place, pair in enumerate(zip(args, again, strict=True))]
        found = result_of(op, both, in_place)
        wanted = [join([tinytorch.tensor(each) for each in pair]).numpy() for pair in results]
    except (RuntimeError, ValueError, IndexError, TypeError) as error:
        return f"{places}: {error}"
    same = all(
        one.shape == other.shape and numpy.allclose(one, other, 1e-4, 1e-4, equal_nan=True)
        for one, other in zip(found, wanted, strict=True)
    )
    return "" if same else f"{places}: {found}, not {wanted}"


def wrong(name, question):
    """What a question complains of in the calls of an operation."""
    op = registry[name]
    found = [call for call in calls().get(name, []) if question is not nonlinear or has_derivatives(op, call[0])]
    complaints = [complaint for args in found if (complaint := question(op, *args))]
    return "\n".join([f"{len(found)} calls", *complaints]) if complaints or not found else ""


FEWER = "operands with fewer dimensions broadcast, and would no longer do so with one more each"
NOT_STACKED = {  # what takes a batch of operands that have the same number of dimensions, and is sampled with others
    "cholesky_solution": FEWER,
    "linalg_ldl_solve": FEWER,
    "linalg_pinv": FEWER,
    "linalg_lstsq": "whether there are residuals is decided for all matrices of a batch together",
    "linalg_eigvals": "samples that want gradients compute the eigenvectors too",
    "fractional_max_places": "an image without a batch has its channels in front",
}
NOT_SAMPLED = {"embed_first": "PyTorch refuses the gradient that leads to it"}
LINEAR = sorted(name for name, op in registry.items() if op.rule.linear)
BATCHES = {"leading": stacked, "fold": folded}
BATCHED = sorted((name, op.rule.batch) for name, op in registry.items() if op.rule.batch and name not in NOT_STACKED)
LOOKS_LINEAR = {  # what is linear in all its samples, but not in all calls
    "nan_to_num": "not where there is nan",
    "nansum": "not where there is nan",
    "nextafter": "but for the last bit",
    "scatter_at": 'not with reduce="multiply"',
}


LOOKS_LEADING = {  # what takes a dimension in front in all its samples, but not in all calls
    "diag_embed": "a `dim1` that is counted from the front is another one then",
    "cumprod": "a `dim` that is counted from the front is another one then",
    "masked_fill": "not where the mask has fewer dimensions than the input",
    "contiguous_copy": "not into a memory format, which has a number of dimensions",
    "to_copy": "not into a memory format, which has a number of dimensions",
    "found_among": "where what is looked for stands among the other elements",
    "masked_scatter": "where one mask ends, the next would go on in the same source",
}


def arguments(name):
    """The arguments of the calls of an operation."""
    return [args for args, _ in calls().get(name, [])]


@pytest.mark.parametrize("name", [each for each in LINEAR if each not in NOT_SAMPLED])
def test_what_is_declared_linear_is(name):
    assert wrong(name, nonlinear) == ""


@pytest.mark.parametrize(("name", "batch"), BATCHED)
def test_what_takes_a_batch_does(name, batch):
    assert wrong(name, BATCHES[batch]) == ""


def test_what_is_linear_is_declared_so():
    undeclared = [name for name, op in registry.items() if op.inputs and name not in LINEAR]
    assert sorted(name for name in undeclared if wrong(name, nonlinear) == "") == sorted(LOOKS_LINEAR)


def test_what_takes_leading_dimensions_is_declared_so():
    undeclared = [name for name, op in registry.items() if op.kind == "general" and op.rule.batch is None]
    found = [name for name in undeclared if any(map(tensors_of, arguments(name))) and wrong(name, stacked) == ""]
    assert sorted(found) == sorted(LOOKS_LEADING)


def test_a_false_declaration_is_noticed():
    assert "f(2x - 3y) is" in wrong("sin", nonlinear)
    assert "not" in wrong("sum", stacked)
    assert "not" in wrong("softmax", folded)
