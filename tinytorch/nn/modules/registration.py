"""What assigning to a module means: parameters, buffers and modules are registered, anything else is an attribute."""

from tinytorch.nn.parameter import Buffer, Parameter
from tinytorch.tensor import Tensor

KINDS = ("_parameters", "_buffers", "_modules")


def set_attribute(self, name, value):
    """`module.name = value`."""
    kind = type(value)
    attributes = self.__dict__
    if kind is Parameter or isinstance(value, Parameter):
        if "_parameters" not in attributes:
            raise AttributeError("cannot assign parameters before Module.__init__() call")
        forget(self, name, "_parameters")
        self.register_parameter(name, value)
    elif "_parameters" not in attributes and not isinstance(value, is_module()):
        object.__setattr__(self, name, value)
    elif name in attributes.get("_parameters", ()):
        if value is not None:
            raise TypeError(
                f"cannot assign '{typename(value)}' as parameter '{name}' (torch.nn.Parameter or None expected)"
            )
        self.register_parameter(name, value)
    elif isinstance(value, is_module()):
        if "_modules" not in attributes:
            raise AttributeError("cannot assign module before Module.__init__() call")
        forget(self, name, "_modules")
        self._modules[name] = value
    elif name in self._modules:
        if value is not None:
            raise TypeError(
                f"cannot assign '{typename(value)}' as child module '{name}' (torch.nn.Module or None expected)"
            )
        self._modules[name] = value
    elif name in self._buffers or isinstance(value, Buffer):
        if value is not None and not isinstance(value, Tensor):
            raise TypeError(
                f"cannot assign '{typename(value)}' as buffer '{name}' (torch.nn.Buffer, torch.Tensor or None expected)"
            )
        lasting = value.persistent if isinstance(value, Buffer) else name not in self._non_persistent_buffers_set
        self.register_buffer(name, value, lasting)
    else:
        object.__setattr__(self, name, value)
