"""Diagonals, windows and any other walk through the memory of a tensor."""

from tinytorch import errors
from tinytorch.layout import normal_dim
from tinytorch.operation import Rule, memory_view
from tinytorch.ops.regions import extent, region_embed, view_of_base
from tinytorch.ops.views import in_place, steps
from tinytorch.tensor import Tensor, count_write


def diagonal_layout(shape, steps, offset, dim1, dim2):
    """Shape, strides and start of the diagonal of two dimensions, which comes last; in the unit of `steps`."""
    ndim = len(shape)
    dim1, dim2 = normal_dim(dim1, ndim), normal_dim(dim2, ndim)
    if dim1 == dim2:
        raise RuntimeError(f"diagonal dimensions cannot be identical {dim1}, {dim2}")
    count = min(shape[dim1] + min(offset, 0), shape[dim2] - max(offset, 0))
    start = (max(offset, 0) * steps[dim2] + max(-offset, 0) * steps[dim1]) if count > 0 else 0
    rest = [dim for dim in range(ndim) if dim not in (dim1, dim2)]
    shape = (*[shape[dim] for dim in rest], max(count, 0))
    return shape, (*[steps[dim] for dim in rest], steps[dim1] + steps[dim2]), start


@memory_view(
    Rule(linear=True),
    input=lambda grad, input_shape, offset, dim1, dim2: grad.new_zeros(input_shape).diagonal_scatter(
        grad, offset, dim1, dim2
    ),
)
def diagonal(xp, input, offset=0, dim1=0, dim2=1):
    """The diagonal of two dimensions as the last one; `offset` moves it to the right, or down where it is negative."""
    shape, strides, start = diagonal_layout(input.shape, steps(input), offset, dim1, dim2)
    flat, own = xp.storage(input)
    return xp.strided(flat, shape, strides, own + start)


@memory_view(
    Rule(linear=True),
    input=lambda grad, input_shape, dimension, size, step: region_embed(
        grad, rows(input_shape), window_layout(*rows(input_shape)[:2], dimension, size, step)
    ),
)
def unfold(xp, input, dimension, size, step):
    """All windows of `size` elements along a dimension, `step` apart, as one more dimension at the end."""
    shape, strides, _ = window_layout(input.shape, steps(input), dimension, size, step)
    flat, start = xp.storage(input)
    return xp.strided(flat, shape, strides, start)


def rows(shape):
    """The layout of a tensor of this shape that lies row by row."""
    strides, step = [], 1
    for size in shape[::-1]:  # dimensions, of which there are few
        strides.append(step)
        step *= size
    return tuple(shape), tuple(strides[::-1]), 0


def window_layout(shape, strides, dimension, size, step):
    """Shape, strides and start of the windows along a dimension."""
    dim = normal_dim(dimension, len(shape))
    whole, unit = (shape[dim], strides[dim]) if shape else (1, 1)
    if size > whole:
        raise RuntimeError(f"maximum size for tensor at dimension {dim} is {whole} but size is {size}")
    if size < 0:
        raise RuntimeError(f"size is {size} but must be >= 0")
    if step <= 0:
        raise RuntimeError(f"step is {step} but must be > 0")
    shape, strides = list(shape), list(strides)
    if shape:
        shape[dim], strides[dim] = (whole - size) // step + 1, step * unit
    return (*shape, size), (*strides, unit), 0


def as_strided(input, size, stride, storage_offset=None):
    """A view of any shape and strides, in elements, of the memory under a tensor, from the element `storage_offset`
    on."""
    size, stride = tuple(size), tuple(stride)
    if len(size) != len(stride):
        raise RuntimeError("mismatch in length of strides and shape")
    if any(each < 0 for each in stride):
        raise RuntimeError(f"as_strided: Negative strides are not supported at the moment, got strides: {list(stride)}")
    flat, own = input.device.xp.storage(input.array)
    offset = own if storage_offset is None else storage_offset
    check_reach(flat, size, stride, offset)
    return view_of_base(input, *from_first(input, size, stride, offset))


def from_first(input, size, stride, offset):
    """The layouts of a tensor and of a view of its memory, both counted from the first element of either."""
    own = input.storage_offset()
    offset = own if 0 in size else offset  # what has no elements lies nowhere
    first = min(own, offset)
    return (input.array.shape, tuple(steps(input.array)), own - first), (size, stride, offset - first)


def check_reach(flat, size, stride, offset):
    """Refuse a layout that does not lie within a flat array."""
    if offset < 0:
        raise RuntimeError(f"Tensor: invalid storage offset {offset}")
    reach = extent((size, stride, offset))
    if reach > flat.size:
        raise errors.beyond_storage((size, stride, offset), reach, flat)


@memory_view(
    Rule(method=False, linear=True, title="SliceInverse"), input=lambda grad, base, view: region_embed(grad, base, view)
)
def whole_of_slice(xp, input, base, view):
    """What a view shows of its base, under PyTorch's name for going back from a slice."""
    return view_of_base.operation.body(xp, input, base, view)


def slice_inverse(input, src, dim=0, start=None, end=None, step=1):
    """A view of the memory under the input that lies there as `src` does in its own: what a slice was taken from."""
    view = src.array.shape, tuple(steps(src.array)), src.storage_offset()
    check_reach(input.device.xp.storage(input.array)[0], *view)
    return whole_of_slice(input, *from_first(input, *view))


def fill_diagonal_(self, fill_value, wrap=False):
    """Write one number to the diagonal; in a matrix with more rows than columns `wrap` begins again below the last.

    A RuntimeError for vectors, and for more than two dimensions that differ in size.
    """
    if isinstance(fill_value, Tensor):
        if fill_value.array.ndim:
            raise TypeError("fill_diagonal_(): argument 'fill_value' (position 1) must be Number, not Tensor")
        fill_value = fill_value.item()
    shape, ndim = self.array.shape, self.array.ndim
    if ndim < 2:
        raise RuntimeError("dimensions must larger than 1")
    if ndim > 2 and len(set(shape)) > 1:
        raise RuntimeError("all dimensions of input must be of equal length")
    step, version = sum(steps(self.array)), count_write(self)
    self.as_strided((min(shape),), (step,)).fill_(fill_value)
    rows, columns = shape[0], shape[1]
    if wrap and ndim == 2 and rows > columns + 1:
        row = self.array.strides[0] // self.array.itemsize
        count = (rows * columns + columns) // (columns + 1) - columns
        start = self.storage_offset() + row * (columns + 1)
        self.as_strided((count,), (step,), start).fill_(fill_value)
    self.counter[0] = version + 1
    return self


Tensor.slice_inverse, Tensor.fill_diagonal_ = slice_inverse, fill_diagonal_
as_strided_ = in_place(as_strided)
Tensor.as_strided, Tensor.as_strided_ = as_strided, as_strided_
