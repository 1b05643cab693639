"""torch.signal.windows: windows of M elements, symmetric unless `sym` is False, with 1 as their greatest value.

A periodic window, `sym=False`, is the first M elements of a symmetric one of M + 1.
"""

import math
from collections.abc import Iterable

from tinytorch import dtypes
from tinytorch.formats import strided
from tinytorch.ops.bessel import i0
from tinytorch.ops.create import empty, ones
from tinytorch.ops.ranges import arange, linspace
from tinytorch.ops.values import tensor

__all__ = [
    "bartlett", "blackman", "cosine", "exponential", "gaussian", "general_cosine", "general_hamming", "hamming", "hann",
    "kaiser", "nuttall",
]  # fmt: skip


def exponential(M, *, center=None, tau=1.0, sym=True, dtype=None, layout=strided, device=None, requires_grad=False):
    """exp(-|n - center| / tau), a fall to both sides of the centre, which is the middle unless it is given.

    A ValueError for tau that is not positive, and for the centre of a symmetric window.
    """
    settings = checked("exponential", M, dtype, layout, device, requires_grad)
    if tau <= 0:
        raise ValueError(f"Tau must be positive, got: {tau} instead.")
    if sym and center is not None:
        raise ValueError("Center must be None for symmetric windows")
    if M == 0:
        return empty((0,), **settings)
    center = (M if not sym and M > 1 else M - 1) / 2 if center is None else center
    return (-linspace(-center / tau, (M - 1 - center) / tau, M, **settings).abs()).exp()


def cosine(M, *, sym=True, dtype=None, layout=strided, device=None, requires_grad=False):
    """sin(pi (n + 0.5) / M), half a wave."""
    settings = checked("cosine", M, dtype, layout, device, requires_grad)
    if M == 0:
        return empty((0,), **settings)
    step = math.pi / (M + 1 if not sym and M > 1 else M)
    return linspace(0.5 * step, (M - 0.5) * step, M, **settings).sin()


def gaussian(M, *, std=1.0, sym=True, dtype=None, layout=strided, device=None, requires_grad=False):
    """exp(-((n - middle) / std) ** 2 / 2). A ValueError for a standard deviation that is not positive."""
    settings = checked("gaussian", M, dtype, layout, device, requires_grad)
    if std <= 0:
        raise ValueError(f"Standard deviation must be positive, got: {std} instead.")
    if M == 0:
        return empty((0,), **settings)
    start, scale = -(M if not sym and M > 1 else M - 1) / 2, 1 / (std * math.sqrt(2))
    return (-(linspace(start * scale, (start + M - 1) * scale, M, **settings) ** 2)).exp()


def kaiser(M, *, beta=12.0, sym=True, dtype=None, layout=strided, device=None, requires_grad=False):
    """I0(beta sqrt(1 - (2 n / (M - 1) - 1) ** 2)) / I0(beta), with the modified Bessel function I0.

    A ValueError for a negative beta.
    """
    settings = checked("kaiser", M, dtype, layout, device, requires_grad)
    if beta < 0:
        raise ValueError(f"beta must be non-negative, got: {beta} instead.")
    if M < 2:
        return (ones if M else empty)((M,), **settings)
    beta = tensor(beta, dtype=settings["dtype"], device="cpu").item()  # as the dtype holds it, so that no root is nan
    step = 2 * beta / (M - 1 if sym else M)
    place = linspace(-beta, min(beta, (M - 1) * step - beta), M, **settings)
    return i0((beta * beta - place**2).sqrt()) / i0(place.new_full((), beta))


def hamming(M, *, sym=True, dtype=None, layout=strided, device=None, requires_grad=False):
    """0.54 - 0.46 cos(2 pi n / (M - 1))."""
    return general_hamming(M, sym=sym, dtype=dtype, layout=layout, device=device, requires_grad=requires_grad)


def hann(M, *, sym=True, dtype=None, layout=strided, device=None, requires_grad=False):
    """0.5 - 0.5 cos(2 pi n / (M - 1))."""
    return general_hamming(
        M, alpha=0.5, sym=sym, dtype=dtype, layout=layout, device=device, requires_grad=requires_grad
    )


def blackman(M, *, sym=True, dtype=None, layout=strided, device=None, requires_grad=False):
    """0.42 - 0.5 cos(2 pi n / (M - 1)) + 0.08 cos(4 pi n / (M - 1))."""
    checked("blackman", M, dtype, layout, device, requires_grad)
    return general_cosine(
        M, a=[0.42, 0.5, 0.08], sym=sym, dtype=dtype, layout=layout, device=device, requires_grad=requires_grad
    )


def bartlett(M, *, sym=True, dtype=None, layout=strided, device=None, requires_grad=False):
    """1 - |2 n / (M - 1) - 1|, a triangle."""
    settings = checked("bartlett", M, dtype, layout, device, requires_grad)
    if M < 2:
        return (ones if M else empty)((M,), **settings)
    step = 2 / (M - 1 if sym else M)
    return 1 - linspace(-1, -1 + (M - 1) * step, M, **settings).abs()


def general_cosine(M, *, a, sym=True, dtype=None, layout=strided, device=None, requires_grad=False):
    """The sum over i of (-1) ** i * a[i] * cos(2 pi i n / (M - 1)). A ValueError without coefficients."""
    settings = checked("general_cosine", M, dtype, layout, device, requires_grad)
    if M < 2:
        return (ones if M else empty)((M,), **settings)
    if not isinstance(a, Iterable):
        raise TypeError("Coefficients must be a list/tuple")
    if not a:
        raise ValueError("Coefficients cannot be empty")
    angle = linspace(0, (M - 1) * 2 * math.pi / (M - 1 if sym else M), M, **settings)
    signed = tensor([-each if place % 2 else each for place, each in enumerate(a)], dtype=angle.dtype, device=device)
    turns = arange(len(signed), dtype=angle.dtype, device=device)
    return (signed.unsqueeze(-1) * (turns.unsqueeze(-1) * angle).cos()).sum(0)


def general_hamming(M, *, alpha=0.54, sym=True, dtype=None, layout=strided, device=None, requires_grad=False):
    """alpha - (1 - alpha) cos(2 pi n / (M - 1))."""
    return general_cosine(
        M, a=[alpha, 1 - alpha], sym=sym, dtype=dtype, layout=layout, device=device, requires_grad=requires_grad
    )


def nuttall(M, *, sym=True, dtype=None, layout=strided, device=None, requires_grad=False):
    """The sum of four cosines with the coefficients 0.3635819, 0.4891775, 0.1365995 and 0.0106411 (Nuttall 1981)."""
    return general_cosine(
        M, a=[0.3635819, 0.4891775, 0.1365995, 0.0106411], sym=sym, dtype=dtype, layout=layout, device=device,
        requires_grad=requires_grad,
    )  # fmt: skip


def checked(name, M, dtype, layout, device, requires_grad):
    """What is asked of a new window, by name; a ValueError for what no window has."""
    dtype = dtypes.get_default_dtype() if dtype is None else dtype
    if M < 0:
        raise ValueError(f"{name} requires non-negative window length, got M={M}")
    if layout is not strided:
        raise ValueError(f"{name} is implemented for strided tensors only, got: {layout}")
    if dtype not in (dtypes.float32, dtypes.float64):
        raise ValueError(f"{name} expects float32 or float64 dtypes, got: {dtype}")
    return {"dtype": dtype, "layout": layout, "device": device, "requires_grad": requires_grad}


for each in __all__:
    globals()[each].__module__ = "torch.signal.windows.windows"
