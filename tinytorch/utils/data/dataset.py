"""Data sets: what gives a sample for an index, or one sample after the other; joined, stacked and split."""

import importlib
import itertools
import math
import warnings
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from typing import Generic, TypeVar

from tinytorch.ops.random import randperm
from tinytorch.tensor import Tensor

Sample = TypeVar("Sample", covariant=True)


class Dataset(Generic[Sample]):
    """The base of data sets; a subclass writes `__getitem__(index)` and, for most uses, `__len__()`.

    `__getitems__(indices)`, if it is there, gives the samples of a batch as a list.
    """

    def __getitem__(self, index):
        raise NotImplementedError("Subclasses of Dataset should implement __getitem__.")

    def __add__(self, other: "Dataset") -> "ConcatDataset":
        return ConcatDataset([self, other])

    def __reduce_ex__(self, protocol):
        return reduced(super().__reduce_ex__(max(protocol, 2)))


class IterableDataset(Dataset[Sample], Iterable[Sample]):
    """The base of data sets that are streams; a subclass writes `__iter__()`."""

    def __add__(self, other: "Dataset") -> "ChainDataset":
        return ChainDataset([self, other])


class TensorDataset(Dataset[tuple]):
    """Tensors of one length; a sample is the tuple of what they have at an index. AssertionError if lengths differ."""

    def __init__(self, *tensors: Tensor):
        if any(tensor.shape[0] != tensors[0].shape[0] for tensor in tensors):
            raise AssertionError("Size mismatch between tensors")
        self.tensors = tensors

    def __getitem__(self, index):
        return tuple([tensor[index] for tensor in self.tensors])

    def __len__(self) -> int:
        return self.tensors[0].shape[0]


class StackDataset(Dataset):
    """Data sets of one length side by side; a sample is a tuple of theirs, or a dict if they were given by name."""

    def __init__(self, *args: Dataset, **kwargs: Dataset):
        if args and kwargs:
            raise ValueError(
                "Supported either ``tuple``- (via ``args``) or``dict``- (via ``kwargs``) like input/output, but both "
                "types are given."
            )
        self.datasets = args or kwargs
        if not self.datasets:
            raise ValueError("At least one dataset should be passed")
        first, *others = self.each()
        if any(len(each) != len(first) for each in others):
            raise ValueError("Size mismatch between datasets")
        self._length = len(first)

    def each(self) -> list:
        """The data sets, without their names."""
        return list(self.datasets.values() if isinstance(self.datasets, dict) else self.datasets)

    def joined(self, parts: Iterable):
        """A sample of the samples of the data sets."""
        return dict(zip(self.datasets, parts, strict=True)) if isinstance(self.datasets, dict) else tuple(parts)

    def __getitem__(self, index):
        return self.joined([dataset[index] for dataset in self.each()])

    def __getitems__(self, indices: list) -> list:
        columns = [samples_of(dataset, indices) for dataset in self.each()]
        for column in columns:
            if len(column) != len(indices):
                raise ValueError(f"Nested dataset's output size mismatch. Expected {len(indices)}, got {len(column)}")
        return [self.joined(row) for row in zip(*columns, strict=True)]

    def __len__(self) -> int:
        return self._length


class ConcatDataset(Dataset[Sample]):
    """Data sets one after the other."""

    def __init__(self, datasets: Iterable[Dataset]):
        self.datasets = list(datasets)
        if not self.datasets:
            raise AssertionError("datasets should not be an empty iterable")
        if any(isinstance(each, IterableDataset) for each in self.datasets):
            raise AssertionError("ConcatDataset does not support IterableDataset")
        self.cumulative_sizes = list(itertools.accumulate([len(each) for each in self.datasets]))

    def __len__(self) -> int:
        return self.cumulative_sizes[-1]

    def __getitem__(self, idx: int):
        if idx < 0:
            if -idx > len(self):
                raise ValueError("absolute value of index should not exceed dataset length")
            idx += len(self)
        place = bisect_right(self.cumulative_sizes, idx)
        return self.datasets[place][idx - self.cumulative_sizes[place - 1] if place else idx]


class ChainDataset(IterableDataset):
    """Streams one after the other."""

    def __init__(self, datasets: Iterable[Dataset]):
        self.datasets = datasets

    def streams(self) -> Iterable:
        """The data sets; an AssertionError for one that is no stream."""
        for each in self.datasets:
            if not isinstance(each, IterableDataset):
                raise AssertionError("ChainDataset only supports IterableDataset")
            yield each

    def __iter__(self):
        for each in self.streams():
            yield from each

    def __len__(self) -> int:
        return sum([len(each) for each in self.streams()])


class Subset(Dataset[Sample]):
    """The samples of a data set at `indices`."""

    def __init__(self, dataset: Dataset, indices: Sequence[int]):
        self.dataset, self.indices = dataset, indices
        kind = type(self)
        if kind.__getitem__ is not Subset.__getitem__ and kind.__getitems__ is Subset.__getitems__:
            raise NotImplementedError(
                f"{kind.__name__} overrides __getitem__ but not __getitems__. When subclassing Subset and overriding "
                "__getitem__, you must also override __getitems__ to ensure DataLoader works correctly with your "
                "custom logic. A simple implementation:\n\ndef __getitems__(self, indices):\n"
                "    return [self.__getitem__(idx) for idx in indices]"
            )

    def __getitem__(self, idx):
        return self.dataset[[self.indices[each] for each in idx] if isinstance(idx, list) else self.indices[idx]]

    def __getitems__(self, indices: list) -> list:
        return samples_of(self.dataset, [self.indices[each] for each in indices])

    def __len__(self) -> int:
        return len(self.indices)


def samples_of(dataset: Dataset, indices: list) -> list:
    """The samples at `indices`, at once where the data set can do it."""
    at_once = getattr(dataset, "__getitems__", None)
    return at_once(indices) if callable(at_once) else [dataset[each] for each in indices]


def reduced(parts: tuple) -> tuple:
    """How pickle keeps an object of ours, whose class has PyTorch's name, of what Python says itself."""
    _, (cls, *arguments), *state = parts
    return new_object, (found_by(cls), *arguments), *state


def found_by(cls):
    """How pickle finds a class: one of ours by "module:name", as its `__module__` is PyTorch's; another by itself."""
    return f"tiny{cls.__module__}:{cls.__name__}" if cls.__module__.startswith("torch.utils.data.") else cls


def new_object(cls, *arguments):
    """An object without attributes, for pickle: of a class, or of "module:name"."""
    if isinstance(cls, str):
        module, _, name = cls.partition(":")
        cls = getattr(importlib.import_module(module), name)
    return cls.__new__(cls, *arguments)


def random_split(dataset: Dataset, lengths: Sequence, generator=None) -> list:
    """Random subsets of the given lengths, or shares that add up to 1, that have no sample in common.

    What the shares leave over goes to the subsets one by one. A ValueError if the lengths do not add up.
    """
    if math.isclose(sum(lengths), 1) and sum(lengths) <= 1:
        for place, share in enumerate(lengths):
            if share < 0 or share > 1:
                raise ValueError(f"Fraction at index {place} is not between 0 and 1")
        whole = [math.floor(len(dataset) * share) for share in lengths]
        left = len(dataset) - sum(whole)
        lengths = [each + left // len(whole) + (place < left % len(whole)) for place, each in enumerate(whole)]
        for place, length in enumerate(lengths):
            if length == 0:
                warnings.warn(
                    f"Length of split at index {place} is 0. This might result in an empty dataset.", stacklevel=2
                )
    if sum(lengths) != len(dataset):
        raise ValueError("Sum of input lengths does not equal the length of the input dataset!")
    indices = randperm(sum(lengths), generator=generator).tolist()
    return [
        Subset(dataset, indices[end - length : end])
        for end, length in zip(itertools.accumulate(lengths), lengths, strict=True)
    ]


for each in (
    Dataset, IterableDataset, TensorDataset, StackDataset, ConcatDataset, ChainDataset, Subset, random_split,
):  # fmt: skip
    each.__module__ = "torch.utils.data.dataset"
