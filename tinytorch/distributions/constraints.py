"""Constraints: regions of numbers, vectors and matrices, each of which checks values, whole events at once."""

from tinytorch import dtypes
from tinytorch.ops.compare import isclose
from tinytorch.ops.create import full
from tinytorch.ops.join import concatenate, stack_of
from tinytorch.ops.linalg.cholesky import cholesky_ex
from tinytorch.ops.linalg.norms import norm
from tinytorch.ops.linalg.spectrum import eigvalsh


class Constraint:
    """A region in which something is valid; an event has `event_dim` dimensions."""

    is_discrete = False
    event_dim = 0

    def check(self, value):
        """For each event of `value`, whether it lies in the region."""
        raise NotImplementedError

    def __repr__(self):
        return f"{self.__class__.__name__[1:]}()"


class _Dependent(Constraint):
    """A region that other values decide, so that nothing can be checked; what is known of it may be said."""

    def __init__(self, *, is_discrete=NotImplemented, event_dim=NotImplemented):
        self._is_discrete = is_discrete
        self._event_dim = event_dim

    @property
    def is_discrete(self):
        if self._is_discrete is NotImplemented:
            raise NotImplementedError(".is_discrete cannot be determined statically")
        return self._is_discrete

    @property
    def event_dim(self):
        if self._event_dim is NotImplemented:
            raise NotImplementedError(".event_dim cannot be determined statically")
        return self._event_dim

    def __call__(self, *, is_discrete=NotImplemented, event_dim=NotImplemented):
        if is_discrete is NotImplemented:
            is_discrete = self._is_discrete
        if event_dim is NotImplemented:
            event_dim = self._event_dim
        return _Dependent(is_discrete=is_discrete, event_dim=event_dim)

    def check(self, value):
        raise ValueError("Cannot determine validity of dependent constraint")


def is_dependent(constraint):
    """Whether a region depends on other values."""
    return isinstance(constraint, _Dependent)


class _DependentProperty(property, _Dependent):
    """A property that gives a region: on the class it is a dependent constraint, on an object the region itself."""

    def __init__(self, fn=None, *, is_discrete=NotImplemented, event_dim=NotImplemented):
        super().__init__(fn)
        self._is_discrete = is_discrete
        self._event_dim = event_dim

    def __call__(self, fn):
        return _DependentProperty(fn, is_discrete=self._is_discrete, event_dim=self._event_dim)


class _IndependentConstraint(Constraint):
    """A region of events with more dimensions: all that they are made of lies in another region."""

    def __init__(self, base_constraint, reinterpreted_batch_ndims):
        kind = type(reinterpreted_batch_ndims).__name__
        need_constraint(base_constraint)
        assert isinstance(reinterpreted_batch_ndims, int), f"reinterpreted_batch_ndims must be an int, got {kind}"
        assert reinterpreted_batch_ndims >= 0, (
            f"reinterpreted_batch_ndims must be >= 0, got {reinterpreted_batch_ndims}"
        )
        self.base_constraint = base_constraint
        self.reinterpreted_batch_ndims = reinterpreted_batch_ndims

    @property
    def is_discrete(self):
        return self.base_constraint.is_discrete

    @property
    def event_dim(self):
        return self.base_constraint.event_dim + self.reinterpreted_batch_ndims

    def check(self, value):
        result = self.base_constraint.check(value)
        if result.dim() < self.reinterpreted_batch_ndims:
            raise ValueError(f"Expected value.dim() >= {self.event_dim} but got {value.dim()}")
        return all_behind(result, result.dim() - self.reinterpreted_batch_ndims)

    def __repr__(self):
        return f"{self.__class__.__name__[1:]}({self.base_constraint!r}, {self.reinterpreted_batch_ndims})"


class MixtureSameFamilyConstraint(Constraint):
    """The region of a mixture: where the components' support, which may differ from one to another, has a value."""

    def __init__(self, base_constraint):
        need_constraint(base_constraint)
        self.base_constraint = base_constraint

    @property
    def is_discrete(self):
        return self.base_constraint.is_discrete

    @property
    def event_dim(self):
        return self.base_constraint.event_dim

    def check(self, value):
        result = self.base_constraint.check(value.unsqueeze(-1 - self.event_dim))
        if value.dim() < self.event_dim:
            raise ValueError(f"Expected value.dim() >= {self.event_dim} but got {value.dim()}")
        return all_behind(result, value.dim() - self.event_dim)

    def __repr__(self):
        return f"{self.__class__.__name__}({self.base_constraint!r})"


class _Boolean(Constraint):
    """0 and 1."""

    is_discrete = True

    def check(self, value):
        return (value == 0) | (value == 1)


class _OneHot(Constraint):
    """Vectors of zeros and a single 1."""

    is_discrete = True
    event_dim = 1

    def check(self, value):
        return ((value == 0) | (value == 1)).all(-1) & value.sum(-1).eq(1)


class Bounded(Constraint):
    """A region that shows its bounds."""

    def __repr__(self):
        return f"{self.__class__.__name__[1:]}({', '.join([f'{name}={bound}' for name, bound in vars(self).items()])})"


class BoundedBelow(Bounded):
    """A region with a lower bound, a number or a tensor."""

    def __init__(self, lower_bound):
        self.lower_bound = lower_bound


class BoundedAbove(Bounded):
    """A region with an upper bound, a number or a tensor."""

    def __init__(self, upper_bound):
        self.upper_bound = upper_bound


class BoundedBoth(Bounded):
    """A region between two bounds, numbers or tensors."""

    def __init__(self, lower_bound, upper_bound):
        self.lower_bound = lower_bound
        self.upper_bound = upper_bound


class _IntegerInterval(BoundedBoth):
    """Whole numbers from a lower to an upper bound."""

    is_discrete = True

    def check(self, value):
        return (value % 1 == 0) & (self.lower_bound <= value) & (value <= self.upper_bound)


class _IntegerLessThan(BoundedAbove):
    """Whole numbers up to a bound."""

    is_discrete = True

    def check(self, value):
        return (value % 1 == 0) & (value <= self.upper_bound)


class _IntegerGreaterThan(BoundedBelow):
    """Whole numbers from a bound on."""

    is_discrete = True

    def check(self, value):
        return (value % 1 == 0) & (value >= self.lower_bound)


class _Real(Constraint):
    """Numbers that are not nan."""

    def check(self, value):
        return value == value


class _GreaterThan(BoundedBelow):
    """Numbers above a bound."""

    def check(self, value):
        return self.lower_bound < value


class _GreaterThanEq(BoundedBelow):
    """Numbers from a bound on."""

    def check(self, value):
        return self.lower_bound <= value


class _LessThan(BoundedAbove):
    """Numbers below a bound."""

    def check(self, value):
        return value < self.upper_bound


class _Interval(BoundedBoth):
    """Numbers between two bounds, which belong to it."""

    def check(self, value):
        return (self.lower_bound <= value) & (value <= self.upper_bound)


class _HalfOpenInterval(BoundedBoth):
    """Numbers from a lower bound on and below an upper one."""

    def check(self, value):
        return (self.lower_bound <= value) & (value < self.upper_bound)


class _Simplex(Constraint):
    """Vectors of numbers that are not negative and add up to 1."""

    event_dim = 1

    def check(self, value):
        return (value >= 0).all(dim=-1) & ((value.sum(-1) - 1).abs() < 1e-6)


class _Multinomial(Constraint):
    """Vectors of counts that add up to a bound, or less."""

    is_discrete = True
    event_dim = 1

    def __init__(self, upper_bound):
        self.upper_bound = upper_bound

    def check(self, value):
        return (value >= 0).all(dim=-1) & (value.sum(dim=-1) <= self.upper_bound)


class _LowerTriangular(Constraint):
    """Square matrices with zeros above the diagonal."""

    event_dim = 2

    def check(self, value):
        return all_behind(value.tril() == value, value.dim() - 2)


class _LowerCholesky(_LowerTriangular):
    """Lower triangular matrices with a positive diagonal."""

    def check(self, value):
        return super().check(value) & (value.diagonal(dim1=-2, dim2=-1) > 0).all(-1)


class _CorrCholesky(_LowerCholesky):
    """Cholesky factors of correlation matrices: lower triangular, positive diagonal, rows of length 1."""

    def check(self, value):
        tolerance = dtypes.finfo(value.dtype).eps * value.size(-1) * 10
        length = norm(value.detach(), dim=-1)
        return super().check(value) & (length - 1.0).abs().le(tolerance).all(dim=-1)


class _Square(Constraint):
    """Square matrices."""

    event_dim = 2

    def check(self, value):
        is_square = value.shape[-2] == value.shape[-1]
        return full(value.shape[:-2], is_square, dtype=dtypes.bool_, device=value.device)


class _Symmetric(_Square):
    """Symmetric matrices."""

    def check(self, value):
        square = super().check(value)
        return isclose(value, value.mT, atol=1e-6).all(-2).all(-1) if square.all() else square


class _PositiveSemidefinite(_Symmetric):
    """Symmetric matrices without a negative eigenvalue."""

    def check(self, value):
        symmetric = super().check(value)
        return eigvalsh(value).ge(0).all(-1) if symmetric.all() else symmetric


class _PositiveDefinite(_Symmetric):
    """Symmetric matrices with positive eigenvalues: those that have a Cholesky factor."""

    def check(self, value):
        symmetric = super().check(value)
        return cholesky_ex(value).info.eq(0) if symmetric.all() else symmetric


class _Cat(Constraint):
    """Regions joined along `dim`, each of the length that `lengths` says."""

    def __init__(self, cseq, dim=0, lengths=None):
        cseq = list(cseq)
        need_constraints(cseq)
        self.cseq = cseq
        self.lengths = [1] * len(cseq) if lengths is None else list(lengths)
        assert len(self.lengths) == len(cseq), f"lengths ({len(self.lengths)}) must match cseq ({len(cseq)})"
        self.dim = dim

    @property
    def is_discrete(self):
        return any([each.is_discrete for each in self.cseq])

    @property
    def event_dim(self):
        return max([each.event_dim for each in self.cseq])

    def check(self, value):
        need_dim(self.dim, value)
        checks, start = [], 0
        for constraint, length in zip(self.cseq, self.lengths, strict=True):
            checks.append(constraint.check(value.narrow(self.dim, start, length)))
            start += length
        return concatenate(checks, self.dim)


class _Stack(Constraint):
    """Regions stacked along `dim`."""

    def __init__(self, cseq, dim=0):
        cseq = list(cseq)
        need_constraints(cseq)
        self.cseq = cseq
        self.dim = dim

    @property
    def is_discrete(self):
        return any([each.is_discrete for each in self.cseq])

    @property
    def event_dim(self):
        dim = max([each.event_dim for each in self.cseq])
        return dim + 1 if self.dim + dim < 0 else dim

    def check(self, value):
        need_dim(self.dim, value)
        slices = [value.select(self.dim, place) for place in range(value.size(self.dim))]
        checks = [constraint.check(each) for each, constraint in zip(slices, self.cseq, strict=False)]
        return stack_of(checks, self.dim)


def need_constraint(value):
    """An AssertionError for what is no constraint."""
    assert isinstance(value, Constraint), f"base_constraint must be a Constraint, got {type(value).__name__}"


def need_constraints(values):
    """An AssertionError if one of a list is no constraint."""
    assert all([isinstance(each, Constraint) for each in values]), "All elements of cseq must be Constraint instances"


def need_dim(dim, value):
    """An AssertionError for a dimension that a tensor has not."""
    assert -value.dim() <= dim < value.dim(), f"dim {dim} out of range for value with {value.dim()} dimensions"


def all_behind(result, dims):
    """Whether all is true behind the first `dims` dimensions."""
    return result.reshape((*result.shape[:dims], -1)).all(-1)


dependent = _Dependent()
dependent_property = _DependentProperty
independent = _IndependentConstraint
boolean = _Boolean()
one_hot = _OneHot()
nonnegative_integer = _IntegerGreaterThan(0)
positive_integer = _IntegerGreaterThan(1)
integer_interval = _IntegerInterval
real = _Real()
real_vector = independent(real, 1)
positive = _GreaterThan(0.0)
nonnegative = _GreaterThanEq(0.0)
greater_than = _GreaterThan
greater_than_eq = _GreaterThanEq
less_than = _LessThan
multinomial = _Multinomial
unit_interval = _Interval(0.0, 1.0)
interval = _Interval
half_open_interval = _HalfOpenInterval
simplex = _Simplex()
lower_triangular = _LowerTriangular()
lower_cholesky = _LowerCholesky()
corr_cholesky = _CorrCholesky()
square = _Square()
symmetric = _Symmetric()
positive_semidefinite = _PositiveSemidefinite()
positive_definite = _PositiveDefinite()
cat = _Cat
stack = _Stack
