"""The lesson that every newcomer reads, statement by statement: each prints the lesson's numbers, digit for digit."""

import numpy as np
import pytest

import tinytorch as torch


def activation(x):
    """The sigmoid, as the lesson writes it."""
    return 1 / (1 + torch.exp(-x))


def printed(**named):
    """What the lesson's loop prints of each tensor."""
    return "\n".join(name + ":\n\t" + str(tensor.shape) + "\n\t" + str(tensor) for name, tensor in named.items())


@pytest.fixture
def neuron():
    """The lesson's first three tensors: features, weights and bias."""
    torch.manual_seed(7)
    features = torch.randn((1, 5))
    return features, torch.randn_like(features), torch.randn((1, 1))


def test_the_seed_gives_the_features_the_weights_and_the_bias(neuron):
    features, weights, bias = neuron
    assert printed(features=features, weights=weights, bias=bias) == (
        "features:\n\ttorch.Size([1, 5])\n\ttensor([[-0.1468,  0.7861,  0.9468, -1.1143,  1.6908]])\n"
        "weights:\n\ttorch.Size([1, 5])\n\ttensor([[-0.8948, -0.3556,  1.2324,  0.1382, -1.6822]])\n"
        "bias:\n\ttorch.Size([1, 1])\n\ttensor([[0.3177]])"
    )


def test_one_neuron_by_a_product_and_a_sum(neuron):
    features, weights, bias = neuron
    output_layer_input = (features * weights).sum() + bias
    output = activation(output_layer_input)
    assert printed(output_layer_input=output_layer_input, output=output) == (
        "output_layer_input:\n\ttorch.Size([1, 1])\n\ttensor([[-1.6619]])\n"
        "output:\n\ttorch.Size([1, 1])\n\ttensor([[0.1595]])"
    )


def test_matrices_that_do_not_fit_are_refused_in_todays_words_with_the_lessons_as_a_note(neuron):
    features, weights, _ = neuron
    with pytest.raises(RuntimeError) as caught:
        torch.mm(features, weights)
    assert str(caught.value) == "mat1 and mat2 shapes cannot be multiplied (1x5 and 1x5)"
    assert caught.value.__notes__ == ["size mismatch, m1: [1 x 5], m2: [1 x 5]"]


def test_one_neuron_by_a_product_of_matrices(neuron):
    features, weights, bias = neuron
    output_layer_input = torch.mm(features, weights.view(5, 1)).sum() + bias
    assert printed(output=activation(output_layer_input)) == "output:\n\ttorch.Size([1, 1])\n\ttensor([[0.1595]])"


def test_view_shows_the_same_memory(neuron):
    weights = neuron[1]
    shown = weights.view(5, 1)
    shown[0, 0] = 9
    assert shown.shape == (5, 1)
    assert weights[0, 0].item() == 9


def test_reshape_shows_the_same_memory_where_it_can_and_copies_where_it_must(neuron):
    weights = neuron[1]
    assert weights.reshape(5, 1).data_ptr() == weights.data_ptr()
    square = torch.arange(6).reshape(2, 3)
    copied = square.t().reshape(6)
    copied[0] = 9
    assert copied.tolist() == [9, 3, 1, 4, 2, 5]
    assert square[0, 0].item() == 0


def test_resize_to_fewer_elements_removes_them_from_the_tensor_but_not_from_memory(neuron):
    weights = neuron[1]
    before = weights.tolist()[0]
    shrunk = weights.resize_(3, 1)
    assert shrunk is weights
    assert weights.shape == (3, 1)
    assert weights.untyped_storage().nbytes() == 5 * 4
    assert weights.resize_(1, 5).tolist() == [before]


def test_resize_to_more_elements_keeps_those_that_were_there(neuron):
    weights = neuron[1]
    before = weights.tolist()[0]
    assert weights.resize_(5, 2).shape == (5, 2)
    assert weights.view(10)[:5].tolist() == before


def test_two_layers():
    torch.manual_seed(7)
    features = torch.randn((1, 3))
    n_input = features.shape[1]
    n_hidden = 2
    n_output = 1
    W1 = torch.randn(n_input, n_hidden)
    W2 = torch.randn(n_hidden, n_output)
    B1 = torch.randn((1, n_hidden))
    B2 = torch.randn((1, n_output))
    assert printed(features=features, W1=W1, W2=W2, B1=B1, B2=B2) == (
        "features:\n\ttorch.Size([1, 3])\n\ttensor([[-0.1468,  0.7861,  0.9468]])\n"
        "W1:\n\ttorch.Size([3, 2])\n\t"
        "tensor([[-1.1143,  1.6908],\n        [-0.8948, -0.3556],\n        [ 1.2324,  0.1382]])\n"
        "W2:\n\ttorch.Size([2, 1])\n\ttensor([[-1.6822],\n        [ 0.3177]])\n"
        "B1:\n\ttorch.Size([1, 2])\n\ttensor([[0.1328, 0.1373]])\n"
        "B2:\n\ttorch.Size([1, 1])\n\ttensor([[0.2405]])"
    )
    hidden = activation(torch.mm(features, W1) + B1)
    output = activation(torch.mm(hidden, W2) + B2)
    assert printed(hidden=hidden, output=output) == (
        "hidden:\n\ttorch.Size([1, 2])\n\ttensor([[0.6813, 0.4355]])\n"
        "output:\n\ttorch.Size([1, 1])\n\ttensor([[0.3171]])"
    )


def test_numpy_to_torch_and_back_share_their_memory():
    a = np.array(
        [
            [0.97449152, 0.68652824, 0.51496251],
            [0.46857383, 0.2098441, 0.58842778],
            [0.76876154, 0.35381711, 0.12912342],
            [0.69358891, 0.89462071, 0.86406838],
        ]
    )
    b = torch.from_numpy(a)
    assert str(b) == (
        "tensor([[0.9745, 0.6865, 0.5150],\n        [0.4686, 0.2098, 0.5884],\n        [0.7688, 0.3538, 0.1291],\n"
        "        [0.6936, 0.8946, 0.8641]], dtype=torch.float64)"
    )
    assert b.numpy() is a
    assert str(b.mul_(2)) == (
        "tensor([[1.9490, 1.3731, 1.0299],\n        [0.9371, 0.4197, 1.1769],\n        [1.5375, 0.7076, 0.2582],\n"
        "        [1.3872, 1.7892, 1.7281]], dtype=torch.float64)"
    )
    assert repr(a).replace(" ", "") == (  # the lesson's digits end where its own array was rounded
        "array([[1.94898304,1.37305648,1.02992502],\n[0.93714766,0.4196882,1.17685556],\n"
        "[1.53752308,0.70763422,0.25824684],\n[1.38717782,1.78924142,1.72813676]])"
    )
