"""What operations may call as `xp.<name>`: a device's own functions, our kernels, then its library's functions."""

import functools
import importlib
import importlib.util
import inspect
import pkgutil


class Vocabulary:
    """The functions of one device under one name; each is looked up once and then an attribute.

    A name is looked for among the device's `own` functions, its kernels in `tinytorch.kernels.<device>`, the
    functions of its library, and last the reference formulas, which are written in this vocabulary and so work on
    each device. `xp.special` has SciPy's special functions; a function without parameters gives them at the first use.
    `xp.quick` has what does the same as some functions of arrays that have no `out`, in less time.
    `xp.at_once` says how many numbers of a temporary are best held at once, where work can be cut into pieces: as many
    as a cache holds. `xp.shows_values` says whether a body may look at elements and do otherwise for others.
    """

    def __init__(self, device, library, own, special, at_once=1 << 18):
        self.device = device
        self.library = library
        self.find_special = special
        self.at_once = at_once
        self.quick = {}
        self.shows_values = device != "meta"
        self.__dict__.update(own)

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        found = self.find_special() if name == "special" else kernels(self.device).get(name)
        found = found or getattr(self.library, name, None) or self.formula(name)
        if found is None:
            raise AttributeError(f"the vocabulary of the device '{self.device}' has no '{name}'")
        setattr(self, name, found)
        return found

    def anywhere(self, condition):
        """Whether a condition holds for any element; never, where there are no values to look at."""
        return self.shows_values and bool(self.any(condition).item())

    def largest(self, values):
        """The largest of all elements as a Python number."""
        return self.amax(values).item()

    def smallest(self, values):
        """The smallest of all elements as a Python number."""
        return self.amin(values).item()

    def first_where(self, values, condition):
        """The first element for which a condition holds as a Python number, or None."""
        if not self.anywhere(condition):
            return None
        return values.reshape(-1)[self.argmax(condition.reshape(-1)).item()].item()

    def formula(self, name):
        """The reference formula of a kernel that this device does not have."""
        found = references().get(name)
        return None if found is None else functools.partial(found, self)


@functools.cache
def kernels(device):
    """The kernels of a device by name: the public functions of the modules of `tinytorch.kernels.<device>`."""
    if importlib.util.find_spec(f"tinytorch.kernels.{device}") is None:
        return {}  # a device without kernels computes with the reference formulas
    package = importlib.import_module(f"tinytorch.kernels.{device}")
    return {
        name: function
        for each in pkgutil.iter_modules(package.__path__)
        for name, function in public(importlib.import_module(f"{package.__name__}.{each.name}"))
        if name in references()
    }


@functools.cache
def references():
    """The reference formulas by name: every kernel has one."""
    return dict(public(importlib.import_module("tinytorch.kernels.reference")))


def public(module):
    """The public functions that a module defines."""
    return [
        (name, function)
        for name, function in vars(module).items()
        if not name.startswith("_")
        and callable(function)
        and not inspect.isclass(function)
        and getattr(function, "__module__", None) == module.__name__
    ]
