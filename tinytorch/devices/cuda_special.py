"""CuPy's special functions under SciPy's names: half precision rounded once, and what CuPy lacks.

A function is made at its first use; nothing here imports CuPy or SciPy before.
"""

import numpy

from tinytorch import dtypes


def __getattr__(name):
    """CuPy's function of this name, which takes half precision too."""
    if name.startswith("__"):
        raise AttributeError(name)
    import cupyx.scipy.special

    globals()[name] = through_float32(getattr(cupyx.scipy.special, name))
    return globals()[name]


def through_float32(function):
    """The function, with half precision computed in float32, where CuPy's own answers in float64 or not at all."""

    def call(*arguments):
        halves = {each.dtype for each in arguments if getattr(each, "dtype", None) in dtypes.HALVES}
        if not halves:
            return function(*arguments)
        wide = [each.astype(numpy.float32) if hasattr(each, "dtype") else each for each in arguments]
        return function(*wide).astype(halves.pop())

    return call


def airy(x):
    """Airy's functions and their derivatives, computed on the host: CuPy has none of them."""
    import cupy
    import scipy.special

    narrow = x.dtype in dtypes.HALVES
    found = scipy.special.airy(x.get().astype(numpy.float32) if narrow else x.get())
    with numpy.errstate(over="ignore"):  # in half precision some are infinite
        return tuple([cupy.asarray(each.astype(x.dtype)) for each in found])
