"""`torch.nn`: what networks are made of."""

from tinytorch.nn import functional, init, modules, parameter
from tinytorch.nn.modules import (
    Bilinear,
    CrossEntropyLoss,
    Identity,
    Linear,
    Module,
    ModuleDict,
    ModuleList,
    MSELoss,
    NLLLoss,
    ReLU,
    Sequential,
    Sigmoid,
    Tanh,
)
from tinytorch.nn.parameter import Buffer, Parameter
