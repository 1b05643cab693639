"""The random stream of CUDA without a GPU: its kernels, compiled for the host, against Philox written in NumPy."""

import ctypes
import math
import shutil
import subprocess
import sys
import types

import ml_dtypes
import numpy
import pytest

from tinytorch.kernels.cuda import random, source

HALF = numpy.dtype(ml_dtypes.bfloat16)


def philox(seed, counters, threads):
    """Ten rounds of Philox4x32 in NumPy: the four words of each (counter, thread), uint64 (4, ...) below 2**32."""
    low = numpy.uint64(0xFFFFFFFF)
    counters, threads = (numpy.asarray(each, numpy.uint64) for each in numpy.broadcast_arrays(counters, threads))
    words = [counters & low, counters >> 32, threads & low, threads >> 32]
    keys = [seed & 0xFFFFFFFF, seed >> 32]
    for _ in range(10):
        one, other = words[0] * numpy.uint64(0xD2511F53), words[2] * numpy.uint64(0xCD9E8D57)
        words = [(other >> 32) ^ words[1] ^ keys[0], other & low, (one >> 32) ^ words[3] ^ keys[1], one & low]
        keys = [(keys[0] + 0x9E3779B9) & 0xFFFFFFFF, (keys[1] + 0xBB67AE85) & 0xFFFFFFFF]
    return numpy.stack(words)


def in_order(seed, offset, size, itemsize, resident):
    """The words of `size` numbers in the order of their elements, uint64 (itemsize / 4, size)."""
    blocks, rounds = random.grid(size, itemsize, resident)
    counters = offset // 4 + numpy.arange(rounds)[:, None]
    words = philox(seed, counters, numpy.arange(blocks * random.BLOCK_SIZE))  # (4, rounds, threads)
    words = words.reshape(16 // itemsize, itemsize // 4, rounds, -1).transpose(1, 2, 0, 3)
    return words.reshape(itemsize // 4, -1)[:, :size]


def philox_unit(words):
    """Numbers from (0, 1], as cuRAND makes them of one word or of two."""
    if len(words) == 1:
        return words[0].astype(numpy.float32) * numpy.float32(2**-32) + numpy.float32(2**-33)
    return (words[0] ^ (words[1] << 21)).astype(numpy.float64) * 2.0**-53 + 2.0**-54


@pytest.mark.parametrize(
    "seed, counter, thread, expected",
    [
        (0, 0, 0, "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
        (2**64 - 1, 2**64 - 1, 2**64 - 1, "408f276d 41c83b0e a20bc7c6 6d5451fd"),
        (0x299F31D0A4093822, 0x85A308D3243F6A88, 0x0370734413198A2E, "d16cfe09 94fdcceb 5001e420 24126ea1"),
    ],
)
def test_philox_gives_the_known_answers_of_its_authors(seed, counter, thread, expected):
    words = philox(seed, numpy.uint64(counter), numpy.uint64(thread))
    assert " ".join(f"{int(word):08x}" for word in words) == expected


def test_the_first_cuda_numbers_of_seed_0_are_those_that_pytorch_prints():
    words = in_order(0, 0, 6, 4, 1000)
    numpy.testing.assert_array_equal(philox_unit(words)[:4].round(4), numpy.float32([0.3990, 0.5167, 0.0249, 0.9401]))


@pytest.mark.parametrize(
    "size, itemsize, resident, expected",
    [
        (1, 4, 1056, (1, 1)),
        (256, 4, 1056, (1, 1)),
        (257, 4, 1056, (2, 1)),
        (5_000_000, 4, 1056, (1056, 5)),
        (5_000_000, 8, 1056, (1056, 10)),
    ],
)
def test_the_grid_covers_the_numbers(size, itemsize, resident, expected):
    assert random.grid(size, itemsize, resident) == expected


def test_a_cuda_stream_keeps_seed_and_offset_in_sixteen_bytes():
    stream = random.Stream(7)
    assert (stream.reserve(3), stream.reserve(1), stream.offset) == (0, 12, 16)
    state = stream.get_state()
    assert state.tolist() == [7, *[0] * 7, 16, *[0] * 7]
    other = random.Stream(1)
    other.set_state(state)
    assert (other.initial_seed(), other.offset) == (7, 16)
    copy = stream.clone()
    copy.reserve(1)
    assert (stream.offset, copy.offset) == (16, 20)


@pytest.mark.parametrize(
    "state, words",
    [(numpy.zeros(8, "u1"), "RNG state is wrong size"), (numpy.full(16, 1, "u1"), "offset must be a multiple of 4")],
)
def test_a_damaged_cuda_state_is_refused(state, words):
    with pytest.raises(RuntimeError, match=words):
        random.Stream().set_state(state)


HOST = """
#include <cmath>
#define __device__ static inline
#define __global__
#define __sincosf fast_sincosf  // glibc has functions of these names
#define sincospi half_turns
struct Place { unsigned x; };
static Place threadIdx, blockIdx, blockDim, gridDim;
static inline unsigned __umulhi(unsigned a, unsigned b) { return (unsigned long long)a * b >> 32; }
static inline void __sincosf(float angle, float* sine, float* cosine) { *sine = sinf(angle); *cosine = cosf(angle); }
static inline void sincospi(double angle, double* sine, double* cosine) {
    *sine = std::sin(M_PI * angle); *cosine = std::cos(M_PI * angle);
}
extern "C" void stand(unsigned thread, unsigned block, unsigned threads, unsigned blocks) {
    threadIdx.x = thread; blockIdx.x = block; blockDim.x = threads; gridDim.x = blocks;
}
"""


@pytest.fixture(scope="module")
def host_library(tmp_path_factory):
    """The CUDA source compiled for this processor, where its threads run one after another."""
    if shutil.which("g++") is None:
        pytest.skip("g++ is not installed")
    folder = tmp_path_factory.mktemp("philox")
    (folder / "kernels.cpp").write_text(HOST + random.SOURCE)
    command = ["g++", "-std=c++17", "-O1", "-ffp-contract=off", "-shared", "-fPIC", "-o", "kernels.so", "kernels.cpp"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return ctypes.CDLL(str(folder / "kernels.so"))


def run_on_host(library, name, size, dtype, itemsize, seed, offset, resident, *settings):
    output = numpy.zeros(size, dtype)
    blocks, _ = random.grid(size, itemsize, resident)
    pointer, wide = ctypes.c_void_p(output.ctypes.data), ctypes.c_ulonglong
    for thread in range(blocks * random.BLOCK_SIZE):
        library.stand(*divmod(thread, random.BLOCK_SIZE)[::-1], random.BLOCK_SIZE, blocks)
        library[name](pointer, ctypes.c_longlong(size), wide(seed), wide(offset), *settings)
    return output


@pytest.mark.parametrize("size", [1, 300, 5000])
@pytest.mark.parametrize("name, dtype", [("float", "float32"), ("double", "float64")])
def test_the_cuda_kernels_draw_uniform_numbers_as_the_numpy_rendition(host_library, name, dtype, size):
    number = {"float": ctypes.c_float, "double": ctypes.c_double}[name]
    itemsize = numpy.dtype(dtype).itemsize
    drawn = run_on_host(host_library, f"uniform_{name}", size, dtype, itemsize, 2**40 + 7, 12, 4, number(2), number(-1))
    expected = philox_unit(in_order(2**40 + 7, 12, size, itemsize, 4))
    numpy.testing.assert_array_equal(drawn, expected * numpy.dtype(dtype).type(2) - 1)


@pytest.mark.parametrize("size", [1, 300, 5000])
@pytest.mark.parametrize(
    "name, itemsize, modulus, base", [("word", 4, 10, -3), ("wide", 8, 2**40, 5), ("wide", 8, 0, 0)]
)
def test_the_cuda_kernels_draw_integers_as_the_numpy_rendition(host_library, name, itemsize, modulus, base, size):
    settings = ctypes.c_ulonglong(modulus), ctypes.c_ulonglong(base % 2**64)
    drawn = run_on_host(host_library, f"integers_{name}", size, "int64", itemsize, 5, 4, 4, *settings)
    words = in_order(5, 4, size, itemsize, 4)
    words = words[0] if itemsize == 4 else (words[0] << 32) | words[1]
    words = words % numpy.uint64(modulus) if modulus else words
    numpy.testing.assert_array_equal(drawn, words.view(numpy.int64) + base)


@pytest.mark.parametrize("name, dtype, tolerance", [("float", "float32", 2e-6), ("double", "float64", 1e-14)])
def test_the_cuda_kernels_draw_normal_numbers_as_the_numpy_rendition(host_library, name, dtype, tolerance):
    number, itemsize = {"float": ctypes.c_float, "double": ctypes.c_double}[name], numpy.dtype(dtype).itemsize
    drawn = run_on_host(host_library, f"normal_{name}", 5000, dtype, itemsize, 5, 0, 4, number(1), number(0))
    blocks, rounds = random.grid(5000, itemsize, 4)
    words = philox(5, numpy.arange(rounds)[:, None], numpy.arange(blocks * random.BLOCK_SIZE))
    words = words.reshape(-1, 2, itemsize // 4, rounds, words.shape[-1])  # (pairs, radius and angle, words, ...)
    chance, turn = (numpy.stack([philox_unit(pair[part]) for pair in words]).astype("f8") for part in (0, 1))
    radius, angle = numpy.sqrt(-2 * numpy.log(chance)), 2 * numpy.pi * turn
    expected = numpy.stack(
        (radius * numpy.sin(angle), radius * numpy.cos(angle)), axis=1
    )  # (pairs, 2, rounds, threads)
    expected = expected.reshape(-1, rounds, words.shape[-1]).transpose(1, 0, 2).reshape(-1)[:5000]
    numpy.testing.assert_allclose(drawn, expected, rtol=0, atol=tolerance)


def test_the_cuda_source_compiles_for_an_h100():
    nvrtc = pytest.importorskip("cuda.bindings.nvrtc", reason="NVRTC has no build for this machine")
    _, program = nvrtc.nvrtcCreateProgram(random.SOURCE.encode(), b"random.cu", 0, [], [])
    (failure,) = nvrtc.nvrtcCompileProgram(program, 2, [b"--std=c++17", b"--gpu-architecture=sm_90"])
    _, length = nvrtc.nvrtcGetProgramLogSize(program)
    log = b" " * length
    nvrtc.nvrtcGetProgramLog(program, log)
    assert failure == nvrtc.nvrtcResult.NVRTC_SUCCESS, log.decode()


class HostModule:
    """Stands for cupy.RawModule: launches the host's kernels."""

    library = None

    def __init__(self, code, options):
        assert code == random.SOURCE

    def get_function(self, name):
        def launch(grid, block, arguments):
            output, *settings = arguments
            kinds = {"f4": ctypes.c_float, "f8": ctypes.c_double, "i4": ctypes.c_int}
            kinds |= {"i8": ctypes.c_longlong, "u8": ctypes.c_ulonglong}
            values = [kinds[each.dtype.str[1:]](each.item()) for each in settings]
            for thread in range(grid[0] * block[0]):
                self.library.stand(thread % block[0], thread // block[0], block[0], grid[0])
                self.library[name](ctypes.c_void_p(output.ctypes.data), *values)

        return launch


@pytest.fixture
def host_cupy(monkeypatch, host_library):
    """NumPy under CuPy's name, on a card of two multiprocessors."""
    fake = types.ModuleType("cupy")
    for name in ("empty", "where", "log", "ceil", "exp", "tan", "clip", "stack", "argsort"):
        setattr(fake, name, getattr(numpy, name))
    facts = {"multiProcessorCount": 2, "maxThreadsPerMultiProcessor": 512}
    runtime = types.SimpleNamespace(getDevice=lambda: 0, getDeviceProperties=lambda device: facts)
    fake.cuda = types.SimpleNamespace(runtime=runtime)
    fake.RawModule = type("RawModule", (HostModule,), {"library": host_library})
    monkeypatch.setitem(sys.modules, "cupy", fake)
    for cached in (source.load, source.entry, random.resident_blocks):
        cached.cache_clear()
    yield fake
    for cached in (source.load, source.entry, random.resident_blocks):
        cached.cache_clear()


@pytest.mark.parametrize("dtype", ["float32", "float64", HALF])
@pytest.mark.parametrize(
    "kind, settings, mean, deviation",
    [
        ("uniform", (-1.0, 3.0), 1, 1.155),
        ("normal", (1.0, 2.0), 1, 2),
        ("bernoulli", (0.25,), 0.25, 0.433),
        ("exponential", (2.0,), 0.5, 0.5),
        ("geometric", (0.25,), 4, 3.46),
        ("log_normal", (0.0, 0.25), 1.032, 0.262),
    ],
)
def test_the_fills_have_the_moments_of_their_distributions(host_cupy, kind, settings, mean, deviation, dtype):
    stream = random.Stream(1)
    values = getattr(random, kind)(stream, (100, 70), dtype, *settings)
    assert (values.shape, values.dtype) == ((100, 70), numpy.dtype(dtype))
    assert stream.offset == 4 * (4 if dtype == "float64" else 2)
    values = values.astype(numpy.float64)
    assert abs(values.mean() - mean) < 5 * deviation / math.sqrt(values.size)
    assert abs(values.std() / deviation - 1) < 0.1


def test_cauchy_numbers_have_the_quartiles_of_their_distribution(host_cupy):
    values = random.cauchy(random.Stream(1), (7000,), "float32", 1.0, 2.0)
    numpy.testing.assert_allclose(numpy.quantile(values, [0.25, 0.5, 0.75]), [-1, 1, 3], atol=0.2)


@pytest.mark.parametrize("dtype", ["float32", "float64", HALF])
def test_a_uniform_fill_is_the_rendition_rounded(host_cupy, dtype):
    stream = random.Stream(9)
    random.uniform(stream, (5,), "float32")
    drawn = random.uniform(stream, (2000,), dtype)
    words = philox_unit(in_order(9, 4, 2000, 8 if dtype == "float64" else 4, 4))
    expected = words.astype(dtype)
    expected[expected == 1] = 0
    numpy.testing.assert_array_equal(drawn, expected)


@pytest.mark.parametrize(
    "dtype, low, high", [("int64", -5, 2**40), ("uint8", 3, 200), ("float32", 0, 10), (HALF, 0, 99)]
)
def test_integers_stay_in_their_range_and_reach_its_ends(host_cupy, dtype, low, high):
    drawn = random.integers(random.Stream(2), (3000,), dtype, low, high).astype(numpy.float64)
    assert low <= drawn.min() < low + (high - low) / 100 + 1
    assert high - (high - low) / 100 - 1 <= drawn.max() < high


def test_a_complex_normal_has_variance_one(host_cupy):
    drawn = random.normal(random.Stream(3), (50, 60), "complex64")
    assert (drawn.shape, drawn.dtype) == ((50, 60), numpy.complex64)
    assert abs((numpy.abs(drawn) ** 2).mean() - 1) < 0.1


def test_a_permutation_has_every_number_once(host_cupy):
    drawn = random.permutation(random.Stream(3), 1000, "int32")
    assert drawn.dtype == numpy.int32
    assert (drawn != numpy.arange(1000)).any()
    numpy.testing.assert_array_equal(numpy.sort(drawn), numpy.arange(1000))


def test_every_probability_is_its_own(host_cupy):
    chances = numpy.repeat(numpy.float32([0, 0.25, 1]), 3000)
    drawn = random.bernoulli_from(random.Stream(3), chances).reshape(3, -1)
    assert drawn.dtype == numpy.float32
    assert (drawn[0] == 0).all() and (drawn[2] == 1).all()
    assert abs(drawn[1].mean() - 0.25) < 0.04


def test_indices_are_drawn_as_often_as_their_weights_say(host_cupy):
    weights = numpy.float32([[1, 0, 3], [2, 2, 0]])
    drawn = random.multinomial(random.Stream(3), weights, 4000, replacement=True)
    often = numpy.stack([numpy.bincount(row, minlength=3) for row in drawn]) / 1000
    numpy.testing.assert_allclose(often, weights, atol=0.15)
    apart = random.multinomial(random.Stream(3), weights[:, [0, 2]] + 1, 2)
    numpy.testing.assert_array_equal(numpy.sort(apart, axis=1), [[0, 1], [0, 1]])


@pytest.mark.parametrize("kind", ["uniform", "normal", "bernoulli", "exponential"])
def test_an_empty_fill_draws_nothing(host_cupy, kind):
    stream = random.Stream(3)
    settings = (0.5,) if kind == "bernoulli" else ()
    assert getattr(random, kind)(stream, (0, 3), "float32", *settings).shape == (0, 3)
    assert stream.offset == 0


def test_a_refusal_names_the_kernel_of_this_device_and_draws_nothing():
    stream = random.Stream(3)
    with pytest.raises(NotImplementedError, match="\"normal_kernel_cuda\" not implemented for 'Long'"):
        random.normal(stream, (3,), "int64")
    assert stream.offset == 0
