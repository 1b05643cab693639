"""How history sees views: by their shape, strides and offset in the memory of their base, all in elements."""

from tinytorch import graph
from tinytorch.operation import Rule, memory_view, operation


@memory_view(Rule(method=False, title="AsStrided"), input=lambda grad, base, view: region_embed(grad, base, view))
def view_of_base(xp, input, base, view):
    """What a view shows of its base: `view` is its shape, strides and offset, in elements."""
    shape, strides, offset = view
    flat, start = xp.storage(input)
    return xp.strided(flat, shape, strides, start + offset)


@operation(Rule(moves=True, method=False), input=lambda grad, base, view: region_embed(grad, base, view))
def region(xp, input, base, view):
    """What a view would show of values that lie as its base does; zeros where it shows what lies beside the base."""
    flat, start = laid_out(xp, input, base, view)
    shape, strides, offset = view
    return xp.strided(flat, shape, strides, start + offset).copy()


@operation(Rule(moves=True, method=False),
    input=lambda grad, base, view: region_scatter(grad, grad.new_zeros(view[0]), base, view),
    source=lambda grad, base, view: region(grad, base, view),
)  # fmt: skip
def region_scatter(xp, input, source, base, view):
    """The input with the region of a view replaced by `source`."""
    flat, start = laid_out(xp, input, base, view)
    shape, strides, offset = view
    xp.strided(flat, shape, strides, start + offset)[...] = source
    return xp.strided(flat, base[0], base[1], start)


@operation(Rule(moves=True, method=False), input=lambda grad, base, view: region(grad, base, view))
def region_embed(xp, input, base, view):
    """Zeros that lie as a base does, with the input added where a view shows it, repeatedly if the view overlaps
    itself."""
    shape, strides, offset = view
    size, start = span(base, view)
    flat = xp.zeros(size, input.dtype)
    repeated = tuple([dim for dim, step in enumerate(strides) if step == 0 and shape[dim] > 1])
    if repeated:
        input = xp.sum(input, repeated, keepdims=True)
        shape = input.shape
    if spread_out(shape, strides):
        xp.strided(flat, shape, strides, start + offset)[...] = input
    else:
        places = xp.strided(xp.arange(len(flat)), shape, strides, start + offset)
        xp.ufunc_at("add", flat, places.reshape(-1), input.reshape(-1))
    return xp.strided(flat, base[0], base[1], start)


def laid_out(xp, values, base, view):
    """A copy of values in memory that is laid out as a base's, as the flat array under it, and where the base begins.

    The memory reaches as far as a view of the base does.
    """
    size, start = span(base, view)
    flat = xp.zeros(size, values.dtype)
    xp.strided(flat, base[0], base[1], start)[...] = values
    return flat, start


def span(base, view):
    """How many elements the memory under a base and a view of it spans, and where in it the base begins."""
    start = max(-view[2], 0)
    return start + max(extent(base), view[2] + extent(view)), start


def extent(base):
    """How many elements of memory a layout spans."""
    shape, strides, _ = base
    return 0 if 0 in shape else 1 + total((size - 1) * step for size, step in zip(shape, strides, strict=True))


total = __builtins__["sum"] if isinstance(__builtins__, dict) else __builtins__.sum


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
