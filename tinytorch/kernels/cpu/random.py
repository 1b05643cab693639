"""What PyTorch's CPU generator draws for each distribution: the same seed gives the same numbers, in bulk.

Every function takes the `Stream` that it draws from, then the shape and NumPy's dtype of the result. Where the
arithmetic is exact (uniform, integers, permutation, bernoulli) the bits are PyTorch's, and so they are for normal
numbers in float32 and the half types where PyTorch runs its AVX2 code; where other logarithms and sines are in it, the
last bits may differ. On Intel's processors PyTorch's own wheels draw `bernoulli_(p)` and `exponential_` from MKL
instead; what is drawn here is what they draw on every other processor.
"""

import math

import numpy

from tinytorch.dtypes import COMPLEX, HALVES, of_numpy
from tinytorch.kernels.box_muller import BLOCK, MASK_53, blocks, box_muller, scale, unit
from tinytorch.kernels.cpu.samplers import binomial, dirichlet, gamma, poisson
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
RAW_COUNT = 2048  # below this many words `random_raw` is the fastest call, above it `integers` is
STATE_SIZE = 624
PERMUTATION_LIMIT = (2**32 - 1) // 20  # PyTorch shuffles longer ranges by another algorithm

# PyTorch's CPUGeneratorImplState: what `torch.get_rng_state()` holds, byte by byte.
STATE = numpy.dtype(
    {
        "names": ["seed", "left", "seeded", "next", "state", "normal", "normal_valid", "float_normal", "float_valid"],
        "formats": ["<u8", "<i4", "<i4", "<u8", ("<u8", STATE_SIZE), "<f8", "<i4", "<f4", "u1"],
        "offsets": [0, 8, 12, 16, 24, 5024, 5040, 5048, 5052],
        "itemsize": 5056,
    }
)


class Stream:
    """The MT19937 engine of one generator (Matsumoto and Nishimura, 1998), with the second normal that it keeps."""

    def __init__(self, seed=DEFAULT_SEED):
        self.engine = numpy.random.MT19937(0)
        self.generator = numpy.random.Generator(self.engine)
        self.manual_seed(seed)

    def manual_seed(self, seed):
        """Start again from `seed`, of which the engine takes the low 32 bits; a negative one counts from 2**64."""
        self.first_seed = check_seed(seed)
        self.engine._legacy_seeding(self.first_seed & 0xFFFFFFFF)
        self.untouched = True  # PyTorch's state tells a generator that never drew from one that used up its block
        self.next_normal = None
        self.next_float_normal = None  # part of PyTorch's state; no distribution on the CPU sets it
        return self

    def seed(self):
        """Start again from a seed of 53 bits that the operating system draws; gives that seed."""
        self.manual_seed(drawn_seed())
        return self.first_seed

    def initial_seed(self):
        """The seed that the numbers started from."""
        return self.first_seed

    def words(self, count):
        """The next `count` words of 32 bits: uint32 (count,)."""
        if count:
            self.untouched = False
        if count < RAW_COUNT:
            return self.engine.random_raw(count).astype(numpy.uint32)
        return self.generator.integers(0, 1 << 32, count, numpy.uint32)

    def words64(self, count):
        """The next `count` words of 64 bits, each of two draws, the high half first: uint64 (count,)."""
        halves = self.words(2 * count)
        result = halves[0::2].astype(numpy.uint64)
        result <<= numpy.uint64(32)
        result |= halves[1::2]
        return result

    def get_state(self):
        """The whole state as PyTorch's `torch.get_rng_state()` lays it out: uint8 (5056,)."""
        engine = self.engine.state["state"]
        record = numpy.zeros(1, STATE)
        record["seed"] = self.first_seed
        record["seeded"] = 1
        record["next"] = 0 if self.untouched else engine["pos"]
        record["left"] = 1 if self.untouched else STATE_SIZE + 1 - engine["pos"]
        record["state"] = engine["key"]
        if self.next_normal is not None:
            record["normal"], record["normal_valid"] = self.next_normal, 1
        if self.next_float_normal is not None:
            record["float_normal"], record["float_valid"] = self.next_float_normal, 1
        return record.view(numpy.uint8)

    def set_state(self, state):
        """Go on from where `state` was taken, here or by PyTorch; a RuntimeError if it is no such state."""
        if state.dtype != numpy.uint8:
            raise TypeError("RNG state must be a torch.ByteTensor")
        if state.size != STATE.itemsize:
            raise RuntimeError(
                f"Expected a CPUGeneratorImplState of size {STATE.itemsize} "
                f"but found the input RNG state size to be {state.size}"
            )
        record = numpy.ascontiguousarray(state).reshape(-1).view(STATE)[0]
        left, position = int(record["left"]), int(record["next"])
        untouched = left == 1 and position == 0
        if record["seeded"] != 1 or not (untouched or (left == STATE_SIZE + 1 - position and 1 <= left <= STATE_SIZE)):
            raise RuntimeError("Invalid mt19937 state")
        key = record["state"].astype(numpy.uint32)
        position = STATE_SIZE if untouched else position
        self.engine.state = {"bit_generator": "MT19937", "state": {"key": key, "pos": position}}
        self.untouched = untouched
        self.first_seed = int(record["seed"])
        self.next_normal = float(record["normal"]) if record["normal_valid"] else None
        self.next_float_normal = float(record["float_normal"]) if record["float_valid"] else None

    def clone(self):
        """Another stream that goes on from the same place, on its own."""
        other = Stream()
        other.set_state(self.get_state())
        return other


def uniform(stream, shape, dtype, low=0.0, high=1.0):
    """Numbers from [low, high), each x * (high - low) + low with x of 24 bits (float64: 53), rounded once.

    A half type is drawn as float32 and rounded; what rounds up to `high` becomes `low`. A complex type draws two.
    """
    dtype = numpy.dtype(dtype)
    if of_numpy[dtype].category == COMPLEX:
        return uniform(stream, (*shape, 2), real_part(dtype), low, high).view(dtype)[..., 0]
    check_uniform(dtype, low, high)
    working = numpy.dtype(numpy.float32) if dtype in HALVES else dtype
    output = unit(stream, math.prod(shape), working)
    start = working.type(low)
    width = working.type(high) - start
    if low != 0 or high != 1:
        scale(output, width, start)
    output = output.astype(dtype, copy=False)
    if dtype in HALVES or low != 0 or high != 1:
        output[output == dtype.type(high)] = dtype.type(low)
    return output.reshape(shape)


def normal(stream, shape, dtype, mean=0.0, std=1.0, contiguous=True):
    """Numbers of the normal distribution, by Box and Muller (1958).

    Below 16 numbers, or where the tensor that is filled (in the order of its memory) is not `contiguous`, they are
    drawn one by one in float64, two from two uniforms, and the second waits in the stream. From 16 on they are drawn in
    blocks of 16, and if the last block is not full the last 16 are drawn again. A complex type draws both parts, each
    with std / sqrt(2).
    """
    dtype = numpy.dtype(dtype)
    check_normal(dtype, std, "cpu")
    if of_numpy[dtype].category == COMPLEX:
        return normal(stream, (*shape, 2), real_part(dtype), mean, std / math.sqrt(2), contiguous).view(dtype)[..., 0]
    count = math.prod(shape)
    if count < 16 or not contiguous:
        return rounded(single_normals(stream, count, mean, std), dtype).reshape(shape)
    working = numpy.dtype(numpy.float32) if dtype in HALVES else dtype
    output = numpy.empty(count, working)
    whole = count - count % 16
    last = whole - min(whole, BLOCK)  # where the last block starts; it is drawn together with the last 16
    for part in blocks(output[:last]):
        part[...] = box_muller(unit(stream, part.size, working), mean, std)
    lost = 0 if dtype in HALVES else count - whole  # PyTorch draws these, and then draws the last 16 again
    drawn = unit(stream, whole - last + (lost + 16 if whole < count else 0), working)
    made = box_muller(numpy.delete(drawn, slice(whole - last, whole - last + lost)), mean, std)
    output[last:whole] = made[: whole - last]
    output[-16:] = made[-16:]
    return output.astype(dtype, copy=False).reshape(shape)


def integers(stream, shape, dtype, low=None, high=None):
    """Whole numbers from [low, high), as remainders of 32 bits, of 64 bits from a range of 2**28 on.

    Without `high`: from `low` to the largest that `dtype` holds (a float type: 2**digits). Without both: PyTorch's
    `random_()`, from 0 to that largest. A RuntimeError where the range is empty or `dtype` cannot hold it.
    """
    dtype = numpy.dtype(dtype)
    base, modulus, wide = integer_rule(dtype, low, high, math.prod(shape), "cpu")
    output = numpy.empty(math.prod(shape), dtype)
    for part in blocks(output):
        bits = stream.words64(part.size) if wide else stream.words(part.size)
        if modulus < 1 << 64:
            quotient = bits // bits.dtype.type(modulus)  # NumPy divides by a constant faster than it takes remainders
            quotient *= bits.dtype.type(modulus)
            bits -= quotient
        values = bits.astype(numpy.int64)
        if base:
            values += base
        part[...] = rounded(values, dtype)
    return output.reshape(shape)


FEW = 128  # numbers that change places in Python's list in less time than NumPy's calls take


def permutation(stream, count, dtype=numpy.int64):
    """The numbers 0 to count - 1 in random order: step i swaps places i and i + word % (count - i) (Durstenfeld, 1964).

    Of many numbers the swaps are not made one after another: a place holds what the last step before put there, so each
    is found by following the steps backwards, for all places at once. From 214,748,364 numbers on PyTorch has another
    algorithm, which is refused here.
    """
    dtype = numpy.dtype(dtype)
    check_permutation(dtype, count)
    if count >= PERMUTATION_LIMIT:
        raise NotImplementedError(f"a permutation of {PERMUTATION_LIMIT} or more numbers is not drawn as PyTorch does")
    if count <= FEW:
        numbers = list(range(count))
        for step, word in enumerate(stream.words(count - 1).tolist() if count else ()):
            place = step + word % (count - step)
            numbers[step], numbers[place] = numbers[place], numbers[step]
        return rounded(numpy.array(numbers, numpy.int64), dtype)
    steps = numpy.arange(count, dtype=numpy.int32)
    partner = steps.copy()  # the place that each step swaps with; the last step has only itself and draws nothing
    if count > 1:
        words = stream.words(count - 1)
        words %= numpy.arange(count, 1, -1, dtype=numpy.uint32)
        partner[:-1] += words.view(numpy.int32)
    origin = steps.copy()  # which step put there what step i finds at place i: the last before i that chose i
    moved = partner > steps
    origin[partner[moved]] = steps[moved]  # of several the last one stays
    while not numpy.array_equal(further := origin[origin], origin):
        origin = further
    bits = count.bit_length()
    keys = (partner.astype(numpy.int64) << bits) | steps
    keys.sort()  # by place, then by step: steps that chose the same place are neighbours
    step, place = keys & ((1 << bits) - 1), keys >> bits
    output = partner
    again = place[1:] == place[:-1]
    output[step[1:][again]] = origin[step[:-1][again]]
    return rounded(output, dtype)


def bernoulli(stream, shape, dtype, probability):
    """Ones with one `probability` for all, zeros otherwise: 1 where a uniform of 53 bits (two words) lies below it."""
    dtype = numpy.dtype(dtype)
    check_bernoulli(dtype, probability, "cpu")
    output = numpy.empty(math.prod(shape), dtype)
    bound = numpy.uint64(math.ceil(probability * 2.0**53))  # exact: the same comparison in whole numbers
    for part in blocks(output):
        bits = stream.words64(part.size)
        bits &= MASK_53
        part[...] = bits < bound
    return output.reshape(shape)


def bernoulli_from(stream, probabilities, dtype=None):
    """Ones with a probability of their own each, in the shape and (unless `dtype` is given) the dtype of these.

    A float64 probability is compared with a uniform of 53 bits (two words), any other with one of 24 bits (one word).
    """
    check_probabilities(probabilities, "cpu")
    working = numpy.float64 if probabilities.dtype == numpy.float64 else numpy.float32
    chances = probabilities.astype(working, copy=False).reshape(-1)
    drawn = unit(stream, chances.size, numpy.dtype(working)) < chances
    return drawn.astype(probabilities.dtype if dtype is None else dtype).reshape(probabilities.shape)


def exponential(stream, shape, dtype, rate=1.0):
    """Waiting times of mean 1 / rate: -log(1 - u) / rate, with u of 53 bits."""
    dtype = numpy.dtype(dtype)
    check_exponential(dtype, rate)
    return from_uniform(stream, shape, dtype, lambda chance: -1.0 / rate * numpy.log1p(-chance))


def geometric(stream, shape, dtype, probability):
    """How many trials of `probability` it takes to the first success: ceil(log(u) / log(1 - probability))."""
    dtype = numpy.dtype(dtype)
    check_geometric(dtype, probability, "cpu")
    failure = math.log1p(-probability)
    return from_uniform(stream, shape, dtype, lambda chance: numpy.ceil(numpy.log(chance) / failure))


def log_normal(stream, shape, dtype, mean=1.0, std=2.0):
    """exp of normal numbers of `mean` and `std`, drawn one by one in float64, with the second of a pair kept."""
    dtype = numpy.dtype(dtype)
    check_log_normal(dtype, std, "cpu")
    return rounded(numpy.exp(single_normals(stream, math.prod(shape), mean, std)), dtype).reshape(shape)


def cauchy(stream, shape, dtype, median=0.0, sigma=1.0):
    """Numbers of the Cauchy distribution: median + sigma * tan(pi * (u - 1/2)), with u of 53 bits."""
    dtype = numpy.dtype(dtype)
    check_cauchy(dtype, sigma)
    return from_uniform(stream, shape, dtype, lambda chance: median + sigma * numpy.tan(math.pi * (chance - 0.5)))


def multinomial(stream, probabilities, count, replacement=False):
    """`count` indices from each row of weights, (categories,) or (rows, categories): int64 (count,) or (rows, count).

    With `replacement` by searching uniforms in the running sum of the weights; without, or for a single index, as the
    largest of weight / exponential (Efraimidis and Spirakis, 2006).
    """
    check_multinomial(probabilities, count, replacement)
    rows = probabilities.reshape(-1, probabilities.shape[-1])
    output = numpy.empty((len(rows), count), numpy.int64)
    if replacement and count > 1:
        for row, chosen in zip(rows, output, strict=True):
            chosen[...] = numpy.searchsorted(running_sum(row), unit(stream, count, numpy.dtype(numpy.float64)))
    elif len(rows):
        check_weights(rows)
        ranked = rows / exponential(stream, rows.shape, rows.dtype)
        if count == 1:
            output[:, 0] = ranked.argmax(axis=1)
        else:
            output[...] = numpy.argsort(-ranked.astype(numpy.float64), axis=1, kind="stable")[:, :count]
    return output.reshape(*probabilities.shape[:-1], count)


def single_normals(stream, count, mean, std):
    """Normal numbers in float64, r cos t and r sin t of two uniforms u, v: r = sqrt(-2 log(1 - v)), t = 2 pi u."""
    numbers = []
    if count and stream.next_normal is not None:
        numbers.append(stream.next_normal)
        stream.next_normal = None
    wanted = count - len(numbers)
    drawn = iter(unit(stream, wanted + wanted % 2, numpy.dtype(numpy.float64)).tolist())
    for turn, chance in zip(drawn, drawn, strict=True):  # the mathematics of C, whose bits PyTorch has, not NumPy's
        radius, angle = math.sqrt(-2.0 * math.log1p(-chance)), turn * (2.0 * math.pi)
        numbers += (radius * math.cos(angle), radius * math.sin(angle))
    if wanted % 2:
        stream.next_normal = numbers.pop()
    if mean != 0 or std != 1:
        numbers = [number * std + mean for number in numbers]
    return numpy.array(numbers)


def from_uniform(stream, shape, dtype, formula):
    """`formula` of float64 uniforms, rounded to `dtype`."""
    output = numpy.empty(math.prod(shape), dtype)
    for part in blocks(output):
        part[...] = rounded(formula(unit(stream, part.size, numpy.dtype(numpy.float64))), dtype)
    return output.reshape(shape)


def running_sum(row):
    """The running sum of one row of weights, up to 1, added one after another in the row's own precision."""
    if not (row >= 0).all():
        raise RuntimeError("invalid multinomial distribution (encountering probability entry < 0)")
    if not numpy.isfinite(row).all():
        raise RuntimeError("invalid multinomial distribution (encountering probability entry = infinity or NaN)")
    total = numpy.cumsum(row.astype(numpy.float32) if row.dtype in HALVES else row)
    if not total.size or total[-1] <= 0:
        raise RuntimeError("invalid multinomial distribution (sum of probabilities <= 0)")
    total /= total[-1].copy()
    total[-1] = 1
    return total
