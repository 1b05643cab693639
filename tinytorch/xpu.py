"""torch.xpu: Intel's GPUs, for which this library has no device: questions are answered, work is refused."""

from tinytorch.devices import cards

default_generators = ()


def is_available():
    """Whether there is one of Intel's GPUs to use: there is not."""
    return False


def is_initialized():
    """Whether there is one to work with: there is not."""
    return False


def is_bf16_supported(including_emulation=True):
    """Whether one computes in bfloat16: there is none."""
    return False


def device_count():
    """How many of Intel's GPUs can be used: 0."""
    return 0


def nothing(*args, **settings):
    """Does nothing, as there is nothing to do it with."""


def none_used(device=None):
    """The bytes that are used of a device that is not there: 0."""
    return 0


def no_states():
    """The states of generators that are not there."""
    return []


def refuse(*args, **settings):
    """There is no device for this."""
    raise AssertionError("Torch not compiled with XPU enabled")


manual_seed = manual_seed_all = seed = seed_all = empty_cache = reset_peak_memory_stats = nothing
memory_allocated = memory_reserved = max_memory_allocated = max_memory_reserved = none_used
get_rng_state_all = no_states
init = synchronize = current_device = set_device = current_stream = set_stream = refuse
get_device_name = get_device_properties = get_device_capability = mem_get_info = refuse
get_rng_state = set_rng_state = initial_seed = Stream = Event = refuse


class stream(cards.stream):
    """A block that changes nothing for None; there is no other stream."""


class device:
    """A block that changes nothing for None or a negative number; there is no other device."""

    def __init__(self, device):
        self.device = device

    def __enter__(self):
        if self.device is not None and self.device != -1:
            refuse()

    def __exit__(self, *exception):
        pass
