"""The operations: importing this package makes them all, one family a file."""

from tinytorch.ops import activation, arithmetic, convert, create, indexing, matmul, pointwise, reduce, shape, views
