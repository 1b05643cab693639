"""torch.overrides: what programs say about `__torch_function__`, by which classes and modes override functions."""

import contextlib
import functools
import sys

from tinytorch import rooms
from tinytorch.overriding import (
    TENSOR,
    UNWRAPPED,
    ask,
    asked,
    found_in_rooms,
    hush,
    listen,
    listeners,
    overriding,
    resolved,
    running,
    state,
)
from tinytorch.overriding_names import BY_MODES, UNASKED
from tinytorch.tensor import Tensor

__all__ = [
    "BaseTorchFunctionMode",
    "TorchFunctionMode",
    "get_default_nowrap_functions",
    "get_ignored_functions",
    "get_overridable_functions",
    "handle_torch_function",
    "has_torch_function",
    "is_tensor_like",
    "is_tensor_method_or_property",
    "resolve_name",
    "wrap_torch_function",
]


# For functions of the program's own


def has_torch_function(relevant_args):
    """Whether a mode is on, or the class of any of the arguments overrides functions."""
    if state.modes and not state.all_disabled:
        return True
    found = not state.disabled and bool(overriding(relevant_args))
    if found and not listeners:
        listen()
    return found


def has_torch_function_unary(obj):
    """`has_torch_function` of one argument."""
    return has_torch_function((obj,))


def has_torch_function_variadic(*args):
    """`has_torch_function` of arguments one by one."""
    return has_torch_function(args)


def handle_torch_function(public_api, relevant_args, *args, **kwargs):
    """What the mode that is on, or the classes of `relevant_args`, say of a call of `public_api`.

    A TypeError if none of them says anything.
    """
    found = overriding(relevant_args)
    if any(type(each) is Tensor for each in relevant_args):
        found = [*found, TENSOR]
    return ask(public_api, found, args, kwargs)


def wrap_torch_function(dispatcher):
    """A decorator: the function asks the arguments that `dispatcher`, called as it is, names."""

    def decorate(function):
        @functools.wraps(function)
        def wrapped(*args, **kwargs):
            relevant = dispatcher(*args, **kwargs)
            if has_torch_function(relevant):
                return handle_torch_function(wrapped, relevant, *args, **kwargs)
            return function(*args, **kwargs)

        return wrapped

    return decorate


# What there is


def is_tensor_like(inp):
    """Whether something is a tensor, or its class overrides functions."""
    return type(inp) is Tensor or hasattr(inp, "__torch_function__")


def resolve_name(f):
    """The name under which a function that can be overridden stands, `torch.Tensor.add`; None for any other."""
    owner = getattr(f, "__self__", None)
    known = f in all_asked() if owner is None else isinstance(owner, property) or owner is Tensor.device
    return resolved(f) if known else None


def is_tensor_method_or_property(func):
    """Whether a function that `__torch_function__` is asked about is a method of Tensor or a property's `__get__`."""
    return func.__name__ == "__get__" or vars(Tensor).get(func.__name__) is func


def get_overridable_functions():
    """The functions that classes are asked about, a list for each room where they stand."""
    found = {sys.modules[door]: [] for door in rooms.DOORS} | {Tensor: []}
    for function in all_asked():
        if function.__qualname__.startswith("Tensor."):
            found[Tensor].append(function)
        elif function.__module__ in rooms.DOORS:
            found[sys.modules[function.__module__]].append(function)
    return found


def get_ignored_functions():
    """The functions of the doors that no class is asked about."""
    doors = ((door, names | BY_MODES if door == "tinytorch" else names) for door, names in UNASKED.items())
    owners = {"tinytorch.Tensor": Tensor}
    found = {getattr(owners.get(door) or sys.modules[door], name, None) for door, names in doors for name in names}
    return found - {None}


def get_default_nowrap_functions():
    """The functions whose results stay as they are where a subclass overrides nothing."""
    return set(UNWRAPPED)


@functools.cache
def all_asked():
    """Every function that asks, those of rooms that nobody has opened yet among them."""
    for door in rooms.DOORS:
        for name in dir(sys.modules[door]):
            getattr(sys.modules[door], name)
    return dict(found_in_rooms()) | asked


# Modes


class TorchFunctionMode:
    """A `with` block in which `__torch_function__` of this object is asked about every function; a subclass writes it.

    Inside of it functions ask the mode around this one.
    """

    def __init__(self):
        pass

    def __torch_function__(self, func, types, args=(), kwargs=None):
        raise NotImplementedError

    def __enter__(self):
        running.append(self)
        state.modes = (*state.modes, self)
        listen()
        return self

    def __exit__(self, *exception):
        hush()
        state.modes = state.modes[:-1]
        running.remove(self)


class BaseTorchFunctionMode(TorchFunctionMode):
    """The mode that changes nothing."""

    def __torch_function__(self, func, types, args=(), kwargs=None):
        return func(*args, **(kwargs or {}))


def _get_current_function_mode():
    """The innermost mode, or None."""
    return state.modes[-1] if state.modes else None


def _get_current_function_mode_stack():
    """The modes that are on, the innermost last."""
    return list(state.modes)


class DisableTorchFunctionSubclass(contextlib.ContextDecorator):
    """A `with` block in which no class is asked; modes are."""

    def __init__(self):
        self.before = []

    def __enter__(self):
        self.before.append((state.disabled, state.all_disabled))
        state.disabled = True

    def __exit__(self, *exception):
        state.disabled, state.all_disabled = self.before.pop()


class DisableTorchFunction(DisableTorchFunctionSubclass):
    """A `with` block in which neither classes nor modes are asked."""

    def __enter__(self):
        super().__enter__()
        state.all_disabled = True


for each in (DisableTorchFunctionSubclass, DisableTorchFunction):
    each.__module__ = "torch._C"
for each in (TorchFunctionMode, BaseTorchFunctionMode):
    each.__module__ = "torch.overrides"
