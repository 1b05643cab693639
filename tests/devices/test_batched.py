"""The device of `vmap`: functions of arrays that hide a batch give for each example what NumPy gives for it alone."""

import numpy
import pytest

from tinytorch.batching import Level, device_of, levels_of
from tinytorch.devices import CPU, device, resolve
from tinytorch.devices.batched import BatchedArray

SIZE = 4
LEVEL = Level(SIZE)
PLACE = LEVEL.over(CPU)
XP = PLACE.xp


def values(*shape):
    return numpy.random.RandomState(len(shape)).permutation(numpy.arange(float(numpy.prod(shape)))).reshape(shape)


def batched(*shape):
    return BatchedArray(values(SIZE, *shape), True, PLACE)


def lifted(array):
    return BatchedArray(numpy.asarray(array), False, PLACE)


def example(value, number):
    """What one example sees of an argument."""
    if isinstance(value, BatchedArray):
        return value.inner[number] if value.batched else value.inner
    if isinstance(value, tuple | list):
        return type(value)([example(each, number) for each in value])
    return value


def agrees(found, function, *arguments):
    """Whether a result has for each example what NumPy gives for its arguments."""
    assert type(found) is BatchedArray
    for number in range(SIZE):
        wanted = numpy.asarray(function(*[example(each, number) for each in arguments]))
        assert found.shape == wanted.shape and found.dtype == wanted.dtype
        numpy.testing.assert_array_equal(example(found, number), wanted)


INDEX = lifted([2, 0, 1])
OTHER = BatchedArray(numpy.array([[0, 1], [1, 1], [2, 0], [0, 2]]), True, PLACE)
PLACES = BatchedArray(numpy.array([2, 0, 1, 1]), True, PLACE)
KEYS = [
    0, -1, slice(1, None), (..., 0), (None, 1), (slice(None), None, 0), ([0, 2],), INDEX, OTHER, PLACES,
    (slice(None), INDEX), (slice(None), OTHER), (OTHER, slice(None), OTHER), (0, slice(None), INDEX), (PLACES, ..., 0),
    (OTHER, PLACES), (None, OTHER, ..., PLACES), (lifted([True, False, True]),), (INDEX[:, None], OTHER),
]  # fmt: skip


@pytest.mark.parametrize("key", KEYS, ids=repr)
def test_a_key_selects_of_each_example(key):
    array = batched(3, 3, 3)
    agrees(array[key], lambda one, at: one[at], array, key)


@pytest.mark.parametrize("key", KEYS, ids=repr)
@pytest.mark.parametrize("differ", [True, False])
def test_values_are_written_to_what_a_key_selects_of_each_example(key, differ):
    array, before = batched(3, 3, 3), batched(3, 3, 3)
    shape = array[key].shape
    value = BatchedArray(-values(SIZE, *shape), True, PLACE) if differ else lifted(-values(*shape))

    def written(one, at, new):
        one = one.copy()
        one[at] = new
        return one

    array[key] = value
    agrees(array, written, before, key, value)
    array[key] = 5.0
    agrees(array, written, before, key, 5.0)


def test_truth_values_that_differ_select_nothing():
    mask = XP.greater(batched(3), 2)
    for attempt in (lambda: batched(3)[mask], lambda: batched(3).__setitem__(mask, 0)):
        with pytest.raises(RuntimeError, match="Attempting to batch over indexing with a boolean mask"):
            attempt()


CALLS = {
    "add of other shapes": (lambda xp, a, b: xp.add(a, b), (batched(2, 3), batched(3))),
    "add of one for all": (lambda xp, a, b: xp.add(a, b), (batched(3), lifted(values(2, 3)))),
    "where": (lambda xp, a, b: xp.where(xp.less(a, 4), a, b), (batched(3), batched(2, 3))),
    "sum": (lambda xp, a: xp.sum(a), (batched(2, 3),)),
    "sum along": (lambda xp, a: xp.sum(a, -1, None, None, True), (batched(2, 3),)),
    "amax along several": (lambda xp, a: xp.amax(a, (0, -1)), (batched(2, 3, 2),)),
    "argmax of all": (lambda xp, a: xp.argmax(a), (batched(2, 3),)),
    "any of a number": (lambda xp, a: xp.any(a, 0), (batched(),)),
    "cumsum": (lambda xp, a: xp.cumsum(a, -1), (batched(2, 3),)),
    "sort": (lambda xp, a: xp.sort(a, 0), (batched(3, 2),)),
    "argsort": (lambda xp, a: xp.argsort(a, -1, kind="stable"), (batched(3, 2),)),
    "matmul": (lambda xp, a, b: xp.matmul(a, b), (batched(2, 3), batched(5, 3, 2))),
    "matmul of vectors": (lambda xp, a, b: xp.matmul(a, b), (batched(3), batched(3))),
    "matmul with one matrix": (lambda xp, a, b: xp.matmul(a, b), (batched(3), lifted(values(3, 2)))),
    "one matrix times": (lambda xp, a, b: xp.matmul(a, b), (lifted(values(2, 3)), batched(3))),
    "vector times matrices": (lambda xp, a, b: xp.matmul(a, b), (batched(3), batched(2, 3, 4))),
    "einsum": (lambda xp, a, b: xp.einsum("ij,...j->...i", a, b), (lifted(values(2, 3)), batched(4, 3))),
    "concatenate": (lambda xp, a, b: xp.concatenate([a, b], -1), (batched(2, 3), lifted(values(2, 1)))),
    "stack": (lambda xp, a, b: xp.stack([a, b], -1), (batched(2), lifted(values(2)))),
    "take": (lambda xp, a, i: xp.take(a, i, 1), (batched(2, 3), INDEX)),
    "take of each": (lambda xp, a, i: xp.take(a, i, 0), (lifted(values(3, 2)), OTHER)),
    "take_along_axis": (lambda xp, a, i: xp.take_along_axis(a, i, 1), (lifted(values(1, 3)), OTHER[None])),
    "searchsorted": (
        lambda xp, a, v: xp.searchsorted(a, v, side="right"), (XP.sort(batched(7)), XP.add(batched(2, 3), 0.0))
    ),
    "searchsorted in one": (lambda xp, a, v: xp.searchsorted(a, v), (lifted(numpy.arange(9.0)), batched(3))),
    "broadcast_to": (lambda xp, a: xp.broadcast_to(a, (2, 2, 3)), (batched(3),)),
    "moveaxis": (lambda xp, a: xp.moveaxis(a, 0, -1), (batched(2, 3, 4),)),
    "squeeze": (lambda xp, a: xp.squeeze(a, 1), (batched(2, 1),)),
    "flip": (lambda xp, a: xp.flip(a, -1), (batched(2, 3),)),
    "roll": (lambda xp, a: xp.roll(a, 2), (batched(2, 3),)),
    "diagonal": (lambda xp, a: xp.diagonal(a, 1, 0, 1), (batched(2, 3),)),
    "tril": (lambda xp, a: xp.tril(a), (batched(3, 3),)),
    "reshape": (lambda xp, a: xp.reshape(a, (3, -1)), (batched(2, 3),)),
    "reshape of a transpose": (lambda xp, a: a.T.reshape(-1), (batched(2, 3),)),
    "swapaxes": (lambda xp, a: a.swapaxes(0, -1), (batched(2, 3, 4),)),
    "svd": (lambda xp, a: xp.linalg.svd(a, False)[1], (batched(3, 2),)),
    "fft": (lambda xp, a: xp.fft.fft(a, None, -1), (batched(2, 4),)),
}  # fmt: skip


@pytest.mark.parametrize("name", CALLS)
def test_a_function_gives_for_each_example_what_it_gives_alone(name):
    call, arguments = CALLS[name]
    found = call(XP, *arguments)
    if name == "fft":  # SciPy's and NumPy's differ in the last bit
        found = BatchedArray(found.inner.round(9), True, PLACE)
        agrees(found, lambda *given: numpy.fft.fft(*given).round(9), *arguments)
    else:
        agrees(found, lambda *given: call(CPU.xp, *given), *arguments)


def test_elements_are_united_at_places_of_each_example():
    target, places, added = batched(5), OTHER, batched(2)
    before = batched(5)

    def united(one, at, new):
        one = one.copy()
        numpy.add.at(one, at, new)
        return one

    XP.ufunc_at("add", target, places, added)
    agrees(target, united, before, places, added)


def test_new_arrays_take_batched_values_and_others_become_batched_when_they_are_written_to():
    for made in (XP.zeros(3), XP.full((3,), 0.0), XP.empty_like(lifted(values(3))), lifted(values(3)).copy()):
        assert made.batched
        made[...] = batched(3)
        agrees(made, lambda one: one, batched(3))
    result = XP.add(lifted(values(3)), 1)
    assert not result.batched
    assert XP.add(result, batched(3), out=result) is result
    agrees(result, lambda one, other: one + 1 + other, lifted(values(3)), batched(3))
    view = lifted(values(4))[1:]
    with pytest.raises(RuntimeError, match="is not possible because there exists a Tensor `other`"):
        view[...] = batched(3)


def test_the_memory_of_an_example_begins_where_the_example_does():
    array = BatchedArray(numpy.moveaxis(values(3, SIZE, 2), 1, 0), True, PLACE)  # the batch lies in the middle
    flat, start = XP.storage(array)
    agrees(XP.strided(flat, array.shape, [step // 8 for step in array.strides], start), lambda one: one, array)
    agrees(XP.strided(flat, (2, 2), (1, 2 * SIZE), start), lambda one: one[:2].T, array)
    XP.strided(flat, (2,), (1,), start)[...] = 0.0
    assert (array.inner[:, 0] == 0).all() and (array.inner[:, 1:] != 0).any()


def test_shape_strides_and_order_are_those_of_an_example():
    array = batched(2, 3)
    assert (array.shape, array.ndim, array.size, array.strides, array.nbytes) == ((2, 3), 2, 6, (24, 8), 48)
    assert array.flags.c_contiguous and not array.T.flags.c_contiguous and array.T.flags.f_contiguous
    middle = BatchedArray(numpy.moveaxis(values(2, SIZE, 3), 1, 0), True, PLACE)
    assert middle.strides == (96, 8) and not middle.flags.c_contiguous
    assert BatchedArray(values(SIZE, 9)[:, :3], True, PLACE).flags.c_contiguous


def test_the_device_shows_itself_as_the_one_below():
    assert PLACE == CPU and CPU == PLACE and hash(PLACE) == hash(CPU) and device("meta") != PLACE
    assert (PLACE.type, str(PLACE), repr(PLACE)) == ("cpu", "cpu", "device(type='cpu')")
    assert device(PLACE) is CPU and resolve(PLACE) is CPU and PLACE.real is CPU


def test_levels_stand_on_one_another_in_the_order_in_which_they_were_opened():
    inner = Level(2)
    both = device_of(CPU, [inner, LEVEL])
    assert both.inner is PLACE and levels_of(both) == (LEVEL, inner) and device_of(CPU, [LEVEL, inner]) is both
    array = BatchedArray(BatchedArray(values(SIZE, 2, 3), True, PLACE), True, both)
    assert both.xp.sum(array).inner.inner.shape == (SIZE, 2)


def test_one_number_differs_by_example_and_has_no_value():
    for ask in (lambda a: a.item(), bool, int, float, lambda a: a.tolist(), numpy.asarray):
        with pytest.raises(RuntimeError):
            ask(batched())
    assert lifted(3.0).item() == 3.0 and lifted([1.0, 2.0]).tolist() == [1.0, 2.0]


def test_a_batch_can_stand_on_the_device_without_memory():
    from tinytorch.func import vmap
    from tinytorch.ops.create import empty

    found = vmap(lambda a: (a @ a.T).softmax(-1)[:, 0])(empty(SIZE, 3, 2, device="meta"))
    assert found.shape == (SIZE, 3) and found.device.type == "meta"


def test_the_strict_device_computes_batches_too():
    from tests.devices import strict
    from tinytorch import devices, tensor
    from tinytorch.func import vmap

    devices.register("strict", strict)
    rows = tensor([[1.0, 2.0], [3.0, 4.0]], device="strict")
    found = vmap(lambda a: (a.outer(a).sigmoid() * a).sum(1)[[1, 0]].cumsum(0))(rows)
    wanted = vmap(lambda a: (a.outer(a).sigmoid() * a).sum(1)[[1, 0]].cumsum(0))(rows.cpu())
    assert vmap(lambda a: tensor(2.0) * a)(rows).tolist() == [[2, 4], [6, 8]]  # a number may come from the CPU
    rows = rows.cpu().requires_grad_()
    there = vmap(lambda a: (a.to("strict") * 2).cpu() * a)(rows)
    there.sum().backward()
    assert there.device is CPU and rows.grad.tolist() == (4 * rows).tolist()
    assert found.device.type == "strict" and found.reshape(-1).tolist() == pytest.approx(wanted.reshape(-1).tolist())
