"""NumPy's arrays in saved files: read as data, and nothing else with them."""

import io
import pickle

import numpy
import pytest

import tinytorch as torch
from tests.serialization.test_hostile_files import load, number, saved, text

VALUES = {
    "float64": numpy.arange(3.0),
    "Fortran order": numpy.arange(6).reshape(2, 3).T,
    "no dimensions": numpy.array(2.5, dtype=numpy.float16),
    "no elements": numpy.empty((0, 3), dtype=bool),
    "texts": numpy.array(["a", "bc"]),
    "bytes": numpy.array([b"a", b"bc"]),
    "complex": numpy.array([1 + 2j]),
    "objects": numpy.array([1, "x", None], dtype=object),
}


@pytest.mark.parametrize("name", VALUES)
@pytest.mark.parametrize("protocol", [2, 5])
def test_arrays_come_back_as_they_were(name, protocol):
    wanted = VALUES[name]
    got = torch.load(io.BytesIO(saved(wanted, pickle_protocol=protocol)), weights_only=False)
    assert type(got) is numpy.ndarray and got.dtype == wanted.dtype and got.tolist() == wanted.tolist()
    assert got.shape == wanted.shape and got.flags.writeable


def test_scalars_and_dtypes_come_back():
    wanted = {"best": numpy.float32(0.5), "count": numpy.int64(3), "kind": numpy.dtype(">i4")}
    got = torch.load(io.BytesIO(saved(wanted)), weights_only=False)
    assert got == wanted and [type(each) for each in got.values()] == [type(each) for each in wanted.values()]


def test_numbers_of_the_other_byte_order_are_put_into_this_one_as_numpy_does():
    got = torch.load(io.BytesIO(saved(numpy.arange(4, dtype=">i4"))), weights_only=False)
    assert got.tolist() == [0, 1, 2, 3]


def test_arrays_of_older_files_come_back():
    data = pickle.dumps(numpy.arange(3), 2).replace(b"numpy._core.", b"numpy.core.")
    assert load(data, weights_only=False).tolist() == [0, 1, 2]


def test_arrays_stand_beside_tensors():
    got = torch.load(io.BytesIO(saved([torch.ones(2), numpy.ones(2)])), weights_only=False)
    assert torch.equal(got[0], torch.ones(2)) and got[1].tolist() == [1, 1]


def test_arrays_are_no_weights():
    with pytest.raises(pickle.UnpicklingError, match=r"GLOBAL numpy._core.multiarray._reconstruct was not an allowed"):
        load(pickle.dumps(numpy.arange(3), 2))


def test_arrays_of_what_a_user_declares_safe_are_weights():
    names = [numpy._core.multiarray._reconstruct, numpy.ndarray, numpy.dtype, numpy.dtypes.Float64DType]
    with torch.serialization.safe_globals(names):
        assert torch.load(io.BytesIO(saved(numpy.arange(3.0)))).tolist() == [0, 1, 2]


DTYPE = b"cnumpy\ndtype\n" + text("f8") + b"\x89\x88\x87R"
BLANK = b"cnumpy._core.multiarray\n_reconstruct\ncnumpy\nndarray\n" + number(0) + b"\x85" + text("b") + b"\x87R"
HOSTILE = {
    "more than is there": BLANK
    + b"("
    + number(1)
    + number(1 << 40)
    + b"\x85"
    + DTYPE
    + b"\x89C\x08"
    + bytes(8)
    + b"tb.",
    "negative shape": BLANK + b"(" + number(1) + number(-1) + b"\x85" + DTYPE + b"\x89C\x00tb.",
    "pointers": BLANK
    + b"("
    + number(1)
    + number(1)
    + b"\x85"
    + DTYPE.replace(b"f8", b"O8")
    + b"\x89C\x08"
    + bytes(8)
    + b"tb.",
    "a product without end": BLANK + b"(" + number(1) + b"(" + number(3) * 9999 + b"t" + DTYPE + b"\x89C\x00tb.",
    "a call of ndarray": b"cnumpy\nndarray\n" + number(1 << 40) + b"\x85\x85R.",
    "ndarray made new": b"cnumpy\nndarray\n" + number(1 << 40) + b"\x85\x85\x81.",
    "fields": b"cnumpy\ndtype\n" + text("f8,O") + b"\x89\x88\x87R.",
    "pointers as a scalar": b"cnumpy._core.multiarray\nscalar\n"
    + DTYPE.replace(b"f8", b"O8")
    + b"C\x08"
    + bytes(8)
    + b"\x86R.",
}


def test_what_a_dtype_says_of_its_memory_is_not_read():
    state = b"(" + number(3) + text("<") + b"NNN" + number(1 << 20) + number(1) + number(63) + b"tb."
    assert load(b"\x80\x04" + DTYPE + state, weights_only=False) == numpy.dtype("float64")


@pytest.mark.parametrize("name", HOSTILE)
def test_an_array_is_made_of_nothing_but_its_elements(name):
    with pytest.raises(pickle.UnpicklingError):
        load(b"\x80\x04" + HOSTILE[name], weights_only=False)
