"""Schedules: how the learning rates of an optimizer's groups go from epoch to epoch."""

from tinytorch.optim.lr_scheduler.combined import ChainedScheduler, SequentialLR
from tinytorch.optim.lr_scheduler.cycles import CosineAnnealingWarmRestarts, CyclicLR, OneCycleLR
from tinytorch.optim.lr_scheduler.formulas import (
    ConstantLR,
    CosineAnnealingLR,
    ExponentialLR,
    LambdaLR,
    LinearLR,
    MultiplicativeLR,
    MultiStepLR,
    PolynomialLR,
    StepLR,
)
from tinytorch.optim.lr_scheduler.plateau import ReduceLROnPlateau
from tinytorch.optim.lr_scheduler.schedule import LRScheduler, _LRScheduler
