"""The F distribution of Fisher and Snedecor."""

from math import nan

from tinytorch import dtypes
from tinytorch.distributions import constraints
from tinytorch.distributions.distribution import Distribution
from tinytorch.distributions.gamma import Gamma
from tinytorch.distributions.parameters import broadcast_all
from tinytorch.formats import contiguous_format


class FisherSnedecor(Distribution):
    """The quotient of two chi-squared numbers, of `df1` and `df2` degrees of freedom, each over these."""

    arg_constraints = {"df1": constraints.positive, "df2": constraints.positive}
    support = constraints.positive
    has_rsample = True
    expanded = ("df1", "df2", "_gamma1", "_gamma2")

    def __init__(self, df1, df2, validate_args=None):
        self.df1, self.df2 = broadcast_all(df1, df2)
        self._gamma1 = Gamma(self.df1 * 0.5, self.df1)
        self._gamma2 = Gamma(self.df2 * 0.5, self.df2)
        super().__init__(self.df1.size(), validate_args=validate_args)

    @property
    def mean(self):
        df2 = self._df2_above(2)
        return df2 / (df2 - 2)

    @property
    def mode(self):
        mode = (self.df1 - 2) / self.df1 * self.df2 / (self.df2 + 2)
        mode[self.df1 <= 2] = nan
        return mode

    @property
    def variance(self):
        df2 = self._df2_above(4)
        return 2 * df2.pow(2) * (self.df1 + df2 - 2) / (self.df1 * (df2 - 2).pow(2) * (df2 - 4))

    def _df2_above(self, bound):
        """`df2`, nan where a moment does not exist."""
        df2 = self.df2.clone(memory_format=contiguous_format)
        df2[df2 <= bound] = nan
        return df2

    def rsample(self, sample_shape=()):
        shape = self._extended_shape(sample_shape)
        first, second = [each.rsample(sample_shape).view(shape) for each in (self._gamma1, self._gamma2)]
        tiny = dtypes.finfo(second.dtype).tiny
        second.clamp_(min=tiny)
        return (first / second).clamp_(min=tiny)

    def log_prob(self, value):
        if self._validate_args:
            self._validate_sample(value)
        half1, half2, ratio = self.df1 * 0.5, self.df2 * 0.5, self.df1 / self.df2
        normalizer = (half1 + half2).lgamma() - half1.lgamma() - half2.lgamma()
        power = half1 * ratio.log() + (half1 - 1) * value.log()
        return normalizer + power - (half1 + half2) * (ratio * value).log1p()
