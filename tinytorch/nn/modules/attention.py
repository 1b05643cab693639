"""Attention with several heads as a module."""

from tinytorch.nn.init import constant_, xavier_normal_, xavier_uniform_
from tinytorch.nn.modules.linear import NonDynamicallyQuantizableLinear
from tinytorch.nn.modules.module import Module
from tinytorch.nn.multi_head_attention import _canonical_mask, _none_or_dtype, multi_head_attention_forward
from tinytorch.nn.native_attention import PADDING, SCORES, native_attention, unlearned
from tinytorch.nn.parameter import Parameter
from tinytorch.ops.create import empty
from tinytorch.tensor import Tensor


class MultiheadAttention(Module):
    """Attention of `num_heads` heads: softmax(q @ k.T / sqrt(e / heads)) @ v of each, joined and mapped once more.

    q, k and v are parts of linear maps of query (t, n, e), key (s, n, kdim) and value (s, n, vdim), or with
    `batch_first` of (n, t, e) and so on, or without n. The result has the query's shape; with it come the weights,
    (n, t, s) on average or (n, heads, t, s), or None (Vaswani et al., 2017). Masks of booleans are true where a key is
    not to be seen, those of floats are added to the scores. An AssertionError for shapes that do not fit.

    >>> import tinytorch as torch
    >>> attention = torch.nn.MultiheadAttention(8, num_heads=2, batch_first=True)
    >>> query, memory = torch.zeros(3, 5, 8), torch.zeros(3, 7, 8)
    >>> result, weights = attention(query, memory, memory)
    >>> result.shape, weights.shape
    (torch.Size([3, 5, 8]), torch.Size([3, 5, 7]))
    """

    __constants__ = ("batch_first",)

    def __init__(
        self,
        embed_dim,
        num_heads,
        dropout=0.0,
        bias=True,
        add_bias_kv=False,
        add_zero_attn=False,
        kdim=None,
        vdim=None,
        batch_first=False,
        device=None,
        dtype=None,
    ) -> None:
        if embed_dim <= 0 or num_heads <= 0:
            raise ValueError(
                "embed_dim and num_heads must be greater than 0, "
                f"got embed_dim={embed_dim} and num_heads={num_heads} instead"
            )
        super().__init__()
        self.embed_dim = embed_dim
        self.kdim = embed_dim if kdim is None else kdim
        self.vdim = embed_dim if vdim is None else vdim
        self._qkv_same_embed_dim = self.kdim == self.vdim == embed_dim
        self.num_heads = num_heads
        self.dropout = dropout
        self.batch_first = batch_first
        self.head_dim = embed_dim // num_heads
        if self.head_dim * num_heads != embed_dim:
            raise AssertionError("embed_dim must be divisible by num_heads")
        place = {"device": device, "dtype": dtype}
        shapes = {"q": self.embed_dim, "k": self.kdim, "v": self.vdim}
        if self._qkv_same_embed_dim:
            self.in_proj_weight = Parameter(empty((3 * embed_dim, embed_dim), **place))
            for name in shapes:
                self.register_parameter(f"{name}_proj_weight", None)
        else:
            for name, width in shapes.items():
                setattr(self, f"{name}_proj_weight", Parameter(empty((embed_dim, width), **place)))
            self.register_parameter("in_proj_weight", None)
        if bias:
            self.in_proj_bias = Parameter(empty(3 * embed_dim, **place))
        else:
            self.register_parameter("in_proj_bias", None)
        self.out_proj = NonDynamicallyQuantizableLinear(embed_dim, embed_dim, bias=bias, **place)
        self.bias_k = Parameter(empty((1, 1, embed_dim), **place)) if add_bias_kv else None
        self.bias_v = Parameter(empty((1, 1, embed_dim), **place)) if add_bias_kv else None
        self.add_zero_attn = add_zero_attn
        self._reset_parameters()

    def _reset_parameters(self) -> None:
        """Draw the weights anew, and set the biases to 0."""
        for weight in (self.in_proj_weight, self.q_proj_weight, self.k_proj_weight, self.v_proj_weight):
            if weight is not None:
                xavier_uniform_(weight)
        if self.in_proj_bias is not None:
            constant_(self.in_proj_bias, 0.0)
            constant_(self.out_proj.bias, 0.0)
        for bias in (self.bias_k, self.bias_v):
            if bias is not None:
                xavier_normal_(bias)

    def __setstate__(self, state):
        state.setdefault("_qkv_same_embed_dim", True)  # as states were written before there were `kdim` and `vdim`
        super().__setstate__(state)

    def forward(
        self,
        query: Tensor,
        key: Tensor,
        value: Tensor,
        key_padding_mask: Tensor | None = None,
        need_weights: bool = True,
        attn_mask: Tensor | None = None,
        average_attn_weights: bool = True,
        is_causal: bool = False,
    ) -> tuple[Tensor, Tensor | None]:
        masks = [each for each in (key_padding_mask, attn_mask) if each is not None]
        hidden = not any([each.is_floating_point() for each in masks])
        other, dtype = _none_or_dtype(attn_mask), query.dtype
        key_padding_mask = _canonical_mask(key_padding_mask, "key_padding_mask", other, "attn_mask", dtype)
        attn_mask = _canonical_mask(attn_mask, "attn_mask", None, "", dtype, check_other=False)
        if hidden and query is key is value and self._evaluates(query):
            mask, kind = self.merge_masks(attn_mask, key_padding_mask, query)
            return native_attention(query, self, mask, kind, need_weights, average_attn_weights)
        turned = self.batch_first and query.ndim == 3
        if turned:
            query, key, value = transposed(query, key, value)
        result, weights = multi_head_attention_forward(
            query,
            key,
            value,
            self.embed_dim,
            self.num_heads,
            self.in_proj_weight,
            self.in_proj_bias,
            self.bias_k,
            self.bias_v,
            self.add_zero_attn,
            self.dropout,
            self.out_proj.weight,
            self.out_proj.bias,
            training=self.training,
            key_padding_mask=key_padding_mask,
            need_weights=need_weights,
            attn_mask=attn_mask,
            use_separate_proj_weight=not self._qkv_same_embed_dim,
            q_proj_weight=self.q_proj_weight,
            k_proj_weight=self.k_proj_weight,
            v_proj_weight=self.v_proj_weight,
            average_attn_weights=average_attn_weights,
            is_causal=is_causal,
        )
        return result.transpose(1, 0) if turned else result, weights

    def _evaluates(self, query):
        """Whether PyTorch computes attention of this query to itself in one step."""
        weight, bias = self.in_proj_weight, self.in_proj_bias
        return (
            query.ndim == 3
            and not self.training
            and self._steps_are_joined()
            and self.bias_k is None
            and self.bias_v is None
            and not self.add_zero_attn
            and query.dtype is weight.dtype is bias.dtype
            and unlearned(query, weight, bias, self.out_proj.weight, self.out_proj.bias)
        )

    def _steps_are_joined(self):
        """Whether its settings are those for which PyTorch has a single step."""
        one_weight = self._qkv_same_embed_dim and self.in_proj_weight is not None and self.in_proj_bias is not None
        return one_weight and self.batch_first and self.num_heads % 2 == 0

    def merge_masks(
        self, attn_mask: Tensor | None, key_padding_mask: Tensor | None, query: Tensor
    ) -> tuple[Tensor | None, int | None]:
        """The mask of scores and keys together, and its kind: 1 for (n, s) of the keys, 2 for (n, heads, t, s)."""
        if attn_mask is None:
            return key_padding_mask, None if key_padding_mask is None else PADDING
        batch, length, _ = query.shape
        if attn_mask.ndim == 3:
            merged = attn_mask.view(batch, -1, length, length)
        else:
            merged = attn_mask.view(1, 1, length, length).expand(batch, self.num_heads, -1, -1)
        if key_padding_mask is not None:
            merged = merged + key_padding_mask.view(batch, 1, 1, length).expand(-1, self.num_heads, -1, -1)
        return merged, SCORES


def transposed(query, key, value):
    """Query, key and value with the batch second; what was one tensor stays one."""
    turned = {id(each): each.transpose(1, 0) for each in (query, key, value)}
    return turned[id(query)], turned[id(key)], turned[id(value)]


MultiheadAttention.__module__ = "torch.nn.modules.activation"
