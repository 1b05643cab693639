"""CuPy's special functions under SciPy's names: half precision rounded once, and what CuPy lacks.

A function is made at its first use; nothing here imports CuPy or SciPy before.
"""

import math

import numpy

from tinytorch import dtypes

LARGE = 50  # from here on the asymptotic series are exact in double precision
TERMS = 14


def __getattr__(name):
    """CuPy's function of this name, which takes half precision too."""
    if name.startswith("__"):
        raise AttributeError(name)
    import cupyx.scipy.special

    function = getattr(cupyx.scipy.special, name)
    if name in SCALED:
        function = scaled(function, *SCALED[name])
    if name in NAN_AT_INFINITY:
        function = without_limit(function)
    globals()[name] = through_float32(function)
    return globals()[name]


def without_limit(function):
    """A Bessel function with nan at infinity, as PyTorch has it on both devices; CUDA's own has the limit."""

    def call(x):
        import cupy

        return cupy.where(cupy.isinf(x), x.dtype.type(math.nan), function(x))

    return call


def scaled(function, order, decays):
    """A Bessel function times its exponential, by Hankel's asymptotic series (1869) where CuPy's product overflows.

    exp(x) K_n(x) ~ sqrt(pi / 2x) (1 + a_1 / x + a_2 / x^2 + ...) with a_k = a_(k-1) (4 n^2 - (2k - 1)^2) / 8k;
    exp(-x) I_n(x) ~ 1 / sqrt(2 pi x) (1 - a_1 / x + a_2 / x^2 - ...).
    """
    coefficients = [1.0]
    for term in range(1, TERMS):
        step = (4 * order**2 - (2 * term - 1) ** 2) / (8 * term)
        coefficients.append(coefficients[-1] * (step if decays else -step))
    factor = math.sqrt(math.pi / 2) if decays else 1 / math.sqrt(2 * math.pi)

    def call(x):
        import cupy

        size = x if decays else cupy.absolute(x)
        large = size > LARGE
        inverse = 1 / cupy.where(large, size, x.dtype.type(LARGE))
        series = cupy.full_like(inverse, coefficients[-1])
        for coefficient in coefficients[-2::-1]:
            series = series * inverse + coefficient
        series = series * cupy.sqrt(inverse) * factor
        if not decays and order % 2:
            series = cupy.copysign(series, x)
        return cupy.where(large, series, function(x))

    return call


NAN_AT_INFINITY = ("i0", "i1", "j0", "j1", "y0", "y1")
SCALED = {"i0e": (0, False), "i1e": (1, False), "k0e": (0, True), "k1e": (1, True)}  # order, and whether K


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
