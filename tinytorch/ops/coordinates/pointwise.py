"""Operations on each element of sparse tensors: those that keep 0 where it is, sums and products."""

from tinytorch import dtypes
from tinytorch.apply import write
from tinytorch.declaration import registry
from tinytorch.layout import joined_shape
from tinytorch.ops import arithmetic
from tinytorch.ops.arithmetic import add, mul
from tinytorch.ops.coordinates.array import keys_of, same_places
from tinytorch.ops.coordinates.making import scattered_onto, to_dense
from tinytorch.ops.coordinates.meanings import INTO_DENSE, could_not_run, means
from tinytorch.ops.coordinates.tensor import Sparse, at_places, coalesced, looked_up, sparse_of, united, values_of
from tinytorch.ops.join import cat
from tinytorch.tensor import Tensor, wrap

OF_SUMS = (  # that are not the sum of what they give for each value of one place
    "abs asin asinh atan atanh ceil deg2rad erf erfinv expm1 floor frac isinf isnan isneginf isposinf log1p nan_to_num "
    "positive rad2deg relu round sgn sign signbit sin sinh sqrt square tan tanh trunc"
)
OF_EACH = "clone conj neg to_copy contiguous_copy"
NOT_DENSE = "add(sparse, dense) is not supported. Use add(dense, sparse) instead."


def elementwise(op, uniting):
    """What an operation means that computes with values alone; `uniting` those of one place first."""

    def meaning(input, *settings):
        made = coalesced(input) if uniting else input
        array, count = made.array, op.positional - 1
        named = dict(zip(op.keywords, settings[count:], strict=True))
        values = op.call(values_of(made), *settings[:count], **named)
        return sparse_of(array.indices, values, array.shape, array.coalesced, op.node_for((input, *settings)).__name__)

    meaning.unites = uniting
    return meaning


for each in (*OF_SUMS.split(), *OF_EACH.split()):
    if each in registry and each != "pow":
        means(each)(elementwise(registry[each], each in OF_SUMS.split()))


@means("pow")
def power(input, exponent):
    """The values to a power that is a number, and not 0."""
    if not isinstance(input, Sparse) or isinstance(exponent, Sparse):
        raise could_not_run(arithmetic.pow.operation, (input, exponent))
    if (exponent.item() if isinstance(exponent, Tensor) else exponent) == 0:
        raise RuntimeError("pow: cannot raise to zeroth power on sparse tensor; it would make the result tensor dense")
    return elementwise(arithmetic.pow.operation, True)(input, exponent)


# Sums


def sum_of(input, other, alpha, title):
    """input + alpha * other, of which `other` is sparse, and the sum dense if the input is."""
    if not isinstance(input, Tensor) or not isinstance(other, Tensor) or not other.is_sparse:
        raise RuntimeError(NOT_DENSE)
    if not input.is_sparse:
        scaled = values_of(other) if alpha == 1 else values_of(other) * alpha
        if input.array.shape != other.array.shape or input.dtype is not other.dtype:
            return add(input, to_dense(other), alpha=alpha)
        return scattered_onto(input, scaled, other.array.indices)
    check_shapes(input, other)
    counts = [each.array.sparse_dim for each in (input, other)]
    if counts[0] != counts[1]:
        raise RuntimeError(
            f"add: expected 'self' and 'other' to have same density, but 'self' has {counts[0]} sparse dimensions "
            f"while 'other' has {counts[1]} sparse dimensions"
        )
    scaled = values_of(other) if alpha == 1 else values_of(other) * alpha
    return merged(input, other, scaled, title)


def check_shapes(input, other):
    """Refuse two tensors of different shapes: nothing is broadcast."""
    if input.array.shape != other.array.shape:
        raise RuntimeError(
            f"add: expected sizes of 'self' and 'other' to match, but {list(input.shape)} != {list(other.shape)}"
        )


@means("add")
def added(input, other, alpha):
    """input + alpha * other."""
    return sum_of(input, other, alpha, "AddBackward0")


def add_into(input, other, alpha):
    """Add a sparse tensor to a dense one, in place: only its places are touched."""
    check_shapes(input, other)
    values = values_of(other) if alpha == 1 else values_of(other) * alpha
    args = input, values.to(input.dtype), other.array.indices
    return write(scattered_onto.operation, args)


def multiply_into(input, other):
    """Multiply a dense tensor by a sparse one, in place: what this has no place for becomes 0."""
    return input.mul_(to_dense(other))


INTO_DENSE["add"], INTO_DENSE["mul"] = add_into, multiply_into
INTO_DENSE["sub"] = lambda input, other, alpha: add_into(input, other, -alpha)


@means("sub")
def subtracted(input, other, alpha):
    """input - alpha * other."""
    return sum_of(input, other, -alpha, "SubBackward0")


@means("rsub")
def subtracted_from(input, other, alpha):
    """other - alpha * input."""
    return sum_of(other, input, -alpha, "RsubBackward0")


def merged(one, other, values, title):
    """The sum of two sparse tensors, of which the second has `values`: places that both have are there once.

    Places that are not in order are merged as they come, which is what PyTorch's tell.
    """
    here, there, device = one.array, other.array, one.device
    xp, sizes = device.xp, here.shape[: here.sparse_dim]
    both = here.coalesced and there.coalesced
    if same_places(xp, here.indices, there.indices):
        return sparse_of(here.indices, values_of(one) + values, here.shape, both, title)
    indices, joined = xp.concatenate([here.indices, there.indices], 1), cat([*cast(values_of(one), values)])
    if both:
        indices, joined = united(xp, indices, joined, sizes)
    elif here.values.flags.c_contiguous and there.values.flags.c_contiguous:
        first, second = merge(device, here.indices, there.indices, sizes)
        left = joined.index_select(0, wrap(first, device))
        paired = xp.nonzero(xp.greater_equal(second, 0))[0]
        if paired.size:
            right = joined.index_select(0, wrap(second[paired], device))
            left = left.index_add(0, wrap(paired, device), right)
        indices, joined = xp.ascontiguousarray(indices[:, first]), left
    return sparse_of(indices, joined, here.shape, both, title)


def cast(one, other):
    """Two tensors in the dtype of their sum."""
    common = dtypes.promote_types(one.dtype, other.dtype)
    return one.to(common), other.to(common)


def merge(device, one, other, sizes):
    """How two lists of places are merged: the numbers of those that come, the second list's behind the first's, and of
    those that join them, or -1."""
    left, right = [device.to_numpy(keys_of(device.xp, each, sizes)).tolist() for each in (one, other)]
    first, second, here, there = [], [], 0, 0
    while here < len(left) or there < len(right):
        if there == len(right) or (here < len(left) and left[here] < right[there]):
            first.append(here)
            second.append(-1)
            here += 1
        elif here == len(left) or left[here] > right[there]:
            first.append(len(left) + there)
            second.append(-1)
            there += 1
        else:
            first.append(here)
            second.append(len(left) + there)
            here, there = here + 1, there + 1
    return device.asarray(first, "int64"), device.asarray(second, "int64")


# Products


@means("mul")
def multiplied(input, other):
    """A product: with a number the values times it, with a dense tensor what it has at the places, with a sparse one
    what both have."""
    if not isinstance(input, Tensor) or not input.is_sparse:
        input, other = other, input
    array = input.array
    if not isinstance(other, Tensor) or not (other.is_sparse or other.ndim):
        values = mul(values_of(input), other)
        return sparse_of(array.indices, values, array.shape, array.coalesced, "MulBackward0")
    if other.is_sparse:
        return product_of_both(input, other)
    joined_shape(array.shape, other.array.shape)
    dense = at_places(other.expand(array.shape), array.indices)
    return sparse_of(array.indices, values_of(input) * dense, array.shape, array.coalesced, "MulBackward0")


def product_of_both(one, other):
    """The product of two sparse tensors: at the places that both have, or at all of one that is not coalesced."""
    if one.array.shape != other.array.shape:
        raise RuntimeError(f"mul(sparse, sparse): sizes {list(one.shape)} and {list(other.shape)} do not match")
    first = one.array.coalesced or (not other.array.coalesced and one._nnz() >= other._nnz())
    ordered, source = (one, other) if first else (other, one)
    array, xp = source.array, one.device.xp
    values = values_of(source) * looked_up(ordered, array.indices)
    if not array.coalesced:
        return sparse_of(array.indices, values, array.shape, False, "MulBackward0")
    own, sizes = ordered.array.indices, array.shape[: array.sparse_dim]
    kept = xp.nonzero(xp.isin(keys_of(xp, array.indices, sizes), keys_of(xp, own, sizes)))[0]
    indices = xp.ascontiguousarray(array.indices[:, kept])
    return sparse_of(indices, values.index_select(0, wrap(kept, one.device)), array.shape, True, "MulBackward0")


@means("div")
def divided(input, other):
    """The values divided by a number."""
    if not isinstance(input, Tensor) or not input.is_sparse or (isinstance(other, Tensor) and other.ndim):
        shape = list(other.shape) if isinstance(other, Tensor) else []
        raise RuntimeError(
            f"Sparse division requires a scalar or zero-dim dense tensor divisor (got shape {shape} for divisor)"
        )
    array = input.array
    values = arithmetic.divide(values_of(input), other)
    return sparse_of(array.indices, values, array.shape, array.coalesced, "DivBackward0")


@means("div_rounded", "floor_divide")
def divided_and_rounded(input, other, rounding_mode="floor"):
    """The values divided by a number, and rounded."""
    unrounded = divided(input, other).array
    values = arithmetic.divide(values_of(input), other, rounding_mode=rounding_mode)
    return sparse_of(unrounded.indices, values, unrounded.shape, unrounded.coalesced, "DivBackward1")


@means("copy")
def copied(input, source, non_blocking):
    """Another sparse tensor's places and values in the place of what was there."""
    if not input.is_sparse or not source.is_sparse:
        kinds = [each.type() for each in (input, source)]
        raise RuntimeError(
            "copy_() between dense and sparse Tensors is not implemented! Found self type = "
            f"{kinds[0]} and src type = {kinds[1]}"
        )
    array = source.array
    if input.array.shape != array.shape:
        raise RuntimeError(f"copy_(): sizes {list(input.shape)} and {list(array.shape)} do not match")
    values = values_of(source).to(input.device, input.dtype).clone()
    return sparse_of(input.device.asarray(source.device.to_numpy(array.indices)), values, array.shape, array.coalesced)


@means("zero")
def emptied(input):
    """No values at all."""
    array, xp = input.array, input.device.xp
    values = wrap(xp.zeros((0, *array.values.shape[1:]), array.dtype), input.device)
    return sparse_of(xp.zeros((array.sparse_dim, 0), "int64"), values, array.shape, True)
