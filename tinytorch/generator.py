"""Generators of random numbers: the stream of a device behind PyTorch's class, and the default one of each device."""

import functools
import importlib

from tinytorch.devices import CPU, device, resolve
from tinytorch.kernels.distributions import drawn_seed
from tinytorch.tensor import Tensor, wrap


class Generator:
    """A source of random numbers of one device, which gives the numbers that PyTorch's gives for the same seed."""

    def __init__(self, device="cpu"):
        self.device = resolve(device)

    def __getattr__(self, name):
        if name != "stream":
            raise AttributeError(f"'torch._C.Generator' object has no attribute '{name}'")
        module = (
            self.device.module
        )  # the engine is made at its first use: it takes as long as a fifth of importing NumPy
        self.stream = module.Stream() if hasattr(module, "Stream") else None
        return self.stream

    def manual_seed(self, seed):
        """Start again from `seed`; the generator itself is returned."""
        self.stream.manual_seed(seed)
        return self

    def seed(self):
        """Start again from a number that the operating system draws, which is returned."""
        return self.stream.seed()

    def initial_seed(self):
        """The number that the generator started from."""
        return self.stream.initial_seed()

    def get_state(self):
        """The state, byte by byte as PyTorch's, a uint8 tensor on the CPU."""
        return wrap(self.stream.get_state(), CPU)

    def set_state(self, new_state):
        """Go on from a state; a TypeError or RuntimeError if it is none."""
        if not isinstance(new_state, Tensor):
            raise TypeError(f"expected a torch.ByteTensor, but got {type(new_state).__name__}")
        self.stream.set_state(new_state.device.to_numpy(new_state.array))

    def clone_state(self):
        """Another generator that goes on from the same place."""
        other = Generator(self.device)
        other.stream = self.stream.clone()
        return other

    def draw(self, distribution, shape, dtype, *settings):
        """An array of random numbers; on a device without values there is nothing to draw."""
        if self.stream is None:
            return self.device.xp.empty(shape, dtype)
        return self.device.asarray(drawing(type(self.stream), distribution)(self.stream, shape, dtype, *settings))

    def draw_from(self, distribution, source, shape, dtype, *settings):
        """Random numbers that depend on an array of the device, of the shape and NumPy's dtype that are told."""
        if self.stream is None:
            return self.device.xp.empty(shape, dtype)
        values = source if self.device.type == "cuda" else self.device.to_numpy(source)
        drawn = self.device.asarray(drawing(type(self.stream), distribution)(self.stream, values, *settings))
        return drawn if drawn.dtype == dtype else drawn.astype(dtype)

    def __reduce__(self):
        return restored, (str(self.device), self.stream.get_state())


Generator.__module__ = "torch._C"


def restored(device, state):
    """A generator of its pickled parts."""
    made = Generator(device)
    made.stream.set_state(state)
    return made


@functools.cache
def drawing(stream, distribution):
    """The function that draws a distribution from a class of streams: both stand in one room of the kernels."""
    return getattr(importlib.import_module(stream.__module__), distribution)


defaults = {}  # device -> its default generator
waiting = {}  # the seed for those that are not made yet


def default_of(place):
    """The default generator of a device, made at its first use: it starts from the last seed for all, or from any."""
    found = defaults.get(place)
    if found is None:
        found = defaults[place] = Generator(place)
        if found.stream is not None:
            found.manual_seed(waiting["seed"] if "seed" in waiting else drawn_seed())
    return found


def chosen(generator, place):
    """The generator to draw from on a device: the one given, which must be of the same kind, or the default."""
    if generator is None:
        return defaults.get(place) or default_of(place)
    if not isinstance(generator, Generator):
        raise TypeError(f"expected a torch.Generator, but got {type(generator).__name__}")
    if generator.device.type != place.type:
        raise RuntimeError(f"Expected a '{place.type}' device type for generator but found '{generator.device.type}'")
    return generator


def at(generator, xp):
    """The generator that the body of an operation draws from: the one given, or the default of its device."""
    return default_of(resolve(xp.device)) if generator is None else generator


def manual_seed(seed):
    """Start the generators of every device from `seed`; the default generator of the CPU is returned."""
    seed = int(seed)
    found = default_of(CPU).manual_seed(seed)
    waiting["seed"] = seed
    for each in defaults.values():
        if each is not found and each.stream is not None:
            each.manual_seed(seed)
    return found


def seed():
    """Start the generators of every device from a number that the operating system draws, which is returned."""
    number = drawn_seed()
    manual_seed(number)
    return number


def initial_seed():
    """The number that the CPU's generator started from."""
    return default_of(CPU).initial_seed()


def get_rng_state():
    """The state of the CPU's generator, a uint8 tensor."""
    return default_of(CPU).get_state()


def set_rng_state(new_state):
    """Let the CPU's generator go on from a state."""
    default_of(CPU).set_state(new_state)


class fork_rng:
    """Within this block random numbers may be drawn without a trace: the generators go on after it as before."""

    def __init__(self, devices=None, enabled=True, **device_type):
        self.enabled = enabled

    def __enter__(self):
        self.states = [(each, each.get_state()) for each in defaults.values() if each.stream is not None]

    def __exit__(self, *exception):
        if self.enabled:
            for each, state in self.states:
                each.set_state(state)


CUDA = device("cuda")


def cuda_manual_seed(seed):
    """Start the current GPU's generator from `seed`; without a GPU nothing happens."""
    if CUDA.module.unavailable_reason(None) is None:
        default_of(resolve(CUDA)).manual_seed(seed)


def cuda_manual_seed_all(seed):
    """Start every GPU's generator from `seed`, also those that are not used yet; without a GPU nothing happens."""
    if CUDA.module.unavailable_reason(None) is None:
        for index in range(CUDA.module.device_count()):
            default_of(device("cuda", index)).manual_seed(seed)


def cuda_seed():
    """Start the current GPU's generator from a number that the operating system draws."""
    cuda_manual_seed(drawn_seed())


def cuda_seed_all():
    """Start every GPU's generator from a number that the operating system draws."""
    cuda_manual_seed_all(drawn_seed())


def cuda_initial_seed():
    """The number that the current GPU's generator started from."""
    return default_of(resolve(CUDA)).initial_seed()


def cuda_get_rng_state(device="cuda"):
    """The state of a GPU's generator, a uint8 tensor on the CPU."""
    return default_of(resolve(device)).get_state()


def cuda_set_rng_state(new_state, device="cuda"):
    """Let a GPU's generator go on from a state."""
    default_of(resolve(device)).set_state(new_state)


default_generator = default_of(CPU)
