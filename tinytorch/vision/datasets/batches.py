"""The pickles of CIFAR, read without running anything of them: texts, lists, and arrays of NumPy."""

from pickle import UnpicklingError

from tinytorch.serialization import arrays
from tinytorch.serialization.names import encoded
from tinytorch.serialization.unpickler import Unpickler

NAMES = arrays.NAMES | {"_codecs.encode": encoded}
FUNCTIONS = {*map(id, arrays.FUNCTIONS.values()), id(encoded)}


class Data:
    """What such a pickle may name: the parts of arrays, and bytes that were written for Python 2."""

    def find(self, name: str):
        """What a name means, in a tuple; None for a name that may not be mentioned."""
        return (NAMES[name],) if name in NAMES else None

    def calls(self, function) -> bool:
        """Whether a pickle may call it."""
        return id(function) in FUNCTIONS

    def makes(self, cls) -> bool:
        """Whether objects of a class may be made: of none."""
        return False

    def builds(self, made) -> bool:
        """Whether an object may be given a state."""
        return isinstance(made, arrays.ARRAY | arrays.DTYPE)

    def build(self, made, state) -> None:
        """Give an array its elements, or a dtype its byte order."""
        arrays.fill(made, state)


def read_batch(path) -> dict:
    """The dictionary of a file of CIFAR; an UnpicklingError for another pickle."""
    with open(path, "rb") as file:
        entry = Unpickler(file.read(), Data(), refuse_identity, encoding="latin1").load()
    if not isinstance(entry, dict):
        raise UnpicklingError("a file of CIFAR holds a dictionary")
    return entry


def refuse_identity(identity):
    """Nothing lies outside these files."""
    raise UnpicklingError("a file of CIFAR names nothing that lies outside of it")
