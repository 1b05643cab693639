"""Derivatives: `backward`, `grad`, and the switches of recording."""

from tinytorch import hooks
from tinytorch.autograd.gradcheck import gradcheck, gradgradcheck
from tinytorch.engine import backward, grad
from tinytorch.modes import enable_grad, no_grad, set_grad_enabled
