"""torch.backends.kleidiai: Arm's kernels, which are not used."""


def is_available():
    """Whether they compute anything: they do not."""
    return False
