"""`torch.masked`: reductions and normalizations of the elements that a mask leaves."""

from tinytorch.masked.lacking import MaskedTensor, as_masked_tensor, is_masked_tensor, masked_tensor
from tinytorch.masked.normalization import cumprod, cumsum, log_softmax, logaddexp, normalize, softmax, softmin
from tinytorch.masked.reduction import (
    amax,
    amin,
    argmax,
    argmin,
    logsumexp,
    mean,
    median,
    norm,
    prod,
    std,
    sum,
    var,
)
