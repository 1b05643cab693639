"""Which worker of a loader this process is, if it is one."""

import dataclasses

_worker_info = None  # of this process, if it is a worker


@dataclasses.dataclass(frozen=True, slots=True)
class WorkerInfo:
    """Which worker this process is: its number among `num_workers`, its seed, and its copy of the data set."""

    id: int
    num_workers: int
    seed: int
    dataset: object
    rng: object = None
    worker_method: str | None = "multiprocessing"


def get_worker_info() -> WorkerInfo | None:
    """Which worker process this is; None in the process of the loader."""
    return _worker_info


for each in (WorkerInfo, get_worker_info):
    each.__module__ = "torch.utils.data._utils.worker"
