"""Attention: values averaged with weights that say how well queries and keys match."""

import math

from tinytorch import dtypes
from tinytorch.layout import joined_shape
from tinytorch.modes import levels, mode
from tinytorch.operation import Rule, operation
from tinytorch.ops.create import ones
from tinytorch.ops.dropout import dropped
from tinytorch.ops.join import repeat_interleave
from tinytorch.ops.matmul import matmul
from tinytorch.ops.normalized import working_dtype
from tinytorch.ops.softmax import refuse_softmax, softmax_backward_data

ALLOWED = dict.fromkeys(("flash", "mem_efficient", "math", "cudnn", "overrideable"), True)  # kernels by PyTorch's names


def scaled_dot_product_attention(
    query, key, value, attn_mask=None, dropout_p=0.0, is_causal=False, *, scale=None, enable_gqa=False
):
    """softmax(query @ key.T * scale + attn_mask) @ value: (..., t, e), (..., s, e), (..., s, v) -> (..., t, v).

    The scale is 1 / sqrt(e) if none is given. A mask of booleans is true where a key may be seen; `is_causal` lets each
    query see the keys up to its own place. A query that may see none gets 0. With `enable_gqa` each head of the keys
    and the values, the dimension -3, serves several heads of the queries (Vaswani et al., 2017; Ainslie et al., 2023).
    """
    check_attention(query, key, value, attn_mask, dropout_p)
    scale = 1 / math.sqrt(max(query.shape[-1], 1)) if scale is None else scale
    if enable_gqa:
        key, value = [shared_heads(each, query) for each in (key, value)]
    mask = added_mask(attn_mask, query)
    if not (ALLOWED["flash"] or ALLOWED["math"]):
        raise RuntimeError(
            "No viable backend for scaled_dot_product_attention was found. This is likely due to turning off both the "
            "math kernel and the fused kernels."
        )
    if ALLOWED["flash"] and fused(query, key, value, attn_mask, dropout_p):
        if mask is not None:
            joined_shape((*query.shape[:-1], key.shape[-2]), mask.array.shape)
            mask = mask.to(query.dtype)  # float32 is allowed beside half precision
        return flash_attention(query, key, value, mask, is_causal, scale)
    if not ALLOWED["math"]:
        raise RuntimeError("No available kernel.  Aborting execution.")
    if is_causal:
        if mask is not None:
            raise RuntimeError(
                "_scaled_dot_product_attention: Explicit attn_mask should not be set when is_causal=True"
            )
        mask = added_mask(causal(query, key), query)
    return attend(query, key, value, mask, scale, dropout_p)


def check_attention(query, key, value, mask, dropout_p):
    """Refuse what PyTorch refuses."""
    if not query.dtype is key.dtype is value.dtype:
        raise RuntimeError(
            "Expected query, key, and value to have the same dtype, but got query.dtype: "
            f"{lower(query)} key.dtype: {lower(key)} and value.dtype: {lower(value)} instead."
        )
    if min(query.ndim, key.ndim, value.ndim) < 2:
        raise RuntimeError(
            "Expected query, key, and value to all be  at least 2 dimensional, but got query.dim: "
            f"{query.ndim} key.dim: {key.ndim} and value.dim: {value.ndim} instead."
        )
    if mask is not None and mask.dtype not in (dtypes.bool_, dtypes.float32, query.dtype):
        raise RuntimeError(
            "Expected attn_mask dtype to be bool or float or to match query dtype, but got attn_mask.dtype: "
            f"{lower(mask)} and  query.dtype: {lower(query)} instead."
        )
    if dropout_p > 1:
        raise RuntimeError(f"dropout probability has to be between 0 and 1, but got {dropout_p:g}")


CPP_TYPES = {"float32": "float", "float64": "double", "float16": "c10::Half", "bfloat16": "c10::BFloat16"}
CPP_TYPES |= {"int64": "long int", "int32": "int", "bool": "bool"}


def lower(tensor):
    """The name of a tensor's dtype in C++."""
    return CPP_TYPES.get(tensor.dtype.name, tensor.dtype.name)


def shared_heads(tensor, query):
    """Each head of keys or values as often as it serves a head of the queries."""
    if query.shape[-3] % tensor.shape[-3]:
        raise RuntimeError("Number of heads in key and value must divide the number of heads in ")
    times = query.shape[-3] // tensor.shape[-3]
    return tensor if times == 1 else repeat_interleave(tensor, times, -3)


def added_mask(mask, query):
    """A mask as what is added to the scores: minus infinity where a key is not to be seen."""
    if mask is None or mask.dtype is not dtypes.bool_:
        return mask
    return query.new_zeros(mask.shape).masked_fill(~mask, -math.inf)


def causal(query, key):
    """Which keys stand no later than a query."""
    return ones(query.shape[-2], key.shape[-2], dtype=dtypes.bool_, device=query.device).tril()


def fused(query, key, value, mask, dropout_p):
    """Whether PyTorch computes all of it as one operation on the CPU."""
    shapes = [each.array.shape for each in (query, key, value)]
    if not all(len(shape) == 4 for shape in shapes) or dropout_p != 0 or query.dtype.category != dtypes.FLOAT:
        return False
    alike = len({shape[:2] for shape in shapes}) == 1 and len({shape[-1] for shape in shapes}) == 1
    if not alike or 0 in shapes[0] + shapes[1] or shapes[1][2] != shapes[2][2]:
        return False
    if any(each.stride(-1) != 1 for each in (query, key, value)):
        return False
    moved = mask is not None and (mask.requires_grad or any(each.tangent_of(mask) is not None for each in levels))
    return mask is None or (mask.ndim in (2, 4) and not moved)


def attend(query, key, value, mask, scale, dropout_p):
    """Attention of single operations, in float32 for half precision; both factors carry the root of the scale."""
    own, dtype = query.dtype, working_dtype(query.dtype)
    query, key, value = query.to(dtype), key.to(dtype), value.to(dtype)
    root = math.sqrt(scale) if scale > 0 else 1.0
    scores = matmul(query * root, (key * (root if scale > 0 else scale)).transpose(-2, -1))
    if mask is not None:
        scores = scores + mask
    weights = safe_softmax(scores, -1)
    if dropout_p > 0:
        weights = dropped(weights, dropout_p, True, False, lambda: weights.new_empty(weights.shape))
    return matmul(weights, value).to(own)


@operation(
    Rule(method=False, title="SafeSoftmax", check=refuse_softmax("softmax")),
    input=lambda grad, result, dim: softmax_backward_data(grad, result, dim),
)
def safe_softmax(xp, input, dim):
    """softmax along `dim`, and 0 where all of it is minus infinity."""
    return weights_of(xp, input.copy(), dim) if input.size else input.copy()


def weights_of(xp, scores, dim=-1):
    """softmax along `dim`, written over the scores; 0 where all are minus infinity."""
    largest = xp.amax(scores, dim, keepdims=True)
    xp.subtract(scores, xp.where(xp.equal(largest, -xp.inf), xp.zeros((), scores.dtype), largest), out=scores)
    xp.exp(scores, out=scores)
    total = xp.sum(scores, dim, scores.dtype, None, True)
    return xp.divide(scores, xp.where(xp.equal(total, 0), xp.ones((), scores.dtype), total), out=scores)


@operation(
    Rule(
        method=False, title="ScaledDotProductFlashAttentionForCpu",
        operands=("query", "key", "value", "mask"),
        tangent=lambda moves, query, key, value, mask, is_causal, scale: attention_tangent(
            *moves, query, key, value, mask, is_causal, scale
        ),
    ),
    (
        ("query", "key", "value"),
        lambda grad, query, key, value, mask, is_causal, scale, needed: (
            differentiable_gradients(grad, query, key, value, mask, is_causal, scale)
            if mode.grad or levels
            else flash_attention_backward(grad, query, key, value, mask, (is_causal, scale))
        ),
    ),
)  # fmt: skip
def flash_attention(xp, query, key, value, mask, is_causal, scale):
    """softmax(query @ key.T * scale + mask) @ value, some heads at a time: (batch, heads, t, e) each.

    The weights are not kept but computed again for the derivative (Dao et al., 2022).
    """
    result = xp.empty_like(query)
    visible = seen_keys(xp, query, key, is_causal)
    for part in pieces(xp, query, key):
        scores = scores_of(xp, query[part], key[part], piece_of(mask, part), visible, scale)
        result[part] = xp.matmul(weights_of(xp, scores), value[part])
    return result


def pieces(xp, query, key):
    """Parts of batch and heads, of which as many scores are held at once as a cache takes."""
    batch, heads, length, _ = query.shape
    each = length * key.shape[2]
    if each * heads <= xp.at_once:
        step = max(xp.at_once // (each * heads), 1)
        return [(slice(start, start + step),) for start in range(0, batch, step)]
    step = max(xp.at_once // each, 1)
    starts = range(0, heads, step)
    return [(slice(place, place + 1), slice(start, start + step)) for place in range(batch) for start in starts]


def piece_of(mask, part):
    """The part of a mask that belongs to a part of batch and heads; one of size 1 is shared."""
    if mask is None or mask.ndim == 2:
        return mask
    return mask[tuple([slice(None) if size == 1 else each for each, size in zip(part, mask.shape, strict=False)])]


def seen_keys(xp, query, key, is_causal):
    """What a causal mask adds to the scores, or None."""
    if not is_causal:
        return None
    later = xp.greater(xp.arange(key.shape[2]), xp.arange(query.shape[2]).reshape(-1, 1))
    return xp.where(later, xp.asarray(-xp.inf, query.dtype), xp.zeros((), query.dtype))


def scores_of(xp, query, key, mask, visible, scale):
    """query @ key.T * scale, and what the masks add."""
    scores = xp.matmul(xp.multiply(query, scale), key.swapaxes(2, 3))
    for each in (mask, visible):
        if each is not None:
            xp.add(scores, each, out=scores)
    return scores


@operation(Rule(method=False, operands=("upstream", "query", "key", "value", "mask")))
def flash_attention_backward(xp, upstream, query, key, value, mask, settings):
    """The gradients of `flash_attention` for query, key and value, with the weights computed again."""
    is_causal, scale = settings
    found = [xp.empty_like(each) for each in (query, key, value)]
    visible = seen_keys(xp, query, key, is_causal)
    for part in pieces(xp, query, key):
        grad = upstream[part]
        weights = weights_of(xp, scores_of(xp, query[part], key[part], piece_of(mask, part), visible, scale))
        found[2][part] = xp.matmul(weights.swapaxes(2, 3), grad)
        slopes = xp.matmul(grad, value[part].swapaxes(2, 3))
        share = xp.einsum("bhts,bhts->bht", slopes, weights)[..., None]
        xp.subtract(slopes, share, out=slopes)
        xp.multiply(slopes, weights, out=slopes)
        xp.multiply(slopes, scale, out=slopes)
        found[0][part] = xp.matmul(slopes, key[part])
        found[1][part] = xp.matmul(slopes.swapaxes(2, 3), query[part])
    return tuple(found)


def differentiable_gradients(grad, query, key, value, mask, is_causal, scale):
    """The same gradients in single operations, for derivatives of higher order."""
    weights = attention_weights(query, key, mask, is_causal, scale)
    slopes = softmax_backward_data(matmul(grad, value.transpose(-2, -1)), weights, -1) * scale
    return matmul(slopes, key), matmul(slopes.transpose(-2, -1), query), matmul(weights.transpose(-2, -1), grad)


def attention_tangent(of_query, of_key, of_value, query, key, value, mask, is_causal, scale):
    """The product rule in single operations; the derivative of softmax is symmetric."""
    weights = attention_weights(query, key, mask, is_causal, scale)
    moves = [] if of_query is None else [matmul(of_query * scale, key.transpose(-2, -1))]
    moves += [] if of_key is None else [matmul(query * scale, of_key.transpose(-2, -1))]
    terms = [matmul(softmax_backward_data(sum(moves[1:], moves[0]), weights, -1), value)] if moves else []
    terms += [] if of_value is None else [matmul(weights, of_value)]
    return sum(terms[1:], terms[0])


def attention_weights(query, key, mask, is_causal, scale):
    """The weights of all keys for each query."""
    scores = matmul(query * scale, key.transpose(-2, -1))
    for each in (mask, added_mask(causal(query, key), query) if is_causal else None):
        scores = scores if each is None else scores + each
    return safe_softmax(scores, -1)
