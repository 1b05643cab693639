"""The windows of `torch` by which a signal is multiplied before its spectrum is taken, such as `hann_window`.

A periodic window of length N is the first N elements of a symmetric one of length N + 1.
"""

import math

from tinytorch import dtypes, errors
from tinytorch.creation import as_dtype, as_int, creation, default_dtype, finished, place
from tinytorch.formats import strided
from tinytorch.ops.compare import minimum
from tinytorch.ops.create import empty, ones
from tinytorch.ops.ranges import arange


def bartlett_window(
    window_length, periodic=True, *, dtype=None, layout=None, device=None, pin_memory=False, requires_grad=False
):
    """Bartlett's window, a triangle: 1 - |2 n / (N - 1) - 1|."""

    def triangle(steps, span):
        rising = steps * (2 / span)
        return minimum(rising, 2 - rising)

    settings = dtype, layout, device, pin_memory, requires_grad
    return tapered("bartlett_window", window_length, periodic, settings, triangle)


def blackman_window(
    window_length, periodic=True, *, dtype=None, layout=None, device=None, pin_memory=False, requires_grad=False
):
    """Blackman's window: 0.42 - 0.5 cos(2 pi n / (N - 1)) + 0.08 cos(4 pi n / (N - 1))."""

    def blackman(steps, span):
        angle = steps * (math.pi / span)
        return (angle * 4).cos() * 0.08 - (angle * 2).cos() * 0.5 + 0.42

    settings = dtype, layout, device, pin_memory, requires_grad
    return tapered("blackman_window", window_length, periodic, settings, blackman)


def hann_window(
    window_length, periodic=True, *, dtype=None, layout=None, device=None, pin_memory=False, requires_grad=False
):
    """Hann's window: 0.5 - 0.5 cos(2 pi n / (N - 1))."""
    settings = dtype, layout, device, pin_memory, requires_grad
    return tapered("hann_window", window_length, periodic, settings, raised_cosine(0.5, 0.5))


def hamming_window(
    window_length,
    periodic=True,
    alpha=0.54,
    beta=0.46,
    *,
    dtype=None,
    layout=None,
    device=None,
    pin_memory=False,
    requires_grad=False,
):
    """Hamming's window: alpha - beta cos(2 pi n / (N - 1))."""
    settings = dtype, layout, device, pin_memory, requires_grad
    return tapered("hamming_window", window_length, periodic, settings, raised_cosine(alpha, beta))


def raised_cosine(alpha, beta):
    """The function of steps that gives alpha - beta cos(2 pi n / (N - 1))."""
    return lambda steps, span: (steps * (2 * math.pi / span)).cos() * -beta + alpha


def kaiser_window(
    window_length,
    periodic=True,
    beta=12.0,
    *,
    dtype=None,
    layout=None,
    device=None,
    pin_memory=False,
    requires_grad=False,
):
    """Kaiser's window: I0(beta sqrt(1 - (2 n / (N - 1) - 1) ** 2)) / I0(beta), with the modified Bessel function I0."""

    def kaiser(steps, span):
        return make_kaiser(steps.device, steps.array.size, span, beta, steps.array.dtype)

    settings = dtype, layout, device, pin_memory, requires_grad
    return tapered("kaiser_window", window_length, periodic, settings, kaiser)


@creation
def make_kaiser(xp, count, span, beta, dtype):
    """The first elements of Kaiser's window of length `span` + 1, computed in double precision."""
    place = xp.subtract(xp.multiply(xp.arange(count, dtype=DOUBLE), 2 / span), 1)
    height = xp.sqrt(xp.maximum(xp.subtract(1, xp.multiply(place, place)), 0))
    return xp.true_divide(xp.i0(xp.multiply(height, beta)), xp.i0(xp.full((), beta, DOUBLE))).astype(dtype)


DOUBLE = dtypes.float64.numpy


def tapered(name, window_length, periodic, settings, shape):
    """A window: `shape(steps, span)` of the steps 0, 1, ..., of which the symmetric window would have span + 1."""
    dtype, layout, device, pin_memory, requires_grad = settings
    length = as_int(name, "window_length", 1, window_length)
    dtype = dtypes.of_numpy[default_dtype()] if dtype is None else as_dtype(name, dtype)
    if layout not in (None, strided):
        place(name, None, device, layout, pin_memory)
    if dtype.category < dtypes.FLOAT:
        raise RuntimeError(f"{name} expects floating point dtypes, got: {options(dtype, device)}")
    if length < 0:
        raise RuntimeError(f"{name} requires non-negative window_length, got window_length={length}")
    plain = {"dtype": dtype, "device": device, "pin_memory": pin_memory}
    if length < 2:
        return finished((ones if length else empty)((length,), **plain), requires_grad)
    return finished(shape(arange(length, **plain), length if periodic else length - 1), requires_grad)


def options(dtype, device):
    """What is asked of a new tensor, as PyTorch's words show it."""
    return (
        f"TensorOptions(dtype={errors.CPP_NAMES[dtype.name]}, device={place('options', None, device, None, False)[1]}, "
        "layout=Strided (default), requires_grad=false (default), pinned_memory=false, memory_format=(nullopt))"
    )
