"""Which transforms lead to a constraint: `biject_to` knows bijections, `transform_to` the simplest."""

from tinytorch.distributions import constraints, transforms
from tinytorch.distributions.parameters import is_number

__all__ = ["ConstraintRegistry", "biject_to", "transform_to"]


class ConstraintRegistry:
    """A table from classes of constraints to functions that make a transform from all numbers to one of them."""

    def __init__(self):
        self._registry = {}

    def register(self, constraint, factory=None):
        """Let `factory` make the transforms for a class of constraints, or that of an object; also as a decorator."""
        if factory is None:
            return lambda factory: self.register(constraint, factory)
        if isinstance(constraint, constraints.Constraint):
            constraint = type(constraint)
        if not isinstance(constraint, type) or not issubclass(constraint, constraints.Constraint):
            raise TypeError(f"Expected constraint to be either a Constraint subclass or instance, but got {constraint}")
        self._registry[constraint] = factory
        return factory

    def __call__(self, constraint):
        """The transform to a constraint; a NotImplementedError if none is registered."""
        factory = self._registry.get(type(constraint))
        if factory is None:
            raise NotImplementedError(f"Cannot transform {type(constraint).__name__} constraints")
        return factory(constraint)


biject_to = ConstraintRegistry()
transform_to = ConstraintRegistry()


def register_both(*several):
    """A decorator: what makes the transforms of both registries; it is given the registry too."""

    def registered(factory):
        for registry in (biject_to, transform_to):
            for constraint in several:
                registry.register(constraint, lambda constraint, registry=registry: factory(registry, constraint))
        return factory

    return registered


@register_both(constraints.real)
def to_real(registry, constraint):
    """The identity."""
    return transforms.identity_transform


@register_both(constraints.independent)
def to_independent(registry, constraint):
    """That of a part, for a whole."""
    base = registry(constraint.base_constraint)
    return transforms.IndependentTransform(base, constraint.reinterpreted_batch_ndims)


@register_both(constraints.positive, constraints.nonnegative)
def to_positive(registry, constraint):
    """exp."""
    return transforms.ExpTransform()


@register_both(constraints.greater_than, constraints.greater_than_eq)
def to_greater_than(registry, constraint):
    """exp, moved to the bound."""
    moved = transforms.AffineTransform(constraint.lower_bound, 1)
    return transforms.ComposeTransform([transforms.ExpTransform(), moved])


@register_both(constraints.less_than)
def to_less_than(registry, constraint):
    """exp, turned around and moved to the bound."""
    moved = transforms.AffineTransform(constraint.upper_bound, -1)
    return transforms.ComposeTransform([transforms.ExpTransform(), moved])


@register_both(constraints.interval, constraints.half_open_interval)
def to_interval(registry, constraint):
    """The sigmoid, stretched to the bounds if they are not 0 and 1."""
    low, high = constraint.lower_bound, constraint.upper_bound
    if is_number(low) and low == 0 and is_number(high) and high == 1:
        return transforms.SigmoidTransform()
    return transforms.ComposeTransform([transforms.SigmoidTransform(), transforms.AffineTransform(low, high - low)])


@biject_to.register(constraints.simplex)
def biject_to_simplex(constraint):
    """Stick-breaking."""
    return transforms.StickBreakingTransform()


@transform_to.register(constraints.simplex)
def transform_to_simplex(constraint):
    """softmax."""
    return transforms.SoftmaxTransform()


@transform_to.register(constraints.lower_cholesky)
def transform_to_lower_cholesky(constraint):
    """exp on the diagonal."""
    return transforms.LowerCholeskyTransform()


@transform_to.register(constraints.positive_definite)
@transform_to.register(constraints.positive_semidefinite)
def transform_to_positive_definite(constraint):
    """By way of a Cholesky factor."""
    return transforms.PositiveDefiniteTransform()


@register_both(constraints.corr_cholesky)
def to_corr_cholesky(registry, constraint):
    """By way of partial correlations."""
    return transforms.CorrCholeskyTransform()


@register_both(constraints.cat)
def to_cat(registry, constraint):
    """That of each piece."""
    return transforms.CatTransform([registry(each) for each in constraint.cseq], constraint.dim, constraint.lengths)


@register_both(constraints.stack)
def to_stack(registry, constraint):
    """That of each place."""
    return transforms.StackTransform([registry(each) for each in constraint.cseq], constraint.dim)
