"""torch.cuda.amp: the older names of mixed precision on GPUs."""

from tinytorch.cuda.amp.autocast_mode import amp_definitely_not_available, autocast, custom_bwd, custom_fwd
from tinytorch.cuda.amp.grad_scaler import GradScaler

__all__ = ["GradScaler", "amp_definitely_not_available", "autocast", "custom_bwd", "custom_fwd"]
