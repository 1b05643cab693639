"""Under which name each public function stands: where users write it is where `help` and pickle find it.

PyTorch's functions name the module `torch`; ours name this package in its place, as pickle looks a function up there.
"""

import sys
import types

from tinytorch.rooms import DOORS, name_function


def name_functions():
    """Give each function of the doors, and each method of Tensor, the first place where it stands."""
    named = set()
    doors = [(door, "", vars(sys.modules[door])) for door in DOORS if door in sys.modules]
    for module, prefix, members in [*doors, ("tinytorch", "Tensor.", vars(sys.modules["tinytorch"].Tensor))]:
        for name, value in members.items():
            if type(value) is not types.FunctionType or value in named:
                continue
            if value.__name__ == name or members.get(value.__name__) is not value:
                named.add(value)
                name_function(value, module, name, prefix)


name_functions()
