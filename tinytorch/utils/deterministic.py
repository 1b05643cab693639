"""Whether memory that nobody has written yet is filled while deterministic algorithms are asked for."""

import sys
import types

from tinytorch.modes import determinism


class Deterministic(types.ModuleType):
    """This module, which has a name that is a setting."""

    @property
    def fill_uninitialized_memory(self):
        """Whether `empty` gives nan, or the largest number, while deterministic algorithms are asked for."""
        return determinism.fill

    @fill_uninitialized_memory.setter
    def fill_uninitialized_memory(self, mode):
        if not isinstance(mode, bool):
            raise RuntimeError(f"expected a bool, but got {type(mode).__name__}")
        determinism.fill = mode


sys.modules[__name__].__class__ = Deterministic
