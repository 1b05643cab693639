"""What means something else while a program is recorded: functions that `wrap` marks, and the calls of modules."""

import builtins
import functools
import inspect

from tinytorch.fx.node import map_aggregate
from tinytorch.fx.proxy import Proxy

wrapped = {}  # identity of a module's names, a name -> these names
MISSING = object()


class Patcher:
    """Names with other values, until the `with` block ends."""

    def __init__(self):
        self.undo, self.visited = [], set()

    def patch(self, names, name, function):
        """Let a name of a module mean a function; one that was patched already stays."""
        before = names.get(name, MISSING)
        if getattr(before, "__fx_already_patched", False):
            return
        function.__fx_already_patched = True
        self.undo.append((names.pop, (name,)) if before is MISSING else (names.__setitem__, (name, before)))
        names[name] = function

    def patch_method(self, cls, name, function):
        """Let a method of a class be a function."""
        before = vars(cls).get(name, MISSING)
        self.undo.append((delattr, (cls, name)) if before is MISSING else (setattr, (cls, name, before)))
        setattr(cls, name, function)

    def visit(self, names, functions):
        """Record calls of functions of a set of identities in the names of a module, once for each module."""
        if id(names) not in self.visited:
            self.visited.add(id(names))
            for name, value in list(names.items()):
                if not name.startswith("_") and callable(value) and id(value) in functions:
                    self.patch(names, name, recording(value))

    def __enter__(self):
        for (_, name), names in list(wrapped.items()):
            self.patch(names, name, recording(names[name] if name in names else getattr(builtins, name)))
        return self

    def __exit__(self, *exception):
        while self.undo:
            put_back, args = self.undo.pop()
            put_back(*args)


def recording(function):
    """A function that becomes a node where a proxy is among its arguments."""

    @functools.wraps(function)
    def recorded(*args, **kwargs):
        proxy = proxy_among(args, kwargs)
        if proxy is None:
            return function(*args, **kwargs)
        made = proxy.tracer.create_proxy("call_function", function, args, kwargs)
        made.node.meta["is_wrapped"] = True
        return made

    return recorded


def proxy_among(*values):
    """The last proxy in nested containers, or None."""
    found = []
    map_aggregate(values, lambda each: found.append(each) if isinstance(each, Proxy) else None)
    return found[-1] if found else None


def wrap(fn_or_name):
    """Let a function of this module, or one of Python's by its name, be one node in what is recorded of its calls.

    It stands at the top of a module, also as a decorator; a NotImplementedError elsewhere, and a RuntimeError for what
    is neither a function nor a name.
    """
    if not callable(fn_or_name) and not isinstance(fn_or_name, str):
        raise RuntimeError("Unsupported type for global function! Must be either a callable or string name")
    frame = inspect.currentframe().f_back
    if frame.f_code.co_name != "<module>":
        raise NotImplementedError("wrap must be called at the top level of a module")
    name = fn_or_name if isinstance(fn_or_name, str) else fn_or_name.__name__
    wrapped[id(frame.f_globals), name] = frame.f_globals
    return fn_or_name


wrap.__module__ = "tinytorch.fx._symbolic_trace"  # where PyTorch has it
