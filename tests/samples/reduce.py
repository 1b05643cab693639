"""Reductions and scans."""

from tests.samples.table import INF, NAN, Named, at, expanded, row, s, special, transposed, x

# fmt: off
# A table, filled line by line.

# Reductions
whole = (s(x(2, 3)), s(transposed(3, 2)), s(expanded(2, 3)), s(x()), s(x(4, 1, 2)), s(special))
along = (
    s(x(2, 3), 0), s(x(2, 3), -1, True), s(transposed(3, 2), 1), s(x(2, 3, 2), 1), s(x(), 0), s(x(0, 3), 0),
    s(x(2, 3), 2), s(x(2, 3), dim=1, keepdim=True),
)
several = (s(x(2, 3, 2), (0, 2)), s(x(2, 3, 2), (0, -1), True), s(x(2, 3), (0, 0)), s(x(0, 3)))
row("sum mean nansum nanmean",
    *whole, *along, *several, s(x(2, 2), dtype=Named("float64")), s(x(2, 2), 0, dtype=Named("float64")),
)
row("prod", *whole, *along, s(x(0, 3)), s(at(0, 2, 3, dtype="float64")), s(x(2, 2), 0, dtype=Named("float64")))
row("amax amin", *whole, *along, *several)
row("max min", *whole, *along, s(x(2, 3), x(3)), s(x(0, 3)))
row("argmax argmin", *whole, *along, s(x(0, 3)))
row("any all", *whole, *along, *several)
row("var std var_mean std_mean",
    *[each for each in (*whole, *along, *several) if each.arguments[0].shape], s(x(2, 3), 1, correction=0),
    s(x(3), correction=2), s(x(2, 3), False), s(x(2, 3), unbiased=False), s(x(2, 3), (0, 1), True, True),
    s(x(2, 3), dim=(0,), correction=1.5, keepdim=True), s(x(2, 3), 1, unbiased=False, keepdim=True),
)
row("logsumexp",
    s(x(2, 3), 0), s(x(2, 3), (0, 1)), s(transposed(3, 2), 1, True), s(x(), 0), s(special, 0), s(x(2, 0), 0),
)
row("count_nonzero", s(x(2, 3)), s(x(2, 3), dim=()), s(x(2, 3), 0), s(x(2, 3), (0, 1)), s(x(0)))
row("aminmax", s(x(2, 3)), s(x(2, 3), dim=0), s(x(2, 3), dim=1, keepdim=True))
not_a_number = s(at(NAN, 1.0, 3.0, NAN, NAN, NAN, shape=(2, 3), dtype="float32"), 1)
row("median nanmedian",
    s(x(5)), s(x(2, 3), 1), s(x(4, 3), 0, True), s(x(3), 0), s(transposed(3, 2), -1), s(x(0, 3), 0), s(x(2, 3), 2),
    s(x(), 0), not_a_number,
)
row("mode",
    s(x(5)), s(x(2, 3), 1), s(x(4, 3), 0, True), s(x(3), 0), s(transposed(3, 2), -1), s(x(0, 3), 0), s(x(2, 3), 2),
    s(x(), 0),
)
row("norm",
    s(x(2, 3)), s(x(2, 3), 1), s(x(2, 3), 2, 1), s(x(2, 3), INF, 0, True), s(x(2, 3), -INF), s(x(4), 0),
    s(x(2, 3), "fro", (0, 1)), s(x(2, 3), "fro", 1), s(x(2, 3), 0.5, [0]),
    s(x(2, 3), 3, (0, 1), dtype=Named("float64")),
    s(x(2, 3), "nuc"), s(x(2, 3, 2), "nuc", (0, 2), True), s(x(2, 3), "spectral"), s(x(2, 3, 2), "fro", (0, 1, 2)),
    s(x(2, 3), dtype=Named("int64")), s(x(0), INF),
)
row("linalg_vector_norm",
    s(x(2, 3)), s(x(2, 3), 1), s(x(2, 3), 2, 1), s(x(2, 3), INF, 0, True), s(x(2, 3), 3, (0, 1)),
    oracle=lambda torch, *a, **k: torch.linalg.vector_norm(*a, **k),
)
row("logcumsumexp",
    s(x(2, 3), 0), s(x(2, 3), 1), s(transposed(3, 2), -1), s(x(), 0), s(x(0, 2), 0), s(x(2, 3), 2), s(special, 0),
)
row("cumsum cumprod",
    s(x(2, 3), 0), s(x(2, 3), 1), s(transposed(3, 2), -1), s(x(), 0), s(x(0, 2), 0), s(x(2, 3), 2), s(special, 0),
    s(x(3, dtype="float32"), 0, dtype=Named("float64")), s(x(3, dtype="int32"), dim=0, dtype=Named("int64")),
    s(x(1), 0),
    s(x(3, grad=False), -1),
)
row("cummax cummin", s(x(2, 3), 0), s(x(2, 3), 1), s(transposed(3, 2), -1), s(x(dtype="float64"), 0), s(x(2, 3), 2))
