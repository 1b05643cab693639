"""Tools beside the tensors: data."""

from tinytorch.utils import data
