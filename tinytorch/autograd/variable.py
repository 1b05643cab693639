"""Variable: the name under which older programs make a tensor that wants a gradient, or ask what one is."""

import warnings

from tinytorch.ops.create import empty
from tinytorch.tensor import Tensor


class VariableType(type):
    """The class of Variable: every tensor is an instance, and a call gives a tensor."""

    def __instancecheck__(cls, instance):
        return isinstance(instance, Tensor)

    def __call__(cls, data=None, requires_grad=False, volatile=None):
        if volatile is not None:
            warnings.warn(
                "volatile was removed and now has no effect. Use `with torch.no_grad():` instead.",
                UserWarning,
                stacklevel=2,
            )
        if data is None:
            made = empty(0)
        elif isinstance(data, Tensor):
            made = data.detach()
        else:
            raise TypeError(f"Variable data has to be a tensor, but got {type(data).__name__}")
        return made.requires_grad_(requires_grad) if requires_grad else made


class Variable(metaclass=VariableType):
    """`Variable(tensor, requires_grad=True)` is a tensor of the same values without history; a TypeError for others."""


Variable.__module__ = "torch.autograd.variable"
