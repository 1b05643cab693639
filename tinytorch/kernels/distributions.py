"""Which settings and types each random distribution takes, and the words in which PyTorch refuses the others."""

import math
import operator
import os
import warnings

import ml_dtypes
import numpy

from tinytorch.dtypes import BOOL, COMPLEX, FLOAT, HALVES, of_numpy

WIDE_RANGE = 1 << 28  # from this range on a remainder of 32 bits would be skewed by over 5 %: two words are drawn
INT64 = numpy.iinfo(numpy.int64)
DIGITS = {numpy.dtype(numpy.float16): 11, numpy.dtype(ml_dtypes.bfloat16): 8}
DIGITS |= {numpy.dtype(numpy.float32): 24, numpy.dtype(numpy.float64): 53}  # bits of the significand
LIMITS = {dtype: float(ml_dtypes.finfo(dtype).max) for dtype in DIGITS}
C_NAMES = {"bool": "bool", "uint8": "unsigned char", "int8": "signed char", "int16": "short int", "int32": "int"}
C_NAMES |= {"int64": "long int", "float16": "c10::Half", "bfloat16": "c10::BFloat16"}
C_NAMES |= {"float32": "float", "float64": "double", "complex64": "c10::complex<float>"}
C_NAMES |= {"complex128": "c10::complex<double>"}


def drawn_seed():
    """A seed of 53 bits that the operating system draws."""
    return int.from_bytes(os.urandom(7)) >> 3


def integer_rule(dtype, low, high, count, device):
    """How whole numbers are drawn, base + word % modulus: (base, modulus, whether the words have 64 bits).

    Without `low`: PyTorch's `random_()`. Without `high`: up to the largest that the type holds.
    """
    kind = of_numpy[dtype]
    if low is None:
        if kind.category == COMPLEX:
            raise not_implemented(f"random_kernel_{device}", kind)
        return 0, largest(dtype) + 1, kind.name in ("int64", "float64")
    if kind.category == COMPLEX:
        raise RuntimeError("check_random_bounds handles only integral, floating-point and boolean types")
    if high is None and low == INT64.min:
        kernel = f"random_full_64_bits_range_kernel_{device}"
        if count and kind.name in ("bool", "float16"):
            raise not_implemented(kernel, kind)
        if count and kind.name in ("uint8", "int8", "int16", "int32"):
            raise RuntimeError(f"{kernel} handles only int64, double, float and bfloat16")
        return 0, 1 << 64, True
    low, high = check_integers(dtype, low, high)
    return low, high - low, high - low >= WIDE_RANGE


def check_normal(dtype, std, device):
    """Refuses a negative spread, and types without fractions."""
    if not std >= 0:
        raise RuntimeError(f"normal expects std >= 0.0, but found std {std:g}")
    if of_numpy[dtype].category not in (FLOAT, COMPLEX):
        raise not_implemented(f"normal_kernel_{device}", of_numpy[dtype])


def check_bernoulli(dtype, probability, device):
    """Refuses what is no probability, and complex types."""
    if not 0 <= probability <= 1:
        raise RuntimeError(f"bernoulli_ expects p to be in [0, 1], but got p={probability:g}")
    if of_numpy[dtype].category == COMPLEX:
        raise not_implemented(f"bernoulli_scalar_{device}_", of_numpy[dtype])


def check_probabilities(probabilities, device):
    """Refuses an array of what are no probabilities."""
    kind = of_numpy[probabilities.dtype]
    if kind.category != FLOAT:
        raise not_implemented(f"bernoulli_tensor_{device}_p_", kind)
    if not ((probabilities >= 0) & (probabilities <= 1)).all():
        raise RuntimeError(
            "Expected p_in >= 0 && p_in <= 1 to be true, but got false.  "
            "(Could this error message be improved?  If so, please report an enhancement request to PyTorch.)"
        )


def check_exponential(dtype, rate):
    """Refuses a rate that is not positive, and types without fractions."""
    if not rate > 0:
        raise RuntimeError(f"exponential_ expects lambda > 0.0, but found lambda={rate:g}")
    if of_numpy[dtype].category != FLOAT:
        raise RuntimeError(
            "Exponential distribution is a continuous probability distribution. "
            f"dtype must be a floating point but you specified {of_numpy[dtype].title}"
        )


def check_geometric(dtype, probability, device):
    """Refuses 0 and 1 and what is no probability, bool and complex types."""
    if not 0 < probability < 1:
        raise RuntimeError(f"geometric_ expects p to be in (0, 1), but got p={probability:g}")
    if of_numpy[dtype].category in (BOOL, COMPLEX):
        raise not_implemented(f"geometric_{device}", of_numpy[dtype])


def check_log_normal(dtype, std, device):
    """Refuses a spread that is not positive, and types without fractions."""
    if not std > 0:
        raise RuntimeError(f"log_normal_ expects std > 0.0, but found std={std:g}")
    if of_numpy[dtype].category != FLOAT:
        raise not_implemented(f"log_normal_{device}", of_numpy[dtype])


def check_cauchy(dtype, sigma):
    """Refuses a width that is not positive, and types without fractions."""
    if not sigma > 0:
        raise RuntimeError(f"cauchy_ expects sigma > 0.0, but found sigma={sigma:g}")
    if of_numpy[dtype].category != FLOAT:
        raise RuntimeError(
            "Cauchy distribution is a continuous probability distribution. "
            f"dtype must be a floating point but you specified {C_NAMES[dtype.name]}"
        )


def check_multinomial(probabilities, count, replacement):
    """Refuses weights of another shape or type, and more indices than there are without replacement."""
    kind = of_numpy[probabilities.dtype]
    if not 0 < probabilities.ndim <= 2:
        raise RuntimeError("prob_dist must be 1 or 2 dim")
    if kind.category != FLOAT:
        raise RuntimeError(f"multinomial only supports floating-point dtypes for input, got: {kind.title}")
    if count <= 0:
        raise RuntimeError("cannot sample n_sample <= 0 samples")
    if not replacement and count > probabilities.shape[-1]:
        raise RuntimeError("cannot sample n_sample > prob_dist.size(-1) samples without replacement")
    if probabilities.shape[-1] > 1 << 24:
        raise RuntimeError("number of categories cannot exceed 2^24")


def check_seed(seed):
    """The seed as an unsigned number of 64 bits; a negative one counts from 2**64."""
    try:
        seed = operator.index(seed)
    except TypeError:
        raise RuntimeError(f"manual_seed expected a long, but got {type(seed).__name__}") from None
    if not INT64.min <= seed < 2**64:
        raise ValueError("Overflow when unpacking long long")
    return seed % 2**64


def not_implemented(kernel, kind):
    """The refusal of a type that a kernel of PyTorch was not compiled for."""
    return NotImplementedError(f"\"{kernel}\" not implemented for '{kind.title}'")


def check_uniform(dtype, low, high):
    """Refuses what `dtype` cannot hold, in PyTorch's words."""
    kind = of_numpy[dtype]
    if kind.category != FLOAT:
        raise not_implemented("check_uniform_bounds", kind)
    limit = LIMITS[dtype]
    for name, bound in (("from", low), ("to", high)):
        if not -limit <= bound <= limit:
            raise RuntimeError(f"{name} is out of bounds for {C_NAMES[dtype.name]}")
    if not low <= high:
        raise RuntimeError(f"uniform_ expects to return a [from, to) range, but found from={low:g} > to={high:g}")
    if high - low > limit:
        raise RuntimeError(
            f"uniform_ expects to-from <= std::numeric_limits<{kind.title}>::max(), but found to={high:g} "
            f"and from={low:g} which result in to-from to exceed the limit"
        )


def check_integers(dtype, low, high):
    """The range that is really drawn: for a float type moved inwards to numbers that it holds. Refuses an empty one."""
    for bound in (low, high):
        if bound is not None and not INT64.min <= bound <= INT64.max:
            raise ValueError("Overflow when unpacking long long")
    floating = dtype in DIGITS
    if high is None:
        low = inwards_from(low, dtype) if floating else low
        last = largest(dtype)
        if floating and low >= last:
            raise RuntimeError(
                "random_ expects 'from' casted to dtype to be less than or equal to 'to_inc' casted to dtype, "
                f"but got from={low} > to_inc={last}"
            )
    else:
        if low >= high:
            raise RuntimeError(f"random_ expects 'from' to be less than 'to', but got from={low} >= to={high}")
        if floating:
            low, high = inwards_from(low, dtype), inwards_to(high, dtype)
            if low >= high:
                raise RuntimeError(
                    "random_ expects 'from' casted to dtype to be less than 'to' casted to dtype, "
                    f"but got from={low} >= to={high}"
                )
        last = high - 1
    if floating:
        least, most = -LIMITS[dtype], LIMITS[dtype]
    elif dtype == numpy.bool_:
        least, most = 0, 1
    else:
        least, most = int(numpy.iinfo(dtype).min), int(numpy.iinfo(dtype).max)
    for name, bound in (("from", low), ("to - 1", last)):
        if not least <= bound <= most:
            raise RuntimeError(f"{name} is out of bounds for {C_NAMES[dtype.name]}")
        if floating and abs(bound) > 1 << DIGITS[dtype]:
            digits, title = DIGITS[dtype], C_NAMES[dtype.name]
            warnings.warn(
                f"{name} is out of bounds [-(2^{digits}), 2^{digits}]. Due to precision limitations {title} can "
                "support discrete uniform distribution only within this range. "
                "This warning will become an error in version 1.7 release, please fix the code in advance",
                stacklevel=3,
            )
    return low, last + 1


def inwards_from(low, dtype):
    """The lower end, moved up where low + 1 rounds below it."""
    following = as_number(low + 1, dtype)
    return following + spacing(low + 1, dtype) if following < low else low


def inwards_to(high, dtype):
    """The upper end, moved down where high - 1 rounds up to it."""
    preceding = as_number(high - 1, dtype)
    return preceding - spacing(high - 1, dtype) if preceding >= high else high


def as_number(value, dtype):
    """A whole number rounded to `dtype`; the lowest int64 where it does not fit one, as processors convert."""
    number = float(rounded(numpy.array(value, numpy.int64), dtype))
    return int(number) if INT64.min <= number < 2**63 else INT64.min


def spacing(value, dtype):
    """The distance between neighbours of `dtype` around `value`."""
    return 1 << (abs(value).bit_length() - DIGITS[dtype])


def check_permutation(dtype, count):
    """Refuses a type that cannot hold the numbers below `count`."""
    kind = of_numpy[dtype]
    if count < 0:
        raise RuntimeError(f"Trying to create tensor with negative dimension {count}: [{count}]")
    if kind.category in (BOOL, COMPLEX):
        raise not_implemented("randperm", kind)
    if kind.category == FLOAT and kind.name != "bfloat16":  # PyTorch rounds the numbers of a bfloat16 permutation
        limit = (1 << DIGITS[kind.numpy]) + 1
        if count > limit:
            raise RuntimeError(f"n cannot be greater than {limit} for {kind.title} type.")
    elif kind.category != FLOAT and count - 1 > numpy.iinfo(kind.numpy).max:
        raise RuntimeError(f"value cannot be converted to type {kind.name}_t without overflow")


def check_parameters(values, kernel):
    """Refuses parameters that are neither of single nor of double precision."""
    if of_numpy[values.dtype].category != FLOAT or values.dtype in HALVES:
        raise not_implemented(kernel, of_numpy[values.dtype])


def check_rates(rates, device):
    """Refuses types without fractions, and an array of what are no rates."""
    if of_numpy[rates.dtype].category != FLOAT:
        raise not_implemented(f"poisson_{device}", of_numpy[rates.dtype])
    if not (rates >= 0).all():
        raise RuntimeError("invalid Poisson rate, expected rate to be non-negative")


def check_weights(rows):
    """Refuses weights that are no distribution, for the draws without replacement."""
    if not (rows.max() < math.inf and rows.min() >= 0):
        raise RuntimeError("probability tensor contains either `inf`, `nan` or element < 0")
    if (rows.astype(numpy.float64).sum(axis=1) == 0).any():
        raise RuntimeError("invalid multinomial distribution (sum of probabilities <= 0)")


def largest(dtype):
    """The largest number that `random_()` draws: the type's own, and 2**digits for a float type."""
    if dtype in DIGITS:
        return 1 << DIGITS[dtype]
    return 1 if dtype == numpy.bool_ else int(numpy.iinfo(dtype).max)


def rounded(values, dtype):
    """`values` as `dtype`; a half type by way of float32, as PyTorch converts."""
    if dtype in HALVES:
        values = values.astype(numpy.float32)
    return values.astype(dtype, copy=False)


def real_part(dtype):
    """The type of the parts of a complex type."""
    return of_numpy[dtype].to_real().numpy
