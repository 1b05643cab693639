"""torch.backends.opt_einsum: a package that finds orders of products, which `einsum` asks where it is installed."""

import contextlib
import importlib.util
import sys

from tinytorch.backends.settable import checked
from tinytorch.ops.einsum import Order, package


def is_available():
    """Whether the package is installed."""
    return package() is not None


def get_opt_einsum():
    """The package, or None."""
    return package()


def set_flags(_enabled=None, _strategy=None):
    """Whether and how `einsum` asks the package; what was said before is returned. A ValueError where there is none."""
    before, rest = (enabled, strategy), "Please install opt_einsum or unset `strategy`."
    if _enabled and not is_available():
        raise ValueError(
            f"opt_einsum is not available, so setting `enabled` to {_enabled} will not reap the benefits of "
            "calculating an optimal path for einsum. torch.einsum will fall back to contracting from left to right. "
            "To enable this optimal path calculation, please install opt-einsum."
        )
    if _enabled is not None:
        place.enabled = _enabled
    if _strategy is None:
        return before
    if not (is_available() and enabled):
        there = "not enabled, so setting a" if is_available() else "not available, so setting"
        rest = "Please set `enabled` to `True` as well or unset `strategy`." if is_available() else rest
        raise ValueError(
            f"opt_einsum is {there} `strategy` to {_strategy} will not be meaningful. torch.einsum will bypass path "
            f"calculation and simply contract from left to right. {rest}"
        )
    if _strategy not in ("auto", "greedy", "optimal"):
        raise ValueError(f"`strategy` must be one of the following: [auto, greedy, optimal] but is {_strategy}")
    place.strategy = _strategy
    return before


@contextlib.contextmanager
def flags(enabled=None, strategy=None):
    """Other settings within a `with` block; refused as by `set_flags`."""
    before = set_flags(enabled, strategy)
    try:
        yield
    finally:
        place.enabled, place.strategy = before


place = sys.modules[__name__]
enabled = importlib.util.find_spec("opt_einsum") is not None  # not imported before a product asks
strategy = "auto" if enabled else None
checked(
    __name__,
    enabled=lambda value: setattr(Order, "enabled", value),
    strategy=lambda value: setattr(Order, "strategy", value),
)
