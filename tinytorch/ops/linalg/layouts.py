"""How matrices lie in memory and in batches: column by column, as LAPACK gives them, and with joined leading sizes."""

from tinytorch.layout import joined_shape
from tinytorch.ops.create import eye


def by_columns(xp, matrices):
    """Matrices whose elements lie column by column, as LAPACK gives them and PyTorch leaves them."""
    return xp.ascontiguousarray(matrices.swapaxes(-1, -2)).swapaxes(-1, -2)


def joined(xp, one, other):
    """Two batches of matrices with the leading sizes that both broadcast to."""
    lead = joined_shape(other.shape[:-2], one.shape[:-2])
    return [xp.broadcast_to(each, (*lead, *each.shape[-2:])) for each in (one, other)]


def is_vector(matrices, other):
    """Whether a right side is one vector for each matrix; given two shapes."""
    return len(other) == 1 or (len(other) == len(matrices) - 1 and tuple(other) == tuple(matrices[:-1]))


def diagonals(matrices):
    """The diagonals of a batch of matrices."""
    return matrices.diagonal(0, -2, -1)


def adjoint(xp, matrices):
    """The conjugates of the transposed matrices, as arrays."""
    turned = matrices.swapaxes(-1, -2)
    return xp.conj(turned) if turned.dtype.kind == "c" else turned


def identity(like):
    """The identity of the size of the last dimension of a tensor."""
    return eye(like.shape[-1], dtype=like.dtype, device=like.device)
