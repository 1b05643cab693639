"""torch.random: seeds and states of the generators."""

from tinytorch.generator import fork_rng, get_rng_state, initial_seed, manual_seed, seed, set_rng_state
