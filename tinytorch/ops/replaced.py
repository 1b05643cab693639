"""Copies in which one part of a tensor is replaced: a selected index, a slice, a diagonal."""

from tinytorch import errors
from tinytorch.layout import overlaps_itself
from tinytorch.operation import Rule, operation
from tinytorch.ops.regions import laid_out, region, region_scatter
from tinytorch.ops.views import steps
from tinytorch.ops.windows import check_reach, diagonal_layout, from_first, rows
from tinytorch.tensor import Tensor

WHOLE = slice(None)


@operation(
    Rule(moves=True, linear=True),
    input=lambda grad, dim, index: grad.select_scatter(grad.new_zeros(()).expand(less(grad, dim)), dim, index),
    src=lambda grad, dim, index: grad.select(dim, index),
)
def select_scatter(xp, input, src, dim, index):
    """The input with the part of `dim` at `index` replaced by `src`."""
    if not -input.shape[dim] <= index < input.shape[dim]:
        raise errors.select_index(index, dim, input.shape)
    return replaced(xp, input, (WHOLE,) * dim + (index, Ellipsis), src)


def less(grad, dim):
    """A shape without one dimension."""
    shape = grad.array.shape
    return (*shape[: dim % len(shape)], *shape[dim % len(shape) + 1 :])


def replaced(xp, input, key, src):
    """A copy of the input with `src` in the place of what a key selects."""
    out = kept_layout(xp, input)[1]
    part = out[key]
    if part.shape != src.shape:
        raise RuntimeError(
            f"expected src to have a size equal to the slice of self. src size = {list(src.shape)}, slice size = "
            f"{list(part.shape)}"
        )
    part[...] = src
    return out


def kept_layout(xp, input):
    """The memory of a copy, and the copy, with the strides of the input; row by row where its elements share memory."""
    base = rows(input.shape) if overlaps_itself(input) else (input.shape, steps(input), 0)
    flat = laid_out(xp, input, base)
    return flat, xp.strided(flat, *base)


@operation(
    Rule(moves=True, linear=True),
    input=lambda grad, src_shape, dim, start, end, step: grad.slice_scatter(
        grad.new_zeros(()).expand(src_shape), dim, start, end, step
    ),
    src=lambda grad, dim, start, end, step: grad[(WHOLE,) * (dim % grad.ndim) + (slice(start, end, step),)],
)
def slice_scatter(xp, input, src, dim=0, start=None, end=None, step=1):
    """The input with `src` in the place of its slice start:end:step along `dim`."""
    return replaced(xp, input, (WHOLE,) * dim + (slice(start, end, step), Ellipsis), src)


@operation(
    Rule(moves=True, linear=True),
    input=lambda grad, src_shape, offset, dim1, dim2: grad.diagonal_scatter(
        grad.new_zeros(()).expand(src_shape), offset, dim1, dim2
    ),
    src=lambda grad, offset, dim1, dim2: grad.diagonal(offset, dim1, dim2),
)
def diagonal_scatter(xp, input, src, offset=0, dim1=0, dim2=1):
    """The input with `src` on the diagonal of two of its dimensions."""
    flat, out = kept_layout(xp, input)
    shape, strides, start = diagonal_layout(out.shape, steps(out), offset, dim1, dim2)
    if shape != src.shape:
        raise RuntimeError(
            f"expected src to have a size equal to the slice of self. src size = {list(src.shape)}, slice size = "
            f"{list(shape)}"
        )
    xp.strided(flat, shape, strides, start)[...] = src
    return out


def as_strided_scatter(input, src, size, stride, storage_offset=None):
    """The input with `src` in the place of what `as_strided` would show of it.

    A RuntimeError where that is no part of its memory, or `src` has another size.
    """
    size, stride = tuple(size), tuple(stride)
    offset = input.storage_offset() if storage_offset is None else storage_offset
    check_reach(input.device.xp.storage(input.array)[0], size, stride, offset)
    if src.array.shape != size:
        raise RuntimeError(
            f"expected src to have a size equal to the slice of self. src size = {list(src.array.shape)}, slice size "
            f"= {list(size)}"
        )
    base, view = from_first(input, size, stride, offset)
    return strided_scatter(input, src, rows(base[0]) if overlaps_itself(input.array) else base, view)


@operation(
    Rule(moves=True, method=False, linear=True, title="AsStridedScatter"),
    input=lambda grad, src_shape, base, view: region_scatter(grad, grad.new_zeros(src_shape), base, view),
    src=lambda grad, base, view: region(grad, base, view),
)
def strided_scatter(xp, input, src, base, view):
    """The input, which lies as `base`, with `src` in the place of a view of that."""
    return region_scatter.operation.body(xp, input, src, base, view)


Tensor.as_strided_scatter = as_strided_scatter
