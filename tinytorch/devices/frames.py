"""NumPy arrays of any size over the memory of one element: shape, dtype and strides are true, values are not there.

Nothing ever reads or writes a frame, so views of it are NumPy's own and cost nothing.
"""

import operator

import numpy
from numpy.lib.stride_tricks import as_strided


def blank(shape, dtype, order=None):
    """A frame of `shape`; `order` lists the dimensions from the inner to the outer one, None means C order."""
    dtype = numpy.dtype(dtype)
    strides, step = [0] * len(shape), dtype.itemsize
    for axis in reversed(range(len(shape))) if order is None else order:
        strides[axis] = step
        step *= shape[axis]
    return as_strided(numpy.empty(1, dtype), shape, [0] * len(shape) if 0 in shape else strides)


def copied(frame, dtype=None, order="K", shape=None):
    """A frame like another one, in NumPy's words for orders in memory: C, F, A (C or F) and K (kept)."""
    dtype = frame.dtype if dtype is None else dtype
    shape = frame.shape if shape is None else shape
    alike = order in ("A", "K") and (order == "A" or len(shape) == frame.ndim)
    if order == "F" or (alike and frame.flags.fnc):
        return blank(shape, dtype, range(len(shape)))
    if order == "K" and alike and not frame.flags.c_contiguous:
        axes = sorted(range(frame.ndim), key=lambda axis: -abs(frame.strides[axis]))
        return blank(shape, dtype, axes[::-1])
    return blank(shape, dtype)


def reshaped(frame, shape, order="C", copy=None):
    """A view of the frame where NumPy can make one, else a new frame; a ValueError if `copy=False` forbids that."""
    if not copy:
        try:
            return numpy.reshape(frame, shape, order, copy=False)
        except ValueError:
            if copy is False:
                raise
    dense = blank(frame.shape, frame.dtype, range(frame.ndim) if order == "F" else None)
    return numpy.reshape(dense, shape, order, copy=False)


def flat(frame, order="C"):
    """One dimension: a view of a contiguous frame, else a new frame."""
    contiguous = frame.flags.f_contiguous if order == "F" else frame.flags.c_contiguous
    return numpy.reshape(frame, -1, order, copy=False) if contiguous else blank((frame.size,), frame.dtype)


def sample(value):
    """An array of ones like a frame, with at most one element: NumPy computes on it what dtype a result has."""
    if isinstance(value, numpy.ndarray):
        return numpy.ones([min(size, 1) for size in value.shape], value.dtype)
    return value


def inner_first(shape, frames):
    """The order in which NumPy's iterator walks the dimensions of frames that broadcast to `shape`, inner one first.

    An insertion sort by strides; where the frames disagree, C order wins (NumPy, `nditer_constr.c`).
    """
    return insertion_order(reversed(range(len(shape))), shape, frames, operator.lt)


def outer_first(shape, frames):
    """The order that joined frames share, the outer one first (NumPy, `PyArray_CreateMultiSortedStridePerm`)."""
    return insertion_order(range(len(shape)), shape, frames, operator.gt)


def insertion_order(axes, shape, frames, goes_before):
    """The dimensions sorted by the strides of all frames; `goes_before(own, other)` says which of two comes first."""
    steps = [padded_strides(each, len(shape)) for each in frames]
    order = []
    for axis in axes:
        place = len(order)
        for position in reversed(range(len(order))):
            pairs = [(abs(step[axis]), abs(step[order[position]])) for step in steps]
            votes = [goes_before(own, other) for own, other in pairs if own and other]
            if votes and not all(votes):
                break
            if votes:
                place = position
        order.insert(place, axis)
    return order


def padded_strides(frame, ndim):
    """The strides of a frame that is broadcast: 0 where it repeats itself."""
    steps = [0 if size == 1 else step for size, step in zip(frame.shape, frame.strides, strict=True)]
    return [0] * (ndim - frame.ndim) + steps


def delivered(frame, out):
    """`out`, if it was given and has the frame's shape, or the frame."""
    if out is None:
        return frame
    if out.shape != frame.shape:
        raise ValueError(f"output array has shape {out.shape}, but the result has shape {frame.shape}")
    return out


def fits(shape, target):
    """A ValueError if values of `shape` cannot be broadcast into `target`."""
    while len(shape) > len(target) and shape[0] == 1:
        shape = shape[1:]
    if len(shape) > len(target) or any(a not in (b, 1) for a, b in zip(shape[::-1], target[::-1], strict=False)):
        raise ValueError(f"could not broadcast input array from shape {shape} into shape {target}")


def is_mask(part):
    """Whether a part of an index is an array of truth values, so that the shape depends on them."""
    return isinstance(part, numpy.ndarray) and part.dtype == bool


def indexed(frame, key):
    """The frame of `frame[key]`: a view, or a new one where arrays or lists are among the indices (no masks)."""
    key = [numpy.asarray(each) if isinstance(each, list) else each for each in (key if type(key) is tuple else (key,))]
    if not any(each is ... for each in key):
        key.append(...)  # also keeps NumPy from reading an element
    if not any(isinstance(each, numpy.ndarray) for each in key):
        return frame[tuple(key)]
    chosen = [isinstance(each, (numpy.ndarray, int, numpy.integer)) for each in key]  # numbers count beside arrays
    # The other indices first, with a dimension kept for each chosen one; the indices' own dimensions replace these.
    view = frame[tuple([slice(None) if pick else each for each, pick in zip(key, chosen, strict=True)])]
    dots = [each is ... for each in key].index(True)
    shift = view.ndim - len(key)
    places = [at + (shift if at > dots else 0) for at, pick in enumerate(chosen) if pick]
    shapes = [numpy.shape(each) for each, pick in zip(key, chosen, strict=True) if pick]
    try:
        shape = numpy.broadcast_shapes(*shapes)
    except ValueError as error:
        sizes = " ".join(map(str, shapes))
        raise IndexError(
            f"shape mismatch: indexing arrays could not be broadcast together with shapes {sizes}"
        ) from error
    kept = [axis for axis in range(view.ndim) if axis not in places]
    rest = as_strided(view, [view.shape[axis] for axis in kept], [view.strides[axis] for axis in kept])
    order = [axis + len(shape) for axis in inner_first(rest.shape, [rest])] + list(reversed(range(len(shape))))
    made = blank((*shape, *rest.shape), frame.dtype, order)
    parts = [at for at, pick in enumerate(chosen) if pick]
    if parts[-1] - parts[0] + 1 != len(parts):
        return made  # indices that do not stand side by side: their dimensions come first
    return numpy.moveaxis(made, range(len(shape)), range(places[0], places[0] + len(shape)))
