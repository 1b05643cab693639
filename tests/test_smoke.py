"""Five seconds: the lesson's first cells, a backward, a network that learns."""

import pytest

import tinytorch as torch


def activation(x):
    return 1 / (1 + torch.exp(-x))


FEATURES = [[-0.1468, 0.7861, 0.9468, -1.1143, 1.6908]]
WEIGHTS = [[-0.8948, -0.3556, 1.2324, 0.1382, -1.6822]]
BIAS = [[0.3177]]


def test_one_neuron_gives_the_lesson_s_number_both_ways():
    features, weights, bias = torch.tensor(FEATURES), torch.tensor(WEIGHTS), torch.tensor(BIAS)
    by_sum = activation(torch.sum(features * weights) + bias)
    by_product = activation(torch.mm(features, weights.view(5, 1)) + bias)
    assert repr(by_sum) == "tensor([[0.1595]])"
    assert repr(by_product) == "tensor([[0.1595]])"


def test_matrices_that_do_not_fit_are_refused_in_pytorch_s_words():
    with pytest.raises(RuntimeError, match=r"^mat1 and mat2 shapes cannot be multiplied \(1x5 and 1x5\)"):
        torch.mm(torch.tensor(FEATURES), torch.tensor(WEIGHTS))


def test_reshape_and_view_show_the_same_memory():
    weights = torch.tensor(WEIGHTS)
    column = weights.view(5, 1)
    column.mul_(2)
    assert weights.reshape(5, 1).tolist() == column.tolist()
    assert weights[0, 0].item() == pytest.approx(2 * -0.8948)


def test_backward_gives_the_derivative_of_a_neuron():
    weights = torch.tensor(WEIGHTS, requires_grad=True)
    result = torch.sigmoid((torch.tensor(FEATURES) * weights).sum())
    result.backward()
    slope = result.item() * (1 - result.item())
    assert weights.grad.tolist()[0] == pytest.approx([slope * each for each in FEATURES[0]], rel=1e-6)


def test_a_second_derivative_is_right():
    x = torch.tensor(0.5, requires_grad=True)
    (first,) = torch.autograd.grad(x.tanh(), x, create_graph=True)
    (second,) = torch.autograd.grad(first, x)
    value = x.tanh().item()
    assert second.item() == pytest.approx(-2 * value * (1 - value**2), rel=1e-6)


def test_a_network_of_two_layers_learns_exclusive_or():
    inputs = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    targets = torch.tensor([[0.0], [1.0], [1.0], [0.0]])
    hidden = torch.tensor([[0.9, -0.7, 0.4, 0.2], [-0.8, 0.6, 0.5, -0.3]], requires_grad=True)
    shift = torch.tensor([0.1, -0.2, 0.3, 0.0], requires_grad=True)
    output = torch.tensor([[0.5], [-0.4], [0.3], [0.7]], requires_grad=True)
    losses = []
    for _ in range(400):
        difference = (inputs @ hidden + shift).tanh() @ output - targets
        loss = (difference * difference).mean()
        loss.backward()
        losses.append(loss.item())
        with torch.no_grad():
            for each in (hidden, shift, output):
                each.sub_(each.grad, alpha=0.3)
                each.grad = None
    assert losses[-1] < 0.01 < 0.2 < losses[0]
