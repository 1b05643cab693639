"""torch.fx.passes.utils: what passes share."""

from tinytorch.fx.passes.utils import matcher_utils

__all__ = ["matcher_utils"]
