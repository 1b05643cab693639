"""Where the storages of a file go: its bytes are read once for each, and placed where `map_location` says."""

import re
import sys
from pickle import UnpicklingError
from reprlib import repr as short

from tinytorch import dtypes
from tinytorch.devices import CPU, device, modules, resolve
from tinytorch.devices.cards import device_count, is_available
from tinytorch.ops.storages import TYPES, TypedStorage, UntypedStorage, untyped

BYTE = dtypes.uint8.numpy


class Storages:
    """The storages of one file by their keys; `read(key, dtype, count)` gives the elements of one as a flat array."""

    def __init__(self, read, map_location):
        self.read, self.restore, self.found = read, restorer(map_location), {}

    def load(self, identity):
        """The storage of a persistent identity; the bytes of one that was met before are shared."""
        if len(identity) != 5 or identity[0] not in ("storage", b"storage"):
            kind = type(identity[0]) if identity else None
            raise UnpicklingError(f"Only persistent_load of storage is allowed, but got {kind}")
        return self.storage(*identity[1:])

    def storage(self, kind, key, location, count):
        """The storage of a key, as numbers of a kind."""
        dtype = dtypes.uint8 if kind is UntypedStorage else kinds.get(id(kind))
        key, location = decoded(key), decoded(location)
        if dtype is None or type(count) is not int or count < 0:
            raise UnpicklingError(f"broken storage {key!r}: {type(kind)} of {short(count)} elements")
        if key not in self.found:
            numbers = self.read(key, dtype, count)
            self.found[key] = self.restore(untyped(numbers.view(BYTE), CPU), location)
        storage = self.found[key]
        if storage.nbytes() < count * dtype.itemsize:
            raise UnpicklingError(f"storage {key!r} has {storage.nbytes()} bytes, not {count} of {dtype}")
        return TypedStorage(wrap_storage=storage, dtype=dtype)


kinds = {id(kind): dtype for dtype, kind in TYPES.items()}


def decoded(text):
    """A text that Python 2 may have written as bytes."""
    if type(text) is bytes and text.isascii():
        return text.decode("ascii")
    if type(text) is not str:
        raise UnpicklingError(f"keys and locations of storages are texts, but got {type(text)}")
    return text


def in_native_order(numbers, order):
    """Numbers that were stored in a byte order, in the machine's; they are changed where they lie."""
    if order != sys.byteorder:
        parts = numbers.view(f"u{numbers.itemsize // (2 if numbers.dtype.kind == 'c' else 1)}")
        parts.byteswap(inplace=True)
    return numbers


def restorer(map_location):
    """The function (storage, location) that gives the storage in its place, as `map_location` tells."""
    if map_location is None:
        return placed
    if isinstance(map_location, dict):
        return lambda storage, location: placed(storage, map_location.get(location, location))
    if isinstance(map_location, (str, bytes, device)):
        wanted = decoded(map_location) if isinstance(map_location, bytes) else str(map_location)
        return lambda storage, location: placed(storage, wanted)
    if not callable(map_location):
        raise TypeError(f"'{type(map_location).__name__}' object is not callable")
    return lambda storage, location: answered(map_location(storage, location), storage, location)


def answered(answer, storage, location):
    """The storage that a function of the user's gave, or, if that was None, the storage in its own place."""
    return placed(storage, location) if answer is None else answer.untyped()


def placed(storage, location):
    """A storage on the device of a location; a RuntimeError where there is no such device."""
    if location == "cpu":
        return storage
    kind, _, number = location.partition(":")
    if kind not in ("cuda", "meta", *modules) or not re.fullmatch("[a-z]+(:[0-9]{1,4})?", location):
        raise RuntimeError(
            f"don't know how to restore data location of torch.storage.UntypedStorage (tagged with {location})"
        )
    if kind == "cuda":
        check_cuda(int(number or 0))
    place = resolve(location)
    return untyped(place.asarray(storage.flat), place)


def check_cuda(index):
    """Refuse a GPU that the machine has not."""
    if not is_available():
        raise RuntimeError(
            "Attempting to deserialize object on a CUDA device but torch.cuda.is_available() is False. If you are "
            "running on a CPU-only machine, please use torch.load with map_location=torch.device('cpu') to map your "
            "storages to the CPU."
        )
    if index >= device_count():
        raise RuntimeError(
            f"Attempting to deserialize object on CUDA device {index} but torch.cuda.device_count() is "
            f"{device_count()}. Please use torch.load with map_location to map your storages to an existing device."
        )
