"""Sequences of different lengths as one tensor, and back."""

from collections.abc import Iterable

from tinytorch.ops.create import full
from tinytorch.ops.ranges import arange
from tinytorch.tensor import Tensor

SIDES = ("left", "right")


def pad_sequence(
    sequences: Tensor | list[Tensor], batch_first: bool = False, padding_value: float = 0.0, padding_side: str = "right"
) -> Tensor:
    """Sequences (length, ...) side by side, (longest, n, ...) or with `batch_first` (n, longest, ...).

    What is missing is `padding_value`, at the end, or at the beginning for `padding_side` "left". A RuntimeError for no
    sequences, and where they differ in more than their lengths.
    """
    if not isinstance(sequences, Iterable):
        raise RuntimeError(
            f"pad_sequence: Expected iterable for input sequences, but got arg of type: {type(sequences)}"
        )
    sequences = tuple(sequences)
    check_sequences(sequences, padding_value, padding_side)
    first = sequences[0]
    longest = max(each.shape[0] for each in sequences)
    ends = (len(sequences), longest) if batch_first else (longest, len(sequences))
    result = full((*ends, *first.shape[1:]), float(padding_value), dtype=first.dtype, device=first.device)
    for place, each in enumerate(sequences):
        start = longest - each.shape[0] if padding_side == "left" else 0
        result.select(0 if batch_first else 1, place).narrow(0, start, each.shape[0]).copy_(each)
    return result


def unpad_sequence(padded_sequences: Tensor, lengths: Tensor, batch_first: bool = False) -> list[Tensor]:
    """The first elements of each of the sequences that `pad_sequence` put side by side, as many as `lengths` says."""
    rows = padded_sequences if batch_first else padded_sequences.transpose(0, 1)
    places = arange(rows.shape[1], device=lengths.device)
    return [row[places < length] for row, length in zip(rows, lengths, strict=True)]


def check_sequences(sequences, padding_value, padding_side):
    """Refuse what cannot be put side by side."""
    if not sequences:
        raise RuntimeError("received an empty list of sequences")
    for place, each in enumerate(sequences):
        if not isinstance(each, Tensor):
            raise TypeError(f"expected Tensor as element {place} in argument 0, but got {type(each).__name__}")
        if each.ndim == 0:
            raise RuntimeError("pad_sequence: a tensor without dimensions is no sequence")
    if not hasattr(padding_value, "__float__"):
        kind = type(padding_value).__name__
        raise TypeError(f"pad_sequence(): argument 'padding_value' (position 3) must be float, not {kind}")
    if padding_side not in SIDES:
        raise RuntimeError(f"Expected padding_side to be one of left or right, but got {padding_side}.")


for each in (pad_sequence, unpad_sequence):
    each.__module__ = "torch.nn.utils.rnn"
