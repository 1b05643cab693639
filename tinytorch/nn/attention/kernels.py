"""Which kernel `scaled_dot_product_attention` may use."""

import contextlib
import enum

from tinytorch.ops.attention import ALLOWED


class SDPBackend(enum.Enum):
    """PyTorch's kernels; here there are that of single operations, MATH, and the fused one, FLASH_ATTENTION."""

    ERROR = -1
    MATH = 0
    FLASH_ATTENTION = 1
    EFFICIENT_ATTENTION = 2
    CUDNN_ATTENTION = 3
    OVERRIDEABLE = 4

    def __int__(self):
        return self.value

    __index__ = __int__


NAMES = {  # kernel -> its name among those that are allowed, in the order in which they are asked
    SDPBackend.FLASH_ATTENTION: "flash",
    SDPBackend.EFFICIENT_ATTENTION: "mem_efficient",
    SDPBackend.MATH: "math",
    SDPBackend.CUDNN_ATTENTION: "cudnn",
    SDPBackend.OVERRIDEABLE: "overrideable",
}


@contextlib.contextmanager
def sdpa_kernel(backends: list[SDPBackend] | SDPBackend, set_priority: bool = False):
    """Let attention use these kernels only while the block runs, in all threads; which come first makes no difference.

    An AssertionError for what is neither a kernel nor a list; where none of them can compute it, the call of attention
    is a RuntimeError.
    """
    if not isinstance(backends, list | SDPBackend):
        raise AssertionError(
            "Backend must be an instance of SDPBackend or a list of SDPBackend instances, got "
            f"{type(backends).__name__}"
        )
    wanted = [backends] if isinstance(backends, SDPBackend) else backends
    before = dict(ALLOWED)
    ALLOWED.update({name: kernel in wanted for kernel, name in NAMES.items()})
    try:
        yield {}
    finally:
        ALLOWED.update(before)


SDPBackend.__module__ = "torch.nn.attention"
