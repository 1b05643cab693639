"""torch.cuda.nccl: NVIDIA's library for several GPUs, as far as CuPy has it."""

from tinytorch.devices import cards


def version():
    """The version as (major, minor, patch); without a GPU, what stands in its way."""
    cards.init()
    number = cards.module().part("nccl").get_version()
    step = 1000 if number < 10000 else 10000
    return number // step, number % step // 100, number % 100


def is_available(tensors):
    """Whether tensors could be exchanged by the library: they are exchanged by copies."""
    return False
