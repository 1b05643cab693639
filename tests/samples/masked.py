"""Reductions and normalizations of what a mask leaves."""

from tests.samples.table import INF, Named, mask, row, s, transposed, x

# fmt: off
# A table, filled line by line.

# With a mask, which leaves something everywhere, or nothing in the second row
NOTHING = "where nothing is left, the result is inf or nan, and moving an element moves nothing"
some = mask(True, False, True, False, True, True, shape=(2, 3))
one_row = mask(True, False, True, False, False, False, shape=(2, 3))
column = mask(True, False, shape=(2, 1))
masked = (s(x(2, 3), mask=some), s(x(2, 3), 1, mask=some), s(x(2, 3), 0, keepdim=True, mask=some),
    s(x(2, 3), 1, mask=one_row), s(x(2, 3), -1, mask=column), s(transposed(3, 2), 0, mask=mask(True, False)),
    s(x(2, 3), 0), s(x(2, 3), 2, mask=some), s(x(2, 3), 1, mask=mask(True, shape=(1, 1, 1))),
    s(x(2, 3), 1, mask=some, dtype=Named("float64")),
)
several = (s(x(2, 3, 2), (0, 2), mask=column), s(x(2, 3), (), mask=some), s(x(2, 3), (0, 0)),
    s(x(), 0, mask=mask(True, shape=())))
row("masked.sum masked.prod", *masked, *several)
row("masked.amax masked.amin masked.mean", *masked, *several, smooth=NOTHING)
row("masked.logsumexp", *masked[:-1], *several, smooth=NOTHING)
row("masked.argmax masked.argmin", *masked)
row("masked.median", *masked[1:], smooth=NOTHING)
row("masked.var masked.std",
    *masked[:3], *masked[5:], s(x(2, 3), (0, 1), mask=some), s(x(2, 3), 1, False, mask=some),
    s(x(2, 3), 1, True, mask=some),
    s(x(2, 3), 1, correction=0, mask=some), s(x(2, 3), 1, correction=3, mask=some, keepdim=True),
    smooth=NOTHING,
)
row("masked.norm",
    s(x(2, 3), mask=some), s(x(2, 3), 1, mask=some), s(x(2, 3), 2.0, 1, mask=some),
    s(x(2, 3), INF, 0, keepdim=True, mask=some),
    s(x(2, 3, dtype="float64"), -INF, 1, mask=some), s(x(2, 3), 3, (0, 1), mask=column),
    s(x(2, 3), 2.0, 0, mask=some, dtype=Named("float64")),
)
along = (
    s(x(2, 3), 1, mask=some), s(x(2, 3), 0, mask=some), s(x(2, 3), -1, mask=mask(True, False, True)), s(x(2, 3), 1),
    s(transposed(3, 2), 0, mask=mask(True, False)), s(x(2, 3), 1, mask=some, dtype=Named("float64")), s(x(2, 3), 2),
)
row("masked.cumsum masked.cumprod", *along[:-2], along[-1])
row("masked.softmax masked.log_softmax masked.softmin", *along, smooth=NOTHING)
row("masked.normalize",
    s(x(2, 3), 2.0, 1, mask=some), s(x(2, 3), 1.0, 0, mask=some), s(x(2, 3), 2.0, 1, eps=3.0, mask=column),
    s(x(2, 3), INF, 1),
)
row("masked.logaddexp",
    s(x(2, 3), x(2, 3)), s(x(2, 3), x(2, 3), input_mask=some), s(x(2, 3), x(2, 3), input_mask=some, other_mask=one_row),
    s(x(2, 3), x(2, 3), other_mask=mask(True, False, True), dtype=Named("float64")),
    smooth=NOTHING,
)
