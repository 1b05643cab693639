"""The operations: importing this package makes them all, one family a file."""

from tinytorch.ops import (
    activation,
    arithmetic,
    compare,
    complex,
    convert,
    create,
    extremes,
    indexing,
    matmul,
    pointwise,
    reduce,
    scan,
    shape,
    views,
)
