"""Special functions, under the names of `torch.special`."""

from typing import TYPE_CHECKING

from tinytorch import rooms
from tinytorch.ops.activation import sigmoid as expit
from tinytorch.ops.bessel import (
    airy_ai,
    bessel_j0,
    bessel_j1,
    bessel_y0,
    bessel_y1,
    i0,
    i0e,
    i1,
    i1e,
    modified_bessel_i0,
    modified_bessel_i1,
    modified_bessel_k0,
    modified_bessel_k1,
    scaled_modified_bessel_k0,
    scaled_modified_bessel_k1,
    spherical_bessel_j0,
)
from tinytorch.ops.entropy import entr, xlog1py, xlogy
from tinytorch.ops.error_functions import erf, erfc, erfcx, erfinv, log_ndtr, ndtr, ndtri
from tinytorch.ops.gamma import digamma, polygamma, zeta
from tinytorch.ops.gamma import digamma as psi
from tinytorch.ops.gamma import igamma as gammainc
from tinytorch.ops.gamma import igammac as gammaincc
from tinytorch.ops.gamma import lgamma as gammaln
from tinytorch.ops.gamma import mvlgamma as multigammaln
from tinytorch.ops.pointwise import exp2, expm1, log1p, logit, round, sinc
from tinytorch.ops.reduce import logsumexp
from tinytorch.ops.softmax import log_softmax, softmax

if TYPE_CHECKING:  # for editors: what is opened at its first use
    from tinytorch.ops.polynomials import (
        chebyshev_polynomial_t,
        chebyshev_polynomial_u,
        chebyshev_polynomial_v,
        chebyshev_polynomial_w,
        hermite_polynomial_h,
        hermite_polynomial_he,
        laguerre_polynomial_l,
        legendre_polynomial_p,
        shifted_chebyshev_polynomial_t,
        shifted_chebyshev_polynomial_u,
        shifted_chebyshev_polynomial_v,
        shifted_chebyshev_polynomial_w,
    )

__getattr__, __dir__ = rooms.opener(__name__)
