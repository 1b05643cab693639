"""What programs ask of GPUs that is neither memory, streams nor random numbers."""

import warnings

from tinytorch.devices import cards
from tinytorch.devices.cards import device as chosen

has_half, has_magma = True, False
_initialized = cards.is_available()
NO_MANAGEMENT = "tinytorch does not ask NVIDIA's management library; nvidia-smi and the package nvidia-ml-py do"


class CudaError(RuntimeError):
    """What CUDA's runtime complains of, by its number."""

    def __init__(self, code):
        super().__init__(f"CUDA error {code}")


class DeferredCudaCallError(Exception):
    """A call that waited for the first use of a GPU and failed then; none waits here."""


def _is_compiled():
    return cards.is_available()


def _lazy_init():
    cards.init()


def _lazy_call(callable, **settings):
    if cards.is_available():
        callable()


class device_of(chosen):
    """Within this block work goes to the GPU on which a tensor lives; a tensor elsewhere changes nothing."""

    def __init__(self, obj):
        place = obj.device
        super().__init__(place.index if place.type == "cuda" else -1)


def can_device_access_peer(device, peer_device):
    """Whether a GPU reads the memory of another by itself."""
    one, other = cards.index_of(device), cards.index_of(peer_device)
    return bool(cards.module().runtime().deviceCanAccessPeer(one, other))


def get_arch_list():
    """The kinds of GPUs that kernels were compiled for: none, as they are compiled at their first use."""
    return []


def get_gencode_flags():
    """How kernels were compiled: no flags, as they are compiled at their first use."""
    return ""


def is_tf32_supported():
    """Whether products in 19 bits are used: they are not."""
    return False


def ipc_collect():
    """Does nothing with a GPU, as memory is not shared between processes; without one, what stands in its way."""
    cards.init()


def cudart():
    """CUDA's runtime, as CuPy has it; without a GPU, what stands in its way."""
    cards.init()
    return cards.module().runtime()


def current_blas_handle():
    """Refused: CuPy keeps it."""
    cards.init()
    raise NotImplementedError("the handle is CuPy's: cupy.cuda.get_cublas_handle gives it")


def set_sync_debug_mode(debug_mode):
    """Refused with a GPU, as waits are not watched; warns that it does nothing."""
    cards.init()
    warnings.warn("tinytorch does not watch for waits on the GPU", UserWarning, stacklevel=2)


def get_sync_debug_mode():
    """Whether waits are watched: 0, they are not."""
    cards.init()
    return 0


def utilization(device=None):
    """Refused, as the others of this kind."""
    raise NotImplementedError(NO_MANAGEMENT)


memory_usage = temperature = power_draw = clock_rate = device_memory_used = utilization
