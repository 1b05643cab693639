"""Sorting, searching, counting."""

from tests.samples.table import at, row, s, special, transposed, x

# fmt: off
# A table, filled line by line.

# Sorting
ordered = (s(x(2, 3)), s(x(2, 3), 0), s(transposed(3, 2), 1, True), s(x()), s(special), s(at(3, 1, 3, 2, 1)))
row("sort argsort",
    *ordered, s(x(2, 3), 0, descending=True), s(x(0, 2), 0), s(x(2, 3), stable=True), s(x(2, 3), 2), s(x(), 0),
    s(at(3, 1, 3, 1), dim=0, descending=True, stable=True), s(x(2, 3), stable=False, dim=0),
)
row("msort", s(x(3, 2)), s(x()), s(transposed(3, 2)))
row("topk",
    s(x(5), 2), s(x(), 1), s(x(3), k=2, dim=0, largest=False), s(x(3), -1), s(x(2, 0), 0), s(x(2, 4), 2, 0),
    s(x(2, 4), 3, 1, False), s(x(3), 5),
)
row("kthvalue", s(x(5), 2), s(x(), 1), s(x(3), 0), s(x(3), k=2, dim=0, keepdim=True), s(x(3, 4), 1, 0, True))
row("unique",
    s(at(3, 1, 3, 2)), s(at(3, 1, 3, 2), True, True, True), s(at(1, 2, 1, 2, 3, 4, shape=(3, 2)), dim=0),
    s(at(3, 1, 3, 2), sorted=False, return_counts=True), s(at(1, 1, 2, 2, shape=(2, 2)), True, True, True, 1), s(x(0)),
    s(x(0, 3), dim=0), s(x(3, 0), dim=0), s(x(0, 0), dim=0), s(x(2, 2)), s(special), s(x(2), dim=1), s(x(2, 2), dim=0),
    meta="the shape depends on the values",
)
row("unique_consecutive",
    s(at(1, 1, 2, 1)), s(at(1, 1, 2, 1), True, True), s(at(1, 1, 1, 1, 2, 2, shape=(3, 2)), True, True, 0),
    s(at(1, 1, 2, 2, shape=(2, 2)), dim=1), s(x(0)), s(x(3, 0), dim=0),
    meta="the shape depends on the values",
)
row("searchsorted",
    s(at(1, 3, 5, 7), at(3, 6)),
    s(at(1, 3, 5), at(3, 6), out_int32=True), s(at(1, 3, 5), at(3, 6), side="right"), s(at(1, 3, 5), at(3), side="up"),
    s(at(5, 1, 3), at(2, 3), sorter=at(1, 2, 0)), s(at(1, 3, 5, 2, 4, 6, shape=(2, 3)), at(3, 4, shape=(2, 1))),
    s(at(1, 3), at(3), right=True, side="left"), s(at(1, 3, shape=(1, 2)), at(3)), s(at(1, 3), at(3), sorter=at(0)),
    s(at(1, 3, 5, 7), at(3, 6), right=True), s(at(1, 3, 5, 7), 4),
)
row("bucketize",
    s(at(3, 6), at(1, 3, 5, 7)), s(x(4), at(-1, 0, 1)), s(at(3, 6), at(1, 3), right=True, out_int32=True),
    s(3, at(1, 3)), s(at(3), at(1, 3, shape=(1, 2))),
)
row("bincount", s(at(0, 2, 2, 1)), s(at(0, 2), x(2)), s(at(1), minlength=4), meta="the shape depends on the values")
row("histc", s(x(5), 4), s(x(5), 3, -1, 1))
