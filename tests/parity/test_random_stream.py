"""The random stream of the CPU against an installed PyTorch, number by number."""

import ml_dtypes
import numpy
import pytest
import torch

from tinytorch.kernels.cpu import random
from tinytorch.kernels.cpu.random import Stream

SIZES = (0, 1, 5, 15, 16, 17, 40, 65536 + 24, 200_003)
FLOATS = ("float16", "bfloat16", "float32", "float64")
NUMBERS = ("uint8", "int8", "int16", "int32", "int64", *FLOATS)

torch.manual_seed(0)
# On Intel's processors PyTorch draws these two from MKL's generator, and its numbers differ from its own elsewhere.
own_generator = torch.equal(
    torch.empty(64, dtype=torch.int64).bernoulli_(0.5),
    (torch.rand(64, dtype=torch.float64, generator=torch.Generator().manual_seed(0)) < 0.5).long(),
)
from_own_generator = pytest.mark.skipif(not own_generator, reason="this processor's PyTorch draws from MKL")


def numpy_dtype(name):
    return numpy.dtype(ml_dtypes.bfloat16 if name == "bfloat16" else name)


def bits(array):
    """The memory of an array or a tensor, as whole numbers."""
    if isinstance(array, torch.Tensor):
        return array.contiguous().view(torch.uint8).numpy()
    return numpy.ascontiguousarray(array).view(numpy.uint8).reshape(-1)


def both(seed=7):
    return Stream(seed), torch.Generator().manual_seed(seed)


def assert_same_bits(ours, theirs):
    assert ours.shape == tuple(theirs.shape)
    numpy.testing.assert_array_equal(bits(ours), bits(theirs).reshape(-1))


def assert_same_place(stream, generator):
    numpy.testing.assert_array_equal(stream.get_state(), generator.get_state().numpy())


def assert_close(ours, theirs, ulps, floor=0.125):
    """Within so many units in the last place, of the number itself or of `floor` where the number is smaller."""
    theirs = theirs.numpy() if theirs.dtype != torch.bfloat16 else theirs.float().numpy()
    ours = ours.astype(theirs.dtype)
    finite = numpy.isfinite(theirs)
    numpy.testing.assert_array_equal(ours[~finite], theirs[~finite])
    ours, theirs = ours[finite], theirs[finite]
    unit = numpy.spacing(numpy.maximum(numpy.abs(theirs), theirs.dtype.type(floor)))
    error = numpy.abs(ours.astype(numpy.float64) - theirs) / unit
    assert error.max(initial=0) <= ulps


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", FLOATS)
@pytest.mark.parametrize("low, high", [(0, 1), (-0.0357, 0.0357), (5, 1005.25), (0, 0.1), (-1, 0), (2, 2)])
def test_uniform_has_the_same_bits(name, size, low, high):
    stream, generator = both()
    theirs = torch.empty(size, dtype=getattr(torch, name)).uniform_(low, high, generator=generator)
    assert_same_bits(random.uniform(stream, (size,), numpy_dtype(name), low, high), theirs)
    assert_same_place(stream, generator)


@pytest.mark.parametrize("name", ["complex64", "complex128"])
def test_complex_uniform_has_the_same_bits(name):
    stream, generator = both()
    theirs = torch.rand(3, 7, dtype=getattr(torch, name), generator=generator)
    assert_same_bits(random.uniform(stream, (3, 7), numpy.dtype(name)), theirs)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", FLOATS)
@pytest.mark.parametrize("mean, std", [(0, 1), (0.5, 0.02), (-3, 0)])
def test_normal_is_close_and_leaves_the_stream_at_the_same_place(name, size, mean, std):
    stream, generator = both()
    for _ in range(2):  # the second call finds the kept number of an odd first one
        theirs = torch.empty(size, dtype=getattr(torch, name)).normal_(mean, std, generator=generator)
        ours = random.normal(stream, (size,), numpy_dtype(name), mean, std)
        if name == "float64":
            assert_close(ours, theirs, 2)
        else:
            assert_same_bits(ours, theirs)
    state, expected = stream.get_state(), generator.get_state().numpy()
    numpy.testing.assert_array_equal(state[:5024], expected[:5024])
    numpy.testing.assert_array_equal(state[5032:], expected[5032:])
    numpy.testing.assert_allclose(state[5024:5032].view("f8"), expected[5024:5032].view("f8"), rtol=4e-16)


@pytest.mark.parametrize("size", [3, 8, 30])
@pytest.mark.parametrize("name", ["complex64", "complex128"])
def test_complex_normal_is_close(name, size):
    stream, generator = both()
    theirs = torch.randn(size, dtype=getattr(torch, name), generator=generator)
    assert_close(
        random.normal(stream, (size,), name).view(name.replace("complex64", "f4").replace("complex128", "f8")),
        torch.view_as_real(theirs).reshape(-1),
        2,
    )


def test_normal_into_a_transposed_tensor_is_drawn_one_by_one_in_the_order_of_its_memory():
    stream, generator = both()
    theirs = torch.empty(6, 5).t().normal_(generator=generator)
    assert_close(random.normal(stream, (6, 5), "float32", contiguous=False).T, theirs, 1)
    assert_same_place(stream, generator)


@pytest.mark.parametrize("size", [0, 1, 5, 70_000])
@pytest.mark.parametrize("name", ["bool", *NUMBERS])
@pytest.mark.parametrize(
    "bounds",
    [
        (),
        (1, None),
        (0, 2),
        (0, 1),
        (0, 127),
        (0, 200),
        (-128, 100),
        (-500, 3001),
        (0, 2**28 - 1),
        (0, 2**28),
        (-(2**40), 2**62),
        (-(2**63), 2**63 - 1),
        (2**63 - 2, 2**63 - 1),
        (-(2**63), None),
        (-(2**63), -(2**63) + 5),
        (2000, None),
    ],
)
@pytest.mark.filterwarnings("ignore:.*is out of bounds:UserWarning")
def test_integers_have_the_same_bits_or_the_same_refusal(name, size, bounds):
    stream, generator = both()
    try:
        theirs = torch.empty(size, dtype=getattr(torch, name)).random_(*bounds, generator=generator)
    except (RuntimeError, NotImplementedError, ValueError) as error:
        with pytest.raises(type(error)) as refusal:
            random.integers(stream, (size,), numpy_dtype(name), *bounds)
        assert str(refusal.value) == str(error)
        return
    assert_same_bits(random.integers(stream, (size,), numpy_dtype(name), *bounds), theirs)
    assert_same_place(stream, generator)


@pytest.mark.parametrize("count", [0, 1, 2, 3, 10, 100, 257, 1797, 2050, 60_000])
@pytest.mark.parametrize("name", NUMBERS)
def test_permutation_has_the_same_bits_or_the_same_refusal(name, count):
    stream, generator = both()
    try:
        theirs = torch.randperm(count, dtype=getattr(torch, name), generator=generator)
    except RuntimeError as error:
        with pytest.raises(RuntimeError) as refusal:
            random.permutation(stream, count, numpy_dtype(name))
        assert str(refusal.value) == str(error)
        return
    assert_same_bits(random.permutation(stream, count, numpy_dtype(name)), theirs)
    assert_same_place(stream, generator)


@from_own_generator
@pytest.mark.parametrize("size", [0, 1, 5, 70_000])
@pytest.mark.parametrize("name", ["bool", *NUMBERS])
@pytest.mark.parametrize("probability", [0, 0.1, 0.5, 0.9999, 1])
def test_bernoulli_with_one_probability_has_the_same_bits(name, size, probability):
    stream, generator = both()
    theirs = torch.empty(size, dtype=getattr(torch, name)).bernoulli_(probability, generator=generator)
    assert_same_bits(random.bernoulli(stream, (size,), numpy_dtype(name), probability), theirs)
    assert_same_place(stream, generator)


@pytest.mark.parametrize("size", [0, 1, 5, 70_000])
@pytest.mark.parametrize("name", FLOATS)
def test_bernoulli_with_probabilities_has_the_same_bits(name, size):
    stream, generator = both()
    chances = random.uniform(Stream(1), (size,), numpy_dtype(name))
    tensor = torch.from_numpy(chances.view(numpy.int16 if name == "bfloat16" else chances.dtype))
    tensor = tensor.view(torch.bfloat16) if name == "bfloat16" else tensor
    assert_same_bits(random.bernoulli_from(stream, chances), torch.bernoulli(tensor, generator=generator))
    assert_same_place(stream, generator)


@from_own_generator
def test_dropout_drops_the_same_elements():
    torch.manual_seed(3)
    kept = torch.nn.functional.dropout(torch.ones(300, 70), 0.3) != 0
    ours = random.bernoulli(Stream(3), (300, 70), numpy.float32, 1 - 0.3)
    numpy.testing.assert_array_equal(ours != 0, kept.numpy())


def test_linear_starts_from_the_same_weights():
    torch.manual_seed(3)
    layer = torch.nn.Linear(784, 128)
    stream, bound = Stream(3), 1 / 784**0.5
    kaiming = 3**0.5 * ((2 / (1 + 5)) ** 0.5 / 784**0.5)  # kaiming_uniform_(a=sqrt(5)): sqrt(3) * gain / sqrt(fan_in)
    assert_same_bits(random.uniform(stream, (128, 784), numpy.float32, -kaiming, kaiming), layer.weight.detach())
    assert_same_bits(random.uniform(stream, (128,), numpy.float32, -bound, bound), layer.bias.detach())


@pytest.mark.parametrize("size", [0, 1, 5, 70_000])
@pytest.mark.parametrize("name", FLOATS)
@pytest.mark.parametrize(
    "kind, settings",
    [
        pytest.param("exponential", (1.0,), marks=from_own_generator),
        pytest.param("exponential", (2.5,), marks=from_own_generator),
        ("geometric", (0.2,)),
        ("log_normal", (0.1, 0.5)),
        ("cauchy", (1.0, 3.0)),
    ],
)
def test_other_distributions_are_close(kind, settings, name, size):
    stream, generator = both()
    theirs = getattr(torch.empty(size, dtype=getattr(torch, name)), f"{kind}_")(*settings, generator=generator)
    assert_close(getattr(random, kind)(stream, (size,), numpy_dtype(name), *settings), theirs, 4, floor=1)
    numpy.testing.assert_array_equal(stream.get_state()[:5024], generator.get_state().numpy()[:5024])


@pytest.mark.parametrize("shape", [(6,), (4, 9), (2, 1000)])
@pytest.mark.parametrize("count, replacement", [(1, False), (1, True), (3, True), (4, False), (50, True)])
@pytest.mark.parametrize("name", FLOATS)
@from_own_generator
def test_multinomial_draws_the_same_indices(shape, count, replacement, name):
    stream, generator = both()
    weights = random.uniform(Stream(1), shape, numpy.float32, 0.1, 1.0)
    tensor = torch.from_numpy(weights).to(getattr(torch, name))
    theirs = torch.multinomial(tensor, count, replacement, generator=generator)
    ours = random.multinomial(stream, weights.astype(numpy_dtype(name)), count, replacement)
    assert_same_bits(ours, theirs)
    assert_same_place(stream, generator)


def test_states_are_interchangeable_both_ways():
    stream, generator = both()
    for drawn in (0, 1, 3, 623, 624, 625, 10_000):
        stream.words(drawn)
        generator.set_state(torch.from_numpy(stream.get_state()))
        assert_same_place(stream, generator)
        torch.rand(11, generator=generator)
        stream.set_state(generator.get_state().numpy())
        assert_same_place(stream, generator)
        assert_same_bits(random.uniform(stream, (700,), "float32"), torch.rand(700, generator=generator))


def test_a_kept_normal_travels_with_the_state():
    stream, generator = both()
    torch.randn(3, generator=generator)
    stream.set_state(generator.get_state().numpy())
    assert_close(random.normal(stream, (5,), "float64"), torch.randn(5, dtype=torch.float64, generator=generator), 2)


@pytest.mark.parametrize("seed", [0, 1, 2**31, 2**32 - 1, 2**32 + 7, 2**64 - 1, -1, -(2**63)])
def test_every_seed_gives_the_same_stream(seed):
    stream, generator = both(seed)
    assert stream.initial_seed() == generator.initial_seed()
    assert_same_place(stream, generator)
    assert_same_bits(random.uniform(stream, (5,), "float32"), torch.rand(5, generator=generator))


def refusal_of(function):
    with pytest.raises((RuntimeError, ValueError, TypeError, NotImplementedError)) as refusal:
        function()
    return type(refusal.value), str(refusal.value).split("\nException raised from")[0]


WEIGHTS = [
    ([0.5, -1.0], 1, False),
    ([0.5, -1.0], 4, True),
    ([0.0, 0.0], 1, False),
    ([0.0, 0.0], 2, True),
    ([0.5, 0.5], 3, False),
    ([0.5, 0.5], 0, False),
    ([[[0.5]]], 1, False),
    ([float("inf"), 1.0], 3, True),
    ([float("nan"), 1.0], 1, False),
    ([1, 2], 1, False),
]
FILLS = [
    ("uniform", "float32", (2, 1)),
    ("uniform", "float16", (-1e6, 1)),
    ("uniform", "float16", (-6e4, 6e4)),
    ("uniform", "float32", (-3e38, 3e38)),
    ("uniform", "int64", (0, 1)),
    ("uniform", "bfloat16", (0, float("inf"))),
    ("normal", "float32", (0, -1.5)),
    ("normal", "int64", (0, 1)),
    ("normal", "float32", (0, float("nan"))),
    ("bernoulli", "float32", (1.5,)),
    ("bernoulli", "complex64", (0.5,)),
    ("bernoulli", "bool", (float("nan"),)),
    ("exponential", "float32", (-1,)),
    ("exponential", "int64", (1,)),
    ("geometric", "float32", (1.0,)),
    ("geometric", "bool", (0.5,)),
    ("log_normal", "float32", (0, 0)),
    ("log_normal", "int16", (0, 1)),
    ("cauchy", "float32", (0, -1)),
    ("cauchy", "int64", (0, 1)),
]


@pytest.mark.parametrize("kind, name, settings", FILLS)
def test_fills_are_refused_in_the_same_words(kind, name, settings):
    tensor = torch.empty(3, dtype=getattr(torch, name))
    theirs = refusal_of(lambda: getattr(tensor, f"{kind}_")(*settings))
    assert refusal_of(lambda: getattr(random, kind)(Stream(), (3,), numpy_dtype(name), *settings)) == theirs


@pytest.mark.parametrize("weights, count, replacement", WEIGHTS)
def test_weights_are_refused_in_the_same_words(weights, count, replacement):
    tensor = torch.tensor(weights)
    theirs = refusal_of(lambda: torch.multinomial(tensor, count, replacement))
    assert refusal_of(lambda: random.multinomial(Stream(), tensor.numpy(), count, replacement)) == theirs


@pytest.mark.parametrize("chances", [[0.5, 1.5], [-0.1, 0.5], [1, 0]])
def test_probabilities_are_refused_in_the_same_words(chances):
    tensor = torch.tensor(chances)
    theirs = refusal_of(lambda: torch.bernoulli(tensor))
    assert refusal_of(lambda: random.bernoulli_from(Stream(), tensor.numpy())) == theirs


@pytest.mark.parametrize(
    "state", [torch.zeros(5056, dtype=torch.uint8), torch.zeros(50, dtype=torch.uint8), torch.zeros(5056)]
)
def test_states_are_refused_in_the_same_words(state):
    theirs = refusal_of(lambda: torch.Generator().set_state(state))
    assert refusal_of(lambda: Stream().set_state(state.numpy())) == theirs


@pytest.mark.parametrize("seed", [2**64, -(2**63) - 1, 1.5])
def test_seeds_are_refused_in_the_same_words(seed):
    theirs = refusal_of(lambda: torch.Generator().manual_seed(seed))
    assert refusal_of(lambda: Stream().manual_seed(seed)) == theirs
