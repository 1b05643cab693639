"""Optimizers, and the schedules of their learning rates."""

from tinytorch.optim import lr_scheduler, swa_utils
from tinytorch.optim._adafactor import Adafactor
from tinytorch.optim._muon import Muon
from tinytorch.optim.adadelta import Adadelta
from tinytorch.optim.adagrad import Adagrad
from tinytorch.optim.adam import Adam
from tinytorch.optim.adamax import Adamax
from tinytorch.optim.adamw import AdamW
from tinytorch.optim.asgd import ASGD
from tinytorch.optim.lbfgs import LBFGS
from tinytorch.optim.nadam import NAdam
from tinytorch.optim.optimizer import Optimizer
from tinytorch.optim.radam import RAdam
from tinytorch.optim.rmsprop import RMSprop
from tinytorch.optim.rprop import Rprop
from tinytorch.optim.sgd import SGD
from tinytorch.optim.sparse_adam import SparseAdam
