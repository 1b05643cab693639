"""Other shapes of what is there."""

from tests.samples.table import Named, row, s, transposed, x

# fmt: off
# A table, filled line by line.

# More shapes
row("flatten", s(x(2, 3)), s(x(2, 3, 2), 1), s(x(2, 3, 2), 0, 1), s(x()), s(transposed(3, 2)))
row("unflatten",
    s(x(2, 6), 1, (2, 3)), s(x(4), 0, (-1, 2)), s(x(2), "a", (2,)), s(x(2), 0, (("a", 2),)), s(x(4), 0, (3, 2)),
    s(x(4), 0, ()),
)
row("ravel", s(x(2, 3)), s(transposed(3, 2)), s(x()))
row("reshape",
    s(x(2, 3), (3, 2)), s(transposed(3, 2), (6,)), s(x(2, 3), (-1, 2)), s(x(2, 3), (4,)), s(x(0, 3), (3, 0)),
    s(x(0, 3), (-1, 0)), s(x(2, 3), shape=(6,)),
)
row("movedim moveaxis", s(x(2, 3, 2), 0, 2), s(x(2, 3, 2), (0, 1), (2, 0)))
row("adjoint", s(x(2, 3)), s(x(2, 2, 3)))
row("flip",
    s(x(2, 3), (0,)), s(x(2, 3), (0, 1)), s(transposed(3, 2), (1,)), s(x(2, 3), dims=(1,)), s(x(2, 3), (0, 0)),
    s(x(2), (1,)), s(x(), ()),
)
row("fliplr flipud", s(x(2, 3)), s(transposed(3, 2)))
row("roll",
    s(x(2, 3), 1), s(x(2, 3), 1, 1), s(x(2, 3), (1, -1), (0, 1)), s(x(2, 3), shifts=(1, 2), dims=(1, 1)),
    s(x(2), (1, 2)), s(x(), 0, 0), s(x(), 1), s(x(), 1, 0), s(transposed(3, 2), 1),
)
row("rot90", s(x(2, 3)), s(x(2, 3), 2, (1, 0)), s(x(2, 3), 3, [0, 1]), s(x(2, 3), 4), s(x(2, 2), 1, (0, 0)), s(x(2)))
row("tril triu", s(x(3, 3)), s(x(2, 3), 1), s(transposed(3, 2), -1), s(x(2, 2, 2)), s(x(3)))
row("diag", s(x(3)), s(x(2, 3)), s(x(2, 3), 1), s(x(2), -1), s(x(2, 2, 2)))
row("diagonal", s(x(3, 3)), s(x(2, 3), 1), s(x(2, 2, 3), 0, 1, 2), s(transposed(3, 2), -1))
row("diag_embed", s(x(2, 3)), s(x(2), 1), s(x(2, 2), 0, 0, 2))
row("diagflat", s(x(3)), s(x(2, 2), 1))
row("unfold",
    s(x(5), 0, 2, 1), s(x(2, 4), 1, 3, 1), s(x(2, 4), -1, 2, 2),
    program=lambda torch, input, dim, size, step: input.unfold(dim, size, step),
)
row("as_strided",
    s(x(2, 3), (3, 2), (1, 3)), s(x(4), (0, 2), (2, 1), 9),
    s(x(6), (2, 2), (1, 1), 1), s(x(2, 3), (2, 3), (0, 1)),
)
row("narrow_copy",
    s(x(2, 3), 1, 1, 2), s(x(2, 3), -1, -2, 1), s(x(3), 0, 1, 3), s(x(3), 0, 4, 0), s(x(3), 0, -4, 1),
)
row("tril_indices triu_indices",
    s(2, 3), s(3, 3, 1), s(3, 2, -1, dtype=Named("int32")), s(0, 2), s(-1, 2), s(2, "a"), s(2.5, 2), s(2, 2, 0.5),
    s(2, 2, dtype=Named("float32")), makes=True)
