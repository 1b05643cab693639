"""Interpolation and sampling at random sizes, factors and places, against PyTorch: values and gradients."""

import functools

import numpy
import pytest
import torch

import tinytorch

MODES = {1: ("nearest-exact", "linear"), 2: ("nearest-exact", "bilinear", "bicubic"), 3: ("nearest-exact", "trilinear")}


def both(function, *arrays):
    """Results and gradients of a function of a library and tensors, under each library."""
    for library in (torch, tinytorch):
        tensors = [library.tensor(each, requires_grad=each.dtype != "uint8") for each in arrays]
        result = function(library, *tensors)
        if result.requires_grad:
            weights = numpy.random.RandomState(5).normal(size=tuple(result.shape)).astype(arrays[0].dtype)
            (result * library.tensor(weights)).sum().backward()
        yield [result.detach().numpy(), *[each.grad.numpy() for each in tensors if each.grad is not None]]


def assert_alike(function, *arrays, tolerance=1e-9):
    for one, other in zip(*both(function, *arrays), strict=True):
        numpy.testing.assert_allclose(other, one, tolerance, tolerance)


def settings(chance, spatial, turn):
    """A size or factors, and whether corners are aligned."""
    if turn % 3:
        return {"size": [int(each) for each in chance.randint(2, 16, len(spatial))]}
    return {"scale_factor": [float(each) for each in chance.uniform(max(0.4, 1.1 / min(spatial)), 3, len(spatial))]}


@pytest.mark.parametrize(("ndim", "mode"), [(ndim, mode) for ndim, modes in MODES.items() for mode in modes])
def test_interpolation_is_pytorchs(ndim, mode):
    chance = numpy.random.RandomState(3)
    for turn in range(30):
        spatial = chance.randint(1, 8, ndim)
        given = settings(chance, spatial, turn)
        if mode != "nearest-exact":
            given["align_corners"] = bool(turn % 2)
        image = chance.normal(size=(2, 2, *spatial))
        assert_alike(lambda library, x, given=given: library.nn.functional.interpolate(x, mode=mode, **given), image)


def sizes(chance):
    """The spatial sizes of an image and of what becomes of it; of width 1 PyTorch 2.13 makes mistakes."""
    return chance.randint(2, 16, 2), [int(each) for each in chance.randint(2, 16, 2)]


@pytest.mark.parametrize("mode", ["nearest", "bilinear", "bicubic"])
def test_bytes_are_rounded_as_pytorch_rounds_them(mode):
    chance = numpy.random.RandomState(3)
    for _ in range(30):
        spatial, size = sizes(chance)
        image = chance.randint(0, 256, (1, 3, *spatial)).astype("uint8")
        assert_alike(lambda library, x, size=size: library.nn.functional.interpolate(x, size, mode=mode), image,
                     tolerance=0)  # fmt: skip


@pytest.mark.parametrize("mode", ["bilinear", "bicubic", "lanczos"])
def test_antialiasing_is_pytorchs(mode):
    def resize(library, x, size):
        return library.nn.functional.interpolate(x, size, mode=mode, antialias=True)

    chance = numpy.random.RandomState(3)
    for _ in range(30):
        spatial, size = sizes(chance)
        assert_alike(functools.partial(resize, size=size), chance.normal(size=(1, 2, *spatial)))
        assert_alike(functools.partial(resize, size=size), chance.randint(0, 256, (1, 3, *spatial)).astype("uint8"),
                     tolerance=0)  # fmt: skip


@pytest.mark.parametrize("padding", ["zeros", "border", "reflection"])
@pytest.mark.parametrize(
    ("ndim", "mode"), [(2, "bilinear"), (2, "nearest"), (2, "bicubic"), (3, "bilinear"), (3, "nearest")]
)
def test_sampling_and_its_gradients_are_pytorchs(ndim, mode, padding):
    def sample(library, image, grid, corners):
        return library.nn.functional.grid_sample(image, grid, mode, padding, corners)

    chance = numpy.random.RandomState(3)
    for turn in range(12):
        image = chance.normal(size=(2, 3, *chance.randint(1, 6, ndim)))
        grid = chance.uniform(-2.5, 2.5, (2, *chance.randint(1, 5, ndim), ndim))
        assert_alike(functools.partial(sample, corners=turn % 2 > 0), image, grid)
