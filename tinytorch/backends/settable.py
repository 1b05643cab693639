"""Settings that are names of a module, which programs set by assignment: what such a name takes."""

import sys
import types


def checked(module, **checks):
    """Let the names of a module take only what their checks let pass: functions that raise for anything else."""

    class Settable(types.ModuleType):
        def __setattr__(self, name, value):
            if name in checks:
                checks[name](value)
            super().__setattr__(name, value)

    sys.modules[module].__class__ = Settable


def need_bool(function):
    """A check in the words of PyTorch's function that sets a flag."""

    def check(value):
        if not isinstance(value, bool):
            raise RuntimeError(f"{function} expects a bool, but got {type(value).__name__}")

    return check


def need_precision(value):
    """A check of a name for how float32 is computed."""
    if value not in ("none", "ieee", "tf32", "bf16"):
        raise RuntimeError(f"Unknown precision: {value}")


class Flags:
    """Sets names of a module within a `with` block, and puts them back."""

    def __init__(self, module, values):
        self.module, self.values = sys.modules[module], values

    def __enter__(self):
        self.before = {name: getattr(self.module, name) for name in self.values}
        for name, value in self.values.items():
            setattr(self.module, name, value)

    def __exit__(self, *exception):
        for name, value in self.before.items():
            setattr(self.module, name, value)
