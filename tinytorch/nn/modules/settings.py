"""Modules that are a function with settings: they keep the arguments they are made with, and print them."""

from tinytorch.nn.modules.module import Module


class Settings(Module):
    """A module that keeps the arguments it is made with under their names, and prints those that `shown` names."""

    shown: tuple[str, ...] = ()
    inplace = False

    def extra_repr(self) -> str:
        parts = [f"{name}={getattr(self, name)!r}" for name in self.shown]
        return ", ".join(parts + ["inplace=True"] * bool(self.inplace))
