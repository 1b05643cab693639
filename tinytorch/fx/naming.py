"""The names of a graph: those that a program may write, each once, and those under which PyTorch has its functions."""

import builtins
import inspect
import keyword
import math
import re
import sys
import types

from tinytorch.devices import device
from tinytorch.fx import _pytree as fx_pytree
from tinytorch.overriding_names import PYTHON_MADE
from tinytorch.tensor import Tensor
from tinytorch.utils import _pytree as pytree

COMPILED = (  # functions of nn.functional that are PyTorch's compiled ones
    "avg_pool2d", "avg_pool3d", "elu_", "gelu", "hardtanh_", "leaky_relu_", "linear", "logsigmoid", "one_hot",
    "scaled_dot_product_attention", "softplus", "softshrink",
)  # fmt: skip
BUILTINS = {  # what every graph's code finds -> how it is imported, and what it is
    "inf": ("from math import inf", math.inf),
    "nan": ("from math import nan", math.nan),
    "NoneType": ("NoneType = type(None)", type(None)),
    "torch": ("import tinytorch as torch", sys.modules["tinytorch"]),
    "device": ("from tinytorch import device", device),
    "fx_pytree": ("import tinytorch.fx._pytree as fx_pytree", fx_pytree),
    "pytree": ("import tinytorch.utils._pytree as pytree", pytree),
}
TAKEN = {name: object() for name in keyword.kwlist} | vars(builtins) | {n: each for n, (_, each) in BUILTINS.items()}
NAME = re.compile(r"^([a-zA-Z_][0-9a-zA-Z_]*?)(?:_(\d+))?$")
STRANGE = re.compile("[^0-9a-zA-Z_]+")
HUMP = re.compile("(?<=[a-z])([A-Z])")


class Namespace:
    """Names that are given once each, and to an object always the same; none hides a word of Python's."""

    def __init__(self):
        self.names, self.used, self.counts = {}, set(), {}

    def create_name(self, candidate, obj):
        """A name like the candidate, for an object or None."""
        if obj is not None and obj in self.names:
            return self.names[obj]
        match = NAME.match(candidate)
        if match is None:
            candidate = STRANGE.sub("_", candidate) or "_unnamed"
            candidate = f"_{candidate}" if candidate[0].isdigit() else candidate
            match = NAME.match(candidate)
        base, number = match.groups()
        if number is None or candidate in self.used:
            number = self.counts.get(base, 0)
            if TAKEN.get(candidate, obj) is not obj:
                number += 1
                candidate = f"{base}_{number}"
        number = int(number)
        while candidate in self.used:
            number += 1
            candidate = f"{base}_{number}"
        self.used.add(candidate)
        self.counts[base] = number
        if obj is not None:
            self.names[obj] = candidate
        return candidate

    def associate_name_with_obj(self, name, obj):
        """Let an object have a name that was created for it."""
        if self.names.setdefault(obj, name) is not name:
            raise AssertionError("obj is already associated")

    def rename(self, obj, name):
        """Give an object that has a name another one."""
        self.names[obj] = name
        self.used.add(name)


def snake_case(text):
    """A name in small letters: `pascalCase` is `pascal_case`."""
    return HUMP.sub(r"_\1", text).lower()


def name_of(function):
    """What a function is called in PyTorch."""
    found = getattr(function, "__name__", None) or type(function).__name__
    if getattr(function, "__module__", None) != "tinytorch.nn.functional":
        return found
    return {"logsigmoid": "log_sigmoid", "threshold": "_threshold"}.get(found, found)


def target_name(target):
    """What a node is called by default: its function or method in small letters, `__add__` without the lines."""
    name = name_of(target) if callable(target) else target
    if not callable(target) and name.startswith("__") and name.endswith("__"):
        name = name[2:-2]
    return snake_case(name)


def is_from_torch(obj):
    """Whether something is this library's, under a name below `torch`."""
    module = getattr(obj, "__module__", None) or ""
    first, second = (*module.split("."), "", "")[:2]
    return first == "torch" or (first == "tinytorch" and second != "vision")


def qualified_name(function):
    """Where a function stands, as code of PyTorch's names it; a RuntimeError for a lambda without a name."""
    name = name_of(function)
    if getattr(builtins, name, None) is function:
        return name
    module, qualname = function.__module__, getattr(function, "__qualname__", name)
    if qualname == f"Tensor.{function.__name__}" and vars(Tensor).get(function.__name__) is function:
        return f"torch.Tensor.{name}"
    if name == "<lambda>":
        try:
            name = inspect.getsource(function).split("=")[0].strip()
        except (OSError, TypeError):
            raise RuntimeError("Unable to represent lambda") from None
    return f"{module_in_pytorch(module, function.__name__)}.{name}"


def module_in_pytorch(module, name):
    """PyTorch's name of the module in which a function stands."""
    door, _, room = module.rpartition(".")
    if door == "tinytorch" and room in ("linalg", "fft", "special"):
        return f"torch._C._{room}"
    if module == "tinytorch.nn.functional" and name in COMPILED:
        return "torch._C._nn"
    if module == "tinytorch" and name in PYTHON_MADE[module] and name != "_assert":
        return "torch.nn.functional" if name.startswith("max_pool") else "torch.functional"
    if module.startswith("tinytorch.vision"):
        return module.replace("tinytorch.vision", "torchvision", 1)
    return module.replace("tinytorch", "torch", 1)


def shown_as(target):
    """A target as PyTorch's own function prints: many are compiled ones."""
    if isinstance(target, types.FunctionType) and is_from_torch(target):
        text = qualified_name(target)
        if name_of(target).startswith(("max_pool", "adaptive_max_pool", "fractional_max_pool")):
            return f"<function boolean_dispatch.<locals>.fn at {id(target):#x}>"
        if text.startswith("torch._C."):
            return f"<built-in function {name_of(target)}>"
        if text.count(".") == 1:
            return f"<built-in method {name_of(target)} of type object at {id(type):#x}>"
    return target


def type_text(obj):
    """A type as it is written: by its name, with its module."""
    if isinstance(obj, type) and not isinstance(obj, types.GenericAlias):
        if obj.__module__ == "builtins":
            return obj.__qualname__
        module = obj.__module__.replace("tinytorch.vision", "torchvision", 1).replace("tinytorch", "torch", 1)
        return f"{module}.{obj.__qualname__}"
    if obj is ...:
        return "..."
    return obj.__name__ if isinstance(obj, types.FunctionType) else repr(obj)
