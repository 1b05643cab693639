"""What stands between brackets, read and written."""

import operator
import warnings
from typing import NamedTuple

from tinytorch import dtypes, errors
from tinytorch.devices import CPU
from tinytorch.layout import dense, joined_shape, memory_order
from tinytorch.operation import Rule, memory_view, operation
from tinytorch.ops.accumulate import add_at, result_shape
from tinytorch.ops.create import held
from tinytorch.ops.views import embed, with_dim
from tinytorch.tensor import Tensor, wrap

WHOLE = slice(None)
BASIC = frozenset((int, slice, type(None), type(Ellipsis)))
NO_INDEX = "only integers, slices (`:`), ellipsis (`...`), None and long or byte Variables are valid indices (got {})"
NO_INDEX_DTYPE = "tensors used as indices must be long, int, byte or bool tensors"
SEQUENCE = (
    "Using a non-tuple sequence for multidimensional indexing is deprecated and will be changed in pytorch 2.9; use "
    "x[tuple(seq)] instead of x[seq]. In pytorch 2.9 this will be interpreted as tensor index, x[torch.tensor(seq)], "
    "which will result either in an error or a different result"
)
BYTES = "indexing with dtype torch.uint8 is now deprecated, please use a dtype torch.bool instead."


def name_of(input, key):
    """PyTorch's node for a basic index: it takes the index apart, and the last part that did something gives the
    name."""
    name, dim, shape = "AliasBackward0", 0, input.shape
    taken = len([each for each in key if each is not None and each is not Ellipsis])
    for each in key:
        if each is None:
            name = "UnsqueezeBackward0"
        elif each is Ellipsis:
            dim += len(shape) - taken
        else:
            if isinstance(each, int):
                name = "SelectBackward0"
            elif len(key) == 1 or each.indices(shape[dim]) != (0, shape[dim], 1):
                name = "SliceBackward0"
            dim += 1
    return name


@memory_view(Rule(method=False, overload=name_of), input=lambda grad, input_shape, key: embed(grad, input_shape, key))
def basic_index(xp, input, key):
    """A view of what a tuple of integers, slices, None and `...` selects."""
    if None not in key:
        return input[key if Ellipsis in key else (*key, Ellipsis)]
    taken = len([each for each in key if each is not None and each is not Ellipsis])
    dim = 0
    for each in key:  # one after the other, as PyTorch does: the strides of new dimensions depend on it
        if each is None:
            input = with_dim(xp, input, dim)
            dim += 1
        elif each is Ellipsis:
            dim += input.ndim - dim - taken
        else:
            input = input[(WHOLE,) * dim + (each, Ellipsis)]
            taken -= 1
            dim += isinstance(each, slice)
    return input


# Reading


def getitem(self, key):
    """What `key` selects: a view for integers, slices, None and `...`, a copy where tensors are among the indices."""
    kind = type(key)
    if kind is slice and (key.step is None or key.step > 0) and self.array.ndim:
        return basic_index(self, (key,))
    if kind is not tuple:
        key = as_parts(key)
    for each in key:
        if type(each) not in BASIC:
            return read(self, key)
    check_key(self, key)
    return basic_index(self, key)


def read(self, key):
    """What a key selects that is not of Python's own integers, slices, None and `...` alone."""
    basic, indices, dims = take_apart(self, key)
    target = viewed(self, basic, indices)
    return index(target, indices, dims) if indices else target


def viewed(self, basic, indices):
    """The view that the basic part of a key selects; the tensor itself if that part selects all."""
    check_key(self, basic)
    return self if indices and all(is_whole(each) for each in basic) else basic_index(self, basic)


def as_parts(key):
    """A key that is no tuple as one; sequences that hold tensors, sequences or slices are taken for tuples, as yet."""
    if type(key) is list and 0 < len(key) < 32 and any(stands_for_dims(each) for each in key):
        warnings.warn(SEQUENCE, UserWarning, stacklevel=3)
        return tuple(key)
    return (key,)


def stands_for_dims(each):
    """Whether an entry makes a list a tuple of indices."""
    return isinstance(each, (Tensor, list, tuple, slice, CPU.array)) or each is None or each is Ellipsis


def take_apart(self, key):
    """The basic part of a key, its index tensors, and the dimensions of the basic view that these stand for."""
    parts = [as_index(self, each) for each in key]
    taken = count_dims(parts)
    basic, indices, dims, dim, own = [], [], [], 0, 0
    shape = list(self.array.shape)  # of the view that the parts so far make
    for each in parts:
        if each is Ellipsis:
            basic.append(each)
            dim += self.array.ndim - taken
            own += self.array.ndim - taken
        elif isinstance(each, Tensor):
            size = each.array.ndim if is_mask(each) else 1
            if own + size > self.array.ndim:
                raise errors.too_many_indices(self.array.ndim)
            check_mask(each, shape, dim)
            basic += [WHOLE] * size
            indices.append(each)
            dims.append(dim)
            dim += size
            own += size
        elif isinstance(each, bool):
            basic.append(None)
            indices.append(wrap(self.device.asarray(CPU.asarray([0] if each else [], "int64")), self.device))
            dims.append(dim)
            shape.insert(dim, 1)
            dim += 1
        else:
            basic.append(each)
            if each is None:
                shape.insert(dim, 1)
            elif dim < len(shape):
                shape[dim : dim + 1] = [len(range(shape[dim])[each])] if isinstance(each, slice) else []
            dim += not isinstance(each, int)
            own += each is not None
    if len(indices) > 1:
        indices, dims = without_masks(indices, dims)
    return tuple(basic), indices, tuple(dims)


def count_dims(parts):
    """How many dimensions the parts of a key take up, `...` apart."""
    count = 0
    for each in parts:
        if isinstance(each, Tensor) and is_mask(each):
            count += each.array.ndim
        else:
            count += each is not None and each is not Ellipsis and not isinstance(each, bool)
    return count


def as_index(self, part):
    """A part of a key as an int, a bool, a slice, None, `...`, or a tensor of indices or of truth values."""
    if isinstance(part, bool) or part is None or part is Ellipsis or type(part) is int:
        return part
    if isinstance(part, slice):
        return slice(*[each if each is None else operator.index(each) for each in (part.start, part.stop, part.step)])
    if isinstance(part, (list, tuple, range, CPU.array)):
        part = from_sequence(self, part)
    if isinstance(part, Tensor):
        return as_index_tensor(self, part)
    if isinstance(part, str):
        raise TypeError("new(): invalid data type 'str'")
    if hasattr(part, "__index__"):
        return operator.index(part)
    kind = type(part)
    raise IndexError(
        NO_INDEX.format(kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__name__}")
    )


def from_sequence(self, part):
    """A list or an array of NumPy's as a tensor on the device of the one that is indexed."""
    if not isinstance(part, CPU.array):
        part = [each.item() if isinstance(each, Tensor) else each for each in part]
    values = CPU.xp.asarray(part)
    return wrap(self.device.asarray(values if values.size else values.astype("int64")), self.device)


def as_index_tensor(self, part):
    """A tensor between brackets: an int or a bool if it has no dimensions, else indices or truth values."""
    kind = part.array.dtype.kind
    if kind not in "iub" or part.dtype in (dtypes.int8, dtypes.int16):
        raise IndexError(NO_INDEX_DTYPE)
    if part.array.ndim == 0 and part.device.type != "meta":
        return bool(part.item()) if kind == "b" or part.dtype is dtypes.uint8 else part.item()
    if part.dtype is dtypes.uint8:
        warnings.warn(BYTES, UserWarning, stacklevel=4)
        part = wrap(part.device.xp.not_equal(part.array, 0), part.device)
    if part.device is not self.device:
        if part.device is not CPU:
            raise RuntimeError(
                f"indices should be either on cpu or on the same device as the indexed tensor ({self.device})"
            )
        part = wrap(self.device.asarray(part.array), self.device)
    return part


def is_mask(tensor):
    """Whether a tensor between brackets says yes or no to each element."""
    return tensor.array.dtype.kind == "b"


def check_mask(mask, shape, dim):
    """Refuse truth values whose shape is not that of the dimensions they stand for."""
    if is_mask(mask):
        for place, size in enumerate(mask.array.shape):  # dimensions, of which there are few
            if size != shape[dim + place]:
                raise IndexError(
                    f"The shape of the mask {list(mask.array.shape)} at index {place} does not match the shape of the "
                    f"indexed tensor {shape} at index {dim + place}"
                )


def without_masks(indices, dims):
    """The same indices with each mask as the indices of its true elements, a tensor for each dimension."""
    plain, places = [], []
    for each, dim in zip(indices, dims, strict=True):
        if is_mask(each):
            found = each.device.xp.nonzero(each.array)
            plain += [wrap(one, each.device) for one in found]
            places += range(dim, dim + len(found))
        else:
            plain.append(each)
            places.append(dim)
    return plain, places


@operation(
    Rule(several="indices", moves=True, method=False, operands=("input", "indices")),
    input=lambda grad, input_shape, indices, dims: index_sum(grad, indices, input_shape, dims),
)
def index(xp, input, indices, dims):
    """The elements at tensors of indices, which broadcast and stand for the dimensions `dims`; or where a mask is true.

    The indices' dimensions stand where theirs stood if these are neighbours, else in front.
    """
    try:
        if len(indices) == 1 and indices[0].dtype.kind != "b":
            result = xp.take(input, indices[0], dims[0])
        else:
            result = xp.ascontiguousarray(input[key_of(input, indices, dims)])
    except IndexError:
        check_indices(xp, input, indices, dims)
        raise
    return result if input.flags.c_contiguous or result.size == 0 else laid_like(xp, result, input, indices, dims)


def key_of(input, indices, dims):
    """Indices for some dimensions as a key for all."""
    key = [WHOLE] * input.ndim
    for each, dim in zip(indices, dims, strict=True):
        key[dim] = each
        if each.dtype.kind == "b":
            del key[dim + 1 : dim + each.ndim]
    return tuple(key)


def check_indices(xp, input, indices, dims):
    """Say why indices cannot be used: they do not broadcast, or one is not there."""
    shape = ()
    for each in indices:
        try:
            shape = joined_shape(shape, each.shape)
        except RuntimeError:
            shapes = ", ".join(str(list(one.shape)) for one in indices)
            raise IndexError(
                f"shape mismatch: indexing tensors could not be broadcast together with shapes {shapes}"
            ) from None
    for number, (each, dim) in enumerate(zip(indices, dims, strict=True)):
        size = input.shape[dim]
        if size == 0 and each.size:
            raise IndexError("index is out of bounds for dimension with size 0")
        wrong = xp.nonzero(xp.logical_or(xp.less(each, -size), xp.greater_equal(each, size)).reshape(-1))[0]
        if wrong.size:
            raise errors.index_out_of_bounds(each.reshape(-1)[wrong[0].item()].item(), number, size)


class Laid(NamedTuple):
    """How the elements of an operand lie: what `memory_order` asks of an array."""

    shape: tuple
    strides: tuple
    ndim: int


def laid_like(xp, result, input, indices, dims):
    """A result in the order of memory that PyTorch gives it: first the input has a say, then the indices."""
    if indices[0].dtype.kind == "b":
        count, lead, masked = 1, dims[0], indices[0].ndim
        shapes = []
    else:
        count = max(each.ndim for each in indices)
        side_by_side = dims[-1] - dims[0] + 1 == len(dims)
        lead, masked = (dims[0] if side_by_side else 0), len(dims)
        shapes = [(each.shape, each.strides) for each in indices]
    taken = range(dims[0], dims[0] + masked) if not shapes else dims
    kept = [step for dim, step in enumerate(input.strides) if dim not in taken]
    operands = [Laid(result.shape, (*kept[:lead], *[0] * count, *kept[lead:]), result.ndim)]
    after = result.ndim - lead - count
    for shape, strides in shapes:
        operands.append(Laid((*shape, *[1] * after), (*strides, *[0] * after), len(shape) + after))
    order = memory_order(result.shape, operands)
    if order == list(range(result.ndim)):
        return result
    return xp.ascontiguousarray(result.transpose(order)).transpose([order.index(dim) for dim in range(result.ndim)])


@operation(
    Rule(several="indices", method=False, operands=("values", "indices")),
    values=lambda grad, indices, dims: index(grad, indices, dims),
)
def index_sum(xp, values, indices, shape, dims):
    """Zeros of `shape` to which values are added at indices, as often as these name a place."""
    out = xp.zeros(shape, values.dtype)
    if indices[0].dtype.kind == "b":
        out[key_of(out, indices, dims)] = values
    else:
        add_at(xp, out, values, indices, dims)
    return out


# Writing


@operation(
    Rule(
        several="indices",
        moves=True,
        method=False,
        writes=True,
        title="IndexPut",
        operands=("input", "indices", "values"),
    ),
    input=lambda grad, indices, dims, accumulate: (
        grad if accumulate else put_at(grad, indices, grad.new_zeros(()), dims)
    ),
    values=lambda grad, indices, dims: index(grad, indices, dims),
)
def put_at(xp, input, indices, values, dims, accumulate=False, out=None):
    """The input with values at indices, in their place or added to it; the values broadcast to what indexing gives."""
    check_values(xp, input, indices, values, dims)
    if values.dtype != input.dtype:
        raise RuntimeError(
            f"Index put requires the source and destination dtypes match, got {dtypes.of_numpy[input.dtype].title} "
            "for the "
            f"destination and {dtypes.of_numpy[values.dtype].title} for the source."
        )
    out = fresh(xp, input) if out is None else out
    try:
        if not accumulate:
            out[key_of(out, indices, dims)] = values
        elif indices[0].dtype.kind == "b":
            key = key_of(out, indices, dims)
            out[key] = xp.add(out[key], values)
        else:
            add_at(xp, out, values, indices, dims)
    except IndexError:
        check_indices(xp, input, indices, dims)
        raise
    return out


put_at_ = Tensor.put_at_
del Tensor.put_at_  # users write index_put_


def fresh(xp, input):
    """A copy whose dimensions stand in memory in the same order, without gaps."""
    if input.flags.c_contiguous or dense(input):
        return input.copy("K")
    order = memory_order(input.shape, [input])
    return input.transpose(order).copy().transpose([order.index(dim) for dim in range(input.ndim)])


def check_values(xp, input, indices, values, dims):
    """Refuse values that do not broadcast to what indexing gives."""
    if values.ndim == 0:
        return
    if indices[0].dtype.kind == "b":
        count = indices[0].size if xp.device == "meta" else xp.count_nonzero(indices[0]).item()
        end = dims[0] + indices[0].ndim
        shape = (*input.shape[: dims[0]], count, *input.shape[end:])
    else:
        try:
            shape = result_shape(input.shape, [each.shape for each in indices], dims)
        except RuntimeError:
            check_indices(xp, input, indices, dims)
    given = values.shape
    while len(given) > len(shape) and given[0] == 1:
        given = given[1:]
    fits = len(given) <= len(shape) and all(a in (1, b) for a, b in zip(given[::-1], shape[::-1], strict=False))
    if not fits and xp.device != "meta":
        raise RuntimeError(
            f"shape mismatch: value tensor of shape {list(values.shape)} cannot be broadcast to indexing result of "
            "shape "
            f"{list(shape)}"
        )


def setitem(self, key, value):
    """Write a tensor or a number to what `key` selects."""
    if key is False:
        return
    if type(key) is not tuple:
        key = as_parts(key)
    indices = ()
    for each in key:
        if type(each) not in BASIC:
            key, indices, dims = take_apart(self, key)
            break
    value = as_value(self, value)
    check_key(self, key)
    target = self if all(is_whole(each) for each in key) else basic_index(self, key)
    if indices:
        put_at_(target, indices, without_ones(value) if value.array.ndim else value, dims)
    elif value.array.shape == target.array.shape:
        target.copy_(value)
    elif value.array.ndim == 0:
        target.fill_(value)
    else:
        target.copy_(without_ones(value).expand(target.array.shape))


def without_ones(value):
    """A tensor without the dimensions of size 1 that stand in front."""
    shape = value.array.shape
    first = next((dim for dim, size in enumerate(shape) if size != 1), len(shape))
    return value.view(shape[first:]) if first else value


def as_value(self, value):
    """What is written between brackets as a tensor; a number becomes one of the dtype that it is written to."""
    if isinstance(value, Tensor):
        return value
    if hasattr(value, "dtype") and getattr(value, "shape", None) == ():
        value = value.item()
    if not isinstance(value, (bool, int, float, complex)):
        raise TypeError(f"can't assign a {type(value).__name__} to a {errors.type_name(self.array)}")
    return wrap(self.device.asarray(CPU.asarray(held(value, self.array.dtype), self.array.dtype)), self.device)


def is_whole(part):
    """Whether a part of a key selects all there is."""
    return part is Ellipsis or (isinstance(part, slice) and part == WHOLE)


def check_key(self, key):
    """Refuse a basic index that the tensor has not, in PyTorch's words."""
    shape = self.array.shape
    taken = [each for each in key if each is not None and each is not Ellipsis]
    if not shape and len(taken) == 1:
        raise errors.index_of_number(taken[0])
    if len(taken) > len(shape):
        raise errors.too_many_indices(len(shape))
    dim = 0
    for each in key:
        if each is Ellipsis:
            dim += len(shape) - len(taken)
        elif each is not None:
            if isinstance(each, int) and not -shape[dim] <= each < shape[dim]:
                raise errors.index_out_of_bounds(each, dim, shape[dim])
            if isinstance(each, slice) and each.step is not None and each.step < 1:
                raise ValueError("step must be greater than zero")
            dim += 1


Tensor.__getitem__, Tensor.__setitem__ = getitem, setitem
