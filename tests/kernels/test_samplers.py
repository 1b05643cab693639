"""The samplers that reject: compiled and interpreted they take the same numbers, wherever a block of these ends."""

import numpy
import pytest

from tinytorch.kernels.cpu import random, samplers
from tinytorch.kernels.cpu.random import Stream

COUNT = 3000
DRAWS = {
    "gamma": lambda stream, dtype: random.gamma(stream, numpy.linspace(0, 9, COUNT, dtype=dtype)),
    "dirichlet": lambda stream, dtype: random.dirichlet(stream, numpy.linspace(0.1, 9, COUNT, dtype=dtype)[None]),
    "poisson": lambda stream, dtype: random.poisson(stream, numpy.linspace(0, 30, COUNT, dtype=dtype)),
    "binomial": lambda stream, dtype: random.binomial(
        stream, numpy.stack([numpy.arange(COUNT) % 60, numpy.linspace(-0.1, 1.1, COUNT)]).astype(dtype)
    ),
}


def drawn(name, dtype):
    """The numbers and the state that they leave."""
    stream = Stream(3)
    return DRAWS[name](stream, dtype), stream.get_state()


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", DRAWS)
def test_short_blocks_of_uniforms_give_the_same_numbers(name, dtype, monkeypatch):
    expected = drawn(name, dtype)
    monkeypatch.setattr(samplers, "BLOCK", 97)
    for one, other in zip(drawn(name, dtype), expected, strict=True):
        numpy.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("name", DRAWS)
def test_the_compiled_sampler_gives_the_same_numbers(name, monkeypatch):
    expected = drawn(name, "float32")
    monkeypatch.setattr(samplers, "WORTH_COMPILING", 0)
    for one, other in zip(drawn(name, "float32"), expected, strict=True):
        numpy.testing.assert_array_equal(one, other)


def test_parameters_without_meaning_end_the_draw():
    found = random.gamma(Stream(), numpy.array([numpy.nan, -5.0, 0.0, 1.0]))
    assert numpy.isnan(found).tolist() == [True, True, False, False]
    assert found[2] == numpy.finfo(numpy.float64).tiny
