"""What loaders and their workers are made of."""

from tinytorch.utils.data._utils import collate, errors, fetch, pin_memory, worker
from tinytorch.utils.data._utils.errors import ExceptionWrapper
