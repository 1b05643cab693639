"""torch.amp: automatic mixed precision: `autocast` chooses the dtypes of operations, `GradScaler` keeps gradients."""

from typing import TYPE_CHECKING

from tinytorch import rooms
from tinytorch.amp.autocast_mode import (
    _enter_autocast,
    _exit_autocast,
    autocast,
    custom_bwd,
    custom_fwd,
    is_autocast_available,
)

if TYPE_CHECKING:  # for editors: what is opened at its first use
    from tinytorch.amp import grad_scaler
    from tinytorch.amp.grad_scaler import GradScaler

__all__ = ["GradScaler", "autocast", "custom_bwd", "custom_fwd", "is_autocast_available"]

__getattr__, __dir__ = rooms.opener(__name__)
