"""How what tinytorch lacks stands under PyTorch's names: programs can import it, and are refused where they use it."""

import sys
import types


def stand_in(module, name, what):
    """A function or, under a capital, a class of that name, whose call says in a NotImplementedError what there is
    not; of the class others can be derived, and nothing is an instance of it."""
    place = f"torch.{module.split('.', 1)[1]}"
    message = f"{place}.{name}: tinytorch has no {what}"

    def refuse(*args, **settings):
        raise NotImplementedError(message)

    if name.rpartition(".")[2].lstrip("_")[:1].isupper():
        made = type(name, (), {"__new__": refuse, "__doc__": f"Absent: tinytorch has no {what}."})
    else:
        made, refuse.__doc__ = refuse, f"Absent: tinytorch has no {what}."
        made.__name__ = name.rpartition(".")[2]
    made.__module__, made.__qualname__ = module, name
    return made


def stand_ins(module, what, names):
    """Put a stand-in for each name into a module; `Class.name` is a function of a class that stands before it."""
    room = sys.modules[module]
    for name in names.split():
        owner, _, last = name.rpartition(".")
        setattr(getattr(room, owner) if owner else room, last, stand_in(module, name, what))


def rooms(module, what, table):
    """Make the rooms below a module, of which `table` has the dotted name, "" for the module itself, and the names in
    it; they can be imported as if each were a file."""
    sys.modules[module].__dict__.setdefault("__path__", [])
    for room, names in table.items():
        path = module
        for part in filter(None, room.split(".")):
            above, path = sys.modules[path], f"{path}.{part}"
            if path not in sys.modules:
                made = sys.modules[path] = types.ModuleType(path, f"Absent: tinytorch has no {what}.")
                made.__path__ = []
                setattr(above, part, made)
        stand_ins(path, what, names)
