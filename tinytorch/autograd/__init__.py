"""Derivatives: `backward`, `grad`, and the switches of recording."""

from tinytorch import hooks, saved
from tinytorch.anomaly import detect_anomaly, set_detect_anomaly
from tinytorch.autograd import anomaly_mode, forward_ad, function, functional, grad_mode, graph, variable
from tinytorch.autograd.function import Function
from tinytorch.autograd.gradcheck import gradcheck, gradgradcheck
from tinytorch.autograd.variable import Variable
from tinytorch.engine import backward, grad
from tinytorch.inference import inference_mode
from tinytorch.modes import enable_grad, no_grad, set_grad_enabled
from tinytorch.on_demand import on_demand

__getattr__ = on_demand(__name__, "profiler profiler_legacy")
