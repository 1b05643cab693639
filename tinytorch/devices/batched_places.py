"""Where the values of a batch stand: views, indices, new arrays and memory, with one dimension more in front.

A rule is for calls with a batched array among the arguments; `function.call` is the device's below, on hidden arrays.
"""

from tinytorch.devices.batched import BatchedArray, creators, filled_shape, is_batched, rule, uncovered

WHOLE = slice(None)
BY_MASK = (
    "vmap: We do not support batching operators that can support dynamic shape. Attempting to batch over indexing "
    "with a boolean mask."
)


# Views


@rule("broadcast_to")
def broadcast_to(function, array, shape):
    """Each example in a larger shape."""
    shape = (shape,) if isinstance(shape, int) else tuple(shape)
    return function.covered(function.call(function.front(array, len(shape)), (function.place.size, *shape)))


@rule("reshape")
def reshape(function, a, shape, order="C", copy=None):
    """Each example in another shape; a ValueError if `copy=False` forbids to copy where that is needed."""
    shape = (shape,) if isinstance(shape, int) else tuple(shape)
    return function.covered(function.call(a.inner, (function.place.size, *filled_shape(shape, a.size)), copy=copy))


@rule("moveaxis")
def moveaxis(function, a, source, destination):
    """Dimensions of each example in other places."""
    moved = [
        [each % a.ndim + 1 for each in ((axes,) if isinstance(axes, int) else axes)] for axes in (source, destination)
    ]
    return function.covered(function.call(a.inner, *moved))


@rule("squeeze flip")
def along(function, a, axis=None):
    """Each example without dimensions of size 1, or with elements in reverse order."""
    if axis is None:
        axis = [dim for dim, size in enumerate(a.shape) if size == 1 or function.name == "flip"]
    axes = (axis,) if isinstance(axis, int) else axis
    return function.covered(function.call(a.inner, tuple([each % a.ndim + 1 for each in axes])))


@rule("expand_dims")
def expand_dims(function, a, axis):
    """Each example with one dimension more."""
    return function.covered(function.call(a.inner, axis % (a.ndim + 1) + 1))


@rule("roll")
def roll(function, a, shift, axis=None):
    """The elements of each example pushed along."""
    if axis is None:
        return roll(function, a.reshape(a.size), shift, 0).reshape(a.shape)
    axes = axis % a.ndim + 1 if isinstance(axis, int) else tuple([each % a.ndim + 1 for each in axis])
    return function.covered(function.call(a.inner, shift, axes))


@rule("diagonal")
def diagonal(function, a, offset=0, axis1=0, axis2=1):
    """The diagonal of each example."""
    return function.covered(function.call(a.inner, offset, axis1 % a.ndim + 1, axis2 % a.ndim + 1))


@rule("tril triu")
def triangle(function, m, k=0):
    """A triangle of the matrices of each example."""
    return function.covered(function.call(m.inner, k))


# New arrays


@rule("zeros ones empty")
def filled(function, shape, dtype=None):
    """An array that batched values may be written to."""
    shape = (shape,) if isinstance(shape, int) else tuple(shape)
    return function.covered(function.call((function.place.size, *shape), dtype))


@rule("full")
def full(function, shape, fill_value, dtype=None):
    """The same with one value for each example."""
    shape = (shape,) if isinstance(shape, int) else tuple(shape)
    kind = fill_value.dtype if dtype is None and hasattr(fill_value, "dtype") else dtype
    if not is_batched(fill_value):
        return function.covered(function.call((function.place.size, *shape), uncovered(fill_value), kind))
    made = function.place.xp.empty(shape, kind)
    made[...] = fill_value
    return made


@rule("zeros_like ones_like empty_like")
def like(function, a, dtype=None):
    """An array in the shape of another one that batched values may be written to."""
    return getattr(function.place.xp, function.name.removesuffix("_like"))(a.shape, a.dtype if dtype is None else dtype)


@rule("array")
def array(function, a, dtype=None):
    """A copy that batched values may be written to; of numbers of the host an array that is the same for all."""
    if type(a) is not BatchedArray:
        return function.covered(function.call(a, dtype), False)
    return a.copy("K") if dtype is None else a.astype(dtype).copy("K")


creators.update(("zeros", "ones", "empty", "full", "zeros_like", "ones_like", "empty_like", "array"))


@rule("asarray ascontiguousarray")
def converted(function, a, dtype=None):
    """The array itself where it is already what is asked for."""
    if dtype is not None and a.dtype != dtype:
        a = a.astype(dtype)
    if function.name == "asarray" or a.flags.c_contiguous:
        return a
    return function.covered(function.call(a.inner))


# Memory


@rule("storage")
def storage(function, values):
    """The memory of each example: overlapping windows, as far apart as the examples, and where in it these begin."""
    flat, offset = function.call(values.inner)
    step = values.inner.strides[0] // values.itemsize
    reach = max(flat.size - (function.place.size - 1) * step, 0)
    windows = function.place.inner.xp.strided(flat, (function.place.size, reach), (step, 1), 0)
    return function.covered(windows), offset


@rule("strided")
def strided(function, flat, shape, strides, offset=0):
    """A view of each example's memory."""
    memory, start = function.place.inner.xp.storage(flat.inner)
    steps = [step // flat.itemsize for step in flat.inner.strides]
    strides = (steps[0], *[step * steps[1] for step in strides])
    return function.covered(function.call(memory, (function.place.size, *shape), strides, start + offset * steps[1]))


@rule("offset_between")
def offset_between(function, values, base):
    """How far apart two arrays begin, in one memory."""
    return function.call(values.inner, base.inner)


@rule("owns")
def owns(function, values):
    """Whether the hidden array owns its memory."""
    return function.call(values.inner)


# Between brackets


@rule("getitem")
def getitem(function, array, key):
    """What a key selects of each example: a view, or a copy where arrays are among the indices."""
    if not array.batched and not is_batched(key):
        return array.like(array.inner[uncovered(key)])
    view, indices, places = taken_apart(function, array, key)
    if not indices:
        return view
    hidden, hidden_key = lines(function, view, indices, places)
    found = function.covered(hidden[hidden_key])
    count, first = span(indices, places)
    return function.place.xp.moveaxis(found, list(range(count)), list(range(first, first + count)))


@rule("setitem")
def setitem(function, array, key, value):
    """Values in the place of what a key selects of each example."""
    if not array.batched:
        if is_batched(key) or is_batched(value):
            function.target(array)
        else:
            array.inner[uncovered(key)] = uncovered(value)
            return
    view, indices, places = taken_apart(function, array, key)
    if not indices:
        view.inner[...] = function.front(trimmed(value, view.ndim), view.ndim)
        return
    hidden, hidden_key = lines(function, view, indices, places)
    count, first = span(indices, places)
    ndim = view.ndim - len(places) + count
    if type(value) is BatchedArray and value.ndim:
        value = trimmed(value, ndim)
        value = value[(*[None] * (ndim - value.ndim), ...)]
        value = function.place.xp.moveaxis(value, list(range(first, first + count)), list(range(count)))
    hidden[hidden_key] = function.front(value, ndim)


def trimmed(value, ndim):
    """A value without the dimensions of size 1 in front that are too many."""
    while getattr(value, "ndim", 0) > ndim:
        value = value[0]
    return value


def taken_apart(function, array, key):
    """The view that the basic parts of a key select, its arrays of indices, and the dimensions that they stand for."""
    parts = []
    for each in key if type(key) is tuple else (key,):
        each = as_index(function, each)
        if type(each) is not BatchedArray or each.dtype.kind != "b":
            parts.append(each)
        elif each.batched:
            raise RuntimeError(BY_MASK)
        else:  # truth values that are the same for all examples name their places
            found = function.place.inner.xp.nonzero(each.inner)
            parts += [BatchedArray(one, False, function.place) for one in found]
    if any(type(each) is BatchedArray for each in parts):  # beside arrays a number counts as one
        parts = [function.place.asarray(each) if isinstance(each, int) else each for each in parts]
    if not any(each is ... for each in parts):
        parts.append(...)
    basic = tuple([WHOLE if type(each) is BatchedArray else each for each in parts])
    view = array.like(array.inner[(WHOLE, *basic) if array.batched else basic])
    others = view.ndim - len([each for each in parts if each is not ... and not isinstance(each, int)])
    indices, places, dim = [], [], 0
    for each in parts:
        if type(each) is BatchedArray:
            indices.append(each)
            places.append(dim)
        dim += others if each is ... else not isinstance(each, int)
    return view, indices, places


def as_index(function, part):
    """A part of a key with arrays and lists of the host as arrays of the device."""
    if type(part) is BatchedArray or part is None or part is ... or isinstance(part, (int, slice)):
        return part
    found = function.place.asarray(part)
    return found if found.size else found.astype("int64")


def lines(function, view, indices, places):
    """The hidden array with the dimensions that indices stand for behind the batch, and the key that selects there."""
    rest = [dim for dim in range(view.ndim) if dim not in places]
    hidden = function.whole(view).transpose([0, *[dim + 1 for dim in (*places, *rest)]])
    if not is_batched(indices):
        return hidden, (WHOLE, *[each.inner for each in indices])
    count = max([each.ndim for each in indices])
    batch = function.place.inner.xp.arange(function.place.size).reshape(-1, *[1] * count)
    return hidden, (batch, *[function.front(each, count) for each in indices])


def span(indices, places):
    """How many dimensions the indices' result has, and where they stand: side by side, or in front."""
    first = places[0] if places[-1] - places[0] + 1 == len(places) else 0
    return max([each.ndim for each in indices]), first


@rule("take")
def take(function, a, indices, axis=None, out=None, mode="raise"):
    """Elements of each example by their numbers."""
    if axis is None:
        a, axis = a.reshape(a.size), 0
    if not is_batched(indices):
        found = function.covered(function.call(a.inner, uncovered(indices), axis % a.ndim + 1))
    else:
        found = a[(*(WHOLE,) * (axis % a.ndim), indices)]
    return found if out is None else function.delivered(found.inner, out)


@rule("take_along_axis")
def take_along_axis(function, arr, indices, axis=-1):
    """Elements of each example by their numbers along one dimension."""
    return function.covered(function.call(function.whole(arr), function.whole(indices), axis % arr.ndim + 1))


@rule("put_along_axis")
def put_along_axis(function, arr, indices, values, axis):
    """Values in the places of such elements."""
    function.call(function.target(arr), function.whole(indices), function.front(values, arr.ndim), axis % arr.ndim + 1)


@rule("copyto")
def copyto(function, dst, src, where=True, casting="same_kind"):
    """Values in the places that a mask names."""
    mask = function.front(where, dst.ndim)
    function.call(function.target(dst), function.front(src, dst.ndim), where=mask, casting=casting)


@rule("ufunc_at")
def ufunc_at(function, name, target, places, values):
    """Elements of each example united with values, in one row for all examples."""
    hidden, size, xp = function.target(target), target.size, function.place.xp
    row, step = 0, size
    for place, length in zip(places if type(places) is tuple else (places,), target.shape, strict=True):
        step //= max(length, 1)
        row = xp.add(row, xp.multiply(xp.where(xp.less(place, 0), xp.add(place, length), place), step))
    below, batch = function.place.inner.xp, function.place.size
    starts = below.multiply(below.arange(batch), size).reshape(batch, *[1] * row.ndim)
    row = below.add(function.whole(row), starts)
    values = below.broadcast_to(function.front(values, row.ndim - 1), row.shape)
    flat = hidden.reshape(-1)
    function.call(name, flat, row.reshape(-1), values.reshape(-1))
    if not hidden.flags.c_contiguous:
        hidden[...] = flat.reshape(hidden.shape)
