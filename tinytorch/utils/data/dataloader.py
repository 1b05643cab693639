"""The loader: batches of a data set, in the order of a sampler, one pass for each iteration."""

import math
import os
import warnings
from collections.abc import Callable, Iterable, Iterator
from typing import Generic

from tinytorch.utils.data._utils.collate import default_collate, default_convert
from tinytorch.utils.data._utils.fetch import _DatasetKind
from tinytorch.utils.data._utils.info import get_worker_info
from tinytorch.utils.data._utils.passes import _BaseDataLoaderIter, _SingleProcessDataLoaderIter
from tinytorch.utils.data._utils.processes import _MultiProcessingDataLoaderIter
from tinytorch.utils.data.dataset import Dataset, IterableDataset, Sample, found_by, new_object
from tinytorch.utils.data.sampler import BatchSampler, RandomSampler, Sampler, SequentialSampler

FIXED = ("batch_size", "batch_sampler", "sampler", "drop_last", "dataset", "persistent_workers")
MANY_WORKERS = (
    "This DataLoader will create {} worker processes in total. Our suggested max number of worker in current system is "
    "{}{}, which is smaller than what this DataLoader is going to create. Please be aware that excessive worker "
    "creation might get DataLoader running slow or even freeze, lower the worker number to avoid potential "
    "slowness/freeze if necessary."
)


class DataLoader(Generic[Sample]):
    """An iterable of batches: samples of `dataset` in the order of a sampler, put together by `collate_fn`.

    `shuffle` takes a new random order for each pass, the one that PyTorch takes for the same seed; `sampler` gives the
    indices, `batch_sampler` lists of them; `batch_size=None` gives the samples one by one. With `num_workers` processes
    make the batches, `prefetch_factor` each ahead of the program, for one pass or for all (`persistent_workers`); their
    errors are raised here, and one that does not answer within `timeout` seconds, or has ended, is a RuntimeError.
    """

    _iterator = None
    __initialized = False

    def __init__(
        self,
        dataset: Dataset[Sample],
        batch_size: int | None = 1,
        shuffle: bool | None = None,
        sampler: Iterable | None = None,
        batch_sampler: Iterable | None = None,
        num_workers: int = 0,
        collate_fn: Callable | None = None,
        pin_memory: bool = False,
        drop_last: bool = False,
        timeout: float = 0,
        worker_init_fn: Callable | None = None,
        multiprocessing_context=None,
        generator=None,
        *,
        prefetch_factor: int | None = None,
        persistent_workers: bool = False,
        pin_memory_device: str = "",
        in_order: bool = True,
    ):
        check_workers(num_workers, timeout, prefetch_factor, persistent_workers)
        self.dataset, self.num_workers, self.worker_init_fn = dataset, num_workers, worker_init_fn
        self.prefetch_factor = 2 if num_workers > 0 and prefetch_factor is None else prefetch_factor
        self.pin_memory, self.pin_memory_device = pin_memory, pin_memory_device
        self.timeout, self.in_order = timeout, in_order
        self.multiprocessing_context = multiprocessing_context
        streams = isinstance(dataset, IterableDataset)
        self._dataset_kind = _DatasetKind.Iterable if streams else _DatasetKind.Map
        check_order(streams, batch_size, shuffle, sampler, batch_sampler, drop_last)
        if batch_sampler is not None:
            batch_size, drop_last = None, False
        if sampler is None:
            if streams:
                sampler = _InfiniteConstantSampler()
            else:
                sampler = RandomSampler(dataset, generator=generator) if shuffle else SequentialSampler(dataset)
        if batch_size is not None:
            batch_sampler = BatchSampler(sampler, batch_size, drop_last)
        self.batch_size, self.drop_last = batch_size, drop_last
        self.sampler, self.batch_sampler, self.generator = sampler, batch_sampler, generator
        self.collate_fn = collate_fn or (default_collate if self._auto_collation else default_convert)
        self.persistent_workers = persistent_workers
        self.__initialized = True
        self._IterableDataset_len_called = None  # what `len` has said of a stream
        self.check_worker_number_rationality()

    def __setattr__(self, name: str, value) -> None:
        if self.__initialized and name in FIXED:
            raise ValueError(f"{name} attribute should not be set after {type(self).__name__} is initialized")
        super().__setattr__(name, value)

    def __reduce_ex__(self, protocol):
        return new_object, (found_by(type(self)),), vars(self)

    @property
    def multiprocessing_context(self):
        """How workers are started: a context of multiprocessing, which can be set by its name; None as Python does."""
        return self.__multiprocessing_context

    @multiprocessing_context.setter
    def multiprocessing_context(self, context) -> None:
        self.__multiprocessing_context = None if context is None else context_of(context, self.num_workers)

    @property
    def _auto_collation(self) -> bool:
        return self.batch_sampler is not None

    @property
    def _index_sampler(self) -> Iterable:
        return self.batch_sampler if self._auto_collation else self.sampler

    def _get_iterator(self) -> Iterator:
        if self.num_workers == 0:
            return _SingleProcessDataLoaderIter(self)
        self.check_worker_number_rationality()
        return _MultiProcessingDataLoaderIter(self)

    def __iter__(self) -> Iterator:
        if not self.persistent_workers or self.num_workers == 0:
            return self._get_iterator()
        if self._iterator is None or self._iterator._shutdown:
            self._iterator = self._get_iterator()
        else:
            self._iterator._reset(self)
        return self._iterator

    def __len__(self) -> int:
        if self._dataset_kind == _DatasetKind.Map:
            return len(self._index_sampler)
        length = self._IterableDataset_len_called = len(self.dataset)
        if self.batch_size is None:
            return length
        return (math.floor if self.drop_last else math.ceil)(length / self.batch_size)

    def check_worker_number_rationality(self) -> None:
        """Warn of more workers than processors."""
        knows_share = hasattr(os, "sched_getaffinity")
        processors = len(os.sched_getaffinity(0)) if knows_share else os.cpu_count()
        if self.num_workers > processors:
            unsure = "" if knows_share else " (`cpuset` is not taken into account)"
            warnings.warn(MANY_WORKERS.format(self.num_workers, processors, unsure), stacklevel=3)


class _InfiniteConstantSampler(Sampler):
    """The sampler of a stream, which has no indices: None without end."""

    def __iter__(self) -> Iterator:
        while True:
            yield None


def check_workers(num_workers, timeout, prefetch_factor, persistent_workers) -> None:
    """Refuse options of worker processes that are wrong or need some."""
    if num_workers < 0:
        raise ValueError("num_workers option should be non-negative; use num_workers=0 to disable multiprocessing.")
    if timeout < 0:
        raise ValueError("timeout option should be non-negative")
    if num_workers == 0 and prefetch_factor is not None:
        raise ValueError(
            "prefetch_factor option could only be specified in multiprocessing.let num_workers > 0 to enable "
            "multiprocessing, otherwise set prefetch_factor to None."
        )
    if prefetch_factor is not None and prefetch_factor < 0:
        raise ValueError("prefetch_factor option should be non-negative")
    if persistent_workers and num_workers == 0:
        raise ValueError("persistent_workers option needs num_workers > 0")


def context_of(context, num_workers):
    """The context of multiprocessing that is asked for, by its name or as it is."""
    if num_workers == 0:
        raise ValueError(
            "multiprocessing_context can only be used with multi-process loading (num_workers > 0), but got "
            "num_workers=0"
        )
    import multiprocessing.context  # takes a tenth of the whole package's import

    if isinstance(context, str):
        methods = multiprocessing.get_all_start_methods()
        if context not in methods:
            raise ValueError(
                f"multiprocessing_context option should specify a valid start method in {methods!r}, but got "
                f"multiprocessing_context={context!r}"
            )
        context = multiprocessing.get_context(context)
    if not isinstance(context, multiprocessing.context.BaseContext):
        raise TypeError(
            "multiprocessing_context option should be a valid context object or a string specifying the start method, "
            f"but got multiprocessing_context={context}"
        )
    return context


def check_order(streams, batch_size, shuffle, sampler, batch_sampler, drop_last) -> None:
    """Refuse options of the order that exclude each other."""
    if streams:
        prefix = "DataLoader with IterableDataset: expected unspecified"
        if shuffle not in (False, None):
            raise ValueError(f"{prefix} shuffle option, but got shuffle={shuffle}")
        if sampler is not None:
            raise ValueError(f"{prefix} sampler option, but got sampler={sampler}")
        if batch_sampler is not None:
            raise ValueError(f"{prefix} batch_sampler option, but got batch_sampler={batch_sampler}")
    if sampler is not None and shuffle:
        raise ValueError("sampler option is mutually exclusive with shuffle")
    if batch_sampler is not None and (batch_size != 1 or shuffle or sampler is not None or drop_last):
        raise ValueError("batch_sampler option is mutually exclusive with batch_size, shuffle, sampler, and drop_last")
    if batch_sampler is None and batch_size is None and drop_last:
        raise ValueError("batch_size=None option disables auto-batching and is mutually exclusive with drop_last")


for each in (
    DataLoader, _BaseDataLoaderIter, _SingleProcessDataLoaderIter, _MultiProcessingDataLoaderIter,
    _InfiniteConstantSampler,
):  # fmt: skip
    each.__module__ = "torch.utils.data.dataloader"
__all__ = ["DataLoader", "default_collate", "default_convert", "get_worker_info"]
