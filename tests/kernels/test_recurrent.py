"""The steps of recurrent layers on the CPU: as exact as the formula, for sequences of every length, and vectorised."""

import platform
import re

import numpy
import pytest

from tinytorch.kernels import reference
from tinytorch.kernels.cpu import compile, recurrent

GATES = {"LSTM": 4, "GRU": 3, "RNN_TANH": 1, "RNN_RELU": 1}
KINDS = pytest.mark.parametrize("kind", GATES)


@pytest.fixture
def compiled():
    """Both functions are there, so that small arrays go through them too."""
    if recurrent.make("forward") is None or recurrent.make("backward") is None:
        pytest.skip("NUMBA_DISABLE_JIT is set")


def inputs(kind, sizes, size, dtype="float32"):
    """What the input gives to the gates, hidden and cell state, weight and bias."""
    random, gates = numpy.random.default_rng(0), GATES[kind] * size
    shapes = (sum(sizes), gates), (sizes[0], size), (sizes[0], size), (gates, size), (gates,)
    arrays = [random.standard_normal(shape) / 2 for shape in shapes]
    arrays[3] /= size**0.5
    return [each.astype(dtype) for each in arrays]


def both_ways(steps, back, kind, sizes, reverse, arrays):
    """All that a layer's steps give and change, forward and back again."""
    projected, hidden, cell, weight, bias = [each.copy() for each in arrays]
    output, kept, before = steps(kind, sizes, reverse, projected, hidden, cell, weight, bias, None)
    flows, of_hidden, of_cell = numpy.cos(output), numpy.sin(hidden), numpy.cos(cell)
    found = back(kind, sizes, reverse, flows, of_hidden, of_cell, kept, before, weight, None)
    return [output, kept, before, hidden, cell, *found, flows, of_hidden, of_cell]


def by_formula(*args):
    """The same by the formulas."""
    steps = lambda *given: reference.recurrent_steps(numpy, *given)
    back = lambda *given: reference.recurrent_steps_back(numpy, *given)
    return both_ways(steps, back, *args)


def by_kernel(*args):
    """The same by the kernels."""
    return both_ways(recurrent.recurrent_steps, recurrent.recurrent_steps_back, *args)


@KINDS
@pytest.mark.parametrize("sizes", [(0, 0), (1,), (3, 3, 3), (20, 20, 17, 9, 8, 3, 1), (70, 70)])
@pytest.mark.parametrize("size", [1, 5, 37, 128])
@pytest.mark.parametrize("reverse", [False, True])
def test_steps_are_those_of_the_formula_in_double_precision(compiled, kind, sizes, size, reverse):
    arrays = inputs(kind, sizes, size)
    exact = by_formula(kind, sizes, reverse, [each.astype("float64") for each in arrays])
    for one, other in zip(by_kernel(kind, sizes, reverse, arrays), exact, strict=True):
        assert one.dtype == "float32"
        numpy.testing.assert_allclose(one, other, 2e-5, 2e-5)


@KINDS
def test_other_dtypes_and_projections_go_by_the_formula(compiled, kind):
    arrays = inputs(kind, (4, 2), 8, "float64")
    for one, other in zip(by_kernel(kind, (4, 2), False, arrays), by_formula(kind, (4, 2), False, arrays), strict=True):
        assert one.dtype == "float64" and numpy.array_equal(one, other)
    projected, _, cell, _, bias = inputs("LSTM", (4, 2), 8)
    weight, hidden, projection = [numpy.ones(shape, "float32") for shape in ((32, 3), (4, 3), (3, 8))]
    output, *_ = recurrent.recurrent_steps("LSTM", (4, 2), False, projected, hidden, cell, weight, bias, projection)
    assert output.shape == (6, 3)


def test_nan_and_infinite_gates_are_as_in_the_formula(compiled):
    for kind in GATES:
        arrays = inputs(kind, (6,), 20)
        arrays[0][:, ::7], arrays[0][1, 3], arrays[0][2, 4] = numpy.nan, numpy.inf, -numpy.inf
        with numpy.errstate(all="ignore"):
            found, expected = [way(kind, (6,), False, arrays) for way in (by_kernel, by_formula)]
        for one, other in zip(found, expected, strict=True):
            numpy.testing.assert_allclose(one, other, 2e-5, 2e-5)


def test_threads_share_the_sequences_with_the_same_result(compiled, monkeypatch):
    monkeypatch.setattr(recurrent, "ALONE", 0)
    arrays, before, found = inputs("LSTM", (37, 30, 5), 40), compile.get_num_threads(), []
    try:
        for count in (1, 3):
            compile.set_num_threads(count)
            found.append(by_kernel("LSTM", (37, 30, 5), False, arrays))
    finally:
        compile.set_num_threads(before)
    for one, other in zip(*found, strict=True):
        numpy.testing.assert_allclose(one, other, 1e-6, 1e-6)


def test_a_large_layer_is_compiled_for_and_much_work_in_small_ones_too(compiled, monkeypatch):
    for sizes, calls in (((64,) * 10, 1), ((2,), recurrent.MUCH // 256)):
        monkeypatch.setattr(recurrent, "made", {})
        monkeypatch.setattr(recurrent, "asked", {"forward": 0, "backward": 0})
        projected, *others = inputs("LSTM", sizes, 64 if calls == 1 else 32)
        for call in range(calls + 1):
            recurrent.recurrent_steps("LSTM", sizes, False, projected, *others, None)
            assert calls == 1 or call >= calls - 1 or recurrent.made == {}
        if calls > 1:
            recurrent.make("forward")  # waits for the thread that makes it
        assert recurrent.made["forward"] is not None


def test_without_numba_the_formula_answers(monkeypatch):
    numba = pytest.importorskip("numba")
    monkeypatch.setattr(recurrent, "made", {})
    monkeypatch.setattr(numba.config, "DISABLE_JIT", 1)
    arrays = inputs("GRU", (64,) * 12, 64)
    found, expected = [way("GRU", (64,) * 12, False, arrays) for way in (by_kernel, by_formula)]
    assert recurrent.made == {"forward": None, "backward": None}
    assert all(numpy.array_equal(one, other) for one, other in zip(found, expected, strict=True))


def test_tanh_is_exact_over_the_whole_range(compiled):
    import numba

    from tinytorch.kernels.compiled.activation import tanh_float32

    tanh = numba.vectorize(["float32(float32)"], fastmath={"contract"})(lambda value: tanh_float32(value))
    tiny = numpy.geomspace(1e-37, 12, 300_000)
    values = numpy.concatenate([tiny, -tiny]).astype("float32")
    exact = numpy.tanh(values.astype("float64"))
    assert numpy.max(numpy.abs(tanh(values) / exact - 1)) < 2e-7
    assert tanh(numpy.float32("inf")) == 1 and tanh(numpy.float32("-inf")) == -1 and tanh(numpy.float32(0)) == 0
    assert numpy.isnan(tanh(numpy.float32("nan")))


@pytest.mark.skipif("x86" not in platform.machine(), reason="reads x86 assembly")
@pytest.mark.parametrize("name", ["forward", "backward"])
def test_products_and_gates_are_computed_by_whole_vectors(compiled, name):
    from tinytorch.kernels.compiled import recurrent as room

    function = recurrent.steps(getattr(room, f"{name}_float32"), recurrent.SIGNATURES[name], cache=False)
    text = "\n".join(function.inspect_asm().values())
    vector = "zmm" if room.LANES == 16 else "ymm"
    products = re.findall(rf"vfmadd231ps\s.*%{vector}", text)
    assert len(products) >= 2 * (room.ROWS + 4 + 1)
    assert name == "backward" or len(re.findall(r"vdivps\s.*%[yz]mm", text)) >= 7  # in each loop over gates


@pytest.mark.parametrize("columns", [1, 32, 70])
def test_panels_hold_the_columns_filled_up_with_zeros(compiled, columns):
    matrix = numpy.random.default_rng(0).standard_normal((5, columns)).astype("float32")
    panels = recurrent.panels(matrix)
    side_by_side = panels.swapaxes(0, 1).reshape(5, -1)
    assert numpy.array_equal(side_by_side[:, :columns], matrix) and not side_by_side[:, columns:].any()
