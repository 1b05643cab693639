"""The statements of a program, a theme a room; whoever imports this has all of them on the list."""

from tests.programs.statements import (
    computing,
    custom,
    flags,
    functions,
    gradients,
    hooks,
    indexing,
    inference,
    names,
    pieces,
    precision,
    reshapes,
    switches,
    transforms,
    views,
    writing,
)
from tests.programs.statements.kinds import STATEMENTS

__all__ = [
    "STATEMENTS",
    "computing",
    "custom",
    "flags",
    "functions",
    "gradients",
    "hooks",
    "indexing",
    "inference",
    "names",
    "pieces",
    "precision",
    "reshapes",
    "switches",
    "transforms",
    "views",
    "writing",
]
