"""CUDA C++ for elementwise kernels: a formula becomes a module whose loops read and write 16 bytes at a time."""

import functools

THREADS = 256  # in a block
PACK = 16  # bytes: the widest access of a thread
TYPES = {"f": "float", "d": "double"}  # dtype.char -> CUDA's name
OPTIONS = ("--std=c++17",)
sources = {}  # name -> the text of every module of these kernels: what a test compiles

ELEMENTWISE = r"""
template <typename T> struct alignas(16) Pack { T at[16 / sizeof(T)]; };

// Repeats a vector along the last dimension; division by 32 bits takes a fraction of the time.
__device__ __forceinline__ long long repeated(long long index, long long length) {
    return index >> 32 ? index % length : (unsigned int)index % (unsigned int)length;
}

template <typename T> __device__ __forceinline__ T formula(PARAMETERS) { BODY }

// The first `packs` packs are computed whole, what lies behind them one by one.
template <typename T>
__device__ __forceinline__ void compute(POINTERS, T* out, long long size, long long packs, long long columns) {
    constexpr int width = 16 / sizeof(T);
    const long long step = (long long)gridDim.x * blockDim.x, first = (long long)blockIdx.x * blockDim.x + threadIdx.x;
    for (long long i = first; i < packs; i += step) {
        LOADS
        Pack<T> result;
        #pragma unroll
        for (int k = 0; k < width; ++k) result.at[k] = formula<T>(AT_K);
        ((Pack<T>*)out)[i] = result;
    }
    for (long long i = packs * width + first; i < size; i += step) out[i] = formula<T>(AT_I);
}
"""
ENTRY = """
extern "C" __global__ void NAME(POINTERS, TYPE* out, long long size, long long packs, long long columns) {
    compute<TYPE>(INPUTS, out, size, packs, columns);
}
"""


class Elementwise:
    """A kernel of contiguous float32 or float64 arrays, given by the C++ that computes one element.

    `body` is C++ of a type T in terms of the `inputs`, whose last statement returns the result; inputs that are
    `repeated` are vectors along the last dimension. CuPy compiles the kernel for a device at its first call there.
    """

    def __init__(self, name, inputs, body, repeated=()):
        self.name = name
        self.repeated = [each in repeated for each in inputs]
        sources[name] = self.text = write(name, inputs, body, self.repeated)

    def __call__(self, out, *inputs):
        """Compute into `out`, which is dense, as are the inputs, in the same memory order; on CuPy's current stream."""
        size, itemsize = out.size, out.itemsize
        if size == 0:
            return out
        columns, whole, places = 1, True, out.data.ptr
        for each, vector in zip(inputs, self.repeated, strict=True):
            places |= each.data.ptr
            if vector:
                columns = each.size
                whole = columns * itemsize % PACK == 0
        packs = size * itemsize // PACK if whole and places % PACK == 0 else 0
        blocks = min(-(-max(packs, size - packs * (PACK // itemsize)) // THREADS), 2**31 - 1)
        kernel = entry(self.text, f"{self.name}_{TYPES[out.dtype.char]}", out.data.device_id)
        kernel((blocks,), (THREADS,), (*inputs, out, size, packs, columns))
        return out


@functools.cache
def load(text):
    """The module of a source; CuPy compiles it for each device at the first call there."""
    import cupy

    return cupy.RawModule(code=text, options=OPTIONS)


@functools.cache
def entry(text, name, device):
    """One kernel of a source on one GPU: to look it up each time would take longer than to launch it."""
    return load(text).get_function(name)


def write(name, inputs, body, repeated):
    """The source of an elementwise kernel, for each type."""
    kinds = list(zip(inputs, repeated, strict=True))
    words = {
        "PARAMETERS": ", ".join(f"T {each}" for each in inputs),
        "BODY": body,
        "POINTERS": ", ".join(f"const T* {each}" for each in inputs),
        "LOADS": "\n        ".join(
            f"const Pack<T> {each}_pack = ((const Pack<T>*){each})"
            f"[{'repeated(i, columns / width)' if vector else 'i'}];"
            for each, vector in kinds
        ),
        "AT_K": ", ".join(f"{each}_pack.at[k]" for each in inputs),
        "AT_I": ", ".join(f"{each}[{'repeated(i, columns)' if vector else 'i'}]" for each, vector in kinds),
    }
    entries = (
        replace(
            ENTRY,
            {
                "NAME": f"{name}_{type}",
                "POINTERS": ", ".join(f"const {type}* {each}" for each in inputs),
                "TYPE": type,
                "INPUTS": ", ".join(inputs),
            },
        )
        for type in TYPES.values()
    )
    return replace(ELEMENTWISE, words) + "".join(entries)


def replace(text, words):
    """The text with the words that stand for others written out; none of the new texts contains one of the words."""
    for word, meaning in words.items():
        text = text.replace(word, meaning)
    return text


def launch(kernel, out, *inputs):
    """The kernel's result for inputs of one shape (or vectors that it repeats), in `out` or in a new array.

    What is not dense, or lies in another memory order than the first input, is copied first; an `out` that is so, or
    that overlaps an input in part, gets a copy of the result.
    """
    import cupy

    first = inputs[0]
    if out is None and first.flags.c_contiguous and all([each.flags.c_contiguous for each in inputs]):
        return kernel(cupy.ndarray(first.shape, first.dtype), *inputs)
    like = cupy.empty_like(first)
    if any(kernel.repeated) and not like.flags.c_contiguous:
        like = cupy.empty(first.shape, first.dtype)
    fits = out is not None and out.strides == like.strides and out.dtype == like.dtype and out.shape == like.shape
    if fits:
        fits = all(each.data.ptr == out.data.ptr or not cupy.may_share_memory(each, out) for each in inputs)
    ready = []
    for each, vector in zip(inputs, kernel.repeated, strict=True):
        if vector:
            ready.append(cupy.ascontiguousarray(each))
        elif each.strides == like.strides:
            ready.append(each)
        else:
            copy = cupy.empty_like(like)
            copy[...] = each
            ready.append(copy)
    result = kernel(out if fits else like, *ready)
    if out is None or fits:
        return result
    out[...] = result
    return out
