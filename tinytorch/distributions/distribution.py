"""What all distributions share: their shapes, the check of parameters and samples, `expand` and the printed text."""

import warnings

from tinytorch.distributions import constraints
from tinytorch.distributions.parameters import lazy_property
from tinytorch.modes import no_grad
from tinytorch.tensor import Size, Tensor

NO_DIMENSIONS = Size()
SAMPLE_N = "`sample_n(n)` will be deprecated. Use `sample((n,))` instead."


class Distribution:
    """A probability distribution, or as many as `batch_shape` says, of values of the shape `event_shape`.

    `expanded` names the attributes that are expanded with the batch, tensors and distributions, `kept` those that stay;
    a class that says them can be expanded by `expand` as it is here.
    """

    has_rsample = False
    has_enumerate_support = False
    expanded = kept = ()
    _validate_args = __debug__

    @staticmethod
    def set_default_validate_args(value: bool) -> None:
        """Whether distributions check parameters and samples where `validate_args` is not given."""
        if value not in [True, False]:
            raise ValueError
        Distribution._validate_args = value

    def __init__(self, batch_shape=NO_DIMENSIONS, event_shape=NO_DIMENSIONS, validate_args=None):
        self._batch_shape = batch_shape
        self._event_shape = event_shape
        if validate_args is not None:
            self._validate_args = validate_args
        if self._validate_args:
            self._check_parameters()
        super().__init__()  # of what else a class is, such as a module

    def _check_parameters(self):
        """A ValueError for the first parameter that breaks its constraint."""
        try:
            arg_constraints = self.arg_constraints
        except NotImplementedError:
            warnings.warn(
                f"{self.__class__} does not define `arg_constraints`. Please set `arg_constraints = {{}}` or "
                "initialize the distribution with `validate_args=False` to turn off validation.",
                stacklevel=4,
            )
            return
        for name, constraint in arg_constraints.items():
            if constraints.is_dependent(constraint):
                continue
            if name not in self.__dict__ and isinstance(getattr(type(self), name), lazy_property):
                continue  # it would follow from another one
            value = getattr(self, name)
            if not constraint.check(value).all():
                raise ValueError(
                    f"Expected parameter {name} ({type(value).__name__} of shape {tuple(value.shape)}) of distribution "
                    f"{self!r} to satisfy the constraint {constraint!r}, but found invalid values:\n{value}"
                )

    def expand(self, batch_shape, _instance=None):
        """The distribution with its parameters expanded to another batch; a NotImplementedError where it cannot."""
        home = next(each for each in type(self).__mro__ if "expanded" in vars(each))
        if home is Distribution:
            raise NotImplementedError
        new = self._get_checked_instance(home, _instance)
        batch_shape, own = Size(batch_shape), len(self._batch_shape)
        for name in self.expanded:
            if name in self.__dict__:
                value = self.__dict__[name]
                shape = value.batch_shape if isinstance(value, Distribution) else value.shape
                new.__dict__[name] = value.expand(batch_shape + shape[own:])
        for name in self.kept:
            new.__dict__[name] = self.__dict__[name]
        Distribution.__init__(new, batch_shape, self._event_shape, validate_args=False)
        new._validate_args = self._validate_args
        return new

    @property
    def batch_shape(self):
        """How many distributions there are, by the shape of the parameters."""
        return self._batch_shape

    @property
    def event_shape(self):
        """The shape of one value."""
        return self._event_shape

    @property
    def arg_constraints(self):
        """The constraint that each parameter has to satisfy, by name."""
        raise NotImplementedError

    @property
    def support(self):
        """The constraint that values satisfy."""
        raise NotImplementedError

    @property
    def mean(self):
        """The mean."""
        raise NotImplementedError

    @property
    def mode(self):
        """The likeliest value; a NotImplementedError where there is no formula."""
        raise NotImplementedError(f"{self.__class__} does not implement mode")

    @property
    def variance(self):
        """The variance."""
        raise NotImplementedError

    @property
    def stddev(self):
        """The standard deviation."""
        return self.variance.sqrt()

    def sample(self, sample_shape=()):
        """Random values, as many for each distribution as `sample_shape` says, without a gradient."""
        with no_grad():
            return self.rsample(sample_shape)

    def rsample(self, sample_shape=()):
        """Random values that move with the parameters: a gradient leads to these."""
        raise NotImplementedError

    def sample_n(self, n):
        """`n` random values for each distribution: `sample((n,))` under its old name."""
        warnings.warn(SAMPLE_N, FutureWarning, stacklevel=2)
        return self.sample(Size((n,)))

    def log_prob(self, value):
        """The logarithm of the density, or of the probability, at `value`."""
        raise NotImplementedError

    def cdf(self, value):
        """The probability of values up to `value`."""
        raise NotImplementedError

    def icdf(self, value):
        """The value up to which the probability is `value`."""
        raise NotImplementedError

    def enumerate_support(self, expand=True):
        """All values along a new first dimension, of a discrete distribution that has few."""
        raise NotImplementedError

    def entropy(self):
        """The entropy, in nats."""
        raise NotImplementedError

    def perplexity(self):
        """exp of the entropy."""
        return self.entropy().exp()

    def _extended_shape(self, sample_shape=()):
        """The shape of a sample."""
        return Size(sample_shape) + self._batch_shape + self._event_shape

    def _validate_sample(self, value):
        """A ValueError for what cannot be a value, by its type, its shape or the support."""
        if not isinstance(value, Tensor):
            raise ValueError("The value argument to log_prob must be a Tensor")
        shape, expected = value.shape, self._batch_shape + self._event_shape
        if shape[len(shape) - len(self._event_shape) :] != self._event_shape:
            raise ValueError(f"The right-most size of value must match event_shape: {shape} vs {self._event_shape}.")
        for own, wanted in zip(reversed(shape), reversed(expected), strict=False):
            if own != 1 and wanted != 1 and own != wanted:
                raise ValueError(f"Value is not broadcastable with batch_shape+event_shape: {shape} vs {expected}.")
        try:
            support = self.support
        except NotImplementedError:
            warnings.warn(
                f"{self.__class__} does not define `support` to enable sample validation. Please initialize the "
                "distribution with `validate_args=False` to turn off validation.",
                stacklevel=3,
            )
            return
        assert support is not None, "support is unexpectedly None"
        if not support.check(value).all():
            raise ValueError(
                f"Expected value argument ({type(value).__name__} of shape {tuple(shape)}) to be within the support "
                f"({support!r}) of the distribution {self!r}, but found invalid values:\n{value}"
            )

    def _get_checked_instance(self, cls, _instance=None):
        """What `expand` fills: a new object, unless a subclass with another `__init__` gives one of its own."""
        if _instance is None and type(self).__init__ != cls.__init__:
            raise NotImplementedError(
                f"Subclass {self.__class__.__name__} of {cls.__name__} that defines a custom __init__ method "
                "must also define a custom .expand() method."
            )
        return self.__new__(type(self)) if _instance is None else _instance

    def __repr__(self):
        shown = [(name, self.__dict__[name]) for name in self.arg_constraints if name in self.__dict__]
        words = [f"{name}: {value if value.numel() == 1 else value.size()}" for name, value in shown]
        return f"{self.__class__.__name__}({', '.join(words)})"
