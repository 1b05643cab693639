"""Modules that hold modules: in a row, in a list, under names."""

import operator
import warnings
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, islice

from tinytorch.nn.modules.module import Module, bracketed, indented
from tinytorch.nn.modules.parameters import ParameterDict as ParameterDict  # which stand here in PyTorch
from tinytorch.nn.modules.parameters import ParameterList as ParameterList
from tinytorch.nn.modules.parameters import pairs


class Container(Module):
    """Modules under the names of the keywords, of a class that is deprecated, as a FutureWarning says."""

    def __init__(self, *args, **kwargs) -> None:
        warnings.warn(
            "`nn.Container` is deprecated. All of its functionality is now implemented in `nn.Module`. Subclass that "
            "instead.",
            FutureWarning,
            stacklevel=2,
        )
        super().__init__(*args)
        for name, module in kwargs.items():
            self.add_module(name, module)


class Numbered(Module):
    """Modules under the names 0, 1, 2 and so on; the base of `Sequential` and `ModuleList`."""

    def _key(self, index):
        """The name of the module at a place, which may be counted from the end."""
        index = operator.index(index)
        if not -len(self) <= index < len(self):
            raise IndexError(f"index {index} is out of range")
        return next(islice(self._modules, index % len(self), None))

    def __setitem__(self, idx: int, module: Module) -> None:
        setattr(self, self._key(idx), module)

    def __delitem__(self, idx: int | slice) -> None:
        for key in list(self._modules)[idx] if isinstance(idx, slice) else [self._key(idx)]:
            delattr(self, key)
        self._modules = {str(place): module for place, module in enumerate(self._modules.values())}

    def __len__(self) -> int:
        return len(self._modules)

    def __iter__(self) -> Iterator[Module]:
        return iter(self._modules.values())

    def append(self, module: Module):
        """Put a module at the end."""
        self.add_module(str(len(self)), module)
        return self

    def pop(self, key: int | slice):
        """Take the module at a place out, and give it back."""
        taken = self[key]
        del self[key]
        return taken

    def _make_room(self, index):
        """Move the modules from a place on one further."""
        for place in range(len(self), index, -1):
            self._modules[str(place)] = self._modules[str(place - 1)]


class Sequential(Numbered):
    """Modules one after the other: the output of each is the input of the next.

    >>> import tinytorch as torch
    >>> torch.nn.Sequential(torch.nn.Linear(4, 2), torch.nn.ReLU())
    Sequential(
      (0): Linear(in_features=4, out_features=2, bias=True)
      (1): ReLU()
    )
    """

    def __init__(self, *args) -> None:
        super().__init__()
        named = len(args) == 1 and isinstance(args[0], OrderedDict)
        for name, module in args[0].items() if named else enumerate(args):
            self.add_module(str(name) if not named else name, module)

    def forward(self, input):
        for module in self._modules.values():
            input = module(input)
        return input

    def __getitem__(self, idx: slice | int):
        if isinstance(idx, slice):
            return type(self)(OrderedDict(list(self._modules.items())[idx]))
        return self._modules[self._key(idx)]

    def __add__(self, other) -> "Sequential":
        check_sequential(other)
        return Sequential(*self, *other)

    def __iadd__(self, other):
        check_sequential(other)
        return self.extend(list(other))

    def __mul__(self, other: int) -> "Sequential":
        check_factor(self, other)
        return Sequential(*list(self) * other)

    __rmul__ = __mul__

    def __imul__(self, other: int):
        check_factor(self, other)
        return self.extend(list(self) * (other - 1))

    def insert(self, index: int, module: Module):
        """Put a module in front of the one at a place."""
        if not isinstance(module, Module):
            raise AssertionError(f"module should be of type: {Module}")
        if not -len(self) <= index <= len(self):
            raise IndexError(f"Index out of range: {index}")
        index += len(self) if index < 0 else 0
        self._make_room(index)
        self._modules[str(index)] = module
        return self

    def extend(self, sequential: Iterable[Module]):
        """Put the modules of another at the end."""
        for module in sequential:
            self.append(module)
        return self


def check_sequential(other):
    """Refuse to add what is no Sequential."""
    if not isinstance(other, Sequential):
        raise ValueError(f"add operator supports only objects of Sequential class, but {type(other)} is given.")


def check_factor(module, factor):
    """Refuse to repeat modules other than a positive number of times."""
    if not isinstance(factor, int):
        raise TypeError(f"unsupported operand type(s) for *: {type(module)} and {type(factor)}")
    if factor <= 0:
        raise ValueError(f"Non-positive multiplication factor {factor} for {type(module)}")


class ModuleList(Numbered):
    """A list of modules, which belong to the module that it is assigned to.

    >>> import tinytorch as torch
    >>> torch.nn.ModuleList([torch.nn.ReLU() for _ in range(3)])
    ModuleList(
      (0-2): 3 x ReLU()
    )
    """

    def __init__(self, modules: Iterable[Module] | None = None) -> None:
        super().__init__()
        if modules is not None:
            self.extend(modules)

    def __getitem__(self, idx: int | slice):
        if isinstance(idx, slice):
            return type(self)(list(self._modules.values())[idx])
        return self._modules[self._key(idx)]

    def __iadd__(self, modules: Iterable[Module]):
        return self.extend(modules)

    def __add__(self, other: Iterable[Module]) -> "ModuleList":
        return ModuleList(chain(self, other))

    def insert(self, index: int, module: Module) -> None:
        """Put a module in front of the one at a place."""
        self._make_room(index)
        self._modules[str(index)] = module

    def extend(self, modules: Iterable[Module]):
        """Put several modules at the end; a TypeError if they cannot be iterated over."""
        if not isinstance(modules, Iterable):
            raise TypeError(f"ModuleList.extend should be called with an iterable, but got {type(modules).__name__}")
        for place, module in enumerate(modules, start=len(self)):
            self.add_module(str(place), module)
        return self

    def __repr__(self) -> str:
        blocks = []  # text of equal modules, the first of them, the last of them
        for place, text in enumerate(map(repr, self)):
            if blocks and blocks[-1][0] == text:
                blocks[-1][2] = place
            else:
                blocks.append([text, place, place])
        lines = [
            indented(f"({first}): {text}" if first == last else f"({first}-{last}): {last - first + 1} x {text}")
            for text, first, last in blocks
        ]
        return f"{self._get_name()}({bracketed(lines)})"


class ModuleDict(Module):
    """Modules under names of one's own, which belong to the module that it is assigned to."""

    def __init__(self, modules: Mapping[str, Module] | None = None) -> None:
        super().__init__()
        if modules is not None:
            self.update(modules)

    def __getitem__(self, key: str) -> Module:
        return self._modules[key]

    def __setitem__(self, key: str, module: Module) -> None:
        self.add_module(key, module)

    def __delitem__(self, key: str) -> None:
        del self._modules[key]

    def __len__(self) -> int:
        return len(self._modules)

    def __iter__(self) -> Iterator[str]:
        return iter(self._modules)

    def __contains__(self, key: str) -> bool:
        return key in self._modules

    def clear(self) -> None:
        """Take all modules out."""
        self._modules.clear()

    def pop(self, key: str) -> Module:
        """Take a module out, and give it back."""
        return self._modules.pop(key)

    def keys(self):
        """The names."""
        return self._modules.keys()

    def items(self):
        """The names with their modules."""
        return self._modules.items()

    def values(self):
        """The modules."""
        return self._modules.values()

    def update(self, modules) -> None:
        """Put the modules of a mapping, or of pairs of name and module, under their names."""
        if not isinstance(modules, Iterable):
            raise TypeError(
                "ModuleDict.update should be called with an iterable of key/value pairs, but got "
                + type(modules).__name__
            )
        mapping = isinstance(modules, Mapping | ModuleDict)
        for key, module in modules.items() if mapping else pairs(modules, "ModuleDict"):
            self[key] = module
