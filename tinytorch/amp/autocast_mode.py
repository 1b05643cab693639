"""`autocast`, regions in which operations choose their dtypes, and the switches by which programs ask for it."""

import collections.abc
import functools
import warnings

from tinytorch import dtypes
from tinytorch.amp import casting
from tinytorch.amp.casting import state
from tinytorch.devices import KINDS, cards
from tinytorch.tensor import Tensor

LOWER = (dtypes.bfloat16, dtypes.float16)


def is_autocast_available(device_type):
    """Whether PyTorch has autocast for a kind of device; a RuntimeError if it knows none of that name."""
    return name_of_kind("_is_autocast_available", device_type) in state.dtypes


class autocast:
    """Within this block operations compute in the dtype that suits them: products of matrices in a lower one, losses
    in float32, as PyTorch's lists for the kind of device say. A context manager and a decorator.

    Args:
        device_type: "cpu" or "cuda"; for others that PyTorch has, such as "mps", there are no tensors to cast.
        dtype: the lower dtype, bfloat16 on the CPU and float16 on GPUs unless another was set.
        enabled: whether it is on; off within a region in which it is on, operations take tensors as they are.
        cache_enabled: whether the cast of a weight is kept until the outermost region ends.

    Warns, and does nothing, for a dtype that is not lower, and for "cuda" without a GPU.
    """

    def __init__(self, device_type, dtype=None, enabled=True, cache_enabled=None):
        if not isinstance(device_type, str):
            raise ValueError(f"Expected `device_type` of type `str`, got: `{type(device_type)}`")
        self.fast_dtype = get_autocast_dtype(device_type) if dtype is None else dtype
        self.device = device_type
        if not is_autocast_available(device_type):
            raise RuntimeError(f"User specified an unsupported autocast device_type '{device_type}'")
        self._cache_enabled = state.caches if cache_enabled is None else cache_enabled
        if enabled and device_type == "cuda":
            if not cards.is_available():
                warnings.warn(
                    "CUDA is not available or torch_xla is imported. Disabling autocast.", stacklevel=self.depth
                )
                enabled = False
        elif enabled and self.fast_dtype not in LOWER:
            name = device_type.upper()
            warnings.warn(
                f"In {name} autocast, but the target dtype is not supported. Disabling autocast.\n{name} Autocast only "
                f"supports dtypes of {', '.join(map(str, LOWER))} currently.",
                stacklevel=self.depth,
            )
            enabled = False
        self._enabled = enabled

    depth = 2  # how far above the program stands that is warned

    def __enter__(self):
        self.prev_cache_enabled = state.caches
        self.prev = is_autocast_enabled(self.device)
        self.prev_fastdtype = state.dtypes[self.device]
        casting.enable(self.device, self._enabled)
        state.dtypes[self.device] = self.fast_dtype
        state.nesting += 1
        state.caches = self._cache_enabled
        return self

    def __exit__(self, *exception):
        if autocast_decrement_nesting() == 0:
            clear_autocast_cache()
        casting.enable(self.device, self.prev)
        state.dtypes[self.device] = self.prev_fastdtype
        state.caches = self.prev_cache_enabled
        return False

    def __call__(self, func):
        if not callable(func):
            raise TypeError(
                f"autocast()(func) requires a callable, but got {type(func).__name__}. "
                f"Did you mean to use autocast as a context manager? For example:\n"
                f"    with torch.autocast(device_type=...):\n"
                f"        output = model(input)"
            )
        return autocast_decorator(self, func)


def regions():
    """Regions that make autocast what it is now, for what runs again later."""
    kinds = dict.fromkeys(("cpu", *state.enabled))
    return [autocast(each, state.dtypes[each], each in state.enabled, state.caches) for each in kinds]


def autocast_decorator(autocast_instance, func):
    """A function that runs in a region."""

    @functools.wraps(func)
    def decorate_autocast(*args, **kwargs):
        with autocast_instance:
            return func(*args, **kwargs)

    return decorate_autocast


def _enter_autocast(*vals):
    entered = autocast(*vals)
    entered.__enter__()
    return entered


def _exit_autocast(mode):
    mode.__exit__(None, None, None)


# Functions of a user's own


def custom_fwd(fwd=None, *, device_type, cast_inputs=None):
    """A decorator for `forward` of an `autograd.Function`: it remembers autocast's state for `custom_bwd`.

    With `cast_inputs` a forward within a region gets its floating point tensors in that dtype, and runs with autocast
    off. A ValueError for a kind of device that is no text.
    """
    if not isinstance(device_type, str):
        raise ValueError(f"Expected `device_type` of type `str`, got: `{type(device_type)}`")
    if fwd is None:
        return functools.partial(custom_fwd, device_type=device_type, cast_inputs=cast_inputs)

    @functools.wraps(fwd)
    def decorate_fwd(*args, **kwargs):
        args[0]._dtype = get_autocast_dtype(device_type)
        enabled = is_autocast_enabled(device_type)
        args[0]._fwd_used_autocast = enabled and cast_inputs is None
        if cast_inputs is None or not enabled:
            return fwd(*args, **kwargs)
        with autocast(device_type=device_type, enabled=False):
            return fwd(*_cast(args, device_type, cast_inputs), **_cast(kwargs, device_type, cast_inputs))

    return decorate_fwd


def custom_bwd(bwd=None, *, device_type):
    """A decorator for `backward` of an `autograd.Function`: autocast is as it was in a forward with `custom_fwd`.

    A ValueError for a kind of device that is no text.
    """
    if not isinstance(device_type, str):
        raise ValueError(f"Expected `device_type` of type `str`, got: `{type(device_type)}`")
    if bwd is None:
        return functools.partial(custom_bwd, device_type=device_type)

    @functools.wraps(bwd)
    def decorate_bwd(*args, **kwargs):
        with autocast(device_type=device_type, enabled=args[0]._fwd_used_autocast, dtype=args[0]._dtype):
            return bwd(*args, **kwargs)

    return decorate_bwd


def _cast(value, device_type, dtype):
    if isinstance(value, Tensor):
        return value.to(dtype) if casting.eligible(value, device_type) else value
    if isinstance(value, (str, bytes)) or hasattr(value, "__array_interface__"):
        return value
    if isinstance(value, collections.abc.Mapping):
        return {_cast(key, device_type, dtype): _cast(each, device_type, dtype) for key, each in value.items()}
    if isinstance(value, collections.abc.Iterable):
        found = (_cast(each, device_type, dtype) for each in value)
        return type(value)(found) if isinstance(value, (list, tuple)) else found
    return value


# The switches


def name_of_kind(name, device_type):
    """A kind of device, without an index; a TypeError or RuntimeError for what is none."""
    if not isinstance(device_type, str):
        kind = type(device_type).__name__
        raise TypeError(f"{name}(): argument 'device_type' (position 1) must be str, not {kind}")
    found = device_type.partition(":")[0]
    if found not in KINDS.split(", "):
        raise RuntimeError(f"Expected one of {KINDS} device type at start of device string: {found}")
    return found


def known(name, device_type, words="unknown device type for autocast in get_autocast_dispatch_key_from_device_type"):
    """A kind of device for which there is autocast."""
    found = name_of_kind(name, device_type)
    if found not in state.dtypes:
        raise RuntimeError(words)
    return found


def is_autocast_enabled(device_type="cuda"):
    """Whether this thread is in a region for a kind of device."""
    return known("is_autocast_enabled", device_type) in state.enabled


def set_autocast_enabled(device_type, enabled=None):
    """Switch autocast on or off in this thread, for "cuda" if no kind of device is told."""
    place = 2 if enabled is not None else 1
    if enabled is None:
        device_type, enabled = "cuda", device_type
    if not isinstance(enabled, bool):
        kind = type(enabled).__name__
        raise TypeError(f"set_autocast_enabled(): argument 'enabled' (position {place}) must be bool, not {kind}")
    casting.enable(known("set_autocast_enabled", device_type), enabled)


def get_autocast_dtype(device_type):
    """The lower dtype for a kind of device in this thread."""
    return state.dtypes[known("get_autocast_dtype", device_type, "unsupported scalarType")]


def set_autocast_dtype(device_type, dtype):
    """Set the lower dtype for a kind of device in this thread."""
    if not isinstance(dtype, dtypes.dtype):
        kind = type(dtype).__name__
        raise TypeError(f"set_autocast_dtype(): argument 'dtype' (position 2) must be torch.dtype, not {kind}")
    state.dtypes[known("set_autocast_dtype", device_type)] = dtype


def is_autocast_cache_enabled():
    """Whether the casts of weights are kept."""
    return state.caches


def set_autocast_cache_enabled(enabled):
    """Keep the casts of weights or not."""
    if not isinstance(enabled, bool):
        raise TypeError(f"enabled must be a bool (got {type(enabled).__name__})")
    state.caches = enabled


def clear_autocast_cache():
    """Forget the casts of weights."""
    state.casts.clear()


def autocast_increment_nesting():
    """Note that a region begins; how many this thread is in."""
    state.nesting += 1
    return state.nesting


def autocast_decrement_nesting():
    """Note that a region ends; how many this thread is in."""
    state.nesting -= 1
    return state.nesting


def deprecated(name, kind, instead):
    """Warn of one of the older functions, which have a kind of device in their name."""
    warnings.warn(
        f"torch.{name} is deprecated. Please use torch.{instead.format(kind)} instead.",
        DeprecationWarning,
        stacklevel=3,
    )


def is_autocast_cpu_enabled():
    """The older name of `is_autocast_enabled("cpu")`."""
    deprecated("is_autocast_cpu_enabled()", "cpu", "is_autocast_enabled('{}')")
    return is_autocast_enabled("cpu")


def set_autocast_cpu_enabled(enabled):
    """The older name of `set_autocast_enabled("cpu", enabled)`."""
    deprecated("set_autocast_cpu_enabled(enabled)", "cpu", "set_autocast_enabled('{}', enabled)")
    set_autocast_enabled("cpu", enabled)


def get_autocast_cpu_dtype():
    """The older name of `get_autocast_dtype("cpu")`."""
    deprecated("get_autocast_cpu_dtype()", "cpu", "get_autocast_dtype('{}')")
    return get_autocast_dtype("cpu")


def set_autocast_cpu_dtype(dtype):
    """The older name of `set_autocast_dtype("cpu", dtype)`."""
    deprecated("set_autocast_cpu_dtype(dtype)", "cpu", "set_autocast_dtype('{}', dtype)")
    set_autocast_dtype("cpu", dtype)


def get_autocast_gpu_dtype():
    """The older name of `get_autocast_dtype("cuda")`."""
    deprecated("get_autocast_gpu_dtype()", "cuda", "get_autocast_dtype('{}')")
    return get_autocast_dtype("cuda")


def set_autocast_gpu_dtype(dtype):
    """The older name of `set_autocast_dtype("cuda", dtype)`."""
    deprecated("set_autocast_gpu_dtype(dtype)", "cuda", "set_autocast_dtype('{}', dtype)")
    set_autocast_dtype("cuda", dtype)


autocast.__module__ = "torch.amp.autocast_mode"
