"""Normalisation beyond the table: statistics that run, orders of arguments, higher derivatives, memory."""

import pytest

import tinytorch as torch
from tinytorch.autograd import grad
from tinytorch.nn import functional as F


def test_running_statistics_move_by_the_momentum_and_count_no_version():
    x = torch.tensor([[1.0, 2.0], [3.0, 6.0]])
    mean, var = torch.zeros(2), torch.ones(2)
    F.batch_norm(x, mean, var, training=True, momentum=0.5)
    assert mean.tolist() == [1.0, 2.0]
    assert var.tolist() == pytest.approx([1.5, 4.5])
    assert mean._version == 0


def test_evaluation_uses_the_running_statistics_and_leaves_them():
    mean, var = torch.tensor([1.0]), torch.tensor([4.0])
    assert F.batch_norm(torch.tensor([[3.0], [1.0]]), mean, var, eps=0.0).tolist() == [[1.0], [0.0]]
    assert (mean.item(), var.item()) == (1.0, 4.0)


def test_torch_has_batch_norm_with_the_weight_first():
    x, weight, bias = torch.randn(4, 3), torch.randn(3), torch.randn(3)
    found = torch.batch_norm(x, weight, bias, None, None, True, 0.1, 1e-5, False)
    assert torch.equal(found, F.batch_norm(x, None, None, weight, bias, True))


def test_the_statistics_of_half_precision_are_kept_in_float32():
    x = (torch.arange(64.0).reshape(2, 32) / 64 + 100).to(torch.bfloat16)
    expected = F.layer_norm(x.float(), (32,)).to(torch.bfloat16)
    assert torch.equal(F.layer_norm(x, (32,)), expected)


def test_the_third_derivative_of_layer_norm_is_that_of_its_parts():
    x = torch.tensor([[0.3, -1.2, 0.7, 2.0]], dtype=torch.float64, requires_grad=True)

    def parts(x):
        centred = x - x.mean(1, True)
        return centred * (centred.square().mean(1, True) + 1e-5).rsqrt()

    def third(function):
        value = (function(x) ** 3).sum()
        for _ in range(3):
            value = (grad(value, x, create_graph=True)[0] ** 2).sum()
        return value.item()

    assert third(lambda x: F.layer_norm(x, (4,))) == pytest.approx(third(parts), rel=1e-8)


def test_channels_that_lie_last_stay_last():
    x = torch.randn(2, 3, 4, 5).to(memory_format=torch.channels_last)
    assert F.batch_norm(x, None, None, training=True).stride() == x.stride()
    assert F.group_norm(x, 3).stride() == x.stride()


def test_large_rows_and_their_gradients_are_those_of_the_parts():
    x = torch.randn(600, 300, requires_grad=True)
    weight, bias = torch.randn(300, requires_grad=True), torch.randn(300, requires_grad=True)
    upstream = torch.randn(600, 300)
    found = grad(F.layer_norm(x, (300,), weight, bias), (x, weight, bias), upstream)
    centred = x - x.mean(1, True)
    parts = centred * (centred.square().mean(1, True) + 1e-5).rsqrt() * weight + bias
    for one, other in zip(found, grad(parts, (x, weight, bias), upstream), strict=True):
        torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-4)
