"""The kernels of sigmoid on the CPU: exact, silent, for every layout, vectorised, and safe among threads and forks."""

import os
import re
import subprocess
import sys
import threading
import warnings

import numpy
import pytest

from tinytorch.kernels import reference
from tinytorch.kernels.cpu import activation, compile

SHAPE = (300, 1000)  # large enough to be compiled for and to be computed in pieces
LARGE = SHAPE[0] * SHAPE[1]
BOUND = {"float32": 1.6e-7, "float64": 4e-16}
FORMULA_BOUND = {"float32": 3e-7, "float64": 4e-16}  # NumPy's exp of float32 is less exact
DTYPES = pytest.mark.parametrize("dtype", BOUND)


def normal(shape, dtype, seed=0):
    """Standard normal numbers times three."""
    return (3 * numpy.random.default_rng(seed).standard_normal(shape)).astype(dtype)


def truth(input):
    """The sigmoid in long double, which on x86 holds every intermediate number."""
    e = numpy.exp(numpy.minimum(input.astype(numpy.longdouble), 1000))
    return e / (1 + e)


def error(result, exact, bound):
    """The largest error as a multiple of the bound; below the normal range a unit in the last place is the bound."""
    tiny = numpy.finfo(result.dtype)
    return float(numpy.max(numpy.abs(result - exact) / numpy.maximum(bound * exact, tiny.smallest_subnormal)))


def everywhere(dtype):
    """Numbers from all over the range."""
    edge = 120 if dtype == "float32" else 800
    parts = numpy.linspace(-edge, 45, 400_000), normal(50_000, "float64"), 1e-3 * normal(50_000, "float64"), [0, -edge]
    return numpy.concatenate(parts).astype(dtype)


@DTYPES
def test_the_kernel_is_exact_over_the_whole_range(dtype):
    input = everywhere(dtype)
    assert error(activation.sigmoid(input), truth(input), BOUND[dtype]) <= 1


@DTYPES
def test_the_formula_is_exact_over_the_whole_range(dtype):
    input = everywhere(dtype)
    assert error(reference.sigmoid(numpy, input), truth(input), FORMULA_BOUND[dtype]) <= 1


@DTYPES
def test_small_arrays_are_exact_before_and_after_the_kernel_is_made(dtype, monkeypatch):
    inputs = numpy.array_split(everywhere(dtype), 200)
    activation.sigmoid(normal(LARGE, dtype))
    after = [activation.sigmoid(each) for each in inputs]
    monkeypatch.setattr(activation, "made", {})
    before = [activation.sigmoid(each) for each in inputs]
    for input, early, late in zip(inputs, before, after, strict=True):
        assert error(early, truth(input), FORMULA_BOUND[dtype]) <= 1
        assert error(late, truth(input), BOUND[dtype]) <= 1


@DTYPES
@pytest.mark.parametrize("size", [9, LARGE])
@pytest.mark.parametrize("made", [True, False])
def test_special_numbers_are_right_and_raise_no_warning(dtype, size, made, monkeypatch):
    activation.sigmoid(normal(LARGE, dtype))
    if not made:
        monkeypatch.setattr(activation, "made", {})
    input = numpy.resize(
        numpy.array([-numpy.inf, numpy.inf, numpy.nan, -numpy.nan, -1e30, 1e30, 0, -0.0, 1e-40], dtype), size
    )
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        result = activation.sigmoid(input)
    expected = numpy.resize(numpy.array([0, 1, numpy.nan, numpy.nan, 0, 1, 0.5, 0.5, 0.5], dtype), size)
    numpy.testing.assert_array_equal(result, expected)


@DTYPES
@pytest.mark.parametrize("shape", [(10,), SHAPE, (1, LARGE), (3, LARGE // 3)])
def test_backward_and_bias_agree_with_their_formulas(dtype, shape):
    upstream, result = normal(shape, dtype), activation.sigmoid(normal(shape, dtype, 1))
    bias = normal(shape[-1:], dtype, 2)
    bounds = {"rtol": 4 * BOUND[dtype], "atol": 1e-30}
    found = activation.sigmoid_backward(upstream, result)
    numpy.testing.assert_allclose(found, reference.sigmoid_backward(numpy, upstream, result), **bounds)
    found = activation.bias_sigmoid(upstream, bias)
    numpy.testing.assert_allclose(found, reference.bias_sigmoid(numpy, upstream, bias), **bounds)
    assert found.dtype == dtype


LAYOUTS = {
    "transposed": lambda array: array.T,
    "permuted": lambda array: array.reshape(30, 10, 1000).transpose(2, 0, 1),
    "every second column": lambda array: numpy.repeat(array, 2, 1)[:, ::2],
    "backwards": lambda array: array[::-1, ::-1],
    "repeated row": lambda array: numpy.broadcast_to(array[:1], SHAPE),
    "long and flat": lambda array: array.reshape(2, -1)[:, :-1],
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("rows", [4, SHAPE[0]])
def test_every_layout_gives_the_same_numbers_and_numpys_memory_order(layout, rows):
    base = normal(SHAPE, "float32")[:rows] if layout not in ("permuted", "repeated row") else normal(SHAPE, "float32")
    input = LAYOUTS[layout](base)
    result = activation.sigmoid(input)
    numpy.testing.assert_allclose(result, truth(input), rtol=FORMULA_BOUND["float32"])
    if layout in ("transposed", "permuted"):
        assert result.strides == numpy.negative(input).strides == input.strides


@pytest.mark.parametrize("layout", ["transposed", "every second column"])
def test_a_large_gradient_may_lie_in_another_order_than_the_result(layout):
    result = activation.sigmoid(normal(SHAPE, "float32"))
    upstream = LAYOUTS[layout](normal(SHAPE[::-1] if layout == "transposed" else SHAPE, "float32", 1))
    found = activation.sigmoid_backward(upstream, result)
    numpy.testing.assert_allclose(found, upstream * result * (1 - result), rtol=1e-6, atol=1e-30)


@pytest.mark.parametrize("shape", [(10,), (2, 10_000), SHAPE, (1_000_000,)])
def test_out_may_be_the_input(shape):
    input = normal(shape, "float32")
    expected = activation.sigmoid(input)
    assert activation.sigmoid(input, input) is input
    numpy.testing.assert_array_equal(input, expected)
    upstream = normal(shape, "float32", 1)
    gradient = activation.sigmoid_backward(upstream, expected)
    assert activation.sigmoid_backward(upstream, expected, upstream) is upstream
    numpy.testing.assert_array_equal(upstream, gradient)


@pytest.mark.parametrize("size", [10, LARGE])
@pytest.mark.parametrize("step", [1, 2])
def test_out_may_overlap_the_input_in_part(size, step):
    memory = normal(step * size + 1, "float32")
    expected = activation.sigmoid(memory[:-1:step])
    activation.sigmoid(memory[:-1:step], memory[1::step])
    numpy.testing.assert_array_equal(memory[1::step], expected)


@pytest.mark.parametrize("shape", [(2, 5), (2, 30_000), SHAPE])
def test_out_may_be_every_second_column_or_transposed(shape):
    input, bias = normal(shape, "float32"), normal(shape[1:], "float32", 1)
    memory, turned = numpy.zeros((shape[0], 2 * shape[1]), numpy.float32), numpy.empty(shape[::-1], numpy.float32)
    for call in (lambda out: activation.sigmoid(input, out), lambda out: activation.bias_sigmoid(input, bias, out)):
        expected = call(None)
        for out in (memory[:, ::2], memory[:, ::-2], turned.T):
            assert call(out) is out
            numpy.testing.assert_array_equal(out, expected)
            out[...] = 0
        assert not memory.any()


def test_out_of_another_dtype_is_cast_or_refused_by_numpy():
    wide, whole = numpy.empty(LARGE, "float64"), numpy.empty(LARGE, "int64")
    input = normal(LARGE, "float32")
    numpy.testing.assert_array_equal(activation.sigmoid(input, wide), activation.sigmoid(input))
    with pytest.raises(TypeError, match="Cannot cast"):
        activation.sigmoid(input, whole)


def test_read_only_empty_and_0d_arrays_are_computed():
    input = normal(LARGE, "float32")
    input.flags.writeable = False
    assert error(activation.sigmoid(input), truth(input), BOUND["float32"]) <= 1
    assert activation.sigmoid(numpy.empty((0, 3), "float32")).shape == (0, 3)
    assert float(activation.sigmoid(numpy.zeros((), "float64"))) == 0.5


@pytest.mark.parametrize("dtype", ["float16", "complex64", "complex128"])
@pytest.mark.parametrize("size", [10, LARGE])
def test_other_dtypes_take_the_formula_and_keep_their_dtype(dtype, size):
    input = (normal(size, "complex128") + 1j).astype(dtype) if dtype[0] == "c" else normal(size, dtype)
    result = activation.sigmoid(input)
    assert result.dtype == dtype
    exact = 1 / (1 + numpy.exp(-input.astype("complex128")))
    numpy.testing.assert_allclose(
        result, exact, rtol=2e-3 if dtype == "float16" else 2e-6, atol=1e-7
    )  # float16's last unit is 6e-8
    assert activation.sigmoid_backward(result, result).dtype == activation.bias_sigmoid(input, input).dtype == dtype


def test_the_derivative_of_a_complex_number_is_conjugated():
    upstream, result = numpy.array([1 + 1j]), reference.sigmoid(numpy, numpy.array([1 + 2j]))
    found = activation.sigmoid_backward(upstream, result)
    numpy.testing.assert_allclose(found, [-0.2798294721 + 0.5616070873j], rtol=1e-9)  # PyTorch's


def test_the_number_of_threads_does_not_change_a_bit():
    input, many = normal(1_000_003, "float32"), compile.get_num_threads()
    results = []
    try:
        for threads in (1, 2, 3, 8):
            compile.set_num_threads(threads)
            results.append(activation.sigmoid(input))
    finally:
        compile.set_num_threads(many)
    for result in results[1:]:
        numpy.testing.assert_array_equal(result, results[0])


def test_python_threads_may_run_kernels_at_the_same_time():
    inputs = [normal(LARGE + each, "float32", each) for each in range(4)]
    expected = [activation.sigmoid(each) for each in inputs]
    wrong = []

    def repeat(input, right):
        for _ in range(20):
            if not numpy.array_equal(activation.sigmoid(input), right):
                wrong.append(input)

    threads = [threading.Thread(target=repeat, args=pair) for pair in zip(inputs, expected, strict=True)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert not wrong


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_forked_child_runs_kernels_after_its_parent_did():
    input = normal(1_000_000, "float32")
    expected = activation.sigmoid(input)
    child = os.fork()
    if child == 0:
        os._exit(0 if numpy.array_equal(activation.sigmoid(input), expected) else 1)
    assert os.waitpid(child, 0)[1] == 0


def run(program, **environment):
    """What a fresh interpreter prints."""
    before = "import numpy, sys\nfrom tinytorch.kernels.cpu import activation\n"
    command = [sys.executable, "-W", "error", "-c", before + program]
    return subprocess.check_output(command, env=os.environ | environment, text=True, timeout=120).split()


def test_small_arrays_never_load_numba():
    program = (
        "activation.sigmoid(numpy.ones(99_999, 'f4')); activation.sigmoid(numpy.ones(9)); print('numba' in sys.modules)"
    )
    assert run(program) == ["False"]


def test_without_compilation_large_arrays_take_the_formula():
    program = "print(activation.sigmoid(numpy.zeros(1_000_000)).sum(), activation.made)"
    assert run(program, NUMBA_DISABLE_JIT="1") == ["500000.0", "{}"]


def test_an_error_in_a_piece_reaches_the_caller():
    def refuse_the_last(start):
        if start == 7:
            raise MemoryError(start)

    with pytest.raises(MemoryError, match="7"):
        compile.share(refuse_the_last, range(8))


def test_a_kernel_runs_while_the_interpreter_shuts_down():
    program = "import atexit; atexit.register(lambda: print(activation.sigmoid(numpy.zeros(1_000_000)).sum()))"
    assert run(program) == ["500000.0"]


def test_first_builds_at_the_same_time_leave_one_cache_that_the_next_process_reads(tmp_path):
    program = (
        "from tinytorch.kernels.cpu import activation as a; import numpy; print(a.sigmoid(numpy.zeros(200_000)).sum())"
    )
    environment = os.environ | {"NUMBA_CACHE_DIR": str(tmp_path)}
    command = [sys.executable, "-c", program]
    builders = [subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    assert [each.communicate(timeout=120)[0] for each in builders] == ["100000.0\n"] * 3
    made = ["finish", "lead", "sigmoid_float64", "stand_by"]
    assert sorted(path.name for path in tmp_path.glob("kernels-*/*")) == made
    assert len(list(tmp_path.rglob("*.nbi"))) == len(made)
    files = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    assert subprocess.check_output(command, env=environment, text=True) == "100000.0\n"
    assert files == {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}


def test_without_a_folder_to_write_to_a_kernel_is_compiled_all_the_same(tmp_path):
    (tmp_path / "file").touch()
    program = "print(activation.sigmoid(numpy.zeros(200_000)).sum(), *activation.made)"
    assert run(program, NUMBA_CACHE_DIR=str(tmp_path / "file")) == ["100000.0", "float64"]


def assembly(function, signature):
    """The assembly of the ufunc that Numba makes of a scalar function, loops included."""
    from numba import vectorize
    from numba.core.compiler_lock import global_compiler_lock
    from numba.np.ufunc.wrappers import build_ufunc_wrapper

    (made,) = vectorize([signature], **compile.OPTIONS)(function)._dispatcher.overloads.values()
    name = made.fndesc.llvm_func_name
    wrapper = build_ufunc_wrapper(made.library, made.target_context, name, made.signature, made.objectmode, made)
    with global_compiler_lock:
        wrapper.library.finalize()
    return wrapper.library.get_asm_str()


def vector_instructions(text, dtype):
    """The arithmetic of x86 on whole vector registers: names such as vdivps, without the leading v."""
    kind = {"float32": "ps", "float64": "pd"}[dtype]
    return set(re.findall(rf"^\s*v((?:mul|div|add|sub|fn?m(?:add|sub)\d+){kind})\s.*[yz]mm", text, re.MULTILINE))


def multiplications(instructions):
    """Those that multiply: a loop that calls `exp` for each element may still add and divide in vectors."""
    return {each for each in instructions if "mul" in each or "fm" in each or "fnm" in each}


X86 = pytest.mark.skipif("x86" not in os.uname().machine if hasattr(os, "uname") else True, reason="reads x86 assembly")


@X86
@DTYPES
@pytest.mark.parametrize("formula", ["sigmoid", "bias_sigmoid", "sigmoid_backward"])
def test_the_loop_is_vectorised(formula, dtype):
    from tinytorch.kernels.compiled import activation as formulas

    function = getattr(formulas, f"{formula}_{dtype}")
    signature = f"{dtype}({', '.join([dtype] * function.__code__.co_argcount)})"
    found = vector_instructions(assembly(function, signature), dtype)
    kind = {"float32": "ps", "float64": "pd"}[dtype]
    assert multiplications(found) and (f"div{kind}" in found) == (formula != "sigmoid_backward")


@X86
@DTYPES
def test_the_naive_form_fails_the_same_check(dtype):
    import math

    def naive(input):
        return 1 / (1 + math.exp(-input))

    found = vector_instructions(assembly(naive, f"{dtype}({dtype})"), dtype)
    assert not multiplications(found)
