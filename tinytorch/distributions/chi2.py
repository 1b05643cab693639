"""The chi-squared distribution."""

from tinytorch.distributions import constraints
from tinytorch.distributions.gamma import Gamma


class Chi2(Gamma):
    """The sum of the squares of `df` standard normal numbers."""

    arg_constraints = {"df": constraints.positive}
    expanded = Gamma.expanded

    def __init__(self, df, validate_args=None):
        super().__init__(0.5 * df, 0.5, validate_args=validate_args)

    @property
    def df(self):
        """The degrees of freedom."""
        return self.concentration * 2
