"""Attention, with one head and with several."""

from tests.samples.table import at, mask, row, s, transposed, x

# fmt: off
# A table, filled line by line.

def y(*shape, **settings):
    return x(*shape, low=-0.8, high=0.8, **settings)


QUERY, KEYS = x(1, 2, 3, 4), (x(1, 2, 5, 4), x(1, 2, 5, 4))
SEEN = mask(*[place % 3 > 0 for place in range(15)], shape=(3, 5))
NONE_SEEN = mask(*[place > 4 for place in range(15)], shape=(3, 5))

row("scaled_dot_product_attention",
    s(QUERY, *KEYS), s(QUERY, *KEYS, SEEN), s(QUERY, *KEYS, NONE_SEEN), s(QUERY, *KEYS, x(3, 5, grad=False)),
    s(QUERY, *KEYS, x(1, 2, 3, 5, grad=False)), s(QUERY, *KEYS, x(3, 5)), s(QUERY, *KEYS, x(2, 3, 5, grad=False)),
    s(QUERY, *KEYS, is_causal=True), s(QUERY, *KEYS, x(3, 5, grad=False), is_causal=True), s(QUERY, *KEYS, scale=0.1),
    s(x(2, 3, 4), x(2, 5, 4), x(2, 5, 6)), s(x(3, 4), x(5, 4), x(5, 2)), 
    s(x(2, 3, 4), x(2, 3, 4), x(2, 3, 4), None, 0.0, True),
    s(x(3, 4), x(5, 4), x(5, 2), NONE_SEEN), s(QUERY, *KEYS, None, 1.0),
    s(x(1, 4, 3, 4), *KEYS, enable_gqa=True),
    s(x(4, 3, 4), x(2, 5, 4), x(2, 5, 4), enable_gqa=True), s(QUERY, x(1, 1, 5, 4), x(1, 1, 5, 4)),
    s(transposed(1, 2, 3, 4), *KEYS), s(x(2, 1, 2, 3), x(2, 1, 2, 3), x(2, 1, 2, 3)),
    s(x(4), x(4), x(4)), s(QUERY, x(1, 2, 5, 3), KEYS[0]), s(x(1, 4, 3, 4), *KEYS), 
    s(x(1, 3, 3, 4), *KEYS, enable_gqa=True),
    s(QUERY, *KEYS, x(3, 5, dtype="float32", grad=False)),
    s(QUERY, *KEYS, x(3, 4)), s(QUERY, *KEYS, at(*[0] * 15, shape=(3, 5))), s(QUERY, *KEYS, dropout_p=1.5),
)
row("scaled_dot_product_attention_with_dropout",
    s(QUERY, *KEYS, None, 0.5), s(x(2, 3, 4), x(2, 5, 4), x(2, 5, 6), SEEN, 0.3), random=True,
    program=lambda torch, *arguments: torch.nn.functional.scaled_dot_product_attention(*arguments),
)
INPUTS = (y(2, 2, 2), y(3, 2, 2), y(3, 2, 2))
WEIGHTS = (y(6, 2), y(6))
OUT = (y(2, 2), y(2))
PLAIN = (None, None, False, 0.0)
PADDING = mask(False, False, True, False, False, False, shape=(2, 3))
HIDDEN = mask(True, False, False, False, True, False, shape=(2, 3))
row("multi_head_attention_forward",
    s(*INPUTS, 2, 2, *WEIGHTS, *PLAIN, *OUT), s(*INPUTS, 2, 1, *WEIGHTS, *PLAIN, *OUT, average_attn_weights=False),
    s(*INPUTS, 2, 2, WEIGHTS[0], None, *PLAIN, OUT[0], None, key_padding_mask=PADDING),
    s(*INPUTS, 2, 2, *WEIGHTS, *PLAIN, *OUT, attn_mask=y(2, 3, grad=False)),
    s(*INPUTS, 2, 2, *WEIGHTS, y(1, 1, 2), y(1, 1, 2), True, 0.0, *OUT, key_padding_mask=PADDING, attn_mask=HIDDEN),
    s(y(2, 2), y(3, 2), y(3, 2), 2, 2, *WEIGHTS, *PLAIN, *OUT),
    s(y(2, 2, 2), y(3, 2, 3), y(3, 2, 4), 2, 2, None, y(6), *PLAIN, *OUT, use_separate_proj_weight=True,
      q_proj_weight=y(2, 2), k_proj_weight=y(2, 3), v_proj_weight=y(2, 4)),
    s(*INPUTS, 2, 2, *WEIGHTS, *PLAIN, *OUT, static_k=y(4, 6, 1), static_v=y(4, 6, 1)),
    s(*INPUTS, 2, 2, *WEIGHTS, *PLAIN, *OUT, is_causal=True), s(*INPUTS, 3, 2, *WEIGHTS, *PLAIN, *OUT),
    s(*INPUTS, 2, 3, *WEIGHTS, *PLAIN, *OUT), s(y(2, 2, 2), y(3, 2, 2), y(3, 2), 2, 2, *WEIGHTS, *PLAIN, *OUT),
    s(y(2), y(2), y(2), 2, 2, *WEIGHTS, *PLAIN, *OUT), s(*INPUTS, 2, 2, None, None, *PLAIN, *OUT),
    s(*INPUTS, 2, 2, *WEIGHTS, *PLAIN, *OUT, attn_mask=y(2, 2)),
    s(*INPUTS, 2, 2, *WEIGHTS, y(1, 1, 2), None, False, 0.0, *OUT),
    s(*INPUTS, 2, 2, *WEIGHTS, *PLAIN, *OUT, key_padding_mask=mask(True, False, shape=(2, 1))),
    s(*INPUTS, 2, 2, *WEIGHTS, *PLAIN, *OUT, attn_mask=at(*[0] * 6, shape=(2, 3))),
    ulps=16,  # three matrix products, one behind the other
)
row("multi_head_attention_alone",
    s(*INPUTS, 2, 2, *WEIGHTS, *PLAIN, *OUT),
    s(*INPUTS, 2, 2, *WEIGHTS, *PLAIN, *OUT, key_padding_mask=PADDING, attn_mask=HIDDEN),
    s(*INPUTS, 2, 2, *WEIGHTS, *PLAIN, *OUT, attn_mask=y(4, 2, 3, grad=False)),
    s(y(2, 2), y(3, 2), y(3, 2), 2, 2, *WEIGHTS, *PLAIN, *OUT),
    s(*INPUTS, 2, 2, *WEIGHTS, *PLAIN, *OUT, attn_mask=HIDDEN, is_causal=True),
    ulps=16,  # three matrix products, one behind the other
    program=lambda torch, *arguments, **settings: torch.nn.functional.multi_head_attention_forward(
        *arguments, **settings, need_weights=False)[0],
)
row("multi_head_attention_of_itself",
    s(y(2, 2, 2), y(6, 2), y(6), y(2, 2), y(2)),
    ulps=16,  # three matrix products, one behind the other
    program=lambda torch, input, weight, bias, *out: torch.nn.functional.multi_head_attention_forward(
        input, input, input, 2, 2, weight, bias, None, None, False, 0.0, *out),
)
row("safe_softmax",
    s(x(2, 3), 1), s(x(2, 3), 0), s(at(*[float("-inf")] * 3, 1.0, 2.0, 3.0, shape=(2, 3), dtype="float32"), 1),
    oracle=lambda torch, input, dim: torch._safe_softmax(input, dim),
)
