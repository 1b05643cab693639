"""The packed sequence: sequences of different lengths as recurrent layers take them, without padding."""

from typing import NamedTuple

from tinytorch import dtypes
from tinytorch.ops.create import empty_like
from tinytorch.ops.ranges import arange
from tinytorch.tensor import Tensor


class PackedSequence_(NamedTuple):
    """What a packed sequence consists of."""

    data: Tensor
    batch_sizes: Tensor
    sorted_indices: Tensor | None
    unsorted_indices: Tensor | None


class PackedSequence(PackedSequence_):
    """Sequences of different lengths in one tensor, as `pack_sequence` and `pack_padded_sequence` make it.

    `data` has the elements of the first step, then of the second, and so on; `batch_sizes`, on the CPU, says how many
    sequences each step has. `sorted_indices` are the places that the sequences had before they were sorted by length,
    and `unsorted_indices` lead back. A ValueError for `batch_sizes` that are elsewhere.
    """

    def __new__(cls, data, batch_sizes=None, sorted_indices=None, unsorted_indices=None):
        if unsorted_indices is None:
            unsorted_indices = invert_permutation(sorted_indices)
        if batch_sizes is None:
            if not (isinstance(data, list | tuple) and len(data) == 2):
                raise AssertionError("Expected data to be a list or tuple of length 2")
            data, batch_sizes = data
        elif batch_sizes.device.type != "cpu":
            raise ValueError(
                "batch_sizes should always be on CPU. Instances of PackedSequence should never be created manually. "
                "They should be instantiated by functions like pack_sequence and pack_padded_sequences in "
                "nn.utils.rnn. https://pytorch.org/docs/stable/nn.html#torch.nn.utils.rnn.pack_sequence"
            )
        return super().__new__(cls, data, batch_sizes, sorted_indices, unsorted_indices)

    def __reduce__(self):
        return remade, tuple(self)

    def to(self, *args, **kwargs):
        """The same with the data on another device or of another dtype, as `Tensor.to` makes it; or itself."""
        data = self.data.to(*args, **kwargs)
        if data is self.data:
            return self
        indices = [None if each is None else each.to(data.device) for each in self[2:]]
        return type(self)(data, self.batch_sizes, *indices)

    def cuda(self, *args, **kwargs):
        """The same on a GPU, the current one if none is named."""
        return self._on("cuda", args, kwargs)

    def cpu(self, *args, **kwargs):
        """The same on the CPU."""
        return self._on("cpu", args, kwargs)

    def _on(self, kind, args, kwargs):
        """The same where the arguments say, if that is a device of this kind, and else on one."""
        named = args or kwargs
        if (self.data.new_empty(0).to(*args, **kwargs) if named else self.data).device.type != kind:
            kwargs["device"] = kind
        return self.to(*args, **kwargs) if kwargs or args else self

    def pin_memory(self):
        """The same in memory that a GPU reads fast."""
        return type(self)(
            self.data.pin_memory(),
            self.batch_sizes,
            *[None if each is None else each.pin_memory() for each in self[2:]],
        )

    def double(self):
        """The same in float64."""
        return self.to(dtype=dtypes.float64)

    def float(self):
        """The same in float32."""
        return self.to(dtype=dtypes.float32)

    def half(self):
        """The same in float16."""
        return self.to(dtype=dtypes.float16)

    def long(self):
        """The same in int64."""
        return self.to(dtype=dtypes.int64)

    def int(self):
        """The same in int32."""
        return self.to(dtype=dtypes.int32)

    def short(self):
        """The same in int16."""
        return self.to(dtype=dtypes.int16)

    def char(self):
        """The same in int8."""
        return self.to(dtype=dtypes.int8)

    def byte(self):
        """The same in uint8."""
        return self.to(dtype=dtypes.uint8)

    @property
    def is_cuda(self):
        """Whether the data is on a GPU."""
        return self.data.is_cuda

    def is_pinned(self):
        """Whether the data is in memory that a GPU reads fast."""
        return self.data.is_pinned()


def remade(*parts):
    """A packed sequence of its parts, for pickle."""
    return PackedSequence(*parts)


def invert_permutation(permutation: Tensor | None) -> Tensor | None:
    """The permutation that undoes another one; None for None."""
    if permutation is None:
        return None
    places = arange(0, permutation.numel(), device=permutation.device)
    return empty_like(permutation).scatter_(0, permutation, places)


for each in (PackedSequence_, PackedSequence, invert_permutation):
    each.__module__ = "torch.nn.utils.rnn"
