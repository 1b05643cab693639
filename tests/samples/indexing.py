"""Reading and writing at indices."""

from tests.samples.table import at, expanded, mask, row, s, stepped, transposed, x

# fmt: off
# A table, filled line by line.

# Reading and writing at indices
row("getitem",
    s(x(2, 3), 0), s(x(2, 3), (slice(None), 1)), s(x(5), slice(1, None, 2)), s(x(2, 3), (..., None)),
    s(x(3), at(0, 2, 0)), s(x(3, 2), mask(True, False, True)), s(x(3, 2), (at(0, 2), at(1, 0))), s(x(3, 2), ([0, 2],)),
    s(x(2, 3, 2), (slice(None), at(2, 0))), s(x(2, 3, 2), (at(1, 0), slice(None), at(0, 1))), s(x(3), at(1, shape=())),
    s(x(2, 3), mask(True, False, True, True, False, False, shape=(2, 3))), s(x(3), 5), s(x(2, 3), (0, 0, 0)),
    s(x(3), at(0, 3)), s(x(3), mask(True, False)), s(x(2, 3), None), s(x(2, 3), True),
    s(x(3, 3), (at(0, -1, shape=(2, 1)), at(1, 2))), program=lambda torch, input, key: input[key],
)
row("setitem",
    s(x(2, 3), x(3), 0), s(x(2, 3), 1.5, (slice(None), 1)), s(x(5), x(2), slice(1, None, 2)), s(x(3), x(2), at(0, 2)),
    s(x(3, 2), 7, mask(True, False, True)), s(x(3, 2), x(2), (at(0, 2), at(1, 0))), s(x(2, 3), x(1, 3), ...),
    s(x(2, 3), x(), 0), s(x(2, 3), x(2), 0), s(x(3), x(2, 2), slice(0, 2)), s(x(2, 3), x(3, dtype="float64"), 0),
    s(x(3), 1.0, 5), s(x(2, 3), x(3), mask(True, False, True, True, False, False, shape=(2, 3))),
    program=lambda torch, input, value, key: assigned(input, value, key),
)
row("gather",
    s(x(2, 3), 1, at(0, 2, 1, 1, shape=(2, 2))), s(x(2, 3), 0, at(1, 0, 1, shape=(1, 3))),
    s(transposed(3, 2), -1, at(0, 1, 0, shape=(3, 1))), s(x(2, 3), 1, at(3, shape=(1, 1))), s(x(3), 0, at(0, 0)),
    s(x(), 0, at(0, shape=())), s(x(3), 0, at(dtype="uint8")), s(x(3), 0, at(1, dtype="uint8")),
)
row("scatter",
    s(x(2, 3), 1, at(0, 2, 1, 0, shape=(2, 2)), x(2, 2)), s(x(2, 3), 0, at(1, 0, 1, shape=(1, 3)), 1.5),
    s(x(3), 0, at(0, 2), x(2)), s(x(2, 3), 1, at(3, shape=(1, 1)), x(1, 1)),
    s(x(3), 0, at(0, 2, 0), x(3), reduce="add"), s(x(3), 0, at(0, 2, 0), 2.0, reduce="multiply"),
    s(x(3), 0, at(0), value=2), s(x(3), 0, at(0), 2.0, reduce="mean"), s(x(3), 0, at(dtype="int64"), x(0)),
)
row("scatter_add",
    s(x(2, 3), 1, at(0, 2, 1, 0, shape=(2, 2)), x(2, 2)), s(x(3), 0, at(0, 0, 0), x(3)),
    s(x(2, 3), 0, at(1, 1, 0, shape=(1, 3)), x(2, 3)),
)
row("scatter_reduce",
    *[s(x(4), 0, at(0, 2, 0), x(3), reduce) for reduce in ("sum", "mean", "amax", "amin", "prod")],
    *[s(x(4), 0, at(0, 2, 0), x(3), reduce, include_self=False) for reduce in ("sum", "mean", "amax", "amin", "prod")],
    s(x(4), 0, at(0), x(1), "median"),
)
row("index_select",
    s(x(2, 3), 1, at(2, 0, 2)), s(x(2, 3), 0, at(1)), s(transposed(3, 2), 0, at(0, 0)), s(x(2, 3), 1, at(3)),
    s(x(3), 0, at(dtype="int64")),
)
row("index_add",
    s(x(3, 2), 0, at(0, 2, 0), x(3, 2)), s(x(2, 3), 1, at(1, 1), x(2, 2), alpha=2), s(x(), 0, at(0), x()),
    s(transposed(3, 2), 0, at(0, 1), x(2, 2)), s(x(3), 0, at(5), x(1)),
)
row("index_copy", s(x(3, 2), 0, at(0, 2), x(2, 2)), s(x(2, 3), 1, at(1), x(2, 1)))
row("index_fill",
    s(x(3, 2), 0, at(0, 2), 1.5), s(x(2, 3), 1, at(1), x()), s(x(2, 3), 1, at(0, 1), 3),
    s(x(3, 2), 0, at(0, 2, 0), x()), s(x(3), 0, at(0, 0), x()), s(x(3), 0, at(-1), 2), s(x(3), 0, at(3), 2),
)
row("index_put",
    s(x(3), [at(0, 2)], x(2)), s(x(3), [at(0, 0)], x(2), True), s(x(3, 2), [at(0, 1), at(1, 0)], x()),
    program=lambda torch, input, indices, values, accumulate=False: input.index_put(tuple(indices), values, accumulate),
)
row("masked_fill",
    s(x(2, 3), mask(True, False, True), 1.5), s(x(2, 3), mask(True, False, shape=(2, 1)), x()),
    s(x(2), mask(True, False), 2), s(transposed(3, 2), mask(True, False), 0.0), s(x(2), x(2), 0.0),
    s(x(2), mask(True, False), at(1 + 2j, shape=(), dtype="complex64")),
)
row("masked_select",
    s(x(2, 3), mask(True, False, True)), s(x(3), mask(True, False, shape=(2, 1))), s(x(2), mask(False, False)),
    meta="the shape depends on the values",
)
row("masked_scatter", s(x(2, 3), mask(True, False, True), x(4)), s(x(2), mask(True, False), x(1)))
row("take", s(x(2, 3), at(0, 5, -1)), s(transposed(3, 2), at(0, 1, 2, 3, shape=(2, 2))), s(x(3), at(7)))
row("put", s(x(2, 3), at(0, 5), x(2)), s(x(3), at(0, 0), x(2), True))
row("take_along_dim",
    s(x(2, 3), at(0, 2, shape=(2, 1)), 1), s(x(4), at(3, 0)), s(x(4), at(-1, 0), 0), s(x(4), at(-1, 0)),
    s(x(4), at(4), 0), s(x(2, 3), at(-1, shape=(1, 1)), 1),
)
row("nonzero",
    s(x(2, 3)), s(mask(True, False, True)), s(x()), s(x(0, 2)), s(x(2, 3), as_tuple=True),
    meta="the shape depends on the values",
)
row("argwhere",
    s(x(2, 3)), s(mask(True, False, True)), s(x()), s(x(0, 2)), meta="the shape depends on the values",
)
row("select_scatter",
    s(x(2, 3), x(2), 1, 2), s(x(2, 3), x(3), 0, -1), s(stepped(2, 3), x(3), 0, 1), s(expanded(2, 3), x(3), 0, 1),
)
row("slice_scatter",
    s(transposed(4, 2), x(2, 2), 0, 1, 3), s(x(4, 2), x(2, 2), 0, 1, 3), s(stepped(2, 3), x(2, 1), 1, -1),
    s(x(4), x(2), 0, 0, 9), s(x(4), x(1), end=1), s(x(2, 5), x(2, 2), 1, 0, 4, 2),
)
row("diagonal_scatter",
    s(x(3, 3), x(3)), s(x(2, 3), x(2), 1), s(transposed(3, 2), x(2)), s(stepped(2, 2), x(2)),
)


def assigned(input, value, key):
    """A copy in which what a key selects has another value."""
    copy = input.clone()
    copy[key] = value
    return copy
