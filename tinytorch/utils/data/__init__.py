"""Data sets, samplers, and the loader that makes batches of them."""

from tinytorch.utils.data.collate import default_collate, default_convert
from tinytorch.utils.data.dataloader import DataLoader, get_worker_info
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
from tinytorch.utils.data.sampler import (
    BatchSampler,
    RandomSampler,
    Sampler,
    SequentialSampler,
    SubsetRandomSampler,
    WeightedRandomSampler,
)
