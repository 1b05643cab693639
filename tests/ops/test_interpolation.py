"""Interpolation and padding: what the table of samples cannot ask."""

import pytest

import tinytorch as torch
from tinytorch.nn.functional import interpolate, pad, upsample_bilinear

NAN = float("nan")


def channels_last(shape):
    return torch.randn(*shape).contiguous(memory_format=torch.channels_last)


@pytest.mark.parametrize("mode", ["nearest", "bilinear", "bicubic"])
def test_channels_that_are_last_in_memory_stay_there(mode):
    image = channels_last((2, 3, 4, 5))
    assert interpolate(image, 6, mode=mode).is_contiguous(memory_format=torch.channels_last)
    assert pad(image, (1, 1, 1, 1), "reflect").is_contiguous(memory_format=torch.channels_last)
    assert pad(image, (1, 1)).is_contiguous(memory_format=torch.channels_last)
    assert torch.pixel_unshuffle(channels_last((1, 2, 4, 4)), 2).is_contiguous(memory_format=torch.channels_last)


def test_what_is_no_number_reaches_only_what_reads_it():
    signal = torch.tensor([[[1.0, NAN, 3.0, 4.0]]], requires_grad=True)
    assert interpolate(signal, 2).isnan().tolist() == [[[False, False]]]
    assert interpolate(signal, 8, mode="linear").isnan().tolist() == [[[True] * 5 + [False] * 3]]
    result = interpolate(signal, 2, mode="nearest")
    result.backward(torch.tensor([[[1.0, NAN]]]))
    assert signal.grad.isnan().tolist() == [[[False, False, True, False]]]


def test_a_dimension_that_keeps_its_size_is_a_copy():
    image = torch.arange(4.0).reshape(1, 1, 2, 2)
    result = interpolate(image, 2, mode="bilinear")
    result.zero_()
    assert image.sum().item() == 6


def test_antialiasing_a_column_is_the_mean_of_what_each_row_covers():
    """PyTorch 2.13 gives every row of a result of width 1 the values of its first."""
    column = torch.arange(4.0).reshape(1, 1, 4, 1)
    assert interpolate(column, (2, 1), mode="bilinear", antialias=True).flatten().tolist() == pytest.approx(
        [5 / 7, 16 / 7]
    )


def test_the_gradient_of_nearest_is_that_of_its_values():
    """PyTorch 2.13 takes a factor of 1.25 that leaves 2 of 2 elements to be 1 in backward, though not in forward."""
    signal = torch.tensor([[[1.0, 2.0]]], requires_grad=True)
    result = interpolate(signal, scale_factor=1.25)
    result.backward(torch.tensor([[[1.0, 10.0]]]))
    assert result.tolist() == [[[1.0, 1.0]]]
    assert signal.grad.tolist() == [[[11.0, 0.0]]]


def test_a_pad_of_an_integer_tensor_holds_what_its_dtype_can():
    assert pad(torch.tensor([1], dtype=torch.int32), (1, 0), value=2.7).tolist() == [2, 1]
    with pytest.raises(RuntimeError, match="value cannot be converted to type uint8_t without overflow"):
        pad(torch.tensor([1], dtype=torch.uint8), (1, 0), value=-1)
    assert torch.constant_pad_nd(torch.tensor([1], dtype=torch.uint8), (1, 0), -1).tolist() == [255, 1]


def test_a_result_that_moves_nothing_is_a_copy():
    image = torch.zeros(1, 4, 2, 2)
    pad(image, (0, 0)).fill_(1)
    pad(image, (0, 0), "constant").fill_(1)
    pad(image, (0, 0, 0, 0), "reflect").fill_(1)
    for function in (torch.pixel_shuffle, torch.pixel_unshuffle, torch.channel_shuffle):
        function(image, 1).fill_(1)
    assert image.sum().item() == 0


def test_the_names_before_interpolate_warn():
    with pytest.warns(UserWarning, match="`nn.functional.upsample_bilinear` is deprecated"):
        assert upsample_bilinear(torch.zeros(1, 1, 2, 2), 4).shape == (1, 1, 4, 4)
