"""Order: sorting, the largest and smallest elements, distinct ones, and search."""

from tinytorch import dtypes
from tinytorch.batching import all_examples
from tinytorch.devices.batched import DYNAMIC, is_batched
from tinytorch.errors import OTHER_DTYPE
from tinytorch.layout import memory_order, normal_dim
from tinytorch.operation import Rule, operation
from tinytorch.ops.refusals import COMPLEX, given_all, given_to, refuse
from tinytorch.tensor import Tensor, wrap

WHOLE = slice(None)


@operation(Rule(method=False, operands=("input",), composed=True))
def sorted_places(xp, input, dim, descending):
    """The indices that put the elements of `dim` in order; equal ones keep theirs, NaN counts as the largest."""
    if input.dtype.kind == "c":
        raise RuntimeError(" Sort does not support complex dtypes on CPU")
    if not input.ndim:
        return xp.zeros((), "int64")
    if not descending:
        return laid_as(xp, xp.argsort(input, dim, kind="stable"), input)
    turned = (WHOLE,) * dim + (
        slice(None, None, -1),
    )  # turned before and after, so that equal elements keep their order
    places = xp.argsort(input[turned], dim, kind="stable")
    return laid_as(xp, xp.subtract(input.shape[dim] - 1, places[turned]), input)


def laid_as(xp, result, input):
    """A result in the order of memory of the input that it has the shape of."""
    if input.flags.c_contiguous:
        return xp.ascontiguousarray(result)
    order = memory_order(input.shape, [input])
    laid = xp.ascontiguousarray(result.transpose(order))
    return laid.transpose([order.index(dim) for dim in range(input.ndim)])


@operation(
    Rule(
        method=False, moves=True, operands=("input", "indices"), overload=lambda input, indices, dim, keepdim, name:
        name, linear=True
    ),
    input=lambda grad, input_shape, indices, dim, keepdim: back_to(grad, input_shape, indices, dim, keepdim),
)  # fmt: skip
def chosen(xp, input, indices, dim, keepdim, name):
    """The elements at indices along `dim`, under the name of the operation that chose them."""
    if not input.ndim:
        return input.copy()
    values = xp.take_along_axis(input, indices, dim)
    values = laid_as(xp, values, input) if name.startswith("Sort") else xp.ascontiguousarray(values)
    return values if keepdim else values.reshape((*values.shape[:dim], *values.shape[dim + 1 :]))


def back_to(grad, shape, indices, dim, keepdim):
    """Zeros with a gradient at the places that were chosen."""
    grad = grad if keepdim else grad.unsqueeze(dim)
    return grad.new_zeros(shape).scatter_add(dim, indices, grad) if shape else grad.reshape(())


def sort(input, *settings, dim=-1, descending=False, stable=None, out=None):
    """The elements of `dim` in order and the indices that they had: `values` and `indices`, of the input's shape.

    NaN counts as the largest; equal elements keep their order, `stable` or not. `sort(dim, descending)`.
    """
    if settings:
        dim = settings[0]
        descending = settings[1] if len(settings) > 1 else descending
    dim = normal_dim(dim, input.array.ndim)
    indices = sorted_places(input, dim, bool(descending))
    values = chosen(input, indices, dim, True, "SortBackward0" if stable is None else "SortBackward1")
    return given_all("sort", out, (values, indices))


def argsort(input, dim=-1, descending=False, stable=False, *, out=None):
    """The indices that put the elements of `dim` in order; equal ones keep theirs, NaN counts as the largest."""
    return given_to(
        "argsort", out, sorted_places(input, normal_dim(dim, input.array.ndim), bool(descending)), OTHER_DTYPE
    )


def msort(input, *, out=None):
    """The elements of the first dimension in order."""
    values = sort(input, 0).values
    return given_to("sort", out, values, OTHER_DTYPE)


def topk(input, k, dim=-1, largest=True, sorted=True, *, out=None):
    """The `k` largest, or smallest, elements of `dim` in order, and their indices: `values` and `indices`."""
    dim = normal_dim(dim, input.array.ndim)
    size = input.array.shape[dim] if input.array.ndim else 1
    if not 0 <= k <= size:
        raise RuntimeError("selected index k out of range")
    if input.is_complex() or input.dtype is dtypes.bool_:
        kind = "bool" if input.dtype is dtypes.bool_ else "complex"
        raise RuntimeError(f"{' ' * (kind == 'complex')}topk does not support {kind} dtypes on CPU")
    indices = sorted_places(input, dim, bool(largest))
    if input.array.ndim:
        indices = indices.narrow(dim, 0, k).contiguous()
    elif k == 0:
        return given_all("topk", out, (input.new_zeros(0), indices.new_zeros(0)))
    return given_all("topk", out, (chosen(input, indices, dim, True, "TopkBackward0"), indices))


def kthvalue(input, k, dim=-1, keepdim=False, *, out=None):
    """The k-th smallest element of `dim`, counted from 1, and its index: `values` and `indices`."""
    dim = normal_dim(dim, input.array.ndim)
    if not 1 <= k <= (input.array.shape[dim] if input.array.ndim else 1):
        raise RuntimeError(f"kthvalue(): selected number k out of range for dimension {dim}")
    if input.array.ndim and (input.is_complex() or input.dtype is dtypes.bool_):
        raise NotImplementedError(f"\"kthvalue_cpu\" not implemented for '{input.dtype.title}'")
    if input.array.ndim:
        indices = sorted_places(input, dim, False).narrow(dim, k - 1, 1).contiguous()
    else:
        indices = input.new_zeros((), dtype=dtypes.int64)
    values = chosen(input, indices, dim, keepdim, "KthvalueBackward0")
    if input.array.ndim and not keepdim:
        indices = indices.view(*[size for place, size in enumerate(indices.array.shape) if place != dim])
    words = "output values must be of same type as input", "output indices must be of scalar type Long"
    return given_all("kthvalue", out, (values, indices), words)


# Distinct elements


@operation(
    Rule(method=False, title="Unique2", check=refuse("unique", COMPLEX)),
    input=lambda grad: no_derivative(grad, "_unique2"),
)
def distinct(xp, input, ordered):
    """The distinct elements, which of them each element is, and how often each stands: all rows of a flat tensor.

    `ordered`: compare all elements in their order, else only neighbours.
    """
    if is_batched(input):
        raise RuntimeError(DYNAMIC.format("_unique2" if ordered else "unique_consecutive"))
    flat = input.reshape(-1)
    places = xp.argsort(flat, kind="stable") if ordered else xp.arange(flat.size)
    return groups(xp, flat[places].reshape(-1, 1), places, flat, input.shape)


@operation(
    Rule(method=False, title="UniqueDim"),
    input=lambda grad: no_derivative(grad, "unique_dim"),
)
def distinct_slices(xp, input, dim, ordered):
    """The distinct slices of `dim`, which of them each slice is, and how often each stands."""
    if is_batched(input):
        raise RuntimeError(DYNAMIC.format("unique_dim"))
    count = input.shape[dim]
    slices = xp.ascontiguousarray(xp.moveaxis(input, dim, 0))
    rows = slices.reshape(count, slices.size // count if count else 0)
    places = xp.lexsort(rows.T[::-1]) if ordered and rows.size else xp.arange(count)
    found, inverse, counts = groups(xp, rows[places], places, slices, (count,))
    return xp.moveaxis(found, 0, dim), inverse, counts


def groups(xp, rows, places, source, shape):
    """Equal neighbours among sorted rows as groups: the first of each, the group of each element, and the sizes."""
    count = rows.shape[0]
    if not count:
        return source[places], xp.zeros(shape, "int64"), xp.zeros(0, "int64")
    new = xp.any(xp.not_equal(rows[1:], rows[:-1]), 1)
    starts = xp.concatenate([xp.zeros(1, "int64"), xp.add(xp.nonzero(new)[0], 1)])
    ends = xp.concatenate([starts[1:], xp.asarray([count])])
    inverse = xp.empty(count, "int64")
    inverse[places] = xp.concatenate([xp.zeros(1, "int64"), xp.cumsum(new.astype("int64"))])
    return source[places[starts]], inverse.reshape(shape), xp.subtract(ends, starts)


def no_derivative(grad, name):
    """Distinct elements have no derivative."""
    raise RuntimeError(f"the derivative for '{name}' is not implemented.")


def unique(input, sorted=True, return_inverse=False, return_counts=False, dim=None):
    """The distinct elements, or slices of `dim`, in order; with them, where asked for, which of them each element
    is, and
    how often each stands. Each NaN is distinct."""
    return asked(distinct_of(input, dim, True), return_inverse, return_counts)


def unique_consecutive(input, return_inverse=False, return_counts=False, dim=None):
    """The elements, or slices of `dim`, without repetitions of neighbours; with them, where asked for, which of
    them each
    element is, and how often each stands."""
    return asked(distinct_of(input, dim, False), return_inverse, return_counts)


def distinct_of(input, dim, ordered):
    """The distinct elements or slices; a RuntimeError for slices that have no elements."""
    if dim is None:
        return distinct(input, ordered)
    place = normal_dim(dim, input.array.ndim)
    empty = [each for each, size in enumerate(input.array.shape) if size == 0]
    if len(empty) > 1:
        raise RuntimeError("Number of zero sized dimensions is more than one, so unique cannot be applied ")
    if empty and empty != [place]:
        raise RuntimeError("There are 0 sized dimensions, and they aren't selected, so unique cannot be applied")
    return distinct_slices(input, place, ordered)


def asked(results, return_inverse, return_counts):
    """The distinct elements alone, or in a tuple with what was asked for."""
    values, inverse, counts = results
    more = ((inverse,) if return_inverse else ()) + ((counts,) if return_counts else ())
    return (values, *more) if more else values


# Search


def searchsorted(sorted_sequence, input, *, out_int32=False, right=False, side=None, sorter=None, out=None):
    """How many elements of a sorted sequence are smaller than each value; with `right`, how many are not larger.

    The sequence is a vector, or (..., n) for values (..., m). `sorter`: indices that sort it. A RuntimeError for shapes
    that do not fit.
    """
    if side not in (None, "left", "right"):
        raise RuntimeError(f"torch.searchsorted(): side can only be 'left' or 'right' but got {side}")
    if side == "left" and right:
        raise RuntimeError(
            "torch.searchsorted(): side and right can't be set to opposites, got side of left while right was True"
        )
    values = as_searched(sorted_sequence, input, "searchsorted")
    bounds, found = sorted_sequence.array.shape, values.array.shape
    if len(bounds) == 0:
        raise RuntimeError(
            "torch.searchsorted(): input value can be a scalar only when boundaries tensor dimension is 1, but we got "
            f"boundaries tensor dim({len(bounds)}) and input value's dim({len(found)}) numel({values.array.size})"
        )
    if len(bounds) != 1 and (bounds[:-1] != found[:-1] or len(bounds) != len(found)):
        raise RuntimeError(
            "torch.searchsorted(): boundaries tensor should be 1 dimension or the first N-1 dimensions of boundaries "
            "tensor "
            f"and input value tensor must match, but we got boundaries tensor {list(bounds)} and input value tensor "
            f"{list(found)}"
        )
    if sorter is not None:
        if sorter.array.shape != bounds:
            raise RuntimeError(
                "torch.searchsorted(): boundary and sorter must have the same size, but got boundary tensor "
                f"{list(bounds)}and got sorter tensor {list(sorter.array.shape)}"
            )
        if sorter.dtype is not dtypes.int64:
            raise RuntimeError(
                f"torch.searchsorted(): sorter must be a tensor of long dtype but got dtype {sorter.dtype.title}"
            )
        if sorter.device.type != "meta" and all_examples((sorter < 0) | (sorter >= bounds[-1])).any():
            raise RuntimeError("torch.searchsorted(): sorter index out of range")
        sorted_sequence = sorted_sequence.gather(-1, sorter)
    places = places_in(sorted_sequence, values, bool(right) or side == "right")
    places = places.to(dtypes.int32) if out_int32 else places
    return given_to("searchsorted", out, places, WRONG_PLACES + str(bool(out_int32)))


WRONG_PLACES = (
    "torch.searchsorted(): output tensor's dtype is wrong, it can only be Int(int32) or Long(int64) depending on "
    "whether out_int32 flag is True, but we got output tensor's dtype {3} and out_int32 flag is "
)


def as_searched(sequence, value, name):
    """A value to look for as a tensor."""
    if isinstance(value, Tensor):
        return value
    if not isinstance(value, (bool, int, float)):
        raise TypeError(f"{name}(): argument 'input' (position 2) must be Tensor, not {type(value).__name__}")
    dtype = dtypes.of_value(value).numpy
    return wrap(sequence.device.asarray(value, dtype), sequence.device)


def bucketize(input, boundaries, *, out_int32=False, right=False, out=None):
    """How many of the sorted `boundaries` are smaller than each value; with `right`, how many are not larger."""
    if boundaries.array.ndim != 1:
        raise RuntimeError(f"boundaries tensor must be 1 dimension, but got dim({boundaries.array.ndim})")
    values = as_searched(boundaries, input, "bucketize")
    places = places_in(boundaries, values, bool(right))
    places = places.to(dtypes.int32) if out_int32 else places
    return given_to("bucketize", out, places, WRONG_PLACES + str(bool(out_int32)))


@operation(Rule(method=False, operands=("sequence", "values")))
def places_in(xp, sequence, values, right):
    """How many elements of each sorted sequence are smaller than each value, or not larger."""
    side = "right" if right else "left"
    if sequence.ndim == 1:
        return xp.searchsorted(sequence, values, side=side)
    # Ranks among both together, as searching works on vectors alone: values stand before equal elements, or behind.
    first, second = (sequence, values) if right else (values, sequence)
    order = xp.argsort(xp.concatenate([first, second], -1), -1, kind="stable")
    size = first.shape[-1]
    from_sequence = (xp.less if right else xp.greater_equal)(order, size)
    before = xp.cumsum(from_sequence.astype("int64"), -1)
    ranks = xp.empty(order.shape, "int64")
    xp.put_along_axis(ranks, order, before, order.ndim - 1)
    return xp.ascontiguousarray(ranks[..., size:] if right else ranks[..., :size])


Tensor.sort, Tensor.argsort, Tensor.msort, Tensor.topk, Tensor.kthvalue = sort, argsort, msort, topk, kthvalue
Tensor.unique, Tensor.unique_consecutive = unique, unique_consecutive
