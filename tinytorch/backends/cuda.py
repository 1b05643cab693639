"""torch.backends.cuda: the precision of products on GPUs, and which ways to attention may be taken."""

import contextlib
import enum
import warnings

from tinytorch.backends.settable import need_bool, need_precision
from tinytorch.devices import cards
from tinytorch.ops.attention import ALLOWED
from tinytorch.settings import Settings


def is_built():
    """Whether GPUs can be used: with CuPy and a driver, as CuPy comes compiled."""
    return cards.is_available()


class cuBLASModule:
    """Settings of products of matrices; that of float32 is the one of `set_float32_matmul_precision`.

    Products are computed in their own precision whatever is set. An AttributeError for names that it has not.
    """

    __slots__ = ("values",)
    allowed = (
        "allow_fp16_reduced_precision_reduction", "allow_fp16_reduced_precision_reduction_split_k",
        "allow_bf16_reduced_precision_reduction", "allow_bf16_reduced_precision_reduction_split_k",
        "allow_fp16_accumulation",
    )  # fmt: skip

    def __init__(self):
        values = {name: "accumulation" not in name for name in self.allowed} | {"fp32_precision": "none"}
        object.__setattr__(self, "values", values)

    def __getattr__(self, name):
        if name == "allow_tf32":
            return Settings.precision != "highest"
        if name == "fp32_precision" and Settings.precision != "highest":
            return "tf32"
        if name not in self.values:
            raise AttributeError(f"Unknown attribute {name}")
        return self.values[name]

    def __setattr__(self, name, value):
        if name == "allow_tf32":
            need_bool("set_allow_tf32_cublas")(value)
            Settings.precision = "high" if value else "highest"
        elif name == "fp32_precision":
            need_precision(value)
            Settings.precision = "high" if value == "tf32" else "highest"
            self.values[name] = value
        elif name not in self.values:
            raise AttributeError(f"Unknown attribute {name}")
        elif "reduction" in name:
            pair = isinstance(value, (tuple, list)) and all(isinstance(each, bool) for each in value)
            if not isinstance(value, bool) and not pair:
                raise TypeError(f"{name} expects a bool or a tuple/list of bools, but got {type(value)}")
            self.values[name] = value if isinstance(value, bool) else value[0]
        else:
            need_bool("set_allow_fp16_accumulation_cublas")(value)
            self.values[name] = value


# Kernels of attention: what is allowed holds for `scaled_dot_product_attention` on every device


def flash_sdp_enabled():
    """Whether attention may be computed in tiles (Dao et al., 2022)."""
    return ALLOWED["flash"]


def enable_flash_sdp(enabled):
    """Allow the way of Dao et al. or not."""
    need_bool("set_sdp_use_math")(enabled)
    ALLOWED["flash"] = enabled


def mem_efficient_sdp_enabled():
    """Whether attention may be computed in little memory."""
    return ALLOWED["mem_efficient"]


def enable_mem_efficient_sdp(enabled):
    """Allow the way in little memory or not."""
    need_bool("set_sdp_use_math")(enabled)
    ALLOWED["mem_efficient"] = enabled


def math_sdp_enabled():
    """Whether attention may be computed as it is written."""
    return ALLOWED["math"]


def enable_math_sdp(enabled):
    """Allow attention as it is written or not."""
    need_bool("set_sdp_use_math")(enabled)
    ALLOWED["math"] = enabled


def cudnn_sdp_enabled():
    """Whether attention may be computed by cuDNN."""
    return ALLOWED["cudnn"]


def enable_cudnn_sdp(enabled):
    """Allow cuDNN's attention or not."""
    need_bool("set_sdp_use_cudnn")(enabled)
    ALLOWED["cudnn"] = enabled


def fp16_bf16_reduction_math_sdp_allowed():
    """Whether attention as it is written may add up in half precision: it never does."""
    return False


def allow_fp16_bf16_reduction_math_sdp(enabled):
    """Does nothing: sums of half precision are in float32."""
    need_bool("set_sdp_use_math")(enabled)


def is_flash_attention_available():
    """Whether PyTorch's own kernel of that name is there: it is not."""
    return False


@contextlib.contextmanager
def sdp_kernel(enable_flash=True, enable_math=True, enable_mem_efficient=True, enable_cudnn=True):
    """Allow some ways to attention within a `with` block; warns that it is deprecated."""
    warnings.warn(
        "`torch.backends.cuda.sdp_kernel()` is deprecated. In the future, this context manager will be removed. Please "
        "see `torch.nn.attention.sdpa_kernel()` for the new context manager, with updated signature.",
        FutureWarning,
        stacklevel=3,
    )
    before = dict(ALLOWED)
    ALLOWED.update(flash=enable_flash, math=enable_math, mem_efficient=enable_mem_efficient, cudnn=enable_cudnn)
    try:
        yield {}
    finally:
        ALLOWED.update(before)


# Libraries


class LinalgBackend(enum.Enum):
    """Whose linear algebra is used on GPUs."""

    Default, Cusolver, Magma = 0, 1, 2


class BlasBackend(enum.Enum):
    """Whose products of matrices are used on GPUs."""

    Default, Cublas, Cublaslt, Ck = 0, 1, 2, 3


def preferred_linalg_library(backend=None):
    """Whose linear algebra is used on GPUs: cuSOLVER's; a RuntimeError where another is asked for."""
    return only(backend, ("default", "cusolver"), LinalgBackend.Default)


def preferred_blas_library(backend=None):
    """Whose products of matrices are used on GPUs: cuBLAS's; a RuntimeError where another is asked for."""
    return only(backend, ("default", "cublas"), BlasBackend.Cublas)


def only(backend, names, found):
    """The library that there is, if it is what was asked for."""
    name = backend if isinstance(backend, str) else getattr(backend, "name", "default").lower()
    if backend is not None and name not in names:
        raise RuntimeError(f"{backend} is not there; tinytorch uses CuPy's {names[-1]}")
    return found


matmul = cuBLASModule()
