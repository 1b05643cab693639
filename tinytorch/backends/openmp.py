"""torch.backends.openmp: loops are shared out by threads of this library's own, not by OpenMP."""


def is_available():
    """Whether OpenMP is used: it is not."""
    return False
