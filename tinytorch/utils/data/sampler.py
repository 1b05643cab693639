"""Samplers: in which order the indices of a data set come, and how they are put into batches."""

import itertools
from collections.abc import Iterable, Iterator, Sequence, Sized
from typing import Generic, TypeVar

from tinytorch import dtypes
from tinytorch.generator import Generator
from tinytorch.ops.create import empty
from tinytorch.ops.random import multinomial, randint, randperm
from tinytorch.ops.values import as_tensor
from tinytorch.utils.data.dataset import reduced

Index = TypeVar("Index", covariant=True)
AT_ONCE = 32  # indices drawn with replacement at a time: the stream of PyTorch depends on it


class Sampler(Generic[Index]):
    """The base of samplers; a subclass writes `__iter__()`, and `__len__()` if the number of indices is known."""

    def __iter__(self) -> Iterator[Index]:
        raise NotImplementedError

    def __reduce_ex__(self, protocol):
        return reduced(super().__reduce_ex__(max(protocol, 2)))


class SequentialSampler(Sampler[int]):
    """The indices of a data set in their order."""

    def __init__(self, data_source: Sized):
        self.data_source = data_source

    def __iter__(self) -> Iterator[int]:
        return iter(range(len(self.data_source)))

    def __len__(self) -> int:
        return len(self.data_source)


class RandomSampler(Sampler[int]):
    """The indices of a data set in random order, or `num_samples` of them drawn with `replacement`.

    Without a `generator`, each pass draws the seed of its own from the default one.
    """

    def __init__(
        self, data_source: Sized, replacement: bool = False, num_samples: int | None = None, generator=None
    ):  # fmt: skip
        self.data_source, self.replacement, self._num_samples, self.generator = (
            data_source, replacement, num_samples, generator,
        )  # fmt: skip
        if not isinstance(replacement, bool):
            raise TypeError(f"replacement should be a boolean value, but got replacement={replacement}")
        check_num_samples(self.num_samples)

    @property
    def num_samples(self) -> int:
        """How many indices come: that of the data set, if nothing else was asked for."""
        return len(self.data_source) if self._num_samples is None else self._num_samples

    def __iter__(self) -> Iterator[int]:
        count, generator = len(self.data_source), self.generator
        if generator is None:
            generator = Generator()
            generator.manual_seed(draw_seed(None))
        whole, rest = divmod(self.num_samples, AT_ONCE if self.replacement else count)
        if self.replacement:
            for _ in range(whole):  # no list of them: programs ask for 10 ** 10 and stop when they have enough
                yield from randint(count, (AT_ONCE,), dtype=dtypes.int64, generator=generator).tolist()
            yield from randint(count, (rest,), dtype=dtypes.int64, generator=generator).tolist()
        else:
            for _ in range(whole):
                yield from randperm(count, generator=generator).tolist()
            yield from randperm(count, generator=generator).tolist()[:rest]

    def __len__(self) -> int:
        return self.num_samples


class SubsetRandomSampler(Sampler[int]):
    """Given indices in random order."""

    def __init__(self, indices: Sequence[int], generator=None):
        self.indices, self.generator = indices, generator

    def __iter__(self) -> Iterator[int]:
        for place in randperm(len(self.indices), generator=self.generator).tolist():
            yield self.indices[place]

    def __len__(self) -> int:
        return len(self.indices)


class WeightedRandomSampler(Sampler[int]):
    """`num_samples` indices drawn with probabilities in proportion to `weights`, with `replacement` or without."""

    def __init__(self, weights: Sequence[float], num_samples: int, replacement: bool = True, generator=None):
        check_num_samples(num_samples)
        if not isinstance(replacement, bool):
            raise ValueError(f"replacement should be a boolean value, but got replacement={replacement}")
        self.weights = as_tensor(weights, dtype=dtypes.float64)
        if self.weights.ndim != 1:
            raise ValueError(
                f"weights should be a 1d sequence but given weights have shape {tuple(self.weights.shape)}"
            )
        self.num_samples, self.replacement, self.generator = num_samples, replacement, generator

    def __iter__(self) -> Iterator[int]:
        yield from multinomial(self.weights, self.num_samples, self.replacement, generator=self.generator).tolist()

    def __len__(self) -> int:
        return self.num_samples


class BatchSampler(Sampler[list]):
    """The indices of another sampler in lists of `batch_size`; with `drop_last` a shorter last list is left out."""

    def __init__(self, sampler: Iterable, batch_size: int, drop_last: bool):
        if not isinstance(batch_size, int) or isinstance(batch_size, bool) or batch_size <= 0:
            raise ValueError(f"batch_size should be a positive integer value, but got batch_size={batch_size}")
        if not isinstance(drop_last, bool):
            raise ValueError(f"drop_last should be a boolean value, but got drop_last={drop_last}")
        self.sampler, self.batch_size, self.drop_last = sampler, batch_size, drop_last

    def __iter__(self) -> Iterator[list]:
        indices = iter(self.sampler)
        while batch := list(itertools.islice(indices, self.batch_size)):
            if len(batch) == self.batch_size or not self.drop_last:
                yield batch

    def __len__(self) -> int:
        whole, rest = divmod(len(self.sampler), self.batch_size)
        return whole + (rest > 0 and not self.drop_last)


def check_num_samples(count) -> None:
    """Refuse what is no positive number."""
    if not isinstance(count, int) or isinstance(count, bool) or count <= 0:
        raise ValueError(f"num_samples should be a positive integer value, but got num_samples={count}")


def draw_seed(generator) -> int:
    """A number for another generator's seed."""
    return empty((), dtype=dtypes.int64).random_(generator=generator).item()


for each in (
    Sampler, SequentialSampler, RandomSampler, SubsetRandomSampler, WeightedRandomSampler, BatchSampler,
):  # fmt: skip
    each.__module__ = "torch.utils.data.sampler"
