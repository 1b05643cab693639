"""torch.version: the library's version, and that of CUDA, under the names by which programs ask."""

from tinytorch.devices.cards import runtime_version
from tinytorch.torch_version import TorchVersion

__version__ = TorchVersion("2.13.0+tinytorch0.1.0")  # of the PyTorch whose names and numbers these are: our build
debug, git_version, hip, xpu = False, None, None, None


def __getattr__(name):
    """`cuda`, the version of CUDA's runtime, which is asked for when somebody looks; None without a GPU."""
    if name != "cuda":
        raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
    return runtime_version()
