"""Embeddings: rows of a table by their numbers, alone or a bag of them together."""

from tinytorch import dtypes, errors
from tinytorch.array_derivatives import Unusual
from tinytorch.batching import all_examples
from tinytorch.operation import Rule, operation
from tinytorch.ops.accumulate import add_at, united
from tinytorch.ops.classes import out_of_bounds
from tinytorch.ops.compare import where
from tinytorch.ops.ranges import arange
from tinytorch.ops.sort import searchsorted
from tinytorch.tensor import Tensor


def check_embedding(weight, indices, padding_idx, scale_grad_by_freq, sparse):
    """Refuse what is no table, and what is no row number."""
    if not isinstance(indices, Tensor):
        raise errors.not_a_tensor("embedding", "indices", 2, indices)
    if weight.ndim != 2:
        raise RuntimeError("'weight' must be 2-D")
    need_integers("embedding", "indices", indices)


def need_integers(name, argument, indices):
    """Refuse row numbers that are neither int64 nor int32."""
    if indices.dtype not in (dtypes.int64, dtypes.int32):
        raise RuntimeError(
            f"Expected tensor for argument #1 '{argument}' to have one of the following scalar types: Long, Int; "
            f"but got {type_name(indices)} instead (while checking arguments for {name})"
        )


def type_name(tensor):
    """PyTorch's older name of a tensor's type."""
    return f"torch.{'cuda.' if tensor.device.type == 'cuda' else ''}{tensor.dtype.title}Tensor"


@operation(
    Rule(method=False, moves=True, linear=True, operands=("weight", "indices"), check=check_embedding),
    weight=lambda grad, weight_shape, indices, padding_idx, scale_grad_by_freq, sparse: embedding_backward(
        grad, indices, weight_shape, padding_idx, scale_grad_by_freq, sparse
    ),
)
def embedding(xp, weight, indices, padding_idx=-1, scale_grad_by_freq=False, sparse=False):
    """The rows of a table at the indices: (rows, width) and (...) -> (..., width).

    The row `padding_idx` gets no gradient; with `scale_grad_by_freq` a row's gradient is divided by how often it is
    named. An IndexError for a row that is not there. With `sparse` the gradient is a sparse tensor, whose values are
    those of each index.
    """
    if xp.device != "meta" and indices.size and out_of_bounds(xp, indices, weight.shape[0]):
        raise IndexError("index out of range in self")
    return xp.take(weight, indices, 0)


def embedding_backward(grad_output, indices, weight_shape, padding_idx, scale_grad_by_freq, sparse):
    """The gradient of a table of that shape, dense or sparse."""
    if not sparse:
        return embedding_dense_backward(grad_output, indices, weight_shape[0], padding_idx, scale_grad_by_freq)
    from tinytorch.ops.coordinates.tensor import sparse_of  # which few programs need

    if scale_grad_by_freq:
        raise RuntimeError("embedding_backward: scale_grad_by_freq not supported with sparse gradients")
    places, values = indices.detach().reshape(-1), grad_output.reshape(indices.numel(), grad_output.shape[-1])
    if padding_idx >= 0:
        kept = (places != padding_idx).nonzero().reshape(-1)
        places, values = places[kept], values.index_select(0, kept)
    rows = places.long().array.reshape(1, -1)
    return sparse_of(rows, values, (weight_shape[0], values.shape[1]), False, "EmbeddingBackwardBackward0")


def embedding_backward_of_arrays(xp):
    """The same where the gradient is dense."""

    def call(grad_output, indices, weight_shape, padding_idx, scale_grad_by_freq, sparse):
        if sparse:
            raise Unusual
        dense = embedding_dense_backward.operation.body
        return dense(xp, grad_output, indices, weight_shape[0], padding_idx, scale_grad_by_freq)

    return call


embedding_backward.on_arrays = embedding_backward_of_arrays


@operation(
    Rule(method=False, linear=True, operands=("grad_output", "indices")),
    grad_output=lambda grad, indices, padding_idx, scale_grad_by_freq: rows_with_gradient(
        grad, indices, padding_idx, scale_grad_by_freq
    ),
)
def embedding_dense_backward(xp, grad_output, indices, num_weights, padding_idx, scale_grad_by_freq):
    """The sums of the gradients, (..., width), of each of `num_weights` rows: (num_weights, width).

    Rows that are named once are moved; the others are added up by neighbours, so that no place is written twice.
    """
    result = xp.zeros((num_weights, grad_output.shape[-1]), grad_output.dtype)
    if not indices.size or xp.device == "meta":
        return result
    grads, places = grad_output.reshape(indices.size, -1), indices.reshape(-1)
    if not xp.shows_values:
        return added_rows(xp, result, grads, places, padding_idx, scale_grad_by_freq)
    if padding_idx >= 0:
        kept = xp.nonzero(xp.not_equal(places, padding_idx))[0]
        grads, places = (grads, places) if kept.size == places.size else (grads[kept], places[kept])
    order = xp.argsort(places, kind="stable")
    places = places[order]
    same = xp.equal(places[1:], places[:-1])
    no = xp.zeros(min(places.size, 1), "bool")
    several = xp.logical_or(xp.concatenate([no, same]), xp.concatenate([same, no]))
    once = xp.nonzero(xp.logical_not(several))[0]
    result[places[once]] = grads[order[once]]
    if once.size < places.size:
        several = xp.nonzero(several)[0]
        number, sums, counts = united(xp, grads[order[several]], places[several])
        result[number] = xp.divide(sums, counts.astype(sums.dtype).reshape(-1, 1)) if scale_grad_by_freq else sums
    return result


def added_rows(xp, result, grads, places, padding_idx, scale_grad_by_freq):
    """The same where no number may be looked at: each row is added at its place."""
    counted = xp.not_equal(places, padding_idx).reshape(-1, 1).astype(grads.dtype)
    add_at(xp, result, xp.multiply(grads, counted), [places], (0,))
    if not scale_grad_by_freq:
        return result
    counts = xp.zeros((result.shape[0], 1), result.dtype)
    add_at(xp, counts, counted, [places], (0,))
    return xp.divide(result, xp.maximum(counts, 1))


def rows_with_gradient(grad, indices, padding_idx, scale_grad_by_freq):
    """The rows of a gradient of `embedding_dense_backward` at the indices, where they have passed one on."""
    rows = embedding(grad, indices)
    if scale_grad_by_freq:
        places = indices.reshape(-1)
        counts = rows.new_zeros(grad.shape[:1]).scatter_add(0, places, rows.new_ones(places.shape))
        rows = rows / counts[indices].unsqueeze(-1)
    return rows if padding_idx < 0 else rows.masked_fill((indices == padding_idx).unsqueeze(-1), 0)


def embedding_renorm_(input, indices, max_norm, norm_type):
    """Scale the rows of a table at the indices, in place, that have a `norm_type`-norm above `max_norm`, down to it."""
    if input.ndim != 2:
        raise RuntimeError(
            f"Expected 2-dimensional tensor, but got {input.ndim}-dimensional tensor for argument #1 'self' (while "
            "checking arguments for embedding_renorm_)"
        )
    need_integers("embedding_renorm_", "indices", indices)
    places = indices.reshape(-1).unique().long()
    rows = input.detach()[places]
    norms = rows.norm(norm_type, 1, True)
    return input.index_copy_(0, places, where(norms > max_norm, rows * (max_norm / (norms + 1e-7)), rows))


# Bags


SUM, MEAN, MAX = range(3)


def embedding_bag(
    weight,
    indices,
    offsets,
    scale_grad_by_freq=False,
    mode=0,
    sparse=False,
    per_sample_weights=None,
    include_last_offset=False,
    padding_idx=None,
):
    """The sum, mean or maximum (`mode` 0, 1, 2) of the rows of each bag: (rows, width), (n,), (bags,) -> (bags, width).

    A bag goes from its offset to the next, or to the end; with `include_last_offset` the last offset is that end.
    `per_sample_weights`, (n,), are factors of the rows in a sum. The other three results, which PyTorch needs for its
    derivative, are the bag of each index, the sizes of the bags, and the rows that hold the maxima.
    """
    check_bags(weight, indices, offsets, per_sample_weights)
    padding = padding_row(weight, padding_idx)
    count = offsets.shape[0] - bool(include_last_offset)
    numbers = arange(indices.shape[0], dtype=offsets.dtype, device=indices.device)
    bags = searchsorted(offsets.detach(), numbers, right=True) - 1
    valid = bags < count
    if padding >= 0:
        valid = valid & (indices != padding)
    sizes = weight.new_zeros(count, dtype=dtypes.int64)
    if count:
        sizes = sizes.index_add(0, bags.where(valid, 0), valid.long())
    result_bags = bags if padding_idx is not None or mode != SUM else bags[:0]
    if mode == MAX:
        largest = largest_rows(weight.detach(), indices.long(), bags.where(valid, -1), offsets, sizes)
        result = rows_of_maxima(weight, largest, sizes)
        return result, result_bags, sizes, largest
    factors = per_sample_weights
    if factors is None:
        factors = weight.new_ones(indices.shape) if mode == SUM else (1 / sizes.to(weight.dtype))[bags.where(valid, 0)]
    factors = factors.where(valid, 0)
    settings = count, scale_grad_by_freq, sparse, padding
    result = sum_of_bags(weight, indices, factors, bags.where(valid, 0), *settings)
    sizes = sizes.zero_() if mode == SUM else sizes
    return result, result_bags, sizes, sizes.clone()


def check_bags(weight, indices, offsets, per_sample_weights):
    """Refuse what are no row numbers, no offsets and no factors."""
    for name, each in (("indices", indices), ("offsets", offsets)):
        need_integers("embedding_bag", name, each)
    if weight.dtype.category != dtypes.FLOAT:
        raise RuntimeError(
            "Expected tensor for argument #1 'weight' to have one of the following scalar types: Half, BFloat16, "
            f"Float, Double; but got {type_name(weight)} instead (while checking arguments for embedding_bag)"
        )
    if per_sample_weights is not None and per_sample_weights.dtype is not weight.dtype:
        raise RuntimeError(
            "Expected tensor for argument #1 'weight' to have the same type as tensor for argument #1 "
            f"'per_sample_weights'; but type {type_name(weight)} does not equal {type_name(per_sample_weights)} (while "
            "checking arguments for embedding_bag)"
        )
    if offsets.device.type == "meta" or not offsets.shape[0]:
        return
    firsts, last = all_examples(offsets[0]).reshape(-1), all_examples(offsets[-1]).max().item()
    first = firsts[firsts.abs().argmax()].item()
    if first != 0:
        raise RuntimeError(
            "offsets[0] has to be 0, i.e., the first sequence in the mini-batch has to start from position 0. However, "
            f"got {first}\n[ {type_name(offsets)}{{}} ]"
        )
    if last > indices.shape[0]:
        raise RuntimeError(
            f"offsets[-1] can not be greater than input's length {indices.shape[0]} but got offsets[-1] of {last}"
        )
    indices = all_examples(indices)
    wrong = ((indices < 0) | (indices >= weight.shape[0])).nonzero()
    if wrong.numel():
        *batch, place = wrong[0].tolist()
        raise RuntimeError(
            f"Index {place} of input takes value {indices[(*batch, place)].item()} which is not in the valid range "
            f"[0, {weight.shape[0]})"
        )


def padding_row(weight, padding_idx):
    """The row that does not count, from the front, or -1."""
    if padding_idx is None:
        return -1
    rows = weight.shape[0]
    if not -rows <= padding_idx < rows:
        raise RuntimeError(
            f"padding_idx must be within the number of embeddings, {-rows} through {rows - 1}, but got {padding_idx}"
        )
    return padding_idx % rows


@operation(
    Rule(method=False, title="EmbeddingBag", operands=("weight", "indices", "factors", "bags")),
    weight=lambda grad, weight_shape, indices, factors, bags, scale, sparse, padding: embedding_backward(
        embedding(grad, bags) * factors.unsqueeze(-1),
        indices,
        weight_shape,
        padding if sparse else -1,
        scale,
        sparse,
    ),
    factors=lambda grad, weight, indices, bags: (embedding(grad, bags) * embedding(weight, indices)).sum(-1),
)
def sum_of_bags(xp, weight, indices, factors, bags, count, scale, sparse, padding):
    """The sums of the rows at the indices times their factors, each in its bag, of which there are `count`."""
    result = xp.zeros((count, weight.shape[1]), weight.dtype)
    if indices.size and count and xp.device != "meta":
        rows = xp.multiply(xp.take(weight, indices, 0), factors.reshape(-1, 1))
        if not xp.shows_values:
            add_at(xp, result, rows, [bags], (0,))
            return result
        order = xp.argsort(bags, kind="stable")
        number, sums, _ = united(xp, rows[order], bags[order])
        result[number] = sums
    return result


@operation(Rule(method=False, moves=True, operands=("weight", "indices", "bags", "offsets", "sizes")))
def largest_rows(xp, weight, indices, bags, offsets, sizes):
    """For each bag and each column the row that holds the largest element, the first of equals: (bags, width)."""
    count, length = sizes.shape[0], indices.shape[0]
    if not (count and length):
        return xp.zeros((count, weight.shape[1]), "int64")
    ends = xp.concatenate([offsets[1:], xp.asarray([length], offsets.dtype)])[:count]
    longest = xp.amax(xp.subtract(ends, offsets[:count])).item()
    places = xp.minimum(xp.add(offsets[:count].reshape(-1, 1), xp.arange(max(longest, 1))), length - 1)
    inside = xp.equal(bags[places], xp.arange(count).reshape(-1, 1))
    values = xp.where(inside[:, :, None], weight[indices[places]].astype("float64"), -xp.inf)
    found = xp.argmax(values, 1)
    rows = xp.take_along_axis(indices[places], found, 1)
    return xp.where(xp.greater(sizes, 0).reshape(-1, 1), rows, 0)


@operation(
    Rule(method=False, moves=True, linear=True, title="EmbeddingBag", operands=("weight", "largest", "sizes")),
    weight=lambda grad, weight_shape, largest, sizes: grad.new_zeros(weight_shape).scatter_add(
        0, largest, grad.masked_fill((sizes == 0).unsqueeze(-1), 0)
    ),
)
def rows_of_maxima(xp, weight, largest, sizes):
    """The elements of a table that are the largest of their bag and column; 0 in a bag without rows."""
    found = xp.take_along_axis(weight, largest, 0)
    found = xp.where(xp.greater(sizes, 0).reshape(-1, 1), found, xp.zeros((), weight.dtype))
    return found.astype(weight.dtype, copy=False)  # CuPy widens bfloat16
