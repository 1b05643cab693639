"""Sequences of different lengths as one tensor, padded or packed, and back."""

from collections.abc import Iterable

from tinytorch import dtypes
from tinytorch.nn.packed import PackedSequence, PackedSequence_, invert_permutation
from tinytorch.ops.create import full
from tinytorch.ops.packing import packed, padded
from tinytorch.ops.ranges import arange
from tinytorch.ops.sort import sort
from tinytorch.ops.values import as_tensor
from tinytorch.tensor import Tensor

__all__ = [
    "PackedSequence",
    "PackedSequence_",
    "invert_permutation",
    "pack_padded_sequence",
    "pack_sequence",
    "pad_packed_sequence",
    "pad_sequence",
    "unpack_sequence",
    "unpad_sequence",
]

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


def pack_padded_sequence(
    input: Tensor, lengths: Tensor | list[int], batch_first: bool = False, enforce_sorted: bool = True
) -> PackedSequence:
    """The first elements of the sequences of (longest, n, ...), or with `batch_first` (n, longest, ...), packed.

    Without `enforce_sorted` they are sorted by length first. A RuntimeError for lengths that do not fit or, if it is
    enforced, do not fall.
    """
    if isinstance(lengths, Tensor):
        lengths = lengths.to(dtype=dtypes.int64)
    else:
        lengths = as_tensor(lengths, dtype=dtypes.int64, device="cpu")
    sorted_indices = None
    if not enforce_sorted:
        lengths, sorted_indices = sort(lengths, descending=True)
        sorted_indices = sorted_indices.to(input.device)
        input = input.index_select(0 if batch_first else 1, sorted_indices)
    if not isinstance(input, Tensor):
        raise refused("input", 1, "Tensor", input)
    if not isinstance(batch_first, bool):
        raise refused("batch_first", 3, "bool", batch_first)
    return PackedSequence(*packed(input, lengths, batch_first), sorted_indices)


def refused(name, position, kind, value):
    """What is no argument of this kind."""
    return TypeError(
        f"_pack_padded_sequence(): argument '{name}' (position {position}) must be {kind}, not {type(value).__name__}"
    )


def pad_packed_sequence(
    sequence: PackedSequence, batch_first: bool = False, padding_value: float = 0.0, total_length: int | None = None
) -> tuple[Tensor, Tensor]:
    """The sequences of a packed one side by side, in the order that they had, and their lengths.

    The result has the shape (longest, n, ...), or (n, longest, ...) with `batch_first`; `total_length` makes it longer.
    A ValueError if that is shorter than the longest.
    """
    longest = sequence.batch_sizes.size(0)
    if total_length is not None:
        if total_length < longest:
            raise ValueError(
                "Expected total_length to be at least the length of the longest sequence in input, but got "
                f"total_length={total_length} and max sequence length being {longest}"
            )
        longest = total_length
    result, lengths = padded(sequence.data, sequence.batch_sizes, batch_first, padding_value, longest)
    places = sequence.unsorted_indices
    if places is None:
        return result, lengths
    return result.index_select(0 if batch_first else 1, places), lengths[places.cpu()]


def pack_sequence(sequences: list[Tensor], enforce_sorted: bool = True) -> PackedSequence:
    """Sequences (length, ...) packed; if `enforce_sorted`, they have to come from the longest to the shortest."""
    lengths = as_tensor([each.size(0) for each in sequences])
    return pack_padded_sequence(pad_sequence(sequences), lengths, enforce_sorted=enforce_sorted)


def unpack_sequence(packed_sequences: PackedSequence) -> list[Tensor]:
    """The sequences of a packed one, in the order that they had."""
    rows, lengths = pad_packed_sequence(packed_sequences, batch_first=True)
    return unpad_sequence(rows, lengths, batch_first=True)


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


for each in (
    pad_sequence, unpad_sequence, pack_padded_sequence, pad_packed_sequence, pack_sequence, unpack_sequence,
):  # fmt: skip
    each.__module__ = "torch.nn.utils.rnn"
