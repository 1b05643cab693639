"""What programs ask of the machine's GPUs under `torch.cuda`: how many, which one, how much memory; also without any."""

import time

from tinytorch.devices import device as device_class
from tinytorch.devices import resolve

CUDA = device_class("cuda")


def module():
    """The module of CUDA devices, which never raises by itself."""
    return CUDA.module


def index_of(device):
    """The number of a GPU that is given as a device, a string, a number or None for the current one; it must be there."""
    place = CUDA if device is None else device_class(device)
    if place.type != "cuda":
        raise ValueError(f"Expected a cuda device, but got: {place}")
    return resolve(place).index


def is_available():
    """Whether there are CuPy, a driver and a GPU; never raises."""
    return module().is_available()


def device_count():
    """How many GPUs there are: 0 without CuPy or a driver."""
    return module().device_count() if module().is_available() else 0


def is_initialized():
    """Whether there is a GPU to work with."""
    return is_available()


def init():
    """Raise what stands in the way of a GPU."""
    resolve(CUDA)


def is_bf16_supported(including_emulation=True):
    """Whether the GPU computes in bfloat16."""
    return is_available()


def current_device():
    """The number of the GPU that work goes to in this thread."""
    return index_of(None)


def set_device(device):
    """Make a GPU the one that work goes to in this thread."""
    module().set_device(index_of(device))


class device:
    """Within this block work goes to another GPU; None or a negative number changes nothing."""

    def __init__(self, device):
        self.device = device

    def __enter__(self):
        self.before = None
        if self.device is not None and self.device != -1 and is_available():
            self.before = current_device()
            set_device(self.device)

    def __exit__(self, *exception):
        if self.before is not None:
            set_device(self.before)


def synchronize(device=None):
    """Wait until everything that a GPU was asked to do is done."""
    module().synchronize(index_of(device))


def get_device_name(device=None):
    """What the maker calls a GPU."""
    return module().device_name(index_of(device))


def get_device_capability(device=None):
    """A GPU's compute capability as (major, minor)."""
    return module().device_capability(index_of(device))


def mem_get_info(device=None):
    """The free and all bytes of a GPU."""
    return tuple(module().memory_info(index_of(device)))


peaks = {}  # number of a GPU -> the most bytes that were seen


def memory_allocated(device=None):
    """The bytes of a GPU that tensors occupy; 0 without one."""
    if not is_available():
        return 0
    index = index_of(device)
    found = module().memory_allocated(index)
    peaks[index] = max(found, peaks.get(index, 0))
    return found


def max_memory_allocated(device=None):
    """The most bytes that tensors occupied whenever this or `memory_allocated` was asked: CuPy keeps no record between."""
    memory_allocated(device)
    return peaks.get(index_of(device), 0) if is_available() else 0


def reset_peak_memory_stats(device=None):
    """Forget the most that was seen."""
    if is_available():
        peaks.pop(index_of(device), None)


def memory_reserved(device=None):
    """The bytes of a GPU that CuPy's pool holds, for tensors and for later; 0 without one."""
    return module().memory_reserved(index_of(device)) if is_available() else 0


def empty_cache():
    """Give the memory that no tensor uses back to the driver; without a GPU there is none."""
    if is_available():
        module().empty_cache()


class Event:
    """A moment in a GPU's work, for measuring: `record`, `synchronize`, `elapsed_time` in milliseconds."""

    def __init__(self, enable_timing=False, blocking=False, interprocess=False):
        resolve(CUDA)
        self.time = None

    def record(self, stream=None):
        """The moment at which the GPU has done what it was asked to do so far; waits for it."""
        synchronize()
        self.time = time.perf_counter()

    def synchronize(self):
        """The moment has come already."""

    wait = synchronize

    def query(self):
        """Whether the moment has come."""
        return self.time is not None

    def elapsed_time(self, end_event):
        """The milliseconds from this moment to another."""
        if self.time is None or end_event.time is None:
            raise RuntimeError("Both events must be recorded before calculating elapsed time.")
        return (end_event.time - self.time) * 1000.0


for each in (device, Event):
    each.__module__ = "torch.cuda"
