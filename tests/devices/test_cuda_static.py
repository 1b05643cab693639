"""What can be known of the CUDA device without a GPU: its names, its views of memory, and what it says is missing."""

import ast
import inspect
import operator
import re
import subprocess
import sys
from pathlib import Path

import ml_dtypes
import numpy
import pytest

from tinytorch import devices
from tinytorch.devices import cpu, cuda, cuda_special, shapes, vocabulary

cupy = pytest.importorskip("cupy")
SOURCES = Path(cuda.__file__).parent.parent


def array_at(address=4096, shape=(6, 10), dtype="f4"):
    """A CuPy array over an address that nothing reads, which needs no GPU."""
    memory = cupy.cuda.UnownedMemory(address, int(numpy.prod(shape)) * numpy.dtype(dtype).itemsize, None, 0)
    return cupy.ndarray(shape, dtype, cupy.cuda.MemoryPointer(memory, 0))


def used_names():
    """Every `name` of an `xp.name` in the sources of the package."""
    for path in SOURCES.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            owner = getattr(node, "value", None)
            if isinstance(node, ast.Attribute) and "xp" in (getattr(owner, "id", ""), getattr(owner, "attr", "")):
                yield node.attr


def test_every_name_that_the_sources_use_is_there():
    names = set(used_names())
    assert {"add", "sum", "strided"} <= names
    assert [name for name in sorted(names) if not hasattr(cuda.xp, name)] == []


def test_every_special_function_that_the_sources_use_is_there():
    text = "".join(path.read_text(encoding="utf-8") for path in SOURCES.rglob("*.py"))
    names = sorted(set(re.findall(r"\bxp\.special\.(\w+)", text)))
    assert {"erf", "airy", "zeta"} <= set(names)
    assert [name for name in names if not callable(getattr(cuda.xp.special, name, None))] == []


def test_special_functions_of_half_precision_are_computed_in_float32_and_rounded():
    function = cuda_special.through_float32(lambda *arguments: numpy.add(*arguments))
    half = numpy.ones(2, "f2")
    assert function(half, half).dtype == "f2"
    assert function(numpy.ones(2), 1).dtype == "f8"


def test_every_name_that_the_meta_device_has_a_rule_for_is_there():
    assert [name for name in sorted(shapes.kinds) if operator.attrgetter(name)(cuda.xp) is None] == []


def test_every_reference_formula_has_a_kernel_or_stands_in_for_it():
    assert vocabulary.references()
    for name in vocabulary.references():
        assert callable(getattr(cuda.xp, name))


def test_the_device_s_functions_have_the_parameters_of_the_cpu_s():
    for name in ("strided", "repeated", "storage", "offset_between"):
        assert inspect.signature(getattr(cuda, name)) == inspect.signature(getattr(cpu, name))


def test_importing_the_device_does_not_import_cupy():
    program = "import sys, tinytorch.devices.cuda; sys.exit('cupy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], cwd=SOURCES.parent, check=False).returncode == 0


def test_without_cupy_the_sentence_names_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "cupy", None)
    with pytest.raises(AssertionError, match=r"not compiled with CUDA.*pip install 'tinytorch\[cuda13\]'"):
        devices.resolve("cuda")
    assert not cuda.is_available()


def test_a_cupy_that_cannot_be_imported_is_told_from_none(monkeypatch, tmp_path):
    monkeypatch.delitem(sys.modules, "cupy")
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "cupy.py").write_text("raise ImportError('libcuda is broken')")
    with pytest.raises(AssertionError, match="cannot be imported: libcuda is broken"):
        devices.resolve("cuda")


def test_without_a_gpu_the_sentence_says_what_the_runtime_says(monkeypatch):
    monkeypatch.setattr(cuda, "device_count", lambda: 0)
    monkeypatch.setattr(cuda, "driver_complaint", lambda: "cudaErrorNoDevice")
    with pytest.raises(RuntimeError, match=r"Found no NVIDIA driver on your system.*\(cudaErrorNoDevice\)"):
        devices.resolve("cuda")
    assert not cuda.is_available()


def test_a_driver_s_complaint_means_no_gpu(monkeypatch):
    def refuse():
        raise cupy.cuda.runtime.CUDARuntimeError(100)

    monkeypatch.setattr(cupy.cuda.runtime, "getDeviceCount", refuse)
    assert "cudaErrorNoDevice" in cuda.driver_complaint()
    assert cuda.device_count.__wrapped__() == 0


def test_an_index_beyond_the_last_gpu_is_refused(monkeypatch):
    monkeypatch.setattr(cuda, "device_count", lambda: 2)
    monkeypatch.setattr(cuda, "current_index", lambda: 1)
    with pytest.raises(RuntimeError, match=r"CUDA error: invalid device ordinal"):
        devices.resolve("cuda:2")
    assert devices.resolve("cuda:1").index == 1
    assert str(devices.resolve("cuda")) == "cuda:1"


def test_arrays_are_those_of_cupy():
    assert cuda.array is cupy.ndarray
    assert getattr(cuda.xp.exp, "function", cuda.xp.exp) is cupy.exp
    assert cuda.Stream.__module__ == "tinytorch.kernels.cuda.random"
    with pytest.raises(AttributeError):
        _ = cuda.no_such_name


def test_a_strided_view_lies_where_it_should():
    array = array_at()
    flat, offset = cuda.storage(array[1:, 2:])
    assert (flat.shape, flat.data.ptr, offset) == ((60,), 4096, 12)
    view = cuda.strided(flat, (3, 2), (10, -1), 25)
    assert (view.shape, view.strides, view.data.ptr) == ((3, 2), (40, -4), 4096 + 100)
    assert cuda.offset_between(view, array) == 25
    assert cuda.storage(view[1:])[0].shape == (60,)


def test_the_storage_of_a_view_of_another_dtype_counts_its_elements():
    flat, offset = cuda.storage(array_at()[2:].view("f8"))
    assert (flat.dtype, flat.shape, offset) == ("f8", (30,), 10)


def test_a_view_keeps_the_memory_alive():
    array = array_at()
    view = cuda.strided(array[1:].reshape(-1), (2,), (1,))
    assert view.data.mem is array.data.mem


def test_a_strided_view_does_not_own_its_memory():
    pooled = cupy.cuda.memory.BaseMemory()
    array = cupy.ndarray((2,), "f4", cupy.cuda.MemoryPointer(pooled, 0))
    assert cuda.owns(array) and not cuda.owns(array[:1])
    assert not cuda.owns(cuda.strided(array_at(), (2,), (1,)))


@pytest.mark.parametrize(
    ("shape", "strides", "offset"), [((61,), (1,), 0), ((2,), (1,), 59), ((2,), (-1,), 0), ((1,), (1,), -1)]
)
def test_a_view_beyond_the_memory_is_refused(shape, strides, offset):
    with pytest.raises(ValueError, match="strides is incompatible"):
        cuda.strided(array_at(shape=(60,)), shape, strides, offset)
    with pytest.raises(ValueError, match="strides is incompatible"):
        cpu.strided(numpy.zeros(60, "f4"), shape, strides, offset)


def test_slices_along_a_dimension_are_views():
    parts = cuda.unstack(array_at(), axis=-1)
    assert [part.data.ptr - 4096 for part in parts] == [4 * each for each in range(10)]
    assert {part.shape for part in parts} == {(6,)}


class FakeDevice:
    """A GPU that only notes who worked on it."""

    def __init__(self, log, index):
        self.log = log
        self.index = index

    def __enter__(self):
        self.log.append(self.index)

    def __exit__(self, *exception):
        self.log.append(None)


class FakeArray:
    """An array that lives on a fake GPU."""

    def __init__(self, log, index):
        self.device = FakeDevice(log, index)


def work(*arguments, **settings):
    return len(arguments)


work.at = work


def test_with_several_gpus_a_function_runs_where_its_first_array_is():
    log = []
    first, second = FakeArray(log, 3), FakeArray(log, 1)
    call = cuda.guarded(work, FakeArray)
    assert (call(2, first, second), call([second, first]), call.at(second), call(out=first)) == (3, 1, 1, 0)
    assert log == [3, None, 1, None, 1, None, 3, None]
    assert call(1) == 1 and len(log) == 8


def test_with_several_gpus_every_function_of_the_vocabulary_is_guarded():
    guarded = cuda.Guarded("cuda", cupy, cuda.own, cuda.special)
    for name in ("exp", "strided", "sum", "sigmoid"):
        assert type(getattr(guarded, name)) is cuda.guarded
    assert guarded.float32 is cupy.float32
    assert guarded.add.at.function == cupy.add.at


def test_half_precision_is_computed_as_it_is():
    for dtype in ("f2", "f4", ml_dtypes.bfloat16):
        assert cuda.compute_dtype(numpy.dtype(dtype)) == dtype


class HostLibrary:
    """NumPy in the place of CuPy, to see what casts are made."""

    cumsum = staticmethod(numpy.cumsum)
    sort = staticmethod(numpy.sort)
    argsort = staticmethod(numpy.argsort)
    var = staticmethod(numpy.var)


@pytest.mark.parametrize(("name", "expected"), [("cumsum", [3, 4, 6]), ("sort", [1, 2, 3]), ("argsort", [1, 2, 0])])
def test_bfloat16_goes_through_float32_where_cupy_fails(monkeypatch, name, expected):
    monkeypatch.setitem(sys.modules, "cupy", HostLibrary)
    values = numpy.array([3, 1, 2], ml_dtypes.bfloat16)
    found = cuda.own[name](values)
    assert found.tolist() == expected
    assert found.dtype == (numpy.int64 if name == "argsort" else values.dtype)
    out = numpy.empty(3, found.dtype)
    assert cuda.own[name](values, out=out) is out and out.tolist() == expected
    assert cuda.own[name](values.astype("f8")).tolist() == expected


def test_a_variance_of_bfloat16_stays_bfloat16(monkeypatch):
    monkeypatch.setitem(sys.modules, "cupy", HostLibrary)
    assert cuda.own["var"](numpy.array([3, 1], ml_dtypes.bfloat16)).dtype == ml_dtypes.bfloat16


def test_bfloat16_is_sorted_in_float32_where_cupy_sorts_none(monkeypatch):
    monkeypatch.setitem(sys.modules, "cupy", numpy)
    values = numpy.array([[3, 1], [2, 1], [3, 1]], ml_dtypes.bfloat16)
    found, inverse = cuda.own["unique"](values.reshape(-1), return_inverse=True)
    assert (found.dtype, found.tolist(), inverse.tolist()) == (values.dtype, [1, 2, 3], [2, 0, 1, 0, 2, 0])
    assert cuda.own["unique"](values.reshape(-1)).dtype == values.dtype
    assert cuda.own["lexsort"](values.T).tolist() == numpy.lexsort(values.T.astype("f4")).tolist()


def test_mantissas_and_exponents_lie_as_their_numbers(monkeypatch):
    class RowByRow:
        """NumPy, but results lie row by row, as CuPy's."""

        empty = staticmethod(numpy.empty)

        @staticmethod
        def frexp(x):
            return tuple([numpy.ascontiguousarray(each) for each in numpy.frexp(x)])

    monkeypatch.setitem(sys.modules, "cupy", RowByRow)
    for values in (numpy.arange(1.0, 7.0).reshape(2, 3).T, numpy.broadcast_to(numpy.arange(1.0, 4.0), (2, 3))):
        for found, expected in zip(cuda.own["frexp"](values), numpy.frexp(values), strict=True):
            numpy.testing.assert_array_equal(found, expected)
            assert (found.strides, found.dtype) == (expected.strides, expected.dtype)


def test_a_logical_function_of_complex_numbers_asks_whether_they_are_zero(monkeypatch):
    class Real:
        """NumPy, but without logic of complex numbers, as CuPy."""

        not_equal = staticmethod(numpy.not_equal)

        @staticmethod
        def logical_and(one, other, out=None):
            assert one.dtype == other.dtype == bool
            return numpy.logical_and(one, other, out=out)

    monkeypatch.setitem(sys.modules, "cupy", Real)
    values = numpy.array([0, 1j, 2])
    assert cuda.own["logical_and"](values, values).tolist() == [False, True, True]
