"""Orthogonal polynomials by their degree: Chebyshev's of four kinds, Hermite's, Laguerre's and Legendre's.

Each has a recurrence in the degree (Abramowitz and Stegun, 1964, 22.7). Chebyshev's are also quotients of sines and
cosines between -1 and 1, which is what is used for high degrees. Both operands, the place x and the degree n, may be
numbers. PyTorch has no derivatives of them.
"""

import math

from tinytorch.operation import elementwise
from tinytorch.ops.binary import as_arrays
from tinytorch.ops.error_functions import special_rule


@elementwise(special_rule("chebyshev_polynomial_t", operands=2))
def chebyshev_polynomial_t(xp, x, n):
    """cos(n * arccos(x)) as a polynomial, the first kind of Chebyshev's; 0 for n below 0; the shapes broadcast."""
    return chebyshev(xp, *degrees(xp, x, n), (1, 0), xp.cos, 0)


@elementwise(special_rule("chebyshev_polynomial_u", operands=2))
def chebyshev_polynomial_u(xp, x, n):
    """sin((n + 1) * angle) / sin(angle) with angle = arccos(x), the second kind; the shapes broadcast."""
    return chebyshev(xp, *degrees(xp, x, n), (2, 0), xp.sin, 1)


@elementwise(special_rule("chebyshev_polynomial_v", operands=2))
def chebyshev_polynomial_v(xp, x, n):
    """cos((n + 1 / 2) * angle) / cos(angle / 2) with angle = arccos(x), the third kind; the shapes broadcast."""
    return chebyshev(xp, *degrees(xp, x, n), (2, -1), xp.cos, 0.5)


@elementwise(special_rule("chebyshev_polynomial_w", operands=2))
def chebyshev_polynomial_w(xp, x, n):
    """sin((n + 1 / 2) * angle) / sin(angle / 2) with angle = arccos(x), the fourth kind; the shapes broadcast."""
    return chebyshev(xp, *degrees(xp, x, n), (2, 1), xp.sin, 0.5)


@elementwise(special_rule("shifted_chebyshev_polynomial_t", operands=2))
def shifted_chebyshev_polynomial_t(xp, x, n):
    """chebyshev_polynomial_t of 2 * x - 1, for inputs between 0 and 1; the shapes broadcast."""
    return chebyshev(xp, *shifted(xp, x, n), (1, 0), xp.cos, 0)


@elementwise(special_rule("shifted_chebyshev_polynomial_u", operands=2))
def shifted_chebyshev_polynomial_u(xp, x, n):
    """chebyshev_polynomial_u of 2 * x - 1, for inputs between 0 and 1; the shapes broadcast."""
    return chebyshev(xp, *shifted(xp, x, n), (2, 0), xp.sin, 1)


@elementwise(special_rule("shifted_chebyshev_polynomial_v", operands=2))
def shifted_chebyshev_polynomial_v(xp, x, n):
    """chebyshev_polynomial_v of 2 * x - 1, for inputs between 0 and 1; the shapes broadcast."""
    return chebyshev(xp, *shifted(xp, x, n), (2, -1), xp.cos, 0.5)


@elementwise(special_rule("shifted_chebyshev_polynomial_w", operands=2))
def shifted_chebyshev_polynomial_w(xp, x, n):
    """chebyshev_polynomial_w of 2 * x - 1, for inputs between 0 and 1; the shapes broadcast."""
    return chebyshev(xp, *shifted(xp, x, n), (2, 1), xp.sin, 0.5)


@elementwise(special_rule("hermite_polynomial_h", operands=2))
def hermite_polynomial_h(xp, x, n):
    """Hermite's polynomial of the physicists, for the weight exp(-x ** 2); the shapes broadcast."""
    return recurrence(xp, *degrees(xp, x, n), lambda k: (2, 0, 2 * k, 1))


@elementwise(special_rule("hermite_polynomial_he", operands=2))
def hermite_polynomial_he(xp, x, n):
    """Hermite's polynomial of the statisticians, for the weight exp(-x ** 2 / 2); the shapes broadcast."""
    return recurrence(xp, *degrees(xp, x, n), lambda k: (1, 0, k, 1))


@elementwise(special_rule("laguerre_polynomial_l", operands=2))
def laguerre_polynomial_l(xp, x, n):
    """Laguerre's polynomial, for the weight exp(-x) from 0 on; the shapes broadcast."""
    return recurrence(xp, *degrees(xp, x, n), lambda k: (-1, 2 * k + 1, k, k + 1))


@elementwise(special_rule("legendre_polynomial_p", operands=2))
def legendre_polynomial_p(xp, x, n):
    """Legendre's polynomial, for the weight 1 between -1 and 1; the shapes broadcast."""
    return recurrence(xp, *degrees(xp, x, n), lambda k: (2 * k + 1, 0, k, k + 1))


def degrees(xp, x, n):
    """Both operands as arrays, the degrees cut off to whole numbers; what is no number is a degree below 0."""
    x, n = as_arrays(xp, x, n)
    return x, xp.where(xp.isfinite(n), xp.trunc(n), xp.asarray(-1, n.dtype))


def shifted(xp, x, n):
    """The same, with the interval from 0 to 1 stretched to that from -1 to 1."""
    x, n = degrees(xp, x, n)
    return xp.subtract(xp.add(x, x), 1), n


def recurrence(xp, x, n, terms):
    """The polynomial of degree n from p(0) = 1 on, with a step for each k from 0 on:

    over * p(k + 1) = (slope * x + shift) * p(k) - lag * p(k - 1)

    `terms` gives slope, shift, lag and over. The degrees are counted up to the highest on the host, as one builds on
    the other; where no number is finite any more, it ends with nan.
    """
    before, now = xp.zeros_like(x), xp.ones_like(x)
    result = xp.where(xp.less(n, 0), before, now)
    for k in range(highest(xp, n)):
        slope, shift, lag, over = terms(k)
        factor = xp.add(xp.multiply(x, slope), shift)
        before, now = now, xp.divide(xp.subtract(xp.multiply(factor, now), xp.multiply(before, lag)), over)
        result = xp.where(xp.equal(n, k + 1), now, result)
        if k % 64 == 63:  # to ask each time would keep a GPU waiting
            higher = xp.greater(n, k + 1)
            if not xp.anywhere(xp.logical_and(higher, xp.isfinite(now))):
                return xp.where(higher, xp.asarray(math.nan, x.dtype), result)
    return result


def highest(xp, n):
    """The highest of the degrees; 0 where there is none, or where, on the meta device, none is known."""
    return 0 if xp.device == "meta" or n.size == 0 else max(int(xp.largest(n)), 0)


LOW = 8  # up to this degree the recurrence is as quick, and rounds less


def chebyshev(xp, x, n, first, function, part):
    """A polynomial of Chebyshev with p(1) = slope * x + shift, for `first` the two of them.

    Between -1 and 1 it is function((n + part) * angle) / function(part * angle) with angle = arccos(x).
    """
    angle = xp.arccos(x)
    closed = xp.logical_and(xp.less(xp.absolute(x), 1), xp.greater(n, LOW))
    quotient = xp.divide(function(xp.multiply(xp.add(n, part), angle)), function(xp.multiply(angle, part)))
    open_degrees = xp.where(closed, xp.zeros((), n.dtype), n)
    return xp.where(closed, quotient, recurrence(xp, x, open_degrees, lambda k: (2, 0, 1, 1) if k else (*first, 0, 1)))
