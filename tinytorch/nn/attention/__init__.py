"""`torch.nn.attention`: which kernel computes attention; `bias` beside it has causal masks by name."""

from tinytorch.nn.attention.kernels import SDPBackend, sdpa_kernel
