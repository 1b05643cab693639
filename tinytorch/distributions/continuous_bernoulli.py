"""The continuous Bernoulli distribution (Loaiza-Ganem and Cunningham, 2019)."""

import math

from tinytorch.distributions import constraints
from tinytorch.distributions.exp_family import ExponentialFamily
from tinytorch.distributions.parameters import (
    Probability,
    broadcast_all,
    clamp_probs,
    lazy_property,
    logits_to_probs,
    one_of,
)
from tinytorch.nn.loss import binary_cross_entropy_with_logits
from tinytorch.ops.create import ones_like, zeros_like
from tinytorch.ops.places import where_or_places as where
from tinytorch.ops.random import rand


class ContinuousBernoulli(Probability, ExponentialFamily):
    """Numbers between 0 and 1 of density probs ** x * (1 - probs) ** (1 - x).

    For `probs` between the `lims` the formulas are 0 / 0 or nearly so, and expansions around 1 / 2 stand for them.
    """

    arg_constraints = {"probs": constraints.unit_interval, "logits": constraints.real}
    support = constraints.unit_interval
    has_rsample = True
    expanded = ("probs", "logits", "_param")
    kept = ("_lims",)
    _mean_carrier_measure = 0

    def __init__(self, probs=None, logits=None, lims=(0.499, 0.501), validate_args=None):
        name, given = one_of(probs, logits)
        (self._param,) = broadcast_all(given)
        if name == "probs":
            if validate_args is not None and not self.arg_constraints["probs"].check(self._param).all():
                raise ValueError("The parameter probs has invalid values")
            self._param = clamp_probs(self._param)
        self.__dict__[name] = self._param
        self._lims = lims
        super().__init__(self._param.size(), validate_args=validate_args)

    @lazy_property
    def probs(self):
        """1 / (1 + exp(-logits)), away from 0 and 1."""
        return clamp_probs(logits_to_probs(self.logits, is_binary=True))

    def _outside_unstable_region(self):
        return self.probs.le(self._lims[0]).max(self.probs.gt(self._lims[1]))

    def _cut_probs(self):
        return where(self._outside_unstable_region(), self.probs, self._lims[0] * ones_like(self.probs))

    def _cont_bern_log_norm(self):
        """The logarithm of what the density is multiplied with."""
        cut = self._cut_probs()
        below, above = where(cut <= 0.5, cut, zeros_like(cut)), where(cut >= 0.5, cut, ones_like(cut))
        normalizer = ((-cut).log1p() - cut.log()).abs().log() - where(
            cut <= 0.5, (-2.0 * below).log1p(), (2.0 * above - 1.0).log()
        )
        x = (self.probs - 0.5).pow(2)
        taylor = math.log(2.0) + (4.0 / 3.0 + 104.0 / 45.0 * x) * x
        return where(self._outside_unstable_region(), normalizer, taylor)

    @property
    def mean(self):
        cut = self._cut_probs()
        means = cut / (2.0 * cut - 1.0) + 1.0 / ((-cut).log1p() - cut.log())
        x = self.probs - 0.5
        taylor = 0.5 + (1.0 / 3.0 + 16.0 / 45.0 * x.pow(2)) * x
        return where(self._outside_unstable_region(), means, taylor)

    @property
    def variance(self):
        cut = self._cut_probs()
        variances = cut * (cut - 1.0) / (1.0 - 2.0 * cut).pow(2) + 1.0 / ((-cut).log1p() - cut.log()).pow(2)
        x = (self.probs - 0.5).pow(2)
        taylor = 1.0 / 12.0 - (1.0 / 15.0 - 128.0 / 945.0 * x) * x
        return where(self._outside_unstable_region(), variances, taylor)

    def rsample(self, sample_shape=()):
        drawn = rand(self._extended_shape(sample_shape), dtype=self.probs.dtype, device=self.probs.device)
        return self.icdf(drawn)

    def log_prob(self, value):
        if self._validate_args:
            self._validate_sample(value)
        logits, value = broadcast_all(self.logits, value)
        return -binary_cross_entropy_with_logits(logits, value, reduction="none") + self._cont_bern_log_norm()

    def cdf(self, value):
        if self._validate_args:
            self._validate_sample(value)
        cut = self._cut_probs()
        made = (cut.pow(value) * (1.0 - cut).pow(1.0 - value) + cut - 1.0) / (2.0 * cut - 1.0)
        made = where(self._outside_unstable_region(), made, value)
        return where(value <= 0.0, zeros_like(value), where(value >= 1.0, ones_like(value), made))

    def icdf(self, value):
        cut = self._cut_probs()
        made = (-cut + value * (2.0 * cut - 1.0)).log1p() - (-cut).log1p()
        return where(self._outside_unstable_region(), made / (cut.log() - (-cut).log1p()), value)

    def entropy(self):
        failure, success = (-self.probs).log1p(), self.probs.log()
        return self.mean * (failure - success) - self._cont_bern_log_norm() - failure

    @property
    def _natural_params(self):
        return (self.logits,)

    def _log_normalizer(self, x):
        low, high = self._lims[0] - 0.5, self._lims[1] - 0.5
        outside = x.le(low).max(x.gt(high))
        cut = where(outside, x, low * ones_like(x))
        normalizer = cut.expm1().abs().log() - cut.abs().log()
        taylor = 0.5 * x + x.pow(2) / 24.0 - x.pow(4) / 2880.0
        return where(outside, normalizer, taylor)
