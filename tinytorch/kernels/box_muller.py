"""How PyTorch makes normal numbers of uniform ones: Box and Muller's method (1958), rounded as its AVX2 code rounds."""

import math

import numpy

from tinytorch.kernels.cpu.compile import making

BLOCK = 1 << 15  # words drawn at a time: a block and what is computed from it stay in the second-level cache
PIECE = 1 << 14  # numbers that Box and Muller's method takes at a time, for the same reason
COMPILE_FROM = 1 << 23  # pairs that NumPy made so far, in about the time that Numba takes to load and compile
CALL = 1 << 11  # pairs that NumPy makes in the time that its calls take for a single one

# Cephes' polynomials (Moshier, 1992), highest power first, and its constants split in parts that multiply exactly.
LOGARITHM = (7.0376836292e-2, -1.1514610310e-1, 1.1676998740e-1, -1.2420140846e-1, 1.4249322787e-1)
LOGARITHM = (*LOGARITHM, -1.6668057665e-1, 2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1)
LOG_2 = (0.693359375, -2.12194440e-4)
COSINE = (2.443315711809948e-5, -1.388731625493765e-3, 4.166664568298827e-2)
SINE = (-1.9515295891e-4, 8.3321608736e-3, -1.6666654611e-1)
QUARTER_PI = (0.78515625, 2.4187564849853515625e-4, 3.77489497744594108e-8)
LOGARITHM, LOG_2, COSINE, SINE, QUARTER_PI = (
    tuple(float(numpy.float32(number)) for number in numbers)
    for numbers in (LOGARITHM, LOG_2, COSINE, SINE, QUARTER_PI)
)
MASK_24, STEP_24 = numpy.uint32(2**24 - 1), numpy.float32(2.0**-24)
MASK_53 = numpy.uint64(2**53 - 1)


def box_muller(drawn, mean, std):
    """Normal numbers (16 * n,) from as many uniform ones: of each sixteen, eight with the other eight."""
    output = numpy.empty_like(drawn)
    for start in range(0, drawn.size, PIECE):
        first, second = normal_pairs(*paired(drawn[start : start + PIECE]))
        if mean != 0 or std != 1:
            scale(first, first.dtype.type(std), first.dtype.type(mean))
            scale(second, second.dtype.type(std), second.dtype.type(mean))
        eights = as_eights(output[start : start + PIECE]).reshape(-1, 2)
        eights[:, 0] = as_eights(first)
        eights[:, 1] = as_eights(second)
    return output


def normal_pairs(chance, turn):
    """r cos t and r sin t with r = sqrt(-2 log(1 - chance)) and t = 2 pi turn; overwrites what it is given.

    In float32 this takes some 150 calls of NumPy, to round as PyTorch does. Numba compiles it to one pass, once so many
    numbers were drawn that the time for the compiler is well spent.
    """
    if chance.dtype == numpy.float32:
        Compiled.wanted += chance.size + CALL
        if Compiled.wanted >= COMPILE_FROM:
            if Compiled.fill is None:
                with making:
                    Compiled.fill = compile_fill()
            if Compiled.fill is not None:
                Compiled.fill(chance, turn)
                return chance, turn
    numpy.subtract(1, chance, out=chance)  # from (0, 1], for the logarithm
    turn *= chance.dtype.type(2 * math.pi)
    if chance.dtype == numpy.float32:
        radius, first, second = logarithm(chance), *cosine_and_sine(turn)
    else:
        radius, first, second = numpy.log(chance), numpy.cos(turn), numpy.sin(turn)
    radius *= -2
    numpy.sqrt(radius, out=radius)
    first *= radius
    second *= radius
    return first, second


class Compiled:
    """The compiled loop, and how many pairs were wanted so far, the calls counted as pairs."""

    fill = None
    wanted = 0


def compile_fill():
    """`normal_pairs` in float32 as one vectorised loop with fused multiply-adds; None where Numba is switched off."""
    import numba
    from numba.core import types
    from numba.extending import intrinsic

    if numba.config.DISABLE_JIT:
        return None

    @intrinsic
    def fma(typing_context, one, other, addend):
        return types.float32(one, other, addend), lambda context, builder, signature, values: builder.fma(*values)

    @intrinsic
    def bits_of(typing_context, value):
        def code(context, builder, signature, values):
            return builder.bitcast(values[0], context.get_value_type(types.int32))

        return types.int32(value), code

    @intrinsic
    def float_of(typing_context, bits):
        def code(context, builder, signature, values):
            return builder.bitcast(values[0], context.get_value_type(types.float32))

        return types.float32(types.int32), code

    number, whole = numpy.float32, numpy.int32
    log_0, log_1, log_2, log_3, log_4, log_5, log_6, log_7, log_8 = map(number, LOGARITHM)
    high_log_2, low_log_2 = map(number, LOG_2)
    cosine_0, cosine_1, cosine_2 = map(number, COSINE)
    sine_0, sine_1, sine_2 = map(number, SINE)
    quarter_0, quarter_1, quarter_2 = (number(-part) for part in QUARTER_PI)
    zero, one, half, minus_two, root = number(0), number(1), number(-0.5), number(-2), number(math.sqrt(0.5))
    two_pi, octants = number(2 * math.pi), number(4 / math.pi)

    @numba.njit("void(float32[::1], float32[::1])", error_model="numpy")
    def fill(chance, turn):
        for index in range(chance.size):
            bits = bits_of(one - chance[index])
            fraction = float_of(whole(bits & whole(0x007FFFFF)) | whole(0x3F000000))
            small = fraction < root
            exponent = number(whole(whole(bits >> whole(23)) - whole(126))) - (one if small else zero)
            fraction = (fraction - one) + (fraction if small else zero)
            square = fraction * fraction
            result = fma(fma(fma(fma(log_0, fraction, log_1), fraction, log_2), fraction, log_3), fraction, log_4)
            result = fma(fma(fma(fma(result, fraction, log_5), fraction, log_6), fraction, log_7), fraction, log_8)
            result = fma(result * fraction, square, exponent * low_log_2)
            radius = numpy.sqrt(minus_two * fma(exponent, high_log_2, fma(square, half, result) + fraction))

            angle = turn[index] * two_pi
            octant = whole(angle * octants)
            octant = whole(octant + whole(octant & whole(1)))
            turns = number(octant)
            angle = fma(turns, quarter_2, fma(turns, quarter_1, fma(turns, quarter_0, angle)))
            square = angle * angle
            cosine = fma(fma(cosine_0, square, cosine_1), square, cosine_2) * square
            cosine = fma(cosine, square, square * half) + one
            sine = fma(fma(fma(sine_0, square, sine_1), square, sine_2) * square, angle, angle)
            crossed = (octant & whole(2)) != 0
            first, second = (sine, cosine) if crossed else (cosine, sine)
            chance[index] = radius * (-first if (whole(octant + whole(2)) & whole(4)) != 0 else first)
            turn[index] = radius * (-second if (octant & whole(4)) != 0 else second)

    return fill


def logarithm(values):
    """log of float32 `values` from (0, 1], operation by operation as PyTorch's vectorised one (Cephes)."""
    fraction, exponent = numpy.frexp(values)
    small = fraction < numpy.float32(math.sqrt(0.5))
    exponent = (exponent - small).astype(numpy.float32)
    fraction = (fraction - numpy.float32(1)) + fraction * small
    square = fraction * fraction
    result = polynomial(fraction, LOGARITHM) * fraction
    result = fused(result, square, exponent * LOG_2[1])
    result = fused(square, -0.5, result)
    result += fraction
    return fused(exponent, LOG_2[0], result)


def cosine_and_sine(angles):
    """cos and sin of float32 `angles` from [0, 2 pi], operation by operation as PyTorch's vectorised ones (Cephes)."""
    octant = (angles * numpy.float32(4 / math.pi)).astype(numpy.int32)
    octant += octant & 1  # the nearest even one
    turns = octant.astype(numpy.float64)
    for part in QUARTER_PI:
        angles = fused(turns, -part, angles)
    square = angles * angles
    cosine = polynomial(square, COSINE) * square
    cosine = fused(cosine, square, square * numpy.float32(-0.5))
    cosine += numpy.float32(1)
    sine = polynomial(square, SINE) * square
    sine = fused(sine, angles, angles)
    crossed = (octant & 2) != 0  # there cosine and sine change places
    first, second = numpy.where(crossed, sine, cosine), numpy.where(crossed, cosine, sine)
    numpy.negative(first, out=first, where=((octant + 2) & 4) != 0)
    numpy.negative(second, out=second, where=(octant & 4) != 0)
    return first, second


def polynomial(values, coefficients):
    """The polynomial with the highest coefficient first (Horner), each step rounded once to float32."""
    wide = values.astype(numpy.float64)
    result = coefficients[0]
    for coefficient in coefficients[1:]:
        result = fused(wide, result, coefficient)
    return result


def fused(values, factor, addend):
    """values * factor + addend rounded once to float32: the product of two float32 is exact in float64."""
    result = numpy.multiply(values, factor, dtype=numpy.float64)
    result += addend
    return result.astype(numpy.float32)


def scale(output, width, start):
    """output * width + start in place, rounded once, as the fused multiply-add of PyTorch's build rounds."""
    if start == 0:
        output *= width
    elif width == 1:
        output += start
    elif output.dtype == numpy.float32:
        for part in blocks(output):
            part[...] = part.astype(numpy.float64) * float(width) + float(start)  # products of 24 bits are exact in 53
    else:
        for part in blocks(output):
            part[...] = multiply_add(part, float(width), float(start))


def multiply_add(values, width, start):
    """values * width + start in float64 with both rounding errors added back (Dekker, 1971)."""
    product = values * width
    if abs(width) >= 2.0**900:  # the halves below would overflow
        return product + start
    values_high = values * 134217729.0
    values_high -= values_high - values
    width_high = width * 134217729.0
    width_high -= width_high - width
    values_low, width_low = values - values_high, width - width_high
    lost = (values_high * width_high - product) + values_high * width_low + values_low * width_high
    lost += values_low * width_low
    total = product + start
    shifted = total - product
    lost += (product - (total - shifted)) + (start - shifted)
    return total + lost


def paired(drawn):
    """The first eight and the last eight of each sixteen, each as one flat array of its own."""
    eights = as_eights(drawn).reshape(-1, 2)
    return eights[:, 0].copy().view(drawn.dtype), eights[:, 1].copy().view(drawn.dtype)


def blocks(output):
    """The flat array `output`, a block at a time."""
    for start in range(0, output.size, BLOCK):
        yield output[start : start + BLOCK]


def as_eights(values):
    """The same memory as items of eight numbers, which NumPy copies twice as fast as rows of eight."""
    return values.view(f"V{8 * values.itemsize}")


def unit(stream, count, dtype):
    """Uniform numbers from [0, 1): float32 of 24 bits and one word each, or float64 of 53 bits and two words each."""
    if count <= BLOCK:
        return unit_block(stream, numpy.empty(count, dtype))
    output = numpy.empty(count, dtype)
    for part in blocks(output):
        unit_block(stream, part)
    return output


def unit_block(stream, part):
    """The same written into an array, which is returned."""
    if part.dtype.char == "f":
        bits = stream.words(part.size)
        bits &= MASK_24
        part[...] = bits.view(numpy.int32)  # processors convert signed numbers faster
        part *= STEP_24
    else:
        bits = stream.words64(part.size)
        bits &= MASK_53
        part[...] = bits.view(numpy.int64)
        part *= 2.0**-53
    return part
