"""torch.backends.mps: Apple's GPUs, for which this library has no device."""


def is_built():
    """Whether Apple's GPUs can be used: they cannot."""
    return False


def is_available():
    """Whether there is one of Apple's GPUs to use: there is not."""
    return False


def is_macos_or_newer(major, minor):
    """Whether the system is that of a Mac; a RuntimeError, as there is no device to ask."""
    raise RuntimeError("Cannot execute isOnMacOSorNewer() without MPS backend.")


def is_macos13_or_newer(minor=0):
    """The same for one of its versions."""
    return is_macos_or_newer(13, minor)
