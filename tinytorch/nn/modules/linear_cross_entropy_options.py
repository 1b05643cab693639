"""How `linear_cross_entropy` goes through a batch in pieces, and so never holds all scores of all classes."""

import dataclasses

from tinytorch.dtypes import bfloat16, float16, float32, float64
from tinytorch.dtypes import dtype as dtype_class

POLICIES = ("auto", "accurate", "balanced", "compact")
HALVES = (float16, bfloat16)


@dataclasses.dataclass(slots=True, frozen=True)
class LinearCrossEntropyOptions:
    """How many rows of the batch are computed at once, and in which dtype; backward computes their scores again.

    `chunking_method` "aspect_ratio:N" holds about an N-th of the numbers that the input has, `batch_chunk_size` says
    the rows themselves. `acc_policy` and `allow_retain_graph` are accepted: here all is added up in `acc_dtype`, and a
    graph can always be retained. A ValueError for values that PyTorch does not know.
    """

    allow_retain_graph: bool = False
    batch_chunk_size: int | None = None
    chunking_method: str | None = "auto"
    acc_policy: str = "auto"
    acc_dtype: dtype_class | None = None

    def __post_init__(self):
        if self.acc_policy not in POLICIES:
            raise ValueError(f"invalid acc_policy: {self.acc_policy!r}")
        if self.chunking_method not in (None, "auto"):
            name, colon, factor = self.chunking_method.partition(":")
            if name != "aspect_ratio" or (colon and not (factor.isdigit() and int(factor) > 0)):
                raise ValueError(f"invalid chunking_method: {self.chunking_method!r}")
        size = self.batch_chunk_size
        if size is not None and not (isinstance(size, int) and size > 0):
            raise ValueError(f"batch_chunk_size must be positive int or None, got {size!r}")
        if self.acc_dtype not in (None, *HALVES, float32, float64):
            raise ValueError(
                "acc_dtype must be one of {None, torch.float16, torch.bfloat16, torch.float32, torch.float64}, got "
                f"{self.acc_dtype!r}. Pass acc_dtype=None to let the op pick automatically."
            )

    def rows(self, count: int, width: int, classes: int, dtype: dtype_class, device_type: str) -> int:
        """How many rows are computed at once; a ValueError if both settings say it, and differ."""
        method, size = self.chunking_method, self.batch_chunk_size
        if method == "auto":
            on_cpu = device_type == "cpu" and dtype in HALVES
            method = None if size is not None else "aspect_ratio" if on_cpu else "aspect_ratio:2"
        if method is None:
            return max(1, count if size is None else min(size, count))
        factor = int(method.partition(":")[2] or 1)
        least = -(-count // -(-classes // width))
        found = min((1 << (least - 1).bit_length()) // factor, count)
        if size is not None and min(size, count) != found:
            raise ValueError(
                f"batch_chunk_size (={size}) and chunking_method ('{method}') give different chunk sizes ({size} vs "
                f"{found}); pass only one."
            )
        return max(1, found)

    def dtype(self, own: dtype_class) -> dtype_class:
        """The dtype in which is added up, for an input of this one."""
        return self.acc_dtype or (float32 if self.acc_policy == "auto" and own in HALVES else own)


LinearCrossEntropyOptions.__module__ = "torch.nn.modules.linear_cross_entropy_options"
