"""Optimizers, and the schedules of their learning rates."""

from tinytorch.optim import lr_scheduler
from tinytorch.optim.adam import Adam
from tinytorch.optim.adamw import AdamW
from tinytorch.optim.optimizer import Optimizer
from tinytorch.optim.sgd import SGD
