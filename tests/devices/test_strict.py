"""The strict device computes as the CPU does and refuses all that other devices would not take."""

import numpy
import pytest

from tests.devices import strict
from tinytorch import devices
from tinytorch.devices import vocabulary

xp = strict.xp


def strict_array(shape=(2, 3)):
    return strict.asarray(numpy.arange(numpy.prod(shape), dtype="f4").reshape(shape))


def same(found, expected):
    assert type(found) is strict.StrictArray
    assert found.dtype == expected.dtype
    numpy.testing.assert_array_equal(strict.to_numpy(found), expected)


def test_functions_give_what_numpy_gives():
    array, plain = strict_array(), numpy.arange(6, dtype="f4").reshape(2, 3)
    same(xp.add(array, 1), plain + 1)
    same(xp.sum(array, axis=0), plain.sum(0))
    same(xp.sum(array), plain.sum())
    same(xp.matmul(array, array.T), plain @ plain.T)
    same(xp.concatenate([array, array], axis=1), numpy.concatenate([plain, plain], 1))
    same(xp.einsum("ij->j", array), plain.sum(0))
    same(xp.zeros((2, 2), dtype=xp.float32), numpy.zeros((2, 2), "f4"))
    same(xp.linalg.inv(xp.eye(2)), numpy.eye(2))


def test_every_array_of_a_result_is_strict():
    array = strict_array()
    for results in (xp.split(array, 3, axis=1), xp.divmod(array, 2), xp.nonzero(array), xp.linalg.qr(array)):
        assert [type(each) for each in results] == [strict.StrictArray] * len(results)


def test_out_is_given_back_as_it_is():
    array = strict_array()
    assert xp.exp(array, out=array) is array
    assert xp.divmod(array, 2, out=(array, None))[0] is array


def test_the_cpu_s_own_functions_are_there():
    array = strict_array()
    flat, offset = xp.storage(array[1:])
    assert (flat.shape, offset) == ((6,), 3)
    xp.strided(flat, (2, 2), (3, 1), 1)[...] = 7
    assert array.tolist() == [[0, 7, 7], [3, 7, 7]]
    assert xp.offset_between(array[1:], array) == 3


@pytest.mark.parametrize(
    "foreign", [numpy.ones(3), numpy.float64(1), numpy.int64(1), pytest.param(object(), id="object"), {1}], ids=repr
)
def test_what_is_foreign_is_refused_by_the_function_s_name(foreign):
    array = strict_array()
    calls = {
        "add": lambda: xp.add(array, foreign),
        "exp": lambda: xp.exp(array, out=foreign),
        "concatenate": lambda: xp.concatenate([array, foreign]),
        "take": lambda: xp.take(array, [[foreign]]),
        "reshape": lambda: array.reshape(foreign),
        "__getitem__": lambda: array[0, foreign],
        "__setitem__": lambda: array.__setitem__(0, foreign),
        "fill": lambda: array.fill(foreign),
        "add.at": lambda: xp.add.at(array, foreign, 1),
    }
    for name, call in calls.items():
        with pytest.raises(TypeError, match=rf"^{name}\(\) of the strict device got a "):
            call()


def test_indices_inside_slices_are_looked_at():
    with pytest.raises(TypeError, match="__getitem__"):
        strict_array()[numpy.int64(1) :]


def test_ufuncs_refuse_lists_as_on_a_gpu():
    with pytest.raises(TypeError, match=r"multiply\(\) of the strict device got a list"):
        xp.multiply(strict_array(), [1, 2, 3])


def test_numpy_refuses_strict_arrays():
    array = strict_array()
    for call in (lambda: numpy.add(array, 1), lambda: numpy.sum(array), lambda: numpy.asarray(array),
                 lambda: numpy.ones(3) * array):  # fmt: skip
        with pytest.raises((TypeError, AttributeError)):
            call()


@pytest.mark.parametrize("name", ["sum", "mean", "max", "clip", "sort", "nonzero", "conj", "tobytes", "ctypes"])
def test_methods_beyond_the_closed_list_are_unknown(name):
    with pytest.raises(AttributeError, match=f"'{name}' is not among"):
        getattr(strict_array(), name)


def test_operators_are_not_in_the_vocabulary():
    array = strict_array()
    for call in (lambda: array + array, lambda: 2 * array, lambda: -array, lambda: array @ array, lambda: array < 1,
                 lambda: array == array, lambda: bool(array), lambda: float(array), lambda: list(array)):  # fmt: skip
        with pytest.raises(TypeError):
            call()


def test_the_closed_list_is_there():
    array = strict_array()
    assert (array.shape, array.dtype, array.ndim, array.size) == ((2, 3), numpy.dtype("f4"), 2, 6)
    assert (array.strides, array.nbytes, array.itemsize) == ((12, 4), 24, 4)
    assert array.flags.c_contiguous and not array.T.flags.c_contiguous
    assert array.reshape(3, 2).transpose(1, 0).swapaxes(0, 1).shape == (3, 2)
    assert array.astype("f8").copy().ravel().view("i8").shape == (6,)
    assert array.real.shape == array.imag.shape == (2, 3)
    assert array[1, 2].item() == 5
    array[0] = strict_array((3,))
    array[xp.greater(array, 4)] = -1
    array.T.fill(2)
    assert array.tolist() == [[2, 2, 2], [2, 2, 2]]


def test_asarray_shares_the_host_s_memory():
    host = numpy.zeros(3)
    strict.asarray(host)[0] = 1
    assert host[0] == 1
    assert strict.asarray(2.5).item() == 2.5
    array = strict_array()
    assert strict.asarray(array) is array and strict.asarray(array, "f8").dtype == "f8"


def test_kernels_are_the_reference_formulas():
    assert vocabulary.references()
    for name, formula in vocabulary.references().items():
        assert getattr(xp, name).func is formula


def test_the_device_is_found_by_its_registered_name():
    devices.register("strict", strict)
    found = devices.resolve("strict")
    assert (str(found), found.array, found.xp) == ("strict", strict.StrictArray, xp)


def test_names_that_numpy_lacks_are_refused():
    for name in ("no_such_function", "__wrapped__"):
        with pytest.raises(AttributeError):
            getattr(xp, name)
    with pytest.raises(AttributeError, match=r"'add.nin' is not in the vocabulary"):
        _ = xp.add.nin
