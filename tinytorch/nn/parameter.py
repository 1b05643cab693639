"""Parameters and buffers: tensors that a module takes notice of when they are assigned to it."""

from tinytorch.devices import CPU
from tinytorch.dtypes import FLOAT, get_default_dtype
from tinytorch.printing import parameter_repr
from tinytorch.tensor import TENSORS, Tensor, attributes, rebuild, wrap


class Parameter(Tensor):
    """A tensor that a module learns: a leaf in the memory of `data`, which requires grad unless told otherwise.

    A RuntimeError if a gradient is wanted of integers or booleans.
    """

    def __new__(cls, data: Tensor | None = None, requires_grad: bool = True):
        return subclassed(cls, data, requires_grad)

    def __repr__(self, *, tensor_contents=None):
        return parameter_repr(self)

    def __deepcopy__(self, memo):
        if id(self) not in memo:
            memo[id(self)] = type(self)(self.data.clone(), self.requires_grad)
        return memo[id(self)]

    def __reduce_ex__(self, protocol):
        return rebuild_parameter, (self.device.to_numpy(self.array), self.device, self.needs, attributes(self))


class Buffer(Tensor):
    """A tensor that belongs to a module's state and is not learned; `persistent` says whether `state_dict` has it."""

    def __new__(cls, data: Tensor | None = None, *, persistent: bool = True):
        made = subclassed(cls, data, data is not None and data.requires_grad)
        made.persistent = persistent
        return made


def subclassed(cls, data, requires_grad):
    """A leaf of a class of tensors, in the memory of `data`, whose version is counted together."""
    if data is None:
        data = wrap(CPU.xp.empty((0,), get_default_dtype().numpy), CPU)
    made = data.detach()
    if requires_grad and made.dtype.category < FLOAT:
        raise RuntimeError("Only Tensors of floating point and complex dtype can require gradients")
    made.__class__ = cls
    return made.requires_grad_() if requires_grad else made


def rebuild_parameter(values, device, requires_grad, attributes):
    """A parameter from its pickled parts."""
    return rebuild(Parameter, values, device, requires_grad, attributes)


Parameter.__module__ = Buffer.__module__ = "torch.nn.parameter"
TENSORS.update((Parameter, Buffer))  # operations take them without asking further
