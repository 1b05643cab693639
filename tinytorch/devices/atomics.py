"""How elements of a CuPy array are united with values whose places repeat: what CuPy's own `ufunc.at` cannot do.

CuPy adds in the types for which CUDA has an atomic addition, and multiplies in none. The kernel here tries again until
nobody has changed the element in between; narrow types are computed in a wider one.
"""

import numpy

from tinytorch.kernels.cuda.source import THREADS, entry, sources

ADDED = "iIlLqQfd"  # dtype.char of what CuPy adds itself
WIDER = {"?": "i", "b": "i", "B": "i", "h": "i", "H": "i", "e": "f", "E": "f"}
KINDS = {  # dtype.char -> CUDA's type, and that of its bits
    "i": ("int", "unsigned int"),
    "l": ("long long", "unsigned long long"),
    "q": ("long long", "unsigned long long"),
    "f": ("float", "unsigned int"),
    "d": ("double", "unsigned long long"),
}
FORMULAS = {  # extremes keep a NaN
    "multiply": "before * value",
    "maximum": "before != before || before > value ? before : value",
    "minimum": "before != before || before < value ? before : value",
}
SOURCE = r"""
template <typename T, typename Bits, typename Formula>
__device__ void unite(T* target, const long long* places, const T* values, long long size, Formula formula) {
    const long long step = (long long)gridDim.x * blockDim.x;
    for (long long i = (long long)blockIdx.x * blockDim.x + threadIdx.x; i < size; i += step) {
        Bits* address = (Bits*)(target + places[i]);
        Bits seen = *address, expected, wanted;
        do {
            expected = seen;
            T before;
            memcpy(&before, &expected, sizeof(T));
            const T after = formula(before, values[i]);
            memcpy(&wanted, &after, sizeof(T));
            seen = atomicCAS(address, expected, wanted);
        } while (seen != expected);
    }
}
"""
ENTRY = """
extern "C" __global__ void NAME(TYPE* target, const long long* places, const TYPE* values, long long size) {
    unite<TYPE, BITS>(target, places, values, size, [](TYPE before, TYPE value) { return (TYPE)(FORMULA); });
}
"""


def write():
    """The source of the kernels: each formula for each type."""
    text = SOURCE
    for name, formula in FORMULAS.items():
        for kind, bits in sorted(set(KINDS.values())):
            entry = ENTRY.replace("NAME", entry_name(name, kind)).replace("FORMULA", formula)
            text += entry.replace("TYPE", kind).replace("BITS", bits)
    return text


def entry_name(name, kind):
    """The name of a kernel in the module."""
    return f"{name}_at_{kind.replace(' ', '_')}"


sources["atomics"] = TEXT = write()


def ufunc_at(name, target, places, values):
    """Let the ufunc of this name unite elements of `target` with values, as often as a place is named.

    In which order is left to the GPU, so that sums of floats may differ in their last digits from run to run.
    """
    import cupy

    char = target.dtype.char
    if char in WIDER:
        wide = target.astype(WIDER[char])
        ufunc_at(name, wide, places, values.astype(WIDER[char]))
        target[...] = wide.astype(target.dtype)
    elif name == "add" and char in ADDED:
        cupy.add.at(target, places, values)
    elif name == "add" and target.dtype.kind == "c":
        parts = target.real.copy(), target.imag.copy()
        cupy.add.at(parts[0], places, values.real)
        cupy.add.at(parts[1], places, values.imag)
        target.real, target.imag = parts
    elif char in KINDS:
        launch(name, KINDS[char][0], target, places, values)
    else:  # CUDA changes no 16 bytes at once
        host = target.get()
        getattr(numpy, name).at(host, places.get(), values.get())
        target.set(host)


def launch(name, kind, target, places, values):
    """The kernel of a formula and a type over a dense `target`, and places and values of one size."""
    import cupy

    if values.size:
        places = cupy.ascontiguousarray(places, numpy.int64)
        kernel = entry(TEXT, entry_name(name, kind), target.data.device_id)
        arguments = target, places, cupy.ascontiguousarray(values), numpy.int64(values.size)
        kernel((-(-values.size // THREADS),), (THREADS,), arguments)
