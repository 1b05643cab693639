"""torch.__config__: of which libraries this one is made, and how many threads they use, as text."""

import os

from tinytorch.devices import cards, host
from tinytorch.settings import get_num_interop_threads, get_num_threads
from tinytorch.version import __version__


def show():
    """What is at work here: the versions of the libraries, the processor's instructions, the GPU."""
    name, version = host.blas()
    libraries = [f"{each} {host.version_of(each) or 'not installed'}" for each in host.LIBRARIES]
    lines = [
        f"tinytorch {__version__}, in Python, with:",
        *[f"  - {each}" for each in libraries],
        f"  - BLAS and LAPACK of NumPy: {name} {version}",
        f"  - CPU capability usage: {host.cpu_capability()}",
        f"  - CUDA runtime: {cards.runtime_version() or 'no GPU'}",
    ]
    return "\n".join(lines) + "\n"


def parallel_info():
    """How many threads compute, and what the environment says of them."""
    said = [f"\t{name} : {os.environ.get(name, '[not set]')}" for name in host.THREADS]
    lines = [
        "Threads of kernels:",
        f"\ttorch.get_num_threads() : {get_num_threads()}",
        f"\ttorch.get_num_interop_threads() : {get_num_interop_threads()}",
        f"Processors: {os.cpu_count()}",
        "Environment variables:",
        *said,
        "Parallel backend: threads of tinytorch's own, and those of the BLAS",
    ]
    return "\n".join(lines) + "\n"
