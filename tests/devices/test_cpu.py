"""What the CPU does otherwise than NumPy, with the same results."""

import numpy
import pytest

from tinytorch.devices import cpu

SHAPES = [(50, 100), (5, 40, 30)]  # more elements than are chosen one by one


def numbers(shape, dtype, seed):
    """Numbers of both signs, some of them infinite or none, where the dtype has such."""
    values = (50 * numpy.random.default_rng(seed).standard_normal(shape)).astype(dtype)
    if values.dtype.kind == "f":
        values.flat[::7], values.flat[1::7], values.flat[2::7] = numpy.nan, -numpy.inf, -0.0
    return values


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "int32", "int64", "uint8", "complex64"])
def test_where_gives_the_same_bits_in_the_same_layout(shape, dtype):
    x, y = numbers(shape, dtype, 0), numbers(shape, dtype, 1)
    zero, two = numpy.asarray(0, dtype), numpy.asarray(2, dtype)
    condition = numpy.random.default_rng(2).random(shape) > 0.5
    for pair in ((x, y), (x, zero), (zero, y), (two, y), (x, two), (x[..., :1], y), (x, y[:1]), (x.T.copy().T, y)):
        found, expected = cpu.where(condition, *pair), numpy.where(condition, *pair)
        assert found.dtype == expected.dtype
        assert found.strides == expected.strides
        assert found.tobytes() == expected.tobytes()


def test_where_takes_numbers_and_other_dtypes_as_numpy_does():
    condition, x = numpy.arange(5000) % 3 == 0, numpy.arange(5000.0)
    for pair in ((x, 1), (2.5, x), (x, x.astype("float32")), (1, 2)):
        found, expected = cpu.where(condition, *pair), numpy.where(condition, *pair)
        assert found.dtype == expected.dtype
        assert numpy.array_equal(found, expected)
    assert numpy.array_equal(cpu.where(condition.astype("uint8"), x, -x), numpy.where(condition, x, -x))


def test_memory_is_an_array_s_own_if_nobody_else_holds_it_and_each_element_is_there_once():
    held = numpy.zeros((2, 3))
    turned = numpy.zeros((2, 3)).T
    assert cpu.owns(held) and cpu.owns(turned) and not cpu.owns(held.T)
    for several in (lambda a: a[:1], lambda a: numpy.broadcast_to(a[:, :1], (2, 3)), twice):
        view = several(numpy.zeros((2, 3)))
        assert not cpu.owns(view)


def twice(array):
    """As many elements as an array of two rows has, those of its first row twice."""
    return numpy.lib.stride_tricks.as_strided(array, array.shape, (0, array.strides[1]))
