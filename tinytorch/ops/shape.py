"""Shapes: reshape, which copies only where it must, and questions about sizes."""

import math
import operator

from tinytorch import dtypes, errors
from tinytorch.creation import as_int, place
from tinytorch.devices import CPU
from tinytorch.formats import packed_strides
from tinytorch.layout import memory_order, normal_dim
from tinytorch.operation import Rule, memory_view, operation
from tinytorch.ops.refusals import given_to, not_implemented
from tinytorch.ops.views import reshaped, shown_as, steps
from tinytorch.ops.windows import diagonal_layout, rows
from tinytorch.tensor import Tensor, wrap


def reshape(input, *sizes, shape=()):
    """The elements in another shape; a view where the memory allows it, a copy elsewhere."""
    shape = tuple(sizes[0]) if len(sizes) == 1 and not isinstance(sizes[0], int) else sizes or tuple(shape)
    if input.array.flags.c_contiguous:
        return input.view(shape)
    try:
        input.device.xp.reshape(input.array, shape, copy=False)
    except ValueError:
        if min(shape, default=0) >= -1:
            return unsafe_view(input.contiguous(), shape)  # which refuses sizes that do not fit
    except TypeError:
        pass  # what is no size is refused there:
    return reshape_alias(input, shape)


@memory_view(Rule(method=False, linear=True), input=lambda grad, input_shape: reshaped(grad, input_shape))
def reshape_alias(xp, input, size):
    """A view of elements that do not lie row by row."""
    return shown_as(xp, input, size)


@operation(Rule(moves=True, method=False, linear=True), input=lambda grad, input_shape: reshaped(grad, input_shape))
def unsafe_view(xp, input, size):
    """A result in another shape, in its own memory, which nobody else has."""
    return shown_as(xp, input, size)


def size(self, dim=None):
    """The shape, or the size of one dimension."""
    return self.shape if dim is None else along("size", self.array.shape, dim)


def stride(self, dim=None):
    """How many elements lie between neighbours along each dimension, or along one.

    Without elements, of which NumPy knows no strides, those of a contiguous tensor.
    """
    array = self.array
    found = [step // array.itemsize for step in array.strides] if array.size else packed_strides(array.shape)
    strides = tuple(found)
    return strides if dim is None else along("stride", strides, dim)


def along(name, values, dim):
    """The one of the values for each dimension that stands for `dim`."""
    try:
        return values[dim]
    except (IndexError, TypeError):
        dim = as_int(name, "dim", 1, dim)
        raise errors.dimension(dim, len(values)) if values else errors.no_dimensions(dim) from None


def flatten(input, start_dim=0, end_dim=-1):
    """The dimensions from `start_dim` to `end_dim` as one; a number becomes a vector. A view where memory allows it."""
    shape, ndim = input.array.shape, input.array.ndim
    start, end = normal_dim(start_dim, ndim), normal_dim(end_dim, ndim)
    if start > end:
        raise RuntimeError("flatten() has invalid args: start_dim cannot come after end_dim")
    if ndim == 0:
        return reshape(input, 1)
    if start == end:
        return input
    return reshape(input, (*shape[:start], math.prod(shape[start : end + 1]), *shape[end + 1 :]))


def unflatten(input, dim, sizes):
    """One dimension as several of these sizes, one of which may be -1, as a view."""
    if isinstance(dim, str):
        raise TypeError(f"unflatten(): argument 'dim' (position 2) must be int, not {type(dim).__name__}")
    for number, each in enumerate(sizes):
        if not hasattr(each, "__index__"):
            raise TypeError(
                "unflatten(): argument 'sizes' (position 3) must be tuple of ints, but found element of type "
                f"{type(each).__name__} at pos {number}"
            )
    sizes = [operator.index(each) for each in sizes]
    if not sizes:
        raise RuntimeError("unflatten: sizes must be non-empty")
    place = normal_dim(dim, input.array.ndim)
    whole = input.array.shape[place] if input.array.ndim else 1
    known = math.prod([each for each in sizes if each != -1])
    if sizes.count(-1) > 1:
        raise RuntimeError("only one dimension can be inferred")
    if (known != whole) if -1 not in sizes else (known == 0 or whole % known):
        raise RuntimeError(
            f"unflatten: Provided sizes {sizes} don't multiply up to the size of dim {place} ({whole}) in the input "
            "tensor"
        )
    sizes = [whole // known if each == -1 else each for each in sizes]
    return input.view((*input.array.shape[:place], *sizes, *input.array.shape[place + 1 :]))


def ravel(input):
    """The elements in one row; a view of what lies row by row."""
    return input.contiguous().view(-1)


def reshape_as(self, other):
    """The elements in the shape of another tensor."""
    return reshape(self, other.array.shape)


@operation(Rule(moves=True, linear=True), input=lambda grad, dims: grad.flip(dims))
def flip(xp, input, dims):
    """A copy with the order of elements reversed along `dims`, a list."""
    places = [normal_dim(each, input.ndim) for each in dims]
    for each in places:
        if places.count(each) > 1:
            raise RuntimeError(f"dim {each} appears multiple times in the list of dims")
    if not input.ndim:
        return input.copy()
    turned = input[tuple([slice(None, None, -1) if dim in places else slice(None) for dim in range(input.ndim)])]
    return dense_copy(turned, input)


def dense_copy(array, like):
    """A copy whose dimensions stand in memory in the order of those of `like`, without gaps."""
    if like.flags.c_contiguous:
        return array.copy()
    order = memory_order(like.shape, [like])
    return array.transpose(order).copy().transpose([order.index(dim) for dim in range(like.ndim)])


flip_along = flip


def flip(input, *places, dims=None):
    """A copy with the order of elements reversed along `dims`, which may be given as separate numbers."""
    if dims is None:
        dims = places[0] if len(places) == 1 and not isinstance(places[0], int) else places
    return flip_along(input, tuple(dims))


def fliplr(input):
    """A copy with the columns in the reverse order."""
    if input.array.ndim < 2:
        raise RuntimeError("Input must be >= 2-d.")
    return flip_along(input, (1,))


def flipud(input):
    """A copy with the rows in the reverse order."""
    if input.array.ndim < 1:
        raise RuntimeError("Input must be >= 1-d.")
    return flip_along(input, (0,))


@operation(
    Rule(moves=True, linear=True),
    input=lambda grad, shifts, dims: grad.roll([-each for each in shifts], dims),
)
def roll(xp, input, shifts, dims=()):
    """A copy with the elements moved `shifts` places along `dims`; those that leave at one end come back at the other.

    Without `dims` all elements move as one row.
    """
    shifts, dims = [(each,) if isinstance(each, int) else tuple(each) for each in (shifts, dims)]
    if not shifts:
        raise RuntimeError("`shifts` required")
    if not dims and len(shifts) == 1:
        return xp.roll(input.reshape(-1), shifts[0]).reshape(input.shape)
    if len(shifts) != len(dims):
        raise RuntimeError(f"shifts and dimensions must align. shifts: {len(shifts)}, dims:{len(dims)}")
    if not input.ndim:
        raise IndexError(f"Dimension specified as {dims[0]} but tensor has no dimensions")
    return xp.ascontiguousarray(xp.roll(input, shifts, [normal_dim(each, input.ndim) for each in dims]))


rolled = roll


def roll(input, shifts, dims=()):
    """A copy with the elements moved `shifts` places along `dims`; those that leave at one end come back at the other.

    Without `dims` all elements move as one row.
    """
    shifts, dims = [(each,) if isinstance(each, int) else tuple(each) for each in (shifts, dims)]
    return rolled(input, shifts, dims)


@operation(Rule(moves=True, title="Rot90", linear=True), input=lambda grad, k, dims: grad.rot90(-k, dims))
def rot90(xp, input, k=1, dims=(0, 1)):
    """A copy turned by k times 90 degrees in the plane of two dimensions, from the first towards the second."""
    if len(dims) != 2:
        raise RuntimeError(f"expected total rotation dims == 2, but got dims = {len(dims)}")
    if input.ndim < 2:
        raise RuntimeError(f"expected total dims >= 2, but got total dims = {input.ndim}")
    if dims[0] == dims[1] or abs(dims[0] - dims[1]) == input.ndim:
        raise RuntimeError(f"expected rotation dims to be different, but got dim0 = {dims[0]} and dim1 = {dims[1]}")
    for number in (0, 1):
        if not -input.ndim <= dims[number] < input.ndim:
            raise RuntimeError(f"Rotation dim{number} out of range, dim{number} = {dims[number]}")
    first, second = [dim % input.ndim for dim in dims]
    turned = {0: (), 1: (second,), 2: (first, second), 3: (first,)}[k % 4]
    key = tuple([slice(None, None, -1) if dim in turned else slice(None) for dim in range(input.ndim)])
    if k % 4 == 0:
        return input.copy()
    found = dense_copy(input[key], input)
    return found.swapaxes(first, second) if k % 2 else found


# Triangles and diagonals


@operation(Rule(moves=True, writes=True, linear=True), input=lambda grad, diagonal: grad.tril(diagonal))
def tril(xp, input, diagonal=0, out=None):
    """Matrices with zeros above a diagonal."""
    return triangle(xp, "tril", input, diagonal, out)


@operation(Rule(moves=True, writes=True, linear=True), input=lambda grad, diagonal: grad.triu(diagonal))
def triu(xp, input, diagonal=0, out=None):
    """Matrices with zeros below a diagonal."""
    return triangle(xp, "triu", input, diagonal, out)


def triangle(xp, name, input, diagonal, out):
    """The lower or the upper part of matrices."""
    if input.ndim < 2:
        raise RuntimeError(f"{name}: input tensor must have at least 2 dimensions")
    result = xp.ascontiguousarray(getattr(xp, name)(input, diagonal)).astype(input.dtype, copy=False)  # CuPy widens
    if out is None:
        return result
    out[...] = result
    return out


def tril_indices(row, col, offset=0, *, dtype=None, device=None, layout=None, pin_memory=False):
    """The rows and columns of the elements on and below a diagonal of a matrix: (2, n), row by row."""
    return triangle_indices("tril", (row, col, offset), (dtype, device, layout, pin_memory))


def triu_indices(row, col, offset=0, *, dtype=None, device=None, layout=None, pin_memory=False):
    """The rows and columns of the elements on and above a diagonal of a matrix: (2, n), row by row."""
    return triangle_indices("triu", (row, col, offset), (dtype, device, layout, pin_memory))


def triangle_indices(name, numbers, settings):
    """The rows and columns of the elements of a triangle, as int64 or int32."""
    call, titles = f"{name}_indices", ("row", "col", "offset")
    named = enumerate(zip(titles, numbers, strict=True), 1)
    row, col, offset = [as_int(call, title, position, each) for position, (title, each) in named]
    for title, value in (("row", row), ("col", col)):
        if value < 0:
            raise RuntimeError(f"{title} must be non-negative, got{value}")
    dtype, device = place(call, *settings)
    if dtype not in (None, dtypes.int64.numpy, dtypes.int32.numpy):
        raise not_implemented(call, dtypes.of_numpy[dtype])
    found = CPU.xp.stack(CPU.xp.nonzero(getattr(CPU.xp, name)(CPU.xp.ones((row, col), "bool"), offset)))
    return wrap(device.asarray(found.astype(dtype or dtypes.int64.numpy)), device)


@operation(
    Rule(moves=True, more_dims=1, linear=True),
    input=lambda grad, offset, dim1, dim2: grad.diagonal(offset, dim1, dim2),
)
def diag_embed(xp, input, offset=0, dim1=-2, dim2=-1):
    """Matrices of zeros with the last dimension of the input on a diagonal; they are the dimensions `dim1` and
    `dim2`."""
    if not input.ndim:
        raise IndexError("Dimension specified as -1 but tensor has no dimensions")
    size, ndim = input.shape[-1] + abs(offset), input.ndim + 1
    first, second = normal_dim(dim1, ndim), normal_dim(dim2, ndim)
    if first == second:
        raise RuntimeError(f"diagonal dimensions cannot be identical {dim1}, {dim2}")
    rest = iter(input.shape[:-1])
    whole = xp.zeros([size if dim in (first, second) else next(rest) for dim in range(ndim)], input.dtype)
    shape, strides, start = diagonal_layout(whole.shape, rows(whole.shape)[1], offset, first, second)
    xp.strided(whole.reshape(-1), shape, strides, start)[...] = input
    return whole


@operation(
    Rule(moves=True, method=False, overload=lambda input, offset: "DiagonalBackward0_copy", linear=True),
    input=lambda grad, input_shape, offset: grad.new_zeros(input_shape).diagonal_scatter(grad, offset),
)
def diagonal_copy_of(xp, input, offset):
    """The diagonal of a matrix, copied."""
    shape, strides, start = diagonal_layout(input.shape, steps(input), offset, 0, 1)
    flat, own = xp.storage(input)
    return xp.strided(flat, shape, strides, own + start).copy()


def diag(input, diagonal=0, *, out=None):
    """A matrix with a vector on a diagonal, or a copy of the diagonal of a matrix."""
    if input.array.ndim not in (1, 2):
        raise RuntimeError(f"diag(): Supports 1D or 2D tensors. Got {input.array.ndim}D")
    found = diag_embed(input, diagonal) if input.array.ndim == 1 else diagonal_copy_of(input, diagonal)
    return given_to("diag", out, found, errors.OTHER_DTYPE)


def diagflat(input, offset=0):
    """A matrix with all elements of the input on a diagonal."""
    return diag_embed(input.contiguous().view(-1), offset)


SAME = (
    "Expected self.dtype() == output.dtype() to be true, but got false.  (Could this error message be improved?  If "
    "so, please report an enhancement request to PyTorch.)"
)


@operation(
    Rule(moves=True, exact=SAME, linear=True),
    input=lambda grad, input_shape, dim, start, length: grad.new_zeros(input_shape).slice_scatter(
        grad, dim, start, start + length
    ),
)
def narrow_copy(xp, input, dim, start, length):
    """A copy of `length` elements of `dim` from `start` on."""
    if not input.ndim:
        raise RuntimeError("narrow_copy expects a non-scalar tensor.")
    dim = normal_dim(dim, input.ndim)
    size = input.shape[dim]
    if length < 0:
        raise RuntimeError("narrow(): length must be non-negative.")
    if not -size <= start <= size:
        raise IndexError(f"start out of range (expected to be in range of [-{size}, {size}], but got {start})")
    start += size if start < 0 else 0
    if start + length > size:
        raise RuntimeError(f"start ({start}) + length ({length}) exceeds dimension size ({size}).")
    return input[(slice(None),) * dim + (slice(start, start + length),)].copy()


Tensor.reshape = reshape
Tensor.size, Tensor.stride = size, stride


def dim(self):
    """The number of dimensions."""
    return self.array.ndim


def numel(self):
    """The number of elements."""
    return self.array.size


Tensor.numel, Tensor.nelement, Tensor.dim, Tensor.ndimension = numel, numel, dim, dim
Tensor.flatten, Tensor.unflatten, Tensor.ravel, Tensor.reshape_as = flatten, unflatten, ravel, reshape_as
Tensor.__reversed__ = lambda self: self.flip(0) if self.ndim else self
Tensor.flip, Tensor.fliplr, Tensor.flipud, Tensor.roll = flip, fliplr, flipud, roll
Tensor.diag, Tensor.diagflat = diag, diagflat
