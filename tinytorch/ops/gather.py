"""Elements by their index along a dimension or by a mask: gathered, scattered, filled and selected."""

import builtins

from tinytorch import dtypes, errors
from tinytorch.batching import all_examples
from tinytorch.layout import joined_shape
from tinytorch.operation import Rule, operation
from tinytorch.ops.compare import where
from tinytorch.ops.create import held
from tinytorch.ops.indexing import fresh
from tinytorch.ops.matmul import title_of
from tinytorch.ops.refusals import given_to
from tinytorch.ops.windows import rows
from tinytorch.tensor import Tensor

WHOLE = slice(None)


def first_outside(xp, index, size, low=0):
    """The first index that is below `low` or not below `size`, or None; unknown where no values are."""
    if xp.device == "meta" or not index.size:
        return None
    smallest, largest = xp.smallest(index), xp.largest(index)
    if smallest >= low and largest < size:
        return None
    return xp.first_where(index, xp.logical_or(xp.less(index, low), xp.greater_equal(index, size)))


def same_dtype(input, dim, index, src, *settings):
    """Refuse a source of another dtype; asked before half precision is widened."""
    if hasattr(src, "dtype") and src.dtype is not input.dtype:
        raise RuntimeError("scatter(): Expected self.dtype to be equal to src.dtype")


def same_source_dtype(input, dim, index, source, alpha):
    """Refuse a source of another dtype for `index_add`."""
    if source.dtype is not input.dtype:
        raise RuntimeError(
            f"index_add_(): self ({input.dtype.title}) and source ({source.dtype.title}) must have the same scalar type"
        )


def same_put_dtype(input, index, source, accumulate):
    """Refuse an index that is not int64 and a source of another dtype for `put`."""
    if index.dtype is not dtypes.int64:
        raise RuntimeError(f"put_(): Expected a long tensor for index, but got {index.dtype.title}")
    if source.dtype is not input.dtype:
        raise RuntimeError(
            f"put_(): self and source expected to have the same dtype, but got self.dtype = {input.dtype.title} and "
            f"source.dtype = {source.dtype.title}"
        )


def as_vector(array):
    """An array with at least one dimension."""
    return array if array.ndim else array.reshape(1)


def part_of(index_shape, dim):
    """The key of the part of a tensor that an index of this shape walks along `dim`."""
    return tuple([WHOLE if each == dim else slice(size) for each, size in enumerate(index_shape)])


def check_along(xp, name, input, dim, index, source=None):
    """Refuse an index for `dim` whose dtype, shape or values do not fit; one without elements always fits."""
    if not index.size:
        return
    if index.dtype.kind not in "iu" or index.dtype.itemsize < 4:
        raise RuntimeError(f"{name}(): Expected dtype int32/int64 for index")
    if max(input.ndim, 1) != max(index.ndim, 1):
        raise RuntimeError(
            "Index tensor must have the same number of dimensions as "
            + ("input tensor" if name == "gather" else "self tensor")
        )
    if source is not None and max(index.ndim, 1) != max(source.ndim, 1):
        raise RuntimeError("Index tensor must have the same number of dimensions as src tensor")
    sizes, own = as_vector(index).shape, as_vector(input).shape
    too_large = [place for place, size in enumerate(sizes) if place != dim and size > own[place]]
    if name == "gather" and too_large:
        raise RuntimeError(
            f"Size does not match at dimension {too_large[0]} expected index {list(index.shape)} to be no larger "
            "than self "
            f"{list(input.shape)} apart from dimension {dim}"
        )
    if source is None:
        if too_large:
            raise RuntimeError(
                f"Expected index {list(index.shape)} to be no larger than self {list(input.shape)} apart from "
                f"dimension {dim}"
            )
    elif too_large or any(size > other for size, other in zip(sizes, as_vector(source).shape, strict=True)):
        raise RuntimeError(
            f"Expected index {list(index.shape)} to be no larger than self {list(input.shape)} apart from dimension "
            f"{dim} "
            f"and to be no larger size than src {list(source.shape)}"
        )
    outside = first_outside(xp, index, own[dim])
    if outside is not None:
        raise RuntimeError(f"index {outside} is out of bounds for dimension {dim} with size {own[dim]}")


max = builtins.max


@operation(
    Rule(moves=True, apart=True, operands=("input", "index"), linear=True),
    input=lambda grad, input_shape, dim, index: grad.new_zeros(input_shape).scatter_add(dim, index, grad),
)
def gather(xp, input, dim, index, *, sparse_grad=False):
    """The elements at `index` along `dim`: result[i][j] = input[index[i][j]][j] for dim 0; the shape is the index's.

    A RuntimeError where the index is larger than the input in another dimension, or names what is not there.
    """
    check_along(xp, "gather", input, dim, index)
    if not index.size:
        return xp.empty(index.shape, input.dtype)
    found = xp.take_along_axis(as_vector(input)[part_of(as_vector(index).shape, dim)], as_vector(index), dim)
    return xp.ascontiguousarray(found).reshape(index.shape)


def places_along(xp, shape, index, dim):
    """Where in memory, row by row, the elements at an index along `dim` lie, in the index's shape."""
    steps = rows(shape)[1]
    places = xp.multiply(index, steps[dim])
    for other in range(index.ndim):
        if other != dim:
            line = xp.multiply(xp.arange(index.shape[other]), steps[other])
            places = xp.add(places, line.reshape(*[-1 if each == other else 1 for each in range(index.ndim)]))
    return places


def reduce_along(xp, name, out, dim, index, source):
    """Let the ufunc of a name such as "add" unite elements of `out`, at an index along `dim`, with a source's."""
    shape = as_vector(out).shape
    places = places_along(xp, shape, index, dim)
    flat = out.reshape(-1)
    xp.ufunc_at(name, flat, places.reshape(-1), source.reshape(-1))
    if not out.flags.c_contiguous:
        out[...] = flat.reshape(out.shape)


UFUNCS = {"sum": "add", "mean": "add", "prod": "multiply", "amax": "maximum", "amin": "minimum"}


@operation(
    Rule(
        moves=True, method=False, writes=True, title="Scatter", operands=("input", "index"),
        overload=lambda input, dim, index, src, reduce: f"ScatterBackward{0 if hasattr(src, 'shape') else 1}",
    ),
    input=lambda grad, dim, index, reduce: once(reduce, grad.scatter(dim, index, 0)),
    src=lambda grad, dim, index, reduce, src_shape: once(reduce, padded(grad.gather(dim, index), src_shape)),
)  # fmt: skip
def scatter_at(xp, input, dim, index, src, reduce=None, out=None):
    """The input with elements of `src`, or one number, at an index along `dim`; the last one stays where it names a
    place
    twice."""
    source = src if hasattr(src, "shape") else None
    check_along(xp, "scatter", input, dim, index, source)
    if source is not None and source.dtype != input.dtype:
        raise RuntimeError("scatter(): Expected self.dtype to be equal to src.dtype")
    if reduce not in (None, "add", "multiply"):
        raise RuntimeError("reduce argument must be either add or multiply.")
    out = fresh_rows(xp, input) if out is None else out
    if not index.size:
        return out
    index = as_vector(index)
    if source is None:
        source = xp.broadcast_to(xp.asarray(held(src, input.dtype), input.dtype), index.shape)
    else:
        source = as_vector(source)[tuple([slice(size) for size in index.shape])]
    if reduce is not None:
        reduce_along(xp, reduce, out, dim, index, source)
    elif out.ndim == 0:
        out[...] = source[-1]
    else:
        xp.put_along_axis(out[part_of(index.shape, dim)], index, source, dim)
    return out


def fresh_rows(xp, input):
    """A copy that lies row by row."""
    return input.copy()


def once(reduce, grad):
    """The gradient of a plain scatter; PyTorch has none for the forms that reduce."""
    if reduce is not None:
        raise RuntimeError("derivative for aten::scatter is not implemented")
    return grad


def padded(grad, shape):
    """A gradient with zeros at the ends, where its tensor was larger than the index."""
    if grad.array.shape == tuple(shape):
        return grad
    return embed_first(grad, shape)


@operation(Rule(moves=True, method=False, linear=True), input=lambda grad, input_shape: first_part(grad, input_shape))
def embed_first(xp, input, shape):
    """Zeros of `shape` with the input at their beginning."""
    whole = xp.zeros(shape, input.dtype)
    whole[tuple([slice(size) for size in input.shape])] = input
    return whole


def first_part(grad, shape):
    """The beginning of a tensor, in this shape."""
    return grad[tuple([slice(size) for size in shape])]


scatter_at_ = Tensor.scatter_at_
del Tensor.scatter_at_  # users write scatter_


def scatter(input, dim, index, src=None, *, value=None, reduce=None, out=None):
    """The input with elements of `src`, or one number, at an index along `dim`: result[index[i][j]][j] = src[i][j] for
    dim 0. `reduce`, "add" or "multiply", unites them with what is there. A RuntimeError where shapes do not fit."""
    found = scatter_at(input, dim, index, value if src is None else src, reduce)
    return given_to("scatter", out, found, errors.OTHER_DTYPE)


def scatter_(self, dim, index, src=None, *, value=None, reduce=None):
    """Write elements of `src`, or one number, to an index along `dim`, as `scatter`."""
    return scatter_at_(self, dim, index, value if src is None else src, reduce)


@operation(
    Rule(writes=True, operands=("input", "index", "src"), check=same_dtype, linear=True),
    input=lambda grad: grad,
    src=lambda grad, dim, index, src_shape: of_whole_source(grad.gather(dim, index), src_shape),
)
def scatter_add(xp, input, dim, index, src, out=None):
    """The input to which elements of `src` are added at an index along `dim`, as often as it names a place."""
    check_along(xp, "scatter_add", input, dim, index, src)
    out = fresh_rows(xp, input) if out is None else out
    if index.size:
        index = as_vector(index)
        reduce_along(xp, "add", out, dim, index, as_vector(src)[tuple([slice(size) for size in index.shape])])
    return out


def of_whole_source(grad, shape):
    """The gradient of a source as large as the index; PyTorch refuses to find that of a larger one."""
    if grad.array.shape != tuple(shape):
        raise RuntimeError(
            "Function ScatterAddBackward0 returned an invalid gradient at index 1 - got "
            f"{list(grad.array.shape)} but expected shape compatible with {list(shape)}"
        )
    return grad


def scatter_reduce_derivative(grad, input, dim, index, src, reduce, include_self, result, needed):
    """The gradients of `scatter_reduce`: a product or an extreme divides it among the elements that took part."""
    own = source = None
    shape = src.array.shape
    src = src if shape == index.array.shape else src[tuple([slice(size) for size in index.array.shape])]
    if reduce == "sum":
        own, source = grad, grad.gather(dim, index)
    elif reduce == "mean":
        counts = grad.new_zeros(grad.shape) + (1 if include_self else 0)
        counts = counts.scatter_add(dim, index, src.new_zeros(src.shape) + 1)
        counts = counts.masked_fill(counts == 0, 1)
        own, source = grad / counts, (grad / counts).gather(dim, index)
    elif reduce == "prod":
        safe = input.masked_fill(input == 0, 1)
        own = grad * scatter_reduce(safe, dim, index, src, reduce, include_self=include_self) / safe
        zero = src == 0
        zeros = input.new_zeros(input.shape).scatter_add(dim, index, zero.to(src.dtype)).gather(dim, index)
        single = zero & (zeros == 1)
        others = scatter_reduce(input, dim, index, src.masked_fill(single, 1), reduce, include_self=include_self)
        usual = (grad * result).gather(dim, index) / src.masked_fill(zero, 1)
        source = where(single, (grad * others).gather(dim, index), usual)
    else:
        own_share = (input == result).to(grad.dtype)
        source_share = (src == result.gather(dim, index)).to(grad.dtype)
        shared = grad / own_share.scatter_add(dim, index, source_share)
        own, source = own_share * shared, source_share * shared.gather(dim, index)
    if not include_self and needed[0]:
        own = own.scatter(dim, index, 0)
    return own if needed[0] else None, padded(source, shape) if needed[1] else None


@operation(
    Rule(writes=True, operands=("input", "index", "src"), title="ScatterReduce", check=same_dtype),
    (("input", "src"), scatter_reduce_derivative),
)
def scatter_reduce(xp, input, dim, index, src, reduce, *, include_self=True, out=None):
    """The sum, prod, mean, amax or amin of the elements of `src` that an index along `dim` brings to one place, and
    of the
    input's own where `include_self`. A RuntimeError for another reduction."""
    if reduce not in UFUNCS:
        raise RuntimeError(f"reduce argument must be either sum, prod, mean, amax or amin, got {reduce}")
    check_along(xp, "scatter_reduce", input, dim, index, src)
    out = fresh_rows(xp, input) if out is None else out
    if not index.size:
        return out
    index = as_vector(index)
    source = as_vector(src)[tuple([slice(size) for size in index.shape])]
    if not include_self:
        start = {"sum": 0, "mean": 0, "prod": 1}.get(reduce)
        if start is None:
            xp.put_along_axis(as_vector(out)[part_of(index.shape, dim)], index, source, dim)
        else:
            xp.put_along_axis(as_vector(out)[part_of(index.shape, dim)], index, xp.asarray(start, out.dtype), dim)
    reduce_along(xp, UFUNCS[reduce], out, dim, index, source)
    if reduce == "mean":
        counts = xp.full(out.shape, int(include_self), "int64")
        reduce_along(xp, "add", counts, dim, index, xp.ones(index.shape, "int64"))
        counts = xp.where(xp.equal(counts, 0), 1, counts).astype(out.dtype)
        out[...] = (xp.true_divide if out.dtype.kind in "fcV" else xp.floor_divide)(out, counts)
    return out


# By the number of an element


@operation(
    Rule(
        exact="take(): self and out expected to have the same dtype, but got self.dtype = {2} and out.dtype = {3}",
        moves=True,
        apart=True,
        operands=("input", "index"),
        linear=True,
    ),
    input=lambda grad, input_shape, index: grad.new_zeros(input_shape).put(index, grad, True),
)
def take(xp, input, index):
    """The elements with these numbers, counted row by row; the shape is the index's. Negative ones count from the
    end."""
    if index.dtype != "int64":
        raise RuntimeError(f"take(): Expected a long tensor for index, but got {title_of(index)}")
    check_numbers(xp, input, index, "take")
    return xp.take(input.reshape(-1), index)


def check_numbers(xp, input, index, name):
    """Refuse the number of an element that is not there."""
    if not input.size and index.size:
        raise IndexError(f"{name}(): tried to take from an empty tensor")
    outside = first_outside(xp, index, input.size, -input.size)
    if outside is not None:
        raise IndexError(f"out of range: tried to access index {outside} on a tensor of {input.size} elements.")


@operation(
    Rule(writes=True, operands=("input", "index", "source"), check=same_put_dtype, linear=True),
    input=lambda grad, index, accumulate: grad if accumulate else grad.put(index, grad.new_zeros(index.shape), False),
    source=lambda grad, index, source_shape: grad.take(index).reshape(source_shape),
)
def put(xp, input, index, source, accumulate=False, out=None):
    """The input with the elements of `source` at these numbers, counted row by row, in place or added."""
    if index.size != source.size:
        raise IndexError(
            "put_(): Expected source and index to have the same number of elements, but got source.numel() = "
            f"{source.size}"
            f", index.numel() = {index.size}"
        )
    check_numbers(xp, input, index, "put_")
    out = fresh(xp, input) if out is None else out
    flat, places = out.reshape(-1), index.reshape(-1)
    if accumulate:
        places = xp.where(xp.less(places, 0), xp.add(places, input.size), places)
        xp.ufunc_at("add", flat, places, source.reshape(-1))
    else:
        flat[places] = source.reshape(-1)
    if not out.flags.c_contiguous:
        out[...] = flat.reshape(out.shape)
    return out


def take_along_dim(input, indices, dim=None, *, out=None):
    """The elements at `indices` along `dim`, where the other dimensions broadcast; of all elements in a row without
    one."""
    if not isinstance(indices, Tensor):
        raise errors.not_a_tensor("take_along_dim", "indices", 2, indices)
    if dim is None:
        check_long(indices)
        found = input.reshape(-1).gather(0, indices.reshape(-1))
    else:
        if input.ndim != indices.ndim:
            raise RuntimeError(
                "torch.take_along_dim(): input and indices should have the same number of dimensions, but got "
                f"{input.ndim} dimensions for input, and {indices.ndim} dimensions for indices"
            )
        check_long(indices)
        at = dim_of(dim, input.ndim)
        shape = joined_shape(without(input.array.shape, at), without(indices.array.shape, at))
        own = (*shape[:at], input.array.shape[at], *shape[at + 1 :])
        wide = (*shape[:at], indices.array.shape[at], *shape[at + 1 :])
        found = input.expand(own).gather(at, indices.expand(wide) % max(own[at], 1))  # any index counts around
    return given_to("gather", out, found, errors.OTHER_DTYPE)


def check_long(indices):
    """Refuse indices that are not int64."""
    if indices.dtype is not dtypes.int64:
        raise RuntimeError(f"torch.take_along_dim(): dtype of indices should be Long but got {indices.dtype.title}")


def dim_of(dim, ndim):
    """A dimension counted from the front, or PyTorch's error."""
    if not -ndim <= dim < ndim:
        raise errors.dimension(dim, ndim)
    return dim % ndim


def without(shape, dim):
    """A shape with size 1 in one dimension."""
    return (*shape[:dim], 1, *shape[dim + 1 :])


def one_hot(tensor, num_classes=-1):
    """For each class a row with a 1 at its place and zeros elsewhere; without `num_classes`, up to the largest class.

    A RuntimeError for classes that are negative, too large or not int64.
    """
    if tensor.dtype is not dtypes.int64:
        raise RuntimeError("one_hot is only applicable to index tensor of type LongTensor.")
    if not tensor.array.size:
        if num_classes <= 0:
            raise RuntimeError("Can not infer total number of classes from empty tensor.")
        return tensor.new_zeros((*tensor.array.shape, num_classes))
    known = tensor.device.type != "meta"
    if known and all_examples(tensor).min().item() < 0:
        raise RuntimeError("Class values must be non-negative.")
    if num_classes == -1 and tensor.device.batched:
        raise RuntimeError(
            "When vmap-ing torch.nn.functional.one_hot, please provide an explicit positive num_classes argument."
        )
    if num_classes == -1:
        num_classes = tensor.max().item() + 1
    elif known and num_classes <= all_examples(tensor).max().item():
        raise RuntimeError("Class values must be smaller than num_classes.")
    return tensor.new_zeros((*tensor.array.shape, num_classes)).scatter_(-1, tensor.unsqueeze(-1), 1)


Tensor.scatter, Tensor.scatter_ = scatter, scatter_
Tensor.take_along_dim = take_along_dim
