"""The loader: batches of a data set, in the order of a sampler, one pass for each iteration."""

import itertools
import math
import warnings
from collections.abc import Callable, Iterable, Iterator

from tinytorch.devices import device
from tinytorch.utils.data.collate import default_collate, default_convert
from tinytorch.utils.data.dataset import Dataset, IterableDataset
from tinytorch.utils.data.sampler import BatchSampler, RandomSampler, SequentialSampler, draw_seed

NO_WORKERS = (
    "DataLoader with num_workers={}: samples are loaded by the calling process alone for now; use num_workers=0"
)
NO_ACCELERATOR = (
    "'pin_memory' argument is set as true but no accelerator is found, then device pinned memory won't be used."
)
FIXED = ("batch_size", "batch_sampler", "sampler", "drop_last", "dataset", "persistent_workers")


class DataLoader:
    """An iterable of batches: samples of `dataset` in the order of a sampler, put together by `collate_fn`.

    `shuffle` takes a new random order for each pass, the one that PyTorch takes for the same seed; `sampler` gives the
    indices, `batch_sampler` lists of them; `batch_size=None` gives the samples one by one. `pin_memory`,
    `worker_init_fn` and the other options of worker processes are taken; `num_workers` above 0 raises
    NotImplementedError.
    """

    _initialized = False

    def __init__(
        self,
        dataset: Dataset,
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
        check_workers(num_workers, timeout, prefetch_factor, persistent_workers, multiprocessing_context)
        streams = isinstance(dataset, IterableDataset)
        check_order(streams, batch_size, shuffle, sampler, batch_sampler, drop_last)
        if batch_sampler is not None:
            batch_size, drop_last = None, False
        if sampler is None:
            if streams:
                sampler = Forever()
            else:
                sampler = RandomSampler(dataset, generator=generator) if shuffle else SequentialSampler(dataset)
        if batch_size is not None:
            batch_sampler = BatchSampler(sampler, batch_size, drop_last)
        self.dataset, self.batch_size, self.drop_last = dataset, batch_size, drop_last
        self.sampler, self.batch_sampler, self.generator = sampler, batch_sampler, generator
        self.collate_fn = collate_fn or (default_convert if batch_sampler is None else default_collate)
        self.num_workers, self.prefetch_factor = num_workers, prefetch_factor
        self.persistent_workers, self.in_order = persistent_workers, in_order
        self.pin_memory, self.pin_memory_device, self.timeout = pin_memory, pin_memory_device, timeout
        self.worker_init_fn, self.multiprocessing_context = worker_init_fn, multiprocessing_context
        self._initialized = True

    def __setattr__(self, name: str, value) -> None:
        if self._initialized and name in FIXED:
            raise ValueError(f"{name} attribute should not be set after {type(self).__name__} is initialized")
        super().__setattr__(name, value)

    @property
    def _index_sampler(self) -> Iterable:
        return self.sampler if self.batch_sampler is None else self.batch_sampler

    def __iter__(self) -> Iterator:
        return Pass(self)

    def __len__(self) -> int:
        if not isinstance(self.dataset, IterableDataset):
            return len(self._index_sampler)
        if self.batch_size is None:
            return len(self.dataset)
        return (math.floor if self.drop_last else math.ceil)(len(self.dataset) / self.batch_size)


class Pass:
    """One pass through the data of a loader."""

    def __init__(self, loader: DataLoader):
        if loader.pin_memory and not device("cuda").module.is_available():
            warnings.warn(NO_ACCELERATOR, stacklevel=3)
        self.loader = loader
        self.indices = iter(loader._index_sampler)
        self.base_seed = draw_seed(loader.generator)  # for workers; drawn without them too, as PyTorch does
        self.stream = iter(loader.dataset) if isinstance(loader.dataset, IterableDataset) else None

    def __iter__(self) -> "Pass":
        return self

    def __len__(self) -> int:
        return len(self.loader._index_sampler)

    def __next__(self):
        loader = self.loader
        index = next(self.indices)
        if self.stream is not None:
            samples = self.from_stream(index)
        elif loader.batch_sampler is None:
            samples = loader.dataset[index]
        elif getattr(loader.dataset, "__getitems__", None):
            samples = loader.dataset.__getitems__(index)
        else:
            samples = [loader.dataset[each] for each in index]
        return loader.collate_fn(samples)

    def from_stream(self, index):
        """The next sample of a stream, or as many as a batch has."""
        if self.loader.batch_sampler is None:
            return next(self.stream)
        samples = list(itertools.islice(self.stream, len(index)))
        if not samples or (self.loader.drop_last and len(samples) < len(index)):
            raise StopIteration
        return samples


class Forever:
    """The sampler of a stream, which has no indices: None without end."""

    def __iter__(self) -> Iterator:
        return itertools.repeat(None)


def check_workers(num_workers, timeout, prefetch_factor, persistent_workers, multiprocessing_context) -> None:
    """Refuse options of worker processes that are wrong or need some; and workers."""
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
    if multiprocessing_context is not None and num_workers == 0:
        raise ValueError(
            "multiprocessing_context can only be used with multi-process loading (num_workers > 0), but got "
            "num_workers=0"
        )
    if num_workers > 0:
        raise NotImplementedError(NO_WORKERS.format(num_workers))


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


def get_worker_info() -> None:
    """Which worker process this is: None, as there are no workers."""


DataLoader.__module__ = "torch.utils.data.dataloader"
