"""What stands between brackets, read and written."""

from typing import NamedTuple

from tinytorch import dtypes, errors
from tinytorch.devices import CPU
from tinytorch.layout import dense, joined_shape, memory_order
from tinytorch.modes import interpreters
from tinytorch.operation import Rule, memory_view, operation
from tinytorch.ops.accumulate import add_at, result_shape
from tinytorch.ops.create import held
from tinytorch.ops.keys import as_parts, check_key, is_whole, take_apart
from tinytorch.ops.views import embed, with_dim
from tinytorch.tensor import TENSORS, Tensor, count_write, wrap

WHOLE = slice(None)
BASIC = frozenset((int, slice, type(None), type(Ellipsis)))


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


@memory_view(
    Rule(method=False, overload=name_of, linear=True),
    input=lambda grad, input_shape, key: embed(grad, input_shape, key),
)
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
    return self if indices and is_whole(self, basic) else basic_index(self, basic)


@operation(
    Rule(several="indices", moves=True, method=False, operands=("input", "indices"), linear=True),
    input=lambda grad, input_shape, indices, dims: index_sum(grad, indices, input_shape, dims),
)
def index(xp, input, indices, dims):
    """The elements at tensors of indices, which broadcast and stand for the dimensions `dims`; or where a mask is true.

    The indices' dimensions stand where theirs stood if these are neighbours, else in front.
    """
    if xp.wraps_indices():
        check_indices(xp, input, indices, dims)
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
        if each.dtype.kind == "b":  # its shape was looked at, and its values name what is there
            continue
        size = input.shape[dim]
        if size == 0 and each.size:
            raise IndexError("index is out of bounds for dimension with size 0")
        wrong = xp.first_where(each, xp.logical_or(xp.less(each, -size), xp.greater_equal(each, size)))
        if wrong is not None:
            raise errors.index_out_of_bounds(wrong, number, size)


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
    Rule(several="indices", method=False, operands=("values", "indices"), linear=True),
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
        linear=True,
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
    if not indices and written_plainly(self, key, value):
        return
    target = self if is_whole(self, key) else basic_index(self, key)
    if indices:
        put_at_(target, indices, without_ones(value) if value.array.ndim else value, dims)
    elif value.array.shape == target.array.shape:
        target.copy_(value)
    elif value.array.ndim == 0:
        target.fill_(value)
    else:
        target.copy_(without_ones(value).expand(target.array.shape))


def written_plainly(self, key, value):
    """Write to a basic index as arrays do; whether that was the whole of it: no history, no cast, no other shape."""
    array, data, device = self.array, value.array, self.device
    if (
        interpreters or type(self) not in TENSORS or type(value) not in TENSORS or value.device is not device
        or device.batched or self.needs or value.needs or data.dtype is not array.dtype
        or (self.base is not None and self.base.needs) or (value.base is not None and value.base.needs)
    ):  # fmt: skip
        return False
    place = array[key if Ellipsis in key else (*key, Ellipsis)]
    if (place.shape != data.shape and data.ndim) or 0 in place.strides:
        return False
    if place.ndim and value.counter is self.counter:
        return False  # they may share some elements; of one element each they share none or it, as `x[i, j] += 1` does
    count_write(self)
    place[...] = data
    return True


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
        kind = type(value)
        name = kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
        raise TypeError(f"can't assign a {name} to a {errors.type_name(self.array)}")
    return wrap(self.device.asarray(CPU.asarray(held(value, self.array.dtype), self.array.dtype)), self.device)


Tensor.__getitem__, Tensor.__setitem__ = getitem, setitem
