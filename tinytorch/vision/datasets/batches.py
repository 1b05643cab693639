"""The pickles of CIFAR, read without running anything of them: texts, lists, and arrays of bytes."""

from pickle import UnpicklingError
from reprlib import repr as shown  # what a file made can be longer than memory

import tinytorch as torch
from tinytorch.serialization.unpickler import Unpickler


class Array:
    """An array that a pickle makes, and then fills."""

    shape = data = columns_first = None


class Kind:
    """The dtype of bytes."""


def reconstruct(*arguments) -> Array:
    """An array without anything in it, whatever it is said to be."""
    return Array()


def kind(*arguments) -> Kind:
    """The dtype of bytes; an UnpicklingError for another one."""
    if arguments[:1] not in (("u1",), (b"u1",)):
        raise UnpicklingError(f"an array of the dtype {shown(arguments)}, where the files of CIFAR have bytes")
    return Kind()


def encode(value: str, encoding: str) -> bytes:
    """Bytes that Python 3 wrote for readers of Python 2."""
    if encoding != "latin1":
        raise UnpicklingError(f"bytes in the encoding {shown(encoding)}")
    return value.encode("latin1")


NAMES = {
    "numpy.core.multiarray._reconstruct": reconstruct,
    "numpy._core.multiarray._reconstruct": reconstruct,
    "numpy.ndarray": Array,
    "numpy.dtype": kind,
    "_codecs.encode": encode,
}


class ByteArrays:
    """The table of what such a pickle may name: our own functions under the names of NumPy's, so none of these runs."""

    def find(self, path: str):
        """What a name stands for, in a tuple, or None."""
        return (NAMES[path],) if path in NAMES else None

    def calls(self, function) -> bool:
        """Whether a pickle may call it."""
        return any(function is each for each in (reconstruct, kind, encode))

    def makes(self, cls) -> bool:
        """Whether a pickle may give one of this class a state."""
        return cls is Array or cls is Kind

    def build(self, made, state) -> None:
        """Fill an array: (version, shape, dtype, whether columns come first, bytes)."""
        if isinstance(made, Kind):
            return
        known = isinstance(state, tuple) and len(state) == 5 and isinstance(state[2], Kind)
        data = state[4].encode("latin1") if known and isinstance(state[4], str) else known and state[4]
        if not isinstance(data, bytes):
            raise UnpicklingError("an array of another form than those of CIFAR")
        made.shape, made.columns_first, made.data = state[1], bool(state[3]), data


def read_batch(path) -> dict:
    """The dictionary of a file of CIFAR, with arrays of NumPy; an UnpicklingError for another pickle."""
    with open(path, "rb") as file:
        entry = Unpickler(file.read(), ByteArrays(), refuse_identity, encoding="latin1").load()
    if not isinstance(entry, dict):
        raise UnpicklingError("a file of CIFAR holds a dictionary")
    return {name: filled(value) if isinstance(value, Array) else value for name, value in entry.items()}


def refuse_identity(identity):
    """Nothing lies outside these files."""
    raise UnpicklingError("a file of CIFAR names nothing that lies outside of it")


def filled(made: Array):
    """The array of NumPy that was described; an UnpicklingError if its shape is not that of its data."""
    shape = made.shape if isinstance(made.shape, tuple) else (-1,)
    count = 1
    for size in shape:
        count *= size if isinstance(size, int) and size >= 0 else -1
    if made.data is None or count != len(made.data) or count == 0:
        raise UnpicklingError("an array whose shape is not that of its data")
    values = torch.frombuffer(bytearray(made.data), dtype=torch.uint8).numpy()
    return values.reshape(shape[::-1]).T if made.columns_first else values.reshape(shape)
