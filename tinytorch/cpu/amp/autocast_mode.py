"""The older name of autocast on the CPU, which says so."""

import warnings

from tinytorch import dtypes
from tinytorch.amp import autocast_mode


class autocast(autocast_mode.autocast):
    """`torch.autocast("cpu", ...)`; warns that it is deprecated."""

    depth = 3

    def __init__(self, enabled=True, dtype=dtypes.bfloat16, cache_enabled=True):
        warnings.warn(
            "`torch.cpu.amp.autocast(args...)` is deprecated. Please use `torch.amp.autocast('cpu', args...)` instead.",
            FutureWarning,
            stacklevel=2,
        )
        super().__init__("cpu", enabled=enabled, dtype=dtype, cache_enabled=cache_enabled)


autocast.__module__ = "torch.cpu.amp.autocast_mode"
