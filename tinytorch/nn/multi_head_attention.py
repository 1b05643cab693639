"""Attention with several heads as a function, with the arguments that `torch.nn.functional` gives it."""

import math
import warnings

from tinytorch import dtypes
from tinytorch.ops.attention import scaled_dot_product_attention
from tinytorch.ops.create import zeros_like
from tinytorch.ops.dropout import dropout
from tinytorch.ops.join import cat
from tinytorch.ops.linear import linear
from tinytorch.ops.matmul import baddbmm, bmm
from tinytorch.ops.softmax import softmax
from tinytorch.tensor import Tensor


def multi_head_attention_forward(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    embed_dim_to_check: int,
    num_heads: int,
    in_proj_weight: Tensor | None,
    in_proj_bias: Tensor | None,
    bias_k: Tensor | None,
    bias_v: Tensor | None,
    add_zero_attn: bool,
    dropout_p: float,
    out_proj_weight: Tensor,
    out_proj_bias: Tensor | None,
    training: bool = True,
    key_padding_mask: Tensor | None = None,
    need_weights: bool = True,
    attn_mask: Tensor | None = None,
    use_separate_proj_weight: bool = False,
    q_proj_weight: Tensor | None = None,
    k_proj_weight: Tensor | None = None,
    v_proj_weight: Tensor | None = None,
    static_k: Tensor | None = None,
    static_v: Tensor | None = None,
    average_attn_weights: bool = True,
    is_causal: bool = False,
) -> tuple[Tensor, Tensor | None]:
    """Attention of `num_heads` heads, each on its part of what three linear maps make of query, key and value.

    Query is (t, n, e) or (t, e), key and value (s, n, e) or (s, e); the result is (t, n, e) or (t, e), with it come the
    weights, (n, t, s) or for each head (n, heads, t, s), if `need_weights` (Vaswani et al., 2017). Masks of booleans
    are true where a key is not to be seen. An AssertionError for shapes that do not fit.
    """
    batched = _mha_shape_check(query, key, value, key_padding_mask, attn_mask, num_heads)
    if not batched:
        query, key, value = [each.unsqueeze(1) for each in (query, key, value)]
        key_padding_mask = None if key_padding_mask is None else key_padding_mask.unsqueeze(0)
    targets, batch, width = query.shape
    masks = Masks(attn_mask, key_padding_mask, is_causal, query.dtype)
    if is_causal and attn_mask is None:
        raise RuntimeError(
            "Need attn_mask if specifying the is_causal hint. You may use the Transformer module method "
            "`generate_square_subsequent_mask` to create this mask."
        )
    masks.settle(need_weights)
    if width != embed_dim_to_check:
        raise AssertionError(f"was expecting embedding dimension of {embed_dim_to_check}, but got {width}")
    if width % num_heads:
        raise AssertionError(f"embed_dim {width} not divisible by num_heads {num_heads}")
    if use_separate_proj_weight:
        if key.shape[:2] != value.shape[:2]:
            raise AssertionError(
                f"key's sequence and batch dims {key.shape[:2]} do not match value's {value.shape[:2]}"
            )
        weights = separate_weights(
            q_proj_weight=q_proj_weight, k_proj_weight=k_proj_weight, v_proj_weight=v_proj_weight
        )
        biases = (None, None, None) if in_proj_bias is None else in_proj_bias.chunk(3)
        projected = _in_projection(query, key, value, *weights, *biases)
    else:
        if key.shape != value.shape:
            raise AssertionError(f"key shape {key.shape} does not match value shape {value.shape}")
        if in_proj_weight is None:
            raise AssertionError("use_separate_proj_weight is False but in_proj_weight is None")
        projected = _in_projection_packed(query, key, value, in_proj_weight, in_proj_bias)
    masks.check_attention(targets, key.shape[0], batch * num_heads)
    q, k, v = projected
    k, v = with_bias(k, v, bias_k, bias_v, static_k, static_v, batch, masks)
    heads, part = batch * num_heads, width // num_heads
    q = q.view(targets, heads, part).transpose(0, 1)
    k = split_heads(k, static_k, "static_k", heads, part)
    v = split_heads(v, static_v, "static_v", heads, part)
    if add_zero_attn:
        k, v = [cat([each, each.new_zeros((heads, 1, part))], 1) for each in (k, v)]
        masks.widen()
    sources = k.shape[1]
    mask = masks.united(batch, num_heads, sources)
    dropout_p = dropout_p if training else 0.0
    if not need_weights:
        if mask is not None:
            single = mask.shape[0] == 1 and mask.ndim == 3
            mask = mask.unsqueeze(0) if single else mask.view(batch, num_heads, -1, sources)
        q, k, v = [each.view(batch, num_heads, -1, part) for each in (q, k, v)]
        found = scaled_dot_product_attention(q, k, v, mask, dropout_p, masks.is_causal)
        found = linear(found.permute(2, 0, 1, 3).reshape(batch * targets, width), out_proj_weight, out_proj_bias)
        found = found.view(targets, batch, found.shape[1])
        return (found if batched else found.squeeze(1)), None
    if masks.is_causal and mask is None:
        raise AssertionError("FIXME: is_causal not implemented for need_weights")
    q = q * math.sqrt(1.0 / part)
    scores = bmm(q, k.transpose(-2, -1)) if mask is None else baddbmm(mask, q, k.transpose(-2, -1))
    weights = softmax(scores, -1)
    if dropout_p > 0.0:
        weights = dropout(weights, dropout_p)
    found = bmm(weights, v).transpose(0, 1).reshape(targets * batch, width)
    found = linear(found, out_proj_weight, out_proj_bias)
    found = found.view(targets, batch, found.shape[1])
    weights = weights.view(batch, num_heads, targets, sources)
    weights = weights.mean(1) if average_attn_weights else weights
    return (found, weights) if batched else (found.squeeze(1), weights.squeeze(0))


def _mha_shape_check(query, key, value, key_padding_mask, attn_mask, num_heads):
    """Whether there is a dimension for the batch; what does not fit is refused."""
    if query.ndim not in (2, 3):
        raise AssertionError(
            f"query should be unbatched 2D or batched 3D tensor but received {query.ndim}-D query tensor"
        )
    batched = query.ndim == 3
    kind = "batched (3-D)" if batched else "unbatched (2-D)"
    if not key.ndim == value.ndim == query.ndim:
        raise AssertionError(
            f"For {kind} `query`, expected `key` and `value` to be {query.ndim}-D but found {key.ndim}-D and "
            f"{value.ndim}-D tensors respectively"
        )
    if key_padding_mask is not None and key_padding_mask.ndim != query.ndim - 1:
        raise AssertionError(
            f"For {kind} `query`, expected `key_padding_mask` to be `None` or {query.ndim - 1}-D but found "
            f"{key_padding_mask.ndim}-D tensor instead"
        )
    if attn_mask is None:
        return batched
    if attn_mask.ndim not in (2, 3):
        raise AssertionError(
            f"For {kind} `query`, expected `attn_mask` to be `None`, 2-D or 3-D but found {attn_mask.ndim}-D tensor "
            "instead"
        )
    expected = (num_heads, query.shape[0], key.shape[0])
    if not batched and attn_mask.ndim == 3 and tuple(attn_mask.shape) != expected:
        raise AssertionError(f"Expected `attn_mask` shape to be {expected} but got {attn_mask.shape}")
    return batched


class Masks:
    """The mask of the scores and that of the keys, on their way to what is added to the scores."""

    def __init__(self, attention, padding, is_causal, dtype):
        self.attention, self.is_causal, self.dtype = attention, is_causal, dtype
        self.padding = _canonical_mask(padding, "key_padding_mask", _none_or_dtype(attention), "attn_mask", dtype)

    def settle(self, need_weights):
        """Leave out a causal mask that attention itself knows; else take the mask as what is added to the scores."""
        if self.is_causal and self.padding is None and not need_weights:
            self.attention = None
            return
        self.attention = _canonical_mask(self.attention, "attn_mask", None, "", self.dtype, check_other=False)
        if self.padding is not None:
            self.is_causal = False

    def check_attention(self, targets, sources, heads):
        """Refuse a mask of the scores that does not fit, and give one of all heads a dimension for them."""
        if self.attention is None:
            return
        ndim = self.attention.ndim
        expected = (targets, sources) if ndim == 2 else (heads, targets, sources)
        if tuple(self.attention.shape) != expected:
            raise RuntimeError(
                f"The shape of the {ndim}D attn_mask is {self.attention.shape}, but should be {expected}."
            )
        if ndim == 2:
            self.attention = self.attention.unsqueeze(0)

    def widen(self):
        """Let both masks see one key more."""
        self.attention, self.padding = [
            None if each is None else cat([each, each.new_zeros((*each.shape[:-1], 1))], -1)
            for each in (self.attention, self.padding)
        ]

    def united(self, batch, num_heads, sources):
        """What both masks add to the scores, (1 or batch * heads, 1 or t, s), or None."""
        if self.padding is None:
            return self.attention
        for place, size in enumerate((batch, sources)):
            if self.padding.shape[place] != size:
                raise AssertionError(
                    f"Expected key_padded_mask.shape[{place}] to be {size}, but got {self.padding.shape[place]}"
                )
        padding = self.padding.view(batch, 1, 1, sources).expand(-1, num_heads, -1, -1)
        padding = padding.reshape(batch * num_heads, 1, sources)
        return padding if self.attention is None else self.attention + padding


def _canonical_mask(mask, mask_name, other_type, other_name, target_type, check_other=True):
    """A mask as what is added to the scores: minus infinity where a key is not to be seen.

    An AssertionError unless it is of booleans or floats; a warning if there is another mask of another dtype.
    """
    if mask is None:
        return None
    if mask.dtype is not dtypes.bool_ and not mask.is_floating_point():
        raise AssertionError(f"only bool and floating types of {mask_name} are supported")
    if check_other and other_type is not None and mask.dtype is not other_type:
        warnings.warn(
            f"Support for mismatched {mask_name} and {other_name} is deprecated. Use same type for both instead.",
            stacklevel=2,
        )
    if mask.dtype is not dtypes.bool_:
        return mask
    return zeros_like(mask, dtype=target_type).masked_fill_(mask, -math.inf)


def _none_or_dtype(input):
    """The dtype of a tensor, None for None; a RuntimeError for anything else."""
    if input is None:
        return None
    if not isinstance(input, Tensor):
        raise RuntimeError("input to _none_or_dtype() must be None or torch.Tensor")
    return input.dtype


def _in_projection_packed(q, k, v, w, b=None):
    """The three linear maps whose weights lie one above the other, in one product where the inputs are the same."""
    width = q.shape[-1]
    if k is v and q is k:
        found = linear(q, w, b)
        found = found.unflatten(-1, (3, width)).unsqueeze(0).transpose(0, -2).squeeze(-2).contiguous()
        return found[0], found[1], found[2]
    if k is v:
        first, rest = w.split([width, 2 * width])
        first_bias, rest_bias = (None, None) if b is None else b.split([width, 2 * width])
        query, found = linear(q, first, first_bias), linear(k, rest, rest_bias)
        found = found.unflatten(-1, (2, width)).unsqueeze(0).transpose(0, -2).squeeze(-2).contiguous()
        return query, found[0], found[1]
    biases = (None, None, None) if b is None else b.chunk(3)
    return tuple([linear(*each) for each in zip((q, k, v), w.chunk(3), biases, strict=True)])


def _in_projection(q, k, v, w_q, w_k, w_v, b_q=None, b_k=None, b_v=None):
    """Three linear maps with a weight each; an AssertionError where a weight or a bias does not fit."""
    width = q.shape[-1]
    weights, biases, names = (w_q, w_k, w_v), (b_q, b_k, b_v), ("query", "key", "value")
    for name, input, weight in zip(names, (q, k, v), weights, strict=True):
        if tuple(weight.shape) != (width, input.shape[-1]):
            raise AssertionError(
                f"expecting {name} weights shape of {(width, input.shape[-1])}, but got {weight.shape}"
            )
    for name, each in zip(names, biases, strict=True):
        if each is not None and tuple(each.shape) != (width,):
            raise AssertionError(f"expecting {name} bias shape of {(width,)}, but got {each.shape}")
    return tuple([linear(*each) for each in zip((q, k, v), weights, biases, strict=True)])


def separate_weights(**weights):
    """The weights of three linear maps; refused where one is absent."""
    for name, weight in weights.items():
        if weight is None:
            raise AssertionError(f"use_separate_proj_weight is True but {name} is None")
    return weights.values()


def with_bias(k, v, bias_k, bias_v, static_k, static_v, batch, masks):
    """Keys and values with one more of each, learned and the same for all, where there are such."""
    if bias_k is None and bias_v is None:
        return k, v
    for name, each, other in (("bias_k", bias_k, "bias_v"), ("bias_v", bias_v, "bias_k")):
        if each is None:
            raise AssertionError(f"{other} is set but {name} is None")
    if static_k is not None:
        raise AssertionError("bias cannot be added to static key.")
    if static_v is not None:
        raise AssertionError("bias cannot be added to static value.")
    masks.widen()
    return cat([k, bias_k.repeat(1, batch, 1)]), cat([v, bias_v.repeat(1, batch, 1)])


def split_heads(projected, static, name, heads, part):
    """Keys or values as (batch * heads, s, part), or those that were given so."""
    if static is None:
        return projected.view(projected.shape[0], heads, part).transpose(0, 1)
    for place, size in ((0, heads), (2, part)):
        if static.shape[place] != size:
            raise AssertionError(f"expecting {name}.size({place}) of {size}, but got {static.shape[place]}")
    return static
