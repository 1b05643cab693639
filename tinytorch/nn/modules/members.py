"""What belongs to a module: parameters, buffers and modules are registered by assignment and found again by name."""

import types
from collections.abc import Iterator

from tinytorch.nn.modules.hooks_for_all import as_registered
from tinytorch.nn.parameter import Buffer, Parameter
from tinytorch.tensor import Tensor


class Members:
    """The part of a module that holds its parameters, buffers and modules."""

    def __setattr__(self, name, value):
        attributes = self.__dict__
        if "_parameters" not in attributes:
            for kind, title in ((Parameter, "parameters"), (Members, "module"), (Buffer, "buffer")):
                if isinstance(value, kind):
                    raise AttributeError(f"cannot assign {title} before Module.__init__() call")
            object.__setattr__(self, name, value)
        elif isinstance(value, Parameter):
            self._forget(name, but="_parameters")
            self.register_parameter(name, value)
        elif name in attributes["_parameters"]:
            if value is not None:
                raise cannot_assign(value, f"as parameter '{name}' (torch.nn.Parameter or None expected)")
            self.register_parameter(name, None)
        elif isinstance(value, Members):
            self._forget(name, but="_modules")
            attributes["_modules"][name] = as_registered("module", self, name, value)
        elif name in attributes["_modules"]:
            if value is not None:
                raise cannot_assign(value, f"as child module '{name}' (torch.nn.Module or None expected)")
            attributes["_modules"][name] = as_registered("module", self, name, None)
        elif name in attributes["_buffers"] or isinstance(value, Buffer):
            if value is not None and not isinstance(value, Tensor):
                raise cannot_assign(value, f"as buffer '{name}' (torch.nn.Buffer, torch.Tensor or None expected)")
            lasting = value.persistent if isinstance(value, Buffer) else name not in self._non_persistent_buffers_set
            self.register_buffer(name, value, lasting)
        else:
            object.__setattr__(self, name, value)

    def _forget(self, name, but):
        """Give a name free that something else of this module has; members of the kind `but` keep their place."""
        self.__dict__.pop(name, None)
        for kind in KINDS:
            if kind != but:
                self.__dict__[kind].pop(name, None)
        self._non_persistent_buffers_set.discard(name)

    def __delattr__(self, name):
        for kind in KINDS:
            if name in self.__dict__[kind]:
                del self.__dict__[kind][name]
                self._non_persistent_buffers_set.discard(name)
                return
        object.__delattr__(self, name)

    def register_buffer(self, name: str, tensor: Tensor | None, persistent: bool = True) -> None:
        """Make a tensor a part of the module's state that is not learned; `state_dict` has it if `persistent`.

        An AttributeError before `Module.__init__()`, a KeyError for a name that cannot be, a TypeError for no tensor.
        """
        self._check_name("buffer", name, "_buffers")
        if tensor is not None and not isinstance(tensor, Tensor):
            raise TypeError(
                f"cannot assign '{typename(tensor)}' object to buffer '{name}' (torch Tensor or None required)"
            )
        self._buffers[name] = as_registered("buffer", self, name, tensor)
        if persistent:
            self._non_persistent_buffers_set.discard(name)
        else:
            self._non_persistent_buffers_set.add(name)

    def register_parameter(self, name: str, param: Parameter | None) -> None:
        """Make a parameter a part of the module, as assigning it does.

        An AttributeError before `Module.__init__()`, a KeyError for a name that cannot be, a TypeError for no
        parameter,
        a ValueError for one that was computed.
        """
        self._check_name("parameter", name, "_parameters")
        if param is not None and not isinstance(param, Parameter):
            raise TypeError(
                f"cannot assign '{typename(param)}' object to parameter '{name}' (torch.nn.Parameter or None required)"
            )
        if param is not None and param.grad_fn is not None:
            raise ValueError(
                f"Cannot assign non-leaf Tensor to parameter '{name}'. Model parameters must be created explicitly. To "
                f"express '{name}' as a function of another Tensor, compute the value in the forward() method."
            )
        self._parameters[name] = None if param is None else as_registered("parameter", self, name, param)

    def _check_name(self, kind, name, members):
        """Refuse a name that no parameter or buffer can have."""
        if members not in self.__dict__:
            raise AttributeError(f"cannot assign {kind} before Module.__init__() call")
        if not isinstance(name, str):
            raise TypeError(f"{kind} name should be a string. Got {typename(name)}")
        if "." in name:
            raise KeyError(f'{kind} name can\'t contain "."')
        if name == "":
            raise KeyError(f'{kind} name can\'t be empty string ""')
        if name not in self.__dict__[members] and hasattr(self, name):
            raise KeyError(f"attribute '{name}' already exists")

    def add_module(self, name: str, module: "Members | None") -> None:
        """Put a module below this one, as assigning it does; a TypeError for no module, a KeyError for a wrong name."""
        if module is not None and not isinstance(module, Members):
            raise TypeError(f"{typename(module)} is not a Module subclass")
        if not isinstance(name, str):
            raise TypeError(f"module name should be a string. Got {typename(name)}")
        if name not in self._modules and hasattr(self, name):
            raise KeyError(f"attribute '{name}' already exists")
        if "." in name:
            raise KeyError(f'module name can\'t contain ".", got: {name}')
        if name == "":
            raise KeyError('module name can\'t be empty string ""')
        self._modules[name] = as_registered("module", self, name, module)

    def register_module(self, name: str, module: "Members | None") -> None:
        """The same as `add_module`."""
        self.add_module(name, module)

    def get_submodule(self, target: str):
        """The module of a path such as `encoder.0`; an AttributeError if there is none."""
        module = self
        for name in target.split(".") if target else ():
            module = attribute(module, name)
            if not isinstance(module, Members):
                raise AttributeError(f"`{name}` is not an nn.Module")
        return module

    def set_submodule(self, target: str, module: "Members", strict: bool = False) -> None:
        """Put a module at a path such as `encoder.0`; with `strict` only in the place of one that is there.

        A ValueError for no path or no module, an AttributeError for a path that leads to something else.
        """
        if target == "":
            raise ValueError("Cannot set the submodule without a target name!")
        if not isinstance(module, Members):
            raise ValueError(f"`module` is not an nn.Module, found {type(module)}")
        path, _, name = target.rpartition(".")
        parent = self.get_submodule(path)
        if (strict or hasattr(parent, name)) and not isinstance(attribute(parent, name), Members):
            raise AttributeError(f"`{name}` is not an nn.Module")
        setattr(parent, name, module)

    def get_parameter(self, target: str) -> Parameter:
        """The parameter of a path such as `encoder.0.weight`; an AttributeError if there is none."""
        path, _, name = target.rpartition(".")
        found = attribute(self.get_submodule(path), name)
        if not isinstance(found, Parameter):
            raise AttributeError(f"`{name}` is not an nn.Parameter")
        return found

    def get_buffer(self, target: str) -> Tensor:
        """The buffer of a path such as `norm.running_mean`; an AttributeError if there is none."""
        path, _, name = target.rpartition(".")
        module = self.get_submodule(path)
        found = attribute(module, name)
        if name not in module._buffers:
            raise AttributeError(f"`{name}` is not a buffer")
        return found

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

    def children(self) -> Iterator["Members"]:
        """The modules directly below this one, each once."""
        for _, module in self.named_children():
            yield module

    def named_children(self) -> Iterator[tuple[str, "Members"]]:
        """The modules directly below this one with their names, each once."""
        seen = set()
        for name, module in self._modules.items():
            if module is not None and module not in seen:
                seen.add(module)
                yield name, module

    def modules(self, remove_duplicate: bool = True) -> Iterator["Members"]:
        """This module and all below it, each once unless told otherwise."""
        for _, module in self.named_modules(remove_duplicate=remove_duplicate):
            yield module

    def named_modules(
        self, memo: set | None = None, prefix: str = "", remove_duplicate: bool = True
    ) -> Iterator[tuple[str, "Members"]]:
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


KINDS = ("_parameters", "_buffers", "_modules")


def attribute(module, name):
    """A module's attribute, or PyTorch's error."""
    if not hasattr(module, name):
        raise AttributeError(f"{type(module).__name__} has no attribute `{name}`")
    return getattr(module, name)


def typename(obj):
    """What PyTorch calls the type of an object in messages: `torch.FloatTensor`, `int`."""
    if isinstance(obj, Tensor):
        return f"torch.{obj.dtype.title}Tensor"
    if isinstance(obj, types.ModuleType):
        return obj.__name__
    named = obj if hasattr(obj, "__qualname__") else type(obj)
    room = getattr(obj, "__module__", "builtins")
    return named.__qualname__ if room in (None, "builtins") else f"{room}.{named.__qualname__}"


def cannot_assign(value, rest):
    """What cannot be assigned to a name that a member has."""
    return TypeError(f"cannot assign '{typename(value)}' {rest}")


Members.__module__ = "torch.nn.modules.module"
