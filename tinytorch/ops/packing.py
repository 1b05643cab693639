"""Sequences of different lengths in one tensor without padding: step by step, the longest sequence first."""

from tinytorch import dtypes
from tinytorch.operation import Rule, operation
from tinytorch.ops.create import full
from tinytorch.ops.values import tensor


@operation(
    Rule(method=False, moves=True, linear=True, title="PackPaddedSequence", operands=("input",)),
    input=lambda grad, input_shape, sizes: steps_side_by_side(grad, sizes, input_shape),
)
def rows_of_steps(xp, input, sizes):
    """Of each step the first rows, as many as its size says: (steps, n, ...) -> (rows, ...)."""
    parts = [input[step, :size] for step, size in enumerate(sizes)]
    return xp.concatenate(parts)


@operation(
    Rule(method=False, moves=True, linear=True, operands=("rows",)),
    rows=lambda grad, sizes: rows_of_steps(grad, sizes),
)
def steps_side_by_side(xp, rows, sizes, shape):
    """The way back from `rows_of_steps`: (rows, ...) -> (steps, n, ...), with zeros for what is missing."""
    result, start = xp.zeros(shape, rows.dtype), 0
    for step, size in enumerate(sizes):
        result[step, :size] = rows[start : start + size]
        start += size
    return result


def packed(input, lengths, batch_first):
    """The elements of the sequences, step by step, and how many sequences have each step.

    A RuntimeError for lengths that are no vector of one length for each sequence, from the longest to the shortest.
    """
    check_lengths(lengths)
    steps = input.transpose(0, 1) if batch_first else input
    counts = lengths.tolist()
    if not input.numel():
        raise RuntimeError("Cannot pack empty tensors.")
    if len(counts) != steps.size(1):
        raise RuntimeError(
            f"Expected `len(lengths)` to be equal to batch_size, but got {len(counts)} (batch_size={steps.size(1)})"
        )
    if counts[-1] <= 0:
        raise RuntimeError(
            "Length of all samples has to be greater than 0, but found an element in 'lengths' that is <= 0"
        )
    if sorted(counts, reverse=True) != counts:
        raise RuntimeError(
            "`lengths` array must be sorted in decreasing order when `enforce_sorted` is True. You can pass "
            "`enforce_sorted=False` to pack_padded_sequence and/or pack_sequence to sidestep this requirement if you "
            "do not need ONNX exportability."
        )
    if counts[0] > len(steps):
        raise RuntimeError(f"lengths has a sequence of {counts[0]} steps, but the input has only {len(steps)}")
    sizes = tuple([sum(count > step for count in counts) for step in range(counts[0])])
    return rows_of_steps(steps, sizes), tensor(sizes)


def padded(data, batch_sizes, batch_first, padding_value, total_length):
    """The sequences side by side, with padding behind those that are shorter, and their lengths."""
    check_lengths(batch_sizes)
    if not isinstance(padding_value, int | float | complex):
        kind = type(padding_value).__name__
        raise TypeError(f"_pad_packed_sequence(): argument 'padding_value' (position 4) must be Number, not {kind}")
    sizes = batch_sizes.tolist()
    batch = sizes[0]
    rest = data.shape[1:]
    result = full((total_length, batch, *rest), padding_value, dtype=data.dtype, device=data.device)
    places = tensor(
        [step * batch + row for step, size in enumerate(sizes) for row in range(size)],  # there is one for each element
        dtype=dtypes.int64,
        device=data.device,
    )
    result.view(total_length * batch, *rest).index_copy_(0, places, data)
    lengths = tensor([sum(size > row for size in sizes) for row in range(batch)])  # there are no more than sequences
    return result.transpose(0, 1) if batch_first else result, lengths


def check_lengths(lengths):
    """Refuse what is no vector of int64 on the CPU."""
    if lengths.ndim != 1 or lengths.dtype.name != "int64" or lengths.device.type != "cpu":
        raise RuntimeError(
            "'lengths' argument should be a 1D CPU int64 tensor, but got "
            f"{lengths.ndim}D {lengths.device} {lengths.dtype.title} tensor"
        )
