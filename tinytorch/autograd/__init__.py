"""Derivatives: `backward`, `grad`, and the switches of recording."""

from typing import TYPE_CHECKING

from tinytorch import hooks, rooms, saved
from tinytorch.anomaly import detect_anomaly, set_detect_anomaly
from tinytorch.autograd import anomaly_mode, forward_ad, function, grad_mode
from tinytorch.autograd.function import Function
from tinytorch.autograd.gradcheck import gradcheck, gradgradcheck
from tinytorch.engine import backward, grad
from tinytorch.inference import inference_mode
from tinytorch.modes import enable_grad, no_grad, set_grad_enabled

if TYPE_CHECKING:  # for editors: what is opened at its first use
    from tinytorch.autograd import functional, graph, profiler, variable
    from tinytorch.autograd.variable import Variable

__getattr__, __dir__ = rooms.opener(__name__)
