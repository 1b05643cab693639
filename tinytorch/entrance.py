"""How PyTorch programs find this library: what `torch` means to an import, here and in the processes started from here.

This file imports nothing of the library: a process that a program starts runs it first, and the library only when it
says `torch`.
"""

import importlib
import os
import sys
from importlib.machinery import ModuleSpec, PathFinder

ROOM = os.path.dirname(os.path.abspath(__file__))
PLACES = {  # what programs say -> the module that it means, and the folder in which that lies
    "torch": ("tinytorch", os.path.dirname(ROOM)),
    "torchvision": ("tinytorch.vision", ROOM),
    "functorch": ("tinytorch.functorch", ROOM),
}
CHILDREN = os.path.join(ROOM, "children")  # on PYTHONPATH, it opens the door to every Python that is started
PREFIX = "TINYTORCH_AS_TORCH"  # the environment's name for whose Pythons these are: others keep their own torch


def as_torch() -> None:
    """Let `torch` mean tinytorch in every import from here on, `torchvision` its vision, and so on; twice is once.

    Processes that are started by this environment's Python have it so too. An installed PyTorch is neither imported nor
    changed. A RuntimeError if it is imported already.
    """
    if sys.modules.get("torch", sys.modules.get("tinytorch")) is not sys.modules.get("tinytorch"):
        raise RuntimeError(
            "as_torch() comes too late: this process has imported another torch already, "
            f"{getattr(sys.modules['torch'], '__file__', None)}. Call it before anything imports torch."
        )
    if Finder not in sys.meta_path:
        sys.meta_path.insert(0, Finder)
    if "tinytorch" in sys.modules:
        name_loaded()
    paths = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    os.environ["PYTHONPATH"] = os.pathsep.join([CHILDREN, *[path for path in paths if path not in ("", CHILDREN)]])
    os.environ[PREFIX] = sys.prefix


class Finder:
    """Finds `torch` and all below it for the import system, before anything that is installed; and its version."""

    @staticmethod
    def find_spec(name, path=None, target=None):
        """Where a module is; None for those of others. A missing one of ours is a ModuleNotFoundError that says so."""
        first, dot, rest = name.partition(".")
        if name == "tinytorch":
            return PathFinder.find_spec(name, [PLACES["torch"][1]])
        if first not in PLACES:
            return None
        top, folder = PLACES[first]
        meant = top + dot + rest
        found = PathFinder.find_spec(meant, [folder] if path is None else path)
        if found is None:
            if is_import():
                words = f"No module named '{name}': tinytorch, which is {first} here, lacks it"
                raise ModuleNotFoundError(words, name=name)
            return None
        spec = ModuleSpec(name, Loader(found), origin=found.origin)
        spec.submodule_search_locations = found.submodule_search_locations
        return spec

    @staticmethod
    def find_distributions(context):
        """What `importlib.metadata` is told of these names: the version that `torch.__version__` has."""
        if context.name not in PLACES:
            return []
        from importlib.metadata import Distribution

        class Named(Distribution):
            def read_text(self, filename):
                version = importlib.import_module(PLACES[context.name][0]).__version__
                lines = f"Metadata-Version: 2.1\nName: {context.name}\nVersion: {version}\n"
                return lines if filename == "METADATA" else None

            def locate_file(self, path):
                return os.path.join(ROOM, path)

        return [Named()]


class Loader:
    """Gives a module of the library where a program imports it by PyTorch's name: one module, under both names."""

    def __init__(self, found):
        self.found = found

    def create_module(self, spec):
        """The module itself."""
        module = importlib.import_module(self.found.name)
        self.found = module.__spec__
        return module

    def exec_module(self, module):
        """Nothing is left to run; the module keeps the description that the import system has just replaced."""
        module.__spec__ = self.found
        name_loaded()

    def get_code(self, name):
        """The code, which `python -m torch.x` runs."""
        return self.found.loader.get_code(self.found.name)


def name_loaded():
    """Give the modules that are loaded their second names.

    To import one of them by that name is then to look it up; to load it would put it where a function of its name
    stands, as `torch.autograd.gradcheck` does.
    """
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] == "tinytorch":
            for said, (top, _) in PLACES.items():
                if f"{name}.".startswith(f"{top}."):
                    sys.modules.setdefault(said + name[len(top) :], module)


def is_import():
    """Whether `Finder` is asked by an import; `importlib.util.find_spec`, which only asks what there is, wants None."""
    return sys._getframe(3).f_code.co_name == "_find_and_load_unlocked"
