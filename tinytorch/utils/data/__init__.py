"""Data sets, samplers, and the loader that makes batches of them."""

from tinytorch.utils.data import _utils, dataloader, dataset, distributed, sampler
from tinytorch.utils.data._utils.fetch import _DatasetKind
from tinytorch.utils.data.dataloader import DataLoader, default_collate, default_convert, get_worker_info
from tinytorch.utils.data.dataset import (
    ChainDataset,
    ConcatDataset,
    Dataset,
    IterableDataset,
    StackDataset,
    Subset,
    TensorDataset,
    random_split,
)
from tinytorch.utils.data.distributed import DistributedSampler
from tinytorch.utils.data.sampler import (
    BatchSampler,
    RandomSampler,
    Sampler,
    SequentialSampler,
    SubsetRandomSampler,
    WeightedRandomSampler,
)
