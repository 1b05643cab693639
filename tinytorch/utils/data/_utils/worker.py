"""What a worker process of a loader does: it makes batches of the indices that it is sent, until nobody asks."""

from tinytorch.devices import CPU
from tinytorch.generator import manual_seed
from tinytorch.kernels.cpu.compile import set_num_threads
from tinytorch.utils.data._utils import info
from tinytorch.utils.data._utils.errors import ExceptionWrapper
from tinytorch.utils.data._utils.fetch import _DatasetKind
from tinytorch.utils.data._utils.info import WorkerInfo, get_worker_info


class _IterableDatasetStopIteration:
    """What a worker sends in the place of a batch when its stream has ended."""

    def __init__(self, worker_id: int):
        self.worker_id = worker_id


class _ResumeIteration:
    """What a loader sends to begin again, and the worker sends back: no batch of the pass before comes after it."""


def _worker_loop(
    connection, dataset_kind, dataset, auto_collation, collate_fn, drop_last, base_seed, init_fn, worker_id, num_workers
):  # fmt: skip
    """Answer each (place, index) with (place, batch), until the loader closes its side or has ended."""
    from tinytorch.utils.data._utils.channel import WorkerChannel  # with multiprocessing

    channel, where = WorkerChannel(connection), f"in DataLoader worker process {worker_id}"
    failure, ended, settings = None, False, (dataset_kind, dataset, auto_collation, collate_fn, drop_last)
    try:
        begin(worker_id, num_workers, base_seed, dataset)
        try:
            if init_fn is not None:
                init_fn(worker_id)
            fetcher = _DatasetKind.create_fetcher(*settings)
        except Exception:  # the user's, of any kind; as below
            failure = ExceptionWrapper(where=where)
        while True:
            idx, index = channel.receive()
            if isinstance(idx, _ResumeIteration):
                channel.send((idx, None))
                fetcher, ended = _DatasetKind.create_fetcher(*settings), False
                continue
            if ended:
                continue
            try:
                data = failure or fetcher.fetch(index)
            except Exception as error:
                ended = isinstance(error, StopIteration) and dataset_kind == _DatasetKind.Iterable
                data = _IterableDatasetStopIteration(worker_id) if ended else ExceptionWrapper(where=where)
            try:
                channel.send((idx, data))
            except ConnectionError:
                raise
            except Exception:  # it cannot be sent: of an error its traceback, of a batch why
                if isinstance(data, ExceptionWrapper):
                    data.exc_type = RuntimeError
                else:
                    data = ExceptionWrapper(where=where)
                channel.send((idx, data))
            del data  # its memory belongs to the loader now
    except (KeyboardInterrupt, EOFError, ConnectionError):
        pass  # the loader was interrupted as well, or nobody asks any more


def begin(worker_id, num_workers, base_seed, dataset) -> None:
    """Make a process a worker: one thread, and streams of random numbers of its own, also of Python and NumPy."""
    import random  # takes as long to import as ten of our modules

    set_num_threads(1)
    seed = base_seed + worker_id
    random.seed(seed)
    manual_seed(seed)
    numpy_random = CPU.xp.library.random
    words = [worker_id, base_seed & 0xFFFFFFFF, base_seed >> 32, 0]
    numpy_random.seed(numpy_random.SeedSequence(words).generate_state(4))
    info._worker_info = WorkerInfo(worker_id, num_workers, seed, dataset)


__all__ = ["WorkerInfo", "get_worker_info"]
