"""Arithmetic, elementwise functions and comparisons."""

from tests.samples.table import Named, binary, mask, row, s, special, transposed, unary, x

# fmt: off
# A table, filled line by line.

# Arithmetic
row("add sub", *binary(), s(x(2, 3), x(3), alpha=2), s(x(2), 3, alpha=0.5))
row("rsub", *binary(), s(x(2, 3), x(3), alpha=2))
row("mul", *binary(numbers=(2, 2.5, -1, True)))
row("div true_divide", *binary(least=0.5))
row("pow",
    *binary(low=0.5), s(x(3), 2), s(x(3), 0), s(x(3), 3.0), s(x(3), 1), s(x(3, low=0.5), -1), s(x(3, low=0.5), 0.5),
)
row("floor_divide remainder fmod", *binary(low=0.5), s(x(5), x(5, low=0.5)), s(x(5), -2), smooth="steps")
row("neg abs sign positive square sgn exp sin cos sinh cosh tanh atan asinh erf", *unary())
row("exp2 expm1 sigmoid isnan isinf isfinite isposinf isneginf logical_not signbit relu", *unary())
row("floor ceil round trunc frac", *unary(), smooth="steps")
row("reciprocal log sqrt rsqrt log2 log10 log1p acosh lgamma digamma", *unary(low=1.25, high=4))
row("tan asin acos atanh erfinv", *unary(low=-0.9, high=0.9))
row("logit", *unary(low=0.1, high=0.9))
row("bitwise_not", *unary())
row("eq ne lt le gt ge logical_and logical_or logical_xor", *binary(), s(x(4), x(4)), s(x(4), 0.5))
row("bitwise_and bitwise_or bitwise_xor bitwise_left_shift bitwise_right_shift", *binary(low=0.5, numbers=(2,))[:11])
row("maximum minimum fmax fmin atan2 hypot logaddexp logaddexp2 copysign", *binary(low=0.5))
row("nextafter heaviside", *binary(), s(special, x(7, dtype="float32")), s(x(3), x(3, dtype="float64")), smooth="steps")
row("xlogy", *binary(low=0.5))
row("clamp clip",
    s(x(2, 3), -1, 1), s(transposed(3, 2), min=0), s(x(4), max=0.5), s(x(2, 3), x(3, high=-0.5), x(3, low=0.5)),
    s(x(0), -1, 1), s(x(), -0.1, 0.1), s(special, -1, 1), s(x(3)),
)
row("clamp_min clamp_max", s(x(2, 3), 0.5), s(x(2, 3), x(3)), s(special, 1))
row("where",
    s(mask(True, False, True), x(3), x(3)), s(mask(True, False, shape=(2, 1)), x(3), x(2, 3)),
    s(mask(True, False), x(2), 1.5), s(mask(True, shape=()), x(2), x()), s(mask(True, False), 1, 2.5),
)
row("lerp", s(x(2, 3), x(2, 3), 0.25), s(x(3), x(2, 3), x(3)), s(x(2), x(2), 0.75))
row("addcmul addcdiv",
    s(x(2, 3), x(2, 3), x(2, 3, low=0.5)), s(x(3), x(2, 1), x(3, low=0.5), value=2), s(x(), x(2), x(2, low=1)),
)
row("nan_to_num", *unary(), s(special, 1.0, 2.0, 3.0), s(special, posinf=9.0))
row("real imag conj conj_physical angle", *unary())

# More arithmetic and comparison
row("div_rounded",
    s(x(2, 3), x(3, low=0.5), "trunc"), s(x(2, 3), x(3, low=0.5), "floor"), smooth="steps",
    oracle=lambda torch, input, other, mode: torch.div(input, other, rounding_mode=mode),
)
row("isclose",
    s(x(2, 3), x(2, 3)), s(x(3), x(3), rtol=0.5, atol=0.5), s(special, special), s(special, special, equal_nan=True),
)
row("sinc deg2rad rad2deg isreal", *unary())
row("float_power", *binary(low=0.5))
row("dist", s(x(2, 3), x(3)), s(x(3), x(3), 1))
row("view_as_real",
    s(x(2, 3, dtype="complex128")), s(transposed(3, 2, dtype="complex128")), s(x(dtype="complex128")), s(x(2)),
)
row("view_as_complex", s(x(3, 2)), s(x(2, 3, 2)), s(x(2, 3)), s(x()))

row("complex polar", s(x(2, 3), x(2, 3)), s(x(3), x(2, 1)), s(x(), x()), s(x(0), x(0)))
row("view_dtype",
    s(x(2, 3, dtype="float32"), Named("int32")), s(x(2, 4, dtype="float32"), Named("float64")), s(x(3), Named("uint8")),
    program=lambda torch, input, dtype: input.view(dtype),
)
