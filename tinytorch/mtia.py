"""torch.mtia: Meta's chips, for which this library has no device: questions are answered, work is refused."""

default_generators = ()


def is_available():
    """Whether there is one of Meta's chips to use: there is not."""
    return False


def is_initialized():
    """Whether there is one to work with: there is not."""
    return False


def device_count():
    """How many of Meta's chips can be used: 0."""
    return 0


def nothing(*args, **settings):
    """Does nothing, as there is nothing to do it with."""


def none_used(device=None):
    """The bytes that are used of a device that is not there: 0."""
    return 0


def refusing(work):
    """A function that says that there is no device for a kind of work."""

    def refuse(*args, **settings):
        raise RuntimeError(f"Cannot execute {work}() without MTIA backend.")

    return refuse


manual_seed = manual_seed_all = seed = seed_all = reset_peak_memory_stats = nothing
memory_allocated = max_memory_allocated = none_used
synchronize = current_device = current_stream = default_stream = get_device_capability = refusing("getCurrentDevice")
set_device, empty_cache = refusing("setCurrentDevice"), refusing("emptyCache")
