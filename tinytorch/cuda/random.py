"""torch.cuda.random: seeds and states of the generators of GPUs."""

from tinytorch.devices.cards import device_count
from tinytorch.generator import cuda_get_rng_state as get_rng_state
from tinytorch.generator import cuda_initial_seed as initial_seed
from tinytorch.generator import cuda_manual_seed as manual_seed
from tinytorch.generator import cuda_manual_seed_all as manual_seed_all
from tinytorch.generator import cuda_seed as seed
from tinytorch.generator import cuda_seed_all as seed_all
from tinytorch.generator import cuda_set_rng_state as set_rng_state
from tinytorch.generator import default_of, device

__all__ = [
    "get_rng_state", "get_rng_state_all", "initial_seed", "manual_seed", "manual_seed_all", "seed", "seed_all",
    "set_rng_state", "set_rng_state_all",
]  # fmt: skip


def get_rng_state_all():
    """The states of all GPUs' generators."""
    return [get_rng_state(device("cuda", index)) for index in range(device_count())]


def set_rng_state_all(new_states):
    """Let the generators of GPUs go on from states, one for each."""
    for index, state in enumerate(new_states):
        set_rng_state(state, device("cuda", index))


def __getattr__(name):
    """`default_generators`, one for each GPU."""
    if name != "default_generators":
        raise AttributeError(f"module 'torch.cuda.random' has no attribute '{name}'")
    return tuple([default_of(device("cuda", index)) for index in range(device_count())])
