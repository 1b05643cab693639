"""`torch.nn.modules.utils`: settings as tuples, and names of a state without their prefix."""

from tinytorch.nn.modules.state import consume_prefix_in_state_dict_if_present
from tinytorch.nn.modules.tuples import (
    _list_with_default,
    _ntuple,
    _pair,
    _quadruple,
    _reverse_repeat_tuple,
    _single,
    _triple,
)
