"""The device without memory: its arrays are a shape, a dtype and strides, and its functions say what these become."""

import functools
import types

import numpy

from tinytorch.devices import cpu, lapack
from tinytorch.devices.frames import blank, copied, delivered, fits, flat, indexed, is_mask, reshaped, sample
from tinytorch.devices.matrices import factors
from tinytorch.devices.shapes import NO_ITEM, depends_on_data, elementwise, general, imag, kinds, reduced, scan, unread
from tinytorch.devices.vocabulary import Vocabulary

NO_DATA = "Cannot copy out of meta tensor; no data!"


class MetaArray:
    """A raw array of the meta device, with the closed list of methods that belongs to the vocabulary."""

    __slots__ = ("__weakref__", "frame")
    __array_ufunc__ = None  # so that NumPy's functions refuse it

    def __init__(self, frame):
        self.frame = frame

    shape = property(lambda self: self.frame.shape)
    dtype = property(lambda self: self.frame.dtype)
    ndim = property(lambda self: self.frame.ndim)
    size = property(lambda self: self.frame.size)
    strides = property(lambda self: self.frame.strides)
    nbytes = property(lambda self: self.frame.nbytes)
    itemsize = property(lambda self: self.frame.itemsize)
    flags = property(lambda self: self.frame.flags)
    T = property(lambda self: MetaArray(self.frame.T))
    real = property(lambda self: MetaArray(self.frame.real))
    imag = property(lambda self: MetaArray(imag(numpy.imag, self.frame)))

    def reshape(self, *shape, order="C", copy=None):
        return MetaArray(reshaped(self.frame, shape[0] if len(shape) == 1 else shape, order, copy))

    def ravel(self, order="C"):
        return MetaArray(flat(self.frame, order))

    def transpose(self, *axes):
        return MetaArray(self.frame.transpose(*axes))

    def swapaxes(self, axis1, axis2):
        return MetaArray(self.frame.swapaxes(axis1, axis2))

    def astype(self, dtype, order="K", copy=True):
        if not copy and numpy.dtype(dtype) == self.dtype:
            return self
        return MetaArray(copied(self.frame, dtype, order))

    def copy(self, order="C"):
        return MetaArray(copied(self.frame, None, order))

    def view(self, dtype):
        return MetaArray(self.frame.view(dtype))

    def dot(self, other, out=None):
        return xp.matmul(self, other) if out is None else xp.matmul(self, other, out=out)

    def fill(self, value):
        unwrapped(value)

    def __len__(self):
        return len(self.frame)

    def item(self):
        raise RuntimeError(NO_ITEM)

    def tolist(self):
        raise NotImplementedError(NO_DATA)

    __bool__ = __int__ = __float__ = __complex__ = __index__ = item

    def __array__(self, dtype=None, copy=None):
        raise NotImplementedError(NO_DATA)

    def __getitem__(self, key):
        key = unwrapped(key)
        if has_mask(key):
            depends_on_data(numpy.nonzero)
        return MetaArray(indexed(self.frame, key))

    def __setitem__(self, key, value):
        key, value = unwrapped((key, value))
        if not has_mask(key):
            fits(numpy.shape(value), indexed(self.frame, key).shape)

    def __repr__(self):
        return f"MetaArray(shape={self.shape}, dtype={self.dtype})"


array = MetaArray


def has_mask(key):
    """Whether an array of truth values is among the indices."""
    return any(is_mask(each) for each in (key if type(key) is tuple else (key,)))


def asarray(value, dtype=None):
    """A meta array with the shape, dtype and strides of `value`: a host array, a number, or a meta array."""
    if type(value) is MetaArray:
        return value if dtype is None else value.astype(dtype, copy=False)
    found = numpy.asarray(value, dtype)
    return MetaArray(copied(found))


def to_numpy(values):
    """There is nothing to give: raises NotImplementedError."""
    raise NotImplementedError(NO_DATA)


def is_available():
    """Whether tensors can live here: always."""
    return True


def unavailable_reason(index):
    """Why tensors cannot live here: never."""
    return None


def device_count():
    """One, as of each kind of memory that is always there."""
    return 1


def current_index():
    """The meta device has no numbers."""
    return None


def synchronize(index=None):
    """Nothing runs here, so there is nothing to wait for."""


compute_dtype = cpu.compute_dtype  # as on the CPU, so that the same casts are made and the same dtypes come out


def unwrapped(value):
    """`value` with frames in the place of meta arrays, in lists, tuples and dictionaries too."""
    kind = type(value)
    if kind is MetaArray:
        return value.frame
    if kind is tuple or kind is list:
        return kind([unwrapped(each) for each in value])
    if kind is dict:
        return {name: unwrapped(each) for name, each in value.items()}
    if isinstance(value, numpy.ndarray):
        raise TypeError("a function of the meta device got an array of the host")
    return value


def wrapped(value):
    """`value` with meta arrays in the place of NumPy's, in lists and tuples too."""
    if isinstance(value, numpy.ndarray):
        return MetaArray(value)
    return type(value)([wrapped(each) for each in value]) if type(value) in (tuple, list) else value


def rule_of(function, rule):
    """NumPy's function as it works on meta arrays."""

    @functools.wraps(function)
    def call(*arguments, **settings):
        return wrapped(rule(function, *unwrapped(arguments), **unwrapped(settings)))

    return call


class Ufunc:
    """One of NumPy's ufuncs with its methods, on meta arrays."""

    def __init__(self, ufunc):
        self.ufunc = ufunc
        self.__name__ = ufunc.__name__
        self.rule = elementwise if ufunc.signature is None else general

    def __call__(self, *inputs, **settings):
        return wrapped(self.rule(self.ufunc, *unwrapped(inputs), **unwrapped(settings)))

    def at(self, a, indices, *values):
        """Nothing is written."""
        unwrapped((a, indices, values))

    def reduce(self, array, axis=0, dtype=None, out=None, keepdims=False):
        """One value for each line along `axis`."""
        array, out = unwrapped((array, out))
        result = self.ufunc.reduce(sample(array), axis, dtype)
        return wrapped(reduced(array, axis, keepdims, result.dtype, out))

    def accumulate(self, array, axis=0, dtype=None, out=None):
        """The values so far along `axis`."""
        return wrapped(scan(self.ufunc.accumulate, *unwrapped((array, axis, dtype, out))))

    def reduceat(self, array, indices, axis=0, dtype=None, out=None):
        """One value for each index along `axis`."""
        array, indices, out = unwrapped((array, indices, out))
        shape = list(array.shape)
        shape[axis] = numpy.size(indices)
        result = self.ufunc.reduceat(sample(array), [0], axis, dtype)
        return wrapped(delivered(blank(shape, result.dtype), out))

    def outer(self, a, b, **settings):
        """Every pair of elements."""
        a, b = unwrapped((a, b))
        return wrapped(elementwise(self.ufunc, a[(..., *[None] * numpy.ndim(b))], b, **unwrapped(settings)))


class Library:
    """The names of a module with the rule of their kind; the names of types and constants stand for themselves."""

    def __init__(self, module, prefix=""):
        self.module = module
        self.prefix = prefix

    def __getattr__(self, name):
        found = getattr(self.module, name)
        title = f"{self.prefix}{name}"
        if title in kinds:
            return rule_of(found, kinds[title])
        if isinstance(found, types.ModuleType):
            return Library(found, f"{title}.")
        if isinstance(found, numpy.ufunc):
            return Ufunc(found)
        if isinstance(found, (type, float)):
            return found
        raise AttributeError(f"the meta device has no rule for '{title}'")


def owns(values):
    """Whether an array has its memory for itself: it is no view of another one."""
    return not isinstance(values.frame.base, numpy.ndarray)


def ufunc_at(name, target, places, values):
    """Nothing is written."""
    unwrapped((target, places, values))


UNREAD = ("strided", "repeated", "storage", "offset_between", "wraps_indices")
own = {name: rule_of(getattr(cpu, name), unread) for name in UNREAD}
own |= {name: rule_of(function, factors[name]) for name, function in lapack.own.items()}
own |= {"owns": owns, "ufunc_at": ufunc_at}
xp = Vocabulary("meta", Library(numpy), own, lambda: Library(cpu.special(), "special."))
