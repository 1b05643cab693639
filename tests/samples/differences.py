"""Differences of neighbours, areas under lines, quantiles, counts."""

from tests.samples.table import INF, NAN, at, expanded, mask, row, s, stepped, transposed, x

# fmt: off
# A table, filled line by line.

# Differences
row("diff",
    s(x(2, 3)), s(x(2, 3), 2), s(x(2, 3), 1, 0), s(transposed(3, 2)), s(x(5), 0), s(x(2, 3), 7), s(x(2, 0)), s(x()),
    s(mask(True, False, False)), s(x(2, 3), prepend=x(2, 1)), s(x(2, 3), 2, 0, x(1, 3), x(2, 3)), s(x(2), -1),
    s(x(2, 3), append=x(3)), s(x(2, 3), prepend=x(3, 3)), s(x(2, 3), append=x(2, 1, dtype="float64")), s(x(3), 1, 2),
)
row("trapezoid cumulative_trapezoid",
    s(x(2, 3)), s(x(2, 3), dx=2.5), s(x(2, 3), dim=0), s(transposed(3, 2), x(2)), s(x(2, 3), x(2, 3)),
    s(x(0, 3), dim=0),
    s(x(2, 2, 3), x(2, 3)), s(expanded(2, 3), x(3)), s(x(2, 3), x(4)), s(x(2, 3), dx=1j), s(x()), s(x(2, 1)),
    s(mask(True, False)),
)
row("trapz", s(x(2, 3)), s(x(2, 3), x(3)), s(x(2, 3), dx=0.5, dim=0), s(at(1, 2, 4)))
row("gradient",
    s(x(3, 4)), s(x(3, 4), spacing=2.0), s(x(3, 4), spacing=(2.0, 0.5)), s(x(3, 4), dim=1, edge_order=2),
    s(x(3, 4), spacing=(at(1.0, 2.0, 4.5, dtype="float64"), at(0.0, 1.0, 3.0, 3.5, dtype="float64"))),
    s(x(3, 4), spacing=(at(0, 1, 3, 4, dtype=""),), dim=(1,), edge_order=2),
    s(transposed(3, 3), dim=(-1, 0)),
    s(x(3, 4), spacing=(1.0,)), s(x(3, 4), dim=(0, 0)), s(x(2, 2), edge_order=2), s(x(3), edge_order=3),
    s(x(3, 4), spacing=(1.0,), dim=(0, 1)), s(x(3), spacing=(x(1, 3),)),
)
vector = at(0.0, 0.25, 0.7, 1.0, dtype="float32")
row("quantile nanquantile",
    s(x(2, 3), 0.5), s(x(2, 3), 0.3, 1), s(x(2, 3), 0.3, 0, True), s(transposed(3, 2), 0.9, -1), s(x(), 0.5),
    s(x(5), 0),
    s(x(2, 4), vector), s(x(2, 4), vector, 1), s(x(2, 4), vector, 0, True), s(x(2, 4, 2), vector, 1, True),
    *[s(x(2, 4), vector, 1, interpolation=each) for each in ("linear", "lower", "higher", "midpoint", "nearest")],
    s(at(NAN, 1.0, 3.0, NAN, NAN, NAN, shape=(2, 3), dtype="float32"), 0.4, 1), s(x(0, 2), 0.5), s(x(3), 1.5),
    s(x(3), 0.5, interpolation="middle"), s(x(3), at(0.3, dtype="float64")), s(x(3), x(1, 1)), s(x(3), 0.5, 1),
    s(x(3), at(2.0, dtype="float32")),
)

# Counts
row("histogram",
    s(x(5)), s(x(2, 3), 4), s(x(5), 3, range=(-1.0, 1.5)), s(x(5), 3, weight=x(5)), s(x(5), 3, density=True),
    s(x(0), 2),
    s(x(5), at(-2.0, -1.0, 0.5, 2.0, dtype="float32")), s(at(1.0, 1.0, dtype="float32"), 2), s(x(3), 0),
    s(x(3), x(1, 2)),
    s(at(NAN, 1.0, dtype="float32"), 2), s(at(NAN, 1.0, INF, dtype="float32"), 2, range=(0, 1)),
    s(x(3), 2, range=(1, 0)),
    s(x(3), 2, weight=x(2)), s(x(3), 2, range=(1,)), s(stepped(3), 2),
    meta="the edges depend on the values",
)
row("histogramdd",
    s(x(4, 2), [2, 3]), s(x(4, 2), 2), s(x(4, 2), [2, 3], [-1.0, 1.0, -2.0, 2.0]), s(x(4, 2), [2, 2], weight=x(4)),
    s(x(4, 2), [2, 2], density=True), s(x(4, 1), [at(-2.0, 0.0, 2.0, dtype="float32")]), s(x(4, 2), [2]), s(x(4), [2]),
    s(x(4, 2), [2, 0]), s(x(4, 2), [2, 2], [0.0, 1.0]), s(x(4, 2), [at(0.0, 1.0, dtype="float32")]),
    program=lambda torch, *a, **k: flat_results(torch.histogramdd(*a, **k)), meta="the edges depend on the values",
)
row("isin",
    s(at(1, 2, 3), at(2, 5)), s(x(2, 3), x(2, 3)), s(transposed(3, 2), x(4)), s(x(3), 2), s(x(3), at(2)), s(x(0), x(3)),
    s(x(2, 3), x(0)), s(at(1, 2, 3), at(2, 5), invert=True), s(at(1, 2, 3), at(2), assume_unique=True), s(x(), x(3)),
    s(at(NAN, 1.0, dtype="float32"), at(NAN, 1.0, dtype="float32")), s(2, at(1, 2)), s(mask(True), mask(True)),
)
row("renorm",
    s(x(2, 3), 2, 0, 1.0), s(x(2, 3), 1, 1, 0.5), s(transposed(3, 2), INF, -1, 0.5), s(x(2, 3), 2.5, 0, 9.0),
    s(x(2, 2, 2), 2, 1, 1.0), s(x(0, 3), 2, 0, 1.0), s(x(3), 2, 0, 1.0), s(x(2, 3), 0, 0, 1.0), s(x(2, 3), 2, 0, -1.0),
    s(x(2, 3), 2, 2, 1.0),
)
for name, kind in {"mul_by_number": "multiplies", "div_by_number": "divides"}.items():
    row(name, apart=f"seen through trapezoid, where PyTorch {kind} in C++")
row("between_edges", apart="seen through histogram")
row("found_among", apart="seen through isin")


def flat_results(results):
    """A histogram and its edges in one tuple."""
    hist, edges = results
    return (hist, *edges)
