"""How history sees views: by their shape, strides and offset in the memory of their base, all in elements."""

from tinytorch import graph
from tinytorch.operation import Rule, memory_view, operation


@memory_view(
    Rule(method=False, title="AsStrided", linear=True), input=lambda grad, base, view: region_embed(grad, base, view)
)
def view_of_base(xp, input, base, view):
    """What a view shows of its base: `view` is its shape, strides and offset, in elements."""
    shape, strides, offset = view
    flat, start = xp.storage(input)
    return xp.strided(flat, shape, strides, start + offset - base[2])


@operation(Rule(moves=True, method=False, linear=True), input=lambda grad, base, view: region_embed(grad, base, view))
def region(xp, input, base, view):
    """What a view would show of values that lie as its base does."""
    return xp.strided(laid_out(xp, input, base, view), *view).copy()


@operation(Rule(moves=True, method=False, linear=True),
    input=lambda grad, base, view: region_scatter(grad, grad.new_zeros(view[0]), base, view),
    source=lambda grad, base, view: region(grad, base, view),
)  # fmt: skip
def region_scatter(xp, input, source, base, view):
    """The input with the region of a view replaced by `source`."""
    flat = laid_out(xp, input, base, view)
    xp.strided(flat, *view)[...] = source
    return xp.strided(flat, *base)


@operation(Rule(moves=True, method=False, linear=True), input=lambda grad, base, view: region(grad, base, view))
def region_embed(xp, input, base, view):
    """Zeros that lie as a base does, with the input added where a view shows it, repeatedly if the view overlaps
    itself."""
    shape, strides, offset = view
    flat = xp.zeros(extent(base, view), input.dtype)
    repeated = tuple([dim for dim, step in enumerate(strides) if step == 0 and shape[dim] > 1])
    if repeated:
        input = xp.sum(input, repeated, keepdims=True)
        shape = input.shape
    if spread_out(shape, strides):
        xp.strided(flat, shape, strides, offset)[...] = input
    else:
        places = xp.strided(xp.arange(len(flat)), shape, strides, offset)
        xp.ufunc_at("add", flat, places.reshape(-1), input.reshape(-1))
    return xp.strided(flat, *base)


def laid_out(xp, values, base, *views):
    """A copy of values in memory that is laid out as a base's, as the flat array under it; long enough for views."""
    flat = xp.zeros(extent(base, *views), values.dtype)
    xp.strided(flat, *base)[...] = values
    return flat


def extent(*layouts):
    """How many elements of memory layouts reach over, from the place that their offsets are counted from."""
    ends = [0]
    for shape, strides, offset in layouts:
        if 0 not in shape:
            ends.append(1 + offset + sum([(size - 1) * step for size, step in zip(shape, strides, strict=True)]))
    return max(ends)


def spread_out(shape, strides):
    """Whether no two elements of a layout can share memory."""
    reach = 0
    pairs = [(step, size) for step, size in zip(strides, shape, strict=True) if size > 1]
    for step, size in sorted(pairs):
        if step <= reach:
            return False
        reach += step * (size - 1)
    return True


def restride(base, array):
    """A stale view of `base` made again, recorded."""
    size = array.itemsize
    offset = base.device.xp.offset_between(array, base.array)
    whole = base.array.shape, tuple([stride // size for stride in base.array.strides]), 0
    return view_of_base(base, whole, (array.shape, tuple([stride // size for stride in array.strides]), offset))


graph.restride, graph.region, graph.region_scatter = restride, region, region_scatter
