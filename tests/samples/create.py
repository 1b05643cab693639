"""New tensors."""

from tests.samples.table import Named, expanded, row, s, transposed, x

# fmt: off
# A table, filled line by line.

# New tensors
row("zeros ones", s(3), s(2, 3), s((2, 0)), s(), s(2, dtype=Named("int64")), s(-1), makes=True)
row("full", s((2, 3), 1.5), s((2,), 3), s((), True), s((2,), 1, dtype=Named("float64")), makes=True)
row("eye", s(2), s(2, 3), s(0), makes=True)
row("arange", s(4), s(1, 4), s(0, 2, 0.5), s(5, 0, -2), s(3.0), s(0, 5, dtype=Named("int32")), s(3, 0), makes=True)
row("linspace",
    s(0, 1, 5), s(0, 1, 1), s(3, -3, 4), s(0, 10, 3, dtype=Named("int64")), s(0, 1, 0),
    s(4.3, -3, 9, dtype=Named("int64")), makes=True,
)
row("logspace", s(0, 2, 3), s(0, 3, 4, 2), s(4.3, 0, 4, 5.0, dtype=Named("int64")), makes=True)
row("zeros_like ones_like",
    s(x(2, 3)), s(transposed(3, 2)), s(expanded(2, 3)), s(x(2, 3), dtype=Named("int64")), s(x()),
)
row("full_like", s(x(2, 3), 2.5), s(transposed(3, 2), 1), s(x(2), 1, dtype=Named("bool")))
