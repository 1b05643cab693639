"""Joining, splitting, repeating."""

from tests.samples.table import at, row, s, transposed, x

# fmt: off
# A table, filled line by line.

# Joining, splitting, repeating
row("cat concat concatenate",
    s([x(2, 3), x(1, 3)]), s([x(2, 3), x(2, 1)], 1), s([transposed(3, 2), transposed(3, 2)]), s([x(2), x(0)]),
    s([x(2), x(2, dtype="float64")]), s([x(2, 3), x(2, 2)]), s([x(2), x(2, 2)]), s([x(), x()]), s([]),
)
row("hstack vstack row_stack dstack column_stack", s([x(2), x(2)]), s([x(2, 2), x(2, 2)]), s([x(), x()]))
row("split tensor_split chunk", s(x(5, 2), 2), s(x(2, 5), 3, 1), s(x(4), 2), s(x(3), 0), s(x(), 1), s(x(3), -1),
    s(x(0), 2))
row("hsplit", s(x(2, 4), 2), s(x(4), (1, 3)), s(x(2, 4), 3), s(x(), 1))
row("vsplit", s(x(4, 2), 2), s(x(4, 2), [1]), s(x(4), 2))
row("dsplit", s(x(2, 2, 4), 2), s(x(2, 2, 4), (1, 9)), s(x(2, 4), 2))
row("split_with_sizes", s(x(5, 2), [2, 3]), s(x(2, 5), [1, 1, 3], 1), s(x(3), [1, 1]))
row("repeat",
    s(x(2, 3), 2, 1), s(x(3), 2, 2), s(x(), 3), s(x(2, 3), 2),
    program=lambda torch, input, *sizes: input.repeat(*sizes),
)
row("tile", s(x(2, 3), (2, 1)), s(x(3), dims=(2,)), s(x(), (2,)), s(x(2, 3), (0, 1)), s(x(2, 3), (2,)), s(x(3), (2, 2)))
row("repeat_interleave",
    s(x(3), 2), s(x(2, 3), 2, 1), s(x(3), at(1, 0, 2)), s(x(2, 2), at(2, 1), 0), meta="the shape depends on the values",
)
row("broadcast_to", s(x(3), (2, 3)), s(x(3), size=(2, 3)), s(x(2, 1), (2, 3)), s(x(2), (3,)))
row("broadcast_tensors", s(x(3), x(2, 1)), s(x(3), x(2)), s([x(3), x(3)]))
row("meshgrid", s(x(2), x(3), indexing="ij"), s(x(2), x(3), indexing="xy"))
row("atleast_1d atleast_2d atleast_3d", s(x()), s(x(2)), s(x(2, 3)))
row("block_diag", s(x(2, 2), x(1, 3)), s(x(2), x()), s(x(2, 2, 2)), s([x(2)]), s(x(2), x(2, dtype="float64")))
row("cartesian_prod", s(x(2), x(3)), s(x(2)), s(x(2, 2)))
row("combinations",
    s(x(3), 2), s(x(3), 2, True), s(x(3), with_replacement=True, r=3), s(x(3), 0), s(x(3), -1), s(x(2, 2)),
)
