"""Special functions: the error function's, the gamma function's and Bessel's families, and orthogonal polynomials."""

from tests.samples.table import Input, at, binary, expanded, row, s, stepped, transposed, unary, x

# fmt: off
# A table, filled line by line.

odd = Input((6,), dtype="float32", values=(float("inf"), float("-inf"), 0.0, -0.0, 1.5, -3.25), grad=False)
small = Input((7,), dtype="float32", values=(float("nan"), 0.0, -0.0, 0.5, 1.0, -1.0, 3.0), grad=False)

# The error function and the normal distribution
row("erfc ndtr log_ndtr erfcx i0 i0e i1 i1e", *unary())
row("ndtri", *unary(low=0.1, high=0.9), s(small))
row("entr", *unary(low=0.25, high=3), s(small))

# The gamma function
row("mvlgamma",
    s(x(2, 3, low=1.5, high=4), 2), s(transposed(3, 2, low=1.5, high=4), 3), s(expanded(2, 3, low=1.5), 1),
    s(stepped(2, 2, low=3, high=4), 5), s(x(low=1.5, high=4), 2), s(x(0, 3), 2), s(x(2, low=0.25, high=0.75), 3),
    s(x(3, low=1.5), p=2), s(x(3, low=1.5), 0), s(x(3, low=1.5), -1),
)
row("digamma_derivative", apart="seen through polygamma")
row("parts", apart="seen through frexp")
row("polygamma",
    s(1, x(2, 3, low=0.5, high=4)), s(0, x(2, 3, low=0.5, high=4)), s(2, transposed(3, 2, low=0.5, high=4)),
    s(3, expanded(2, 3, low=0.5, high=4)), s(1, x(low=0.5, high=4)), s(4, x(0, 3)), s(2, x(3, low=-1.75, high=-1.25)),
    s(-1, x(3)), s(1.5, x(3)), s(n=1, input=x(3, low=0.5)),
)
row("igamma igammac",
    *binary(low=0.25, high=4, numbers=(2,)), s(x(2, 3, low=0.25, high=3, grad=False), x(3, low=0.5, high=9)),
    s(x(3, low=10, high=50, grad=False), x(3, low=10, high=50)),
    smooth="no derivative for the first input", ulps=16,  # two expansions of the same function
)
row("zeta",
    *binary(low=1.25, high=5, numbers=(2, 2.5)), s(x(2, 3, low=1.5, high=3, grad=False), x(3, low=0.5, high=9)),
    s(2.5, x(2, 3, low=0.5, high=3)), s(2, x(3, low=1)),
    smooth="no derivative for the first input",
)

# Entropies
row("xlog1py",
    *binary(low=0.5), s(2.5, x(2, 3, low=0.5)), s(0, x(2, 3)), s(x(3, grad=False), -2),
)

# Bessel's and Airy's functions
row("modified_bessel_i0 modified_bessel_i1", *unary(), s(x(5, low=5, high=20)))
row("modified_bessel_k0 modified_bessel_k1 scaled_modified_bessel_k0 scaled_modified_bessel_k1",
    *unary(low=0.25, high=4), s(x(5, low=2, high=40)),
)
row("bessel_j0 bessel_j1 bessel_y0 bessel_y1", *unary(low=0.25, high=1.75), s(x(5, low=1, high=50)), ulps=8)
row("spherical_bessel_j0", *unary(low=0.75, high=6))
row("airy_ai", *unary(low=-2, high=2), s(x(9, low=-12, high=8)))

# Polynomials
degrees = (
    s(x(2, 3), x(2, 3, low=0, high=4)), s(x(4, 1), at(-1.0, 0.0, 1.0, 2.0, 5.0, 6.0, dtype="float64")),
    s(transposed(3, 2), x(3, 2, low=0, high=4)), s(expanded(2, 3), stepped(2, 3, low=0, high=4)), s(x(2, 2), x()),
    s(x(), x(3, low=0, high=4)), s(x(0, 3), x(3)), s(x(3), 3), s(x(3), 2.5), s(2, x(3, low=0)), s(0.5, x(3, low=0)),
    s(x(5, low=-1, high=1), 12), s(at(1.0, -1.0, 0.0, 0.5, dtype="float32"), 9), s(odd, 3), s(x(2, 3), x(2, 2)),
)
row("chebyshev_polynomial_t chebyshev_polynomial_u chebyshev_polynomial_v chebyshev_polynomial_w "
    "shifted_chebyshev_polynomial_t shifted_chebyshev_polynomial_u shifted_chebyshev_polynomial_v "
    "shifted_chebyshev_polynomial_w",
    *degrees, ulps=32,  # an angle has its rounding multiplied by the degree
)
row("hermite_polynomial_h hermite_polynomial_he laguerre_polynomial_l legendre_polynomial_p", *degrees, ulps=8)

# How numbers are made
row("frexp", *unary(), s(x(2, 3)))
row("ldexp",
    *binary(numbers=(2,)), s(x(2, 3), at(1, -2, 3)), s(at(1, 2, 3), x(3)), s(at(1, 2), at(3, 60)),
    s(at(1e-30, 1e30, dtype="float32"), at(200, -170)),
)
row("gcd lcm", *binary(low=-4, high=4, numbers=(2,))[:11], s(at(12, -18, 0, 0, 7), at(-8, 12, 5, 0, 7)))
