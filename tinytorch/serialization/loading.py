"""`torch.load`: an object from a saved file, made by an interpreter that runs nothing of what the file says."""

import contextlib
import io
import os
import pickle
import reprlib
import struct
import warnings
from pickle import UnpicklingError

from tinytorch import safetensors
from tinytorch.devices import CPU
from tinytorch.dtypes import uint8
from tinytorch.serialization.locations import Storages, in_native_order
from tinytorch.serialization.names import Table
from tinytorch.serialization.saving import MAGIC_NUMBER, PROTOCOL_VERSION
from tinytorch.serialization.unpickler import Unpickler

LENGTH = struct.Struct("<q")  # of a storage of the older format, in elements
LIMIT = 1 << 30  # bytes of the pickle of an archive; storages stand outside
UNSAFE = (
    "In PyTorch 2.6, we changed the default value of the `weights_only` argument in `torch.load` from `False` to "
    "`True`. Re-running `torch.load` with `weights_only` set to `False` will likely succeed, but it can result in "
    "arbitrary code execution. Do it only if you got the file from a trusted source."
)
MORE = (
    "\n\nCheck the documentation of torch.load to learn more about types accepted by default with weights_only "
    "https://pytorch.org/docs/stable/generated/torch.load.html."
)


def load(f, map_location=None, pickle_module=None, *, weights_only=None, mmap=None, **pickle_load_args):
    """Load what `save` wrote, here or in PyTorch, from a path or from an object with `read` and `seek`.

    `map_location` is a device, a dictionary of locations, or a function (storage, location) that gives a storage. With
    `mmap` tensors lie in the file, of which changes stay in memory. Nothing of what a file says is run: an
    UnpicklingError for what is neither among weights nor declared safe with `add_safe_globals`. With
    `weights_only=False` modules and optimizers, of all classes that the program has, are made too.
    """
    if weights_only is None:
        weights_only = pickle_module is None
    if weights_only and pickle_module is not None:
        raise RuntimeError("Can not safely load weights when explicit pickle_module is specified")
    if pickle_module not in (None, pickle):
        raise NotImplementedError(f"files are read by an interpreter of their own, not by {pickle_module!r}")
    if pickle_load_args and weights_only:
        warnings.warn("pickle_load_args only works if `weights_only=False`.", stacklevel=2)
    is_path = isinstance(f, str | os.PathLike)
    if is_path and os.fspath(f).endswith(".safetensors"):
        return safetensors.load_file(f, "cpu" if map_location is None else map_location)
    if mmap and not is_path:
        raise ValueError("f must be a file path in order to use the mmap argument")
    table, encoding = Table(modules=not weights_only), pickle_load_args.get("encoding", "utf-8")
    try:
        with open(f, "rb") if is_path else contextlib.nullcontext(seekable(f)) as file:
            if is_archive(file):
                return read_archive(file, map_location, table, encoding, mmap)
            if mmap:
                raise RuntimeError(
                    f"mmap can only be used with files saved with `torch.save({f'{f}, ' if isinstance(f, str) else ''}"
                    "_use_new_zipfile_serialization=True), please torch.save your checkpoint with this option in order "
                    "to use mmap."
                )
            return read_pickles(file, map_location, table, encoding)
    except UnpicklingError as error:
        raise UnpicklingError(explained(str(error)) if weights_only else str(error)) from None


def seekable(file):
    """A file in which one can go back; PyTorch's refusal of another."""
    try:
        file.seek(file.tell())
    except (io.UnsupportedOperation, AttributeError) as error:
        raise type(error)(
            f"{error}. You can only torch.load from a file that is seekable. Please pre-load the data into a buffer "
            "like io.BytesIO and try to load from it instead."
        ) from error
    return file


def is_archive(file):
    """Whether a file begins as a zip archive does."""
    start = file.tell()
    mark = file.read(4)
    file.seek(start)
    return mark == b"PK\x03\x04"


def read_archive(file, map_location, table, encoding, mapped):
    """The object in a zip archive."""
    from tinytorch.serialization.archive import Reader  # zipfile takes a fortieth of the whole package's import

    archive = Reader(file, mapped)
    if archive.has("constants.pkl"):
        raise RuntimeError("TorchScript archives are not loaded: torch.save the module's state_dict instead")
    order = archive.text("byteorder", 16) if archive.has("byteorder") else b"little"
    if order not in (b"little", b"big"):
        raise ValueError(f"Unknown endianness type: {order.decode(errors='replace')}")

    def read(key, dtype, count):
        return in_native_order(archive.numbers(f"data/{key}", dtype, count), order.decode())

    storages = Storages(read, map_location)
    return Unpickler(archive.text("data.pkl", LIMIT), table, storages.load, encoding).load()


def read_pickles(file, map_location, table, encoding):
    """The object in a file of the older format: a sequence of pickles, and the storages behind them.

    The pickle of the object is read twice, as the storages that it needs stand behind it.
    """
    start = file.tell()
    data = file.read()
    if not data:
        raise EOFError("Ran out of input")

    def following(place, persistent_load=no_storages):
        reader = Unpickler(data, table, persistent_load, encoding, place)
        return reader.load(), reader.place

    magic, place = following(0)
    if magic != MAGIC_NUMBER:
        raise RuntimeError("Invalid magic number; corrupt file?")
    version, place = following(place)
    if version != PROTOCOL_VERSION:
        raise RuntimeError(f"Invalid protocol version: {reprlib.repr(version)}")
    _, place_of_object = following(place)
    found = Declared(len(data))
    _, place = following(place_of_object, without_views(Storages(found.declare, "cpu")))
    keys, place = following(place)
    if type(keys) is not list:
        raise UnpicklingError(f"the keys of the storages are a list, but got {type(keys)}")
    for key in keys:
        place = found.fill(key, data, place)
    file.seek(start + place)
    return following(place_of_object, without_views(Storages(found.take, map_location)))[0]


class Declared:
    """The storages that a file of the older format declares, before and after they are filled with what stands there.

    Together they have no more bytes than the file.
    """

    def __init__(self, size):
        self.left, self.arrays, self.filled = size, {}, set()

    def declare(self, key, dtype, count):
        """Memory for a storage."""
        self.left -= count * dtype.itemsize
        if self.left < 0:
            raise UnpicklingError(f"the file has not the {count} elements of {dtype} that it declares")
        self.arrays[key] = CPU.xp.empty(count, dtype.numpy)
        return self.arrays[key]

    def take(self, key, dtype, count):
        """A storage that was filled."""
        if key not in self.filled:
            raise UnpicklingError(f"the file has no storage {key!r}")
        return self.arrays[key]

    def fill(self, key, data, place):
        """Copy the bytes of a storage from the place where its length stands; the place behind them."""
        if type(key) is not str or key not in self.arrays:
            raise UnpicklingError(f"storage key {reprlib.repr(key)} not found in deserialized_objects")
        array = self.arrays[key]
        end = place + LENGTH.size + array.nbytes
        if end > len(data) or LENGTH.unpack_from(data, place)[0] != array.size:
            raise UnpicklingError(f"storage {key!r} has not the {array.size} elements that it declares")
        memoryview(array.view(uint8.numpy))[:] = data[place + LENGTH.size : end]
        self.filled.add(key)
        return end


def without_views(storages):
    """What loads a storage of the older format, whose identity says of which other one it is a part: of none."""

    def load(identity):
        if len(identity) != 6 or identity[5] is not None:
            raise UnpicklingError("only whole storages are loaded from files of the older format")
        return storages.load(identity[:5])

    return load


def no_storages(identity):
    """Refuse a storage where none can be."""
    raise UnpicklingError("unsupported persistent id encountered")


def explained(message):
    """What went wrong, and what the reader of it can do, as PyTorch says it."""
    if "was not an allowed global by default." in message:
        return (
            "Weights only load failed. This file can still be loaded, to do so you have two options, "
            "\033[1mdo those steps only if you trust the source of the checkpoint\033[0m. "
            f"\n\t(1) {UNSAFE}\n\t(2) Alternatively, to load with `weights_only=True` please check the recommended "
            f"steps in the following error message.\n\tWeightsUnpickler error: {message}{MORE}"
        )
    text = f"Weights only load failed. {UNSAFE}\n"
    if "is blocked" not in message:
        text += (
            "Please file an issue with the following so that we can make `weights_only=True` compatible with your use "
            "case: WeightsUnpickler error: "
        )
    return f"{text}\n\n{message}{MORE}"
