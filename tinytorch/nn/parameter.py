"""Parameters and buffers: tensors that a module takes notice of when they are assigned to it."""

from tinytorch.devices import CPU, resolve
from tinytorch.dtypes import FLOAT, get_default_dtype
from tinytorch.overriding import disabled_torch_function_impl
from tinytorch.printing import parameter_repr, tensor_repr
from tinytorch.tensor import TENSORS, Tensor, attributes, rebuild, values_and_layout, wrap


class Parameter(Tensor):
    """A tensor that a module learns: a leaf in the memory of `data`, which requires grad unless told otherwise.

    A RuntimeError if a gradient is wanted of integers or booleans.
    """

    __torch_function__ = disabled_torch_function_impl  # what is computed with it is a plain tensor

    def __new__(cls, data: Tensor | None = None, requires_grad: bool = True):
        return subclassed(cls, data, requires_grad)

    def __repr__(self, *, tensor_contents=None):
        return parameter_repr(self)

    def __deepcopy__(self, memo):
        if id(self) not in memo:
            memo[id(self)] = type(self)(self.data.clone(), self.requires_grad)
        return memo[id(self)]

    def __reduce_ex__(self, protocol):
        return rebuild_parameter, (*values_and_layout(self), self.needs, attributes(self))


class Buffer(Tensor):
    """A tensor that belongs to a module's state and is not learned; `persistent` says whether `state_dict` has it."""

    __torch_function__ = disabled_torch_function_impl

    def __new__(cls, data: Tensor | None = None, *, persistent: bool = True):
        made = subclassed(cls, data, data is not None and data.requires_grad)
        made.persistent = persistent
        return made

    def __repr__(self, *, tensor_contents=None):
        return tensor_repr(self.detach(), tensor_contents=tensor_contents)


class UninitializedTensorMixin:
    """What a parameter or buffer shares whose size is not known yet: it has a dtype and a device, and no elements.

    What asks for its elements is a ValueError, and what asks for its shape a RuntimeError.
    """

    __slots__ = ()

    @property
    def array(self):
        """The elements, which there are not."""
        raise ValueError(
            f"Attempted to use an uninitialized parameter. This error happens when you are using a `LazyModule` or "
            f"explicitly manipulating `torch.nn.parameter.{type(self).__name__}` objects. When using LazyModules Call "
            "`forward` with a dummy batch to initialize the parameters before calling torch functions"
        )

    @array.setter
    def array(self, array):
        Tensor.array.__set__(self, array)

    @property
    def shape(self):
        """The size of each dimension, which is not known."""
        raise RuntimeError(
            "Can't access the shape of an uninitialized parameter or buffer. This error usually happens in "
            "`load_state_dict` when trying to load an uninitialized parameter into an initialized one. Call `forward` "
            "to initialize the parameters before accessing their attributes."
        )

    @property
    def data(self):
        """A tensor without elements of the same dtype and device."""
        return wrap(Tensor.array.__get__(self), self.device)

    @data.setter
    def data(self, new_data):
        plain = new_data.data
        self.array, self.device = plain.array, plain.device

    @property
    def dtype(self):
        """The type of the elements that there will be."""
        return self.data.dtype

    def materialize(self, shape, device=None, dtype=None) -> None:
        """Become a parameter or a buffer of this shape, whose values are undefined."""
        place = self.device if device is None else resolve(device)
        self.data = wrap(place.xp.empty(tuple(shape), (self.dtype if dtype is None else dtype).numpy), place)
        self.__class__ = self.cls_to_become

    def share_memory_(self):
        """Move to memory that processes share, which there is none to move to."""
        raise RuntimeError(
            "Can't share memory on an uninitialized parameter or buffer. Call `forward` to initialize the parameters "
            "before calling `module.share_memory()`."
        )

    def detach(self):
        """The same; there is no history to leave."""
        return self

    def is_floating_point(self) -> bool:
        """Whether the elements will be floating point numbers."""
        return self.data.is_floating_point()

    def is_complex(self) -> bool:
        """Whether the elements will be complex numbers."""
        return self.data.is_complex()

    def __repr__(self, *, tensor_contents=None):
        return f"<{type(self).__name__}>"

    def __deepcopy__(self, memo):
        if id(self) not in memo:
            memo[id(self)] = type(self)(self.needs, self.device, self.dtype)
        return memo[id(self)]

    def __reduce_ex__(self, protocol):
        return uninitialized, (isinstance(self, Parameter), self.needs, self.device, self.dtype)


def moved_by(name):
    """A method that casts or moves, for what has no elements."""

    def move(self, *args, **kwargs):
        there = getattr(self.data, name)(*args, **kwargs)
        return type(self)(self.needs, there.device, there.dtype)

    move.__name__, move.__doc__ = name, f"`Tensor.{name}`, of what has no elements yet."
    return move


for each in ("to", "cpu", "cuda", "type", "half", "float", "double", "bfloat16"):
    setattr(UninitializedTensorMixin, each, moved_by(each))


class UninitializedParameter(UninitializedTensorMixin, Parameter):
    """A parameter whose size is known once `materialize(shape)` is called; a module that is lazy calls it."""

    cls_to_become = Parameter

    def __new__(cls, requires_grad: bool = True, device=None, dtype=None):
        return without_elements(cls, requires_grad, device, dtype)


class UninitializedBuffer(UninitializedTensorMixin, Buffer):
    """A buffer whose size is known once `materialize(shape)` is called."""

    cls_to_become = Tensor

    def __new__(cls, requires_grad: bool = False, device=None, dtype=None, persistent: bool = True):
        made = without_elements(cls, requires_grad, device, dtype)
        made.persistent = persistent
        return made


def without_elements(cls, requires_grad, device, dtype):
    """An uninitialized tensor of a class."""
    place = resolve(device)
    dtype = get_default_dtype() if dtype is None else dtype
    return subclassed(cls, wrap(place.xp.empty((0,), dtype.numpy), place), requires_grad)


def uninitialized(learned, *settings):
    """An uninitialized parameter or buffer, for pickle, which by its name would find PyTorch's class."""
    return (UninitializedParameter if learned else UninitializedBuffer)(*settings)


def is_lazy(param) -> bool:
    """Whether a tensor waits for its size."""
    return isinstance(param, UninitializedTensorMixin)


def subclassed(cls, data, requires_grad):
    """A leaf of a class of tensors, in the memory of `data`, whose version is counted together."""
    if data is None:
        data = wrap(CPU.xp.empty((0,), get_default_dtype().numpy), CPU)
    made = data.detach()
    if made._operate is not None:
        raise NotImplementedError(f"{cls.__name__}: tinytorch has no sparse ones; let its values be one")
    if requires_grad and made.dtype.category < FLOAT:
        raise RuntimeError("Only Tensors of floating point and complex dtype can require gradients")
    made.__class__ = cls
    return made.requires_grad_() if requires_grad else made


def rebuild_parameter(values, layout, device, requires_grad, attributes):
    """A parameter from its pickled parts."""
    return rebuild(Parameter, values, layout, device, requires_grad, attributes)


for each in (Parameter, Buffer, UninitializedTensorMixin, UninitializedParameter, UninitializedBuffer):
    each.__module__ = "torch.nn.parameter"
TENSORS.update((Parameter, Buffer))  # operations take them without asking further
