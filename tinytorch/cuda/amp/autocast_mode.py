"""The older names of autocast on GPUs, which say so."""

import warnings

from tinytorch import dtypes
from tinytorch.amp import autocast_mode
from tinytorch.amp.autocast_mode import _cast as cast
from tinytorch.devices import cards


def amp_definitely_not_available():
    """Whether there is no GPU for mixed precision."""
    return not cards.is_available()


def warn(name, instead):
    """Warn of an older name."""
    warnings.warn(
        f"`torch.cuda.amp.{name}` is deprecated. Please use `torch.amp.{instead}` instead.",
        FutureWarning,
        stacklevel=3,
    )


class autocast(autocast_mode.autocast):
    """`torch.autocast("cuda", ...)`; warns that it is deprecated."""

    depth = 3

    def __init__(self, enabled=True, dtype=dtypes.float16, cache_enabled=True):
        warn("autocast(args...)", "autocast('cuda', args...)")
        super().__init__("cuda", enabled=enabled, dtype=dtype, cache_enabled=cache_enabled)


def custom_fwd(fwd=None, *, cast_inputs=None):
    """`torch.amp.custom_fwd` for GPUs; warns that it is deprecated."""
    warn("custom_fwd(args...)", "custom_fwd(args..., device_type='cuda')")
    return autocast_mode.custom_fwd(fwd, device_type="cuda", cast_inputs=cast_inputs)


def custom_bwd(bwd):
    """`torch.amp.custom_bwd` for GPUs; warns that it is deprecated."""
    warn("custom_bwd(args...)", "custom_bwd(args..., device_type='cuda')")
    return autocast_mode.custom_bwd(bwd, device_type="cuda")


def _cast(value, dtype):
    return cast(value, "cuda", dtype)


autocast.__module__ = "torch.cuda.amp.autocast_mode"
