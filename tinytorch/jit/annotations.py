"""torch.jit.annotations: the types that programs write for a compiler, which are those of `typing`."""

from typing import Any, Dict, List, Optional, Tuple, Union  # noqa: UP035 - the names that are looked for here

from tinytorch.jit.programs import Future

__all__ = ["Any", "Dict", "Future", "List", "Optional", "Tuple", "Union"]
