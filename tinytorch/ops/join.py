"""Tensors put together and taken apart: cat, stack, split, tiles and repetitions."""

import operator

from tinytorch.deprecations import warn_once
from tinytorch.devices import CPU
from tinytorch.formats import contiguous_format, format_strides, suggested
from tinytorch.layout import joined_shape, normal_dim
from tinytorch.operation import Rule, operation
from tinytorch.ops.create import empty
from tinytorch.ops.views import common_dtype, stack
from tinytorch.tensor import Size, Tensor, wrap

WHOLE = slice(None)


# Together


@operation(
    Rule(several="tensors", method=False, moves=True, exact=False, apart=True, title="Cat", linear=True),
    tensors=lambda grad, tensors_shapes, along: cat_derivative(grad, tensors_shapes, along),
)
def cat(xp, tensors, along=0):
    """Tensors one after the other along a dimension; their other sizes agree, and vectors without elements do not
    count.

    A RuntimeError for tensors that do not fit, a ValueError for none.
    """
    shapes = [each.shape for each in tensors]
    if () in shapes:
        raise RuntimeError(f"zero-dimensional tensor (at position {shapes.index(())}) cannot be concatenated")
    counted = [each for each in tensors if each.shape != (0,)] if (0,) in shapes else tensors
    dtype = common_dtype(tensors)
    if not counted:
        return xp.empty(0, dtype)
    first = counted[0]
    if len(set(shapes)) > 1:
        for place, each in enumerate(tensors):
            if each.shape != (0,):
                check_joined(first, each, along, place)
    dim = normal_dim(along, first.ndim)
    shape = list(first.shape)
    shape[dim] = sum([each.shape[dim] for each in counted])
    out = xp.empty(shape, dtype)
    if first.ndim in (4, 5):
        formats = {suggested(each) for each in counted}
        form = formats.pop() if len(formats) == 1 else contiguous_format
        if form is not contiguous_format:
            out = xp.strided(out.reshape(-1), shape, format_strides(shape, form))
    start = 0
    for each in counted:  # a concatenation of NumPy's would keep another order of memory
        stop = start + each.shape[dim]
        out[(WHOLE,) * dim + (slice(start, stop),)] = each
        start = stop
    return out


def check_joined(first, other, dim, place):
    """Refuse a tensor that does not fit to the first one."""
    if first.ndim != other.ndim:
        raise RuntimeError(f"Tensors must have same number of dimensions: got {first.ndim} and {other.ndim}")
    dim = normal_dim(dim, first.ndim)
    for each in range(first.ndim):
        if each != dim and first.shape[each] != other.shape[each]:
            raise RuntimeError(
                f"Sizes of tensors must match except in dimension {dim}. Expected size {first.shape[each]} but got "
                "size "
                f"{other.shape[each]} for tensor number {place} in the list."
            )


def cat_derivative(grad, shapes, dim):
    """The part of a gradient that belongs to each of the tensors."""
    parts, start = [], 0
    for shape in shapes:
        size = 0 if shape == (0,) else shape[dim]
        parts.append(grad.new_zeros(0) if shape == (0,) else grad.narrow(dim, start, size))
        start += size
    return parts


def concatenate(tensors, dim=0, *, out=None, **alias):
    """Tensors one after the other along `dim`; their other sizes agree, and vectors without elements do not count.

    A RuntimeError for tensors that do not fit, a ValueError for none.
    """
    if alias:
        dim = alias.pop("axis", dim)
        if alias:
            raise TypeError(f"cat() got an unexpected keyword argument '{next(iter(alias))}'")
    if isinstance(tensors, (list, tuple)) and not tensors:
        raise ValueError("torch.cat(): expected a non-empty list of Tensors")
    if out is None:
        return cat(tensors, dim)
    check_kinds(tensors, out)
    return cat(tensors, dim, out=out)


def check_kinds(tensors, out):
    """Refuse an `out` that cannot take numbers of the tensors' kind."""
    if isinstance(out, Tensor) and any(each.dtype.category > out.dtype.category for each in tensors):
        raise TypeError(f"torch.cat(): input types can't be cast to the desired output type {out.dtype.title}")


def hstack(tensors, *, out=None):
    """Tensors side by side: along the second dimension, vectors along their only one."""
    tensors = atleast_1d(checked("hstack", tensors))
    return concatenate(tensors, 0 if tensors[0].array.ndim == 1 else 1, out=out)


def vstack(tensors, *, out=None):
    """Tensors one below the other: along the first dimension, a vector is a row."""
    return concatenate(atleast_2d(checked("vstack", tensors)), 0, out=out)


def dstack(tensors, *, out=None):
    """Tensors behind each other: along the third dimension."""
    return concatenate(atleast_3d(checked("dstack", tensors)), 2, out=out)


def column_stack(tensors, *, out=None):
    """Vectors as the columns of a matrix, beside matrices as they are."""
    columns = [each.reshape(-1, 1) if each.array.ndim < 2 else each for each in checked("column_stack", tensors)]
    return concatenate(columns, 1, out=out)


def checked(name, tensors):
    """A list of tensors that has at least one."""
    if not tensors:
        raise RuntimeError(f"{name} expects a non-empty TensorList")
    return list(tensors)


def atleast_1d(*tensors):
    """Tensors with at least one dimension; several give a tuple."""
    return each_of(tensors, lambda each: each.reshape(1) if each.array.ndim == 0 else each)


def atleast_2d(*tensors):
    """Tensors with at least two dimensions, new ones in front; several give a tuple."""

    def matrix(each):
        if each.array.ndim == 0:
            return each.reshape(1, 1)
        return each.unsqueeze(0) if each.array.ndim == 1 else each

    return each_of(tensors, matrix)


def atleast_3d(*tensors):
    """Tensors with at least three dimensions: a vector in the middle, a matrix in front; several give a tuple."""

    def block(each):
        if each.array.ndim == 0:
            return each.reshape(1, 1, 1)
        if each.array.ndim == 1:
            return each.unsqueeze(0).unsqueeze(-1)
        return each.unsqueeze(-1) if each.array.ndim == 2 else each

    return each_of(tensors, block)


def each_of(tensors, function):
    """A function of one tensor, or of each of several or of a list, which give a tuple."""
    if len(tensors) == 1 and isinstance(tensors[0], Tensor):
        return function(tensors[0])
    tensors = tensors[0] if len(tensors) == 1 else tensors
    return tuple([function(each) for each in tensors])


def block_diag(*tensors):
    """Matrices along a diagonal, zeros elsewhere; a vector is a row, a number a matrix of one element."""
    refuse_others(tensors)
    if not tensors:
        return empty(1, 0)
    for place, each in enumerate(tensors):
        if each.array.ndim > 2:
            raise RuntimeError(
                "torch.block_diag: Input tensors must have 2 or fewer dimensions. Input "
                f"{place} has {each.array.ndim} dimensions"
            )
    return diagonal_blocks(tensors)


def refuse_others(tensors):
    """Refuse what is no tensor among arguments that are."""
    for place, each in enumerate(tensors):
        if not isinstance(each, Tensor):
            raise TypeError(f"expected Tensor as element {place} in argument 0, but got {type(each).__name__}")


@operation(
    Rule(several="tensors", method=False, moves=True, title="BlockDiag", linear=True),
    tensors=lambda grad, tensors_shapes: blocks_of(grad, tensors_shapes),
)
def diagonal_blocks(xp, tensors):
    """Matrices along a diagonal."""
    shapes = [(1, 1)[: 2 - each.ndim] + tuple(each.shape) for each in tensors]
    out = xp.zeros([sum([shape[0] for shape in shapes]), sum([shape[1] for shape in shapes])], common_dtype(tensors))
    row = column = 0
    for each, (height, width) in zip(tensors, shapes, strict=True):
        out[row : row + height, column : column + width] = each
        row, column = row + height, column + width
    return out


def blocks_of(grad, shapes):
    """The part of a gradient that belongs to each block."""
    parts, row, column = [], 0, 0
    for shape in shapes:
        height, width = (1, 1)[: 2 - len(shape)] + tuple(shape)
        parts.append(grad[row : row + height, column : column + width].reshape(shape))
        row, column = row + height, column + width
    return parts


# Again and again


@operation(
    Rule(moves=True, method=False, title="Repeat", linear=True),
    input=lambda grad, input_shape, sizes: folded(grad, input_shape, sizes),
)
def repeat_by(xp, input, sizes):
    """The input as often along each dimension as `sizes` says; new dimensions come in front."""
    lead = len(sizes) - input.ndim
    shape = (*[1] * lead, *input.shape)
    pairs = [each for pair in zip(sizes, shape, strict=True) for each in pair]
    spaced = input.reshape([each for size in shape for each in (1, size)])
    wide = xp.broadcast_to(spaced, pairs).copy()  # also where nothing is repeated
    return wide.reshape([count * size for count, size in zip(sizes, shape, strict=True)])


def folded(grad, shape, sizes):
    """The gradients of all repetitions, added up."""
    lead = len(sizes) - len(shape)
    shape = (*[1] * lead, *shape)
    if 0 in sizes:
        return grad.new_zeros(shape[lead:])
    pairs = [each for pair in zip(sizes, shape, strict=True) for each in pair]
    if not pairs:
        return grad
    return grad.reshape(pairs).sum(list(range(0, len(pairs), 2))).reshape(shape[lead:])


def repeat(input, *repeats):
    """The tensor as often along each dimension as `repeats` says; additional dimensions come in front."""
    sizes = as_sizes(repeats)
    if len(sizes) < input.array.ndim:
        raise RuntimeError("Number of dimensions of repeat dims can not be smaller than number of dimensions of tensor")
    shape = [
        count * size
        for count, size in zip(sizes, (*[1] * (len(sizes) - input.array.ndim), *input.array.shape), strict=True)
    ]
    negative = next((size for size in shape if size < 0), None)
    if negative is not None:
        raise RuntimeError(f"Trying to create tensor with negative dimension {negative}: {shape}")
    return repeat_by(input, sizes)


def as_sizes(values):
    """Sizes given one by one or as one sequence."""
    values = values[0] if len(values) == 1 and not isinstance(values[0], (int, Tensor)) else values
    return tuple([operator.index(each) for each in values])


def tile(input, *numbers, dims=()):
    """The tensor as often along each dimension as `dims` says; missing numbers in front are 1."""
    sizes = as_sizes(numbers or (dims,))
    return repeat(input, (1,) * (input.array.ndim - len(sizes)) + sizes)


def repeat_interleave(input, repeats=None, dim=None, *, output_size=None):
    """Each element, or each slice of `dim`, as often as `repeats` says, a number or a vector of numbers.

    Of a vector of numbers alone: the place of each, as often as it says.
    """
    if repeats is None:
        return places_repeated(input)
    if dim is None:
        input, dim = input.reshape(-1), 0
    dim = normal_dim(dim, input.array.ndim)
    if isinstance(repeats, Tensor) and repeats.array.size == 1 and repeats.array.ndim < 2:
        repeats = repeats.reshape(1).expand(input.array.shape[dim])
    if not isinstance(repeats, Tensor):
        if repeats < 0:
            raise RuntimeError("repeats can not be negative")
        shape = input.array.shape
        wide = input.unsqueeze(dim + 1).expand(*shape[: dim + 1], repeats, *shape[dim + 1 :]).clone()
        return wide.contiguous().view(*shape[:dim], shape[dim] * repeats, *shape[dim + 1 :])
    if repeats.array.ndim != 1:
        raise RuntimeError("repeats must be 0-dim or 1-dim tensor")
    if repeats.array.size != input.array.shape[dim]:
        raise RuntimeError(
            f"repeats must have the same size as input along dim, but got repeats.size(0) = {repeats.array.size} and "
            f"input.size({dim}) = {input.array.shape[dim]}"
        )
    return input.index_select(dim, places_repeated(repeats))


@operation(Rule(method=False, operands=("repeats",)))
def places_repeated(xp, repeats):
    """The place of each number, as often as it says."""
    if repeats.ndim != 1:
        raise RuntimeError("repeat_interleave only accept 1D vector as repeat")
    if repeats.dtype.kind != "i" or repeats.dtype.itemsize < 4:
        raise RuntimeError("repeats has to be Long or Int tensor")
    if repeats.size and xp.min(repeats).item() < 0:
        raise RuntimeError("repeats can not be negative")
    ends = xp.cumsum(repeats)
    total = ends[-1].item() if repeats.size else 0
    return xp.searchsorted(ends, xp.arange(total), side="right")


# In one shape


def broadcast_tensors(*tensors):
    """Tensors expanded to the shape that all of them broadcast to, as views."""
    refuse_others(tensors)
    shape = ()
    for each in tensors:
        shape = joined_shape(shape, each.array.shape)
    return tuple([each if each.array.shape == shape else each.expand(shape) for each in tensors])


def broadcast_shapes(*shapes):
    """The shape that shapes, each of them sizes or one size, broadcast to."""
    shapes = [(each,) if isinstance(each, int) else each for each in shapes]
    for each in shapes:
        if not isinstance(each, (tuple, list)):
            raise RuntimeError(f"Input shapes should be of type ints, a tuple of ints, or a list of ints, got {each}")
    joined = [1] * max(map(len, shapes), default=0)
    for place, shape in enumerate(shapes):
        for dim in range(-1, -1 - len(shape), -1):
            if shape[dim] < 0:
                raise ValueError("Attempting to broadcast a dimension with negative length!")
            if shape[dim] not in (1, joined[dim]) and joined[dim] != 1:
                raise RuntimeError(
                    f"Attempting to broadcast a dimension of length {shape[dim]} at {dim}! Mismatching argument at "
                    f"index {place} had {shape}; but expected shape should be broadcastable to {joined}"
                )
            joined[dim] = joined[dim] if shape[dim] == 1 else shape[dim]
    return Size(joined)


def broadcast_to(input, *sizes, size=()):
    """The tensor expanded to a shape, as a view."""
    return input.expand(as_sizes(sizes or (size,)))


def expand_as(self, other):
    """The tensor expanded to the shape of another, as a view."""
    return self.expand(other.array.shape)


def meshgrid(*tensors, indexing=None):
    """The coordinates of all points of a grid, one tensor per vector; with indexing "xy" the first two change places.

    A RuntimeError for what is no vector or number, or where dtypes differ.
    """
    tensors = list(tensors[0] if len(tensors) == 1 and not isinstance(tensors[0], Tensor) else tensors)
    if indexing is None:
        warn_once("meshgrid")
        indexing = "ij"
    if indexing not in ("ij", "xy"):
        raise RuntimeError(f'torch.meshgrid: indexing must be one of "xy" or "ij", but received: {indexing}')
    if not tensors:
        raise RuntimeError("meshgrid expects a non-empty TensorList")
    for each in tensors:
        if each.array.ndim > 1:
            raise RuntimeError(f"torch.meshgrid: Expected 0D or 1D tensor in the tensor list but got: {each}")
        if each.array.dtype is not tensors[0].array.dtype:
            raise RuntimeError("meshgrid expects all tensors to have the same dtype")
    swapped = indexing == "xy" and len(tensors) > 1
    if swapped:
        tensors[:2] = tensors[1::-1]
    shape = [each.array.size for each in tensors]
    grids = []
    for place, each in enumerate(tensors):
        line = each.view(*[-1 if other == place else 1 for other in range(len(tensors))])
        grids.append(line.expand(shape))
    if swapped:
        grids[:2] = grids[1::-1]
    return tuple(grids)


def cartesian_prod(*tensors):
    """All combinations of one element of each vector, a row each; a single vector stays as it is."""
    tensors = tensors[0] if len(tensors) == 1 and not isinstance(tensors[0], Tensor) else tensors
    for each in tensors:
        if each.array.ndim != 1:
            raise RuntimeError(f"Expect a 1D vector, but got shape {list(each.array.shape)}")
    if len(tensors) == 1:
        return tensors[0]
    return stack([each.flatten() for each in meshgrid(*tensors, indexing="ij")], 1)


def combinations(input, r=2, with_replacement=False):
    """All choices of `r` elements of a vector, in its order, a row each."""
    if input.array.ndim != 1:
        raise RuntimeError(f"Expect a 1D vector, but got shape {list(input.array.shape)}")
    if r < 0:
        raise RuntimeError(f"Expect a non-negative number, but got {r}")
    if r == 0:
        return input.new_zeros(0)
    xp = CPU.xp  # which places are chosen does not depend on the values
    places = xp.indices((input.array.size,) * r).reshape(r, -1)
    chosen = xp.ones(places.shape[1], "bool")
    for one in range(r - 1):
        follows = (xp.less_equal if with_replacement else xp.less)(places[one], places[one + 1])
        chosen = xp.logical_and(chosen, follows)
    columns = [wrap(input.device.asarray(places[one][chosen]), input.device) for one in range(r)]
    return stack([input.index_select(0, each) for each in columns], 1)


def stack_of(tensors, dim=0, *, out=None, **alias):
    """Tensors of one shape, one after the other along a new dimension."""
    if alias:
        dim = alias.pop("axis", dim)
    if isinstance(tensors, (list, tuple)) and not tensors:
        raise RuntimeError("stack expects a non-empty TensorList")
    check_kinds(tensors, out)
    return stack(tensors, dim, out=out)


Tensor.repeat, Tensor.tile, Tensor.repeat_interleave = repeat, tile, repeat_interleave
Tensor.broadcast_to, Tensor.expand_as = broadcast_to, expand_as
