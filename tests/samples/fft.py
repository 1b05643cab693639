"""Fourier transforms, windows and spectrograms."""

from tests.samples.table import Named, at, expanded, row, s, stepped, transposed, x

# fmt: off
# A table, filled line by line.

LINES = (
    s(x(4)), s(x(2, 5)), s(transposed(3, 4)), s(expanded(2, 3)), s(stepped(2, 4)), s(x(2, 3, 4), None, 1),
    s(x(2, 3, 4), None, 0), s(transposed(2, 3, 4), None, -2), s(x(4), 3), s(x(3), 6), s(x(2, 3), 5, 0),
    s(x(2, 5), 2, 0), s(x(5), norm="forward"), s(x(5), norm="backward"), s(x(5), norm="ortho"), s(x(6), norm="forward"),
    s(x(4), 1), s(x(6), 4, norm="ortho"), s(x()), s(x(3, 0)), s(x(4), 0), s(x(4), -1), s(x(4), None, 1),
    s(x(4), norm="mean"), s(x(4), 2.5), s(x(4), None, 0.5), s(2.0), s(x(3, 4), n=3, dim=1),
)
row("fft.fft fft.ifft fft.rfft fft.irfft fft.hfft fft.ihfft", *LINES, ulps=8)
PLANES = (
    s(x(3, 4)), s(x(2, 3, 5)), s(transposed(3, 4)), s(transposed(2, 3, 4)), s(expanded(2, 3)), s(stepped(3, 4)),
    s(x(3, 4), (2, 6)), s(x(2, 3, 4), (3, 2)), s(x(3, 4), (-1, 3)), s(x(3, 4), (2, -1)), s(x(2, 3, 4), dim=(0, 1)),
    s(x(2, 3, 4), dim=(1, 0)), s(x(2, 3, 4), (3, 4), (2, 0), "ortho"), s(x(3, 4), norm="forward"),
    s(x(3, 5), norm="backward"), s(x(3, 4), norm="ortho"), s(x(2, 3), dim=1), s(x(2, 3), dim=(0,)), s(x()), s(x(3)),
    s(x(0, 3)), s(x(2, 3), (0, 3)), s(x(2, 3), (2, 3), (1, 1)), s(x(2, 3), (2,), (0, 1)), s(x(2, 3), (2, 2, 2)),
    s(x(2, 3), dim=(0, 2)), s(x(2, 3), dim=()), s(x(2, 3), ()), s(x(2, 3), 3), s(x(2, 3), norm="mean"), s(2.0),
    s(x(2, 3, 4), dim=(2, 0, 1)), s(x(2, 3, 2, 2), dim=(1, 2, 3)), s(x(2, 3), (2, "a")), s(x(2, 3), "a"),
)
row("fft.fft2 fft.ifft2 fft.rfft2 fft.irfft2 fft.hfft2 fft.ihfft2", *PLANES, ulps=16)
row("fft.fftn fft.ifftn fft.rfftn fft.irfftn fft.hfftn fft.ihfftn", *PLANES, ulps=16)
row("fft.fftfreq fft.rfftfreq",
    s(5), s(4), s(5, 0.5), s(4, 2), s(0), s(-1), s(-2), s(3, 0), s(4, dtype=Named("float64")), s(2.5),
    s(5, dtype=Named("float16")), s(4, dtype=Named("int64")), s(4, requires_grad=True), s(n=6, d=3), makes=True,
)
row("fft.fftshift fft.ifftshift",
    s(x(4)), s(x(5)), s(x(2, 3)), s(transposed(3, 4)), s(x(3, 4, 5), 1), s(x(3, 4, 5), (0, -1)), s(x(3), dim=(0, 0)),
    s(x()), s(x(0, 3)), s(x(3), 1), s(x(3), ()), s(2.0),
)
row("fft_c2c fft_r2c fft_c2r", apart="seen through the transforms of torch.fft")

# Windows
LENGTHS = (
    s(5), s(6), s(5, False), s(0), s(1), s(2), s(-1), s(5, True, dtype=Named("float64")), s(5, dtype=Named("float16")),
    s(4, False, dtype=Named("bfloat16")), s(4, dtype=Named("complex64")), s(2.5), s("a"), s(True),
    s(4, requires_grad=True), s(window_length=4, periodic=False),
)
row("hann_window bartlett_window blackman_window kaiser_window", *LENGTHS, makes=True)
row("hamming_window", *LENGTHS, s(5, True, 0.5), s(5, False, 0.5, 0.4), s(5, False, alpha=0.6, beta=0.3), makes=True)
SYMMETRIC = (
    s(5), s(6), s(5, sym=False), s(0), s(1), s(2), s(-1), s(2, sym=False), s(5, dtype=Named("float64")),
    s(5, dtype=Named("float16")), s(4, dtype=Named("int64")), s("a"), s(1, requires_grad=True),
)
PLACE = "signal.windows."
row(f"{PLACE}bartlett {PLACE}blackman {PLACE}cosine {PLACE}hamming {PLACE}hann {PLACE}nuttall", *SYMMETRIC,
    s(4, requires_grad=True), makes=True)
row(f"{PLACE}exponential", *SYMMETRIC, s(5, tau=3), s(5, center=1, sym=False), s(5, center=1), s(5, tau=0), makes=True)
row(f"{PLACE}gaussian", *SYMMETRIC, s(5, std=3), s(6, std=0.5, sym=False), s(5, std=0), makes=True)
row(f"{PLACE}kaiser",
    *SYMMETRIC, s(4, requires_grad=True), s(5, beta=2), s(5, beta=0), s(5, beta=-1), s(6, beta=8.6, sym=False),
    makes=True, ulps=16)  # the power of e that the Bessel function is near has beta times the error of its argument
row(f"{PLACE}general_hamming", *SYMMETRIC, s(5, alpha=1), s(5, alpha=0.3, sym=False), makes=True)
row(f"{PLACE}general_cosine",
    s(5, a=[0.5, 0.5]), s(6, a=(1, 2, 3), sym=False), s(5, a=[]), s(5, a=3), s(0, a=[]), s(1, a=[0.3]), s(-1, a=[1]),
    s(4, a=[1.0], dtype=Named("float64")), s(4), makes=True)

# Spectrograms
C = {"return_complex": True}
row("stft",
    s(x(12), 4, **C), s(x(2, 12), 4, **C), s(transposed(2, 12), 5, **C), s(x(12), 4, 2, 3, x(3), **C),
    s(x(2, 12), 4, 3, window=x(4, low=0.1), normalized=True, **C), s(x(12), 4, return_complex=False), s(x(12), 4),
    s(x(12), 4, onesided=False, **C), s(x(12), 4, onesided=True, **C), s(x(2, 12), 4, center=False, **C),
    s(x(12), 4, pad_mode="constant", **C), s(x(12), 4, pad_mode="replicate", **C),
    s(x(12), 4, pad_mode="circular", **C),
    s(x(12), 4, pad_mode="bad", **C), s(x(12), 6, 2, 4, center=False, align_to_window=True, **C),
    s(x(12), 6, 2, 4, center=False, align_to_window=False, **C), s(x(12), 4, align_to_window=True, **C),
    s(x(12), 4, 0, **C), s(x(12), 4, 1, 0, **C), s(x(12), 4, 1, 5, **C), s(x(12), 0, **C),
    s(x(12), 20, center=False, **C),
    s(x(12), 4, window=x(3), **C), s(x(), 4, **C), s(x(), 4, center=False, **C), s(x(2, 2, 12), 4, **C),
    s(x(2), 4, **C), s(x(2), 6, pad_mode="circular", **C), s(x(12, dtype="int64"), 4, **C), s(x(12), 12, **C),
    s(x(12), 4, window=x(4, dtype="complex64")), ulps=16)
Z = {"dtype": "complex64"}
row("istft",
    s(x(3, 4, **Z), 4), s(x(2, 3, 4, **Z), 4),
    s(x(2, 3, 4, dtype="complex128"), 4, window=x(4, low=0.5, high=1, dtype="float64")),
    s(x(3, 4, **Z), 4, 2, 3), s(x(3, 4, **Z), 4, 2, 3, x(3, low=0.5, high=1)), s(x(3, 4, **Z), 4, center=False),
    s(x(3, 4, **Z), 5), s(x(3, 4, **Z), 4, normalized=True), s(x(4, 4, **Z), 4),
    s(x(4, 4, **Z), 4, return_complex=True), s(x(4, 4, **Z), 4, onesided=False),
    s(x(3, 4, **Z), 4, length=2),
    s(x(3, 4, **Z), 4, length=0), s(x(4, 4, **Z), 4, 2, window=x(4, **Z, low=0.5), return_complex=True),
    s(x(3, 4, **Z), 4, window=x(4, **Z)), s(x(3, 4, **Z), 4, return_complex=True), s(x(3, 4, **Z), 4, onesided=False),
    s(x(3, 4, **Z), 6), s(x(3, 4, **Z), 4, 5), s(x(3, 4, **Z), 4, 0), s(x(3, 4, **Z), 4, 1, 5), s(x(3, **Z), 4),
    s(x(3, 0, **Z), 4), s(x(1, 1, 3, 4, **Z), 4), s(x(3, 4, **Z), 4, window=x(3)), s(x(3, 4), 4),
    s(x(3, 4, **Z), 4, window=at(0.0, 0.0, 0.0, 0.0, dtype="float32")), s(2.0, 4), ulps=16,
    meta="whether windows are 0 anywhere depends on their values")
row("framed overlap_add", apart="seen through stft and istft")
