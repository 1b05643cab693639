"""torch.ao: the names of quantization, where newer programs look for them."""

from tinytorch.ao import quantization
