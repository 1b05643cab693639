"""Random numbers whose parameters are arrays and whose samplers reject: CuPy's, in an order of their own."""

import numpy

from tinytorch.kernels.distributions import check_parameters, check_rates, rounded

__all__ = ["binomial", "dirichlet", "gamma", "poisson"]


def gamma(stream, concentration):
    """Numbers of the gamma distribution with rate 1, each of its own concentration, not below the smallest normal."""
    import cupy

    check_parameters(concentration, "gamma_cuda")
    drawn = samplers(stream).standard_gamma(concentration.astype(numpy.float64)).astype(concentration.dtype)
    return cupy.maximum(cupy.where(concentration == 0, 0, drawn), numpy.finfo(concentration.dtype).tiny)


def dirichlet(stream, concentration):
    """Numbers of the Dirichlet distribution along the last dimension: gamma numbers in float64 over their sum."""
    import cupy

    check_parameters(concentration, "dirichlet")
    drawn = gamma(stream, concentration.astype(numpy.float64))
    output = (drawn / drawn.sum(axis=-1, keepdims=True)).astype(concentration.dtype)
    tiny, one = numpy.finfo(output.dtype).tiny, output.dtype.type(1)
    return cupy.minimum(cupy.maximum(output, tiny), numpy.nextafter(one, output.dtype.type(0)))


def poisson(stream, rates):
    """Numbers of the Poisson distribution, each of its own rate."""
    check_rates(rates, "cuda")
    return rounded(samplers(stream).poisson(rates.astype(numpy.float64)), rates.dtype)


def binomial(stream, both):
    """How many of `both[0]` trials succeed, each of chance `both[1]`."""
    check_parameters(both, "binomial_cuda")
    count, chance = both[0].clip(0, None).astype(numpy.int64), both[1].clip(0, 1).astype(numpy.float64)
    return samplers(stream).binomial(count, chance).astype(both.dtype)


def samplers(stream):
    """CuPy's generator of the distributions that reject, seeded by the place in the stream, which moves on."""
    import cupy

    return cupy.random.Generator(cupy.random.Philox4x3210([stream.first_seed, stream.reserve(1)]))
