"""Distributions against PyTorch's: shapes, printed text, samples of one seed, densities, moments, gradients, words."""

import importlib
import pkgutil
import warnings

import numpy
import pytest
import torch

import tinytorch
import tinytorch.distributions
from tests.parity.distribution_examples import EXAMPLES, REFUSED

ALL = [(name, words) for name, ways in EXAMPLES.items() for words in ways]
NAMES = "batch_shape event_shape has_rsample has_enumerate_support support arg_constraints mean mode variance stddev"
PROPERTIES = [lambda d, torch, name=name: getattr(d, name) for name in NAMES.split()]
CALLS = (
    lambda d, torch: repr(d),
    lambda d, torch: d.entropy(),
    lambda d, torch: d.perplexity(),
    lambda d, torch: d.enumerate_support(),
    lambda d, torch: d.enumerate_support(expand=False),
    lambda d, torch: d.log_prob(0.5),
    lambda d, torch: d.log_prob(torch.zeros(7, 3, 11)),
    lambda d, torch: d.log_prob(torch.full(d.batch_shape + d.event_shape, float("nan"))),
)
ROOMS = [each.name for each in pkgutil.iter_modules(torch.distributions.__path__)]
PRECISION = {"GeneralizedPareto": ("float32", 64)}  # PyTorch's refuses float64, unless it is the default dtype
TRIGAMMA = dict.fromkeys(  # PyTorch's trigamma, of which their gradients are made, is right to nine digits
    ["Beta", "Binomial", "Chi2", "Dirichlet", "Gamma", "InverseGamma", "Kumaraswamy", "StudentT", "Wishart"], 1 << 24
)
IGAMMA = {"Gamma": 1 << 22, "Chi2": 1 << 22}  # and so is its igamma


def made(library, name, words, dtype="float32"):
    """One example in a library; both get the same numbers."""
    numbers, kind = numpy.random.RandomState(0), getattr(library, dtype)

    leaves = []

    def leaf(values):
        leaves.append(library.tensor(numpy.asarray(values).tolist(), dtype=kind, requires_grad=True))
        return leaves[-1]

    tools = {"d": library.distributions, "torch": library, "t": leaf}
    tools["n"] = lambda *shape: leaf(numbers.standard_normal(shape))
    tools["p"] = lambda *shape: leaf(numpy.abs(numbers.standard_normal(shape)))
    return eval(f"d.{name}({words})", tools), leaves


def plain(value):
    """A result without its library."""
    if type(value).__name__ == "Tensor":
        return value.detach().numpy()
    if isinstance(value, dict | list | tuple) and not hasattr(value, "numel"):
        return worded(str(value))
    return worded(value if isinstance(value, str) else repr(value))


def worded(words):
    """Words as PyTorch's: the package has its own name, and a type in one message is written otherwise."""
    return words.replace("tinytorch.", "torch.").replace("CPUBoolType", "torch.BoolTensor")


def outcome(ask, *arguments):
    """A result, or the words of a refusal."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return plain(ask(*arguments))
        except Exception as error:  # whatever it is, it is compared
            return worded(f"{type(error).__name__}: {error}")


def same(ours, theirs, ulps=64):
    """Whether two results are one, numbers to some units in the last place of the largest."""
    if not isinstance(theirs, numpy.ndarray):
        assert ours == theirs
        return
    assert (ours.dtype, ours.shape) == (theirs.dtype, theirs.shape)
    if theirs.dtype.kind == "f":
        least = numpy.finfo(theirs.dtype)
        numpy.testing.assert_allclose(ours, theirs, rtol=ulps * least.eps, atol=ulps * least.eps)
    else:
        numpy.testing.assert_array_equal(ours, theirs)


def compare(name, words, ask, dtype="float32", ulps=64):
    """Ask one question about an example in PyTorch and here."""
    theirs, ours = [outcome(answered, library, name, words, ask, dtype) for library in (torch, tinytorch)]
    same(ours, theirs, ulps)
    return theirs


def answered(library, name, words, ask, dtype):
    """The answer of one library."""
    library.manual_seed(5)
    return ask(*made(library, name, words, dtype), library)


@pytest.mark.parametrize(("name", "words"), ALL)
def test_an_example_has_the_same_properties(name, words):
    for ask in (*PROPERTIES, *CALLS):
        compare(name, words, lambda d, leaves, torch, ask=ask: ask(d, torch))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("name", "words"), ALL)
def test_an_example_gives_the_same_samples(name, words, dtype):
    for shape in [(), (2, 3), (40,)]:
        compare(name, words, lambda d, leaves, torch, shape=shape: d.sample(shape), dtype)
    after = lambda d, leaves, torch: (d.sample(), torch.rand(3))[1]
    compare(name, words, after, dtype, ulps=0)  # as many numbers were drawn


@pytest.mark.parametrize(("name", "words"), ALL)
def test_an_example_has_the_same_densities(name, words):
    dtype, ulps = PRECISION.get(name, ("float64", 4096))
    value = outcome(lambda: made(torch, name, words, dtype)[0].sample((3,)))
    if not isinstance(value, str):
        compare(name, words, lambda d, leaves, torch: d.log_prob(torch.tensor(value)), dtype, ulps)
        compare(name, words, lambda d, leaves, torch: d.cdf(torch.tensor(value)), dtype, IGAMMA.get(name, ulps))
    ask = lambda d, leaves, torch: d.icdf(torch.full(d.batch_shape, 0.3, dtype=getattr(torch, dtype)))
    compare(name, words, ask, dtype, ulps)


def gradients(ask):
    """The gradients of all leaves of what a question gives, one after another."""

    def asked(d, leaves, torch):
        result = ask(d, torch)
        weights = torch.arange(result.numel(), dtype=result.dtype).reshape(result.shape).cos()
        found = torch.autograd.grad((result * weights).sum(), leaves, allow_unused=True)
        return torch.cat([torch.zeros(1), *[each.reshape(-1) for each in found if each is not None]])

    return asked


@pytest.mark.parametrize(("name", "words"), ALL)
def test_an_example_has_the_same_gradients(name, words):
    dtype, ulps = PRECISION.get(name, ("float64", TRIGAMMA.get(name, 4096)))
    value = outcome(lambda: made(torch, name, words, dtype)[0].sample((2,)))
    questions = [lambda d, torch: d.rsample((3,)), lambda d, torch: d.entropy(), lambda d, torch: d.mean]
    if not isinstance(value, str):
        questions.append(lambda d, torch: d.log_prob(torch.tensor(value)))
    for ask in questions:
        compare(name, words, gradients(ask), dtype, ulps)


@pytest.mark.parametrize(("name", "words"), ALL)
def test_an_example_expands_in_the_same_way(name, words):
    expanded = lambda d: d.expand((2, 4, *d.batch_shape))
    for ask in (
        lambda d, *_: repr(expanded(d)),
        lambda d, *_: str([expanded(d).batch_shape, expanded(d).event_shape]),
        lambda d, *_: expanded(d).sample((2,)),
        lambda d, *_: expanded(d).mean,
        lambda d, *_: d.expand((7, 7)),
    ):
        compare(name, words, ask)
    compare(name, words, lambda d, *_: expanded(d).log_prob(d.sample()), *PRECISION.get(name, ("float64", 4096)))


@pytest.mark.parametrize(("name", "words"), [(name, words) for name, ways in REFUSED.items() for words in ways])
def test_parameters_out_of_range_are_refused_in_the_same_words(name, words):
    assert compare(name, words, lambda d, *_: d).split(":")[0].endswith("Error")


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_divergence_from_each_other_distribution_is_the_same(name):
    for other, ways in EXAMPLES.items():
        for way in ways[:2]:
            ask = lambda d, leaves, torch, other=other, way=way: torch.distributions.kl_divergence(
                d, made(torch, other, way, "float64")[0]
            )
            compare(name, EXAMPLES[name][0], ask, "float64", 4096)


def test_as_many_pairs_have_a_divergence():
    ours, theirs = tinytorch.distributions.kl._KL_REGISTRY, torch.distributions.kl._KL_REGISTRY
    pairs = [sorted([(p.__name__, q.__name__) for p, q in each]) for each in (ours, theirs)]
    assert pairs[0] == pairs[1]


def test_each_name_is_there():
    for room in ("distributions", *[f"distributions.{each}" for each in ROOMS]):
        ours, theirs = importlib.import_module(f"tinytorch.{room}"), importlib.import_module(f"torch.{room}")
        names = theirs.__all__
        assert [name for name in names if not hasattr(ours, name)] == []
