"""The door to `torch.fft`, in the order of PyTorch's own index."""

from tinytorch.ops.fft import (
    fft,
    fft2,
    fftn,
    hfft,
    hfft2,
    hfftn,
    ifft,
    ifft2,
    ifftn,
    ihfft,
    ihfft2,
    ihfftn,
    irfft,
    irfft2,
    irfftn,
    rfft,
    rfft2,
    rfftn,
)
from tinytorch.ops.frequencies import fftfreq, fftshift, ifftshift, rfftfreq
