"""A device for tests whose arrays hide NumPy's and whose functions refuse everything else that holds values.

What runs here uses the vocabulary alone: a NumPy array, scalar or method that slips into an operation is an error, as
it would be on a GPU. There are no kernels, so every reference formula is proved.
"""

import numpy

from tinytorch.devices import cpu
from tinytorch.devices.vocabulary import Vocabulary
from tinytorch.kernels.cpu.random import Stream

__all__ = ["Stream", "array", "asarray", "to_numpy", "xp"]  # the random engine is the CPU's

VIEWS = ("reshape", "transpose", "swapaxes", "astype", "copy", "ravel", "view")
PLAIN = (bool, int, float, complex, str, slice, range, type, numpy.dtype, type(None), type(...))
UFUNC_METHODS = ("at", "reduce", "accumulate", "reduceat", "outer")


class StrictArray:
    """An array that hides a NumPy array and has only the methods that belong to the vocabulary."""

    __slots__ = ("__weakref__", "hidden")
    __array_ufunc__ = None  # NumPy's own functions refuse it
    __iter__ = None

    def __init__(self, hidden):
        self.hidden = hidden

    def __getattr__(self, name):
        raise AttributeError(f"'{name}' is not among the attributes of arrays that every device has")

    def __len__(self):
        return len(self.hidden)

    def __getitem__(self, key):
        return StrictArray(numpy.asarray(self.hidden[unwrapped(key, "__getitem__")]))

    def __setitem__(self, key, value):
        self.hidden[unwrapped(key, "__setitem__")] = unwrapped(value, "__setitem__")

    def fill(self, value):
        self.hidden.fill(unwrapped(value, "fill"))

    def dot(self, other, out=None):
        """The product of two matrices, or of two vectors; `out` comes back as it is."""
        if type(other) is not StrictArray or not self.ndim == other.ndim in (1, 2):
            raise TypeError("dot() of the strict device takes two matrices or two vectors")
        result = self.hidden.dot(other.hidden, unwrapped(out, "dot"))
        return StrictArray(numpy.asarray(result)) if out is None else out

    def item(self):
        return self.hidden.item()

    def tolist(self):
        return self.hidden.tolist()

    def __array__(self, dtype=None, copy=None):
        raise TypeError("a NumPy function got an array of the strict device")

    def __bool__(self):
        raise TypeError("the truth of an array is not in the vocabulary; use item()")

    def __eq__(self, other):
        raise TypeError("`==` of arrays is not in the vocabulary; use xp.equal, or `is`")

    __hash__ = object.__hash__

    def __repr__(self):
        return f"StrictArray({self.hidden!r})"


def reading(name):
    """A property that gives an attribute of the hidden array, as a strict array if it is one."""
    return property(lambda self: wrapped(getattr(self.hidden, name), {}))


def method(name):
    """A method that gives a strict array, of arguments that the device accepts."""
    return lambda self, *arguments, **settings: wrapped(
        getattr(self.hidden, name)(*unwrapped(arguments, name), **unwrapped(settings, name)), {}
    )


for each in ("shape", "dtype", "ndim", "size", "strides", "nbytes", "flags", "itemsize", "T", "real", "imag"):
    setattr(StrictArray, each, reading(each))
for each in VIEWS:
    setattr(StrictArray, each, method(each))

array = StrictArray


def asarray(value, dtype=None):
    """A strict array of a host array or number, which shares the memory of the host array; a strict array as it is."""
    if type(value) is StrictArray:
        return value if dtype is None or value.dtype == dtype else value.astype(dtype)
    return StrictArray(numpy.asarray(value, dtype))


def to_numpy(values):
    """The hidden array."""
    return values.hidden


def is_available():
    """Whether tensors can live here: always."""
    return True


def unavailable_reason(index):
    """Why tensors cannot live here: never."""
    return None


def device_count():
    """One."""
    return 1


def current_index():
    """The strict device has no numbers."""
    return None


def synchronize(index=None):
    """Everything has run when a call returns."""


compute_dtype = cpu.compute_dtype


def unwrapped(value, function):
    """`value` with NumPy's arrays in the place of strict ones, at any depth; a TypeError that names the function for
    anything that no device but the CPU takes.
    """
    kind = type(value)
    if kind is StrictArray:
        return value.hidden
    if kind is tuple or kind is list:
        return kind([unwrapped(each, function) for each in value])
    if kind is dict:
        return {name: unwrapped(each, function) for name, each in value.items()}
    if kind is slice:
        unwrapped([value.start, value.stop, value.step], function)
    if isinstance(value, PLAIN) and not isinstance(value, numpy.generic):
        return value
    raise TypeError(f"{function}() of the strict device got a {kind.__module__}.{kind.__qualname__}")


def wrapped(value, given):
    """`value` with strict arrays in the place of NumPy's arrays and scalars; `given` are those that came in, by id."""
    if isinstance(value, (numpy.ndarray, numpy.generic)):
        return given[id(value)] if id(value) in given else StrictArray(numpy.asarray(value))
    if isinstance(value, (tuple, list)):
        parts = [wrapped(each, given) for each in value]
        return type(value)(*parts) if hasattr(value, "_fields") else type(value)(parts)
    return value


class StrictFunction:
    """A function of the CPU that takes and gives strict arrays only."""

    def __init__(self, function, name):
        self.function = function
        self.name = name

    def __call__(self, *arguments, **settings):
        if isinstance(self.function, numpy.ufunc):
            self.refuse_lists(arguments)
        out = settings.get("out")
        given = {id(each.hidden): each for each in (*arguments, *(out if type(out) is tuple else (out,)))
                 if type(each) is StrictArray}  # fmt: skip
        values = unwrapped(arguments, self.name), unwrapped(settings, self.name)
        return wrapped(self.function(*values[0], **values[1]), given)

    def __getattr__(self, name):
        if name not in UFUNC_METHODS or not isinstance(self.function, numpy.ufunc):
            raise AttributeError(f"'{self.name}.{name}' is not in the vocabulary")
        return StrictFunction(getattr(self.function, name), f"{self.name}.{name}")

    def refuse_lists(self, arguments):
        """A ufunc of a GPU takes arrays and numbers, no lists."""
        for each in arguments:
            if type(each) in (list, tuple):
                raise TypeError(f"{self.name}() of the strict device got a {type(each).__name__}")


class StrictLibrary:
    """The names of a NumPy module, or of the CPU's own functions before it, as the strict device has them."""

    def __init__(self, module, name=""):
        self.module = module
        self.name = name

    def __getattr__(self, name):
        found = getattr(self.module, name)
        title = f"{self.name}{name}"
        if isinstance(found, type(numpy)):
            return StrictLibrary(found, f"{title}.")
        if isinstance(found, (type, float)):
            return found
        return StrictFunction(found, title)


own = {name: StrictFunction(function, name) for name, function in cpu.own.items()}
xp = Vocabulary("strict", StrictLibrary(numpy), own, lambda: StrictLibrary(cpu.special(), "special."))
