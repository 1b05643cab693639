"""The Tensor: a raw array of a device, with its flags and the history that led to it.

No operation is defined here: operations attach themselves as methods.
"""

import warnings

from tinytorch import dtypes, errors
from tinytorch.devices import resolve
from tinytorch.modes import mode

new = object.__new__


of_sizes = tuple.__new__


class Size(tuple):
    """The shape of a tensor: a tuple that prints as PyTorch's."""

    __slots__ = ()

    def __new__(cls, sizes=()):
        sizes = tuple(sizes)
        for place, each in enumerate(sizes):
            if not hasattr(each, "__index__"):
                kind = type(each).__name__
                raise TypeError(f"torch.Size() takes an iterable of 'int' (item {place} is '{kind}')")
        return of_sizes(cls, [each.__index__() for each in sizes])

    def numel(self):
        """The number of elements."""
        product = 1
        for each in self:
            product *= each
        return product

    def __repr__(self):
        return f"torch.Size([{', '.join(map(str, self))}])"

    def __getitem__(self, key):
        found = tuple.__getitem__(self, key)
        return Size(found) if type(key) is slice else found

    def __add__(self, other):
        return Size(tuple.__add__(self, other))

    def __mul__(self, other):
        return Size(tuple.__mul__(self, other))

    __rmul__ = __mul__

    def __reduce__(self):
        return as_size, (tuple(self),)


def as_size(sizes):
    """A shape of its sizes, for pickle."""
    return Size(sizes)


Size.__module__ = "torch"


class Tensor:
    """A multi-dimensional array of one dtype on one device, which can remember how it was computed.

    `Tensor(2, 3)` is an uninitialised tensor of that shape, `Tensor([1, 2])` one of those values, both of the default
    dtype; `tinytorch.tensor` is the constructor to prefer.
    """

    # array:   the raw array of the device
    # needs:   whether a gradient is wanted; of a view, whether its own history or flag says so
    # history: None, a Node, or a Part of a node with several outputs
    # counter: the version, a list of one number that a base shares with its views
    # base:    the tensor whose memory this is a view of, itself never a view; `seen` is the version at which the view's
    #          history was right, `creation` why it refuses in-place
    __slots__ = (
        "__dict__", "__weakref__", "_grad",
        "array", "base", "counter", "creation", "device", "history", "needs", "seen",
    )  # fmt: skip
    __hash__ = object.__hash__  # tensors are keys of the engine's dictionaries; `==` compares elements
    __array_priority__ = 1000
    _operate = None  # what operations mean for a class of tensors that has no array, as `apply` calls them
    _hooks = _post_hooks = None
    _retains_grad = False

    @property
    def shape(self):
        """The size of each dimension, a `torch.Size`."""
        return of_sizes(Size, self.array.shape)

    @property
    def dtype(self):
        """The type of the elements, such as `torch.float32`."""
        return dtypes.of_numpy[self.array.dtype]

    @property
    def ndim(self):
        """The number of dimensions."""
        return self.array.ndim

    @property
    def requires_grad(self):
        """Whether a gradient is wanted; it can be set on leaves."""
        return self.needs or (self.base is not None and self.base.needs)

    @requires_grad.setter
    def requires_grad(self, requires_grad):
        if requires_grad and self.dtype.category < dtypes.FLOAT:
            raise RuntimeError("only Tensors of floating point and complex dtype can require gradients")
        self.requires_grad_(requires_grad)

    def requires_grad_(self, requires_grad=True):
        """Say whether a gradient of this leaf is wanted; a RuntimeError for a result or a dtype without derivatives."""
        if not requires_grad and self.grad_fn is not None:
            raise RuntimeError(
                "you can only change requires_grad flags of leaf variables. If you want to use a computed variable "
                "in a subgraph that doesn't require differentiation use var_no_grad = var.detach()."
            )
        if requires_grad and self.dtype.category < dtypes.FLOAT:
            raise RuntimeError("only Tensors of floating point dtype can require gradients")
        if requires_grad and type(self.counter) is Untracked and not mode.inference:
            raise RuntimeError(errors.INFERENCE_NEEDS_GRAD)
        self.needs = bool(requires_grad)
        return self

    @property
    def grad(self):
        """The gradient that backward added up, or None; its shape, dtype and device are the tensor's."""
        if self._grad is None and self.history is not None and not self._retains_grad:
            warnings.warn(errors.NO_GRAD_OF_RESULTS, UserWarning, stacklevel=2)
        return self._grad

    @grad.setter
    def grad(self, grad):
        if grad is not None:
            check_grad(self, grad)
        self._grad = grad

    @grad.deleter
    def grad(self):
        self._grad = None

    @property
    def is_leaf(self):
        """Whether no recorded operation made this tensor."""
        return self.grad_fn is None

    @property
    def _version(self):
        if type(self.counter) is Untracked:
            raise RuntimeError(errors.INFERENCE_VERSION)
        return self.counter[0]

    @property
    def _base(self):
        return self.base if type(self.counter) is not Untracked else None

    def _is_view(self):
        return self._base is not None

    @property
    def data(self):
        """The same memory as a tensor without history, whose changes no version counts."""
        return wrap(self.array, self.device, None, type(self.counter)((0,)))

    @data.setter
    def data(self, new_data):
        if not isinstance(new_data, Tensor):
            raise TypeError(f"Variable data has to be a tensor, but got {type(new_data).__name__}")
        self.array, self.device = new_data.array, new_data.device

    def __repr__(self, *, tensor_contents=None):
        from tinytorch.printing import batched_repr, tensor_repr

        if self.device.batched:
            inside = repr(wrap(self.array.inner, self.device.inner, self.history))
            return batched_repr(inside, self.device.level.depth) if self.array.batched else inside
        return tensor_repr(self, tensor_contents=tensor_contents)

    def __reduce_ex__(self, protocol):
        cls = None if type(self) in TENSORS else type(self)  # by its name pickle would find PyTorch's class
        return rebuild, (cls, *values_and_layout(self), self.requires_grad, attributes(self))


Tensor.__module__ = "torch"
TENSORS = {Tensor}  # the classes that an operation takes without asking further; Parameter joins


class Untracked(list):
    """The version of inference tensors, by which they are known: it cannot be kept for backward, nor changed, outside
    inference mode. To unpack it is to look only, which is always allowed."""

    __slots__ = ()

    def __getitem__(self, place):
        if not mode.inference:
            raise RuntimeError(errors.INFERENCE_KEPT)
        return 0

    def __setitem__(self, place, version):
        if not mode.inference:
            raise RuntimeError(errors.INFERENCE_WRITTEN)


def count_write(tensor, step=1):
    """Count a change of the values of a tensor, before it is made, as it may be refused here; the version before."""
    (version,) = tensor.counter
    tensor.counter[0] = version + step
    return version


def wrap(array, device, history=None, counter=None):
    """A tensor of a raw array: how every result is made."""
    tensor = new(Tensor)
    tensor.array = array
    tensor.device = device
    tensor.history = history
    tensor.needs = history is not None
    tensor.counter = [0] if counter is None else counter
    tensor.base = None
    tensor._grad = None
    return tensor


def wrap_in_inference(array, device, history=None, counter=None):
    """What `wrap` does while a thread is in inference mode: tensors that such a thread makes are inference tensors."""
    tensor = new(Tensor)
    tensor.array = array
    tensor.device = device
    tensor.history = history
    tensor.needs = history is not None
    tensor.counter = (Untracked((0,)) if mode.inference else [0]) if counter is None else counter
    tensor.base = None
    tensor._grad = None
    return tensor


def wrap_view(array, source, history, creation):
    """A tensor whose memory is that of `source`."""
    tensor = new(Tensor)
    tensor.array = array
    tensor.device = source.device
    tensor.history = history
    tensor.needs = history is not None
    counter = tensor.counter = source.counter
    tensor.base = source if source.base is None else source.base
    (tensor.seen,) = counter
    tensor.creation = creation
    tensor._grad = None
    return tensor


def attributes(tensor):
    """What users have put on a tensor, without its hooks: a copy has none of them."""
    return {name: value for name, value in tensor.__dict__.items() if name not in HOOKS}


HOOKS = ("_hooks", "_post_hooks", "_retains_grad")


def values_and_layout(tensor):
    """What pickle keeps of a tensor: its values, or all memory that they lie in, their layout then, and its device.

    Where there are no values, how many there would be, and their dtype.
    """
    array, device = tensor.array, tensor.device
    if device.xp.shows_values and (device.batched or array.flags.c_contiguous):
        return device.to_numpy(array), None, device
    flat, offset = device.xp.storage(array)
    layout = array.shape, tuple([step // array.itemsize for step in array.strides]), offset
    return device.to_numpy(flat) if device.xp.shows_values else (flat.size, flat.dtype), layout, device


def rebuild(cls, values, layout, device, requires_grad, attributes):
    """A tensor from its pickled parts."""
    device = resolve(device)
    array = device.asarray(values) if device.xp.shows_values else device.xp.empty(*values)
    made = wrap(array if layout is None else device.xp.strided(array, *layout), device)
    made.__class__ = cls or Tensor
    made.needs = requires_grad
    made.__dict__.update(attributes)
    return made


def check_grad(tensor, grad):
    """Refuse a gradient that does not fit its tensor, as PyTorch does."""
    if not isinstance(grad, Tensor):
        raise TypeError(f"assigned grad expected to be a Tensor or None but got grad of type {type(grad).__name__}")
    if grad is tensor:
        raise RuntimeError("can't assign Variable as its own grad")
    if grad.device is not tensor.device:
        raise RuntimeError(
            f"attempting to assign a gradient with device type '{grad.device.type}' to a tensor with device type "
            f"'{tensor.device.type}'. Please ensure that the gradient and the tensor are on the same device"
        )
    if grad.array.dtype is not tensor.array.dtype:
        names = [dtypes.of_numpy[each.array.dtype].title for each in (grad, tensor)]
        raise RuntimeError(
            f"attempting to assign a gradient with dtype '{names[0]}' to a tensor with dtype '{names[1]}'. The "
            "gradient must match the tensor's dtype"
        )
    if grad.array.shape != tensor.array.shape:
        raise RuntimeError(
            f"attempting to assign a gradient of size '{list(grad.array.shape)}' to a tensor of size "
            f"'{list(tensor.array.shape)}'. Please ensure that the gradient and the tensor are the same size"
        )


__all__ = ["TENSORS", "Size", "Tensor", "errors", "wrap", "wrap_view"]
