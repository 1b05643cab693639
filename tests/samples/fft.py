"""Fourier transforms, windows and spectrograms."""

from tests.samples.table import Named, expanded, row, s, stepped, transposed, x

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
