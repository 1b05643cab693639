"""The meta device gives the shape, dtype and strides that NumPy gives, at any size and without memory."""

import warnings

import ml_dtypes
import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tinytorch.devices import cpu, meta

DTYPES = [
    numpy.dtype(each)
    for each in (["bool", "uint8", "int32", "int64", "float16", "float32", "float64", "complex64", "complex128"])
]
DTYPES.append(numpy.dtype(ml_dtypes.bfloat16))
REAL = [dtype for dtype in DTYPES if dtype.kind in "iuf"]


def laid_out(shape, dtype, order):
    """Ones whose dimensions lie in memory in `order`, the outer one first."""
    return numpy.ones([shape[each] for each in order], dtype).transpose(numpy.argsort(order))


@st.composite
def arrays(draw, dtypes=tuple(DTYPES), least=0, shape=None, most=4, ways=("plain", "reversed", "repeated")):
    """Real arrays in any order of dimensions, with steps, reversed or broadcast."""
    shape = draw(st.lists(st.integers(1, 4), min_size=least, max_size=most)) if shape is None else shape
    made = laid_out(shape, draw(st.sampled_from(dtypes)), draw(st.permutations(range(len(shape)))))
    way = draw(st.sampled_from(ways))
    if way == "reversed":
        made = made[(..., *[slice(None, None, -1)] * made.ndim)]
    if way == "repeated" and made.ndim and made.shape[0] == 1:
        made = numpy.broadcast_to(made, (3, *made.shape[1:]))
    return made


def described(result):
    """Shape, dtype and the strides that matter: a dimension of one element has none, nor have arrays without any."""
    if isinstance(result, (tuple, list)):
        return [described(each) for each in result]
    steps = [step for size, step in zip(result.shape, result.strides, strict=True) if size > 1]
    return result.shape, result.dtype, steps if result.size else []


def agrees(call, *values):
    """Whether `call(xp, ...)` has the same description under NumPy and on meta, or is refused with the same class."""
    with numpy.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        try:
            expected = call(numpy, *values)
        except (TypeError, ValueError, IndexError) as error:
            with pytest.raises((TypeError, ValueError, IndexError)) as caught:
                call(meta.xp, *[on_meta(each) for each in values])
            kinds = (type(error), caught.type)
            assert issubclass(*kinds) or issubclass(*kinds[::-1])
            return
        found = call(meta.xp, *[on_meta(each) for each in values])
    assert described(found) == described(expected)


def on_meta(value):
    """The meta array that lies as a real array lies, not the copy in its order that `asarray` makes."""
    if isinstance(value, numpy.ndarray):
        frame = meta.blank(value.shape, value.dtype)
        return meta.MetaArray(numpy.lib.stride_tricks.as_strided(frame, value.shape, value.strides))
    return [on_meta(each) for each in value] if isinstance(value, list) else value


def broadcast_with(array):
    """Arrays whose shape broadcasts with that of another one."""
    shape = st.tuples(*[st.sampled_from((1, size)) for size in array.shape])
    return shape.flatmap(lambda found: arrays(shape=list(found), ways=("plain", "reversed")))


@given(
    arrays(),
    st.sampled_from(
        ["negative", "exp", "isnan", "sqrt", "logical_not", "floor", "sign", "conjugate", "absolute", "square"]
    ),
)
def test_a_function_of_one_array_keeps_its_order_in_memory(array, name):
    agrees(lambda xp, a: getattr(xp, name)(a), array)


@given(
    st.data(),
    st.sampled_from(["add", "multiply", "divide", "maximum", "less", "arctan2", "floor_divide", "bitwise_and"]),
)
def test_operands_broadcast_and_promote(data, name):
    array = data.draw(arrays())
    other = data.draw(st.one_of(broadcast_with(array), st.sampled_from((True, 2, 2.5, 2j))))
    agrees(lambda xp, a, b: getattr(xp, name)(a, b), array, other)
    agrees(lambda xp, a, b: getattr(xp, name)(b, a), array, other)


@given(arrays())
def test_a_function_may_have_two_results(array):
    agrees(lambda xp, a: xp.divmod(a, a), array)
    agrees(lambda xp, a: xp.frexp(a), array)


@given(st.data())
def test_out_is_filled_and_returned(data):
    array, out = data.draw(arrays(dtypes=tuple(REAL))), data.draw(arrays(dtypes=[numpy.dtype("f4")]).map(numpy.array))
    agrees(lambda xp, a, o: xp.exp(a, out=o), array, out)
    target = meta.xp.empty(3, dtype="f4")
    assert meta.xp.add(target, 1, out=target) is not None
    assert meta.xp.add(target, 1, out=target).frame is target.frame


@given(st.data())
def test_where_and_clip_are_elementwise(data):
    array = data.draw(arrays())
    other, third = data.draw(broadcast_with(array)), data.draw(broadcast_with(array))
    agrees(lambda xp, a, b, c: xp.where(a, b, c), array, other, third)
    agrees(lambda xp, a, b: xp.where(a, b, 0.5), array, other)
    agrees(lambda xp, a: xp.clip(a, 0, 1), array)
    agrees(lambda xp, a: xp.clip(a, None, 1), array)


@given(
    st.data(),
    st.sampled_from(["prod", "mean", "max", "min", "any", "all", "var", "std", "count_nonzero"]),
    st.booleans(),
)
def test_reductions_keep_the_order_of_what_stays(data, name, keepdims):
    array = data.draw(arrays(dtypes=tuple(each for each in DTYPES if each.kind != "V")))
    axes = st.one_of(st.none(), st.integers(-2, 2), st.lists(st.integers(0, 3), max_size=2, unique=True).map(tuple))
    axis = data.draw(axes)
    agrees(lambda xp, a: xp.asarray(getattr(xp, name)(a, axis=axis, keepdims=keepdims)), array)


@given(st.data(), st.booleans())
def test_a_sum_is_as_on_the_cpu(data, keepdims):
    array = data.draw(arrays())
    axis = data.draw(st.one_of(st.none(), st.integers(0, max(array.ndim - 1, 0)) if array.ndim else st.none()))
    expected = numpy.asarray(cpu.sum(array, axis, keepdims=keepdims))
    assert described(meta.xp.sum(on_meta(array), axis, keepdims=keepdims)) == described(expected)


@given(arrays(least=1), st.booleans())
def test_indices_of_extremes_are_int64(array, keepdims):
    for axis in (None, 0, -1):
        agrees(lambda xp, a, axis=axis: xp.argmax(a, axis=axis, keepdims=keepdims), array)
        agrees(lambda xp, a, axis=axis: xp.argmin(a, axis=axis), array)


@given(arrays(dtypes=tuple(REAL), least=1))
def test_scans_have_as_many_elements(array):
    for axis in (None, 0, -1):
        agrees(lambda xp, a, axis=axis: xp.cumsum(a, axis=axis), array)
        agrees(lambda xp, a, axis=axis: xp.cumprod(a, axis=axis, dtype="f8"), array)
    agrees(lambda xp, a: xp.add.accumulate(a, axis=0), array)


@given(arrays(dtypes=tuple(REAL), least=1), st.data())
def test_methods_of_a_ufunc(array, data):
    agrees(lambda xp, a: xp.add.reduce(a, axis=0, keepdims=True), array)
    assert (
        described(meta.xp.add.reduceat(on_meta(array), [0, 0], axis=0))[:2]
        == described(numpy.add.reduceat(array, [0, 0], axis=0))[:2]
    )  # NumPy's order in memory changes here with the casts that it makes
    assert meta.xp.add.at(on_meta(array), on_meta(numpy.array([0])), 1) is None
    plain = numpy.array(data.draw(arrays(most=2)), order="C")
    agrees(lambda xp, a, b: xp.multiply.outer(a, b), numpy.array(array, order="C"), plain)


@given(st.lists(st.integers(1, 3), max_size=2), *[st.integers(1, 4)] * 3, st.sampled_from(REAL), st.sampled_from(REAL))
def test_matrix_products_broadcast_their_leading_dimensions(lead, rows, inner, columns, dtype, other):
    left = numpy.ones((*lead, rows, inner), dtype)
    right = numpy.ones((inner, columns), other)
    agrees(lambda xp, a, b: xp.matmul(a, b), left, right)
    agrees(lambda xp, a, b: xp.matmul(a, b[..., 0]), left, right)
    agrees(lambda xp, a, b: xp.matmul(a[..., 0, :], b), left, right)
    agrees(lambda xp, a, b: xp.matmul(b, a), left, right)
    agrees(lambda xp, a, b: xp.dot(a, b), left, right)
    agrees(lambda xp, a, b: xp.tensordot(a, b, axes=1), left, right)
    agrees(lambda xp, a, b: xp.tensordot(a, b, axes=([-1], [0])), left, right)
    agrees(lambda xp, a, b: xp.outer(a, b), left, right)
    agrees(lambda xp, a, b: xp.inner(a, b[..., 0]), left, right)
    agrees(lambda xp, a: xp.vecdot(a, a), left)


def test_a_product_over_no_elements():
    agrees(lambda xp, a, b: xp.matmul(a, b), numpy.ones((2, 0), "f4"), numpy.ones((0, 3), "f4"))
    agrees(lambda xp, a, b: xp.matmul(a, b), numpy.ones((0, 2, 3), "f4"), numpy.ones((3, 4), "f4"))
    agrees(lambda xp, a, i: a[i], numpy.ones((0, 3), "f4"), numpy.zeros(0, "i8"))


def test_a_product_goes_into_out():
    out = meta.xp.empty((2, 2))
    assert meta.xp.matmul(meta.xp.ones((2, 3)), meta.xp.ones((3, 2)), out=out).frame is out.frame
    assert meta.xp.matmul(meta.xp.ones((2, 3)), meta.xp.ones((3, 2)), out).frame is out.frame
    with pytest.raises(ValueError, match="output array has shape"):
        meta.xp.matmul(meta.xp.ones((2, 3)), meta.xp.ones((3, 4)), out=out)


def test_vectors_give_a_product_without_dimensions():
    agrees(lambda xp, a: xp.matmul(a, a), numpy.ones(3, "f4"))
    agrees(lambda xp, a: xp.dot(a, a), numpy.ones(3, "f4"))


@pytest.mark.parametrize(
    ("subscripts", "shapes"),
    [("ij,jk->ik", [(2, 3), (3, 4)]), ("ij,jk", [(2, 3), (3, 4)]), ("...ij,...jk->...ik", [(5, 2, 3), (3, 4)]),
     ("bij->bj", [(2, 3, 4)]), ("ij,ij->", [(2, 3), (2, 3)]), ("i,j->ij", [(2,), (3,)]), ("ij,ij->", [(2, 3), (2, 4)]),
     ("b...i->b...", [(2, 3, 4, 5)]), ("ij->ij", [(2, 3, 4)])],
)  # fmt: skip
def test_einsum_reads_its_letters(subscripts, shapes):
    agrees(
        lambda xp, *operands: xp.array(xp.einsum(subscripts, *operands)), *[numpy.ones(each, "f4") for each in shapes]
    )


@given(st.data())
def test_joining_keeps_an_order_that_all_share(data):
    shape = data.draw(st.lists(st.integers(1, 4), min_size=1, max_size=3))
    order = data.draw(st.permutations(range(len(shape))))
    joined = [laid_out(shape, data.draw(st.sampled_from(REAL)), order) for _ in range(data.draw(st.integers(1, 3)))]
    for axis in (0, -1):
        agrees(lambda xp, given, axis=axis: xp.concatenate(given, axis=axis), joined)
        agrees(lambda xp, given, axis=axis: xp.stack(given, axis=axis), joined)
    agrees(lambda xp, given: xp.concatenate(given, axis=None), joined)
    agrees(lambda xp, given: xp.hstack(given), joined)
    agrees(lambda xp, given: xp.vstack(given), joined)


def test_joining_refuses_sizes_that_differ():
    agrees(lambda xp, a, b: xp.concatenate((a, b)), numpy.ones((2, 3)), numpy.ones((2, 4)))
    agrees(lambda xp, a, b: xp.stack((a, b)), numpy.ones((2, 3)), numpy.ones((2, 4)))


VIEWS = [
    lambda xp, a: a.transpose(),
    lambda xp, a: a.T,
    lambda xp, a: a[1:],
    lambda xp, a: a[..., ::-1],
    lambda xp, a: a[None, ..., None],
    lambda xp, a: a.swapaxes(0, -1),
    lambda xp, a: xp.moveaxis(a, 0, -1),
    lambda xp, a: xp.broadcast_to(a, (2, *a.shape)),
    lambda xp, a: xp.expand_dims(a, 0),
    lambda xp, a: xp.squeeze(a),
    lambda xp, a: xp.flip(a, 0),
    lambda xp, a: a.reshape(-1),
    lambda xp, a: a.reshape(a.shape[0], -1),
    lambda xp, a: xp.reshape(a, (a.size, 1)),
    lambda xp, a: xp.reshape(a, (-1,), copy=False),
    lambda xp, a: xp.reshape(a, (7, 11, 13)),
    lambda xp, a: a.ravel(),
    lambda xp, a: a.real,
    lambda xp, a: a.imag,
    lambda xp, a: xp.split(a, [1]),
    lambda xp, a: xp.array_split(a, 3),
    lambda xp, a: xp.diagonal(a, 0, 0, -1),
    lambda xp, a: a[0, ...],
    lambda xp, a: a[9:, ...],
    lambda xp, a: a[9],
    lambda xp, a: xp.atleast_3d(a),
]


@pytest.mark.parametrize("view", VIEWS)
@settings(max_examples=30)
@given(arrays(dtypes=tuple(each for each in DTYPES if each.kind != "V"), least=1))
def test_views_are_those_of_numpy(view, array):
    agrees(view, array)


def test_views_share_their_memory_and_know_their_place():
    whole = meta.xp.empty((4, 6), dtype="f4")
    view = whole[1:, 2:]
    flat, offset = meta.xp.storage(view)
    assert (flat.shape, offset, meta.xp.offset_between(view, whole)) == ((24,), 8, 8)
    again = meta.xp.strided(flat, (3, 4), (6, 1), offset)
    assert (again.shape, again.strides, meta.xp.offset_between(again, whole)) == ((3, 4), view.strides, 8)
    assert meta.xp.may_share_memory(again, whole)
    assert meta.xp.owns(whole) and not meta.xp.owns(view) and not meta.xp.owns(again)


COPIES = [
    lambda xp, a: a.copy(),
    lambda xp, a: a.copy(order="K"),
    lambda xp, a: a.astype("f4"),
    lambda xp, a: xp.copy(a),
    lambda xp, a: xp.array(a),
    lambda xp, a: xp.ascontiguousarray(a),
    lambda xp, a: xp.zeros_like(a),
    lambda xp, a: xp.empty_like(a, dtype="i4", order="C"),
    lambda xp, a: xp.full_like(a, 1, shape=(3, 2)),
    lambda xp, a: xp.sort(a, axis=-1),
    lambda xp, a: xp.sort(a, None),
    lambda xp, a: xp.sort(a, 0, "stable"),
    lambda xp, a: xp.sort(a, axis=3),
    lambda xp, a: xp.argsort(a, axis=0, kind="stable"),
    lambda xp, a: xp.partition(a, 0, axis=0),
    lambda xp, a: xp.argpartition(a, 0),
    lambda xp, a: xp.searchsorted(a.reshape(-1), a),
    lambda xp, a: xp.roll(a, 1, axis=0),
    lambda xp, a: xp.roll(a, 1),
    lambda xp, a: xp.repeat(a, 2, axis=0),
    lambda xp, a: xp.repeat(a, 3),
    lambda xp, a: xp.diff(a, axis=0),
    lambda xp, a: xp.tile(a.copy(), (2, 1, 3)),
    lambda xp, a: xp.pad(a, 1),
    lambda xp, a: xp.pad(a, ((1, 2),) * a.ndim),
    lambda xp, a: xp.tril(a),
    lambda xp, a: xp.triu(a, 1),
    lambda xp, a: xp.ravel(a, order="F"),
    lambda xp, a: xp.isclose(a, a),
    lambda xp, a: xp.nan_to_num(a),
    lambda xp, a: xp.round(a),
]


@pytest.mark.parametrize("copy", COPIES)
@settings(max_examples=30)
@given(arrays(dtypes=tuple(REAL), least=1, most=3).filter(lambda array: 0 not in array.strides))
def test_new_arrays_lie_as_those_of_numpy(copy, array):
    agrees(copy, array)


def test_repeats_of_each_element_are_added():
    agrees(lambda xp, a: xp.repeat(a, [1, 0, 3], axis=0), numpy.ones((3, 2)))


@settings(max_examples=50)
@given(arrays(dtypes=tuple(REAL), least=2, most=4, shape=[3, 4, 2, 3]))
def test_index_arrays_put_their_dimensions_where_numpy_does(array):
    one = numpy.array([0, 1, 0, 1, 1])
    agrees(lambda xp, a, i: a[i], array, one)
    agrees(lambda xp, a, i: a[:, i], array, one)
    agrees(lambda xp, a, i: a[:, i, 0], array, one)
    agrees(lambda xp, a, i: a[i, :, i], array, one)
    agrees(lambda xp, a, i: a[..., i, i], array, one)
    agrees(lambda xp, a, i: a[i[:, None], i], array, one)
    agrees(lambda xp, a, i: a[:, [0, 1]], array, one)
    agrees(lambda xp, a, i: a[0, ..., i], array, one)
    agrees(lambda xp, a, i: a[:, None, i], array, one)
    agrees(lambda xp, a, i: a[i, i, i, i, i], array, one)
    agrees(lambda xp, a, i: a[i[:2], i], array, one)


def test_take_and_its_fellows():
    array, index = numpy.ones((3, 4, 5), "f4"), numpy.zeros((2, 6), "i8")
    for axis in (None, 0, 1, -1):
        agrees(lambda xp, a, i, axis=axis: xp.take(a, i, axis=axis), array, index)
    agrees(lambda xp, a: xp.take(a, 0, axis=1), array)
    agrees(lambda xp, a, i: xp.take_along_axis(a, i, axis=1), array, numpy.zeros((3, 7, 5), "i8"))
    agrees(lambda xp, a, i: xp.take_along_axis(a, i, axis=-1), array, numpy.zeros((1, 4, 2), "i8"))


def test_creation():
    agrees(lambda xp: xp.zeros((2, 3)))
    agrees(lambda xp: xp.ones(4, dtype="i4"))
    agrees(lambda xp: xp.empty((2, 3), dtype="f4", order="F"))
    agrees(lambda xp: xp.full((2, 3), 1))
    agrees(lambda xp: xp.full((2, 3), 1.5, dtype="f4"))
    agrees(lambda xp: xp.full((2, 3), True))
    agrees(lambda xp: xp.eye(3))
    agrees(lambda xp: xp.eye(3, 4, dtype="f4"))
    agrees(lambda xp: xp.identity(3, dtype="f4"))
    agrees(lambda xp: xp.tri(3, 4, dtype=bool))
    agrees(lambda xp: xp.linspace(0, 1, 7))
    agrees(lambda xp: xp.linspace(0, 1, 7, dtype="f4"))
    agrees(lambda xp, a: xp.linspace(a, 1, 7), numpy.ones(3))
    agrees(lambda xp: xp.asarray([[1, 2], [3, 4]]))
    agrees(lambda xp, a: xp.diag(a), numpy.ones(3))
    agrees(lambda xp, a: xp.diag(a, 1), numpy.ones((3, 4)))
    agrees(lambda xp, a: xp.trace(a), numpy.ones((3, 4), "f4"))


@given(st.integers(-5, 5), st.integers(-5, 5), st.sampled_from((-2, -1, 1, 3, 0.5)))
def test_arange_counts_its_steps(start, stop, step):
    agrees(lambda xp: xp.arange(start, stop, step))
    agrees(lambda xp: xp.arange(stop))
    agrees(lambda xp: xp.arange(float(start), stop, step, dtype="f4"))


def test_a_million_million_elements_cost_nothing():
    xp = meta.xp
    huge = xp.zeros((10**6, 10**6), dtype="f4")
    row = xp.empty(10**6, dtype="f4")
    assert xp.add(huge.T, row).strides == (4, 4 * 10**6) or xp.add(huge.T, row).shape == huge.shape
    assert xp.exp(huge[::2]).shape == (500_000, 10**6)
    assert xp.matmul(huge, huge).shape == huge.shape
    assert xp.sum(huge, axis=0).shape == (10**6,)
    assert xp.reshape(huge.T, -1).shape == (10**12,)
    assert xp.concatenate([huge, huge]).nbytes == 8 * 10**12
    assert xp.take(huge, xp.zeros(5, dtype="i8"), axis=1).shape == (10**6, 5)
    assert huge[xp.zeros(7, dtype="i8")].shape == (7, 10**6)
    assert huge[3].shape == (10**6,) and huge[3, 4].shape == ()
    huge[3] = row
    huge[...] = 1
    huge[xp.greater(huge, 0)] = 2
    assert repr(huge) == "MetaArray(shape=(1000000, 1000000), dtype=float32)"


@pytest.mark.parametrize("shape", [(0,), (0, 3), (3, 0, 2)])
def test_arrays_without_elements(shape):
    array = numpy.ones(shape, "f4")
    agrees(lambda xp, a: xp.add(a, a), array)
    agrees(lambda xp, a: xp.sum(a, axis=0), array)
    agrees(lambda xp, a: xp.max(a, axis=0), array)
    agrees(lambda xp, a: xp.argmax(a, axis=-1), array)
    agrees(lambda xp, a: a.reshape(-1), array)
    agrees(lambda xp, a: xp.concatenate((a, a)), array)


def test_assignment_refuses_what_does_not_fit():
    with pytest.raises(ValueError, match=r"could not broadcast input array from shape \(2,\) into shape \(3,\)"):
        meta.xp.zeros((4, 3))[1] = meta.xp.zeros(2)
    with pytest.raises(ValueError, match="could not broadcast"):
        meta.xp.copyto(meta.xp.zeros((4, 3)), meta.xp.zeros(2))
    with pytest.raises(IndexError):
        meta.xp.zeros((4, 3))[4] = 1
    with pytest.raises(TypeError, match="Cannot cast"):
        meta.xp.copyto(meta.xp.zeros(3, dtype="i4"), meta.xp.zeros(3))


@pytest.mark.parametrize("name", ["nonzero", "unique", "flatnonzero", "argwhere", "where", "bincount"])
def test_a_shape_that_depends_on_values_is_not_implemented(name):
    with pytest.raises(NotImplementedError, match=f"{name}: attempted to run this operator with Meta tensors"):
        getattr(meta.xp, name)(meta.xp.ones(3, dtype="i8"))


def test_a_mask_as_index_is_not_implemented():
    array = meta.xp.ones(3)
    with pytest.raises(NotImplementedError, match="attempted to run this operator with Meta tensors"):
        array[meta.xp.greater(array, 0)]
    with pytest.raises(NotImplementedError, match="repeat: attempted"):
        meta.xp.repeat(array, meta.xp.ones(3, dtype="i8"))


def test_values_cannot_be_read():
    array = meta.xp.ones(1)
    for read in (array.item, array.__bool__, array.__float__, array.__int__, lambda: meta.xp.allclose(array, array)):
        with pytest.raises(RuntimeError, match=r"Tensor.item\(\) cannot be called on meta tensors"):
            read()
    for copy in (array.tolist, lambda: meta.to_numpy(array), lambda: numpy.asarray(array)):
        with pytest.raises(NotImplementedError, match="Cannot copy out of meta tensor; no data!"):
            copy()
    with pytest.raises(TypeError):
        numpy.add(array, 1)


def test_a_host_array_is_refused_but_not_by_asarray():
    with pytest.raises(TypeError, match="array of the host"):
        meta.xp.add(meta.xp.ones(3), numpy.ones(3))
    found = meta.asarray(numpy.ones((2, 3), "f4", order="F"))
    assert (found.shape, found.dtype, found.strides) == ((2, 3), "f4", (4, 8))
    assert (meta.asarray(1.5).shape, meta.asarray(1, "f4").dtype) == ((), "f4")
    assert meta.asarray(found) is found


def test_the_names_of_types_and_constants_are_those_of_numpy():
    assert (meta.xp.float32, meta.xp.pi) == (numpy.float32, numpy.pi)
    with pytest.raises(AttributeError, match="has no 'load'"):
        _ = meta.xp.load
