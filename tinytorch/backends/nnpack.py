"""torch.backends.nnpack: a library for phones, which is not used."""

from tinytorch.backends.settable import Flags

enabled = True


def is_available():
    """Whether the library computes anything: it does not."""
    return False


def set_flags(_enabled):
    """Note whether it may be used; what was noted before comes back."""
    global enabled
    before, enabled = enabled, _enabled
    return (before,)


def flags(enabled=False):
    """Another setting within a `with` block."""
    return Flags(__name__, {"enabled": enabled})
