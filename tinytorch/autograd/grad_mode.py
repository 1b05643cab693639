"""The switches of recording, under the name of PyTorch's room."""

from tinytorch.inference import inference_mode
from tinytorch.modes import enable_grad, no_grad, set_grad_enabled

__all__ = ["enable_grad", "inference_mode", "no_grad", "set_grad_enabled"]
