"""torch.backends.miopen: AMD's library for networks, which is not used."""

from tinytorch.backends.settable import Flags, checked, need_bool

immediate = False
checked(__name__, immediate=need_bool("set_immediate_miopen"))


def flags(immediate=False):
    """Another setting within a `with` block."""
    return Flags(__name__, {"immediate": immediate})
