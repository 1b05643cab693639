"""Processes that run one function, each with its number; the first error ends all and is raised where one waits."""

import ctypes
import logging
import multiprocessing
import os
import signal
import sys
import tempfile
import time
import traceback
import warnings
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.connection import wait
from pathlib import Path

ENV_VAR_PARALLEL_START = "TORCH_MP_PARALLEL_START"
PATIENCE = 30  # seconds until processes that do not end are killed
SET_PARENT_DEATH_SIGNAL = 1  # prctl.h
log = logging.getLogger(__name__)


class ProcessException(Exception):
    """A process has failed: its number among those started together, and its id."""

    def __init__(self, msg: str, error_index: int, error_pid: int):
        super().__init__(msg)
        self.msg, self.error_index, self.error_pid = msg, error_index, error_pid

    def __reduce__(self):
        return type(self), (self.msg, self.error_index, self.error_pid)


class ProcessRaisedException(ProcessException):
    """A process has failed by an error, whose traceback is the message."""


class ProcessExitedException(ProcessException):
    """A process was ended by a signal, or has ended itself with a code."""

    def __init__(self, msg: str, error_index: int, error_pid: int, exit_code: int, signal_name: str | None = None):
        super().__init__(msg, error_index, error_pid)
        self.exit_code, self.signal_name = exit_code, signal_name

    def __reduce__(self):
        return type(self), (self.msg, self.error_index, self.error_pid, self.exit_code, self.signal_name)


class ProcessContext:
    """Processes that were started together; `error_files` are the places where each may leave a traceback."""

    def __init__(self, processes: list, error_files: list):
        self.processes, self.error_files = processes, error_files
        self.sentinels = {process.sentinel: place for place, process in enumerate(processes)}

    def pids(self) -> list:
        """The ids of the processes."""
        return [int(process.pid) for process in self.processes]

    def join(self, timeout: float | None = None, grace_period: float | None = None) -> bool:
        """Wait until a process ends, `timeout` seconds at most; whether all have ended.

        If one has failed, the others have `grace_period` seconds to end, then they are terminated, and killed after as
        long again; a ProcessRaisedException or a ProcessExitedException says why.
        """
        failed = None
        for sentinel in wait(self.sentinels, timeout) if self.sentinels else ():
            place = self.sentinels.pop(sentinel)
            self.processes[place].join()
            if self.processes[place].exitcode != 0:
                failed = place
                break
        if failed is not None:
            self.end_all(grace_period)
            raise self.reason(failed)
        return not self.sentinels

    def end_all(self, grace_period: float | None) -> None:
        """End the processes that still run."""
        if grace_period is not None:
            join_all(self.processes, grace_period)
        for process in self.processes:
            if process.is_alive():
                log.warning("Terminating process %s via signal SIGTERM", process.pid)
                process.terminate()
        join_all(self.processes, PATIENCE if grace_period is None else grace_period)
        for process in self.processes:
            if process.is_alive():
                log.warning(
                    "Unable to shutdown process %s via SIGTERM , forcefully exiting via SIGKILL", process.pid
                )  # fmt: skip
                process.kill()
            process.join()

    def reason(self, place: int) -> ProcessException:
        """Why a process has failed."""
        process, left = self.processes[place], Path(self.error_files[place])
        if left.exists():
            text = left.read_text(encoding="utf-8")
            left.unlink()
            message = f"\n\n-- Process {place:d} terminated with the following error:\n{text}"
            return ProcessRaisedException(message, place, process.pid)
        code, name = process.exitcode, None
        if code < 0:
            known = -code in set(signal.Signals)
            name = signal.Signals(-code).name if known else f"<Unknown signal {-code}>"
        ended = f"exit code {code:d}" if name is None else f"signal {name}"
        return ProcessExitedException(f"process {place:d} terminated with {ended}", place, process.pid, code, name)


class SpawnContext(ProcessContext):
    """The older name of `ProcessContext`, of which it warns."""

    def __init__(self, processes: list, error_files: list):
        warnings.warn("SpawnContext is renamed to ProcessContext since 1.4 release.", stacklevel=2)
        super().__init__(processes, error_files)


def join_all(processes: list, seconds: float) -> None:
    """Wait for processes, so many seconds together."""
    end = time.monotonic() + seconds
    for process in processes:
        process.join(max(0, end - time.monotonic()))


def run(fn, place, args, error_file) -> None:
    """What a process does: the function; an error is left as text in a file."""
    end_with_parent()
    try:
        fn(place, *args)
    except KeyboardInterrupt:
        pass  # the parent has ended
    except Exception:  # the function is the user's
        Path(error_file).write_text(traceback.format_exc(), encoding="utf-8")
        sys.exit(1)


def end_with_parent() -> None:
    """Let Linux interrupt this process when the one that has started it ends."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(SET_PARENT_DEATH_SIGNAL, signal.SIGINT)


def start_processes(
    fn: Callable,
    args: tuple = (),
    nprocs: int = 1,
    join: bool = True,
    daemon: bool = False,
    start_method: str = "spawn",
) -> ProcessContext | None:
    """Run `fn(number, *args)` in `nprocs` processes; wait for them, or return their context if `join` is False."""
    context = multiprocessing.get_context(start_method)

    def started(place):
        handle, error_file = tempfile.mkstemp(prefix="pytorch-errorfile-", suffix=".pickle")
        os.close(handle)
        os.unlink(error_file)
        process = context.Process(target=run, args=(fn, place, args, error_file), daemon=daemon)
        process.start()
        return process, error_file

    if start_method == "forkserver" and os.environ.get(ENV_VAR_PARALLEL_START, "0") == "1":
        with ThreadPoolExecutor(max_workers=nprocs) as executor:
            found = list(executor.map(started, range(nprocs)))
    else:
        found = [started(place) for place in range(nprocs)]
    together = ProcessContext([process for process, _ in found], [file for _, file in found])
    if not join:
        return together
    while not together.join():
        pass
    return None


def spawn(
    fn: Callable,
    args: tuple = (),
    nprocs: int = 1,
    join: bool = True,
    daemon: bool = False,
    start_method: str = "spawn",
) -> ProcessContext | None:
    """Run `fn(number, *args)` in `nprocs` fresh processes; wait for them, or return their context if not `join`."""
    if start_method != "spawn":
        warnings.warn(
            f"This method only supports start_method=spawn (got: {start_method}).\n"
            "To use a different start_method use:\n\t\t torch.multiprocessing.start_processes(...)",
            FutureWarning,
            stacklevel=2,
        )
    return start_processes(fn, args, nprocs, join, daemon, start_method="spawn")
