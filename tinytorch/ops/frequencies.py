"""The frequencies that the elements of a Fourier transform stand for, and their order with 0 in the middle."""

import math

from tinytorch import dtypes
from tinytorch.creation import as_dtype, as_int, finished
from tinytorch.delivery import deliver
from tinytorch.ops.ranges import arange
from tinytorch.ops.refusals import need_tensor
from tinytorch.ops.shape import roll


def fftfreq(n, d=1.0, *, out=None, dtype=None, layout=None, device=None, pin_memory=False, requires_grad=False):
    """The frequencies of `fft` of n samples a time `d` apart: [0, 1, ..., -2, -1] / (d * n), the positive first."""
    n = as_int("fft_fftfreq", "n", 1, n)
    dtype = fractional("fftfreq", dtype, out)
    if n < 0:
        raise RuntimeError(f"Trying to create tensor with negative dimension {n}: [{n}]")
    steps = arange(n, dtype=dtype, layout=layout, device=device, pin_memory=pin_memory)
    steps = steps - n * (steps >= (n + 1) // 2)
    return spaced("fftfreq", steps, n * d, out, requires_grad)


def rfftfreq(n, d=1.0, *, out=None, dtype=None, layout=None, device=None, pin_memory=False, requires_grad=False):
    """The frequencies of `rfft` of n samples a time `d` apart: [0, 1, ..., n // 2] / (d * n)."""
    n = as_int("fft_rfftfreq", "n", 1, n)
    dtype = fractional("rfftfreq", dtype, out)
    steps = arange(int(n / 2) + 1, dtype=dtype, layout=layout, device=device, pin_memory=pin_memory)
    return spaced("rfftfreq", steps, n * d, out, requires_grad)


def fractional(name, dtype, out):
    """The dtype of frequencies, which cannot be whole numbers."""
    if dtype is None:
        dtype = dtypes.get_default_dtype() if out is None else out.dtype
    dtype = as_dtype(f"fft_{name}", dtype)
    if dtype.category < dtypes.FLOAT:
        raise RuntimeError(f"{name} requires a floating point or complex dtype")
    return dtype


def spaced(name, steps, span, out, requires_grad):
    """Steps divided by what all of them span."""
    found = steps * (1 / span if span else math.inf)
    return finished(found, requires_grad) if out is None else deliver(f"fft_{name}", out, found)


def fftshift(input, dim=None):
    """The halves of each dimension, or of those in `dim`, exchanged, so that frequency 0 stands in the middle."""
    return shifted("fft_fftshift", input, dim, 0)


def ifftshift(input, dim=None):
    """What `fftshift` did, undone."""
    return shifted("fft_ifftshift", input, dim, 1)


def shifted(name, input, dim, odd):
    """Each dimension rolled by half its size; of an odd size `odd` says whether the larger half."""
    need_tensor(name, input)
    dims = tuple(range(input.array.ndim)) if dim is None else (dim,) if isinstance(dim, int) else tuple(dim)
    if not dims:
        raise RuntimeError("`shifts` required")
    return roll(input, [(input.size(each) + odd) // 2 for each in dims], dims)
