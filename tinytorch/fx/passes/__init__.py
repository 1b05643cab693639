"""torch.fx.passes: what goes over graphs."""

from tinytorch.fx.passes import shape_prop, split_module

__all__ = ["shape_prop", "split_module"]
