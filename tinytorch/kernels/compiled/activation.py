"""The arithmetic of sigmoid and tanh for one element, in a form whose loops LLVM turns into vector instructions.

With k * ln 2 taken off, exp(-x) = 2^k * p(r): a polynomial times a power of two, which is written into the bits of an
exponent. Range reduction: Cody and Waite, 1980. The coefficients were fitted here to the least relative error on
|r| <= ln(2) / 2: 3e-9 for float32, 4e-18 for float64. Numerator and denominator are scaled by UNIT, so that 2^k does
not leave the range and the division alone rounds a subnormal result.
"""

import numpy
from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic

f32, f64 = numpy.float32, numpy.float64
INTEGERS = {types.float32: ir.IntType(32), types.float64: ir.IntType(64)}
MANTISSA = {types.float32: 23, types.float64: 52}


@intrinsic
def power_of_two(typing, value):
    """The lowest bits of `value` as the exponent of a float."""

    def generate(context, builder, signature, arguments):
        integer = INTEGERS[value]
        bits = builder.shl(builder.bitcast(arguments[0], integer), integer(MANTISSA[value]))
        return builder.bitcast(bits, context.get_value_type(value))

    return value(value), generate


@intrinsic
def clamp(typing, value, low, high):
    """`value` between a negative and a positive bound, compared as integers: a NaN must not raise the invalid flag."""

    def generate(context, builder, signature, arguments):
        bits, least, most = (builder.bitcast(each, INTEGERS[value]) for each in arguments)
        bits = builder.select(builder.icmp_signed("<", bits, most), bits, most)  # positive floats order as integers
        bits = builder.select(builder.icmp_unsigned("<", bits, least), bits, least)  # negative ones by their size
        return builder.bitcast(bits, context.get_value_type(value))

    return value(value, value, value), generate


UNIT32, LOW32, HIGH32 = f32(2.0**-24), f32(-104), f32(18)  # beyond LOW the result is 0, beyond HIGH it is 1
ROUND32 = f32(
    1.5 * 2**23 + 127 - 24
)  # adding it rounds to an integer, in the lowest bits, with exponent's bias and UNIT
MINUS_LOG2E32, LN2_HIGH32, LN2_LOW32 = f32(-1.4426950408889634), f32(0.693359375), f32(-2.12194440e-4)
A2, A3, A4, A5, A6 = map(f32, (0.49999994, 0.16666521, 0.041668388, 0.008368717, 0.0013814599))


@njit
def logistic_float32(x):
    """1 / (1 + exp(-x)), within 1.6e-7 relatively."""
    bounded = clamp(x, LOW32, HIGH32)
    rounded = bounded * MINUS_LOG2E32 + ROUND32
    k = rounded - ROUND32
    r = -bounded - k * LN2_HIGH32
    r = r - k * LN2_LOW32
    p = A6 * r + A5
    p = p * r + A4
    p = p * r + A3
    p = p * r + A2
    p = p * r + f32(1)
    p = p * r + f32(1)
    result = UNIT32 / (UNIT32 + p * power_of_two(rounded))
    return result if x == x else x


UNIT64, LOW64, HIGH64 = f64(2.0**-54), f64(-746), f64(38)
ROUND64 = f64(1.5 * 2**52 + 1023 - 54)
MINUS_LOG2E64, LN2_HIGH64, LN2_LOW64 = f64(-1.4426950408889634), f64(0.6931471803691238), f64(1.9082149292705877e-10)
B2, B3, B4, B5, B6 = (
    0.500000000000001,
    0.1666666666666644,
    0.04166666666653229,
    0.008333333333477256,
    0.0013888888943069924,
)
B7, B8, B9 = 0.00019841269541553781, 2.4801493661771968e-05, 2.755755718673376e-06
B10, B11 = 2.763005502457448e-07, 2.5008710290406248e-08


@njit
def logistic_float64(x):
    """1 / (1 + exp(-x)), within 3e-16 relatively."""
    bounded = clamp(x, LOW64, HIGH64)
    rounded = bounded * MINUS_LOG2E64 + ROUND64
    k = rounded - ROUND64
    r = -bounded - k * LN2_HIGH64
    r = r - k * LN2_LOW64
    p = B11 * r + B10
    p = p * r + B9
    p = p * r + B8
    p = p * r + B7
    p = p * r + B6
    p = p * r + B5
    p = p * r + B4
    p = p * r + B3
    p = p * r + B2
    p = p * r + 1.0
    p = p * r + 1.0
    result = UNIT64 / (UNIT64 + p * power_of_two(rounded))
    return result if x == x else x


LEAST32, MOST32 = f32(-9.5), f32(9.5)  # beyond them tanh is -1 and 1
TWICE_LOG2E32, BIASED32 = f32(2 * 1.4426950408889634), f32(1.5 * 2**23 + 127)


@njit
def tanh_float32(x):
    """tanh(x) = e / (e + 2) with e = exp(2 x) - 1, within 2e-7 relatively."""
    bounded = clamp(x, LEAST32, MOST32)
    rounded = bounded * TWICE_LOG2E32 + BIASED32
    k = rounded - BIASED32
    r = f32(2) * bounded - k * LN2_HIGH32
    r = r - k * LN2_LOW32
    p = A6 * r + A5
    p = p * r + A4
    p = p * r + A3
    p = p * r + A2
    p = p * r * r + r
    scale = power_of_two(rounded)
    e = scale * p + (scale - f32(1))
    result = e / (e + f32(2))
    return result if x < 0 or x > 0 else x  # a zero keeps its sign


def sigmoid_float32(input):
    """The logistic function."""
    return logistic_float32(input)


def sigmoid_float64(input):
    """The logistic function."""
    return logistic_float64(input)


def bias_sigmoid_float32(input, bias):
    """The logistic function of a sum."""
    return logistic_float32(input + bias)


def bias_sigmoid_float64(input, bias):
    """The logistic function of a sum."""
    return logistic_float64(input + bias)


def sigmoid_backward_float32(upstream, result):
    """The derivative of sigmoid at its result, times the gradient that comes from above."""
    return upstream * result * (f32(1) - result)


def sigmoid_backward_float64(upstream, result):
    """The derivative of sigmoid at its result, times the gradient that comes from above."""
    return upstream * result * (1.0 - result)
