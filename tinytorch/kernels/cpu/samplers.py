"""Random numbers whose parameters are arrays and whose samplers reject, as PyTorch's CPU generator draws them."""

import functools
import math

import numpy

from tinytorch.kernels import rejection
from tinytorch.kernels.box_muller import unit
from tinytorch.kernels.cpu.compile import making, through_cache
from tinytorch.kernels.distributions import check_parameters, check_rates, rounded

__all__ = ["binomial", "dirichlet", "gamma", "poisson"]

WORTH_COMPILING = 200_000  # elements: some 0.2 s in the interpreter; loading Numba takes 0.4 s
BLOCK = 1 << 20  # uniforms drawn at a time


def gamma(stream, concentration):
    """Numbers of the gamma distribution with rate 1, each of its own concentration, not below the smallest normal."""
    check_parameters(concentration, "gamma_cpu")
    dtype, one = concentration.dtype, concentration.dtype.type(1)
    small = concentration < 1  # one more, and then the power of a uniform
    exponents = numpy.where(small, one / numpy.where(small & (concentration != 0), concentration, one), 0)
    offsets = (concentration + small.astype(dtype)) - dtype.type(numpy.float32(1) / numpy.float32(3))
    zero = concentration == 0
    flat = [each.astype(numpy.float64).reshape(-1) for each in (exponents, numpy.where(zero, numpy.nan, offsets))]
    waiting = math.nan if stream.next_normal is None else stream.next_normal
    drawn, waiting = rejected(stream, rejection.gamma, flat, (waiting,))
    stream.next_normal = waiting if waiting == waiting else None
    output = drawn.astype(dtype).reshape(concentration.shape)
    output[zero] = 0
    return numpy.maximum(output, numpy.finfo(dtype).tiny)


def dirichlet(stream, concentration):
    """Numbers of the Dirichlet distribution along the last dimension: gamma numbers in float64 over their sum."""
    check_parameters(concentration, "dirichlet")
    drawn = gamma(stream, concentration.astype(numpy.float64))
    output = (drawn / drawn.sum(axis=-1, keepdims=True)).astype(concentration.dtype)
    tiny, one = numpy.finfo(output.dtype).tiny, output.dtype.type(1)
    return numpy.minimum(numpy.maximum(output, tiny), numpy.nextafter(one, output.dtype.type(0)))


def poisson(stream, rates):
    """Numbers of the Poisson distribution, each of its own rate."""
    check_rates(rates, "cpu")
    (drawn,) = rejected(stream, rejection.poisson, [rates.astype(numpy.float64).reshape(-1)])
    return rounded(drawn, rates.dtype).reshape(rates.shape)


def binomial(stream, both):
    """How many of `both[0]` trials succeed, each of chance `both[1]`."""
    check_parameters(both, "binomial_cpu")
    count, chance = both
    many = chance > 0.5  # the failures are drawn
    chance = numpy.where(many, 1 - chance, chance)
    chance = numpy.where(chance < 0, 0, chance).astype(both.dtype)  # a chance above 1 is certain
    mean = count * chance
    spread, mode = numpy.sqrt(mean * (1 - chance)), numpy.floor((count + 1) * chance)
    parameters = (count, chance, spread, mean, mode, chance / (1 - chance))
    (drawn,) = rejected(stream, rejection.binomial, [each.astype(numpy.float64).reshape(-1) for each in parameters])
    drawn = drawn.astype(both.dtype).reshape(count.shape)
    return numpy.where(count > 0, numpy.where(many, count - drawn, drawn), 0).astype(both.dtype)


def rejected(stream, sampler, parameters, waiting=()):
    """What a sampler of `rejection` makes of flat parameters, and what waits then; the stream goes on behind it."""
    size, done = parameters[0].size, 0
    loop = compiled(sampler, len(parameters), len(waiting)) if size >= WORTH_COMPILING else None
    if loop is None:  # the interpreter is faster with lists
        parameters, results = [each.tolist() for each in parameters], [0.0] * size
    else:
        results = numpy.empty(size)
    while done < size:
        state, untouched = stream.engine.state, stream.untouched
        chances = unit(stream, min(4 * (size - done) + 64, BLOCK), numpy.dtype(numpy.float64))
        if loop is None:
            done, used, *waiting = sampler(*parameters, chances.tolist(), results, done, *waiting)
        else:
            done, used, *waiting = loop(*parameters, chances, results, done, *waiting)
        stream.engine.state, stream.untouched = state, untouched
        stream.words(2 * used)
    return numpy.asarray(results), *waiting


@functools.cache
def compiled(sampler, arrays, numbers):
    """A sampler compiled by Numba; None if NUMBA_DISABLE_JIT is set."""
    import numba

    if numba.config.DISABLE_JIT:
        return None
    types = ["float64[::1]"] * (arrays + 2) + ["int64"] + ["float64"] * numbers
    with making:
        return through_cache(sampler, f"({', '.join(types)})", as_function)


def as_function(function, signature, cache):
    """A function of Numba's, whose products and sums stay apart: the bits are those of the interpreter."""
    import numba

    return numba.njit(signature, cache=cache)(function)
