"""What the machine and its libraries say of themselves: the processor, NumPy's linear algebra, versions."""

import functools
import importlib.metadata
import os
import platform
from pathlib import Path

import numpy

LIBRARIES = ("numpy", "scipy", "numba", "ml_dtypes", "cupy")
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")


@functools.cache
def configuration():
    """How NumPy was built, as it says: a dictionary of dictionaries."""
    return numpy.show_config(mode="dicts")


def blas():
    """The name and the version of the library that multiplies NumPy's matrices."""
    facts = configuration().get("Build Dependencies", {}).get("blas", {})
    return facts.get("name", "unknown"), facts.get("version", "unknown")


def cpu_capability():
    """The widest instructions of the processor that NumPy uses, by the names that PyTorch has."""
    found = {each.upper() for each in configuration().get("SIMD Extensions", {}).get("found", ())}
    found |= {each.upper() for each in configuration().get("SIMD Extensions", {}).get("baseline", ())}
    if any(each.startswith(("AVX512", "X86_V4")) for each in found):
        return "AVX512"
    if found & {"AVX2", "X86_V3"}:
        return "AVX2"
    if found & {"VSX", "VSX2", "VSX3", "VSX4"}:
        return "VSX"
    return "Z VECTOR" if found & {"VX", "VXE", "VXE2"} else "DEFAULT"


def cpu_model():
    """What the maker calls the processor, and how many of it the system shows."""
    named = platform.processor() or platform.machine()
    facts = Path("/proc/cpuinfo")
    if facts.exists():
        lines = [line.partition(":")[2].strip() for line in facts.read_text().splitlines() if "model name" in line]
        named = lines[0] if lines else named
    return named, os.cpu_count()


def version_of(name):
    """The version of an installed library, or None; CuPy's packages have the version of CUDA in their names."""
    names = (name, "cupy-cuda12x", "cupy-cuda13x", "cupy-cuda11x") if name == "cupy" else (name,)
    for each in names:
        try:
            return importlib.metadata.version(each)
        except importlib.metadata.PackageNotFoundError:
            continue
    return None
