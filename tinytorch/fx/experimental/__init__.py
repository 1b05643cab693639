"""torch.fx.experimental: uses of graphs."""

from tinytorch.fx.experimental import optimization, proxy_tensor

__all__ = ["optimization", "proxy_tensor"]
