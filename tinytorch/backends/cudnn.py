"""torch.backends.cudnn: this library's convolutions are its own, so cuDNN is not there, and its settings are noted."""

from tinytorch import dtypes
from tinytorch.backends.settable import Flags, checked, need_bool, need_precision

enabled, benchmark, deterministic, allow_tf32 = True, False, False, True
benchmark_limit, fp32_precision, depthwise_kernel = None, "none", "auto"
CUDNN_TENSOR_DTYPES = {dtypes.float16, dtypes.float32, dtypes.float64}


def need_kernel(value):
    """A check of a name for how depthwise convolutions are computed."""
    if value not in ("auto", "cudnn", "native"):
        raise RuntimeError(f"Unknown cuDNN depthwise kernel mode: {value}. Expected one of: auto, cudnn, native")


checked(
    __name__,
    enabled=need_bool("set_enabled_cudnn"),
    benchmark=need_bool("set_benchmark_cudnn"),
    deterministic=need_bool("set_deterministic_cudnn"),
    allow_tf32=need_bool("set_allow_tf32_cublas"),
    fp32_precision=need_precision,
    depthwise_kernel=need_kernel,
)


def is_available():
    """Whether cuDNN computes anything: it does not."""
    return False


def version():
    """The version of cuDNN: None."""
    return None


def is_acceptable(tensor):
    """Whether cuDNN takes a tensor: it takes none."""
    return False


def flags(
    enabled=False, benchmark=False, benchmark_limit=10, deterministic=False, allow_tf32=True, fp32_precision="none",
    depthwise_kernel="auto",
):  # fmt: skip
    """Other settings within a `with` block."""
    return Flags(__name__, {
        "enabled": enabled, "benchmark": benchmark, "deterministic": deterministic, "allow_tf32": allow_tf32,
        "fp32_precision": fp32_precision, "depthwise_kernel": depthwise_kernel,
    })  # fmt: skip
