"""torch.cuda.memory: what CuPy's pool knows of a GPU's memory; without a GPU everything is 0."""

import collections
import contextlib
import warnings

from tinytorch.devices import cards
from tinytorch.devices.cards import (
    max_memory_allocated,
    mem_get_info,
    memory_allocated,
    memory_reserved,
    reset_peak_memory_stats,
)

NO_HISTORY = "tinytorch keeps no record of allocations; CuPy's memory hooks do"


def __getattr__(name):
    """`OutOfMemoryError`: CuPy's where there is a GPU, which raises it, and a class that nothing raises elsewhere."""
    if name != "OutOfMemoryError":
        raise AttributeError(f"module 'torch.cuda.memory' has no attribute '{name}'")
    return cards.module().out_of_memory() if cards.is_available() else NoMemory


class NoMemory(RuntimeError):
    """What is raised where a GPU has no room; there is none."""


NoMemory.__name__ = NoMemory.__qualname__ = "OutOfMemoryError"
NoMemory.__module__ = "torch"


def memory_stats(device=None):
    """The bytes of a GPU in use and reserved, now and at most, by PyTorch's names; empty without a GPU."""
    if not cards.is_available():
        return collections.OrderedDict()
    used, most, reserved = memory_allocated(device), max_memory_allocated(device), memory_reserved(device)
    return collections.OrderedDict([
        ("allocated_bytes.all.current", used), ("allocated_bytes.all.peak", most),
        ("reserved_bytes.all.current", reserved), ("reserved_bytes.all.peak", max(reserved, most)),
    ])  # fmt: skip


def memory_stats_as_nested_dict(device=None):
    """The same, a dictionary for each part of a name."""
    found = {}
    for name, value in memory_stats(device).items():
        *rooms, last = name.split(".")
        place = found
        for room in rooms:
            place = place.setdefault(room, {})
        place[last] = value
    return found


def host_memory_stats():
    """What is known of pinned memory on the host: nothing."""
    return collections.OrderedDict()


def memory_summary(device=None, abbreviated=False):
    """What is known of a GPU's memory, as text; without a GPU it says so."""
    if not cards.is_available():
        return "There is no GPU, and so no memory of one."
    lines = [f"{name:32} {value / 2**20:12.1f} MiB" for name, value in memory_stats(device).items()]
    return "\n".join([f"Memory of GPU {cards.index_of(device)}", *lines])


def max_memory_reserved(device=None):
    """The most bytes of a GPU that the pool held, as far as that was seen; 0 without one."""
    return memory_stats(device).get("reserved_bytes.all.peak", 0)


def renamed(name, other):
    """Warn of an older name."""
    warnings.warn(f"`torch.cuda.{name}` has been renamed to `torch.cuda.{other}`", FutureWarning, stacklevel=3)


def memory_cached(device=None):
    """The older name of `memory_reserved`; warns of it."""
    renamed("memory_cached", "memory_reserved")
    return memory_reserved(device)


def max_memory_cached(device=None):
    """The older name of `max_memory_reserved`; warns of it."""
    renamed("max_memory_cached", "max_memory_reserved")
    return max_memory_reserved(device)


def reset_max_memory_allocated(device=None):
    """The older name of `reset_peak_memory_stats`."""
    reset_peak_memory_stats(device)


def reset_max_memory_cached(device=None):
    """The older name of `reset_peak_memory_stats`."""
    reset_peak_memory_stats(device)


def reset_accumulated_memory_stats(device=None):
    """Does nothing: nothing is added up."""


def get_allocator_backend():
    """Who gives memory: CuPy's pool."""
    return "cupy"


def set_per_process_memory_fraction(fraction, device=None):
    """Let the pool of a GPU take no more than this part of its memory; what stands in the way of a GPU is raised."""
    if not isinstance(fraction, float):
        raise TypeError("Invalid type for fraction argument, must be `float`")
    if not 0 <= fraction <= 1:
        raise ValueError(f"Invalid fraction value: {fraction}. Allowed range: 0~1")
    with cards.module().on(cards.index_of(device)):
        cards.module().pool().set_limit(fraction=fraction)


def get_per_process_memory_fraction(device=None):
    """The part of a GPU's memory that its pool may take."""
    index = cards.index_of(device)
    with cards.module().on(index):
        limit = cards.module().pool().get_limit()
    return limit / mem_get_info(index)[1] if limit else 1.0


def list_gpu_processes(device=None):
    """Which processes use a GPU: NVIDIA's own library would have to be asked."""
    return "pynvml module not found, please install nvidia-ml-py"


def caching_allocator_enable(value=True):
    """Does nothing: memory always comes from CuPy's pool."""


def caching_allocator_alloc(size, device=None, stream=None):
    """Refused: memory comes with tensors."""
    raise NotImplementedError("tinytorch gives no memory without a tensor")


def caching_allocator_delete(mem_ptr):
    """Refused: memory goes with tensors."""
    raise NotImplementedError("tinytorch takes no memory back without a tensor")


def change_current_allocator(allocator):
    """Refused: CuPy's own `set_allocator` does this."""
    raise NotImplementedError("the allocator is CuPy's: cupy.cuda.set_allocator changes it")


class MemPool:
    """Refused: all memory comes from one pool."""

    def __init__(self, *args, **settings):
        raise NotImplementedError("all memory comes from CuPy's one pool")


@contextlib.contextmanager
def use_mem_pool(pool, device=None):
    """Refused, as there is one pool."""
    raise NotImplementedError("all memory comes from CuPy's one pool")
    yield


def memory_snapshot(mempool_id=None, include_traces=True):
    """Refused: no allocation is recorded."""
    raise NotImplementedError(NO_HISTORY)


def _record_memory_history(*args, **settings):
    raise NotImplementedError(NO_HISTORY)


def _snapshot(device=None):
    raise NotImplementedError(NO_HISTORY)


def _dump_snapshot(filename="dump_snapshot.pickle"):
    raise NotImplementedError(NO_HISTORY)
