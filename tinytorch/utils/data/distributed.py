"""The sampler by which each of several processes that train together sees another part of a data set."""

import math
from collections.abc import Iterator
from typing import TypeVar

from tinytorch.generator import Generator
from tinytorch.ops.random import randperm
from tinytorch.utils.data.dataset import Dataset
from tinytorch.utils.data.sampler import Sampler

Index = TypeVar("Index", covariant=True)


class DistributedSampler(Sampler[Index]):
    """Of the indices of a data set, in random order unless told otherwise, every `num_replicas`-th from `rank` on.

    Each process gets as many: the first indices come again where some are missing, or with `drop_last` the last are
    left out. The order is that of `seed` and of the epoch that `set_epoch` was told. A ValueError for a rank that is
    not there, and if `num_replicas` or `rank` has to be asked of a process group that there is not.
    """

    def __init__(
        self,
        dataset: Dataset,
        num_replicas: int | None = None,
        rank: int | None = None,
        shuffle: bool = True,
        seed: int = 0,
        drop_last: bool = False,
    ):
        if num_replicas is None or rank is None:
            from tinytorch.distributed import world  # which few programs need

            num_replicas = world.get_world_size() if num_replicas is None else num_replicas
            rank = world.get_rank() if rank is None else rank
        if rank >= num_replicas or rank < 0:
            raise ValueError(f"Invalid rank {rank}, rank should be in the interval [0, {num_replicas - 1}]")
        self.dataset, self.num_replicas, self.rank = dataset, num_replicas, rank
        self.shuffle, self.seed, self.drop_last, self.epoch = shuffle, seed, drop_last, 0
        count = len(dataset)
        self.num_samples = count // num_replicas if drop_last else -(-count // num_replicas)
        self.total_size = self.num_samples * num_replicas

    def __iter__(self) -> Iterator[Index]:
        count = len(self.dataset)
        if self.shuffle:
            generator = Generator().manual_seed(self.seed + self.epoch)
            indices = randperm(count, generator=generator).tolist()
        else:
            indices = list(range(count))
        if indices:
            indices *= math.ceil(self.total_size / count)
        return iter(indices[self.rank : self.total_size : self.num_replicas])

    def __len__(self) -> int:
        return self.num_samples

    def set_epoch(self, epoch: int) -> None:
        """Take the order of another epoch from the next pass on."""
        self.epoch = epoch


DistributedSampler.__module__ = "torch.utils.data.distributed"
