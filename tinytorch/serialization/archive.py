"""The zip archive of a saved file: entries that are stored as they are, aligned, and checked before they are read."""

import mmap
import os
import struct
import zipfile

from tinytorch.devices import CPU
from tinytorch.dtypes import uint8

ALIGNMENT = 64  # of what an entry holds, so that it can be used where it lies in the file
HEADER = struct.Struct("<4s22xHH")  # of an entry: its mark, and how long the name and the extra field behind it are
STEP = 1 << 24  # bytes that are read at once
BROKEN = (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, ValueError, EOFError, struct.error, OSError,
          OverflowError, RuntimeError)  # what zipfile raises for archives that are none  # fmt: skip


class Sink:
    """A file that is only written to, one piece after the other; zipfile needs no more."""

    def __init__(self, file):
        self.file, self.place = file, 0

    def write(self, data):
        """Write, and count; files without a buffer may take less at once."""
        left = memoryview(data).cast("B")
        self.place += left.nbytes
        total = left.nbytes
        while left.nbytes:
            taken = self.file.write(left)
            left = left[left.nbytes if taken is None else taken :]
        return total

    def flush(self):
        """Pass on what waits."""
        if hasattr(self.file, "flush"):
            self.file.flush()


class Writer:
    """An archive that is being written to a file: a folder of entries."""

    def __init__(self, file, folder):
        self.sink, self.folder = Sink(file), folder
        self.zip = zipfile.ZipFile(self.sink, "w", zipfile.ZIP_STORED)

    def write(self, name, data):
        """Add an entry, whose bytes begin at a multiple of the alignment."""
        size = memoryview(data).nbytes
        info = zipfile.ZipInfo(f"{self.folder}/{name}")
        large = size * 1.05 > zipfile.ZIP64_LIMIT
        info.file_size, info.compress_size, info.CRC = size, size, 0
        start = self.sink.place + len(info.FileHeader(large)) + 4  # 4: what precedes the padding in the extra field
        padding = -start % ALIGNMENT
        info.extra = struct.pack("<2sH", b"FB", padding) + b"Z" * padding
        with self.zip.open(info, "w", force_zip64=large) as entry:
            entry.write(data)
        info.extra = b""  # the directory at the end needs none

    def close(self):
        """Write the directory of the entries."""
        self.zip.close()
        self.sink.flush()


class Reader:
    """An archive that is read; a RuntimeError, in PyTorch's words, for one that is broken or claims what is not there.

    With `mapped` the entries are shown where they lie in the file instead of being read.
    """

    def __init__(self, file, mapped=False):
        try:
            self.zip = zipfile.ZipFile(file)
            entries = self.zip.infolist()
        except BROKEN as error:
            raise failed("reading zip archive: failed finding central directory") from error
        self.size = file.seek(0, os.SEEK_END)
        self.entries = {each.filename: each for each in entries}
        if any(each.compress_type != zipfile.ZIP_STORED or each.compress_size != each.file_size for each in entries):
            raise failed("reading zip archive: entries of saved files are stored, not compressed")
        if len(self.entries) < len(entries) or sum([each.file_size for each in entries]) > self.size:
            raise failed("reading zip archive: its entries are not what the file holds")
        self.folder = entries[0].filename.partition("/")[0] if entries else ""
        self.map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY) if mapped else None

    def has(self, name):
        """Whether there is an entry of this name."""
        return f"{self.folder}/{name}" in self.entries

    def entry(self, name):
        """The entry of a name."""
        if not self.has(name):
            raise failed(f"locating file {name}: file not found")
        return self.entries[f"{self.folder}/{name}"]

    def text(self, name, limit):
        """The bytes of an entry, which is not larger than a limit."""
        info = self.entry(name)
        if info.file_size > limit:
            raise failed(f"reading file {name}: it has {info.file_size} bytes")
        return bytes(self.filled(name, info, CPU.xp.empty(info.file_size, uint8.numpy)))

    def numbers(self, name, dtype, count):
        """The elements of an entry as a flat array on the CPU, of a dtype; there must be just as many."""
        info = self.entry(name)
        if info.file_size != count * dtype.itemsize:
            size = count * dtype.itemsize
            raise RuntimeError(
                f"record size ({info.file_size} bytes) does not match expected size ({size} bytes = {size} elements "
                "* 1 bytes/element) for dtype Byte"
            )
        if self.map is not None and count:
            start = self.start_of(info)
            if start % dtype.itemsize == 0:
                return CPU.xp.frombuffer(self.map, dtype.numpy, count, start)
        return self.filled(name, info, CPU.xp.empty(count, dtype.numpy))

    def filled(self, name, info, array):
        """An array with the bytes of an entry in it."""
        left = memoryview(array.view(uint8.numpy))
        try:
            with self.zip.open(info) as entry:
                while left.nbytes:
                    data = entry.read(min(STEP, left.nbytes))
                    if not data:
                        raise EOFError("the entry ends early")
                    left[: len(data)] = data
                    left = left[len(data) :]
        except BROKEN as error:
            raise failed(f"reading file {name}: file read failed") from error
        return array

    def start_of(self, info):
        """Where in the file the bytes of an entry begin."""
        header = self.map[info.header_offset : info.header_offset + HEADER.size]
        if len(header) == HEADER.size:
            mark, name, extra = HEADER.unpack(header)
            start = info.header_offset + HEADER.size + name + extra
            if mark == b"PK\x03\x04" and start + info.file_size <= self.size:
                return start
        raise failed(f"reading file {info.filename}: file read failed")


def failed(what):
    """The error for an archive that cannot be read."""
    return RuntimeError(
        f"PytorchStreamReader failed {what}. This is an internal miniz error. If you are seeing this error, there is a "
        "high likelihood that your checkpoint file is corrupted. This can happen if the checkpoint was not saved "
        "properly, was transferred incorrectly, or the file was modified after saving."
    )
