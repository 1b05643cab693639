"""The device of `vmap`: its arrays show the shape of one example and hide a dimension in which all examples lie.

Such a device stands on another one, perhaps also batched. An array of it hides an array of that device, whose first
dimension is the batch, or one that is the same for all examples.
"""

import numpy

from tinytorch.devices import device
from tinytorch.devices.vocabulary import Vocabulary, references

NO_ITEM = (
    "vmap: It looks like you're calling .item() on a Tensor. We don't support vmap over calling .item() on a Tensor, "
    "please try to rewrite what you're doing with other operations. If error is occurring somewhere inside PyTorch "
    "internals, please file a bug report."
)
DYNAMIC = (
    "vmap: We do not support batching operators that can output dynamic shape. Attempted to vmap over aten::{}. "
    "Please file an issue at https://github.com/pytorch/pytorch/issues if you need this feature."
)
NO_STORAGE = "Cannot access data pointer of Tensor that doesn't have storage"
UNBATCHED = (
    "vmap: {0}(self, *extra_args) is not possible because there exists a Tensor `other` in extra_args that has more "
    "elements than `self`. This happened due to `other` being vmapped over but `self` not being vmapped over in a "
    "vmap. Please try to use out-of-place operators instead of {0}. If said operator is being called inside the "
    "PyTorch framework, please file a bug report instead."
)
rules = {}  # the name of a function of the vocabulary -> its rule, a function of a Function and of the arguments
creators = set()  # names of functions whose results are batched, whatever their arguments are


def rule(names):
    """Makes the decorated function the rule of each of the `names`, for calls with a batched array among them."""

    def register(function):
        rules.update(dict.fromkeys(names.split(), function))
        return function

    return register


class BatchedDevice(device):
    """A device whose arrays hide the batch of a level; it shows itself as the one that it stands on."""

    __slots__ = ("inner", "level", "real", "size")
    batched = True

    def __new__(cls, inner, level):
        made = object.__new__(cls)
        made.inner, made.size, made.level = inner, level.size, level
        made.real = inner.real if inner.batched else inner
        made.type, made.index, made.before, made.module = inner.type, inner.index, [], inner.module
        made.array = BatchedArray
        made.xp = BatchedVocabulary(made)
        return made

    def asarray(self, value, dtype=None):
        """An array that is the same for all examples; a batched array as it is."""
        if type(value) is BatchedArray and value.device is self:
            return value if dtype is None or value.dtype == dtype else value.astype(dtype)
        return BatchedArray(self.inner.asarray(value, dtype), False, self)

    def to_numpy(self, array):
        """The values on the host, if they are the same for all examples; a RuntimeError otherwise."""
        if array.batched:
            raise RuntimeError(NO_STORAGE)
        return self.inner.to_numpy(array.inner)

    def whole(self, array):
        """The hidden array with the batch in front, also of one that is the same for all examples."""
        if array.batched:
            return array.inner
        return self.inner.xp.broadcast_to(array.inner, (self.size, *array.inner.shape))

    def __eq__(self, other):
        return isinstance(other, device) and other.real is self.real

    def __hash__(self):
        return hash(self.real)


class Flags:
    """How the elements of one example lie in memory."""

    __slots__ = ("array",)

    def __init__(self, array):
        self.array = array

    @property
    def c_contiguous(self):
        """Whether the elements of an example lie row by row."""
        return self.array.inner.flags.c_contiguous or packed(self.array, reversed(range(self.array.ndim)))

    @property
    def f_contiguous(self):
        """Whether the elements of an example lie column by column."""
        return packed(self.array, range(self.array.ndim))

    @property
    def fnc(self):
        """Whether they lie column by column, and not also row by row."""
        return self.f_contiguous and not self.c_contiguous


def packed(array, order):
    """Whether the elements lie without gaps in an order of dimensions, the inner one first."""
    shape, strides, step = array.shape, array.strides, array.itemsize
    if 0 in shape:
        return True
    for dim in order:
        if shape[dim] != 1 and strides[dim] != step:
            return False
        step *= shape[dim]
    return True


class BatchedArray:
    """A raw array of a batched device, with the closed list of methods that belongs to the vocabulary."""

    __slots__ = ("__weakref__", "batched", "device", "inner")
    __array_ufunc__ = None  # so that NumPy's functions refuse it
    __iter__ = None

    def __init__(self, inner, batched, device):
        self.inner, self.batched, self.device = inner, batched, device

    shape = property(lambda self: self.inner.shape[1:] if self.batched else self.inner.shape)
    strides = property(lambda self: self.inner.strides[1:] if self.batched else self.inner.strides)
    dtype = property(lambda self: self.inner.dtype)
    ndim = property(lambda self: self.inner.ndim - self.batched)
    itemsize = property(lambda self: self.inner.itemsize)
    nbytes = property(lambda self: self.size * self.inner.itemsize)
    flags = property(Flags)
    T = property(lambda self: self.transpose())
    real = property(lambda self: self.like(self.inner.real))
    imag = property(lambda self: self.like(self.inner.imag))

    @property
    def size(self):
        """How many elements an example has."""
        product = 1
        for each in self.shape:
            product *= each
        return product

    def like(self, inner):
        """Another array that is batched if this one is."""
        return BatchedArray(inner, self.batched, self.device)

    def reshape(self, *shape, order="C", copy=None):
        shape = shape[0] if len(shape) == 1 else shape
        shape = (shape,) if isinstance(shape, int) else tuple(shape)
        if not self.batched:
            return self.like(self.inner.reshape(shape))
        return self.like(self.inner.reshape((self.device.size, *filled_shape(shape, self.size))))

    def ravel(self, order="C"):
        return self.reshape(-1)

    def transpose(self, *axes):
        axes = axes[0] if len(axes) == 1 else axes
        axes = tuple(axes) if axes else tuple(reversed(range(self.ndim)))
        if not self.batched:
            return self.like(self.inner.transpose(axes))
        return self.like(self.inner.transpose((0, *[each % self.ndim + 1 for each in axes])))

    def swapaxes(self, axis1, axis2):
        ndim = self.ndim
        return self.like(self.inner.swapaxes(axis1 % ndim + self.batched, axis2 % ndim + self.batched))

    def astype(self, dtype, order="K", copy=True):
        if not copy and numpy.dtype(dtype) == self.dtype:
            return self
        return self.like(self.inner.astype(dtype, order))

    def copy(self, order="C"):
        """A copy that batched values may be written to."""
        inner = self.inner if self.batched else self.device.whole(self)
        return BatchedArray(inner.copy(order if self.batched else "C"), True, self.device)

    def view(self, dtype):
        return self.like(self.inner.view(dtype))

    def dot(self, other, out=None):
        return self.device.xp.matmul(self, other) if out is None else self.device.xp.matmul(self, other, out=out)

    def fill(self, value):
        self[...] = value

    def __len__(self):
        return self.shape[0]

    def item(self):
        if self.batched:
            raise RuntimeError(NO_ITEM)
        return self.inner.item()

    def tolist(self):
        return self.device.to_numpy(self).tolist()

    def __bool__(self):
        return bool(self.item())

    def __index__(self):
        return self.item()

    def __array__(self, dtype=None, copy=None):
        raise RuntimeError(NO_STORAGE)

    def __getitem__(self, key):
        return rules["getitem"](Function(self.device, "getitem", None, None), self, key)

    def __setitem__(self, key, value):
        rules["setitem"](Function(self.device, "setitem", None, None), self, key, value)

    def __repr__(self):
        return f"BatchedArray(shape={self.shape}, dtype={self.dtype}, batched={self.batched})"


def filled_shape(shape, size):
    """A shape whose -1 is found from the number of elements of one example."""
    if -1 not in shape:
        return shape
    known = 1
    for each in shape:
        known *= 1 if each == -1 else each
    if known == 0:
        raise ValueError(f"cannot reshape array of size {size} into shape {shape}")
    return tuple([size // known if each == -1 else each for each in shape])


def is_batched(value):
    """Whether a batched array is among a value, at any depth."""
    kind = type(value)
    if kind is BatchedArray:
        return value.batched
    if kind is tuple or kind is list:
        return any([is_batched(each) for each in value])
    return kind is slice and is_batched((value.start, value.stop, value.step))


def uncovered(value):
    """`value` with the hidden arrays in the place of those that are the same for all examples."""
    kind = type(value)
    if kind is BatchedArray:
        return value.inner
    return kind([uncovered(each) for each in value]) if kind is tuple or kind is list else value


class Function:
    """A function of the vocabulary of a batched device: `call` is that of the device below, `place` the device."""

    def __init__(self, place, name, call, rule):
        self.place, self.name, self.call, self.rule = place, name, call, rule
        self.__name__ = name

    def __call__(self, *arguments, **settings):
        if self.name not in creators and not is_batched((*arguments, *settings.values())):
            out = settings.get("out")
            found = self.call(*uncovered(arguments), **{name: uncovered(each) for name, each in settings.items()})
            return self.covered(found, False) if out is None else out
        return self.rule(self, *arguments, **settings)

    def covered(self, value, batched=True):
        """A result as arrays of the device, batched ones or not."""
        if isinstance(value, (tuple, list)):
            return tuple([self.covered(each, batched) for each in value])
        inner = self.place.inner
        if type(value) is not inner.array:
            if not hasattr(value, "dtype"):
                return value  # a number, a name or None
            value = inner.asarray(value)
        return BatchedArray(value, batched, self.place)

    def front(self, value, ndim):
        """The hidden array with as many dimensions behind its batch that it broadcasts with examples of `ndim`."""
        if type(value) is not BatchedArray:
            return value
        if not value.batched or value.ndim == ndim:
            return value.inner
        return value.inner[(slice(None), *[None] * (ndim - value.ndim), ...)]

    def whole(self, value):
        """The hidden array with the batch in front, also of one that is the same for all examples."""
        return self.place.whole(value)

    def target(self, out):
        """The hidden array of one that is written to: one that is the same for all examples becomes batched.

        A RuntimeError if it shows another one's memory.
        """
        if not out.batched:
            if not self.place.inner.xp.owns(out.inner):
                raise RuntimeError(UNBATCHED.format("inplace arithmetic"))
            out.inner, out.batched = self.whole(out).copy(), True
        return out.inner

    def delivered(self, found, out):
        """A batched result, written into `out` if that is given."""
        if out is None:
            return self.covered(found)
        self.target(out)[...] = found
        return out

    def at(self, target, places, *values):
        """Unite elements with values, as often as their places are named, as a ufunc does."""
        self.place.xp.ufunc_at(self.name, target, places, *values)


class NoRule(NotImplementedError):
    """A function of the vocabulary has no rule for a batch."""


def missing(function, *arguments, **settings):
    """A function that has no rule: raises NoRule."""
    raise NoRule(f"vmap: the batching rule of xp.{function.name} is not implemented")


class Names:
    """The functions of a part of the vocabulary, such as `linalg`, each with its rule."""

    def __init__(self, place, prefix, library):
        self.place, self.prefix, self.library = place, prefix, library

    def __getattr__(self, name):
        found = function_of(self.place, f"{self.prefix}{name}", getattr(self.library(), name))
        setattr(self, name, found)
        return found


def function_of(place, name, found):
    """A function with its rule; types and constants as they are."""
    if isinstance(found, (type, float, int, bool, str)):
        return found
    title = name.rpartition(".")[2]
    if name in rules:
        return Function(place, title, found, rules[name])
    pointwise = name.startswith("special.") or isinstance(getattr(numpy, name, None), numpy.ufunc)
    return Function(place, title, found, rules["ufunc"] if pointwise else missing)


class BatchedVocabulary(Vocabulary):
    """The vocabulary of a batched device: that of the device below with a rule for each kind of function.

    The formulas of kernels are written in it, and so need none.
    """

    def __init__(self, place):
        inner = place.inner.xp
        super().__init__(inner.device, inner.library, {}, None, inner.at_once)
        self.place, self.inner, self.shows_values = place, inner, False
        for name in ("linalg", "fft", "special"):
            setattr(self, name, Names(place, f"{name}.", lambda name=name: getattr(inner, name)))

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        if name in references() and name not in rules:
            found = self.formula(name)
        else:
            found = function_of(self.place, name, getattr(self.inner, name))
        setattr(self, name, found)
        return found

    def anywhere(self, condition):
        """Whether a condition holds for any element of any example."""
        return self.inner.anywhere(condition.inner)

    def largest(self, values):
        """The largest element of any example."""
        return self.inner.largest(values.inner)

    def smallest(self, values):
        """The smallest element of any example."""
        return self.inner.smallest(values.inner)

    def first_where(self, values, condition):
        """The first element of any example for which a condition holds, or None."""
        return self.inner.first_where(self.place.whole(values), self.place.whole(condition))
