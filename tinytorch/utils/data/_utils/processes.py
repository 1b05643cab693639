"""A pass whose batches are made by worker processes: who gets which indices, and what comes back when."""

import itertools
import os
import pickle
import select
import time
import warnings
import weakref

from tinytorch.utils.data._utils.errors import ExceptionWrapper
from tinytorch.utils.data._utils.passes import _BaseDataLoaderIter
from tinytorch.utils.data._utils.worker import _IterableDatasetStopIteration, _ResumeIteration, _worker_loop

PATIENCE = 5.0  # seconds in which a worker has to end by itself
NOT_PICKLED = (
    "Got pickle error when attempting to start a worker Process. This might be because the worker Process arguments "
    "are not picklable. Python 3.14+ changed the multiprocessing start method in non-Mac POSIX platforms to "
    "'forkserver', which requires the worker Process arguments to be picklable. You can also try "
    "multiprocessing.set_start_method('fork')."
)
LOST = (
    "DataLoader worker (pid {}) exited unexpectedly with exit code {}. Details are lost due to multiprocessing. "
    "Rerunning with num_workers=0 may give better error trace."
)


class _MultiProcessingDataLoaderIter(_BaseDataLoaderIter):
    """A pass with workers, each with a channel of its own.

    Batches are asked for in order, `prefetch_factor` ahead for each worker, by turns: `_send_idx` counts what was asked
    for, `_rcvd_idx` what was given out. `_task_info` has for each batch in between (worker,), or (worker, data) once it
    came. `_workers_status` says who may still be asked: not whose stream has ended in this pass.
    """

    _shutdown = False

    def __init__(self, loader):
        super().__init__(loader)
        import multiprocessing  # takes a tenth of the whole package's import

        self._prefetch_factor, self._in_order = loader.prefetch_factor, loader.in_order
        self._worker_init_fn = loader.worker_init_fn
        if self._prefetch_factor <= 0:
            raise AssertionError("prefetch_factor must be greater than 0 for MultiProcessingDataLoaderIter")
        if not hasattr(select, "poll"):
            raise NotImplementedError("DataLoader with num_workers above 0 needs the sockets of a Unix system")
        context = loader.multiprocessing_context or multiprocessing
        self._workers, self._channels = [], []
        self._end = weakref.finalize(self, end_workers, os.getpid(), self._workers, self._channels)
        self._end.atexit = False  # then multiprocessing ends them, as daemons, without patience
        for number in range(self._num_workers):
            self._start_worker(context, number)
        self._reset(loader, first_iter=True)

    def _start_worker(self, context, number):
        from tinytorch.utils.data._utils.channel import pair

        channel, connection = pair()
        self._channels.append(channel)
        with connection:
            worker = context.Process(
                target=_worker_loop,
                args=(
                    connection, self._dataset_kind, self._dataset, self._auto_collation, self._collate_fn,
                    self._drop_last, self._base_seed, self._worker_init_fn, number, self._num_workers,
                ),
                daemon=True,
            )  # fmt: skip
            try:
                worker.start()
            except (TypeError, AttributeError, pickle.PicklingError):
                warnings.warn(NOT_PICKLED, stacklevel=5)
                raise
        self._workers.append(worker)

    def _reset(self, loader, first_iter=False):
        super()._reset(loader, first_iter)
        self._send_idx = self._rcvd_idx = self._tasks_outstanding = 0
        self._task_info = {}
        self._workers_status = [True] * self._num_workers
        self._workers_num_tasks = [0] * self._num_workers
        self._worker_queue_idx_cycle = itertools.cycle(range(self._num_workers))
        self._last = self._num_workers - 1  # whose message was read last
        if not first_iter:
            for number, channel in enumerate(self._channels):
                if channel.fileno() < 0:
                    self._raise_ended(number)
                channel.put((_ResumeIteration(), None))
            resumed = 0
            while resumed < self._num_workers:  # what was asked for in the pass before comes first
                resumed += isinstance(self._get_data()[0], _ResumeIteration)
        for _ in range(self._prefetch_factor * self._num_workers):
            self._try_put_index()

    def _next_data(self):
        while True:
            while self._rcvd_idx < self._send_idx:
                task = self._task_info.get(self._rcvd_idx)
                if task is not None:
                    if len(task) == 2 or self._workers_status[task[0]]:
                        break
                    del self._task_info[self._rcvd_idx]  # its worker has no more to give
                self._rcvd_idx += 1
            else:
                if not self._persistent_workers:
                    self._shutdown_workers()
                raise StopIteration
            if len(task) == 2:
                return self._given(self._rcvd_idx, *self._task_info[self._rcvd_idx])
            if self._shutdown or self._tasks_outstanding <= 0:
                raise AssertionError("Invalid iterator state: shutdown or no outstanding tasks when fetching next data")
            idx, data = self._get_data()
            self._tasks_outstanding -= 1
            if isinstance(data, _IterableDatasetStopIteration):
                self._workers_status[data.worker_id] = False
                if not self._persistent_workers:
                    self._channels[data.worker_id].close()
                self._try_put_index()
            elif idx == self._rcvd_idx or not self._in_order:
                return self._given(idx, self._task_info[idx][0], data)
            else:
                self._task_info[idx] += (data,)

    def _given(self, idx, worker_id, data):
        """A batch as it leaves the pass, after the next one was asked for."""
        del self._task_info[idx]
        self._rcvd_idx += idx == self._rcvd_idx
        self._workers_num_tasks[worker_id] -= 1
        self._try_put_index()
        if isinstance(data, ExceptionWrapper):
            data.reraise()
        return data

    def _try_put_index(self):
        """Ask the next worker that has something to give for the next batch, if there is one."""
        most = self._prefetch_factor * self._num_workers
        try:
            index = self._next_index()
        except StopIteration:
            return
        for worker_id in itertools.islice(self._worker_queue_idx_cycle, self._num_workers):
            status, tasks = self._workers_status, self._workers_num_tasks
            if status[worker_id] and (self._in_order or tasks[worker_id] < most // sum(status)):
                break
        else:
            return
        self._channels[worker_id].put((self._send_idx, index))
        self._task_info[self._send_idx] = (worker_id,)
        self._workers_num_tasks[worker_id] += 1
        self._tasks_outstanding += 1
        self._send_idx += 1

    def _get_data(self):
        """The next message of any worker; a RuntimeError if none comes in time, or if one has ended."""
        end = time.monotonic() + self._timeout if self._timeout > 0 else None
        while True:
            ready = self._wait(None if end is None else max(end - time.monotonic(), 0))
            for number in ready:
                try:
                    found = self._channels[number].receive()
                except EOFError:
                    self._raise_ended(number)
                except BaseException:  # the message is lost
                    self._shutdown_workers()
                    raise
                self._last = number
                return found
            if end is not None and time.monotonic() >= end:
                raise RuntimeError(f"DataLoader timed out after {self._timeout} seconds")

    def _wait(self, seconds):
        """The workers that have sent something or have ended, beginning behind the last one that was listened to.

        What waits to be sent is sent meanwhile.
        """
        poll, numbers = select.poll(), {}
        for step in range(1, self._num_workers + 1):
            number = (self._last + step) % self._num_workers
            if self._workers_status[number]:
                channel, worker = self._channels[number], self._workers[number]
                poll.register(channel, select.POLLIN | (select.POLLOUT if channel.waiting else 0))
                poll.register(worker.sentinel, select.POLLIN)
                numbers[channel.fileno()] = numbers[worker.sentinel] = number
        ready, ended = [], []
        for file, events in poll.poll(None if seconds is None else seconds * 1000):
            number = numbers[file]
            if file == self._workers[number].sentinel:
                ended.append(number)
            elif events & ~select.POLLOUT:
                ready.append(number)
            else:
                self._channels[number].flush()
        if ended and not ready:  # whoever else has its side of the channel sends nothing
            self._raise_ended(ended[0])
        return ready

    def _raise_ended(self, number):
        """Say that a worker has ended, and how."""
        import signal  # at the top it would be a part of every import of the package

        worker = self._workers[number]
        self._workers_status[number] = False
        self._channels[number].close()
        worker.join(PATIENCE)
        if worker.exitcode is not None and worker.exitcode < 0:
            killed = signal.strsignal(-worker.exitcode)
            reason = f"DataLoader worker (pid {worker.pid}) is killed by signal: {killed}. "
        else:
            reason = LOST.format(worker.pid, worker.exitcode)
        raise RuntimeError(f"DataLoader worker (pid(s) {worker.pid}) exited unexpectedly") from RuntimeError(reason)

    def _shutdown_workers(self):
        """End the workers, and wait for them."""
        self._shutdown = True
        self._end()


def end_workers(owner, workers, channels) -> None:
    """Let workers end, in the process that has started them: nobody asks them any more; who does not end is killed."""
    if os.getpid() != owner:
        return
    for channel in channels:
        channel.close()
    end = time.monotonic() + PATIENCE
    for worker in workers:
        worker.join(max(end - time.monotonic(), 0))
    for worker in workers:
        if worker.is_alive():
            worker.kill()
            worker.join()
