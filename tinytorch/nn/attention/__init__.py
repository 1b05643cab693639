"""`torch.nn.attention`: which kernel computes attention, and causal masks by name."""

from tinytorch.nn.attention import bias
from tinytorch.nn.attention.kernels import SDPBackend, sdpa_kernel
