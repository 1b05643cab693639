"""torch.backends.mha: whether layers of attention may take a shorter way while they are not trained."""

_is_fastpath_enabled = True


def get_fastpath_enabled():
    """Whether the shorter way is allowed."""
    return _is_fastpath_enabled


def set_fastpath_enabled(value):
    """Allow the shorter way or not; results are the same."""
    global _is_fastpath_enabled
    _is_fastpath_enabled = value
