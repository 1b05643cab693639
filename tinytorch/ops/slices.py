"""By tensors of indices: slices of a dimension selected, added to, copied and filled, and `index_put`."""

from tinytorch import errors
from tinytorch.dtypes import bool_, int32, int64
from tinytorch.operation import Rule, operation
from tinytorch.ops.arithmetic import times
from tinytorch.ops.create import held
from tinytorch.ops.gather import (
    as_vector,
    first_outside,
    fresh_rows,
    reduce_along,
    same_source_dtype,
    scatter_reduce,
    scatter_reduce_derivative,
)
from tinytorch.ops.indexing import fresh, put_at, put_at_
from tinytorch.ops.keys import take_apart
from tinytorch.ops.matmul import title_of
from tinytorch.tensor import Tensor

WHOLE = slice(None)


def check_vector(name, index):
    """Refuse an index that is no vector."""
    if index.ndim > 1:
        raise IndexError(f"{name}(): Index is supposed to be a vector")


@operation(
    Rule(
        exact="index_select(): self and result must have the same scalar type",
        moves=True,
        apart=True,
        operands=("input", "index"),
        linear=True,
    ),
    input=lambda grad, input_shape, dim, index: grad.new_zeros(input_shape).index_add(dim, index, grad),
)
def index_select(xp, input, dim, index):
    """The slices of `dim` with these indices, a vector of integers. An IndexError for one that is not there, or
    in dimension 1 a RuntimeError."""
    check_vector("index_select", index)
    if index.dtype.kind != "i" or index.dtype.itemsize < 4:
        raise RuntimeError("index_select(): Expected dtype int32 or int64 for index")
    if first_outside(xp, index, as_vector(input).shape[dim]) is not None:
        if dim == 1:  # PyTorch has another kernel for it
            outside = first_outside(xp, index, input.shape[dim])
            raise RuntimeError(f"INDICES element is out of DATA bounds, id={outside} axis_dim={input.shape[dim]}")
        raise IndexError("index out of range in self")
    if not input.ndim:
        return input.copy()
    return xp.take(input, as_vector(index), dim)


@operation(
    Rule(writes=True, operands=("input", "index", "source"), check=same_source_dtype, linear=True),
    input=lambda grad: grad,
    source=lambda grad, dim, index, source_shape, alpha: scaled(
        grad.index_select(dim, index).reshape(source_shape), alpha
    ),
)
def index_add(xp, input, dim, index, source, *, alpha=1, out=None):
    """The input to whose slices of `dim` at `index` those of alpha * source are added, as often as it names one."""
    check_vector("index_add_", index)
    check_counts("index_add_", input, dim, index, source)
    inner = input.ndim < 2 or 0 < dim < input.ndim - 1  # where PyTorch adds slice by slice
    if inner and first_outside(xp, index, as_vector(input).shape[dim]) is not None:
        raise IndexError("index out of range in self")
    check_slices(xp, RuntimeError, input, dim, index)
    out = fresh_rows(xp, input) if out is None else out
    source = as_vector(source)
    wide = as_vector(index).reshape(*[-1 if each == dim else 1 for each in range(source.ndim)])
    reduce_along(
        xp, "add", out, dim, xp.broadcast_to(wide, source.shape), source if alpha == 1 else times(xp, source, alpha)
    )
    return out


def check_counts(name, input, dim, index, source):
    """Refuse a source that has not as many slices as the index, or slices of another shape."""
    count, size = as_vector(index).size, as_vector(source).shape[dim] if dim < max(source.ndim, 1) else 0
    if count != size:
        raise RuntimeError(
            f"{name}(): Number of indices ({count}) should be equal to source.size(dim): ({size}), for dim: {dim}"
        )
    own, other = [(*each.shape[:dim], *each.shape[dim + 1 :]) for each in (input, source)]
    if own != other or input.ndim != source.ndim:
        raise RuntimeError(
            "source tensor shape must match self tensor shape, excluding the specified dimension. Got self.shape = "
            f"{list(input.shape)} source.shape = {list(source.shape)}"
        )


def scaled(grad, factor):
    """A gradient times a factor that is mostly 1."""
    return grad if factor == 1 else grad * factor


def check_slices(xp, exception, input, dim, index, before="", low=0):
    """Refuse an index that is not there."""
    size = as_vector(input).shape[dim]
    outside = first_outside(xp, index, size, low)
    if outside is not None:
        raise exception(f"{before}index {outside} is out of bounds for dimension {dim} with size {size}")


@operation(
    Rule(moves=True, writes=True, operands=("input", "index", "source"), linear=True),
    input=lambda grad, dim, index: grad.index_fill(dim, index, 0),
    source=lambda grad, dim, index, source_shape: grad.index_select(dim, index).reshape(source_shape),
)
def index_copy(xp, input, dim, index, source, out=None):
    """The input with the slices of `dim` at `index` replaced by those of the source."""
    if index.ndim > 1:
        raise IndexError(f"index_copy_(): Index should have dimension 1 or 0 (got {index.ndim})")
    if source.dtype != input.dtype:
        raise RuntimeError(
            f"index_copy_(): self and source expected to have the same dtype, but got (self) {title_of(input)} and "
            "(source) "
            f"{title_of(source)}"
        )
    count, size = as_vector(index).size, as_vector(source).shape[dim] if dim < max(source.ndim, 1) else 0
    if count != size:
        raise IndexError(f"index_copy_(): Number of indices ({count}) should be equal to source.size(dim) ({size})")
    own, other = [(*each.shape[:dim], *each.shape[dim + 1 :]) for each in (input, source)]
    if own != other:
        raise IndexError(
            "index_copy_(): Source/destination tensor must have same slice shapes. Destination slice shape: "
            f"{list(own)} at "
            f"dimension {dim} and source slice shape: {list(other)} at dimension 0."
        )
    check_slices(xp, IndexError, input, dim, index, "index_copy_(): ")
    out = fresh(xp, input) if out is None else out
    if out.ndim:
        out[(WHOLE,) * dim + (as_vector(index),)] = as_vector(source)
    else:
        out[...] = as_vector(source)[-1]
    return out


@operation(
    Rule(
        moves=True, writes=True, operands=("input", "index"),
        overload=lambda input, dim, index, value: f"IndexFillBackward{1 if hasattr(value, 'shape') else 0}", linear=True
    ),
    input=lambda grad, dim, index: grad.index_fill(dim, index, 0),
    value=lambda grad, dim, index: (grad - grad.index_fill(dim, index, 0)).sum(),  # what is filled twice counts once
)  # fmt: skip
def index_fill(xp, input, dim, index, value, out=None):
    """The input with one value in the slices of `dim` at `index`."""
    if getattr(value, "ndim", 0):
        raise RuntimeError(
            f"index_fill_ only supports a 0-dimensional value tensor, but got tensor with {value.ndim} dimension(s)."
        )
    if index.dtype.kind != "i" or index.dtype.itemsize < 8:
        raise IndexError("index_fill_(): Expected dtype int64 for index.")
    check_vector("index_fill_", index)
    check_slices(xp, IndexError, input, dim, index, low=-as_vector(input).shape[dim])
    out = fresh(xp, input) if out is None else out
    value = value if hasattr(value, "shape") else held(value, input.dtype)
    if out.ndim:
        out[(WHOLE,) * dim + (as_vector(index),)] = value
    else:
        out[...] = value
    return out


def filled(grad, dim, index):
    """Whether each element stands in a slice of an index, which may name one twice."""
    return grad.new_zeros(grad.shape, dtype=bool_).index_fill(dim, index, True)


def refuse_reduction(input, dim, index, source, reduce, include_self):
    """Refuse another reduction, an index that is no vector, and a source of another dtype."""
    if reduce not in ("prod", "mean", "amax", "amin"):
        raise RuntimeError(f"index_reduce(): Expected reduce to be one of prod, mean, amax or amin but got {reduce}.")
    if index.ndim > 1:
        raise IndexError(
            f"index_reduce_(): Index is supposed to be a vector, but got dim: {index.ndim} with type: "
            f"{index.dtype.title} and size: {list(index.shape)}"
        )
    if index.dtype not in (int32, int64):
        raise RuntimeError(f"index_reduce_(): Expected dtype int32/int64 for index but got: {index.dtype.title}")
    if source.dtype is not input.dtype:
        raise RuntimeError(
            f"index_reduce_(): self ({input.dtype.title}) and source ({source.dtype.title}) must have the same scalar "
            "type"
        )


def index_reduce_derivative(grad, input, dim, index, source, reduce, include_self, result, needed):
    """The gradients of `index_reduce`: those of `scatter_reduce` with the index repeated over each slice."""
    ndim = max(source.ndim, 1)
    wide = index.reshape([-1 if each == dim % ndim else 1 for each in range(ndim)])
    wide = wide.expand(source.shape) if source.ndim else wide.reshape(())
    return scatter_reduce_derivative(grad, input, dim, wide, source, reduce, include_self, result, needed)


@operation(
    Rule(writes=True, operands=("input", "index", "source"), check=refuse_reduction),
    (("input", "source"), index_reduce_derivative),
)
def index_reduce(xp, input, dim, index, source, reduce, *, include_self=True, out=None):
    """The prod, mean, amax or amin of the slices of `source` that an index brings to one slice of `dim`, and of the
    input's own where `include_self`. An IndexError for an index that is not there."""
    check_counts("index_reduce_", input, dim, index, source)
    if first_outside(xp, index, as_vector(input).shape[dim]) is not None:
        raise IndexError("index out of range in self")
    source = as_vector(source)
    wide = as_vector(index).reshape(*[-1 if each == dim else 1 for each in range(source.ndim)])
    wide = xp.broadcast_to(wide, source.shape)
    return scatter_reduce.operation.body(xp, input, dim, wide, source, reduce, include_self=include_self, out=out)


# `index_put`


def index_put(input, indices, values, accumulate=False):
    """The input with `values` at `indices`, a tuple of tensors, one for each dimension from the first; or with them
    added.

    An IndexError for an index that is not there, a RuntimeError where dtypes differ or shapes do not broadcast.
    """
    return put_at(*as_put(input, indices, values, "index_put"), accumulate)


def index_put_(self, indices, values, accumulate=False):
    """Write `values` to `indices`, or add them there, as `index_put`."""
    return put_at_(*as_put(self, indices, values, "index_put_"), accumulate)


def as_put(input, indices, values, name):
    """The arguments of `put_at` for indices as `index_put` has them."""
    if not isinstance(values, Tensor):
        raise errors.not_a_tensor(name, "values", 2, values)
    for place, each in enumerate(indices):
        if not isinstance(each, Tensor):
            raise TypeError(f"expected Tensor as element {place} in argument 0, but got {type(each).__name__}")
    _, found, dims = take_apart(input, tuple(indices))
    return input, found, values, dims


Tensor.index_put, Tensor.index_put_ = index_put, index_put_
