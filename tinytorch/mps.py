"""torch.mps: Apple's GPUs, for which this library has no device: questions are answered, work is refused."""


def is_available():
    """Whether there is one of Apple's GPUs to use: there is not."""
    return False


def device_count():
    """How many of Apple's GPUs can be used: 0."""
    return 0


def manual_seed(seed):
    """Does nothing: there is no generator to start."""


def refusing(work):
    """A function that says that there is no device for a kind of work."""

    def refuse(*args, **settings):
        raise RuntimeError(f"Cannot execute {work}() without MPS backend.")

    return refuse


synchronize = refusing("deviceSynchronize")
empty_cache = refusing("emptyCache")
seed = get_rng_state = set_rng_state = refusing("getDefaultGenerator")
current_allocated_memory = refusing("getCurrentAllocatedMemory")
driver_allocated_memory = refusing("getDriverAllocatedMemory")
recommended_max_memory = refusing("getRecommendedMaxMemory")
set_per_process_memory_fraction = refusing("setMemoryFraction")
