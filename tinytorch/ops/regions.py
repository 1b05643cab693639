"""How history sees views: by their shape, strides and offset in the memory of their base, all in elements."""

from tinytorch import graph
from tinytorch.operation import Rule, memory_view, operation
from tinytorch.ops.complex import view_as_complex, view_as_real


@memory_view(
    Rule(method=False, title="AsStrided", linear=True),
    input=lambda grad, base, view: grad.new_zeros(base[0]) if 0 in view[0] else region_embed(grad, base, view),
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
    whole, part = layouts(base, array)
    if type(whole) is Parts:
        shape, strides, offset = part
        if shape[-1:] == (2,) and strides[-1] == 1 and not any(step % 2 for step in (*strides[:-1], offset)):
            numbers = shape[:-1], tuple([step // 2 for step in strides[:-1]]), offset // 2
            whole = layout(base.array, 0, False)
            return view_as_real(base if numbers == whole else view_of_base(base, whole, numbers))
        base = view_as_real(base)
    view = view_of_base(base, tuple(whole), tuple(part))
    return view_as_complex(view) if type(part) is Parts else view


class Parts(tuple):
    """The layout of complex numbers as pairs of real parts, where a view has the one kind and its base the other."""

    __slots__ = ()


def layouts(base, array):
    """Shape, strides and offset, in elements, of a base and of the array of a view in its memory."""
    offset = base.device.xp.offset_between(array, base.array)
    mixed = (base.array.dtype.kind == "c") != (array.dtype.kind == "c")
    return layout(base.array, 0, mixed), layout(array, offset, mixed)


def layout(array, offset, mixed):
    """Shape, strides and offset of an array, in elements; if `mixed`, those of complex numbers as their parts."""
    size = array.itemsize
    strides = tuple([stride // size for stride in array.strides])
    if mixed and array.dtype.kind == "c":
        return Parts(((*array.shape, 2), (*[2 * stride for stride in strides], 1), 2 * offset))
    return array.shape, strides, offset


def region_read(values, base, view):
    """`region`, also of a view of real parts in complex values, or the other way round."""
    found = region(view_as_real(values) if type(base) is Parts else values, base, view)
    return view_as_complex(found) if type(view) is Parts else found


def region_written(values, source, base, view):
    """`region_scatter`, also of a view of real parts in complex values, or the other way round."""
    if type(view) is Parts:
        source = view_as_real(source)
    found = region_scatter(view_as_real(values) if type(base) is Parts else values, source, base, view)
    return view_as_complex(found) if type(base) is Parts else found


graph.restride, graph.layouts = restride, layouts
graph.region_read, graph.region_written = region_read, region_written
