"""`torch.save`: an object and its storages in a zip archive, or as a sequence of pickles, as older programs read it."""

import io
import os
import pickle
import struct
import sys

from tinytorch.serialization.pickler import Pickler
from tinytorch.serialization.replacing import replacing

DEFAULT_PROTOCOL = 2
MAGIC_NUMBER, PROTOCOL_VERSION = 0x1950A86A20F9469CFC6C, 1001  # how files of the older format begin


def save(
    obj,
    f,
    pickle_module=pickle,
    pickle_protocol=DEFAULT_PROTOCOL,
    _use_new_zipfile_serialization=True,
    _disable_byteorder_record=False,
):
    """Save an object, with the tensors in it, to a file, by its path or as an object with `write`.

    A file that is given by its path is there whole, or as it was before. Tensors that share memory share it again when
    they are loaded.
    """
    if pickle_module is not pickle:
        raise NotImplementedError(f"objects are saved by Python's pickle, not by {pickle_module!r}")
    write = write_archive if _use_new_zipfile_serialization else write_pickles
    options = (pickle_protocol, _disable_byteorder_record)
    if isinstance(f, str | os.PathLike):
        path = os.path.abspath(os.fspath(f))
        if not os.path.isdir(os.path.dirname(path)):
            raise RuntimeError(f"Parent directory {os.path.dirname(os.fspath(f))} does not exist.")
        name = os.path.splitext(os.path.basename(path))[0]
        with replacing(path) as temporary, open(temporary, "wb") as file:
            write(obj, file, name, *options)
    elif hasattr(f, "write"):
        write(obj, f, "archive", *options)
    else:
        raise AttributeError("expected 'f' to be string, path, or a file-like object with a 'write' attribute")


def write_archive(obj, file, name, protocol, no_order):
    """The format of today: a zip archive with an entry for the object and one for each storage."""
    from tinytorch.serialization.archive import ALIGNMENT, Writer  # as in loading, for the time of the import

    data = io.BytesIO()
    pickler = Pickler(data, protocol, lambda *parts: ("storage", *parts))
    pickler.dump(obj)
    archive = Writer(file, name)
    archive.write("data.pkl", data.getbuffer())
    archive.write(".format_version", b"1")
    archive.write(".storage_alignment", str(ALIGNMENT).encode())
    if not no_order:
        archive.write("byteorder", sys.byteorder.encode())
    for key, storage in pickler.storages.items():
        archive.write(f"data/{key}", bytes_of(storage))
    archive.write("version", b"3\n")
    archive.close()


def write_pickles(obj, file, name, protocol, no_order):
    """The older format: what it is, the object, the keys of the storages, and each as its length and its bytes."""
    data = io.BytesIO()
    pickler = Pickler(data, protocol, lambda *parts: ("storage", *parts, None))
    sizes = {"short": struct.calcsize("=h"), "int": struct.calcsize("=i"), "long": struct.calcsize("=l")}
    system = {"protocol_version": PROTOCOL_VERSION, "little_endian": sys.byteorder == "little", "type_sizes": sizes}
    for each in (MAGIC_NUMBER, PROTOCOL_VERSION, system):
        pickle.dump(each, data, protocol)
    pickler.dump(obj)
    keys = sorted(pickler.storages)
    pickle.dump(keys, data, protocol)
    file.write(data.getbuffer())
    for key in keys:
        file.write(struct.pack("<q", pickler.storages[key].size()))
        file.write(bytes_of(pickler.storages[key]))
    if hasattr(file, "flush"):
        file.flush()


def bytes_of(storage):
    """The bytes of a storage on the host."""
    return memoryview(storage.untyped().cpu().flat)
