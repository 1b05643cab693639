"""torch._inductor: the settings of the part of PyTorch's compiler that writes kernels."""

from tinytorch._inductor import config
