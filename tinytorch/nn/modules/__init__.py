"""The modules, one family a file."""

from tinytorch.nn.modules.activation import ReLU, Sigmoid, Tanh
from tinytorch.nn.modules.container import ModuleDict, ModuleList, Sequential
from tinytorch.nn.modules.linear import Bilinear, Identity, Linear
from tinytorch.nn.modules.loss import CrossEntropyLoss, MSELoss, NLLLoss
from tinytorch.nn.modules.module import Module
