"""What programs say to a compiler that there is not: their functions and modules are themselves, uncompiled.

`script(model)` is the model; it has no `code` and no `graph`, and cannot be saved as a program: save its `state_dict`.
"""

import contextlib
import types
import typing
import warnings
from collections import namedtuple

from tinytorch import absent
from tinytorch.futures import Future, settle
from tinytorch.nn.modules.module import Module
from tinytorch.tensor import Tensor

PROGRAMS = "compiled programs (torch.jit): save the state_dict and make the module again"
Attribute = namedtuple("Attribute", ["value", "type"])
is_instance = isinstance


class Error(RuntimeError):
    """An error inside of a compiled function; nothing raises it here."""


class TracerWarning(Warning):
    """A warning about what a trace cannot see; nothing gives it here, as nothing is traced."""

    @staticmethod
    def ignore_lib_warnings():
        """Ignore the warnings of this class that PyTorch's own code gives."""
        warnings.filterwarnings("ignore", category=TracerWarning, module="torch")


class ScriptWarning(Warning):
    """A warning about a script; nothing gives it here."""


class ScriptModule(Module):
    """A module, under the name by which older programs say that it is compiled; no other module is an instance."""


class strict_fusion(contextlib.nullcontext):
    """A context, in which PyTorch insists on fused code; here it changes nothing."""


def script(obj, optimize=None, _frames_up=0, _rcb=None, example_inputs=None):
    """A function, class or module as it is; of a list or dictionary a copy; a TypeError for other values."""
    if is_instance(obj, (list, dict)):
        return obj.copy()
    if not callable(obj):
        raise TypeError(f"{type(obj)} is a built-in class")
    return obj


def trace(
    func,
    example_inputs=None,
    optimize=None,
    check_trace=True,
    check_inputs=None,
    check_tolerance=1e-5,
    strict=True,
    _force_outplace=False,
    _module_class=None,
    _compilation_unit=None,
    example_kwarg_inputs=None,
    _store_inputs=True,
):
    """A function or module as it is, after one call with the example: its branches stay open, as nothing is frozen.

    A RuntimeError without an example.
    """
    if example_kwarg_inputs is not None:
        if not is_instance(example_kwarg_inputs, dict):
            raise RuntimeError("example_kwarg_inputs should be a dict")
        func(**example_kwarg_inputs)
    elif example_inputs is None:
        raise RuntimeError("example_kwarg_inputs should be a dict")
    else:
        called(func, example_inputs)
    return func


def trace_module(
    mod,
    inputs,
    optimize=None,
    check_trace=True,
    check_inputs=None,
    check_tolerance=1e-5,
    strict=True,
    _force_outplace=False,
    _module_class=None,
    _compilation_unit=None,
    example_inputs_is_kwarg=False,
    _store_inputs=True,
):
    """A module as it is, after one call of each method that `inputs` names, with its example."""
    for name, example in inputs.items():
        method = mod if name == "forward" else getattr(mod, name)
        if example_inputs_is_kwarg:
            method(**example)
        else:
            called(method, example)
    return mod


def called(function, example):
    """A call with one tensor or dictionary, or with a sequence of arguments."""
    return function(example) if is_instance(example, (Tensor, dict)) else function(*example)


def freeze(mod, preserved_attrs=None, optimize_numerics=True):
    """A module as it is, in eval mode, as it has to be; a RuntimeError for one that is in training."""
    if mod.training:
        raise RuntimeError(
            "Freezing is currently only implemented for modules in eval mode. Please call .eval() on your module "
            "before freezing."
        )
    return mod


def optimize_for_inference(mod, other_methods=None):
    """A module as it is, in eval mode."""
    return mod.eval()


def run_frozen_optimizations(mod, optimize_numerics=True, preserved_methods=None):
    """Nothing: there is no program to optimize."""


def as_it_is(fn):
    """A function or class as it is: what it is marked with speaks to a compiler."""
    return fn


export = unused = interface = script_method = _overload = _overload_method = as_it_is
script_if_tracing = _script_if_tracing = as_it_is


def ignore(drop=False, **kwargs):
    """A function as it is, as a decorator with or without arguments."""
    return drop if callable(drop) else as_it_is


def is_scripting():
    """Whether this code is compiled: False."""
    return False


def is_tracing():
    """Whether this code is traced: False."""
    return False


def annotate(the_type, the_value):
    """The value."""
    return the_value


def isinstance(obj, target_type):
    """Whether a value has a type, also `List[int]`, `Dict[str, Tensor]`, `Optional[int]` or a tuple of types.

    A RuntimeError for a container that does not say of what.
    """
    if is_instance(target_type, tuple):
        return any(isinstance(obj, each) for each in target_type)
    origin, inside = typing.get_origin(target_type), typing.get_args(target_type)
    if origin in (typing.Union, types.UnionType):
        return any(isinstance(obj, each) for each in inside)
    if target_type in (list, tuple, dict) or (origin in (list, tuple, dict) and not inside):
        name = getattr(target_type, "__name__", target_type)
        raise RuntimeError(
            f"Attempted to use {name} without a contained type. Please add a contained type, e.g. {name}[int]"
        )
    if origin is None:
        return obj is None if target_type is None else is_instance(obj, target_type)
    if not is_instance(obj, origin):
        return False
    if origin is dict:
        return all(isinstance(key, inside[0]) and isinstance(value, inside[1]) for key, value in obj.items())
    if origin is tuple and inside[-1:] != (...,):
        return len(obj) == len(inside) and all(map(isinstance, obj, inside))
    return all(isinstance(each, inside[0]) for each in obj)


def fork(func, *args, **kwargs):
    """A Future of what a function gives, which is called at once, as in PyTorch outside of a compiled program."""
    return settle(Future(), func, *args, **kwargs)


def wait(future):
    """The value of a Future of `fork`; its error is raised."""
    return future.wait()


_fork, _wait = fork, wait


@contextlib.contextmanager
def optimized_execution(should_optimize):
    """A context that tells a compiler whether to optimize; here it changes nothing."""
    yield


@contextlib.contextmanager
def fuser(name):
    """A context that chooses who fuses: "fuser0" to "fuser3"; an Exception for another name."""
    if name not in ("fuser0", "fuser1", "fuser2", "fuser3"):
        raise Exception(f"unrecognized fuser option (name: {name})")
    yield


class Fusion:
    """What was asked of a compiler, so that it can be asked back."""

    strategy = (("STATIC", 2), ("DYNAMIC", 10))
    onednn = False


def set_fusion_strategy(strategy):
    """Remember how often to specialize; what was asked before is returned."""
    before, Fusion.strategy = list(Fusion.strategy), strategy
    return before


def enable_onednn_fusion(enabled):
    """Remember a wish that changes nothing here."""
    Fusion.onednn = bool(enabled)


def onednn_fusion_enabled():
    """What was asked for last."""
    return Fusion.onednn


absent.stand_ins(
    "tinytorch.jit",
    PROGRAMS,
    "load save last_executed_optimized_graph export_opnames jit_module_from_flatbuffer save_jit_module_to_flatbuffer "
    "ScriptFunction RecursiveScriptModule RecursiveScriptClass TracedModule TopLevelTracedModule CompilationUnit",
)
