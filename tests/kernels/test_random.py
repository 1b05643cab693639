"""The random stream of the CPU: the recorded numbers of PyTorch, where draws begin and end, and what is refused."""

import hashlib
import json
import math
import re
from fractions import Fraction
from pathlib import Path

import ml_dtypes
import numpy
import pytest

from tinytorch.kernels import box_muller
from tinytorch.kernels.cpu import random
from tinytorch.kernels.cpu.random import Stream

GOLDEN = json.loads((Path(__file__).parent.parent / "golden" / "random.json").read_text())
CLOSE = ("exponential", "log_normal", "cauchy")  # with logarithms and tangents in float64, rounded at the end


def numpy_dtype(name):
    return numpy.dtype(ml_dtypes.bfloat16 if name == "bfloat16" else name)


def draw(stream, kind, name, shape, settings):
    dtype = numpy_dtype(name)
    if kind == "permutation":
        return random.permutation(stream, *shape, dtype)
    if kind == "bernoulli_from":
        return random.bernoulli_from(stream, numpy.full(shape, *settings, dtype))
    if kind == "multinomial":
        return random.multinomial(stream, numpy.arange(1, shape[0] + 1, dtype=dtype), *settings)
    return getattr(random, kind)(stream, tuple(shape), dtype, *settings)


def recorded(array):
    content = numpy.ascontiguousarray(array).tobytes()
    return content.hex() if len(content) <= 400 else "sha256 " + hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize("case", GOLDEN["cases"], ids=lambda case: " ".join(map(str, case["draws"][0][:-1])))
def test_the_numbers_are_those_that_pytorch_drew(case):
    stream = Stream(case["seed"])
    for kind, name, shape, settings, expected in case["draws"]:
        values = draw(stream, kind, name, shape, settings)
        single = kind == "normal" and math.prod(shape) < 16
        if kind in CLOSE or single or (kind == "normal" and name == "float64"):
            expected = numpy.frombuffer(bytes.fromhex(expected), values.dtype)
            numpy.testing.assert_allclose(
                values.reshape(-1), expected, rtol=4 * numpy.finfo(values.dtype).eps, atol=1e-15
            )
        else:
            assert recorded(values) == expected


def test_the_first_normal_numbers_of_seed_7_are_those_of_the_lesson():
    stream = Stream(7)
    printed = [numpy.round(random.normal(stream, shape, "float32"), 4).tolist() for shape in ((1, 5), (1, 5), (1, 1))]
    expected = [[[-0.1468, 0.7861, 0.9468, -1.1143, 1.6908]], [[-0.8948, -0.3556, 1.2324, 0.1382, -1.6822]], [[0.3177]]]
    numpy.testing.assert_array_equal(
        numpy.concatenate(printed, axis=1), numpy.concatenate(expected, axis=1, dtype="f4")
    )


@pytest.mark.parametrize("drawn, expected", GOLDEN["states"])
def test_the_state_is_pytorchs_byte_by_byte(drawn, expected):
    stream = Stream(7)
    random.uniform(stream, (drawn,), "float32")
    assert recorded(stream.get_state()) == expected


def test_the_state_holds_the_kept_normal_where_pytorch_holds_it():
    stream = Stream(7)
    stream.words(GOLDEN["states"][-1][0])
    random.normal(stream, (1,), "float32")
    state, expected = stream.get_state()[5024:], numpy.frombuffer(bytes.fromhex(GOLDEN["kept"]), numpy.uint8)
    numpy.testing.assert_array_equal(state[8:], expected[8:])
    numpy.testing.assert_allclose(state[:8].view("f8"), expected[:8].view("f8"), rtol=4e-16)


@pytest.mark.parametrize("drawn", [0, 1, 623, 624, 625, 5000])
def test_a_stream_goes_on_from_a_state(drawn):
    stream, other = Stream(3), Stream(99)
    stream.words(drawn)
    random.normal(stream, (3,), "float32")  # leaves a kept number
    other.set_state(stream.get_state())
    assert other.initial_seed() == 3
    numpy.testing.assert_array_equal(other.get_state(), stream.get_state())
    numpy.testing.assert_array_equal(random.normal(other, (5,), "float64"), random.normal(stream, (5,), "float64"))
    numpy.testing.assert_array_equal(other.words(700), stream.words(700))


def test_a_clone_goes_its_own_way():
    stream = Stream(5)
    stream.words(10)
    copy = stream.clone()
    first = copy.words(4)
    copy.words(100)
    numpy.testing.assert_array_equal(stream.words(4), first)


def test_seed_starts_from_another_place_each_time_and_says_which():
    stream = Stream(5)
    seed = stream.seed()
    assert 0 <= seed < 2**53
    assert stream.initial_seed() == seed != stream.seed()
    numpy.testing.assert_array_equal(Stream(seed).words(3), stream.manual_seed(seed).words(3))


def test_a_new_seed_forgets_the_kept_normal():
    stream = Stream(5)
    random.normal(stream, (1,), "float32")
    assert stream.next_normal is not None
    numpy.testing.assert_array_equal(stream.manual_seed(5).get_state(), Stream(5).get_state())


def test_words_come_in_the_same_order_one_by_one_and_in_bulk():
    stream, other = Stream(1), Stream(1)
    pieces = [other.words(count) for count in (0, 1, 2, 2047, 2048, 5000)]
    numpy.testing.assert_array_equal(numpy.concatenate(pieces), stream.words(9098))
    assert pieces[1].dtype == numpy.uint32


def test_a_word_of_64_bits_is_two_draws_the_high_half_first():
    high, low = (int(word) for word in Stream(1).words(2))
    assert Stream(1).words64(1).tolist() == [high << 32 | low]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_numbers_do_not_depend_on_how_many_are_drawn_at_once(dtype):
    stream, other = Stream(1), Stream(1)
    whole = random.uniform(stream, (3, 50_000), dtype, -1, 2)
    pieces = [random.uniform(other, (count,), dtype, -1, 2) for count in (1, 65_536, 84_463)]
    numpy.testing.assert_array_equal(numpy.concatenate(pieces), whole.reshape(-1))


@pytest.mark.parametrize("shape", [(), (0,), (0, 3), (1, 1), (2, 3, 4), (17,)])
@pytest.mark.parametrize(
    "kind, settings",
    [
        ("uniform", ()),
        ("normal", ()),
        ("integers", (0, 9)),
        ("bernoulli", (0.5,)),
        ("exponential", ()),
        ("log_normal", ()),
        ("cauchy", ()),
        ("geometric", (0.5,)),
    ],
)
@pytest.mark.parametrize("dtype", [numpy.dtype("f4"), numpy.dtype(ml_dtypes.bfloat16)])
def test_every_fill_has_the_shape_and_the_type_that_was_asked(kind, settings, shape, dtype):
    values = getattr(random, kind)(Stream(), shape, dtype, *settings)
    assert isinstance(values, numpy.ndarray)
    assert (values.shape, values.dtype) == (shape, dtype)
    assert values.flags.c_contiguous and values.flags.writeable


def test_an_empty_fill_draws_nothing():
    stream = Stream(2)
    for kind, settings in (("uniform", ()), ("normal", ()), ("integers", (0, 9)), ("bernoulli", (0.5,))):
        getattr(random, kind)(stream, (0, 4), "float32", *settings)
    numpy.testing.assert_array_equal(stream.get_state(), Stream(2).get_state())


@pytest.mark.parametrize("count", [0, 1, 2, 3, 1000, 65_537])
def test_a_permutation_is_the_swaps_made_one_after_another(count):
    words = Stream(4).words(max(count - 1, 0)).tolist()
    expected = list(range(count))
    for place, word in enumerate(words):
        other = place + word % (count - place)
        expected[place], expected[other] = expected[other], expected[place]
    assert random.permutation(Stream(4), count).tolist() == expected


def test_a_product_and_sum_in_float64_is_rounded_once():
    values = random.uniform(Stream(6), (2000,), "float64")
    for width, start in ((0.0714, -0.0357), (1e-8, 1 / 3), (1000.25, 5.1)):
        exact = [float(Fraction(value) * Fraction(width) + Fraction(start)) for value in values.tolist()]
        numpy.testing.assert_array_equal(box_muller.multiply_add(values, width, start), exact)


def test_the_logarithm_and_the_angles_are_within_two_units_in_the_last_place():
    chances = 1 - random.uniform(Stream(8), (10_000,), "float32")
    angles = random.uniform(Stream(9), (10_000,), "float32") * numpy.float32(2 * math.pi)
    cosine, sine = box_muller.cosine_and_sine(angles)
    exact = angles.astype(numpy.float64)
    numpy.testing.assert_allclose(box_muller.logarithm(chances), numpy.log(chances.astype(numpy.float64)), rtol=2.4e-7)
    numpy.testing.assert_allclose(cosine, numpy.cos(exact), rtol=0, atol=1.2e-7)
    numpy.testing.assert_allclose(sine, numpy.sin(exact), rtol=0, atol=1.2e-7)


@pytest.fixture(scope="module")
def compiled_pairs():
    return box_muller.compile_fill()


def test_the_compiled_pairs_have_the_bits_of_the_numpy_ones(compiled_pairs):
    chance, turn = (random.uniform(Stream(seed), (100_000,), "float32") for seed in (1, 2))
    chance[:4], turn[:4] = [0, 0, 1 - 2**-24, 0.5], [0, 1 - 2**-24, 0.25, 0.125]
    expected = box_muller.normal_pairs(chance.copy(), turn.copy())
    compiled_pairs(chance, turn)
    numpy.testing.assert_array_equal(chance.view("i4"), expected[0].view("i4"))
    numpy.testing.assert_array_equal(turn.view("i4"), expected[1].view("i4"))


def packed_instructions(function):
    """How many fused multiply-adds of whole vectors the compiled code of a Numba function has."""
    (assembly,) = function.inspect_asm().values()
    return len(re.findall(r"vfmadd\d+ps\s|fmla\s+v\d+\.4s", assembly))


def test_the_compiled_pairs_are_vectorised(compiled_pairs):
    import numba

    @numba.njit("void(float32[::1])", error_model="numpy")
    def naive(values):
        for index in range(values.size):
            values[index] = math.log(values[index])

    assert packed_instructions(compiled_pairs) >= 15
    assert packed_instructions(naive) == 0


def test_the_compiler_is_called_once_many_pairs_were_wanted(monkeypatch, compiled_pairs):
    monkeypatch.setattr(box_muller, "compile_fill", lambda: compiled_pairs)
    monkeypatch.setattr(box_muller.Compiled, "fill", None)
    monkeypatch.setattr(box_muller.Compiled, "wanted", box_muller.COMPILE_FROM - 16 - box_muller.CALL)
    first = random.normal(Stream(1), (16,), "float32")
    assert box_muller.Compiled.fill is None
    second = random.normal(Stream(1), (16,), "float32")
    assert box_muller.Compiled.fill is compiled_pairs
    numpy.testing.assert_array_equal(first, second)


def test_numpy_goes_on_where_numba_is_switched_off(monkeypatch):
    monkeypatch.setattr("numba.config.DISABLE_JIT", 1)
    monkeypatch.setattr(box_muller.Compiled, "fill", None)
    expected = random.normal(Stream(1), (16,), "float32")
    monkeypatch.setattr(box_muller.Compiled, "wanted", box_muller.COMPILE_FROM)
    numpy.testing.assert_array_equal(random.normal(Stream(1), (16,), "float32"), expected)
    assert box_muller.Compiled.fill is None


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_normal_numbers_have_the_moments_of_the_distribution(dtype):
    values = random.normal(Stream(1), (400_000,), dtype, 2.0, 3.0)
    assert abs(values.mean() - 2) < 0.02
    assert abs(values.std() - 3) < 0.02
    assert abs((((values - 2) / 3) ** 4).mean() - 3) < 0.1


def test_a_complex_normal_has_variance_one():
    values = random.normal(Stream(1), (200_000,), "complex64")
    assert abs((numpy.abs(values) ** 2).mean() - 1) < 0.02


@pytest.mark.parametrize("probability, expected", [(0, 0), (1, 1)])
def test_a_certain_bernoulli_is_certain(probability, expected):
    assert (random.bernoulli(Stream(), (1000,), "float32", probability) == expected).all()


def test_indices_without_replacement_are_all_different():
    drawn = random.multinomial(Stream(), numpy.full((5, 20), 0.05, numpy.float32), 20)
    assert (numpy.sort(drawn, axis=1) == numpy.arange(20)).all()


def test_indices_are_drawn_as_often_as_their_weights_say():
    weights = numpy.array([1, 0, 3, 4], numpy.float32)
    drawn = random.multinomial(Stream(), weights, 80_000, replacement=True)
    numpy.testing.assert_allclose(numpy.bincount(drawn, minlength=4) / 10_000, weights, atol=0.1)


@pytest.mark.parametrize(
    "kind, dtype, settings, error, words",
    [
        (
            "uniform",
            "float32",
            (2, 1),
            RuntimeError,
            "uniform_ expects to return a [from, to) range, but found from=2 > to=1",
        ),
        ("uniform", "float16", (-1e6, 1), RuntimeError, "from is out of bounds for c10::Half"),
        ("uniform", "int64", (), NotImplementedError, "\"check_uniform_bounds\" not implemented for 'Long'"),
        ("normal", "float32", (0, -1.5), RuntimeError, "normal expects std >= 0.0, but found std -1.5"),
        (
            "integers",
            "int64",
            (5, 5),
            RuntimeError,
            "random_ expects 'from' to be less than 'to', but got from=5 >= to=5",
        ),
        ("integers", "uint8", (0, 300), RuntimeError, "to - 1 is out of bounds for unsigned char"),
        ("integers", "int64", (0, 2**63), ValueError, "Overflow when unpacking long long"),
        ("bernoulli", "float32", (1.5,), RuntimeError, "bernoulli_ expects p to be in [0, 1], but got p=1.5"),
        ("exponential", "float32", (-1,), RuntimeError, "exponential_ expects lambda > 0.0, but found lambda=-1"),
        ("geometric", "float32", (1.0,), RuntimeError, "geometric_ expects p to be in (0, 1), but got p=1"),
        ("log_normal", "float32", (0, 0), RuntimeError, "log_normal_ expects std > 0.0, but found std=0"),
        ("cauchy", "float32", (0, 0), RuntimeError, "cauchy_ expects sigma > 0.0, but found sigma=0"),
    ],
)
def test_fills_are_refused_in_pytorchs_words_and_draw_nothing(kind, dtype, settings, error, words):
    stream = Stream(2)
    with pytest.raises(error) as refusal:
        getattr(random, kind)(stream, (3,), dtype, *settings)
    assert str(refusal.value) == words
    numpy.testing.assert_array_equal(stream.get_state(), Stream(2).get_state())


@pytest.mark.parametrize(
    "count, dtype, error, words",
    [
        (-1, "int64", RuntimeError, "Trying to create tensor with negative dimension -1: [-1]"),
        (300, "uint8", RuntimeError, "value cannot be converted to type uint8_t without overflow"),
        (2050, "float16", RuntimeError, "n cannot be greater than 2049 for Half type."),
        (3, "bool", NotImplementedError, "\"randperm\" not implemented for 'Bool'"),
        (
            214_748_364,
            "int64",
            NotImplementedError,
            "a permutation of 214748364 or more numbers is not drawn as PyTorch does",
        ),
    ],
)
def test_permutations_are_refused_in_words(count, dtype, error, words):
    with pytest.raises(error) as refusal:
        random.permutation(Stream(), count, dtype)
    assert str(refusal.value) == words


@pytest.mark.parametrize("position, value", [(8, 0), (8, 3), (12, 0), (16, 9)])
def test_a_damaged_state_is_refused_and_changes_nothing(position, value):
    stream = Stream(2)
    state = stream.get_state()
    state[position] = value
    with pytest.raises(RuntimeError, match="Invalid mt19937 state"):
        stream.set_state(state)
    numpy.testing.assert_array_equal(stream.get_state(), Stream(2).get_state())
