"""Attention beyond the table: second derivatives, pieces of memory, dropout, and weights that are not asked for."""

import math

import pytest

import tinytorch as torch
from tinytorch.autograd import grad, gradcheck
from tinytorch.devices.cpu import xp
from tinytorch.nn import functional as F


def heads(*shape, seed=0):
    torch.manual_seed(seed)
    return [torch.randn(shape, dtype=torch.float64, requires_grad=True) for _ in range(3)]


def in_parts(query, key, value, mask):
    scores = query @ key.transpose(-2, -1) / math.sqrt(query.shape[-1])
    return scores.masked_fill(~mask, -math.inf).softmax(-1) @ value


def test_derivatives_of_both_orders_are_those_of_the_parts():
    tensors = heads(2, 3, 4, 5)
    mask = torch.ones(4, 4, dtype=torch.bool).tril()
    orders = []
    for result in (F.scaled_dot_product_attention(*tensors, is_causal=True), in_parts(*tensors, mask)):
        first = grad(result.square().sum(), tensors, create_graph=True)
        plain = grad(result.square().sum(), tensors, retain_graph=True)
        second = grad(sum(each.square().sum() for each in first), tensors)
        orders.append((*first, *plain, *second))
    for one, other in zip(*orders, strict=True):
        torch.testing.assert_close(one, other)


@pytest.mark.parametrize("at_once", [1, 40, 100])
def test_pieces_of_batch_and_heads_make_the_whole(monkeypatch, at_once):
    tensors = heads(3, 2, 4, 5)
    mask = torch.randn(3, 1, 4, 4, dtype=torch.float64)
    whole = F.scaled_dot_product_attention(*tensors, mask)
    gradients = grad(whole, tensors, torch.ones_like(whole))
    monkeypatch.setattr(xp, "at_once", at_once)
    again = F.scaled_dot_product_attention(*tensors, mask)
    torch.testing.assert_close(again, whole)
    for one, other in zip(grad(again, tensors, torch.ones_like(again)), gradients, strict=True):
        torch.testing.assert_close(one, other)


def test_what_may_see_nothing_is_zero_and_so_is_its_gradient():
    query, key, value = heads(1, 1, 2, 3)
    found = F.scaled_dot_product_attention(query, key, value, torch.tensor([[False, False], [True, True]]))
    found.sum().backward()
    assert found[0, 0, 0].tolist() == query.grad[0, 0, 0].tolist() == [0.0, 0.0, 0.0]


def test_an_explicit_mask_and_is_causal_exclude_each_other_without_the_fused_operation():
    query, key, value = [each[0, 0] for each in heads(1, 1, 2, 3)]
    with pytest.raises(RuntimeError, match="Explicit attn_mask should not be set when is_causal=True"):
        F.scaled_dot_product_attention(query, key, value, torch.ones(2, 2).bool(), is_causal=True)


def test_several_heads_give_no_weights_if_none_are_asked_for():
    x, weight, out = torch.randn(3, 1, 4), torch.randn(12, 4), torch.randn(4, 4)
    settings = (4, 2, weight, None, None, None, False, 0.0, out, None)
    found, weights = F.multi_head_attention_forward(x, x, x, *settings, need_weights=False)
    expected, _ = F.multi_head_attention_forward(x, x, x, *settings)
    assert weights is None
    torch.testing.assert_close(found, expected)


def test_a_mask_moves_the_result_in_forward_mode_though_only_its_gradient_takes_another_way():
    query, key, value = heads(1, 2, 3, 4)
    mask = torch.tensor([[0.3, -1.0, 0.0]] * 3, dtype=torch.float64, requires_grad=True)
    attend = lambda mask: F.scaled_dot_product_attention(query.detach(), key.detach(), value.detach(), mask)
    assert gradcheck(attend, mask, check_forward_ad=True)


def test_mismatched_masks_are_warned_of():
    x, weight, out = torch.randn(3, 1, 4), torch.randn(12, 4), torch.randn(4, 4)
    with pytest.warns(UserWarning, match="Support for mismatched key_padding_mask and attn_mask is deprecated"):
        F.multi_head_attention_forward(
            x, x, x, 4, 2, weight, None, None, None, False, 0.0, out, None,
            key_padding_mask=torch.zeros(1, 3), attn_mask=torch.zeros(3, 3, dtype=torch.bool),
        )  # fmt: skip
