"""The table of all operations: `python -m tinytorch.ops` prints what each is, needs and calls, one a line."""

import dis
import functools
import types

from tinytorch.declaration import registry
from tinytorch.devices.shapes import depends_on_data, kinds
from tinytorch.devices.vocabulary import kernels, references
from tinytorch.rooms import open_all

HEADER = ("room", "operation", "kind", "derivative for", "kernels", "devices", "forward mode")


@functools.cache
def called(function):
    """The names that a function reads as attributes, such as `xp.exp`, itself or in functions of the library that it
    calls."""
    names, inner = set(), set()
    for each in dis.get_instructions(function):
        if each.opname in ("LOAD_ATTR", "LOAD_METHOD"):
            names.add(each.argval)
        elif each.opname == "LOAD_GLOBAL" and is_ours(found := function.__globals__.get(each.argval)):
            inner.add(found)
    for each in inner - {function}:
        names |= called(each)
    return frozenset(names)


def is_ours(value):
    """Whether a global is a plain function of an operation's room."""
    return isinstance(value, types.FunctionType) and (value.__module__ or "").startswith("tinytorch.ops")


def kernels_of(op):
    """The kernels of ours that an operation calls, with the devices that have them compiled."""
    found = sorted(called(op.body) & references().keys())
    places = {name: " ".join([device for device in ("cpu", "cuda") if name in kernels(device)]) for name in found}
    return ", ".join([f"{name} ({places[name]})" for name in found])


def devices_of(op):
    """Where an operation runs: everywhere, unless the shape of its result depends on values, which meta has not."""
    needs_values = any(kinds.get(name) is depends_on_data for name in called(op.body))
    return "cpu cuda" if needs_values else "cpu cuda meta"


def forward_of(op):
    """How forward mode may treat an operation: a linear one maps tangents itself; others need their derivative."""
    return "" if not op.differentiable else "linear" if op.rule.linear else "derivative"


def row_of(op):
    """One line of the table."""
    room = op.body.__module__.rpartition(".")[2]
    return (room, op.name, op.kind, ", ".join(op.inputs), kernels_of(op), devices_of(op), forward_of(op))


def table():
    """The whole table as text, aligned, sorted by room, with a total at the end."""
    open_all("tinytorch.ops")
    rows = sorted([row_of(op) for op in registry.values()])
    widths = [max(map(len, column)) for column in zip(HEADER, *rows, strict=True)]
    rules = ["-" * width for width in widths]
    lines = [
        "  ".join([text.ljust(width) for text, width in zip(row, widths, strict=True)]).rstrip()
        for row in (HEADER, rules, *rows)
    ]
    return "\n".join([*lines, "", total(rows)])


def total(rows):
    """How many operations there are."""
    rooms = len({row[0] for row in rows})
    derivatives = [row[-1] for row in rows if row[-1]]
    linear = derivatives.count("linear")
    return f"{len(rows)} operations in {rooms} rooms, {len(derivatives)} with a derivative, {linear} of them linear"


if __name__ == "__main__":
    print(table())
