"""The von Mises distribution of angles."""

import math

from tinytorch import dtypes
from tinytorch.distributions import constraints
from tinytorch.distributions.distribution import Distribution
from tinytorch.distributions.parameters import broadcast_all, lazy_property
from tinytorch.modes import no_grad
from tinytorch.ops.create import zeros
from tinytorch.ops.places import where_or_places as where
from tinytorch.ops.random import rand
from tinytorch.tensor import Size

# Polynomials for the modified Bessel functions of order 0 and 1, below and above 3.75 (Abramowitz and Stegun, 1964)
SMALL = (
    (1.0, 3.5156229, 3.0899424, 1.2067492, 0.2659732, 0.0360768, 0.0045813),
    (0.5, 0.87890594, 0.51498869, 0.15084934, 0.02658733, 0.00301532, 0.00032411),
)
LARGE = (
    (
        0.39894228, 0.01328592, 0.00225319, -0.00157565, 0.00916281,
        -0.02057706, 0.02635537, -0.01647633, 0.00392377,
    ),
    (
        0.39894228, -0.03988024, -0.00362018, 0.00163801, -0.01031555,
        0.02282967, -0.02895312, 0.01787654, -0.00420059,
    ),
)  # fmt: skip


class VonMises(Distribution):
    """Angles of density exp(concentration * cos(x - loc)); samples lie in [-pi, pi)."""

    arg_constraints = {"loc": constraints.real, "concentration": constraints.positive}
    support = constraints.real
    has_rsample = False

    def __init__(self, loc, concentration, validate_args=None):
        self.loc, self.concentration = broadcast_all(loc, concentration)
        super().__init__(self.loc.shape, Size(), validate_args)

    def expand(self, batch_shape, _instance=None):
        loc, concentration = self.loc.expand(batch_shape), self.concentration.expand(batch_shape)
        return type(self)(loc, concentration, validate_args=self.__dict__.get("_validate_args"))

    def log_prob(self, value):
        if self._validate_args:
            self._validate_sample(value)
        log_prob = self.concentration * (value - self.loc).cos()
        return log_prob - math.log(2 * math.pi) - log_bessel(self.concentration, order=0)

    @lazy_property
    def _loc(self):
        return self.loc.to(dtypes.float64)

    @lazy_property
    def _concentration(self):
        return self.concentration.to(dtypes.float64)

    @lazy_property
    def _proposal_r(self):
        """The parameter of the wrapped Cauchy distribution that samples are proposed from."""
        kappa = self._concentration
        tau = 1 + (1 + 4 * kappa**2).sqrt()
        rho = (tau - (2 * tau).sqrt()) / (2 * kappa)
        return where(kappa < 1e-5, 1 / kappa + kappa, (1 + rho**2) / (2 * rho))  # rho cancels near 0

    @no_grad()
    def sample(self, sample_shape=()):
        """Random angles, by rejection (Best and Fisher, 1979), drawn in float64."""
        shape = self._extended_shape(sample_shape)
        angles = zeros(shape, dtype=dtypes.float64, device=self.loc.device)
        done, r = zeros(shape, dtype=dtypes.bool_, device=self.loc.device), self._proposal_r
        while not done.all():
            u1, u2, u3 = rand((3, *shape), dtype=dtypes.float64, device=self.loc.device).unbind()
            z = (math.pi * u1).cos()
            f = (1 + r * z) / (r + z)
            c = self._concentration * (r - f)
            accept = (c * (2 - c) - u2 > 0) | ((c / u2).log() + 1 - c >= 0)
            angles = where(accept, (u3 - 0.5).sign() * f.acos(), angles)
            done = done | accept
        return ((angles + math.pi + self._loc) % (2 * math.pi) - math.pi).to(self.loc.dtype)

    @property
    def mean(self):
        """The mean direction."""
        return self.loc

    @property
    def mode(self):
        return self.loc

    @lazy_property
    def variance(self):
        """The circular variance."""
        return 1 - (log_bessel(self.concentration, order=1) - log_bessel(self.concentration, order=0)).exp()


def log_bessel(x, order):
    """The logarithm of the modified Bessel function of order 0 or 1, of positive numbers."""
    small = polynomial((x / 3.75) * (x / 3.75), SMALL[order])
    small = (x.abs() * small if order == 1 else small).log()
    large = x - 0.5 * x.log() + polynomial(3.75 / x, LARGE[order]).log()
    return where(x < 3.75, small, large)


def polynomial(y, coefficients):
    """coefficients[0] + y * (coefficients[1] + y * ...)."""
    *others, result = coefficients
    for each in reversed(others):
        result = each + y * result
    return result
