"""The Module: how networks are put together, found again, moved, called and printed."""

import importlib
from collections import OrderedDict
from collections.abc import Callable, Iterator

from tinytorch import dtypes
from tinytorch.devices import device as device_class
from tinytorch.devices import resolve
from tinytorch.modes import no_grad
from tinytorch.nn.modules import calls, registration, state
from tinytorch.nn.parameter import Buffer, Parameter
from tinytorch.tensor import Tensor


class Module:
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

    training: bool
    call_super_init = False
    _version = 1  # what `state_dict` says of the form of its entries
    _hooks = None  # kind -> hooks, once there is one

    def __init__(self, *args, **kwargs) -> None:
        if not self.call_super_init and (args or kwargs):
            if kwargs:
                raise TypeError(
                    f"{type(self).__name__}.__init__() got an unexpected keyword argument '{next(iter(kwargs))}'"
                )
            raise TypeError(
                f"{type(self).__name__}.__init__() takes 1 positional argument but {len(args) + 1} were given"
            )
        self.__dict__.update(
            training=True, _parameters={}, _buffers={}, _non_persistent_buffers_set=set(), _modules={}
        )
        if self.call_super_init:
            super().__init__(*args, **kwargs)

    def forward(self, *input):
        """What the module computes; every subclass says it."""
        raise NotImplementedError(f'Module [{type(self).__name__}] is missing the required "forward" function')

    def __call__(self, *args, **kwargs):
        if self._hooks is None:
            return self.forward(*args, **kwargs)
        return calls.call_with_hooks(self, args, kwargs)

    # What belongs to it

    __setattr__ = registration.set_attribute
    __delattr__ = registration.delete_attribute
    register_buffer = registration.register_buffer
    register_parameter = registration.register_parameter
    add_module = register_module = registration.add_module
    get_submodule = registration.get_submodule
    set_submodule = registration.set_submodule
    get_parameter = registration.get_parameter
    get_buffer = registration.get_buffer

    def __getattr__(self, name: str):
        attributes = self.__dict__
        for kind in ("_parameters", "_buffers", "_modules"):
            members = attributes.get(kind)
            if members is not None and name in members:
                return members[name]
        raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")

    def __dir__(self):
        own = [dir(type(self)), self.__dict__, self._parameters, self._modules, self._buffers]
        return sorted(name for names in own for name in names if not name[:1].isdigit())

    def parameters(self, recurse: bool = True) -> Iterator[Parameter]:
        """The parameters, each once, of this module and, with `recurse`, of all below it."""
        for _, parameter in self.named_parameters(recurse=recurse):
            yield parameter

    def named_parameters(
        self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Parameter]]:
        """The parameters with their names, such as `0.weight`, behind `prefix`."""
        return self._named_members(lambda module: module._parameters.items(), prefix, recurse, remove_duplicate)

    def buffers(self, recurse: bool = True) -> Iterator[Tensor]:
        """The buffers, each once, of this module and, with `recurse`, of all below it."""
        for _, buffer in self.named_buffers(recurse=recurse):
            yield buffer

    def named_buffers(
        self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Tensor]]:
        """The buffers with their names behind `prefix`."""
        return self._named_members(lambda module: module._buffers.items(), prefix, recurse, remove_duplicate)

    def _named_members(self, get_members_fn, prefix="", recurse=True, remove_duplicate=True):
        """The members that `get_members_fn` gives of each module, with their full names."""
        seen = set()
        modules = self.named_modules(prefix=prefix, remove_duplicate=remove_duplicate) if recurse else [(prefix, self)]
        for path, module in modules:
            for name, member in get_members_fn(module):
                if member is None or member in seen:
                    continue
                if remove_duplicate:
                    seen.add(member)
                yield path + ("." if path else "") + name, member

    def children(self) -> Iterator["Module"]:
        """The modules directly below this one, each once."""
        for _, module in self.named_children():
            yield module

    def named_children(self) -> Iterator[tuple[str, "Module"]]:
        """The modules directly below this one with their names, each once."""
        seen = set()
        for name, module in self._modules.items():
            if module is not None and module not in seen:
                seen.add(module)
                yield name, module

    def modules(self, remove_duplicate: bool = True) -> Iterator["Module"]:
        """This module and all below it, each once unless told otherwise."""
        for _, module in self.named_modules(remove_duplicate=remove_duplicate):
            yield module

    def named_modules(
        self, memo: set | None = None, prefix: str = "", remove_duplicate: bool = True
    ) -> Iterator[tuple[str, "Module"]]:
        """This module and all below it with their names behind `prefix`; those in `memo` are left out."""
        memo = set() if memo is None else memo
        if self in memo:
            return
        if remove_duplicate:
            memo.add(self)
        yield prefix, self
        for name, module in self._modules.items():
            if module is not None:
                yield from module.named_modules(memo, prefix + ("." if prefix else "") + name, remove_duplicate)

    # What is done to all of it

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
        """Move to a device, or cast what is floating point to a dtype, or both; a tensor stands for its device and dtype.

        A TypeError for a dtype that is neither floating point nor complex.
        """
        place, dtype, non_blocking = destination(*args, **kwargs)

        def moved(tensor):
            asked = dtype if tensor.is_floating_point() or tensor.is_complex() else None
            return tensor.to(place or tensor.device, asked or tensor.dtype, non_blocking)

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

    # Hooks

    register_forward_pre_hook = calls.register_forward_pre_hook
    register_forward_hook = calls.register_forward_hook
    register_state_dict_pre_hook = state.register_state_dict_pre_hook
    register_state_dict_post_hook = state.register_state_dict_post_hook
    register_load_state_dict_pre_hook = state.register_load_state_dict_pre_hook
    register_load_state_dict_post_hook = state.register_load_state_dict_post_hook

    # Saving and loading

    state_dict = state.state_dict
    load_state_dict = state.load_state_dict
    _save_to_state_dict = state.save_to_state_dict
    _load_from_state_dict = state.load_from_state_dict

    def get_extra_state(self):
        """What else `state_dict` should have; a subclass that says so says `set_extra_state` too."""
        raise RuntimeError(
            "Reached a code path in Module.get_extra_state() that should never be called. Please file an issue at "
            "https://github.com/pytorch/pytorch/issues/new?template=bug-report.yml to report this bug."
        )

    def set_extra_state(self, state) -> None:
        """Take back what `get_extra_state` gave."""
        raise RuntimeError(
            "Reached a code path in Module.set_extra_state() that should never be called. Please file an issue at "
            "https://github.com/pytorch/pytorch/issues/new?template=bug-report.yml to report this bug."
        )

    def __reduce_ex__(self, protocol):
        make, (cls, *arguments), *rest = super().__reduce_ex__(max(protocol, 2))
        del make
        name = f"{cls.__module__}:{cls.__qualname__}"
        return new_module, (name if cls.__module__.startswith("torch.nn.") else cls, *arguments), *rest

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
    return None if place is None else resolve(place), dtype, kwargs.get("non_blocking", bool(others and others[0]))


def new_module(cls, *arguments):
    """An empty module of a class, for pickle; a class of ours is given by PyTorch's name of it."""
    if isinstance(cls, str):
        room, _, name = cls.partition(":")
        cls = getattr(importlib.import_module(room.replace("torch", "tinytorch", 1)), name)
    return cls.__new__(cls, *arguments)


Module.__module__ = "torch.nn.modules.module"
__all__ = ["Buffer", "Module", "OrderedDict", "Parameter"]
