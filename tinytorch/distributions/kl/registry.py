"""Which formula gives the Kullback-Leibler divergence of two distributions: a table by the classes of both."""

import functools
import warnings

_KL_REGISTRY = {}  # (class of p, class of q) -> formula of p and q
_KL_MEMOIZE = {}  # the same for what was asked for, subclasses included


def register_kl(type_p, type_q):
    """A decorator: the function gives the divergence of what is of these classes, or of subclasses of them."""

    def registered(formula):
        _KL_REGISTRY[type_p, type_q] = formula
        _KL_MEMOIZE.clear()
        return formula

    return registered


def kl_divergence(p, q):
    """The divergence of q from p, the mean of log p(x) - log q(x) over x of p; a NotImplementedError without formula.

    >>> import tinytorch as torch
    >>> from tinytorch.distributions import Normal
    >>> kl_divergence(Normal(0.0, 1.0), Normal(1.0, 1.0))
    tensor(0.5000)
    """
    kinds = type(p), type(q)
    if kinds not in _KL_MEMOIZE:
        _KL_MEMOIZE[kinds] = dispatched(*kinds)
    formula = _KL_MEMOIZE[kinds]
    if formula is NotImplemented:
        raise NotImplementedError(
            f"No KL(p || q) is implemented for p type {p.__class__.__name__} and q type {q.__class__.__name__}"
        )
    return formula(p, q)


@functools.total_ordering
class Match:
    """Classes that fit, of which the nearest comes first: one after another, a subclass before its base."""

    __slots__ = ("types",)

    def __init__(self, *types):
        self.types = types

    def __eq__(self, other):
        return self.types == other.types

    def __le__(self, other):
        for own, others in zip(self.types, other.types, strict=True):
            if not issubclass(own, others):
                return False
            if own is not others:
                break
        return True


def dispatched(type_p, type_q):
    """The formula that fits best, NotImplemented if none does; a warning where p and q disagree about which."""
    fitting = [each for each in _KL_REGISTRY if issubclass(type_p, each[0]) and issubclass(type_q, each[1])]
    if not fitting:
        return NotImplemented
    left_p, left_q = min([Match(*each) for each in fitting]).types
    right_q, right_p = min([Match(*reversed(each)) for each in fitting]).types
    formula = _KL_REGISTRY[left_p, left_q]
    if formula is not _KL_REGISTRY[right_p, right_q]:
        warnings.warn(
            f"Ambiguous kl_divergence({type_p.__name__}, {type_q.__name__}). "
            f"Please register_kl({left_p.__name__}, {right_q.__name__})",
            RuntimeWarning,
            stacklevel=3,
        )
    return formula
