"""By how many threads the libraries under NumPy and SciPy multiply matrices."""

import ctypes
import sys

CALLERS = ("numpy._core._multiarray_umath", "scipy.linalg._fblas")  # modules that lead to a library of their own
SETTERS = (  # as OpenBLAS names it in the wheels of NumPy and SciPy and in distributions, then as MKL does
    "scipy_openblas_set_num_threads64_",
    "scipy_openblas_set_num_threads",
    "openblas_set_num_threads64_",
    "openblas_set_num_threads",
    "MKL_Set_Num_Threads",
)


def limit_threads(count):
    """Multiply by so many threads at most from now on, in each library that is loaded; others stay as they are."""
    for name in CALLERS:
        if name in sys.modules:
            library = ctypes.CDLL(sys.modules[name].__file__)
            for setter in SETTERS:
                if hasattr(library, setter):
                    getattr(library, setter)(ctypes.c_int(count))
