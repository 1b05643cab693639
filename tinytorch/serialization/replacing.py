"""Files that are there whole or as they were before: a temporary one takes the place of the old when it is written."""

import contextlib
import os


@contextlib.contextmanager
def replacing(filename):
    """The path of a temporary file in the same folder, which replaces the file when the block ends without an error.

    It has the permissions of the old file. What is no regular file, such as a pipe, is given itself, to be written to.
    """
    path = os.path.realpath(os.fspath(filename))
    if os.path.exists(path) and not os.path.isfile(path):
        yield path
        return
    import tempfile  # which takes a fortieth of the whole package's import

    folder = os.path.dirname(path)
    handle, temporary = tempfile.mkstemp(prefix=f".{os.path.basename(path)}.", dir=folder)
    os.close(handle)
    try:
        yield temporary
        os.chmod(temporary, mode_of(path))
        flush(temporary)
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(temporary)
        raise
    if os.name == "posix":  # elsewhere folders cannot be opened
        flush(folder)


def flush(path: str) -> None:
    """Wait until a file, or the entries of a folder, are on the disk."""
    handle = os.open(path, os.O_RDONLY if os.name == "posix" else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def mode_of(path: str) -> int:
    """The permissions of a file, or those that a new one gets."""
    with contextlib.suppress(FileNotFoundError):
        return os.stat(path).st_mode & 0o7777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
