"""Sampling at the places of a grid: what the table of samples cannot ask."""

import itertools

import pytest

import tinytorch as torch
from tinytorch.nn.functional import affine_grid, grid_sample

IMAGE = torch.arange(12.0).reshape(1, 1, 3, 4)


def test_the_grid_of_the_identity_gives_the_image_back():
    for corners in (True, False):
        grid = affine_grid(torch.tensor([[[1.0, 0, 0], [0, 1, 0]]]), (1, 1, 3, 4), align_corners=corners)
        assert torch.allclose(grid_sample(IMAGE, grid, align_corners=corners), IMAGE, atol=1e-5)


def test_a_place_that_is_no_number_reads_nothing():
    grid = torch.tensor([[[[float("nan"), 0.0], [float("inf"), 0.0], [0.0, -1e30]]]])
    for mode, padding in itertools.product(("bilinear", "nearest", "bicubic"), ("zeros", "border", "reflection")):
        assert grid_sample(IMAGE, grid, mode, padding, False).shape == (1, 1, 1, 3)
    assert grid_sample(IMAGE, grid, "bilinear", "zeros", False).tolist() == [[[[0.0, 0.0, 0.0]]]]


@pytest.mark.parametrize("mode", ["bilinear", "bicubic"])
def test_third_derivatives_by_the_grid_are_differences_of_second_ones(mode):
    image = torch.tensor([0.3, -1.2, 0.8, 2.0, -0.4, 1.1], dtype=torch.float64).reshape(1, 1, 2, 3)

    def second(x):
        grid = torch.tensor([[[[x, -0.21]]]], dtype=torch.float64, requires_grad=True)
        value = grid_sample(image, grid, mode, align_corners=True).sin().sum()
        (first,) = torch.autograd.grad(value, grid, create_graph=True)
        (found,) = torch.autograd.grad(first.sum(), grid, create_graph=True)
        return found[0, 0, 0, 0], grid

    (third,) = torch.autograd.grad(*second(0.13))
    difference = (second(0.13 + 1e-5)[0] - second(0.13 - 1e-5)[0]).item() / 2e-5
    assert third[0, 0, 0, 0].item() == pytest.approx(difference, rel=1e-6)


def test_only_the_gradient_that_is_wanted_is_computed():
    grid = torch.zeros(1, 2, 2, 2, requires_grad=True)
    grid_sample(IMAGE, grid, align_corners=True).sum().backward()
    assert IMAGE.grad is None
    assert grid.grad.shape == (1, 2, 2, 2)


def test_not_saying_how_corners_lie_is_warned_of():
    with pytest.warns(UserWarning, match="Default grid_sample and affine_grid behavior has changed"):
        grid_sample(IMAGE, torch.zeros(1, 1, 1, 2))


def test_one_channel_lies_in_memory_as_several_do():
    images, grid = torch.ones(4, 1, 6, 6, requires_grad=True), torch.zeros(4, 5, 5, 2)
    found = torch.nn.functional.grid_sample(images, grid, align_corners=False)
    assert found.stride() == (25, 25, 5, 1)  # or convolutions take it for one whose channels are innermost
    found.sum().backward()
    assert images.grad.stride() == (36, 36, 6, 1)
