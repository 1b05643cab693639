"""Distributions against PyTorch's: shapes, printed text, samples of one seed, densities, moments, gradients, words."""

import warnings

import numpy
import pytest
import torch

import tinytorch
import tinytorch.distributions
from tests.parity.distribution_examples import EXAMPLES, REFUSED

LIBRARIES = (torch, tinytorch)
ALL = [(name, words) for name, ways in EXAMPLES.items() for words in ways]
PROPERTIES = (
    "batch_shape event_shape has_rsample has_enumerate_support support arg_constraints mean mode variance stddev"
)
CALLS = {
    "repr": lambda d, torch: repr(d),
    "entropy": lambda d, torch: d.entropy(),
    "perplexity": lambda d, torch: d.perplexity(),
    "all values": lambda d, torch: d.enumerate_support(),
    "few values": lambda d, torch: d.enumerate_support(expand=False),
    "a number": lambda d, torch: d.log_prob(0.5),
    "too long": lambda d, torch: d.log_prob(torch.zeros(7, 3, 11)),
    "nan": lambda d, torch: d.log_prob(torch.full(d.batch_shape + d.event_shape, float("nan"))),
}


def made(library, name, words, dtype="float32"):
    """One example in a library; both get the same numbers."""
    numbers, kind = numpy.random.RandomState(0), getattr(library, dtype)

    def tensor(values):
        return library.tensor(numpy.asarray(values).tolist(), dtype=kind, requires_grad=True)

    leaves = []

    def kept(make):
        def leaf(*arguments):
            leaves.append(tensor(make(*arguments)))
            return leaves[-1]

        return leaf

    tools = {"d": library.distributions, "torch": library, "t": kept(lambda values: values)}
    tools |= {"n": kept(numbers.standard_normal), "p": kept(lambda *shape: numpy.abs(numbers.standard_normal(shape)))}
    tools["n"] = kept(lambda *shape: numbers.standard_normal(shape))
    return eval(f"d.{name}({words})", tools), leaves


def plain(value):
    """A result without its library."""
    if type(value).__name__ == "Tensor":
        return value.detach().numpy()
    if isinstance(value, dict | list | tuple) and not hasattr(value, "numel"):
        return str(value)
    return value if isinstance(value, str | bool | int | float | None) else repr(value)


def outcome(ask, *arguments):
    """A result, or the words of a refusal."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return plain(ask(*arguments))
        except Exception as error:
            return f"{type(error).__name__}: {error}"


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


def both(name, words, ask, dtype="float32"):
    """What a question about an example gives in PyTorch and here."""
    answers = []
    for library in LIBRARIES:
        library.manual_seed(5)
        answers.append(outcome(lambda: ask(*made(library, name, words, dtype), library)))
    return answers


@pytest.mark.parametrize(("name", "words"), ALL)
def test_an_example_has_the_same_properties(name, words):
    for each in PROPERTIES.split():
        theirs, ours = both(name, words, lambda d, leaves, torch: getattr(d, each))
        same(ours, theirs)
    for ask in CALLS.values():
        theirs, ours = both(name, words, lambda d, leaves, torch: ask(d, torch))
        same(ours, theirs)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("name", "words"), ALL)
def test_an_example_gives_the_same_samples(name, words, dtype):
    for shape in [(), (2, 3), (40,)]:
        theirs, ours = both(name, words, lambda d, leaves, torch: d.sample(shape), dtype)
        same(ours, theirs)
    theirs, ours = both(name, words, lambda d, leaves, torch: (d.sample(), torch.rand(3))[1])
    same(ours, theirs, 0)  # as many numbers were drawn


@pytest.mark.parametrize(("name", "words"), ALL)
def test_an_example_has_the_same_densities(name, words):
    value = outcome(lambda: made(torch, name, words, "float64")[0].sample((3,)))
    if isinstance(value, str):
        return
    for method in ("log_prob", "cdf"):
        theirs, ours = both(name, words, lambda d, leaves, torch: getattr(d, method)(torch.tensor(value)), "float64")
        same(ours, theirs, 4096)
    theirs, ours = both(
        name, words, lambda d, leaves, torch: d.icdf(torch.full(d.batch_shape, 0.3, dtype=torch.float64)), "float64"
    )
    same(ours, theirs, 4096)


def gradients(ask):
    """The gradients of all leaves of what a question gives."""

    def asked(d, leaves, torch):
        result = ask(d, torch)
        weights = torch.arange(result.numel(), dtype=torch.float64).reshape(result.shape).cos()
        found = torch.autograd.grad((result * weights).sum(), leaves, allow_unused=True)
        return torch.cat(
            [torch.zeros(1, dtype=torch.float64), *[each.reshape(-1) for each in found if each is not None]]
        )

    return asked


@pytest.mark.parametrize(("name", "words"), ALL)
def test_an_example_has_the_same_gradients(name, words):
    value = outcome(lambda: made(torch, name, words, "float64")[0].sample((2,)))
    questions = [lambda d, torch: d.rsample((3,)), lambda d, torch: d.entropy(), lambda d, torch: d.mean]
    if not isinstance(value, str):
        questions.append(lambda d, torch: d.log_prob(torch.tensor(value)))
    for ask in questions:
        theirs, ours = both(name, words, gradients(ask), "float64")
        same(ours, theirs, 1 << 22)


@pytest.mark.parametrize(("name", "words"), ALL)
def test_an_example_expands_in_the_same_way(name, words):
    def expanded(d):
        return d.expand((2, 4, *d.batch_shape))

    for ask in (
        lambda d, *_: repr(expanded(d)),
        lambda d, *_: str([expanded(d).batch_shape, expanded(d).event_shape]),
        lambda d, *_: expanded(d).sample((2,)),
        lambda d, *_: expanded(d).mean,
        lambda d, *_: expanded(d).log_prob(d.sample()),
        lambda d, *_: d.expand((7, 7)),
    ):
        theirs, ours = both(name, words, ask)
        same(ours, theirs, 256)


@pytest.mark.parametrize(("name", "words"), [(name, words) for name, ways in REFUSED.items() for words in ways])
def test_parameters_out_of_range_are_refused_in_the_same_words(name, words):
    theirs, ours = both(name, words, lambda d, *_: d)
    assert theirs.split(":")[0].endswith("Error")
    assert ours == theirs
