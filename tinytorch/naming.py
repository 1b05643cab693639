"""Under which name each public function stands: where users write it is where `help` and pickle find it.

PyTorch's functions name the module `torch`; ours name this package in its place, as pickle looks a function up there.
"""

import sys
import types

from tinytorch.codes import copies, copy_of
from tinytorch.rooms import DOORS, name_function


def name_functions():
    """Give each function of the doors, and each method of Tensor, the first place where it stands.

    A method, or a second name, of what stands elsewhere is a function of its own, as it is in PyTorch.
    """
    places = {}
    tensor = sys.modules["tinytorch"].Tensor
    doors = [(door, "", sys.modules[door]) for door in DOORS if door in sys.modules]
    rooms = [*doors, ("tinytorch", "Tensor.", tensor)]
    for module, prefix, room in rooms:
        members = vars(room)
        for name, value in members.items():
            if type(value) is not types.FunctionType or value in places:
                continue
            if value.__name__ == name or members.get(value.__name__) is not value:
                places[value] = module, prefix + name
                name_function(value, module, name, prefix)
    for module, prefix, room in rooms:
        for name, value in list(vars(room).items()) if module != DOORS[-1] else ():
            if type(value) is types.FunctionType and places[value] != (module, prefix + name):
                other = copy_of(value)
                setattr(room, name, other)
                copies.setdefault(value, []).append(other)
                name_function(other, module, name, prefix)


name_functions()
