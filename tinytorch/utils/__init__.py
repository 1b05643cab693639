"""Tools beside the tensors: checkpoints, data and hooks."""

from tinytorch.on_demand import on_demand
from tinytorch.utils import checkpoint, data, hooks

__getattr__ = on_demand(
    __name__,
    "_pytree _python_dispatch benchmark collect_env cpp_extension deterministic dlpack mobile_optimizer model_zoo weak",
)
