"""Tools beside the tensors: checkpoints, data and hooks."""

from tinytorch.utils import checkpoint, data, hooks
