"""Fourier transforms: what the table of samples cannot ask."""

import math

import pytest

import tinytorch as torch


@pytest.mark.parametrize("name", ["fft", "ifft", "rfft", "irfft", "hfft", "ihfft", "fftn", "rfft2", "irfftn", "hfft2"])
def test_float32_gives_complex64_or_float32(name):
    found = getattr(torch.fft, name)(torch.ones(4, 4))
    assert found.dtype in (torch.complex64, torch.float32)


def test_an_empty_batch_gives_an_empty_result():
    assert torch.fft.fft(torch.zeros(0, 3)).shape == (0, 3)
    assert torch.fft.rfft(torch.zeros(0, 3)).shape == (0, 2)
    assert torch.fft.irfft(torch.zeros(0, 3)).shape == (0, 4)


def test_the_result_lies_in_memory_as_it_was_transformed(device):
    x = torch.ones(2, 3, 4, device=device)
    assert torch.fft.fft(x, dim=1).stride() == (12, 1, 3)
    assert torch.fft.fftn(x, dim=(0, 1)).stride() == (3, 1, 6)


def test_out_of_another_kind_is_refused_and_of_another_size_is_cast():
    x, wide = torch.ones(4), torch.empty(0, dtype=torch.complex128)
    with pytest.raises(RuntimeError, match="rfft expects a complex output tensor, but got Float"):
        torch.fft.rfft(x, out=torch.empty(0))
    with pytest.raises(RuntimeError, match="irfftn expects a floating point output tensor, but got ComplexFloat"):
        torch.fft.irfft2(x.reshape(2, 2), out=torch.empty(0, dtype=torch.complex64))
    assert torch.fft.fft(x, out=wide) is wide
    assert wide.tolist() == [4, 0, 0, 0]


def test_a_third_derivative_is_right():
    x = torch.tensor([0.5, -1.0, 2.0], dtype=torch.float64, requires_grad=True)
    energy = (torch.fft.rfft(x).abs() ** 4).sum()
    for _ in range(3):
        (grad,) = torch.autograd.grad(energy, x, create_graph=True)
        energy = (grad**2).sum()
    assert math.isfinite(energy.item())


def test_whole_numbers_become_the_default_dtype():
    torch.set_default_dtype(torch.float64)
    try:
        assert torch.fft.fft(torch.arange(3)).dtype is torch.complex128
        assert torch.fft.fftfreq(3).dtype is torch.float64
    finally:
        torch.set_default_dtype(torch.float32)


def test_a_frequency_of_no_duration_is_infinite():
    assert torch.fft.rfftfreq(4, 0).tolist()[1:] == [math.inf, math.inf]


def test_a_window_of_whole_numbers_is_refused_with_all_that_was_asked():
    with pytest.raises(
        RuntimeError, match=r"hann_window expects floating point dtypes, got: TensorOptions\(dtype=long"
    ):
        torch.hann_window(4, dtype=torch.int64)


def test_a_periodic_window_is_the_beginning_of_a_longer_symmetric_one():
    for make in (torch.hann_window, torch.bartlett_window, torch.blackman_window, torch.kaiser_window):
        assert torch.equal(make(6), make(7, periodic=False)[:6])


def test_a_signal_comes_back_from_its_spectra():
    x, window = torch.randn(2, 50), torch.hann_window(16)
    spectra = torch.stft(x, 16, window=window, return_complex=True)
    assert torch.allclose(torch.istft(spectra, 16, window=window, length=50), x, atol=1e-5)


def test_a_signal_shorter_than_asked_for_is_filled_up_with_zeros():
    spectra = torch.stft(torch.ones(8), 4, window=torch.ones(4), return_complex=True)
    with pytest.warns(UserWarning, match="The length of signal is shorter than the length parameter"):
        found = spectra.istft(4, window=torch.ones(4), length=14)
    assert found.shape == (14,)
    assert found[-4:].tolist() == [0, 0, 0, 0]


def test_half_precision_has_no_spectrogram():
    with pytest.raises(RuntimeError, match="MKL FFT doesn't support tensors of type: Half"):
        torch.ones(8, dtype=torch.float16).stft(4, window=torch.ones(4, dtype=torch.float16), return_complex=True)


def test_the_gradient_of_a_spectrogram_reaches_signal_and_window():
    x = torch.randn(2, 20, dtype=torch.float64, requires_grad=True)
    window = torch.rand(6, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda x, w: x.stft(8, 3, 6, w, return_complex=True).abs(), (x, window))
