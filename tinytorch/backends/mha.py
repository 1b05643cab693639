"""torch.backends.mha: whether layers of attention may take a shorter way while they are not trained."""

from tinytorch.nn.native_attention import Steps


def get_fastpath_enabled():
    """Whether the shorter way is allowed."""
    return Steps.joined


def set_fastpath_enabled(value):
    """Allow the shorter way or not; results differ only for queries that see no key, and for masks of floats."""
    Steps.joined = value
