"""Self-attention as PyTorch computes it in one step where nothing is learned, with its own ways of masking.

Its values are those of the steps, but for three things: a mask of floats hides a key wherever it is not 0, a query that
may see no key gets nan, and no hint of a causal mask is heard.
"""

import math

from tinytorch.modes import mode
from tinytorch.ops.linear import linear
from tinytorch.ops.matmul import bmm
from tinytorch.ops.normalization import layer_norm
from tinytorch.ops.smooth import gelu
from tinytorch.ops.softmax import softmax
from tinytorch.tensor import Tensor

PADDING, SCORES = 1, 2  # kinds of masks: (batch, s), and (batch, heads, t, s)


class Steps:
    """The setting of `torch.backends.mha`."""

    joined = True  # whether attention of which nothing is learned is computed in one step


def unlearned(*tensors: Tensor | None) -> bool:
    """Whether one step is allowed, all lie on devices that compute, and no gradient is wanted of any."""
    if not Steps.joined:
        return False
    present = [each for each in tensors if each is not None]
    if any([each.device.type not in ("cpu", "cuda") for each in present]):
        return False
    return not (mode.grad and any([each.requires_grad for each in present]))


def native_attention(input, attention, mask, kind, need_weights=True, average_attn_weights=True):
    """What a `MultiheadAttention` makes of (batch, t, e), and its weights or None.

    A RuntimeError where the input or the mask does not fit.
    """
    heads = attention.num_heads
    if input.shape[-1] != attention.embed_dim:
        raise RuntimeError(
            f"passed-in embed_dim {attention.embed_dim} didn't match last dim of query {input.shape[-1]}"
        )
    if input.numel() == 0:
        return input.new_empty(input.shape), None
    batch, length, width = input.shape
    found = linear(input, attention.in_proj_weight, attention.in_proj_bias)
    found = found.view(batch, length, 3, heads, width // heads).permute(2, 0, 3, 1, 4)
    query, key, value = [each.reshape(batch * heads, length, width // heads) for each in found.unbind()]
    scores = bmm(query / math.sqrt(width // heads), key.transpose(1, 2)).view(batch, heads, length, length)
    if mask is not None:
        scores = scores.masked_fill(fitting(mask, kind, scores.shape), -math.inf)
    weights = softmax(scores, -1)
    found = bmm(weights.view(batch * heads, length, length), value)
    found = found.view(batch, heads, length, -1).transpose(1, 2).reshape(batch, length, width)
    found = linear(found, attention.out_proj.weight, attention.out_proj.bias)
    if not need_weights:
        return found, None
    return found, weights.mean(1) if average_attn_weights else weights


def fitting(mask, kind, shape):
    """Where keys are hidden, as booleans that broadcast to the scores."""
    batch, _, _, length = shape
    if kind == PADDING and mask.ndim == 2:
        if tuple(mask.shape) != (batch, length):
            raise RuntimeError("For mask_type == 1 mask shape should be (B, L)")
        return mask.view(batch, 1, 1, length) != 0
    if mask.shape != shape:
        raise RuntimeError("For mask_type == 2 mask shape should match input shape")
    return mask != 0


def native_encoder_layer(src, layer, mask, kind):
    """What a `TransformerEncoderLayer` in evaluation makes of (batch, t, e)."""
    norms = [(each.normalized_shape, each.weight, each.bias, each.eps) for each in (layer.norm1, layer.norm2)]
    found = layer_norm(src, *norms[0]) if layer.norm_first else src
    found = native_attention(found, layer.self_attn, mask, kind, need_weights=False)[0] + src
    found = found if layer.norm_first else layer_norm(found, *norms[0])
    inner = layer_norm(found, *norms[1]) if layer.norm_first else found
    inner = linear(inner, layer.linear1.weight, layer.linear1.bias)
    inner = gelu(inner) if layer.activation_relu_or_gelu == 2 else inner.relu()
    found = found + linear(inner, layer.linear2.weight, layer.linear2.bias)
    return found if layer.norm_first else layer_norm(found, *norms[1])


def stands_last(src, padding):
    """Whether padding stands behind the sequences only; a RuntimeError where it does not fit to them."""
    if padding.ndim != 2:
        raise RuntimeError("Padding mask should be 2D")
    if padding.shape != src.shape[:2]:
        raise RuntimeError("Mask size should match input size")
    hidden = padding != 0
    return not bool((hidden[:, :-1] & ~hidden[:, 1:]).any())


def without_padding(output, hidden):
    """The output with 0 where padding was left out; a RuntimeError where nothing is left."""
    if bool(hidden.all()):
        raise RuntimeError("to_padded_tensor: at least one constituent tensor should have non-zero numel")
    return output.masked_fill(hidden.unsqueeze(-1), 0.0)
