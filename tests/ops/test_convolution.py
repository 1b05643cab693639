"""Convolutions: which way they are computed, orders in memory, and derivatives of every order."""

import itertools
import math

import pytest

import tinytorch as torch
from tinytorch.autograd import gradcheck, gradgradcheck
from tinytorch.nn import functional as F


def numbers(*shape, dtype=torch.float64, requires_grad=False):
    """Numbers between -1 and 1 in a fixed order."""
    count = math.prod(shape)
    line = torch.arange(count, dtype=dtype) * 0.7
    return line.sin().reshape(shape).detach().requires_grad_(requires_grad)


def by_hand(input, weight, stride, padding, dilation, groups):
    """A convolution of two dimensions, element by element."""
    outputs, depth, height, width = weight.shape
    wide = torch.zeros(*input.shape[:2], *[size + 2 * padding for size in input.shape[2:]], dtype=input.dtype)
    wide[..., padding : padding + input.shape[2], padding : padding + input.shape[3]] = input
    counts = [
        (size - dilation * (kernel - 1) - 1) // stride + 1
        for size, kernel in zip(wide.shape[2:], (height, width), strict=True)
    ]
    result = torch.zeros(input.shape[0], outputs, *counts, dtype=input.dtype)
    for out, row, column in itertools.product(range(outputs), range(counts[0]), range(counts[1])):
        first = out // (outputs // groups) * depth
        top, left = row * stride, column * stride
        window = wide[:, first : first + depth]
        window = window[..., top : top + dilation * (height - 1) + 1 : dilation, :]
        window = window[..., left : left + dilation * (width - 1) + 1 : dilation]
        result[:, out, row, column] = (window * weight[out]).sum((1, 2, 3))
    return result


@pytest.mark.parametrize("size", [5, 13], ids=["images together", "image by image"])
@pytest.mark.parametrize(
    ("stride", "padding", "dilation", "groups"), [(1, 0, 1, 1), (2, 1, 1, 2), (1, 2, 2, 1), (1, 1, 1, 4)]
)
def test_small_and_large_planes_give_the_sums_of_products(device, size, stride, padding, dilation, groups):
    input, weight = numbers(2, 4, size, size), numbers(4, 4 // groups, 3, 3)
    found = F.conv2d(
        input.to(device), weight.to(device), None, stride=stride, padding=padding, dilation=dilation, groups=groups
    )
    assert torch.allclose(found.cpu(), by_hand(input, weight, stride, padding, dilation, groups))


@pytest.mark.parametrize("size", [4, 12])
@pytest.mark.parametrize("channels", [(1, 4), (4, 1)], ids=["added", "turned"])
@pytest.mark.parametrize("stride", [1, 2])
def test_the_transposed_map_has_the_same_products_whichever_way_it_is_computed(device, size, channels, stride):
    outputs, inputs = channels
    image = numbers(2, inputs, size, size).to(device)
    weight = numbers(outputs, inputs, 3, 3).to(device)
    result = F.conv2d(image, weight, padding=1, stride=stride)
    other = numbers(*result.shape).to(device)
    more = size - ((result.shape[2] - 1) * stride + 1)
    back = F.conv_transpose2d(other, weight, padding=1, stride=stride, output_padding=more)
    assert back.shape == image.shape
    assert math.isclose((result * other).sum().item(), (image * back).sum().item(), rel_tol=1e-9)


@pytest.mark.parametrize("function", [F.conv1d, F.conv_transpose1d])
def test_first_and_second_derivatives_are_those_of_differences(function):
    inputs = (
        numbers(2, 2, 5, requires_grad=True),
        numbers(2, 2, 3, requires_grad=True),
        numbers(2, requires_grad=True),
    )
    settings = {"stride": 2, "padding": 1, "dilation": 1}
    assert gradcheck(lambda *args: function(*args, **settings), inputs)
    assert gradgradcheck(lambda *args: function(*args, **settings), inputs)


def test_a_third_derivative_is_a_convolution_again():
    x, w = numbers(1, 1, 6, requires_grad=True), numbers(1, 1, 3, requires_grad=True)
    y = (F.conv1d(x, w) ** 4).sum()
    first = torch.autograd.grad(y, x, create_graph=True)[0]
    second = torch.autograd.grad((first**2).sum(), w, create_graph=True)[0]
    third = torch.autograd.grad(second.sum(), x)[0]
    step = 1e-5
    found = []
    for sign in (1, -1):
        moved = (x.detach() + torch.tensor([0.0, 0.0, sign * step, 0.0, 0.0, 0.0], dtype=x.dtype)).requires_grad_()
        y = (F.conv1d(moved, w) ** 4).sum()
        first = torch.autograd.grad(y, moved, create_graph=True)[0]
        found.append(torch.autograd.grad((first**2).sum(), w)[0].sum().item())
    assert math.isclose(third[0, 0, 2].item(), (found[0] - found[1]) / (2 * step), rel_tol=1e-6)


def test_the_gradient_of_the_bias_alone_keeps_neither_input_nor_weight():
    bias = torch.zeros(3, requires_grad=True)
    input, weight = torch.ones(2, 2, 4, 4), torch.ones(3, 2, 2, 2)
    result = F.conv2d(input, weight, bias)
    input.add_(1)  # a kept input would be missed here
    weight.add_(1)
    result.sum().backward()
    assert bias.grad.tolist() == [18.0, 18.0, 18.0]


def test_a_result_lies_as_images_with_their_channels_last_do():
    input = numbers(2, 3, 5, 4).contiguous(memory_format=torch.channels_last)
    weight = numbers(4, 3, 2, 2)
    result = F.conv2d(input, weight, numbers(4))
    assert result.is_contiguous(memory_format=torch.channels_last)
    assert torch.allclose(result, F.conv2d(input.contiguous(), weight, numbers(4)))
    assert F.max_pool2d(input, 2).is_contiguous(memory_format=torch.channels_last)
    assert F.avg_pool2d(input, 2).is_contiguous(memory_format=torch.channels_last)


def test_a_large_output_padding_leaves_elements_that_no_window_reaches():
    input, weight = numbers(1, 1, 3, requires_grad=True), numbers(1, 1, 2, requires_grad=True)
    result = F.conv_transpose1d(input, weight, None, 2, 0, 3, 1, 4)
    assert result.shape == (1, 1, 12)
    assert result[0, 0, 9:].tolist() == [0.0, 0.0, 0.0]
    assert gradcheck(lambda *args: F.conv_transpose1d(*args, None, 2, 0, 3, 1, 4), (input, weight))


@pytest.mark.filterwarnings("ignore:Using padding=.same. with even kernel lengths")
def test_same_padding_of_an_even_kernel_has_its_odd_zero_at_the_end():
    input = torch.tensor([[[1.0, 2.0, 3.0]]])
    assert F.conv1d(input, torch.ones(1, 1, 2), padding="same").tolist() == [[[3.0, 5.0, 3.0]]]


def test_fold_adds_what_unfold_shows_as_often_as_it_is_shown():
    input = torch.ones(1, 1, 3, 3)
    shown = F.unfold(input, 2)
    assert shown.shape == (1, 4, 4)
    assert F.fold(shown, 3, 2).tolist() == [[[[1.0, 2.0, 1.0], [2.0, 4.0, 2.0], [1.0, 2.0, 1.0]]]]


def test_a_single_image_has_the_strides_of_one_of_many():
    images, weight = torch.ones(1, 2, 6, 6), torch.ones(3, 2, 3, 3)
    assert torch.conv2d(images, weight).stride() == (48, 16, 4, 1)
    assert torch.conv_transpose2d(images, weight.transpose(0, 1)).stride() == (192, 64, 8, 1)
