"""torch.testing: tensors for tests, and whether results are close enough."""

from tinytorch.testing.comparison import assert_allclose, assert_close
from tinytorch.testing.drawing import make_tensor

__all__ = ["assert_allclose", "assert_close", "make_tensor"]
