"""Tools beside the tensors: checkpoints, data and hooks."""

from typing import TYPE_CHECKING

from tinytorch import rooms

if TYPE_CHECKING:  # for editors: what is opened at its first use
    from tinytorch.utils import benchmark, checkpoint, cpp_extension, data, dlpack, hooks, model_zoo

__getattr__, __dir__ = rooms.opener(__name__)
