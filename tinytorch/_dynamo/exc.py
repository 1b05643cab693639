"""The errors of PyTorch's compiler that programs catch; only an unknown backend raises one here."""

from tinytorch.nn.modules.compiling import InvalidBackend

__all__ = ["BackendCompilerFailed", "InvalidBackend", "TorchDynamoException", "Unsupported"]


class TorchDynamoException(RuntimeError):
    """An error of the compiler."""


class Unsupported(TorchDynamoException):
    """Code that the compiler cannot take."""


class BackendCompilerFailed(TorchDynamoException):
    """Code that a backend could not compile."""
