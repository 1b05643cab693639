"""Forward mode of every operation, from its row of samples: it agrees with reverse mode, in orders one and two.

A tangent v moves a result by Jv, a gradient u comes back as J^T u, and <u, Jv> is <J^T u, v>: of complex numbers the
real part. A second derivative is the same by each way to it: gradients of gradients, tangents of gradients, gradients
of tangents, and tangents of tangents.
"""

import itertools
import warnings

import numpy
import pytest

import tinytorch
from tests import observation
from tests.observation import REFUSALS, Call
from tests.samples import rows
from tinytorch.autograd import grad
from tinytorch.forward import Level
from tinytorch.func import vmap

NAMES = sorted(name for name, row in rows.items() if not row.apart and observation.exists(tinytorch, row, name))
NONE = {"ctc_loss": "its derivative has no derivative, as PyTorch's has none"}
ONCE = {"standard_gamma_of": "its derivative has none but tangents, and PyTorch's none at all"}
REAL = {"softmax_backward_data": "its formula is that of real numbers, as softmax takes no others"}
APART = {"embedding_by_rules": "its rules, padding and frequencies, are of the gradient alone, in PyTorch too"}
UNMAPPED = {"bincount": "the number of its results depends on the values"}
every_operation = pytest.mark.parametrize("name", [name for name in NAMES if name not in {*NONE, *APART}])


def forms(name):
    """Each way of calling an operation with one of its samples: (sample, dtype, whether it is the in-place form)."""
    row = rows[name]
    for sample, dtype in itertools.product(row.samples, ("float64", "complex128")):
        if dtype == "float64" or name not in REAL:
            yield sample, dtype, False
            if observation.has_in_place(tinytorch, name, sample) and not row.random:
                yield sample, dtype, True


class Form:
    """One way of calling an operation, with random tangents v and w of its leaves and gradients u of its results."""

    def __init__(self, name, sample, dtype, in_place):
        self.name, self.sample, self.dtype, self.in_place = name, sample, dtype, in_place
        self.chance = numpy.random.RandomState(5)
        leaves, results = self.run()
        self.v, self.w = [[self.random_like(each) if each.requires_grad else None for each in leaves] for _ in "vw"]
        self.u = [self.random_like(each) * each.detach().isfinite() for each in results]
        self.backwards = product(pulled(*self.run(), self.u), self.v)

    def random_like(self, tensor):
        numbers = self.chance.normal(size=tuple(tensor.shape))
        if tensor.is_complex():
            numbers = numbers + 1j * self.chance.normal(size=tuple(tensor.shape))
        return tinytorch.tensor(numbers, dtype=tensor.dtype)

    def run(self, *levels):
        """New leaves, dual at each of the levels with its tangents, and the results that depend on them."""
        call = Call(tinytorch, rows[self.name], self.name, self.sample, (self.dtype,))
        call.require_grad()
        leaves = call.leaves
        for level, tangents in levels:
            pairs = zip(leaves, tangents, strict=True)
            leaves = [each if tangent is None else level.make_dual(each, tangent) for each, tangent in pairs]
        if self.in_place:
            _, method, positional, named = call.in_place(leaves)
            results = [method(*positional, **named)]
        else:
            results = call(*leaves)
        return leaves, [each for each in results if each.requires_grad]


def pulled(leaves, results, gradients, create_graph=False):
    """The gradients of the leaves for those of results; None for a result that has no history counts for nothing."""
    pairs = [pair for pair in zip(results, gradients, strict=True) if pair[0] is not None and pair[0].requires_grad]
    if not pairs:
        return [None] * len(leaves)
    results, gradients = zip(*pairs, strict=True)
    wanted = [each for each in leaves if each.requires_grad]
    found = iter(grad(results, wanted, gradients, create_graph=create_graph, allow_unused=True))
    return [next(found) if each.requires_grad else None for each in leaves]


def product(ones, others):
    """The real inner product of lists of tensors; None is zero."""
    pairs = [pair for pair in zip(ones, others, strict=True) if pair[0] is not None and pair[1] is not None]
    return sum([float((one.detach().conj() * other.detach()).sum().real) for one, other in pairs])


def finite(tangents, results):
    """Tangents with zeros where a result is no number, of which nothing is asked."""
    pairs = zip(tangents, results, strict=True)
    return [None if tangent is None else tangent.where(each.isfinite(), 0) for tangent, each in pairs]


def first_orders(form):
    """The derivative of <u, results> along v, by either mode."""
    with Level() as level:
        _, results = form.run((level, form.v))
        tangents = [level.tangent_of(each) for each in results]
        assert [each.shape for each in tangents] == [each.shape for each in results]
        assert [each.dtype for each in tangents] == [each.dtype for each in results]
        return {"gradients": form.backwards, "tangents": product(form.u, finite(tangents, results))}


def second_orders(form):
    """The second derivative of <u, results> along v and w, by each way to it; {} where it is known to be 0."""
    leaves, results = form.run()
    gradients = pulled(leaves, results, form.u, create_graph=True)
    if not any(each is not None and each.requires_grad for each in gradients):
        return {}
    found = {"gradients of gradients": product(pulled(leaves, gradients, form.v), form.w)}
    with Level() as level:
        gradients = pulled(*form.run((level, form.w)), form.u)
        tangents = [None if each is None else level.tangent_of(each) for each in gradients]
        found["tangents of gradients"] = product(tangents, form.v)
        leaves, results = form.run((level, form.v))
        tangents = finite([level.tangent_of(each) for each in results], results)
        found["gradients of tangents"] = product(pulled(leaves, tangents, form.u), form.w)
    with Level() as outer, Level() as inner:
        _, results = form.run((outer, form.w), (inner, form.v))
        tangents = [outer.tangent_of(inner.tangent_of(each)) for each in results]
        found["tangents of tangents"] = product(form.u, finite(tangents, results))
    return found


def in_batches(form):
    """The derivatives of <u, results> along v and w, that of w twice: one after the other, and mapped over both."""

    def push(*moving):
        moving = iter(moving)
        with Level() as level:
            _, results = form.run((level, [None if each is None else next(moving) for each in form.v]))
            return tuple(finite([level.tangent_of(each) for each in results], results))

    along = [[each for each in tangents if each is not None] for tangents in (form.v, form.w)]
    mapped = vmap(push)(*[tinytorch.stack(pair) for pair in zip(*along, strict=True)])
    alone = [product(form.u, push(*each)) for each in along]
    together = [product(form.u, [each[place] for each in mapped]) for place in (0, 1)]
    return {"alone": alone[0] + 2 * alone[1], "mapped": together[0] + 2 * together[1]}


def differing(name, orders, enough):
    """How the ways to a derivative disagree, over `enough` samples of each dtype and form that have one."""
    complaints, counts = [], {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for sample, dtype, in_place in forms(name):
            kind = (dtype, in_place)
            if counts.get(kind, 0) == enough:
                continue
            try:
                form = Form(name, sample, dtype, in_place)
            except (*REFUSALS, AttributeError):
                continue  # there is no derivative in reverse mode either
            if not form.u or all(each is None for each in form.v):
                continue
            found = orders(form)
            counts[kind] = counts.get(kind, 0) + bool(found)
            values = list(found.values())
            if not all(near(values[0], each) for each in values):
                complaints.append(f"{name}{'_' * in_place}{sample} {dtype}: {found}")
    return complaints


def near(one, other):
    """Whether two derivatives are equal but for rounding; a gradient that is no number says nothing."""
    return one != one or one == other or abs(one - other) <= 1e-6 * max(1, abs(one), abs(other))


@every_operation
def test_tangents_agree_with_gradients(name):
    assert differing(name, first_orders, enough=100) == []


@pytest.mark.parametrize("name", [name for name in NAMES if name not in {*NONE, *APART, *ONCE}])
def test_second_derivatives_agree_by_each_way_to_them(name):
    assert differing(name, second_orders, enough=1) == []


@pytest.mark.parametrize("name", [name for name in NAMES if name not in {*NONE, *UNMAPPED} and not rows[name].random])
def test_tangents_of_a_batch_are_those_of_its_examples(name):
    assert differing(name, in_batches, enough=1) == []


@pytest.mark.parametrize("name", sorted(NONE))
def test_an_operation_whose_derivative_has_none_refuses_tangents(name):
    with pytest.raises(RuntimeError, match="is not implemented"):
        differing(name, first_orders, enough=1)


@pytest.mark.parametrize("name", sorted(ONCE))
def test_a_second_derivative_that_is_not_there_is_refused(name):
    with pytest.raises(NotImplementedError, match="is not implemented"):
        differing(name, second_orders, enough=1)


def test_a_wrong_tangent_is_noticed():
    def doubled(form):
        found = first_orders(form)
        return found | {"tangents": found["tangents"] * 2}

    assert differing("sin", doubled, enough=1) != []
