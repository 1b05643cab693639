"""Attention with several heads and transformers: PyTorch's numbers for a seed, what masks do, and in how many steps."""

import copy

import pytest

import tinytorch as torch
from tinytorch import nn
from tinytorch.backends import mha
from tinytorch.nn.attention import bias

# PyTorch 2.13, MultiheadAttention(4, 2) and the layers below after manual_seed(0), of arange(24) / 10
PROJECTION = [0.222424, 0.508507, -0.126026, 0.458246]
RESULT = [-0.5507506728172302, -0.07641728222370148, -0.24145807325839996, 0.1932203620672226]
WEIGHTS = [
    [0.3379499316215515, 0.3321455717086792, 0.3299044966697693],
    [0.3766331970691681, 0.3007930517196655, 0.3225737512111664],
    [0.4156816303730011, 0.24292807281017303, 0.34139031171798706],
]
DROPPED = [-0.029247576370835304, -0.6120087504386902, -0.9868398904800415, 1.6280962228775024]
EVALUATED = [-1.4615029096603394, 0.1873551309108734, -0.07606231421232224, 1.3502099514007568]
DECODED = [-0.8115448355674744, -0.2484774887561798, -0.6357054114341736, 1.6957277059555054]
FIRST = [-1.5015027523040771, 0.34285688400268555, -0.11228904128074646, 1.2709349393844604]
ELSE = [-1.5015028715133667, 0.3428570628166199, -0.11228916794061661, 1.2709349393844604]


def numbers(*shape):
    return torch.arange(24.0).view(*shape) / 10


def seeded(make):
    torch.manual_seed(0)
    return make()


def near(found, expected):
    torch.testing.assert_close(found, torch.tensor(expected), rtol=1e-4, atol=1e-5)


def test_attention_starts_and_computes_as_pytorchs():
    attention = seeded(lambda: nn.MultiheadAttention(4, 2))
    near(attention.in_proj_weight[0], PROJECTION)
    input = numbers(3, 2, 4)
    result, weights = attention(input, input, input)
    near(result[0, 0], RESULT)
    near(weights[0], WEIGHTS)
    assert attention(input, input, input, need_weights=False)[1] is None


def test_attention_says_which_parameters_it_has():
    together, apart = nn.MultiheadAttention(4, 2), nn.MultiheadAttention(4, 2, kdim=3, bias=False, add_bias_kv=True)
    assert list(together.state_dict()) == ["in_proj_weight", "in_proj_bias", "out_proj.weight", "out_proj.bias"]
    names = ["q_proj_weight", "k_proj_weight", "v_proj_weight", "bias_k", "bias_v", "out_proj.weight"]
    assert list(apart.state_dict()) == names
    assert repr(together.out_proj) == "NonDynamicallyQuantizableLinear(in_features=4, out_features=4, bias=True)"


def test_a_key_that_is_hidden_gets_no_weight():
    attention, input = nn.MultiheadAttention(4, 2), numbers(3, 2, 4)
    hidden = torch.tensor([[False, True, False], [False, False, False]])
    assert not attention(input, input, input, key_padding_mask=hidden)[1][0, :, 1].any()
    later = nn.Transformer.generate_square_subsequent_mask(3)
    weights = attention(input, input, input, attn_mask=later, average_attn_weights=False)[1]
    assert weights.shape == (2, 2, 3, 3) and not weights.triu(1).any()


def test_attention_sees_the_batch_first_or_second():
    first = seeded(lambda: nn.MultiheadAttention(4, 2, batch_first=True))
    second = seeded(lambda: nn.MultiheadAttention(4, 2))
    input = numbers(3, 2, 4)
    turned = input.transpose(0, 1)
    near(first(turned, turned, turned)[0], second(input, input, input)[0].transpose(0, 1).tolist())


@pytest.mark.parametrize(
    ("settings", "error", "words"),
    [
        ((0, 2), ValueError, "embed_dim and num_heads must be greater than 0, got embed_dim=0 and num_heads=2 instead"),
        ((5, 2), AssertionError, "embed_dim must be divisible by num_heads"),
    ],
)
def test_attention_refuses_widths_that_do_not_fit(settings, error, words):
    with pytest.raises(error, match=words):
        nn.MultiheadAttention(*settings)


def test_the_single_step_gives_what_the_steps_give():
    attention, input = nn.MultiheadAttention(4, 2, batch_first=True).eval(), numbers(2, 3, 4)
    hidden = torch.tensor([[False, True, False], [False, False, True]])
    steps = attention(input, input, input, hidden)
    with torch.no_grad():
        step = attention(input, input, input, hidden)
    assert steps[0].requires_grad and not step[0].requires_grad
    for one, other in zip(steps, step, strict=True):
        near(one, other.tolist())


def test_a_query_that_sees_no_key_gets_nan_in_one_step_and_zero_in_several():
    attention, input = nn.MultiheadAttention(4, 2, batch_first=True).eval(), numbers(2, 3, 4)
    hidden = torch.tensor([[True, True, True], [False, False, False]])
    steps = attention(input, input, input, hidden, need_weights=False)[0]
    with torch.no_grad():
        step = attention(input, input, input, hidden, need_weights=False)[0]
    assert not steps[0].any() and step[0].isnan().all()
    near(steps[1], step[1].tolist())


def test_an_encoder_layer_drops_what_pytorchs_drops():
    layer = seeded(lambda: nn.TransformerEncoderLayer(4, 2, 8, 0.5))
    torch.manual_seed(1)
    near(layer(numbers(3, 2, 4))[0, 0], DROPPED)
    near(layer.eval()(numbers(3, 2, 4))[0, 0], EVALUATED)


@pytest.mark.filterwarnings("ignore:enable_nested_tensor")
def test_a_transformer_starts_and_computes_as_pytorchs():
    model = seeded(lambda: nn.Transformer(4, 2, 1, 1, 8, 0.0))
    near(model(numbers(3, 2, 4), numbers(3, 2, 4)[:2])[1, 0], DECODED)


def test_layers_of_a_stack_start_alike_and_learn_apart():
    stack = nn.TransformerDecoder(nn.TransformerDecoderLayer(4, 2, 8, 0.0), 2, nn.LayerNorm(4))
    one, other = stack.layers
    assert one.linear1.weight.tolist() == other.linear1.weight.tolist()
    assert one.linear1.weight is not other.linear1.weight
    stack(numbers(3, 2, 4), numbers(3, 2, 4)).sum().backward()
    assert one.linear1.weight.grad.tolist() != other.linear1.weight.grad.tolist()


def test_an_encoder_gives_zero_for_padding_where_pytorch_leaves_it_out():
    layer = seeded(lambda: nn.TransformerEncoderLayer(4, 2, 8, 0.0, batch_first=True))
    encoder = nn.TransformerEncoder(layer, 1).eval()
    padding = torch.tensor([[False] * 3, [False, True, True]])
    near(encoder(numbers(2, 3, 4), src_key_padding_mask=padding)[1, :2], [FIRST, ELSE])
    with torch.no_grad():
        near(encoder(numbers(2, 3, 4), src_key_padding_mask=padding)[1, :2], [FIRST, [0.0] * 4])
        encoder.use_nested_tensor = False
        near(encoder(numbers(2, 3, 4), src_key_padding_mask=padding)[1, :2], [FIRST, ELSE])


def test_an_encoder_that_cannot_leave_padding_out_says_why():
    with pytest.warns(UserWarning, match="use_nested_tensor is False because encoder_layer.norm_first was True"):
        nn.TransformerEncoder(nn.TransformerEncoderLayer(4, 2, 8, norm_first=True), 1)


def test_hooks_on_the_parts_of_a_layer_are_called_in_evaluation_too():
    layer, seen = nn.TransformerEncoderLayer(4, 2, 8, batch_first=True).eval(), []
    layer.linear1.register_forward_hook(lambda module, args, output: seen.append(module))
    with torch.no_grad():
        layer(numbers(2, 3, 4))
    assert seen == [layer.linear1]


def test_a_name_of_an_activation_is_relu_or_gelu():
    assert nn.TransformerEncoderLayer(4, 2, activation="gelu").activation is nn.functional.gelu
    with pytest.raises(RuntimeError, match="activation should be relu/gelu, not tanh"):
        nn.TransformerDecoderLayer(4, 2, activation="tanh")


def test_the_function_of_an_activation_is_copied_as_it_is():
    layer = copy.deepcopy(nn.TransformerEncoderLayer(4, 2, activation=torch.tanh))
    assert layer.activation is torch.tanh and layer.activation_relu_or_gelu == 0


def test_only_the_kernels_that_are_allowed_compute_attention():
    query = torch.rand(1, 2, 3, 4, requires_grad=True)
    attend = nn.functional.scaled_dot_product_attention
    with nn.attention.sdpa_kernel(nn.attention.SDPBackend.MATH):
        assert attend(query, query, query).grad_fn.name() != "ScaledDotProductFlashAttentionForCpuBackward0"
    assert attend(query, query, query).grad_fn.name() == "ScaledDotProductFlashAttentionForCpuBackward0"
    with nn.attention.sdpa_kernel([nn.attention.SDPBackend.FLASH_ATTENTION]):
        attend(query, query, query)
        with pytest.raises(RuntimeError, match=r"No available kernel.  Aborting execution."):
            attend(query, query, query, dropout_p=0.5)
    with (
        nn.attention.sdpa_kernel(nn.attention.SDPBackend.EFFICIENT_ATTENTION),
        pytest.raises(RuntimeError, match="No viable backend for scaled_dot_product_attention was found"),
    ):
        attend(query, query, query)
    with (
        pytest.raises(AssertionError, match="Backend must be an instance of SDPBackend or a list"),
        nn.attention.sdpa_kernel("math"),
    ):
        pass


def test_a_causal_bias_knows_its_corner():
    upper, lower = bias.causal_upper_left(2, 3), bias.causal_lower_right(2, 3)
    assert upper.tolist() == [[True, False, False], [True, True, False]]
    assert lower.tolist() == [[True, True, False], [True, True, True]]
    query, key = torch.rand(2, 4), torch.rand(3, 4)
    attend = nn.functional.scaled_dot_product_attention
    near(attend(query, key, key, upper), attend(query, key, key, is_causal=True).tolist())
    near(attend(query, key, key, lower), attend(query, key, key, torch.tensor(lower.tolist())).tolist())
    with pytest.raises(AssertionError, match="causal_upper_left only supports 2D tensors"):
        bias.causal_upper_left(2)


def test_the_single_step_can_be_forbidden():
    attention, input = nn.MultiheadAttention(4, 2, batch_first=True).eval(), numbers(2, 3, 4)
    hidden = torch.tensor([[True, True, True], [False, False, False]])
    mha.set_fastpath_enabled(False)
    with torch.no_grad():
        result = attention(input, input, input, hidden, need_weights=False)[0]
    mha.set_fastpath_enabled(True)
    assert not result[0].any()
