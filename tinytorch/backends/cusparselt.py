"""torch.backends.cusparselt: products of sparse matrices on GPUs, which there are not."""


def is_available():
    """Whether the library computes anything: it does not."""
    return False


def version():
    """Its version: None."""
    return None


def get_max_alg_id():
    """The largest number of its ways to multiply: None."""
    return None
