"""What programs set for sharing, which changes nothing here, and the names of threads."""

import threading
from pathlib import Path

NAMES = {"file_descriptor", "file_system"}
LENGTH = 15  # of the name of a thread in Linux


class Strategy:
    """The strategy that was asked for: shared memory always is that of files without names."""

    name = "file_descriptor"


def set_sharing_strategy(new_strategy: str) -> None:
    """Remember the name of a strategy for sharing memory; an AssertionError for one that there is not."""
    if new_strategy not in NAMES:
        raise AssertionError(f"invalid sharing strategy {new_strategy!r}, expected one of {NAMES}")
    Strategy.name = new_strategy


def get_sharing_strategy() -> str:
    """The strategy that was asked for last."""
    return Strategy.name


def get_all_sharing_strategies() -> set:
    """The strategies that may be asked for."""
    return NAMES


def _set_thread_name(name: str) -> None:
    if name_of_thread().exists():
        name_of_thread().write_text(name[:LENGTH])


def _get_thread_name() -> str:
    return name_of_thread().read_text().rstrip("\n") if name_of_thread().exists() else ""


def name_of_thread() -> Path:
    """Where Linux shows what the calling thread is called."""
    return Path(f"/proc/self/task/{threading.get_native_id()}/comm")
