"""torch.backends.opt_einsum: a package that finds orders of products, which `einsum` does not ask."""

from tinytorch.backends.settable import Flags, checked

enabled, strategy = False, None


def is_available():
    """Whether `einsum` asks the package: it does not."""
    return False


def get_opt_einsum():
    """The package, or None."""
    return None


def need_off(value):
    """A check that the package is not asked for."""
    if value:
        raise ValueError(
            f"opt_einsum is not available, so setting `enabled` to {value} will not reap the benefits of calculating "
            "an optimal path for einsum. torch.einsum will fall back to contracting from left to right. To enable this "
            "optimal path calculation, please install opt-einsum."
        )


def flags(enabled=None, strategy=None):
    """Other settings within a `with` block."""
    values = {"enabled": enabled, "strategy": strategy}
    return Flags(__name__, {name: value for name, value in values.items() if value is not None})


checked(__name__, enabled=need_off)
