"""How multiprocessing is told to send tensors by shared memory, as it is from the first import of this package on."""

from tinytorch.sharing import rebuild_tensor, reduce_tensor
from tinytorch.sharing import register as init_reductions

init_reductions()
__all__ = ["init_reductions", "rebuild_tensor", "reduce_tensor"]
