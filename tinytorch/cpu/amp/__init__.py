"""torch.cpu.amp: the older name of autocast on the CPU."""

from tinytorch.cpu.amp.autocast_mode import autocast
from tinytorch.cpu.amp.grad_scaler import GradScaler

__all__ = ["GradScaler", "autocast"]
