"""How glibc's malloc keeps the memory of large arrays, so that a result costs no page faults each time."""

import ctypes
import os

M_TRIM_THRESHOLD, M_MMAP_MAX = -1, -4  # malloc.h
KEPT = 2**31 - 1  # bytes of free memory at the top of the heap that stay with the process: the largest int


def keep_large_buffers():
    """Let malloc reuse the memory of large arrays, and return whether it does from now on.

    By default glibc asks the system for each array above 32 MB (often less) and gives it back: every page of every
    result is then a page fault. The setting is for the whole process and holds up to 2 GB of freed memory;
    TINYTORCH_MALLOC=0 in the environment leaves malloc as it is. Other C libraries are left as they are too.
    """
    if os.environ.get("TINYTORCH_MALLOC") == "0" or not runs_on_glibc():
        return False
    mallopt = ctypes.CDLL(None).mallopt
    return mallopt(M_MMAP_MAX, 0) == 1 and mallopt(M_TRIM_THRESHOLD, KEPT) == 1


def runs_on_glibc():
    """Whether the C library of this process is glibc."""
    name = "CS_GNU_LIBC_VERSION"
    return name in getattr(os, "confstr_names", ()) and (os.confstr(name) or "").startswith("glibc")
