"""torch.backends.mkl: whether NumPy multiplies matrices by Intel's library."""

from tinytorch.devices import host

VERBOSE_OFF, VERBOSE_ON = 0, 1


def is_available():
    """Whether NumPy was built with Intel's library."""
    return "mkl" in host.blas()[0].lower()


class verbose:
    """Would print what Intel's library does within a `with` block; an AssertionError where it is asked for."""

    def __init__(self, enable):
        self.enable = enable

    def __enter__(self):
        if self.enable != VERBOSE_OFF:
            raise AssertionError("Failed to set MKL into verbose mode. Please consider to disable this verbose scope.")

    def __exit__(self, *exception):
        return False
