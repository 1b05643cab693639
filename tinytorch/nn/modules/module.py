"""The Module: what is done to all of a network at once, how it is copied and pickled, and how it prints."""

import importlib
import warnings
from collections.abc import Callable

from tinytorch import dtypes
from tinytorch.devices import device as device_class
from tinytorch.devices import resolve
from tinytorch.modes import no_grad
from tinytorch.nn.modules.calls import Calls
from tinytorch.nn.modules.compiling import check_compile
from tinytorch.nn.modules.hooks_for_all import (  # which stand here in PyTorch
    register_module_backward_hook,
    register_module_buffer_registration_hook,
    register_module_forward_hook,
    register_module_forward_pre_hook,
    register_module_full_backward_hook,
    register_module_full_backward_pre_hook,
    register_module_module_registration_hook,
    register_module_parameter_registration_hook,
)
from tinytorch.nn.modules.members import Members
from tinytorch.nn.modules.state import State
from tinytorch.nn.modules.state import _IncompatibleKeys as _IncompatibleKeys
from tinytorch.tensor import Tensor

__all__ = [
    "Module",
    "register_module_backward_hook",
    "register_module_buffer_registration_hook",
    "register_module_forward_hook",
    "register_module_forward_pre_hook",
    "register_module_full_backward_hook",
    "register_module_full_backward_pre_hook",
    "register_module_module_registration_hook",
    "register_module_parameter_registration_hook",
]


class Module(Calls, Members, State):
    """The base of all networks: parameters, buffers and modules that are assigned to it belong to it from then on.

    A subclass calls `super().__init__()` first and has a method `forward`, which a call of the module runs.

    >>> import tinytorch as torch
    >>> class Twice(torch.nn.Module):
    ...     def __init__(self):
    ...         super().__init__()
    ...         self.linear = torch.nn.Linear(2, 2)
    ...
    ...     def forward(self, input):
    ...         return self.linear(self.linear(input))
    >>> Twice()
    Twice(
      (linear): Linear(in_features=2, out_features=2, bias=True)
    )
    """

    dump_patches = False
    training: bool
    call_super_init = False

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        if cls.__module__.startswith("tinytorch.nn."):  # ours have PyTorch's names
            cls.__module__ = cls.__module__.removeprefix("tiny")

    def __init__(self, *args, **kwargs) -> None:
        if not self.call_super_init and (args or kwargs):
            if kwargs:
                raise TypeError(
                    f"{type(self).__name__}.__init__() got an unexpected keyword argument '{next(iter(kwargs))}'"
                )
            raise TypeError(
                f"{type(self).__name__}.__init__() takes 1 positional argument but {len(args) + 1} were given"
            )
        self.__dict__.update(training=True, _parameters={}, _buffers={}, _non_persistent_buffers_set=set(), _modules={})
        if self.call_super_init:
            super().__init__(*args, **kwargs)

    def apply(self, fn: Callable[["Module"], None]):
        """Call `fn` on every module below this one, and last on it; the module itself is returned."""
        for module in self.children():
            module.apply(fn)
        fn(self)
        return self

    def _apply(self, fn, recurse=True):
        """Replace the values of parameters, their gradients and buffers by what `fn` makes of them."""
        if recurse:
            for module in self.children():
                module._apply(fn)
        with no_grad():
            for parameter in self._parameters.values():
                if parameter is not None:
                    gradient = parameter.grad
                    parameter.data = fn(parameter)
                    if gradient is not None:
                        gradient.data = fn(gradient)
            for name, buffer in self._buffers.items():
                if buffer is not None:
                    self._buffers[name] = fn(buffer)
        return self

    def to(self, *args, **kwargs):
        """Move to a device, or cast what is floating point to a dtype, or both, perhaps those of a tensor.

        A `memory_format` is that of all tensors of 4 and 5 dimensions. A TypeError for a dtype that is neither floating
        point nor complex.
        """
        place, dtype, non_blocking = destination(*args, **kwargs)
        memory_format = kwargs.get("memory_format")

        def moved(tensor):
            asked = dtype if tensor.is_floating_point() or tensor.is_complex() else None
            laid_out = {"memory_format": memory_format} if memory_format is not None and tensor.ndim in (4, 5) else {}
            if tensor.is_meta and place is not None and place.type != "meta":
                raise NotImplementedError(
                    "Cannot copy out of meta tensor; no data! Please use torch.nn.Module.to_empty() instead of "
                    "torch.nn.Module.to() when moving module from meta to a different device."
                )
            return tensor.to(place or tensor.device, asked or tensor.dtype, non_blocking, **laid_out)

        return self._apply(moved)

    def cpu(self):
        """Move to the CPU."""
        return self._apply(lambda tensor: tensor.cpu())

    def cuda(self, device=None):
        """Move to the current GPU, or to GPU `device`."""
        return self._apply(lambda tensor: tensor.cuda(device))

    def type(self, dst_type):
        """Cast everything to a dtype."""
        return self._apply(lambda tensor: tensor.type(dst_type))

    def float(self):
        """Cast what is floating point to float32."""
        return self._apply(lambda tensor: tensor.float() if tensor.is_floating_point() else tensor)

    def double(self):
        """Cast what is floating point to float64."""
        return self._apply(lambda tensor: tensor.double() if tensor.is_floating_point() else tensor)

    def half(self):
        """Cast what is floating point to float16."""
        return self._apply(lambda tensor: tensor.half() if tensor.is_floating_point() else tensor)

    def bfloat16(self):
        """Cast what is floating point to bfloat16."""
        return self._apply(lambda tensor: tensor.bfloat16() if tensor.is_floating_point() else tensor)

    def to_empty(self, *, device, recurse: bool = True):
        """Move to a device without the values, which are undefined then."""
        return self._apply(lambda tensor: tensor.new_empty(tensor.shape, device=device), recurse=recurse)

    def share_memory(self):
        """Move parameters and buffers to memory that processes share, as `Tensor.share_memory_` does."""
        return self._apply(lambda tensor: tensor.share_memory_())

    def train(self, mode: bool = True):
        """Switch to training, or with False to evaluation; a ValueError if `mode` is not a bool."""
        if not isinstance(mode, bool):
            raise ValueError("training mode is expected to be boolean")
        self.training = mode
        for module in self.children():
            module.train(mode)
        return self

    def eval(self):
        """Switch to evaluation, which `Dropout` and `BatchNorm1d` take notice of."""
        return self.train(False)

    def requires_grad_(self, requires_grad: bool = True):
        """Say of all parameters whether a gradient is wanted."""
        for parameter in self.parameters():
            parameter.requires_grad_(requires_grad)
        return self

    def compile(self, *args, **kwargs) -> None:
        """Say, with the arguments of `torch.compile`, that calls are to be compiled: they run as they are.

        A RuntimeError for a mode or a backend that PyTorch does not know.
        """
        check_compile(*args, **kwargs)

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget the gradients of all parameters, or with False set them to zero."""
        for parameter in self.parameters():
            gradient = parameter.grad
            if gradient is None:
                continue
            if set_to_none:
                parameter.grad = None
                continue
            if gradient.grad_fn is not None:
                gradient.detach_()
            else:
                gradient.requires_grad_(False)
            gradient.zero_()

    def _replicate_for_data_parallel(self):
        """A copy without parameters, for which values of them are put in their place."""
        replica = self.__new__(type(self))
        replica.__dict__.update(self.__dict__)
        replica.__dict__.update(_parameters={}, _buffers=self._buffers.copy(), _modules=self._modules.copy())
        replica.__dict__.update(_is_replica=True, _former_parameters={})
        return replica

    def __reduce_ex__(self, protocol):
        make, (cls, *arguments), *rest = super().__reduce_ex__(max(protocol, 2))
        del make
        ours = cls.__module__.startswith(("torch.nn.", "torch.optim."))
        return new_module, (f"{cls.__module__}:{cls.__qualname__}" if ours else cls, *arguments), *rest

    def __setstate__(self, state):
        self.__dict__.update(state)

    # How it prints

    def _get_name(self):
        return type(self).__name__

    def extra_repr(self) -> str:
        """What the printed module says between its brackets, before the modules below it."""
        return ""

    def __repr__(self) -> str:
        extra = self.extra_repr()
        lines = extra.split("\n") if extra else []
        children = [f"({name}): {indented(repr(module))}" for name, module in self._modules.items()]
        if len(lines) == 1 and not children:
            return f"{self._get_name()}({lines[0]})"
        return f"{self._get_name()}({bracketed(lines + children)})"


def indented(text):
    """A text whose lines after the first stand two further in."""
    return text.replace("\n", "\n  ")


def _addindent(s_: str, numSpaces: int) -> str:
    """A text whose lines after the first stand further in."""
    return s_.replace("\n", "\n" + " " * numSpaces)


def bracketed(lines):
    """Lines of their own between brackets; nothing for none."""
    return "\n  " + "\n  ".join(lines) + "\n" if lines else ""


def destination(*args, **kwargs):
    """The device, the dtype and whether to go on at once, of the arguments of `to`; None for what is not said."""
    unknown = kwargs.keys() - {"device", "dtype", "tensor", "non_blocking", "memory_format"}
    if unknown or len(args) > 3:
        raise TypeError("to() received an invalid combination of arguments")
    place, dtype = kwargs.get("device"), kwargs.get("dtype")
    others = []
    for each in (kwargs.get("tensor"), *args):
        if isinstance(each, Tensor):
            place, dtype = each.device, each.dtype
        elif isinstance(each, dtypes.dtype):
            dtype = each
        elif isinstance(each, str | device_class) or type(each) is int:
            place = each
        elif each is not None:
            others.append(each)
    if len(others) > 1 or any(type(each) is not bool for each in others):
        raise TypeError("to() received an invalid combination of arguments")
    if dtype is not None and dtype.category < dtypes.FLOAT:
        raise TypeError(f"nn.Module.to only accepts floating point or complex dtypes, but got desired dtype={dtype}")
    if dtype is not None and dtype.category > dtypes.FLOAT:
        warnings.warn(
            "Complex modules are a new feature under active development whose design may change, and some modules "
            "might not work as expected when using complex tensors as parameters or buffers. Please file an issue at "
            "https://github.com/pytorch/pytorch/issues/new?template=bug-report.yml if a complex module does not work "
            "as expected.",
            stacklevel=3,
        )
    return None if place is None else resolve(place), dtype, kwargs.get("non_blocking", bool(others and others[0]))


def new_module(cls, *arguments):
    """An empty module of a class, for pickle; a class of ours is given by PyTorch's name of it."""
    if isinstance(cls, str):
        room, _, name = cls.partition(":")
        cls = getattr(importlib.import_module(room.replace("torch", "tinytorch", 1)), name)
    return cls.__new__(cls, *arguments)


Module.__module__ = "torch.nn.modules.module"
