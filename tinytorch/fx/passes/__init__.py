"""torch.fx.passes: what goes over graphs."""

from tinytorch.fx.passes import shape_prop

__all__ = ["shape_prop"]
