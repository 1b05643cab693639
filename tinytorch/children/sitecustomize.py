"""What a Python that a program started runs first: `torch` means tinytorch to it too, where it is of the same place."""

import os
import sys
from importlib.machinery import PathFinder
from types import ModuleType

folder = os.path.dirname(os.path.abspath(__file__))
sys.path[:] = [path for path in sys.path if path != folder]
if os.environ.get("TINYTORCH_AS_TORCH") == sys.prefix:
    spec = PathFinder.find_spec("tinytorch.entrance", [os.path.dirname(folder)])
    entrance = sys.modules[spec.name] = ModuleType(spec.name)  # alone: the library waits until the program asks for it
    entrance.__spec__, entrance.__file__ = spec, spec.origin
    spec.loader.exec_module(entrance)
    entrance.as_torch()

del sys.modules["sitecustomize"]
import sitecustomize  # noqa: E402, F401  the one that stands behind ours; Python is silent where there is none
