"""torch.distributed.distributed_c10d: the names of `torch.distributed` again, where some programs look for them."""

from tinytorch.distributed import collectives, world


def __getattr__(name):
    for room in (collectives, world):
        if hasattr(room, name):
            return getattr(room, name)
    raise AttributeError(f"module 'torch.distributed.distributed_c10d' has no attribute '{name}'")
