"""The steps of optimizers: compiled loops and formulas give the same numbers, and the loops use vector registers."""

import re
import threading

import numpy
import pytest

from tinytorch.kernels import reference
from tinytorch.kernels.cpu import optimizer
from tinytorch.kernels.cpu.compile import PIECE, WORTH_COMPILING
from tinytorch.kernels.cuda import source

SETTINGS = (0.01, (0.9, 0.999), 0.7, 1e-8)  # step size, betas, root, eps
LOOPS = (optimizer.adam_loop, optimizer.descent_loop, optimizer.momentum_loop)
TOLERANCE = {"float32": 4e-7, "float64": 8e-16}


def arrays(size, dtype="float32", seed=0):
    """A parameter, a gradient, and means as they are after some steps."""
    random = numpy.random.RandomState(seed)
    return [random.standard_normal(size).astype(dtype) for _ in range(3)] + [random.random_sample(size).astype(dtype)]


def close(found, expected, dtype):
    for one, other in zip(found, expected, strict=True):
        numpy.testing.assert_allclose(one, other, rtol=TOLERANCE[dtype], atol=TOLERANCE[dtype])


@pytest.fixture(params=TOLERANCE)
def loop(request):
    """A dtype whose loop is compiled."""
    for each in LOOPS:
        assert each.make(numpy.dtype(request.param).char) is not None
    return request.param


@pytest.mark.parametrize("size", [0, 1, 100, WORTH_COMPILING - 1, 5 * PIECE + 3])
def test_the_loop_gives_what_the_formula_gives(loop, size):
    found, expected = arrays(size, loop), arrays(size, loop)
    optimizer.adam_step(*found, None, *SETTINGS)
    reference.adam_step(numpy, *expected, None, *SETTINGS)
    close(found, expected, loop)


@pytest.mark.parametrize(
    "change",
    [
        lambda each: each.reshape(8, -1).T,
        lambda each: each[::2],
        lambda each: each.reshape(8, -1)[:, 1:],
        lambda each: each[0, ...],
    ],
)
def test_arrays_in_another_order_and_without_dimensions_are_updated_in_place(loop, change):
    found, expected = arrays(800, loop), arrays(800, loop)
    optimizer.adam_step(*map(change, found), None, *SETTINGS)
    reference.adam_step(numpy, *map(change, expected), None, *SETTINGS)
    close(found, expected, loop)


def test_a_gradient_that_must_not_be_written_to_is_read(loop):
    found, expected = arrays(100, loop), arrays(100, loop)
    found[1].flags.writeable = False
    optimizer.adam_step(*found, None, *SETTINGS)
    reference.adam_step(numpy, *expected, None, *SETTINGS)
    close(found, expected, loop)


@pytest.mark.parametrize("betas", [(0.3, 0.9), (0.0, 0.0)])
def test_a_mean_that_fades_fast_is_computed_from_its_other_end(loop, betas):
    found, expected = arrays(100, loop), arrays(100, loop)
    optimizer.adam_step(*found, None, 0.01, betas, 0.7, 1e-8)
    reference.adam_step(numpy, *expected, None, 0.01, betas, 0.7, 1e-8)
    close(found, expected, loop)


def test_the_largest_square_decides_with_amsgrad(loop):
    plain, with_largest = arrays(100, loop), arrays(100, loop)
    largest = numpy.full(100, 9.0, loop)
    optimizer.adam_step(*with_largest, largest, *SETTINGS)
    optimizer.adam_step(*plain, None, *SETTINGS)
    assert (largest == 9).all()
    moved = with_largest[0] - arrays(100, loop)[0]
    numpy.testing.assert_allclose(moved, -0.01 * with_largest[2] / (3 / 0.7), rtol=1e-4, atol=1e-6)


def test_two_threads_may_step_at_once(loop):
    several = [arrays(3 * PIECE, loop, seed) for seed in range(2)]
    threads = [threading.Thread(target=optimizer.adam_step, args=(*each, None, *SETTINGS)) for each in several]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    for seed, found in enumerate(several):
        expected = arrays(3 * PIECE, loop, seed)
        optimizer.adam_step(*expected, None, *SETTINGS)
        for one, other in zip(found, expected, strict=True):
            numpy.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("size", [0, 1, 100, 5 * PIECE + 3])
@pytest.mark.parametrize(
    "settings",
    [(0.1, 0, 0, 0, False), (0.1, 0, 0, 0.3, False), (0.1, 0.9, 0.2, 0.3, False), (0.1, 0.9, 0, 0.3, True)],
)
def test_descent_gives_what_the_formula_gives(loop, size, settings):
    found, expected = arrays(size, loop)[:3], arrays(size, loop)[:3]
    if not settings[1]:  # no momentum, no buffer
        found[2] = expected[2] = None
    optimizer.sgd_step(*found, *settings)
    reference.sgd_step(numpy, *expected, *settings)
    kept = 3 if settings[1] else 2
    close(found[:kept], expected[:kept], loop)


def test_descent_of_arrays_in_another_order_is_in_place(loop):
    found, expected = arrays(800, loop)[:3], arrays(800, loop)[:3]
    optimizer.sgd_step(*[each[::2] for each in found], 0.1, 0.9, 0, 0, False)
    reference.sgd_step(numpy, *[each[::2] for each in expected], 0.1, 0.9, 0, 0, False)
    close(found, expected, loop)


def packed_arithmetic(function):
    """Whether the machine code of a loop computes with several numbers at once, in each of its variants."""
    pattern = r"v?(fmadd\d+|mul|sqrt)p[sd]\s.*%[xyz]mm|f(mla|mul|sqrt)\s+v"
    return all(re.search(pattern, each) for each in function.inspect_asm().values())


@pytest.mark.parametrize("each", LOOPS, ids=lambda each: each.name)
def test_the_loop_uses_vector_registers(loop, each):
    assert packed_arithmetic(optimizer.compiled_loop(*each.source(loop), cache=False))


def test_a_loop_that_checks_its_divisors_fails_the_same_check(loop):
    import numba

    function, signature = optimizer.adam_loop.source(loop)
    naive = numba.njit(function.__globals__["adam_step"].py_func)  # a division may raise: elements go one by one
    naive.compile(signature)
    assert not packed_arithmetic(naive)


@pytest.mark.parametrize("name", [each.name for each in LOOPS])
def test_the_source_for_gpus_reads_and_writes_16_bytes_at_a_time(name):
    nvrtc = pytest.importorskip("cuda.bindings.nvrtc", reason="the CUDA compiler is not installed (no build for macOS)")
    from tinytorch.kernels.cuda import optimizer as gpu

    assert name in vars(gpu)["sources"]
    _, program = nvrtc.nvrtcCreateProgram(source.sources[name].encode(), b"kernel.cu", 0, [], [])
    options = [each.encode() for each in (*source.OPTIONS, "--gpu-architecture=compute_90")]
    assert nvrtc.nvrtcCompileProgram(program, len(options), options) == (nvrtc.nvrtcResult.NVRTC_SUCCESS,)
    _, size = nvrtc.nvrtcGetPTXSize(program)
    code = b" " * size
    nvrtc.nvrtcGetPTX(program, code)
    for access in ("ld.global.v4", "st.global.v4", "ld.global.v2", "st.global.v2"):
        assert access in code.decode()


@pytest.mark.cuda
@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize("size", [1, 1000, 1_000_003])
def test_the_gpu_gives_what_the_formulas_give(dtype, size):
    import cupy

    from tinytorch.kernels.cuda import optimizer as gpu

    def on_both(count, name, *settings):
        found, expected = [cupy.asarray(each) for each in arrays(size, dtype)[:count]], arrays(size, dtype)[:count]
        getattr(gpu, name)(*found, *settings)
        getattr(reference, name)(numpy, *expected, *settings)
        close([each.get() for each in found], expected, dtype)

    on_both(4, "adam_step", None, *SETTINGS)
    on_both(2, "sgd_step", None, 0.1, 0, 0, 0.3, False)
    on_both(3, "sgd_step", 0.1, 0.9, 0.2, 0.3, False)
    on_both(3, "sgd_step", 0.1, 0.9, 0, 0.3, True)


def test_after_many_small_steps_the_loop_is_made_beside_the_program():
    loop = optimizer.Loop("descent", arrays=2, numbers=2)
    few = [numpy.zeros(1000, "float32") for _ in range(2)]
    for _ in range(optimizer.MUCH // 1000 - 1):
        assert not loop(few, (-0.1, 0.0))
    assert not loop.made
    assert not loop(few, (-0.1, 0.0))
    for each in threading.enumerate():
        if each.name == "tinytorch compiler":
            each.join()
    assert loop(few, (-0.1, 0.0))
