"""Schemas: what an operator of the program's own takes and gives, and how calls are bound to that."""

import ast
import re
from typing import NamedTuple

from tinytorch import dtypes
from tinytorch.devices import device
from tinytorch.tensor import Tensor

MISSING = object()
ARGUMENT = re.compile(r"(\w+)(\(\w+!?\))?((?:\?|\[\d*\])*)\s+(\w+)(?:\s*=\s*(.+))?", re.DOTALL)
NUMBERS = (bool, int, float, complex)
KINDS = {  # type in a schema -> (its name in messages, whether a value is of it, what the kernel gets)
    "Tensor": ("Tensor", lambda value: isinstance(value, Tensor), None),
    "int": ("int", lambda value: is_number(value, (bool, int)), int),
    "SymInt": ("int", lambda value: is_number(value, (bool, int)), int),
    "float": ("float", lambda value: is_number(value, (bool, int, float)), float),
    "bool": ("bool", lambda value: is_number(value, (bool, int)), bool),
    "str": ("str", lambda value: isinstance(value, str), None),
    "Scalar": ("number", lambda value: is_number(value, NUMBERS), None),
    "ScalarType": ("int", lambda value: isinstance(value, dtypes.dtype), None),
    "Device": ("Device", lambda value: isinstance(value, (str, device)), device),
}


class Argument(NamedTuple):
    """One argument of a schema: its type without `alias`, whether it is written to, and its default or MISSING."""

    name: str
    base: str
    alias: str
    suffix: str
    default: object
    kwarg_only: bool

    @property
    def is_write(self):
        return "!" in self.alias

    @property
    def takes_list(self):
        return "[" in self.suffix

    @property
    def type(self):
        return self.base + self.suffix

    def __str__(self):
        text = f"{self.base}{self.alias}{self.suffix} {self.name}"
        return text if self.default is MISSING else f"{text}={shown(self.default)}"

    def accept(self, value):
        """The value as a kernel gets it; a TypeError with the value that does not fit."""
        if value is None and "?" in self.suffix:
            return None
        if not self.takes_list:
            return self.accept_one(value)
        if re.search(r"\[\d+\]", self.suffix) and not isinstance(value, (list, tuple)):
            return [self.accept_one(value)]
        if not isinstance(value, (list, tuple)):
            raise TypeError(value)
        return [None if each is None and "?[" in self.suffix else self.accept_one(each) for each in value]

    def accept_one(self, value):
        _, fits, converted = KINDS[self.base]
        if not fits(value):
            raise TypeError(value)
        if converted is None:
            return value
        return converted(value.item() if isinstance(value, Tensor) else value)


class Schema:
    """What an operator takes and gives; `str` shows it as PyTorch does."""

    def __init__(self, name, arguments, returns):
        self.name, self.arguments, self.returns = name, arguments, returns
        self.positional = [each for each in arguments if not each.kwarg_only]
        self.keywords = [each for each in arguments if each.kwarg_only]

    @property
    def is_mutable(self):
        """Whether the operator writes to one of its arguments."""
        return any(each.is_write for each in self.arguments)

    def __str__(self):
        parts = [str(each) for each in self.positional]
        if self.keywords:
            parts += ["*", *map(str, self.keywords)]
        returns = self.returns[0] if len(self.returns) == 1 else f"({', '.join(self.returns)})"
        return f"{self.name}({', '.join(parts)}) -> {returns}"

    __repr__ = __str__

    def bind(self, args, kwargs):
        """The positional values, defaults filled in, and those by keyword alone; a RuntimeError in PyTorch's words."""
        title, count = self.name.partition(".")[0], len(self.positional)
        if len(args) + len(kwargs) > len(self.arguments):
            raise RuntimeError(
                f"{title}() expected at most {len(self.arguments)} argument(s) but received "
                f"{len(args) + len(kwargs)} argument(s). Declaration: {self}"
            )
        if len(args) > count:
            raise RuntimeError(
                f"{title}() takes {count} positional argument(s) but {len(args)} was/were given.  Declaration: {self}"
            )
        left, values = dict(kwargs), []
        for place, argument in enumerate([*self.positional, *self.keywords]):
            given = args[place] if place < len(args) else left.pop(argument.name, argument.default)
            if given is MISSING:
                raise RuntimeError(f"{title}() is missing value for argument '{argument.name}'. Declaration: {self}")
            try:
                values.append(argument.accept(given))
            except TypeError as error:
                raise self.mismatch(title, argument, place, given, error.args[0]) from None
        if left:
            name = next(iter(left))
            raise RuntimeError(f"Unknown keyword argument '{name}' for operator '{title}'. Schema: {self}")
        named = {each.name: value for each, value in zip(self.keywords, values[count:], strict=True)}
        return tuple(values[:count]), named

    def mismatch(self, title, argument, place, given, value):
        """The error for a value that is not of its argument's type."""
        expected = KINDS[argument.base][0]
        if argument.base == "Tensor":
            detail = f"Unable to cast {value!r} to Tensor"
        else:
            detail = (
                f"Unable to cast Python instance of type {type(value)} to C++ type '?' (#define "
                "PYBIND11_DETAILED_ERROR_MESSAGES or compile in debug mode for details)"
            )
        expected = f"List[{expected}]" if argument.takes_list else expected
        expected = f"Optional[{expected}]" if argument.suffix.endswith("?") else expected
        return RuntimeError(
            f"{title}() Expected a value of type '{expected}' for argument '{argument.name}' but instead found type "
            f"'{type(given).__name__}'.\nPosition: {place}\nValue: {given!r}\nDeclaration: {self}\n"
            f"Cast error details: {detail}"
        )


def parse(text):
    """The schema that a text like `name(Tensor x, int k=1) -> Tensor` describes; a RuntimeError for another text."""
    found = re.fullmatch(r"\s*([\w.:]*)\s*\((.*)\)\s*->\s*(.+?)\s*", text, re.DOTALL)
    if found is None:
        raise RuntimeError(f"expected a schema like 'name(Tensor x) -> Tensor', got {text!r}")
    name, inside, returns = found.groups()
    arguments, alone = [], False
    for part in pieces(inside):
        if part == "*":
            alone = True
            continue
        described = ARGUMENT.fullmatch(part)
        if described is None or described[1] not in KINDS:
            raise RuntimeError(f"unknown argument {part!r} in the schema {text!r}")
        base, alias, suffix, called, default = described.groups()
        value = MISSING if default is None else default_of(base, default.strip())
        arguments.append(Argument(called, base, alias or "", suffix, value, alone))
    returns = pieces(returns[1:-1]) if returns.startswith("(") else [returns]
    return Schema(name, arguments, returns)


def pieces(text):
    """The parts of a text between the commas that no bracket and no quotation mark encloses."""
    found, depth, quoted, start = [], 0, "", 0
    for place, sign in enumerate(text):
        if quoted:
            quoted = "" if sign == quoted else quoted
        elif sign in "\"'":
            quoted = sign
        elif sign == "," and depth == 0:
            found.append(text[start:place].strip())
            start = place + 1
        else:
            depth += (sign in "([") - (sign in ")]")
    last = text[start:].strip()
    return [*found, last] if last else found


def default_of(base, text):
    """The value that a default stands for."""
    if base == "ScalarType" and text != "None":
        return getattr(dtypes, text)
    value = ast.literal_eval(text)
    return float(value) if base == "float" and value is not None and not isinstance(value, list) else value


def shown(default):
    """A default as schemas show it."""
    if isinstance(default, str):
        return f'"{default}"'
    if isinstance(default, float):
        return f"{default:g}." if default.is_integer() else f"{default:g}"
    if isinstance(default, dtypes.dtype):
        return str(default).removeprefix("torch.")
    return str(default)


def is_number(value, kinds):
    """Whether a value is a number of these types, or a tensor of one element."""
    return isinstance(value, kinds) or (isinstance(value, Tensor) and value.ndim == 0 and not value.requires_grad)
