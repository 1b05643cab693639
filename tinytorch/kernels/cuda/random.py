"""What PyTorch's CUDA generator draws for each distribution: Philox4x32-10 (Salmon and others, 2011), over a grid.

Thread t of T draws the four words of counter (offset / 4 + round, t) under the key `seed`; they go to the elements t,
t + T, t + 2 T, t + 3 T, and so on round by round (64-bit numbers: two a round). The grid depends on the card's number
of multiprocessors, and so do the numbers, as in PyTorch. uniform, normal, integers, bernoulli, exponential, geometric,
log_normal and cauchy follow PyTorch's order; bernoulli_from, permutation and multinomial have an order of their own,
and gamma, dirichlet, poisson and binomial are CuPy's, from a seed that the place in the stream gives.
"""

import functools
import math

import numpy

from tinytorch.dtypes import COMPLEX, of_numpy
from tinytorch.kernels.cuda.samplers import binomial, dirichlet, gamma, poisson
from tinytorch.kernels.cuda.source import entry, sources
from tinytorch.kernels.distributions import (
    check_bernoulli,
    check_cauchy,
    check_exponential,
    check_geometric,
    check_log_normal,
    check_multinomial,
    check_normal,
    check_permutation,
    check_probabilities,
    check_seed,
    check_uniform,
    check_weights,
    drawn_seed,
    integer_rule,
    real_part,
    rounded,
)

__all__ = [
    "Stream",
    "bernoulli",
    "bernoulli_from",
    "binomial",
    "cauchy",
    "dirichlet",
    "exponential",
    "gamma",
    "geometric",
    "integers",
    "log_normal",
    "multinomial",
    "normal",
    "permutation",
    "poisson",
    "uniform",
]

DEFAULT_SEED = 67280421310721  # what a new torch.Generator() starts from
BLOCK_SIZE = 256  # threads

SOURCE = r"""
typedef unsigned int word;
typedef unsigned long long wide;

struct Words { word x, y, z, w; };

__device__ Words philox(wide seed, wide round, wide thread) {
    Words c = {(word)round, (word)(round >> 32), (word)thread, (word)(thread >> 32)};
    word key = (word)seed, other = (word)(seed >> 32);
    for (int i = 0; i < 10; i++) {
        Words d = {__umulhi(0xCD9E8D57u, c.z) ^ c.y ^ key, 0xCD9E8D57u * c.z,
                   __umulhi(0xD2511F53u, c.x) ^ c.w ^ other, 0xD2511F53u * c.x};
        c = d;
        key += 0x9E3779B9u;
        other += 0xBB67AE85u;
    }
    return c;
}

// From (0, 1], as cuRAND makes them of one and of two words.
__device__ float unit(word x) { return x * 0x1p-32f + 0x1p-33f; }
__device__ double unit(word x, word y) {
    return (double)((wide)x ^ ((wide)y << 21)) * 0x1p-53 + 0x1p-54;
}

__device__ void draw(Words c, float* values) {
    values[0] = unit(c.x); values[1] = unit(c.y); values[2] = unit(c.z); values[3] = unit(c.w);
}
__device__ void draw(Words c, double* values) { values[0] = unit(c.x, c.y); values[1] = unit(c.z, c.w); }
__device__ void draw(Words c, word* values) {
    values[0] = c.x; values[1] = c.y; values[2] = c.z; values[3] = c.w;
}
__device__ void draw(Words c, wide* values) {
    values[0] = (wide)c.x << 32 | c.y; values[1] = (wide)c.z << 32 | c.w;
}

__device__ void gauss(Words c, float* values) {
    const word pairs[4] = {c.x, c.y, c.z, c.w};
    for (int i = 0; i < 4; i += 2) {
        float radius = sqrtf(-2.0f * logf(unit(pairs[i])));
        __sincosf(pairs[i + 1] * (0x1p-32f * 6.2831855f) + 0x1p-33f * 6.2831855f, &values[i], &values[i + 1]);
        values[i] *= radius;
        values[i + 1] *= radius;
    }
}
__device__ void gauss(Words c, double* values) {
    double radius = sqrt(-2.0 * log(unit(c.x, c.y)));
    sincospi(2.0 * unit(c.z, c.w), &values[0], &values[1]);
    values[0] *= radius;
    values[1] *= radius;
}

// Writes EXPRESSION of each `number` of a round to its element.
#define KERNEL(NAME, TYPE, RESULT, DRAW, PARAMETERS, EXPRESSION)                                              \
    extern "C" __global__ void NAME(RESULT* output, long long size, wide seed, wide offset, PARAMETERS) {     \
        const int count = 16 / sizeof(TYPE);                                                                  \
        const wide thread = (wide)blockIdx.x * blockDim.x + threadIdx.x;                                      \
        const wide threads = (wide)gridDim.x * blockDim.x;                                                    \
        wide round = offset / 4;                                                                              \
        for (wide first = thread; first < size; first += threads * count, round++) {                          \
            TYPE values[count];                                                                               \
            DRAW(philox(seed, round, thread), values);                                                        \
            for (int i = 0; i < count; i++) {                                                                 \
                const wide element = first + threads * i;                                                     \
                const TYPE number = values[i];                                                                \
                if (element < size) output[element] = EXPRESSION;                                             \
            }                                                                                                 \
        }                                                                                                     \
    }
#define AND ,
KERNEL(unit_float, float, float, draw, int unused, number)
KERNEL(unit_double, double, double, draw, int unused, number)
KERNEL(uniform_float, float, float, draw, float width AND float start, (number == 1 ? 0 : number) * width + start)
KERNEL(uniform_double, double, double, draw, double width AND double start, (number == 1 ? 0 : number) * width + start)
KERNEL(normal_float, float, float, gauss, float std AND float mean, number * std + mean)
KERNEL(normal_double, double, double, gauss, double std AND double mean, number * std + mean)
KERNEL(integers_word, word, long long, draw, wide modulus AND wide base, (long long)(number % (word)modulus + base))
KERNEL(integers_wide, wide, long long, draw, wide modulus AND wide base,
       (long long)((modulus ? number % modulus : number) + base))
"""
sources["random"] = SOURCE


class Stream:
    """The key and the place of one generator's Philox numbers; the place counts words and grows by four a round."""

    def __init__(self, seed=DEFAULT_SEED):
        self.manual_seed(seed)

    def manual_seed(self, seed):
        """Start again from `seed`; a negative one counts from 2**64."""
        self.first_seed = check_seed(seed)
        self.offset = 0
        return self

    def seed(self):
        """Start again from a seed of 53 bits that the operating system draws; gives that seed."""
        self.manual_seed(drawn_seed())
        return self.first_seed

    def initial_seed(self):
        """The seed that the numbers started from."""
        return self.first_seed

    def reserve(self, rounds):
        """The place of the next numbers, of which each thread takes `rounds` times four words."""
        place = self.offset
        self.offset += 4 * rounds
        return place

    def get_state(self):
        """Seed and offset as PyTorch's `torch.cuda.get_rng_state()` lays them out: uint8 (16,), on the host."""
        return numpy.array([self.first_seed, self.offset], "<u8").view(numpy.uint8)

    def set_state(self, state):
        """Go on from where `state` was taken, here or by PyTorch; a RuntimeError if it is no such state."""
        if state.dtype != numpy.uint8:
            raise TypeError("RNG state must be a torch.ByteTensor")
        if state.size != 16:
            raise RuntimeError("RNG state is wrong size")
        seed, offset = (int(number) for number in numpy.ascontiguousarray(state).reshape(-1).view("<u8"))
        if offset % 4:
            raise RuntimeError("offset must be a multiple of 4")
        self.first_seed, self.offset = seed, offset

    def clone(self):
        """Another stream that goes on from the same place, on its own."""
        other = Stream(self.first_seed)
        other.offset = self.offset
        return other


def uniform(stream, shape, dtype, low=0.0, high=1.0):
    """Numbers from [low, high), each x * (high - low) + low with x of 32 bits (float64: 53).

    A half type is drawn as float32 and rounded; what rounds up to `high` becomes `low`. A complex type draws two.
    """
    dtype = numpy.dtype(dtype)
    if of_numpy[dtype].category == COMPLEX:
        return uniform(stream, (*shape, 2), real_part(dtype), low, high).view(dtype)[..., 0]
    check_uniform(dtype, low, high)
    working = working_type(dtype)
    start = working.type(low)
    width = working.type(high) - start
    output = rounded(launch(stream, "uniform", shape, working, width, start), dtype)
    if dtype != working or low != 0 or high != 1:
        output[output == dtype.type(high)] = dtype.type(low)
    return output


def normal(stream, shape, dtype, mean=0.0, std=1.0, contiguous=True):
    """Numbers of the normal distribution, by Box and Muller (1958), in float32, or in float64 for float64.

    A complex type draws both parts, each with std / sqrt(2). `contiguous` changes nothing on this device.
    """
    dtype = numpy.dtype(dtype)
    check_normal(dtype, std, "cuda")
    if of_numpy[dtype].category == COMPLEX:
        return normal(stream, (*shape, 2), real_part(dtype), mean, std / math.sqrt(2), contiguous).view(dtype)[..., 0]
    working = working_type(dtype)
    return rounded(launch(stream, "normal", shape, working, working.type(std), working.type(mean)), dtype)


def integers(stream, shape, dtype, low=None, high=None):
    """Whole numbers from [low, high), as remainders of 32 bits, of 64 bits from a range of 2**28 on.

    Without `high`: from `low` to the largest that `dtype` holds (a float type: 2**digits). Without both: PyTorch's
    `random_()`, from 0 to that largest. A RuntimeError where the range is empty or `dtype` cannot hold it.
    """
    dtype = numpy.dtype(dtype)
    base, modulus, wide = integer_rule(dtype, low, high, math.prod(shape), "cuda")
    words = numpy.dtype(numpy.uint64 if wide else numpy.uint32)
    settings = numpy.uint64(modulus % 2**64), numpy.uint64(base % 2**64)
    return rounded(launch(stream, "integers", shape, words, *settings), dtype)


def permutation(stream, count, dtype=numpy.int64):
    """The numbers 0 to count - 1 in random order: that of `count` random words of 64 bits."""
    dtype = numpy.dtype(dtype)
    check_permutation(dtype, count)
    keys = launch(stream, "integers", (count,), numpy.dtype(numpy.uint64), numpy.uint64(0), numpy.uint64(0))
    return rounded(keys.argsort(), dtype)


def bernoulli(stream, shape, dtype, probability):
    """Ones with one `probability` for all, zeros otherwise: 1 where a float32 uniform (float64: its own) is below."""
    dtype = numpy.dtype(dtype)
    check_bernoulli(dtype, probability, "cuda")
    chance = chances(stream, shape, dtype)
    return (chance < chance.dtype.type(probability)).astype(dtype)


def bernoulli_from(stream, probabilities, dtype=None):
    """Ones with a probability of their own each, in the shape and (unless `dtype` is given) the dtype of these."""
    check_probabilities(probabilities, "cuda")
    drawn = chances(stream, probabilities.shape, probabilities.dtype) <= probabilities
    drawn &= probabilities > 0
    return drawn.astype(probabilities.dtype if dtype is None else dtype)


def exponential(stream, shape, dtype, rate=1.0):
    """Waiting times of mean 1 / rate: -log(u) / rate, never 0."""
    import cupy

    dtype = numpy.dtype(dtype)
    check_exponential(dtype, rate)
    chance = chances(stream, shape, dtype)
    least = chance.dtype.type(numpy.finfo(chance.dtype).eps / 2)
    logarithm = cupy.where(chance >= 1 - least, -least, cupy.log(chance))
    return rounded(logarithm * (chance.dtype.type(-1) / chance.dtype.type(rate)), dtype)


def geometric(stream, shape, dtype, probability):
    """How many trials of `probability` it takes to the first success: ceil(log(u) / log(1 - probability))."""
    import cupy

    dtype = numpy.dtype(dtype)
    check_geometric(dtype, probability, "cuda")
    chance = chances(stream, shape, dtype)
    failure = numpy.log1p(-chance.dtype.type(probability))
    return rounded(cupy.ceil(cupy.log(chance) / failure), dtype)


def log_normal(stream, shape, dtype, mean=1.0, std=2.0):
    """exp of normal numbers of `mean` and `std`."""
    import cupy

    dtype = numpy.dtype(dtype)
    check_log_normal(dtype, std, "cuda")
    return rounded(cupy.exp(normal(stream, shape, working_type(dtype), mean, std)), dtype)


def cauchy(stream, shape, dtype, median=0.0, sigma=1.0):
    """Numbers of the Cauchy distribution: median + sigma * tan(pi * (u - 1/2)), in float32 with u away from 0 and 1."""
    import cupy

    dtype = numpy.dtype(dtype)
    check_cauchy(dtype, sigma)
    chance = chances(stream, shape, dtype)
    if chance.dtype == numpy.float32:
        least = numpy.float32(numpy.finfo(numpy.float32).eps)
        chance = cupy.clip(chance, least, 1 - least)
    return rounded(cupy.tan((chance - 0.5) * math.pi) * sigma + median, dtype)


def multinomial(stream, probabilities, count, replacement=False):
    """`count` indices from each row of weights, (categories,) or (rows, categories): int64 (count,) or (rows, count).

    With `replacement` by searching uniforms in the running sum of the weights; without, or for a single index, as the
    largest of weight / exponential (Efraimidis and Spirakis, 2006).
    """
    import cupy

    check_multinomial(probabilities, count, replacement)
    rows = probabilities.reshape(-1, probabilities.shape[-1]).astype(working_type(probabilities.dtype), copy=False)
    if not rows.size:
        return cupy.empty((*probabilities.shape[:-1], count), numpy.int64)
    check_weights(rows)
    if replacement and count > 1:
        total = rows.cumsum(axis=1)
        chance = chances(stream, (len(rows), count), rows.dtype) * total[:, -1:]
        output = cupy.stack([total[row].searchsorted(chance[row]) for row in range(len(rows))])
    else:
        ranked = rows / exponential(stream, rows.shape, rows.dtype)
        output = cupy.argsort(-ranked, axis=1)[:, :count] if count > 1 else ranked.argmax(axis=1)[:, None]
    return output.astype(numpy.int64).reshape(*probabilities.shape[:-1], count)


def chances(stream, shape, dtype):
    """Uniform numbers from (0, 1] in the type that draws for `dtype`."""
    return launch(stream, "unit", shape, working_type(dtype), numpy.int32(0))


def working_type(dtype):
    """float64 draws for itself, float32 for every other type."""
    return numpy.dtype(numpy.float64 if dtype == numpy.float64 else numpy.float32)


def launch(stream, kind, shape, dtype, *settings):
    """A new array of the numbers that one kernel draws of float32, float64, or words of 32 or 64 bits (as int64)."""
    import cupy

    output = cupy.empty(shape, numpy.int64 if dtype.kind == "u" else dtype)
    if output.size:
        device = cupy.cuda.runtime.getDevice()
        blocks, rounds = grid(output.size, dtype.itemsize, resident_blocks(device))
        name = {"f4": "float", "f8": "double", "u4": "word", "u8": "wide"}[dtype.str[1:]]
        place = numpy.uint64(stream.first_seed), numpy.uint64(stream.reserve(rounds))
        arguments = (output, numpy.int64(output.size), *place, *settings)
        entry(SOURCE, f"{kind}_{name}", device)((blocks,), (BLOCK_SIZE,), arguments)
    return output


def grid(size, itemsize, resident):
    """How many blocks draw `size` numbers where `resident` of them fit on the card at once, and in how many rounds."""
    blocks = min(resident, -(-size // BLOCK_SIZE))
    return blocks, (size - 1) // (blocks * BLOCK_SIZE * (16 // itemsize)) + 1


@functools.cache
def resident_blocks(device):
    """How many blocks fit on the card of this number at once."""
    import cupy

    facts = cupy.cuda.runtime.getDeviceProperties(device)
    return facts["multiProcessorCount"] * (facts["maxThreadsPerMultiProcessor"] // BLOCK_SIZE)
