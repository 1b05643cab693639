"""The kernels of depthwise convolutions on the CPU: as exact as the formula for all windows, and vectorised."""

import platform
import re

import numpy
import pytest

from tinytorch.devices.cpu import xp
from tinytorch.kernels import reference
from tinytorch.kernels.compiled import convolution as compiled
from tinytorch.kernels.cpu import compile, convolution
from tinytorch.kernels.cpu.normalization import loops
from tinytorch.ops.columns import counts_of, windows

BOUND = {"float32": 2e-6, "float64": 1e-14}
KINDS = pytest.mark.parametrize(
    ("kernel_size", "stride", "padding", "dilation"),
    [
        ((3, 3), (1, 1), (1, 1), (1, 1)), ((3, 3), (2, 2), (1, 1), (1, 1)), ((5, 5), (1, 2), (2, 2), (1, 1)),
        ((3, 4), (1, 1), (0, 3), (1, 2)), ((2, 3), (3, 3), (0, 0), (2, 1)), ((1, 1), (1, 1), (0, 0), (1, 1)),
    ],
)  # fmt: skip


def normal(shape, dtype, seed=0):
    """Normal numbers."""
    return numpy.random.default_rng(seed).standard_normal(shape).astype(dtype)


def example(kernel_size, stride, padding, dilation, dtype="float32"):
    """Windows of planes that are large enough to be compiled for, their weights, and a gradient from above."""
    input = normal((3, 5, 130 * stride[0], 140 * stride[1]), dtype)
    counts = counts_of(input.shape[2:], kernel_size, stride, padding, dilation)
    shown = windows(xp, input, kernel_size, stride, padding, dilation, counts)
    return shown, normal((5, *kernel_size), dtype, 1), normal((3, 5, *counts), dtype, 2)


def close(found, expected, dtype, size):
    """Whether sums of products agree, up to the rounding of sums of this size."""
    assert found.dtype == dtype
    numpy.testing.assert_allclose(found, expected, 0, BOUND[dtype] * size)


@KINDS
@pytest.mark.parametrize("dtype", BOUND)
def test_sums_are_those_of_the_formula_in_double_precision(dtype, kernel_size, stride, padding, dilation):
    shown, weight, upstream = example(kernel_size, stride, padding, dilation, dtype)
    assert convolution.kernel("depthwise", shown, weight) is not None
    wide = shown.astype("float64")
    close(convolution.depthwise(shown, weight), reference.depthwise(numpy, wide, weight.astype("float64")), dtype, 30)
    exact = reference.depthwise_weight(numpy, wide, upstream.astype("float64"))
    close(convolution.depthwise_weight(shown, upstream), exact, dtype, 1000)


def test_other_dtypes_and_small_planes_are_left_to_the_formula():
    shown, weight, _ = example((3, 3), (1, 1), (0, 0), (1, 1))
    assert convolution.kernel("depthwise", shown, weight.astype("float64")) is None
    assert convolution.kernel("depthwise", shown[:1, :1], weight[:1]) is None
    assert numpy.array_equal(
        convolution.depthwise(shown[:1, :1], weight[:1]), reference.depthwise(numpy, shown[:1, :1], weight[:1])
    )


def test_planes_that_lie_in_another_order_have_the_same_sums():
    shown, weight, upstream = example((3, 3), (1, 1), (0, 0), (1, 1))
    turned = numpy.ascontiguousarray(shown.transpose(1, 0, 2, 3, 4, 5)).transpose(1, 0, 2, 3, 4, 5)
    backwards = numpy.ascontiguousarray(upstream[::-1])[::-1]
    assert numpy.array_equal(convolution.depthwise(turned, weight), convolution.depthwise(shown, weight))
    expected = convolution.depthwise_weight(shown, upstream)
    assert numpy.array_equal(convolution.depthwise_weight(turned, backwards), expected)


def test_threads_share_the_planes_with_the_same_result():
    shown, weight, upstream = example((3, 3), (1, 1), (1, 1), (1, 1))
    one = convolution.depthwise(shown, weight), convolution.depthwise_weight(shown, upstream)
    before = compile.get_num_threads()
    try:
        compile.set_num_threads(3)
        several = convolution.depthwise(shown, weight), convolution.depthwise_weight(shown, upstream)
    finally:
        compile.set_num_threads(before)
    assert all(numpy.array_equal(each, other) for each, other in zip(one, several, strict=True))


@pytest.mark.skipif("x86" not in platform.machine(), reason="reads x86 assembly")
@pytest.mark.parametrize("name", ["depthwise", "depthwise_weight"])
def test_the_loops_are_vectorised(name):
    numba = pytest.importorskip("numba")
    flat, steps, planes = numba.float32[::1], numba.int64[::1], numba.float32[:, :, ::1]
    signature = numba.void(flat, steps, steps, steps, planes, planes)
    text = "\n".join(loops(getattr(compiled, name), signature, cache=False).inspect_asm().values())
    assert re.search(r"v(mul|fn?m\w+|add|sub)ps\s.*[yz]mm", text), "no arithmetic on whole vectors"
