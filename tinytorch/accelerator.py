"""torch.accelerator: the machine's GPU, of whatever make, by one set of names; here that is one of NVIDIA's."""

import importlib

from tinytorch.devices import cards
from tinytorch.devices import device as device_class


def is_available():
    """Whether there is an accelerator."""
    return cards.is_available()


def current_accelerator(check_available=False):
    """The accelerator as a device without a number, or None where there is none."""
    return device_class("cuda") if cards.is_available() else None


def device_count():
    """How many accelerators there are."""
    return cards.device_count()


def needed(device=None):
    """The number of an accelerator, the current one for None; a RuntimeError where there is none, and a ValueError for
    a device of another kind."""
    if not cards.is_available():
        raise RuntimeError("Cannot access accelerator device when none is available.")
    if isinstance(device, int) or device is None:
        return cards.index_of(device)
    found = device_class(device)
    if found.type != "cuda":
        raise ValueError(f"{found.type} doesn't match the current accelerator cuda.")
    return cards.index_of(found)


def current_device_index():
    """The number of the accelerator that work goes to in this thread."""
    return needed()


def set_device_index(device, /):
    """Make an accelerator the one that work goes to in this thread."""
    cards.set_device(needed(device))


def current_stream(device=None, /):
    """The stream that work goes to in this thread."""
    return cards.current_stream(needed(device))


def set_stream(stream):
    """Let the work of this thread go to a stream from now on."""
    needed()
    stream.queue.use()


def synchronize(device=None, /):
    """Wait until everything that an accelerator was asked to do is done."""
    cards.synchronize(needed(device))


def empty_cache():
    """Give the memory that no tensor uses back to the driver."""
    needed()
    cards.empty_cache()


def memory_allocated(device_index=None, /):
    """The bytes that tensors occupy."""
    return cards.memory_allocated(needed(device_index))


def max_memory_allocated(device_index=None, /):
    """The most bytes that tensors were seen to occupy."""
    return cards.max_memory_allocated(needed(device_index))


def memory_reserved(device_index=None, /):
    """The bytes that are held for tensors."""
    return cards.memory_reserved(needed(device_index))


def get_memory_info(device_index=None, /):
    """The free and all bytes of an accelerator."""
    return cards.mem_get_info(needed(device_index))


def reset_peak_memory_stats(device_index=None, /):
    """Forget the most that was seen."""
    cards.reset_peak_memory_stats(needed(device_index))


class device_index:
    """Within this block work goes to another accelerator; None changes nothing."""

    def __init__(self, device, /):
        self.idx = device

    def __enter__(self):
        if self.idx is not None:
            self.before = current_device_index()
            set_device_index(self.idx)

    def __exit__(self, *exception):
        if self.idx is not None:
            set_device_index(self.before)


def get_device_module(device=None):
    """The room of a kind of device, such as `torch.cuda`; for None that of the accelerator, or of the CPU without one.

    A RuntimeError for a kind that has none.
    """
    kind = (device_class(device) if device is not None else current_accelerator() or device_class("cpu")).type
    try:
        return importlib.import_module(f"tinytorch.{kind}")
    except ModuleNotFoundError:
        raise RuntimeError(
            f"Device '{kind}' does not have a corresponding module registered as 'torch.{kind}'."
        ) from None


current_device_idx, set_device_idx = current_device_index, set_device_index
