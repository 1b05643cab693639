"""The kernels of normalised rows on the CPU: as exact as the formula, for every layout, and vectorised."""

import platform
import re

import numpy
import pytest

from tinytorch.kernels import reference
from tinytorch.kernels.compiled import normalization as compiled
from tinytorch.kernels.cpu import compile, normalization

SHAPE = (517, 300)  # large enough to be compiled for, and no multiple of a block
BOUND = {"float32": 4e-6, "float64": 1e-13}
DTYPES = pytest.mark.parametrize("dtype", BOUND)


def normal(shape, dtype, seed=0):
    """Normal numbers around 1."""
    return (1 + numpy.random.default_rng(seed).standard_normal(shape)).astype(dtype)


def inputs(dtype):
    """An input, its weight, its bias, the gradient from above, and the formula's mean and rstd."""
    input, upstream = normal(SHAPE, dtype), normal(SHAPE, dtype, 1)
    weight, bias = normal(SHAPE[1], dtype, 2), normal(SHAPE[1], dtype, 3)
    return input, weight, bias, upstream, *reference.row_moments(numpy, input, 1e-5)


@DTYPES
def test_moments_are_those_of_the_formula_in_double_precision(dtype):
    input = normal(SHAPE, dtype)
    found = normalization.row_moments(input, 1e-5)
    exact = reference.row_moments(numpy, input.astype("float64"), 1e-5)
    for one, other in zip(found, exact, strict=True):
        assert one.dtype == dtype
        numpy.testing.assert_allclose(one, other, BOUND[dtype], BOUND[dtype])


@DTYPES
@pytest.mark.parametrize("with_weight", [True, False])
def test_rows_are_those_of_the_formula(dtype, with_weight):
    input, weight, bias, _, mean, rstd = inputs(dtype)
    given = (input, weight, bias, mean, rstd) if with_weight else (input, None, None, mean, rstd)
    found = normalization.row_norm(*given)
    numpy.testing.assert_allclose(found, reference.row_norm(numpy, *given), BOUND[dtype], BOUND[dtype])


@DTYPES
@pytest.mark.parametrize("with_weight", [True, False])
def test_gradients_are_those_of_the_formula(dtype, with_weight):
    input, weight, _, upstream, mean, rstd = inputs(dtype)
    given = (upstream, input, weight if with_weight else None, mean, rstd)
    exact = reference.row_norm_backward(numpy, *[None if each is None else each.astype("float64") for each in given])
    for one, other in zip(normalization.row_norm_backward(*given), exact, strict=True):
        numpy.testing.assert_allclose(one, other, 50 * BOUND[dtype], 50 * BOUND[dtype])


def test_other_layouts_and_dtypes_have_the_same_result():
    input, weight, bias, _, mean, rstd = inputs("float32")
    expected = normalization.row_norm(input, weight, bias, mean, rstd)
    turned = numpy.asfortranarray(input)
    assert numpy.array_equal(normalization.row_norm(turned, weight[::1], bias, mean, rstd), expected)
    mixed = normalization.row_norm(input, weight.astype("float64"), bias, mean, rstd)  # the formula answers
    numpy.testing.assert_allclose(mixed, expected, 1e-5, 1e-5)


@pytest.mark.skipif("x86" not in platform.machine(), reason="reads x86 assembly")
@pytest.mark.parametrize("name", ["row_moments", "row_norm", "row_norm_backward"])
def test_the_loops_are_vectorised(name):
    numba = pytest.importorskip("numba")
    matrix, row = numba.float32[:, ::1], numba.float32[::1]
    kinds = {
        "row_moments": (matrix, numba.float64, matrix, matrix),
        "row_norm": (matrix, row, row, matrix, matrix, matrix),
        "row_norm_backward": (matrix, matrix, row, matrix, matrix, matrix, row, row),
    }[name]
    loops = normalization.loops(getattr(compiled, name), numba.void(*kinds), cache=False)
    text = "\n".join(loops.inspect_asm().values())
    assert re.search(r"v(mul|fn?m\w+|add|sub)ps\s.*[yz]mm", text), "no arithmetic on whole vectors"


def test_threads_share_the_rows_with_the_same_result():
    input, weight, _, upstream, mean, rstd = inputs("float32")
    one = normalization.row_norm_backward(upstream, input, weight, mean, rstd)
    before = compile.get_num_threads()
    try:
        compile.set_num_threads(3)
        several = normalization.row_norm_backward(upstream, input, weight, mean, rstd)
    finally:
        compile.set_num_threads(before)
    assert all(numpy.array_equal(each, other) for each, other in zip(one, several, strict=True))
