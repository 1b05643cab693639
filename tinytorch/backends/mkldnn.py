"""torch.backends.mkldnn: Intel's library for networks, which is not used; its settings are noted."""

from tinytorch.backends.settable import Flags, checked, need_bool, need_precision

VERBOSE_OFF, VERBOSE_ON, VERBOSE_ON_CREATION = 0, 1, 2
enabled, deterministic, allow_tf32, fp32_precision = True, False, None, "none"
checked(
    __name__,
    enabled=need_bool("set_enabled_mkldnn"),
    deterministic=need_bool("set_deterministic_mkldnn"),
    allow_tf32=need_bool("set_allow_tf32_onednn"),
    fp32_precision=need_precision,
)


def is_available():
    """Whether Intel's library computes anything: it does not."""
    return False


def is_acl_available():
    """Whether that of Arm does: it does not."""
    return False


def flags(enabled=False, deterministic=False, allow_tf32=True, fp32_precision="none"):
    """Other settings within a `with` block."""
    return Flags(__name__, {"enabled": enabled, "deterministic": deterministic, "fp32_precision": fp32_precision})


class verbose:
    """Would print what Intel's library does within a `with` block; an AssertionError where it is asked for."""

    def __init__(self, level):
        self.level = level

    def __enter__(self):
        if self.level != VERBOSE_OFF:
            raise AssertionError(
                "Failed to set MKLDNN into verbose mode. Please consider to disable this verbose scope."
            )

    def __exit__(self, *exception):
        return False
